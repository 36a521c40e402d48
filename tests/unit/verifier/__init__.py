"""Tests: unit/verifier."""
