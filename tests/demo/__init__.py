"""The demonstration: a fictional district and a verifier on this machine, playing one story.

`python -m tests.demo` is what `make demo` runs. It uses the product as a person would: the commands `cairn`
and `cairn-verify`, and the two servers' HTTP, each in its own process.
"""
