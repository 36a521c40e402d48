"""Tests: unit/issuer."""
