"""A server for other people's conformance tests, and tests of our own that run against it.

It is composed of the product's own packages and is no part of the product: it signs for anybody who asks, and
it takes any issuer's word. `python -m tests.conformance --help`.
"""
