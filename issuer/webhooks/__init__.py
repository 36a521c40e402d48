"""Tell the district's own programs what happened, by its type and id alone (Standard Webhooks)."""
