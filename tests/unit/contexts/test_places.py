"""A member of the badge stands in its own place: carried elsewhere, the same statements are refused."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import pytest

from contexts.canonical import canonical_quads
from contexts.document import parse
from contexts.errors import DocumentError
from contexts.pinned import CHECKING
from contexts.places import GRAPHS_OF_THEIR_OWN, OF_A_CREDENTIAL, OF_A_SUBJECT, OF_AN_ACHIEVEMENT
from credential.model import Achievement, AchievementCredential, AchievementSubject
from credential.model.part import Part, json_name
from tests.documents import ENDORSEMENT, GOOD

SUBJECT = GOOD["credentialSubject"]


def quads(value: dict[str, Any]) -> bytes:
    return canonical_quads(parse(json.dumps(value).encode()))


def endorsed(identifier: str, **said: Any) -> dict[str, Any]:
    """The good badge with an endorsement of one of its parts, which says more of that part."""
    about = {"id": identifier, "type": ["EndorsementSubject"], "endorsementComment": "Good."} | said
    return copy.deepcopy(GOOD) | {"endorsement": [ENDORSEMENT | {"credentialSubject": about}]}


def places(value: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    return value, value["credentialSubject"], value["credentialSubject"]["achievement"]


@pytest.mark.parametrize(
    ("place", "kind", "member"),
    [
        (0, "VerifiableCredential", "validUntil"),
        (1, "AchievementSubject", "identifier"),
        (2, "Achievement", "achievementType"),
    ],
)
def test_a_member_that_was_carried_elsewhere_is_refused(place: int, kind: str, member: str) -> None:
    value = endorsed(places(GOOD)[place]["id"])
    places(value)[place].setdefault(member, "2030-01-01T00:00:00Z")
    assert quads(value)
    about = value["endorsement"][0]["credentialSubject"]
    about["type"].append(kind)
    about[member] = places(value)[place][member]
    assert quads(value)  # said in both places, and alike
    del places(value)[place][member]
    with pytest.raises(DocumentError) as caught:
        quads(value)
    assert caught.value.code == "misplaced_member"
    assert caught.value.pointer == f"/endorsement/0/credentialSubject/{member}"


def test_one_of_several_things_may_not_be_carried_away() -> None:
    value = endorsed(SUBJECT["id"])
    one, two = (SUBJECT["identifier"][0] | {"identityHash": name} for name in ("Ada", "Eve"))
    value["credentialSubject"]["identifier"] = [one]
    about = value["endorsement"][0]["credentialSubject"]
    about |= {"type": ["EndorsementSubject", "AchievementSubject"], "identifier": [two]}
    with pytest.raises(DocumentError) as caught:
        quads(value)
    assert caught.value.code == "misplaced_member"


def test_who_awards_themselves_is_described_as_an_issuer_too() -> None:
    value = copy.deepcopy(GOOD)
    value["credentialSubject"]["id"] = value["issuer"]["id"]
    assert quads(value)


def test_what_is_kept_apart_in_the_signed_form_is_so_in_every_context() -> None:
    def definitions(part: Any) -> Iterator[tuple[str, Any]]:
        for name, value in part.items() if isinstance(part, dict) else ():
            yield name, value
            yield from definitions(value)
        for one in part if isinstance(part, list) else ():
            yield from definitions(one)

    found = [
        (name, definition["@container"])
        for url in CHECKING.urls
        for name, definition in definitions(CHECKING.get(url))
        if name in GRAPHS_OF_THEIR_OWN
    ]
    assert {name for name, _ in found} == GRAPHS_OF_THEIR_OWN
    assert {container for _, container in found} == {"@graph"}


def test_the_members_are_those_of_the_data_model() -> None:
    def named(part: type[Part]) -> set[str]:
        return {json_name(one.name) for one in fields(part)} - {"@context", "id", "type", "extensions"}

    assert named(Achievement) == OF_AN_ACHIEVEMENT
    assert named(AchievementSubject) == OF_A_SUBJECT | {"image"}
    assert named(AchievementCredential) <= OF_A_CREDENTIAL
