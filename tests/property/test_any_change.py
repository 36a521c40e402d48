"""Whatever leaf of a signed badge is changed, it is not valid any more; what only looks changed still is."""

from __future__ import annotations

import copy
import json
import math
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.world import NOW, World
from verifier.evidence import Evidence, Outcome, Presented, PresentedKind, Verdict
from verifier.verify import verify

Path = tuple[str | int, ...]


def rich() -> World:
    """A world whose badges have a leaf of every kind."""
    world = World()

    def enrich(made: dict[str, Any]) -> None:
        made["credentialSubject"].update(
            creditsEarned=0.3,
            activityStartDate="2026-01-10T00:00:00Z",
            result=[
                {
                    "type": ["Result"],
                    "resultDescription": "urn:uuid:2f1d0ba7-0000-4000-8000-000000000001",
                    "value": "92",
                }
            ],
        )
        made["credentialSubject"]["achievement"].update(
            creditsAvailable=3,
            tag=["safety", "workshop"],
            alignment=[
                {
                    "type": ["Alignment"],
                    "targetName": "Safety",
                    "targetUrl": "https://safety.example.org/standard",
                    "targetType": "CTDL",
                }
            ],
            resultDescription=[
                {
                    "id": "urn:uuid:2f1d0ba7-0000-4000-8000-000000000001",
                    "type": ["ResultDescription"],
                    "name": "Test",
                    "resultType": "Percent",
                    "valueMin": "0",
                    "valueMax": "100",
                }
            ],
        )
        made["description"] = "A badge with many leaves."
        made["awardedDate"] = "2026-05-01T09:00:00Z"

    world.edit["badge"] = enrich
    return world


WORLD = rich()
BADGE: dict[str, Any] = json.loads(WORLD.badge())
HELD = WORLD.evidence(WORLD.badge())
TOKENS = World(form="jwt")
TOKEN = TOKENS.badge()
HELD_TOKEN = TOKENS.evidence(TOKEN)
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."


def leaves(value: Any, path: Path = ()) -> Iterator[Path]:
    if isinstance(value, dict):
        for name, part in value.items():
            yield from leaves(part, (*path, name))
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from leaves(part, (*path, index))
    else:
        yield path


LEAVES = list(leaves(BADGE))


def at(path: Path) -> Any:
    value: Any = BADGE
    for step in path:
        value = value[step]
    return value


def replaced(path: Path, new: Any) -> bytes:
    changed = copy.deepcopy(BADGE)
    holder: Any = changed
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = new
    return json.dumps(changed, ensure_ascii=False).encode("utf-8", "surrogatepass")


def removed(path: Path) -> bytes:
    changed = copy.deepcopy(BADGE)
    holder: Any = changed
    for step in path[:-1]:
        holder = holder[step]
    del holder[path[-1]]
    return json.dumps(changed).encode()


def judged(data: bytes) -> Verdict:
    return verify(Evidence(Presented(PresentedKind.DOCUMENT, data=data), HELD.gathered), WORLD.policy, NOW)


def judged_token(token: bytes) -> Verdict:
    shown = Presented(PresentedKind.JWT, data=token)
    return verify(Evidence(shown, HELD_TOKEN.gathered), TOKENS.policy, NOW)


def others(value: Any) -> list[Any]:
    """Values near this one that are not the same value."""
    if isinstance(value, bool):
        return [not value, str(value).lower()]
    if isinstance(value, (int, float)):
        return [value + 1, -value, math.nextafter(value, math.inf), str(value)]
    return [value + "x", value[:-1], value.swapcase(), value + " ", "", value[:1] + "\u200b" + value[1:]]


def test_the_badge_itself_is_valid_and_rich() -> None:
    assert judged(WORLD.badge()).outcome is Outcome.VALID
    assert judged_token(TOKEN).outcome is Outcome.VALID
    assert len(LEAVES) > 50
    assert {type(at(path)) for path in LEAVES} == {str, int, float, bool}


@pytest.mark.parametrize("path", LEAVES, ids=lambda path: "/".join(map(str, path)))
def test_no_leaf_can_be_changed_or_left_out(path: Path) -> None:
    value = at(path)
    for other in others(value):
        if type(other) is type(value) and other == value:
            continue
        verdict = judged(replaced(path, other))
        assert verdict.outcome is not Outcome.VALID, other
        assert verdict.credential is None, other
    assert judged(removed(path)).outcome is not Outcome.VALID


@settings(max_examples=60, deadline=None)
@given(
    path=st.sampled_from(LEAVES),
    other=st.text(max_size=40) | st.integers() | st.floats() | st.booleans() | st.none(),
)
def test_no_leaf_can_be_changed_to_anything(path: Path, other: Any) -> None:
    value = at(path)
    same_number = isinstance(value, (int, float)) and isinstance(other, (int, float)) and value == other
    if (type(other) is type(value) and other == value) or (
        same_number and not isinstance(value, bool) and not isinstance(other, bool)
    ):
        return
    assert judged(replaced(path, other)).outcome is not Outcome.VALID


@settings(max_examples=60, deadline=None)
@given(place=st.integers(0, len(TOKEN) - 1), character=st.sampled_from(ALPHABET))
def test_no_character_of_a_token_can_be_changed(place: int, character: str) -> None:
    if TOKEN[place : place + 1] == character.encode():
        return
    assert judged_token(TOKEN[:place] + character.encode() + TOKEN[place + 1 :]).outcome is not Outcome.VALID


def test_another_spelling_of_the_same_document_is_the_same_badge() -> None:
    respelt = json.dumps(BADGE, indent=3, sort_keys=True, ensure_ascii=True)
    assert judged(respelt.encode()).outcome is Outcome.VALID
    assert judged(respelt.replace(": 0.3", ": 3.0e-1").encode()).outcome is Outcome.VALID


def test_order_is_signed_where_it_counts_and_nowhere_else() -> None:
    tags = ("credentialSubject", "achievement", "tag")
    assert judged(replaced(tags, ["workshop", "safety"])).outcome is Outcome.VALID
    assert judged(replaced(tags, ["workshop"])).outcome is not Outcome.VALID
    contexts = list(reversed(BADGE["@context"]))
    assert judged(replaced(("@context",), contexts)).outcome is not Outcome.VALID
