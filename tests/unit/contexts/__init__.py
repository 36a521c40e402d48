"""Tests: unit/contexts."""
