"""What a glance calls plain has no fault: the glance and the rules are held against each other."""

from __future__ import annotations

import copy
from random import Random
from typing import Any

import pytest

from bench.credentials import LARGE, MIDDLE, SIZES, credential
from contexts.document import Document, compose
from contexts.errors import DocumentError
from contexts.schema import Schema, faults
from credential.issuable import check_issuable
from credential.ordinary import remaining_faults
from issuer import glance as glance_module
from issuer.catalog import default_catalogue
from issuer.glance import is_plain
from issuer.house_rules import HouseRules, house_faults, whole_faults
from tests.awards import draft
from tests.vectors.mutations import mutate, paths

NO_RULES = HouseRules()
DRAFTS = [
    draft("CO-CNA", evaluator="T. Holloway", score="8", recipient_name="Zoë O’Brien"),
    draft("CERTIPORT-MOS"),
    *(credential(size, "did:web:a.example", "https://a.example", "https://a.example/s/1") for size in SIZES),
]
WORSE = (
    "SSN: 123-45-6789", "ssn=1", "Race : x", "dob#1", "Student ID: 7", "failed attempts: 2", "123-45-6789",
    "123 45 6789", "Iep:", "social security no: 1", " a", "a ", "a\u202eb", "a\u200bb", "e\u0301",
    "\u017fsn: 1", "K\u0131m", "\u0130", "x" * 501, "x" * 8_001, "a\nb", "a\tb", "http://x.example/", "https://localhost/",
    "https://" + "a" * 64 + ".example/", "https://x.example/" + "y" * 2_000, "did:web:", "did:ion:x",
    "urn:uuid:8D0E36C4-0000-4000-8000-000000000010", "data:text/plain,x", "Failed", "OnHold", "sisSourcedId",
    "emailAddress", "2026-02-30T09:00:00Z", "2026-05-01T09:00:00", "2026-05-01T09:00:00+02:00", "", "7",
)  # fmt: skip
FORBIDDEN = ("SSN", "dateOfBirth", "date_of_birth", "lunchStatus", "IEP", "attempts", "gpa", "proof", "@id")


def check(value: Any, withheld: tuple[str, ...] = ()) -> bool:
    """Whether a draft is plain; if so, the close look must find what the short one finds."""
    try:
        document: Document = compose(value)
    except DocumentError:
        return False
    rules = HouseRules(withheld=withheld)
    if not is_plain(document, rules):
        return False
    assert list(house_faults(document.value, rules)) == list(whole_faults(document.value))
    assert faults(document, Schema.ACHIEVEMENT_CREDENTIAL) == ()
    assert sorted(check_issuable(document), key=str) == sorted(remaining_faults(document.value), key=str)
    return True


def put(value: Any, path: tuple[Any, ...], part: Any) -> Any:
    changed = copy.deepcopy(value)
    here = changed
    for step in path[:-1]:
        here = here[step]
    here[path[-1]] = part
    return changed


def test_what_a_district_drafts_is_plain() -> None:
    for entry in default_catalogue().entries:
        assert check(draft(entry.code)), entry.code
    for value in DRAFTS:
        assert check(value)


@pytest.mark.parametrize("number", range(len(DRAFTS)))
def test_a_worse_text_anywhere_is_seen_or_harmless(number: int) -> None:
    value = DRAFTS[number]
    for path in paths(value):
        if path and isinstance(_at(value, path), str):
            for text in WORSE:
                check(put(value, path, text))


@pytest.mark.parametrize("number", range(len(DRAFTS)))
def test_a_member_that_no_badge_has_is_never_plain(number: int) -> None:
    value = DRAFTS[number]
    for path in paths(value):
        if isinstance(_at(value, path), dict):
            for name in FORBIDDEN:
                assert not check(put(value, (*path, name), "x")), (path, name)


NOTHING: tuple[Any, ...] = (None, 7, 0.5, [], {}, [[]], [{}], [None], [7], [[7]])


@pytest.mark.parametrize("number", range(len(DRAFTS)))
def test_a_null_a_number_or_something_empty_is_never_plain(number: int) -> None:
    value = DRAFTS[number]
    for path in paths(value):
        if path and path[:1] != ("@context",):
            for nothing in NOTHING:
                assert not check(put(value, path, nothing)), (path, nothing)


HASHED = {"type": "IdentityObject", "hashed": True, "identityHash": "sha256$" + "0" * 64}
WORSE_PARTS: tuple[tuple[str, Any], ...] = (
    ("credentialSubject identifier", [HASHED | {"identityType": "name"}]),
    ("credentialSubject identifier", [HASHED | {"identityType": "emailAddress", "salt": "x" * 22}]),
    ("credentialSubject identifier", [HASHED | {"identityType": "emailAddress", "identityHash": "x"}]),
    ("credentialSubject identifier", [{"type": "IdentityObject", "identityHash": "x", "hashed": False}]),
    (
        "credentialSubject identifier",
        [{"type": "IdentityObject", "identityHash": "x", "identityType": "name"}],
    ),
    ("credentialSubject", {"id": "urn:uuid:8d0e36c4-0000-4000-8000-000000000010"}),
    ("credentialSubject activityStartDate", "2026-05-01T09:00:00"),
    ("credentialSubject activityEndDate", "2026-05-01T09:00:00+02:00"),
    ("credentialSubject achievement criteria", {"type": "Criteria"}),
    ("credentialSubject achievement type", "Achievement"),
    ("credentialSubject achievement type", "Image"),
    ("credentialSubject achievement tag", "one"),
    ("credentialSubject achievement related", {"id": "urn:uuid:8d0e36c4-0000-4000-8000-000000000010"}),
    ("@context", ["https://www.w3.org/ns/credentials/v2"]),
    ("@context", ["https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"]),
    ("type", ["VerifiableCredential", "OpenBadgeCredential", "EndorsementCredential"]),
    ("evidence", [{"id": "https://a.example/1", "name": "x"}]),
    ("evidence", [{"id": "https://a.example/1", "type": "Evidence"}]),
    ("termsOfUse", [{"id": "https://a.example/1"}]),
    ("refreshService", {"id": "https://a.example/1"}),
    ("relatedResource", [{"id": "https://a.example/1"}]),
    ("relatedResource", [{"id": "https://a.example/1", "digestSRI": "sha256-x"}] * 2),
    ("issuanceDate", "2026-05-01T09:00:00Z"),
    ("expirationDate", "2026-05-01T09:00:00Z"),
    ("validUntil", "2001-01-01T00:00:00Z"),
    ("validUntil", "2026-05-01T09:00:00"),
    ("credentialSchema", [{"id": "https://a.example/1", "type": "1EdTechJsonSchemaValidator2019"}]),
    ("credentialSchema", [{"id": "https://a.example/1", "type": "JsonSchema"}]),
    ("credentialStatus id", ""),
    ("credentialStatus statusPurpose", "suspension"),
    ("endorsement", [{"id": "https://a.example/1", "type": ["EndorsementCredential"]}]),
    ("proof", {"type": "DataIntegrityProof"}),
    ("proof", []),
)


@pytest.mark.parametrize("number", range(len(DRAFTS)))
def test_a_worse_part_is_seen_or_harmless(number: int) -> None:
    for place, part in WORSE_PARTS:
        check(put(DRAFTS[number], tuple(place.split()), part))


def test_the_letters_that_the_close_look_takes_for_others_are_not_plain() -> None:
    for name in ("K\u0131m", "K\u0130m", "\u017fam", "\u212aim"):
        value = put(DRAFTS[0], ("credentialSubject", "identifier", 0, "identityHash"), name)
        assert not check(value, ("Kim", "Sam"))


@pytest.mark.parametrize("seed", range(20))
def test_any_change_is_seen_or_harmless(seed: int) -> None:
    random, plain = Random(seed), 0
    for _ in range(300):
        value: Any = random.choice(DRAFTS)
        for _ in range(random.choice((1, 1, 1, 2, 3))):
            value = mutate(value, random).value
        plain += check(value)
    assert plain > 15  # else the glance never says yes, and this would show nothing


@pytest.mark.parametrize(
    ("secret", "text"),
    [
        ("200000001", "Number 200000001"),
        ("2008-03-02", "Born on 2008-03-02."),
        ("Gabriela", "For GABRIELA, with thanks"),
        ("Zoë Ann", "For ZOË ANN"),
        ('A "B" C', 'A "B" C'),
    ],
)
def test_a_withheld_text_is_seen_in_any_case(secret: str, text: str) -> None:
    value = put(DRAFTS[0], ("credentialSubject", "achievement", "description"), text)
    assert check(value)
    assert not check(value, (secret,))


def test_a_secret_elsewhere_leaves_a_draft_plain() -> None:
    assert check(DRAFTS[0], ("200000001", "2008-03-02", "Gabriela", ""))


def test_a_part_that_was_plain_is_not_taken_for_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(glance_module, "_seen", {})
    value = DRAFTS[0]
    place = ("credentialSubject", "achievement", "description")
    for _ in range(2):
        assert check(value)
        assert not check(put(value, place, "SSN: 123-45-6789"))
        assert not check(put(value, ("credentialSubject", "achievement", "gpa"), "4"))
        assert not check(put(value, ("credentialSubject", "licenseNumber"), "SSN: 1"))
        assert not check(value, (value["credentialSubject"]["achievement"]["name"],))
        assert not check(put(value, ("issuer", "name"), "SSN: 123-45-6789"))
        assert not check(put(value, ("issuer", "gpa"), "4"))
        assert not check(put(value, ("issuer", "id"), "not an address"))
        assert not check(put(value, ("issuer", "type"), "Profile"))
        assert not check(value, (value["issuer"]["name"],))
    assert len(glance_module._seen) == 2
    for number in range(glance_module.MOST_SEEN + 5):
        assert check(put(value, place, f"Another one, {number}."))
    assert len(glance_module._seen) == glance_module.MOST_SEEN
    assert check(put(value, place, "x" * 3_000))


def test_a_part_that_was_plain_is_only_plain_in_its_own_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(glance_module, "_seen", {})
    value = DRAFTS[0]
    assert check(value)
    assert not check(put(value, ("issuer",), value["credentialSubject"]["achievement"]))
    assert not check(put(value, ("credentialSubject", "achievement"), value["issuer"]))
    for again in (value["issuer"], value["credentialSubject"]["achievement"]):
        check(put(value, ("credentialSubject", "source"), again))


def test_a_text_beside_a_part_that_was_plain_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(glance_module, "_seen", {})
    for value in DRAFTS:
        assert check(value)
        for place in (("id",), ("validFrom",), ("name",), ("credentialSubject", "id")):
            assert not check(put(value, place, "SSN: 123-45-6789"))
        assert check(value)


def test_an_endorsement_is_left_to_the_rules() -> None:
    value = credential(LARGE, "did:web:a.example", "https://a.example", "https://a.example/s/1")
    endorsed = put(
        value, ("issuer", "endorsement"), [credential(MIDDLE, "did:web:a", "https://a.example", "")]
    )
    assert not check(endorsed)


def _at(value: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        value = value[step]
    return value
