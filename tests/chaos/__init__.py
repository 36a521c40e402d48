"""Kill whatever works, as often as possible, and count what was acknowledged and is not there afterwards."""
