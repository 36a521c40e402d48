from __future__ import annotations

import pytest

from contexts import reference
from contexts.canonical import canonical_quads
from contexts.document import compose, parse
from contexts.errors import DocumentError
from contexts.pinned import CHECKING, ISSUING
from contexts.rdfc import DigestName
from tests.documents import ENDORSEMENT, GOOD, changed


@pytest.mark.parametrize(
    "data",
    [changed(()), changed((), endorsement=[ENDORSEMENT, ENDORSEMENT | {"id": "urn:x:e"}])],
    ids=["plain", "two"],
)
@pytest.mark.parametrize("digest", ["sha256", "sha384"])
def test_ours_is_pylds(data: bytes, digest: DigestName) -> None:
    assert canonical_quads(parse(data), digest=digest) == reference.canonical_quads(
        parse(data), digest=digest
    )


def test_the_two_sets_are_kept_apart() -> None:
    document = compose(GOOD | {"endorsementJwt": ["eyJ.x.y"]})
    checked = reference.canonical_quads(document, contexts=CHECKING)
    issued = reference.canonical_quads(document, contexts=ISSUING)
    assert b"eyJ.x.y" in checked
    assert b"eyJ.x.y" not in issued


def test_the_oracle_drops_what_we_refuse() -> None:
    smuggled = parse(changed((), gpa="4.0"))
    assert reference.canonical_quads(smuggled) == reference.canonical_quads(parse(changed(())))
    with pytest.raises(DocumentError):
        canonical_quads(smuggled)
