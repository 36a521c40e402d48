from __future__ import annotations

from credential.digest import digest_of


def test_a_digest_is_that_of_subresource_integrity() -> None:
    assert digest_of(b"alert('Hello, world.');") == "sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng="
