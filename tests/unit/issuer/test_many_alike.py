"""Badges of a sheet that are alike are filled in from one shape; each is what it would be alone.

Whatever a shape makes, each signature is checked by walking the badge itself: a shape that is wrong signs
nothing that is recorded.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from contexts import canonical, form
from contexts.alike import Alikes
from contexts.compiled import Statements
from contexts.document import Document, without
from contexts.pinned import CHECKING, ISSUING, ContextSet
from contexts.shape import Shape
from credential.proof.data_integrity import add_proof
from issuer import glance, securing
from issuer.award import Award
from issuer.errors import IssuerError
from issuer.issuance import rehearse
from issuer.prepare import PrepareRefused
from issuer.securing import JWT, VC, prepared_again, secure
from issuer.store import bulk
from tests.house import House
from tests.unit.issuer.test_many import attach, audited, check_whole, issued, together

NAMES = (
    "Maya Okafor",
    "Inés Farrow",
    'Teodora "Teo" Quill',
    "Łukasz 日本",
    "Nguyễn Thị Ánh",
    "O'Brien-Vale",
    "x",
)


class Watched(Alikes):
    """Kinds of badges that remember which of them were filled in."""

    def __init__(self) -> None:
        super().__init__(ISSUING)
        self.filled: list[str] = []
        self.met: list[str] = []

    def form(self, document: Document) -> bytes | None:
        found = super().form(document)
        if "id" in document.value:  # no proof
            (self.met if found is None else self.filled).append(document.value["id"])
        return found


@pytest.fixture
def kinds(monkeypatch: pytest.MonkeyPatch) -> Watched:
    """None are known."""
    watched = Watched()
    made = {ISSUING: watched, CHECKING: Alikes(CHECKING)}
    monkeypatch.setattr(canonical, "alikes", made.__getitem__)
    monkeypatch.setattr(glance, "alikes", made.__getitem__)
    return watched


def some(house: House, count: int, prefix: str = "A", **changes: Any) -> list[Award]:
    return [
        house.award(
            f"{prefix}-{n}", **({"student_id": f"1000{n:05}", "number": f"NA-{prefix}-{n}"} | changes)
        )
        for n in range(count)
    ]


def check_as_alone(house: House, refs: Sequence[str]) -> None:
    """What was signed is, byte for byte, what signing the stored badge by itself makes."""
    with house.store.reading() as session:
        rows = bulk.credentials(session, house.district.id, refs)
        forms = bulk.secured(session, house.district.id, [row.id for row in rows.values()])
    assert len(rows) == len(refs)
    for row in rows.values():
        alone = secure(prepared_again(row), house.signer, also_jwt=row.also_jwt, now=house.time)
        assert {form: one.body for form, one in forms[row.id].items()} == alone


def mixed(house: House, rng: random.Random, count: int) -> list[Award]:
    """A sheet with a bit of everything."""
    awards = []
    for n in range(count):
        name = rng.choice(
            (
                *NAMES,
                "".join(chr(rng.choice((rng.randint(33, 0x17F), rng.randint(33, 0x1FFFF)))) for _ in "1234"),
            )
        )
        award = house.award(
            f"M-{n}",
            student_id=f"2000{n:05}",
            achievement_id=rng.choice(("co-cna", "osha10-gi")),
            recipient_name=rng.choice((name, name, None)),
            number=rng.choice((f"NA-{n}", f"NA-{n}", "%s\\", None)),
            score=rng.choice((None, None, "88", "Pass")),
            evaluator=rng.choice((None, None, "Harper Vale")),
            evidence_url=rng.choice((None, None, f"https://work.example/{n}")),
            date_earned=date(2026, 4, rng.randint(1, 28)),
            also_jwt=rng.random() < 0.2,
        )
        awards.append(award if award.achievement_id == "co-cna" else replace(award, last_day=None))
    return awards


def test_a_mixed_sheet_is_what_its_badges_would_be_alone(house: House, kinds: Watched) -> None:
    awards = mixed(house, random.Random(7), 120)
    attach(house, "M-4")
    found = together(house, awards)
    refused = {
        award.award_ref: one for award, one in zip(awards, found, strict=True) if isinstance(one, Exception)
    }
    for award in awards:
        if award.award_ref in refused:
            with pytest.raises(PrepareRefused) as caught:
                rehearse(award, store=house.store, district_id=house.district.id, now=house.time)
            assert str(caught.value) == str(refused[award.award_ref])
    good = [award.award_ref for award in awards if award.award_ref not in refused]
    check_as_alone(house, good)
    assert len(kinds.filled) > 15
    assert len(kinds.met) > 5
    assert len(good) > 30
    with house.store.reading() as session:
        forms = bulk.secured(session, house.district.id, [*kinds.filled, *kinds.met])
    assert any(JWT in forms[one] for one in kinds.filled)
    seen = [json.loads(forms[one][VC].body)["credentialSubject"] for one in kinds.filled]
    assert len({one["achievement"]["id"] for one in seen}) == 2
    assert {"source" in one for one in seen} == {True, False}


def test_what_is_alike_is_filled_in_and_one_alone_is_not(house: House, kinds: Watched) -> None:
    alone = house.award("B-1", achievement_id="osha10-gi", last_day=None, student_id="300000001")
    found = issued(together(house, [*some(house, 12), alone]))
    assert len(kinds.filled) > 6
    assert {found[0].credential_id, found[12].credential_id} <= set(kinds.met)
    again = issued(together(house, some(house, 3, "C")))  # the next part of a job finds the shape made
    assert kinds.filled[-3:] == [one.credential_id for one in again]
    check_whole(house, 16)
    check_as_alone(house, [one.award_ref for one in (*found, *again)])


def test_each_badge_is_checked_by_a_walk_of_its_own(
    house: House, kinds: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two ways lead to what is signed, and both must lead to the same: the shape's, and the walk's."""
    together(house, some(house, 12))
    before = len(kinds.filled)
    walked: list[ContextSet] = []

    class Counted(Statements):
        def __init__(self, contexts: ContextSet, **named: Any) -> None:
            walked.append(contexts)
            super().__init__(contexts, **named)

    monkeypatch.setattr(form, "Statements", Counted)
    issued(together(house, some(house, 5, "B")))
    assert len(kinds.filled) == before + 5
    assert walked == [CHECKING] * 5


def test_nothing_that_is_known_of_the_result_counts_at_its_check(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong form is signed, and is at hand where the result is checked: the check walks all the same."""
    real, wrong = add_proof, b"<urn:x:1> <urn:x:2> <urn:x:3> .\n"

    def signed(document: Document, *args: Any, **named: Any) -> Document:
        document.forms[ISSUING, "sha256"] = wrong
        made = real(document, *args, **named)
        without(made, "proof").forms[CHECKING, "sha256"] = wrong
        return made

    monkeypatch.setattr(securing, "add_proof", signed)
    with pytest.raises(IssuerError, match="signature_failed"):
        together(house, some(house, 2))
    assert set(map(tuple, audited(house).values())) == {("credential.prepared",)}


def _swapped(shape: Shape, values: Sequence[str]) -> tuple[Shape, Sequence[str]]:
    """Two texts change places."""
    *rest, one, other = sorted(values, key=len, reverse=True)
    del rest
    return shape, [{one: other, other: one}.get(value, value) for value in values]


_first: list[Sequence[str]] = []


def _stale(shape: Shape, values: Sequence[str]) -> tuple[Shape, Sequence[str]]:
    """What was filled in first is filled in again."""
    _first.append(values)
    return shape, _first[0]


@pytest.mark.parametrize("mistake", [_swapped, _stale])
@pytest.mark.usefixtures("kinds")
def test_what_a_wrong_shape_makes_is_signed_by_nobody(
    house: House, monkeypatch: pytest.MonkeyPatch, mistake: Callable[..., tuple[Shape, Sequence[str]]]
) -> None:
    """The shapes of both sets of contexts are wrong in the same way: only a walk can tell."""
    real = Shape.form
    _first.clear()

    def wrong(shape: Shape, values: Sequence[str]) -> bytes | None:
        return real(*mistake(shape, values))

    awards = [
        *some(house, 12, achievement_id="osha10-gi", last_day=None),
        *some(house, 12, "B", achievement_id="osha10-con", last_day=None),
    ]
    with monkeypatch.context() as patch:
        patch.setattr(Shape, "form", wrong)
        with pytest.raises(IssuerError, match="signature_failed"):
            together(house, awards)
        assert set(map(tuple, audited(house).values())) == {("credential.prepared",)}
        check_healed(house, awards)


def check_healed(house: House, awards: Sequence[Award]) -> None:
    """What was recorded is signed by itself, also where shapes are still wrong."""
    refs = [award.award_ref for award in awards]
    with house.store.reading() as session:
        rows = bulk.credentials(session, house.district.id, refs)
        assert not any(bulk.secured(session, house.district.id, [row.id for row in rows.values()]).values())
    issued(together(house, awards))
    check_whole(house, 24)
    check_as_alone(house, refs)
