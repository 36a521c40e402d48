"""What people carry away: certificates, wallet cards, and all files of a badge in one packet."""
