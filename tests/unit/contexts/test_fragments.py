from __future__ import annotations

import copy
from typing import Any

import pytest

from contexts import fragments, reference
from contexts.canonical import canonical_quads
from contexts.document import compose
from contexts.errors import DocumentError
from contexts.fragments import Fragment, Fragments
from contexts.members import KEYWORD_MEMBER
from contexts.pinned import CHECKING, ISSUING
from contexts.rdfc import Quad
from contexts.tables import tables
from tests.documents import ENDORSEMENT, GOOD, OB, V2

ACHIEVEMENT = GOOD["credentialSubject"]["achievement"]
ALIKE = {"type": ["Alignment"], "targetName": "Same"}


def badge(achievement: dict[str, Any] = ACHIEVEMENT, **members: Any) -> dict[str, Any]:
    subject = GOOD["credentialSubject"] | {"achievement": achievement}
    return copy.deepcopy(GOOD | {"credentialSubject": subject} | members)


def check(document: dict[str, Any]) -> bytes:
    """The form of a document, the same at the first and the second time, and PyLD's."""
    first = canonical_quads(compose(document))
    assert canonical_quads(compose(copy.deepcopy(document))) == first
    assert first == reference.canonical_quads(compose(document))
    wide = canonical_quads(compose(document), digest="sha384")
    assert wide == reference.canonical_quads(compose(document), digest="sha384")
    return first


def parts() -> list[dict[str, Any]]:
    """Badges whose recurring parts hold blank nodes, graphs, lists, and what also stands elsewhere."""
    proof = {"type": "DataIntegrityProof", "proofPurpose": "assertionMethod"}
    result = {"id": "urn:x:r", "type": "ResultDescription", "allowedValue": ["A", "A"]}
    subject = GOOD["credentialSubject"]
    aligned = ACHIEVEMENT | {"creator": {"id": "urn:x:c", "type": "Profile"}, "alignment": [ALIKE]}
    twice = [
        one | {"achievement": aligned} for one in (subject, {"type": ["AchievementSubject"], "role": "x"})
    ]
    nested = {"type": "Profile", "parentOrg": {"type": "Profile"}}
    old = ["https://www.w3.org/2018/credentials/v1", OB.replace("3.0.3", "3.0.1")]
    return [
        badge(),
        badge() | {"@context": old},
        badge(ACHIEVEMENT | {"alignment": [ALIKE, ALIKE | {"targetName": "Other"}]}),
        badge(ACHIEVEMENT | {"alignment": [ALIKE, ALIKE]}),
        badge(ACHIEVEMENT | {"endorsement": [ENDORSEMENT | {"proof": [proof]}]}),
        badge(ACHIEVEMENT | {"resultDescription": [result]}),
        badge(ACHIEVEMENT | {"alignment": [ALIKE, ALIKE]}, evidence=[ALIKE, ALIKE, ALIKE]),
        badge(ACHIEVEMENT | {"creator": nested}, evidence=[{"type": "Evidence", "audience": nested}]),
        GOOD | {"credentialSubject": [subject, subject | {"id": "urn:x:other"}]},
        GOOD | {"credentialSubject": twice},
        badge(ACHIEVEMENT | {"alignment": [ALIKE | {"targetName": "100 %, %s and %(x)d"}]}),
    ]


@pytest.mark.parametrize("number", range(11))
def test_what_is_kept_changes_nothing(number: int) -> None:
    check(parts()[number])


def test_two_parts_that_differ_by_one_value_are_two() -> None:
    forms = {
        check(badge(ACHIEVEMENT | change))
        for change in ({}, {"name": "x"}, {"creditsAvailable": 1}, {"creditsAvailable": 1.5}, {"tag": ["x"]})
    }
    assert len(forms) == 5
    assert Fragments.key(KEYWORD_MEMBER, {"a": True})[1] != Fragments.key(KEYWORD_MEMBER, {"a": 1})[1]
    assert Fragments.key(KEYWORD_MEMBER, {"a": "1"})[1] != Fragments.key(KEYWORD_MEMBER, {"a": 1})[1]


def test_a_kept_part_is_held_against_the_rest_of_its_document() -> None:
    check(badge())
    named_otherwise = GOOD["issuer"] | {"name": "Somebody Else"}
    for _ in range(2):
        with pytest.raises(DocumentError) as caught:
            canonical_quads(compose(badge(issuer=named_otherwise)))
        assert caught.value.code == "conflicting_id"


DESCRIBED = (("name", "P"), ("url", "https://one.example/"), ("url", "https://two.example/"))


def described_three_times() -> dict[str, Any]:
    """One identifier: twice inside a part with different members, once outside with another value of the
    second.
    """
    name, one, two = ({"id": "urn:x:p", "type": "Profile"} | {key: value} for key, value in DESCRIBED)
    return badge(ACHIEVEMENT | {"creator": name, "related": [one]}, evidence=[two])


def test_every_description_inside_a_kept_part_counts() -> None:
    for _ in range(2):
        with pytest.raises(DocumentError) as caught:
            canonical_quads(compose(described_three_times()))
        assert caught.value.code == "conflicting_id"


def too_many_contexts() -> dict[str, Any]:
    """Three sequences of contexts inside a part, two more outside."""
    sequences = [[V2, OB], [V2], [V2, "https://www.w3.org/ns/credentials/status/v1"]]
    sequences += [[V2, "https://w3id.org/security/data-integrity/v2"], [V2, OB.replace("3.0.3", "3.0.2")]]
    credentials = [
        {"@context": one, "type": "VerifiableCredential", "id": f"urn:x:{n}"}
        for n, one in enumerate(sequences)
    ]
    return badge(ACHIEVEMENT | {"endorsement": credentials[:3]}, endorsement=credentials[3:])


def test_the_contexts_inside_a_kept_part_count() -> None:
    document = too_many_contexts()
    for _ in range(2):
        with pytest.raises(DocumentError) as caught:
            canonical_quads(compose(document))
        assert caught.value.code == "context_not_allowed"
    document["endorsement"].pop()
    check(document)


def test_each_set_of_contexts_keeps_its_own() -> None:
    document = compose(badge(ACHIEVEMENT | {"endorsementJwt": ["eyJ.x.y"]}))
    assert canonical_quads(document, contexts=CHECKING)
    with pytest.raises(DocumentError):
        canonical_quads(document, contexts=ISSUING)


def test_a_refused_part_is_not_kept() -> None:
    check(badge())
    kept = len(tables(CHECKING).fragments)
    for _ in range(2):
        with pytest.raises(DocumentError) as caught:
            canonical_quads(compose(badge(ACHIEVEMENT | {"gpa": 1})))
        assert caught.value.pointer == "/credentialSubject/achievement/gpa"
    assert len(tables(CHECKING).fragments) == kept


def fragment() -> Fragment:
    return said([])


def said(lines: list[str], quads: list[Quad] | None = None) -> Fragment:
    return Fragment(
        term="<urn:x>",
        lines=lines,
        quads=quads or [],
        blank_nodes=1,
        known={},
        again=[],
        seen=set(),
        compared=0,
    )


def test_the_store_is_bounded_in_number_and_bytes() -> None:
    store = Fragments()
    for number in range(fragments.MOST_FRAGMENTS + 9):
        store.keep(Fragments.key(KEYWORD_MEMBER, {"id": f"urn:{number}"}), fragment())
    assert len(store) == fragments.MOST_FRAGMENTS
    assert store.get(Fragments.key(KEYWORD_MEMBER, {"id": "urn:0"})) is None
    assert store.get(Fragments.key(KEYWORD_MEMBER, {"id": f"urn:{fragments.MOST_FRAGMENTS}"})) is not None
    for number in range(60):
        store.keep(Fragments.key(KEYWORD_MEMBER, {"id": "x" * 60_000 + str(number)}), fragment())
    assert len(store) <= fragments.MOST_BYTES // 60_000
    store.keep(Fragments.key(KEYWORD_MEMBER, {"id": "x" * fragments.LONGEST}), fragment())
    assert store.get(Fragments.key(KEYWORD_MEMBER, {"id": "x" * fragments.LONGEST})) is None


def test_a_part_with_long_statements_is_not_kept() -> None:
    longwinded = ACHIEVEMENT | {"id": "urn:x:" + "x" * 4_000, "tag": [f"tag {n}" for n in range(100)]}
    kept = len(tables(CHECKING).fragments)
    check(badge(longwinded, issuer="did:web:other.example"))
    assert len(tables(CHECKING).fragments) == kept


def test_the_store_counts_statements_and_counts_them_once() -> None:
    store = Fragments()
    long = "<urn:x> <urn:y> <urn:z> .\n" * 4_000
    for number in range(60):
        for _ in range(3):  # as threads do that read the same part at once
            store.keep(Fragments.key(KEYWORD_MEMBER, {"id": f"urn:{number}"}), said([long]))
    assert len(store) == fragments.MOST_BYTES // (len(long) + 20)
    linked: list[Quad] = [("<urn:x>", " <urn:y> ", 0, None), (0, " <urn:y> ", f'"{long}"', None)]
    assert said([], linked).size > len(long)


def test_the_arrays_of_all_parts_count_together() -> None:
    tokens = [f"token {n}" for n in range(400)]
    issuer = {"id": GOOD["issuer"]["id"], "type": ["Profile"], "endorsementJwt": tokens}
    plain = ACHIEVEMENT | {"creator": GOOD["issuer"]["id"]}
    check(badge(plain, issuer=issuer))
    check(badge(plain | {"tag": tokens}))
    for _ in range(2):
        with pytest.raises(DocumentError) as caught:
            canonical_quads(compose(badge(plain | {"tag": tokens}, issuer=issuer)))
        assert caught.value.code == "canonicalization_budget"


def test_types_count_with_the_arrays() -> None:
    types = [*GOOD["type"], *(f"urn:x:{number}" for number in range(498))]
    check(GOOD | {"type": types[:400]})
    with pytest.raises(DocumentError) as caught:
        canonical_quads(compose(GOOD | {"type": [*types, "urn:x:one"]}))
    assert caught.value.code == "canonicalization_budget"
