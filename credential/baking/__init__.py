"""Badges in pictures: bake a credential into a PNG or an SVG, and extract it again (Open Badges 3.0, 5.3)."""
