"""Tests: what the verifier draws."""
