"""Whatever is presented and whatever the network answers, there is a verdict and never an exception."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.world import NOW, World
from verifier.evidence import Evidence, Fetched, Outcome, Presented, PresentedKind, Verdict
from verifier.report import as_json
from verifier.verify import verify

WORLD = World()
WORLD.revoke()
HELD = WORLD.evidence(WORLD.badge())
BADGE: dict[str, Any] = json.loads(WORLD.badge())
UNSIGNED = WORLD.badge_value()

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
WORDS = st.sampled_from(
    ["id", "type", "proof", "@context", "issuer", "@id", "credentialStatus", "did:web:a.example"]
)
JSON = st.recursive(
    SCALARS | WORDS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(WORDS | st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)
ANSWERS = st.binary(max_size=60) | JSON.map(lambda value: json.dumps(value).encode())

Path = tuple[str | int, ...]


def places(value: Any, path: Path = ()) -> Iterator[Path]:
    """Every place in a document, inner and outer."""
    parts: Any = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for step, part in parts:
        yield (*path, step)
        yield from places(part, (*path, step))


PLACES = list(places(BADGE))
UNSIGNED_PLACES = list(places(UNSIGNED))


def grafted(document: dict[str, Any], path: Path, graft: Any) -> dict[str, Any]:
    made = copy.deepcopy(document)
    holder: Any = made
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = graft
    return made


def told(evidence: Evidence) -> Verdict:
    """The verdict, which can also be told in every form."""
    verdict = verify(evidence, WORLD.policy, NOW)
    json.dumps(as_json(verdict, "es"))
    assert verdict.outcome is not Outcome.VALID
    return verdict


@settings(max_examples=150, deadline=None)
@given(path=st.sampled_from(PLACES), graft=JSON)
def test_any_graft_into_a_signed_badge_ends_in_a_verdict(path: Path, graft: Any) -> None:
    data = json.dumps(grafted(BADGE, path, graft)).encode()
    told(Evidence(Presented(PresentedKind.DOCUMENT, data=data), HELD.gathered))


@settings(max_examples=80, deadline=None)
@given(path=st.sampled_from(UNSIGNED_PLACES), graft=JSON)
def test_any_graft_that_the_issuer_signed_ends_in_a_verdict(path: Path, graft: Any) -> None:
    world = World(form="jwt")
    world.revoke()

    def become(made: dict[str, Any]) -> None:
        made.clear()
        made.update(grafted(UNSIGNED, path, graft))

    world.edit["badge"] = become
    try:
        badge = world.badge()
    except ValueError:
        return  # nobody can sign this
    told(world.evidence(badge))


@settings(max_examples=80, deadline=None)
@given(which=st.integers(0, len(HELD.gathered) - 1), answer=ANSWERS)
def test_any_answer_from_the_network_ends_in_a_verdict(which: int, answer: bytes) -> None:
    gathered = list(HELD.gathered)
    gathered[which] = Fetched(gathered[which].need, answer, NOW)
    told(Evidence(HELD.presented, tuple(gathered)))


@settings(max_examples=60, deadline=None)
@given(data=st.binary(max_size=200), kind=st.sampled_from(list(PresentedKind)))
def test_any_bytes_end_in_a_verdict(data: bytes, kind: PresentedKind) -> None:
    told(Evidence(Presented(kind, data=data, tag="RIVER", token="A", url="https://a.example/")))
