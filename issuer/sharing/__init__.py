"""Sharing, decided without I/O: whose decision it is, what a share shows, how long, and how it stands."""
