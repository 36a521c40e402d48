from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest

from tests.endorsements import member, record
from tests.presentations import presentation, signed
from tests.site import Answers
from tests.unit.verifier.batch.colleges import (
    APPLICANTS,
    AWARD,
    CROSSWALK,
    TODAY,
    certified,
    crosswalk,
    row,
)
from tests.world import NOW, World
from verifier.batch.applicants import load_applicants
from verifier.batch.award import Award
from verifier.batch.crosswalk import Advice, advise
from verifier.batch.crosswalk_file import load_crosswalk
from verifier.batch.rows import College, make_rows, settle
from verifier.batch.said import Said
from verifier.evidence import Code, Outcome, Presented, PresentedKind, Verdict
from verifier.gather import gather_presentation
from verifier.intake import read_all
from verifier.presentation import verify_presentation
from verifier.presented import PresentationVerdict

COLLEGE = College(load_crosswalk(CROSSWALK), load_applicants(APPLICANTS))
OTHER = replace(AWARD, badge="urn:uuid:2", issuer="did:web:other.example")


def settled(*awards: Award | None, **changes: Any) -> list[tuple[str, list[str]]]:
    """Which row each counts in, and why to look twice."""
    rows = settle(row(number, award, **changes) for number, award in enumerate(awards, 1))
    return [(one.same_as, [said.code for said in one.cautions]) for one in rows]


ALONE: tuple[str, list[str]] = ("", [])
ONCE: tuple[str, list[str]] = ("1", [])


def test_the_same_badge_counts_once() -> None:
    assert settled(AWARD, AWARD) == [ALONE, ONCE]
    assert settled(AWARD, replace(AWARD, names=("Sam Lark",))) == [ALONE, ONCE]


def test_the_same_award_from_two_districts_counts_once_by_body_and_number() -> None:
    assert settled(AWARD, OTHER) == [ALONE, ONCE]
    by_id = replace(OTHER, bodies=("https://computing.example.org",), codes=("LOCAL-7",))
    assert settled(AWARD, by_id) == [ALONE, ONCE]
    nameless = replace(OTHER, names=())
    assert settled(AWARD, nameless) == [ALONE, ONCE]


@pytest.mark.parametrize(
    "changes",
    [{"number": "EX-000124"}, {"number": ""}, {"bodies": ("https://another.example/", "Another Board")}],
)
def test_another_number_or_another_body_is_another_award(changes: dict[str, Any]) -> None:
    (_, (same_as, _)) = settled(AWARD, replace(OTHER, **changes))
    assert same_as == ""


def test_a_number_that_names_two_people_is_shown_and_both_count() -> None:
    sam = replace(OTHER, names=("Sam Lark",))
    assert settled(AWARD, sam) == [ALONE, ("", ["look.number_of_another"])]
    nameless = replace(OTHER, badge="urn:uuid:3", names=())
    assert settled(nameless, AWARD, sam) == [ALONE, ONCE, ("", ["look.number_of_another"])]


def test_a_number_of_a_person_with_two_certifications_is_no_double() -> None:
    second = replace(OTHER, name="Example Networks", codes=("EXA-N",))
    assert settled(AWARD, second) == [ALONE, ("", ["look.same_number"])]


def test_one_number_that_leads_to_one_course_counts_once_whatever_it_is_called() -> None:
    advice = advise(AWARD, crosswalk(), TODAY)
    second = replace(OTHER, name="Computing I", codes=("LOCAL-7",))
    assert settled(AWARD, second, advice=advice) == [ALONE, ONCE]


def test_without_a_number_a_person_a_day_and_a_name_are_only_a_reason_to_look() -> None:
    first, second = replace(AWARD, number=""), replace(OTHER, number="")
    assert settled(first, second) == [ALONE, ("", ["look.maybe_same"])]
    assert settled(first, replace(second, names=("Sam Lark",))) == [ALONE, ALONE]
    assert settled(first, replace(second, names=())) == [ALONE, ALONE]


def test_only_valid_rows_count_so_a_withdrawn_one_takes_no_award_away() -> None:
    withdrawn = row(1, AWARD, outcome=Outcome.INVALID, code=Code.REVOKED)
    refused = row(2, AWARD, advice=Advice(why_not=(Said("not.college_certificate"),), refused=True))
    rows = settle([withdrawn, refused, row(3, AWARD), row(4, AWARD)])
    assert [one.same_as for one in rows] == ["", "", "", "3"]


def test_the_order_in_which_checks_end_changes_nothing() -> None:
    rows = [row(1, AWARD), row(2, OTHER), row(3, None, outcome=Outcome.UNKNOWN, code=Code.INCOMPLETE)]
    assert settle(reversed(rows)) == settle(rows) == settle(settle(rows))


def made(world: World, data: bytes, numbers: tuple[str, ...] = ()) -> Any:
    (item,) = read_all(data, "badge.json")
    (one,) = make_rows(1, item, world.check(data), COLLEGE, TODAY, numbers=numbers, digest="sha256-x")
    return one


def test_a_valid_badge_has_all_that_the_college_asks_for() -> None:
    one = made(World(), certified(World()), ("A-1",))
    assert one.award.codes == ("EXA-A+",)
    assert one.award.number == "EX-000005"
    assert [applicant.number for applicant in one.match.applicants] == ["A-1"]
    assert [suggestion.line.course for suggestion in one.advice.suggestions] == ["CNG 1021"]
    assert (one.counts, one.needs_a_look) == (True, False)
    assert one.item.presented.data == b""


@pytest.mark.parametrize("fault", ["changed", "withdrawn", "stranger", "unreachable"])
def test_a_badge_that_is_not_valid_suggests_nothing(fault: str) -> None:
    world = World()
    data = certified(world)
    if fault == "changed":
        data = data.replace(b"82", b"99")
    elif fault == "withdrawn":
        world.revoke()
    elif fault == "stranger":
        world.trusted = False
    else:
        world.fail[world.did_url] = "timeout"
    one = made(world, data, ("A-1",))
    assert one.outcome is not Outcome.VALID
    assert one.advice == Advice()
    assert not one.counts
    if fault in {"changed", "unreachable"}:
        assert one.award is None
        assert [said.code for said in one.match.cautions] == ["look.number_unconfirmed"]


def test_no_receipt_calls_a_strangers_record_by_the_verdict_on_a_badge_inside_it() -> None:
    world = World()
    data = record(world, member(world))
    (item,) = read_all(data, "record.json")
    signed: list[str] = []

    def receipt(one: Verdict, digest: str) -> str:
        signed.append(digest)
        return f"{one.code} {digest}"

    whole, inside = make_rows(
        1, item, world.check(data), COLLEGE, TODAY, numbers=(), digest="sha256-x", receipt=receipt
    )
    assert (whole.digest, whole.receipt) == ("sha256-x", "valid sha256-x")
    assert (inside.part, inside.code, inside.digest, inside.receipt) == (1, Code.VALID, "", "")
    assert signed == ["sha256-x"]


def presented(world: World, data: bytes) -> PresentationVerdict:
    source = Answers(world)
    held = asyncio.run(
        gather_presentation(Presented(PresentedKind.PRESENTATION, data), world.policy, source, NOW)
    )
    return verify_presentation(held, world.policy, NOW)


def test_a_presentation_has_a_row_for_each_badge_and_none_for_what_nobody_signed() -> None:
    world = World()
    world.revoke(6)
    first, second, inside = (
        json.loads(certified(world, 5)),
        json.loads(certified(world, 6)),
        member(world, 7),
    )
    book = json.loads(record(world, inside))
    data = signed(presentation(first, second, book))
    (item,) = read_all(data, "shown.json")
    rows = make_rows(3, item, presented(world, data), COLLEGE, TODAY, numbers=("A-1",), digest="")
    told = [(row.label, row.code, bool(row.advice.suggestions), row.receipt) for row in rows]
    assert told == [
        ("3", Code.REVOKED, False, ""),
        ("3.1", Code.VALID, True, ""),
        ("3.2", Code.REVOKED, False, ""),
        ("3.3", Code.VALID, False, ""),
        ("3.4", Code.VALID, False, ""),
    ]
    assert [said.code for said in rows[0].advice.why_not] == ["not.presentation"]
    assert [row.same_as for row in settle(rows)] == [""] * 5
    changed = data.replace(b"Basic", b"Great")
    (alone,) = make_rows(1, item, presented(world, changed), COLLEGE, TODAY)
    assert (alone.outcome, alone.code, alone.award) == (Outcome.INVALID, Code.TAMPERED, None)


def test_a_presentation_that_shows_no_badge_is_not_counted_among_the_valid() -> None:
    world = World()
    data = signed(presentation())
    (item,) = read_all(data, "shown.json")
    verdict = presented(world, data)
    assert verdict.outcome is Outcome.VALID
    (alone,) = make_rows(1, item, verdict, COLLEGE, TODAY)
    assert (alone.outcome, alone.code, alone.family) == (Outcome.UNKNOWN, Code.INCOMPLETE, "cannot_tell")


def test_nothing_is_suggested_for_a_badge_of_which_parts_are_left_out() -> None:
    world = World()
    verdict = world.check(certified(world))
    (item,) = read_all(certified(world), "badge.json")
    part = replace(verdict, partial=True)
    (one,) = make_rows(1, item, part, COLLEGE, TODAY, numbers=(), digest="sha256-x")
    assert (one.outcome, one.advice.suggestions) == (Outcome.VALID, ())
    assert [said.code for said in one.advice.why_not] == ["not.partial"]


def test_a_college_certificate_is_valid_and_refused_as_a_certification() -> None:
    world = World()
    one = made(world, certified(world, kind="Certificate"))
    assert one.outcome is Outcome.VALID
    assert one.advice.refused
    assert one.needs_a_look
    assert not one.counts
