"""What is called plain because a draft like it was has no fault: held against the rules themselves."""

from __future__ import annotations

import copy
from random import Random
from typing import Any

import pytest

from contexts.alike import Likeness, Steps, alikes
from contexts.canonical import filled_quads
from contexts.document import Document, compose
from contexts.pinned import ISSUING
from issuer import glance
from issuer.plain_leaves import PLACES, fitting
from tests.unit.contexts.test_alike import TEXTS, badge
from tests.unit.issuer.test_glance import WORSE, check, put
from tests.vectors.mutations import mutate


def differing(number: int) -> dict[str, Any]:
    """A badge that differs from others wherever a plain one may; its achievement is that of these tests."""
    value = badge(number)
    subject, evidence = value["credentialSubject"], value["evidence"][0]
    subject["achievement"]["id"] = "urn:uuid:8d0e36c4-0000-4000-8000-0000000000aa"
    subject["activityStartDate"] = subject["activityEndDate"] = value["validFrom"]
    subject["source"] = {**subject["source"], "id": value["id"].replace("be", "bd"), "name": f"T. {number}"}
    subject["result"] = [one | {"resultDescription": value["id"]} for one in subject["result"]]
    subject["result"][0]["achievedLevel"] = value["id"]
    value["validUntil"] = f"2094-06-30T23:59:{number % 60:02d}Z"
    value["credentialStatus"]["statusListCredential"] = f"https://a.example/s/{number}"
    evidence |= {"name": f"no. {number}", "description": f"D. {number}", "narrative": f"N. {number}"}
    return value


def at(value: Any, leaf: tuple[Any, ...]) -> Any:
    for step in leaf:
        value = value[step]
    return value


def likeness() -> Likeness:
    """That of these badges; three of them are shown first."""
    for number in (1, 2, 3):
        filled_quads(compose(differing(number)), contexts=ISSUING)
    found = alikes(ISSUING).recognised(compose(differing(4)))
    assert found is not None
    return found[0]


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """How often a draft was looked at as a whole, once one like it was plain."""
    seen: list[bool] = []
    look = glance._looks_plain

    def looking(draft: Document) -> bool:
        seen.append(True)
        return look(draft)

    monkeypatch.setattr(glance, "_looks_plain", looking)
    likeness().forms.clear()
    assert check(differing(5))
    assert seen.pop()
    return seen


def place(leaf: Steps) -> str:
    return " ".join(step for step in leaf if isinstance(step, str))


def test_these_badges_differ_in_every_place() -> None:
    assert {place(leaf) for leaf in likeness().leaves} == set(PLACES)


def test_what_differs_plainly_is_not_looked_at_as_a_whole(looks: list[bool]) -> None:
    for number in (7, 8, 9, 10, 12):
        assert check(differing(number))
    assert not looks


def test_a_text_in_any_of_the_places_is_seen_or_harmless(looks: list[bool]) -> None:
    own = [value for number in (7, 8) for value in texts(differing(number))]
    random = Random(0)
    for leaf in likeness().leaves:
        for text in random.sample((*WORSE, *TEXTS, *own, "x" * 100, "x" * 101), 12):
            check(put(differing(9), leaf, text))
    assert len(looks) > len(WORSE)


def texts(value: Any) -> list[str]:
    """The texts of a badge in the places in which these badges differ."""
    found = alikes(ISSUING).recognised(compose(value))
    assert found is not None
    return found[1]


def test_the_text_that_is_withheld_is_found(looks: list[bool]) -> None:
    assert not check(differing(8), ("T. 8",))
    assert not check(differing(8), ("Lantern Hill",))
    assert not looks


@pytest.mark.parametrize("seed", range(3))
def test_any_change_is_seen_or_harmless(seed: int, looks: list[bool]) -> None:
    random, asked = Random(seed), 60
    for _ in range(asked):
        value: Any = copy.deepcopy(differing(5 * random.randint(0, 99) + 2))
        for _ in range(random.choice((0, 1, 2))):
            leaf = random.choice(likeness().leaves)
            value = put(value, leaf, random.choice((*WORSE, *texts(differing(7)))))
        if random.random() < 0.3:
            value = mutate(value, random).value
        check(value)
    assert len(looks) < asked


def test_a_draft_of_which_more_may_differ_is_always_looked_at() -> None:
    assert fitting([("id",), ("evidence", 0, "genre")]) is None
    assert fitting([("credentialSubject", "achievement", "name")]) is None
    assert fitting([("issuer", "name")]) is None


def test_every_text_must_be_of_its_form() -> None:
    fits = fitting([("id",), ("evidence", 1, "name")])
    assert fits is not None
    urn = badge(2)["id"]
    assert fits([urn, "Portfolio"])
    assert not fits([urn, ""])
    assert not fits(["Portfolio", urn])
    assert not fits([urn, "Port\nfolio"])
    assert not fits([urn + "\n" + urn, "Portfolio"])
