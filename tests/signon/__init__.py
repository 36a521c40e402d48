"""Signing in at somebody else's OpenID Provider, on this machine."""
