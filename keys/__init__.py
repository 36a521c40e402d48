"""What a key is, and who holds it."""
