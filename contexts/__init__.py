"""What the words of a document mean: pinned JSON-LD contexts, strict JSON, canonical N-Quads, schemas."""
