"""What the district's own programs may ask for: keys with scopes, requests that count once, batches."""
