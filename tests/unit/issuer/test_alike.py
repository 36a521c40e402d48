"""What badges have in common is worked out once, whatever varies between them; nothing else is filled in."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from contexts.canonical import canonical_quads
from contexts.document import Document, compose
from contexts.pinned import ISSUING
from contexts.shape import Shape
from issuer import alike
from issuer.alike import ENOUGH, LONGEST, MOST_KINDS, Alike
from issuer.draft import draft_credential
from tests import awards
from tests.awards import draft

OTHER = "urn:uuid:00000000-0000-4000-8000-0000000000"


def badge(student: int = 0, /, code: str = "COMPTIA-A+", **changes: Any) -> dict[str, Any]:
    """Another student's badge of one achievement."""
    given = {
        "recipient_name": f"Robin Vale {student}",
        "number": f"N-{student}",
        "subject_id": f"{OTHER}{student:02}",
    }
    made = draft_credential(
        awards.facts(code, **(given | changes)),
        awards.DISTRICT,
        credential_id=f"{OTHER}{student + 50:02}",
        issued_at=awards.ISSUED_AT,
        status=replace(awards.STATUS, index=student),
    )
    return made.to_json()


def fills(kinds: Alike, value: dict[str, Any]) -> bool:
    """Whether a badge is filled in: then with the very form that walking it makes."""
    document, again = compose(value), compose(value)
    filled = kinds.fill(document)
    assert filled == bool(document.forms)
    assert canonical_quads(document, contexts=ISSUING) == canonical_quads(again, contexts=ISSUING)
    return filled


@pytest.fixture
def kinds() -> Alike:
    """What has met so many badges of one kind that their shape is made."""
    made = Alike()
    assert [fills(made, badge(number)) for number in range(ENOUGH)] == [False] * (ENOUGH - 1) + [True]
    return made


@pytest.mark.parametrize(
    "changes",
    [
        {"recipient_name": "Inés O'Farrow"},
        {"recipient_name": 'Teodora "Teo" \\ Quill'},
        {"recipient_name": "Łukasz 日本"},
        {"number": "7/B"},
        {"date_earned": date(2025, 1, 31)},
        {"last_day": date(2031, 12, 1)},
    ],
)
def test_what_a_draft_takes_from_the_award_varies(kinds: Alike, changes: dict[str, Any]) -> None:
    assert fills(kinds, badge(20, **changes))
    assert len(kinds) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"recipient_name": None},
        {"number": None},
        {"last_day": None},
        {"subject_id": None},
        {"score": "90"},
        {"score": "90", "provisional": True},
        {"evaluator": "Harper Vale"},
        {"evidence_url": "https://work.example/1"},
        {"code": "CO-CNA"},
    ],
)
def test_a_part_more_or_less_and_another_achievement_make_another_kind(
    kinds: Alike, changes: dict[str, Any]
) -> None:
    assert not fills(kinds, badge(20, **changes))
    assert len(kinds) == 2
    for number in range(21, 20 + ENOUGH - 1):
        assert not fills(kinds, badge(number, **changes))
    assert fills(kinds, badge(40, **changes))
    assert len(kinds) == 2


def test_scores_and_links_vary_too(kinds: Alike) -> None:
    for number in range(ENOUGH + 3):
        link = f"https://work.example/{number}"
        value = badge(number, score=f"{60 + number}", evidence_url=link, evaluator="Harper Vale")
        assert fills(kinds, value) == (number >= ENOUGH - 1)
    assert len(kinds) == 2


def _wording(value: dict[str, Any]) -> None:
    value["credentialSubject"]["achievement"]["description"] += " Today in other words."


def _district(value: dict[str, Any]) -> None:
    value["issuer"]["name"] = "Cedar Valley Example School District"


def _list(value: dict[str, Any]) -> None:
    value["credentialStatus"]["statusListCredential"] += "1"


def _order(value: dict[str, Any]) -> None:
    value["name"] = value.pop("name")


@pytest.mark.parametrize("change", [_wording, _district, _list, _order])
def test_whatever_else_differs_is_another_kind(
    kinds: Alike, change: Callable[[dict[str, Any]], None]
) -> None:
    value = badge(20)
    change(value)
    assert not fills(kinds, value)
    assert len(kinds) == 2


def test_a_name_that_needs_care_is_walked(kinds: Alike) -> None:
    assert not fills(kinds, badge(20, recipient_name="Zoë\u200dX"))
    assert not fills(kinds, badge(21, subject_id=f"{OTHER}71"))  # as the badge itself is called
    assert fills(kinds, badge(22))


def test_a_number_in_the_place_of_a_text_is_not_taken_for_one(kinds: Alike) -> None:
    assert not kinds.fill(compose(badge(20) | {"awardedDate": 0}))
    assert len(kinds) == 2


def test_a_badge_that_can_have_no_shape_is_walked_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[Document] = []
    real = Shape

    def counted(template: Document, *rest: Any) -> Any:
        tried.append(template)
        return real(template, *rest)

    monkeypatch.setattr(alike, "Shape", counted)
    kinds = Alike()
    value = badge()
    value["name"] = "urn:x-leaf:0."
    assert not any(fills(kinds, copy.deepcopy(value)) for _ in range(2 * ENOUGH))
    assert len(tried) == 1


def test_so_many_kinds_are_known_and_the_one_that_was_not_met_for_longest_makes_room(kinds: Alike) -> None:
    for number in range(MOST_KINDS - 1):
        assert not fills(kinds, badge(evaluator=f"Evaluator {number}"))
    assert len(kinds) == MOST_KINDS
    assert fills(kinds, badge(20))
    assert not fills(kinds, badge(evaluator="One more"))
    assert len(kinds) == MOST_KINDS
    assert fills(kinds, badge(21))  # which was met after the others
    for number in range(MOST_KINDS):
        fills(kinds, badge(evaluator=f"Another {number}"))
    assert len(kinds) == MOST_KINDS
    assert not fills(kinds, badge(22))


@pytest.mark.parametrize("over", [0, 1])
def test_a_badge_with_so_much_that_stays_is_filled_in_and_with_more_is_not(over: int) -> None:
    kinds, value = Alike(), badge()
    criteria = value["credentialSubject"]["achievement"]["criteria"]
    criteria["narrative"] = ""
    texts: list[str] = []
    left = LONGEST - len(compose(alike._without(value, alike._VARY, texts)).raw)
    criteria["narrative"] = "x" * (left + over)
    assert [fills(kinds, value) for _ in range(ENOUGH)][-1] == (not over)
    assert len(kinds) == (not over)


def test_a_draft_is_what_it_was(kinds: Alike) -> None:
    value = draft()
    before = copy.deepcopy(value)
    kinds.fill(compose(value))
    document = compose(value)
    kinds.fill(document)
    assert document.value == before
