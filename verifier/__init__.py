"""The checker's side: read, gather, verify, explain. It never imports the issuer."""
