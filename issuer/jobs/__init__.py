"""Work that takes longer than a page waits: ordered once, carried out by whoever is alive."""
