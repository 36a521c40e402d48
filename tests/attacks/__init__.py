"""Inputs that must be refused, each beside its twin: the nearest good input, which must pass."""
