"""How fast it is, as ratios to other people's software and to the bare signature, measured in one run."""
