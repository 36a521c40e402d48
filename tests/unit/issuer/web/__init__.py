"""Tests of issuer/web."""
