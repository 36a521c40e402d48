"""Everything that shows Cairn to do what it says."""
