"""Tests of issuer/store."""
