from __future__ import annotations

from collections.abc import Iterator

import pytest

from verifier.decoding import Decoder, open_decoder


@pytest.fixture(scope="module")
def decoder() -> Iterator[Decoder]:
    """What reads pictures and PDFs for the verifier."""
    with open_decoder(most=1) as made:
        yield made
