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
from tests.documents import ENDORSEMENT, GOOD, OB, V2

SUBJECT = GOOD["credentialSubject"]
CLR = "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json"
NEVER = "2030-01-01T00:00:00Z"


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


def commented(comment: str, **members: Any) -> dict[str, Any]:
    about = ENDORSEMENT["credentialSubject"] | {"endorsementComment": comment}
    return copy.deepcopy(ENDORSEMENT) | {"credentialSubject": about} | members


def test_two_people_may_comment_on_one_achievement() -> None:
    value = copy.deepcopy(GOOD)
    second = {"id": "did:web:other.example", "type": ["Profile"], "name": "Other Board"}
    value["credentialSubject"]["achievement"]["endorsement"] = [
        commented("Good."),
        commented("Better.", id="urn:uuid:6f1c0c1e-6a0c-4a83-9d0e-000000000004", issuer=second),
    ]
    assert quads(value)


def test_the_comment_of_an_endorsement_cannot_change_places_with_one_inside_it() -> None:
    inner = commented("Worse.", id="urn:uuid:6f1c0c1e-6a0c-4a83-9d0e-000000000004")
    issuer = ENDORSEMENT["issuer"] | {"endorsement": [inner | {"issuer": "did:web:other.example"}]}
    with pytest.raises(DocumentError) as caught:
        quads(commented("Good.", issuer=issuer))
    assert caught.value.code == "misplaced_member"
    assert caught.value.pointer.endswith("/endorsementComment")


RECORD: dict[str, Any] = {
    "@context": [V2, CLR, OB],
    "id": "urn:uuid:6f1c0c1e-6a0c-4a83-9d0e-0000000000aa",
    "type": ["VerifiableCredential", "ClrCredential"],
    "name": "Record",
    "issuer": GOOD["issuer"],
    "validFrom": "2026-05-20T12:00:00Z",
    "credentialSubject": {"id": SUBJECT["id"], "type": ["ClrSubject"]},
}


def record(*members: dict[str, Any], **more: Any) -> dict[str, Any]:
    made = copy.deepcopy(RECORD) | more
    made["credentialSubject"]["verifiableCredential"] = list(members)
    return made


def other_badge() -> dict[str, Any]:
    """Another badge of the same person."""
    made = copy.deepcopy(GOOD) | {"id": "urn:uuid:6f1c0c1e-6a0c-4a83-9d0e-0000000000bb"}
    made["credentialSubject"]["achievement"] |= {
        "id": "https://district.example/achievements/2",
        "name": "Two",
    }
    return made


def test_a_record_holds_several_badges_of_one_person() -> None:
    assert quads(record(GOOD, other_badge()))


def test_so_does_a_presentation_in_which_each_stands_in_a_graph_of_its_own() -> None:
    shown: dict[str, Any] = {
        "@context": [V2, OB],
        "type": ["VerifiablePresentation"],
        "verifiableCredential": [GOOD, other_badge()],
    }
    assert quads(shown)
    swapped = copy.deepcopy(shown)
    first, second = swapped["verifiableCredential"]
    first["credentialSubject"], second["credentialSubject"] = (
        second["credentialSubject"],
        first["credentialSubject"],
    )
    assert quads(swapped) != quads(shown)
    bad = other_badge()
    bad["credentialSubject"]["achievement"]["creator"]["name"] = "Somebody Else"
    with pytest.raises(DocumentError) as caught:
        quads(shown | {"verifiableCredential": [bad]})
    assert caught.value.code == "conflicting_id"


def test_inside_one_badge_of_a_record_an_identifier_has_one_value_for_each_member() -> None:
    bad = other_badge()
    bad["credentialSubject"]["achievement"]["creator"]["name"] = "Somebody Else"
    with pytest.raises(DocumentError) as caught:
        quads(record(GOOD, bad))
    assert caught.value.code == "conflicting_id"


def test_outside_its_badges_a_record_keeps_every_rule() -> None:
    creator = {"id": GOOD["issuer"]["id"], "type": ["Profile"], "name": "Somebody Else"}
    value = record(GOOD)
    value["credentialSubject"]["achievement"] = [
        {"id": "urn:x:a", "type": ["Achievement"], "name": "A", "creator": creator}
    ]
    with pytest.raises(DocumentError) as caught:
        quads(value)
    assert caught.value.code == "conflicting_id"
    carried = record(
        GOOD, evidence=[{"id": RECORD["id"], "type": ["VerifiableCredential"], "validUntil": NEVER}]
    )
    with pytest.raises(DocumentError) as caught:
        quads(carried)
    assert caught.value.code == "misplaced_member"


def test_what_only_calls_its_parts_a_record_has_no_such_leave() -> None:
    value = record(GOOD, other_badge()) | {"type": ["VerifiableCredential"]}
    with pytest.raises(DocumentError) as caught:
        quads(value)
    assert caught.value.code == "conflicting_id"
    one = GOOD | {"validUntil": NEVER, "id": RECORD["id"]}
    with pytest.raises(DocumentError) as caught:
        quads(record(one) | {"type": ["VerifiableCredential"]})
    assert caught.value.code in {"conflicting_id", "misplaced_member"}


def test_the_members_are_those_of_the_data_model() -> None:
    def named(part: type[Part]) -> set[str]:
        return {json_name(one.name) for one in fields(part)} - {"@context", "id", "type", "extensions"}

    assert named(Achievement) == OF_AN_ACHIEVEMENT
    assert named(AchievementSubject) == OF_A_SUBJECT | {"image"}
    assert named(AchievementCredential) <= OF_A_CREDENTIAL
