"""Tests: unit/keys."""
