"""A badge that is usual is one in which a close look finds nothing; anything else is looked at closely."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from bench.credentials import MIDDLE, SMALL, credential
from contexts.document import Document, compose
from contexts.errors import DocumentError
from contexts.schema import Schema, glance, validate
from credential import usual
from credential.conformance import check_model, remarks
from credential.usual import is_usual
from credential.vcdm import check_vcdm
from tests.vectors.mutations import mutate

ORIGIN = "https://a.example"
PROOF = {
    "type": "DataIntegrityProof",
    "cryptosuite": "eddsa-rdfc-2022",
    "created": "2026-05-20T17:00:00Z",
    "verificationMethod": "did:web:a.example#key-1",
    "proofPurpose": "assertionMethod",
    "proofValue": "z1",
}
DESCRIBED = "credentialSubject achievement resultDescription 0"
LEVEL = {"id": "urn:uuid:1", "type": ["RubricCriterionLevel"], "name": "Good"}


def badge(size: str = MIDDLE) -> dict[str, Any]:
    made = credential(size, "did:web:a.example", ORIGIN, f"{ORIGIN}/s/1", 3)
    return made | {"proof": [PROOF], "id": "urn:uuid:0190163c-21f3-7000-8000-000000000001"}


def put(value: dict[str, Any], place: str, part: object) -> dict[str, Any]:
    changed = copy.deepcopy(value)
    *way, last = place.split()
    here: Any = changed
    for step in way:
        here = here[int(step) if isinstance(here, list) else step]
    here[int(last) if isinstance(here, list) else last] = part
    return changed


def closely(document: Document) -> list[str]:
    """What a close look finds, by code."""
    try:
        validate(document, Schema.ACHIEVEMENT_CREDENTIAL)
    except DocumentError as fault:
        return [fault.code]
    return [fault.code for fault in (*check_model(document), *check_vcdm(document), *remarks(document))]


OUGHT_TO_BE_SEEN: dict[str, Any] = {
    "@context 0": "https://www.w3.org/2018/credentials/v1",
    "@context 1": "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json",
    "@context 2": "no address",
    "@context": [*badge()["@context"], badge()["@context"][1]],
    "type": ["VerifiableCredential", "OpenBadgeCredential", "two words"],
    "type 0": "Something",
    "id": "no address",
    "name": {"@value": "x", "@language": "no language"},
    "description": 7,
    "issuer": "did:web:a.example",
    "issuer id": "no address",
    "issuer name": ["x", 7],
    "issuer description": ["x", 7],
    "issuanceDate": "2026-05-20T17:00:00Z",
    "expirationDate": "2027-05-20T17:00:00Z",
    "validFrom": "2026-05-20T17:00:00",
    "validUntil": "2001-05-20T17:00:00Z",
    "validUntil ": "2099-05-20T17:00:00",
    "awardedDate": "2026-05-20T17:00:00",
    "proof 0 created": "2026-05-20T17:00:00",
    "proof 0 expires": "2026-05-20T17:00:00",
    "proof": {**PROOF, "created": "2026-05-20T17:00:00"},
    "proof ": {**PROOF, "expires": "2026-05-20T17:00:00"},
    "relatedResource": [{"id": "urn:x:1", "digestSRI": "sha384-x"}],
    "renderMethod": {"id": "urn:x:1"},
    "confidenceMethod": {"id": "urn:x:1"},
    "termsOfUse": [{"id": "urn:uuid:1"}],
    "refreshService": {"id": "urn:uuid:1"},
    "evidence": [{"id": "urn:uuid:1", "type": ["Evidence", ""]}],
    "evidence 0 id": "no address",
    "credentialStatus": [badge()["credentialStatus"]],
    "credentialStatus id": "no address",
    "credentialStatus type": ["", "x"],
    "credentialSchema": [{"id": "https://b.example/schema", "type": "1EdTechJsonSchemaValidator2019"}],
    "credentialSchema 0 type": "JsonSchema",
    "endorsement": [],
    "endorsementJwt": ["x"],
    "credentialSubject": [badge()["credentialSubject"]],
    "credentialSubject id": "no address",
    "credentialSubject identifier": [],
    "credentialSubject identifier 0 hashed": True,
    "credentialSubject name": {"@value": 7},
    "credentialSubject description": {"@value": 7},
    "credentialSubject activityStartDate": "2026-05-20T17:00:00",
    "credentialSubject activityEndDate": "2026-05-20T17:00:00",
    "credentialSubject achievement criteria": {},
    "credentialSubject achievement endorsement": [{"type": ["EndorsementCredential"]}],
    "credentialSubject result": [
        {"type": ["Result"], "resultDescription": "urn:uuid:none", "value": "1"}
    ],
    f"{DESCRIBED} resultType": "Status",
}  # fmt: skip
"""Place to what is put there."""


@pytest.mark.parametrize("size", [SMALL, MIDDLE])
def test_what_districts_issue_every_day_is_usual(size: str) -> None:
    document = compose(badge(size))
    assert is_usual(document)
    assert closely(document) == []


@pytest.mark.parametrize("place", OUGHT_TO_BE_SEEN)
def test_what_a_close_look_might_speak_of_is_looked_at_closely(place: str) -> None:
    assert not is_usual(compose(put(badge(), place, OUGHT_TO_BE_SEEN[place])))


def test_an_award_without_a_claim_or_a_person_is_looked_at_closely() -> None:
    subject = badge()["credentialSubject"]
    for kept in (("id",), ("achievement",), ()):
        changed = put(badge(), "credentialSubject", {name: subject[name] for name in kept})
        assert not is_usual(compose(changed))


def changed(seed: int) -> Iterator[Document]:
    """Badges with one to three changes, those that can be written at all."""
    rng = Random(seed)
    for _ in range(150):
        value: Any = badge(rng.choice((SMALL, MIDDLE)))
        for _ in range(rng.choice((1, 1, 2, 3))):
            value = mutate(value, rng).value
        try:
            yield compose(value)
        except DocumentError:
            continue


@pytest.mark.parametrize("seed", range(20))
def test_what_is_usual_has_nothing_to_be_found(seed: int) -> None:
    seen = 0
    for document in changed(seed):
        if is_usual(document):
            seen += 1
            assert closely(document) == [], document.raw
    assert seen > 5


def _without_each(schema: dict[str, Any], way: tuple[str, ...] = ()) -> Iterator[tuple[str, dict[str, Any]]]:
    """The schema without each of its parts in turn."""
    for name, part in schema.items():
        yield " ".join((*way, name)), {other: one for other, one in schema.items() if other != name}
        if isinstance(part, dict):
            for where, less in _without_each(part, (*way, name)):
                yield where, schema | {name: less}


ASKED_BY_THE_SCHEMA = ("type", "required", "minLength", "minItems", "maxItems", "minProperties", "anyOf")
"""Parts that Open Badges' own schema asks too, or that are narrower than any rule: for certainty."""


def test_each_part_of_the_glance_keeps_something_out() -> None:
    whole = glance(usual._usual())
    kept_out = [put(badge(), place, part) for place, part in OUGHT_TO_BE_SEEN.items()]
    kept_out = [one for one in kept_out if not whole(one)]
    for where, less in _without_each(usual._usual()):
        if where.split()[-1] not in ASKED_BY_THE_SCHEMA:
            assert any(map(glance(less), kept_out)), where
