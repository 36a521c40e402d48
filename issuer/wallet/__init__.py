"""Badges into wallets, as OpenID for Verifiable Credential Issuance 1.0 says: pre-authorized code flow."""
