"""Tests: unit/credential."""
