"""Every rule between a proposal and a decision, each with the twin that passes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from credential.readiness import Subject
from issuer.catalog import default_catalogue
from issuer.catalog.entry import Entry
from issuer.decisions import process
from issuer.decisions.alignment import Strength
from issuer.decisions.approval import Approval, check_approver, counted, shortfall
from issuer.decisions.decision import Decision
from issuer.decisions.errors import CODES, DecisionRefused
from issuer.decisions.member import MOST_APPROVALS, QUORUM_KINDS, Member, MemberKind, Policy
from issuer.decisions.proposal import Proposal, SectionName
from issuer.decisions.reading import parse_proposal
from tests.committee import ENGLISH_ROW, MATH_ROW, MENU, MINUTES, ONET_ROW, data, proposal, sections

DAY = date(2026, 6, 1)
ID = "urn:uuid:00000000-0000-4000-8000-000000000001"


def entry(code: str = "CO-CNA") -> Entry:
    found = default_catalogue().get(code)
    assert found is not None
    return found


def entry_of_kind(kind: str) -> Entry:
    return replace(entry(), kind=default_catalogue().kinds[kind])


def made(value: dict[str, Any] | None = None) -> Proposal:
    return parse_proposal(data(proposal() if value is None else value))


def approval(kind: MemberKind, number: int = 1, **changes: Any) -> Approval:
    given: dict[str, Any] = {"on": DAY, "document": MINUTES}
    return Approval(f"{kind}-{number}", kind, **(given | changes))


THREE = (
    approval(MemberKind.ADMINISTRATOR),
    approval(MemberKind.FACULTY),
    approval(MemberKind.INDUSTRY),
)


def decide(
    value: Proposal | None = None, approvals: tuple[Approval, ...] = THREE, **changes: Any
) -> Decision:
    given: dict[str, Any] = {
        "entry": entry(),
        "decision_id": ID,
        "on": DAY,
        "today": DAY,
        "effective_from": DAY,
        "effective_until": None,
        "subjects": [Subject.ENGLISH],
        "minutes": MINUTES,
        "menu_version": MENU,
    }
    policy = changes.pop("policy", Policy())
    return process.decide(value or made(), approvals, policy, **(given | changes))


def code_of(**changes: Any) -> str:
    try:
        decide(**changes)
    except DecisionRefused as refused:
        return refused.code if refused.code in CODES else f"no code: {refused.code}"
    return "ok"


def standing(**changes: Any) -> Decision:
    given = Decision(
        id="urn:uuid:00000000-0000-4000-8000-000000000002",
        credential_code="CO-CNA",
        subjects=frozenset({Subject.ENGLISH}),
        decided_on=date(2026, 1, 1),
        effective_from=date(2026, 1, 1),
        effective_until=None,
        menu_version=MENU,
        minutes=MINUTES,
        next_review=date(2027, 1, 1),
    )
    return replace(given, **changes)


@pytest.mark.parametrize(
    "subjects",
    [{Subject.ENGLISH}, {Subject.MATH}, {Subject.ENGLISH, Subject.MATH}],
)
def test_english_math_or_both(subjects: set[Subject]) -> None:
    assert decide(subjects=subjects).subjects == subjects


def test_a_decision_says_what_was_voted() -> None:
    until = date(2029, 6, 30)
    assert decide(effective_until=until) == Decision(
        ID, "CO-CNA", frozenset({Subject.ENGLISH}), DAY, DAY, until, MENU, MINUTES, date(2027, 5, 1)
    )
    assert decide(next_review=date(2026, 12, 1)).next_review == date(2026, 12, 1)


TWO_PLUS_SAME = (*THREE[:1], approval(MemberKind.INDUSTRY), approval(MemberKind.INDUSTRY, 2))
NO_INDUSTRY = (*THREE[:2], approval(MemberKind.STUDENT))
QUORUMS = {
    "two only": THREE[1:],
    "three of two kinds": TWO_PLUS_SAME,
    "nobody from industry": NO_INDUSTRY,
    "one is in conflict": (*THREE[:2], replace(THREE[2], conflict="sells the course")),
    "one took it back": (*THREE[:2], replace(THREE[2], taken_back=DAY)),
    "one has no paper": (*THREE[:2], replace(THREE[2], document=None)),
    "one came after the vote": (*THREE[:2], replace(THREE[2], on=DAY + timedelta(days=1))),
    "one came before the proposal": (*THREE[:2], replace(THREE[2], on=date(2026, 4, 30))),
    "the same member twice": (*THREE[1:], THREE[1]),
    "the proposer": (*THREE[1:], approval(MemberKind.CTE)),
    "a counselor": (*THREE[1:], approval(MemberKind.COUNSELOR)),
}


@pytest.mark.parametrize("name", QUORUMS)
def test_no_decision_without_the_quorum(name: str) -> None:
    assert code_of(approvals=QUORUMS[name]) == "no_quorum"


def test_the_quorum_is_the_districts_own() -> None:
    assert code_of(approvals=THREE) == "ok"
    assert code_of(approvals=(*THREE[:2], replace(THREE[2], document=None, endorsement_id="urn:x"))) == "ok"
    larger = Policy(4, 4, frozenset({MemberKind.POSTSECONDARY}))
    assert code_of(policy=larger) == "no_quorum"
    assert code_of(policy=larger, approvals=(*THREE, approval(MemberKind.POSTSECONDARY))) == "ok"
    with pytest.raises(
        DecisionRefused,
        match="1 more of 4 approvals; members of 1 more of 4 different kinds; an approval from postsecondary",
    ):
        decide(policy=larger)
    assert code_of(policy=Policy(3, 2), approvals=TWO_PLUS_SAME) == "ok"


@pytest.mark.parametrize(
    ("approvals", "kinds", "must"),
    [
        (2, 1, ()),
        (2, 3, ()),
        (MOST_APPROVALS + 1, 3, ()),
        (9, len(QUORUM_KINDS) + 1, ()),
        (3, 3, ("counselor",)),
        (2, 2, ("industry", "cte", "faculty")),
    ],
)
def test_no_quorum_of_one_kind_can_be_asked_for(approvals: int, kinds: int, must: tuple[str, ...]) -> None:
    with pytest.raises(DecisionRefused, match="bad_policy"):
        Policy(approvals, kinds, frozenset(MemberKind(one) for one in must))


def test_a_policy_reads_back_as_it_was_written() -> None:
    for policy in (Policy(), Policy(2, 2, frozenset()), Policy(MOST_APPROVALS, len(QUORUM_KINDS))):
        assert Policy.from_json(policy.to_json()) == policy


REFUSED: dict[str, tuple[str, dict[str, Any]]] = {
    "another certification": ("not_votable", {"entry": entry("CO-EMT")}),
    "a vote in the future": ("bad_dates", {"on": DAY + timedelta(days=1)}),
    "a vote before the proposal": ("bad_dates", {"on": date(2026, 4, 30)}),
    "no subject": ("bad_subjects", {"subjects": []}),
    "an unknown subject": ("bad_subjects", {"subjects": ["SCI"]}),
    "back-dated": ("back_dated", {"effective_from": DAY - timedelta(days=1)}),
    "no minutes": ("no_minutes", {"minutes": None}),
    "minutes that nobody can open": ("no_minutes", {"minutes": "minutes.pdf"}),
    "minutes with a space": ("no_minutes", {"minutes": "https://a.example/b c"}),
    "no menu": ("no_reason", {"menu_version": ""}),
    "an end before the beginning": ("bad_dates", {"effective_until": DAY - timedelta(days=1)}),
    "a review before the vote": ("bad_dates", {"next_review": DAY}),
    "a decision that stands": ("overlap", {"standing": [standing()]}),
    "one that begins later": ("overlap", {"standing": [standing(effective_from=date(2030, 1, 1))]}),
    "one that is unknown": ("overlap", {"supersedes": ID}),
    "a no in place of one": (
        "overlap",
        {"standing": [standing(subjects=frozenset())], "supersedes": standing().id},
    ),
}
TWINS: dict[str, dict[str, Any]] = {
    "today": {"on": DAY},
    "an end on the first day": {"effective_until": DAY},
    "a review on the day after": {"next_review": DAY + timedelta(days=1)},
    "one that ended the day before": {"standing": [standing(effective_until=DAY - timedelta(days=1))]},
    "one that begins when this is over": {
        "standing": [standing(effective_from=date(2030, 1, 1))],
        "effective_until": date(2029, 12, 31),
    },
    "one that it replaces": {"standing": [standing()], "supersedes": standing().id},
    "a no beside it": {"standing": [standing(subjects=frozenset())]},
    "a start on a later day": {"effective_from": DAY + timedelta(days=300)},
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_in_order_is_refused(name: str) -> None:
    code, changes = REFUSED[name]
    assert code_of(**changes) == code


@pytest.mark.parametrize("name", TWINS)
def test_its_twin_is_not(name: str) -> None:
    assert code_of(**TWINS[name]) == "ok"


def test_only_what_was_proposed_is_decided() -> None:
    english = made(proposal(subjects=["ENG"]))
    assert code_of(value=english, subjects=[Subject.MATH]) == "bad_subjects"
    assert code_of(value=english, subjects=[Subject.ENGLISH]) == "ok"


def test_what_is_recorded_long_after_its_vote_does_not_reach_back() -> None:
    """A file can bear any date: what counts from long ago would rest on it alone."""
    last = DAY + timedelta(days=process.MOST_DAYS_LATE)
    assert code_of(today=last) == "ok"
    assert code_of(today=last + timedelta(days=1)) == "back_dated"
    assert code_of(today=last + timedelta(days=1), effective_from=DAY + timedelta(days=1)) == "ok"


def test_what_takes_the_place_of_another_does_not_reach_back() -> None:
    """Otherwise what was judged yesterday under the former would look unfounded."""
    late = {"standing": [standing()], "supersedes": standing().id, "today": DAY + timedelta(days=3)}
    assert code_of(**late) == "back_dated"
    assert code_of(**late, effective_from=DAY + timedelta(days=3)) == "ok"


@pytest.mark.parametrize("kind", ["COLLEGE_CERTIFICATE", "COURSE", "WBL", "DISTRICT_BADGE", "COMPETENCY"])
def test_what_is_no_certification_is_refused_and_told_why(kind: str) -> None:
    with pytest.raises(DecisionRefused, match="no_certification") as refused:
        decide(entry=entry_of_kind(kind), training_counts=True)
    law = "C.R.S. 23-5-145.6" in refused.value.message
    assert law == (kind == "COLLEGE_CERTIFICATE")
    assert "propose the certification that it leads to" in refused.value.message


def test_a_training_counts_only_expressly() -> None:
    training = entry_of_kind("TRAINING_COMPLETION")
    assert code_of(entry=training) == "by_decision_only"
    assert code_of(entry=training, training_counts=True) == "ok"
    for kind in ("EXAM_ONLY", "PROGRAM_PLUS_EXAM", "STATE_LICENSE"):
        assert code_of(entry=entry_of_kind(kind)) == "ok"


def test_an_overdue_review_and_an_ended_standard_block_a_vote() -> None:
    overdue = sections(
        standards={"alignments": [ENGLISH_ROW | {"next_review": "2026-05-31"}, MATH_ROW]},
    )
    assert code_of(value=made(overdue)) == "review_overdue"
    due_today = sections(standards={"alignments": [ENGLISH_ROW | {"next_review": "2026-06-01"}, MATH_ROW]})
    assert code_of(value=made(due_today)) == "ok"
    ended = sections(standards={"alignments": [ENGLISH_ROW | {"item_ended": "2026-06-01"}, MATH_ROW]})
    assert code_of(value=made(ended)) == "item_ended"
    ends_later = sections(standards={"alignments": [ENGLISH_ROW | {"item_ended": "2026-06-02"}, MATH_ROW]})
    assert code_of(value=made(ends_later)) == "ok"


def test_a_row_that_says_nothing_fits_blocks_nothing() -> None:
    none = ENGLISH_ROW | {"code": "X", "strength": Strength.NONE.value, "next_review": "2026-05-31"}
    assert code_of(value=made(sections(standards={"alignments": [ENGLISH_ROW, MATH_ROW, none]}))) == "ok"


def test_nothing_incomplete_is_decided() -> None:
    assert code_of(value=made(sections(course_content=None))) == "not_votable"
    wish = made(proposal(origin="student"))
    assert code_of(value=wish) == "not_signed_off"
    assert code_of(value=wish, signed_off=True) == "ok"


def test_a_no_is_recorded_when_it_was_said() -> None:
    usual: dict[str, Any] = {"decision_id": ID, "menu_version": MENU, "why": "No.", "minutes": None}
    for on in (DAY + timedelta(days=1), date(2026, 4, 30)):
        with pytest.raises(DecisionRefused, match="bad_dates"):
            process.no_go(made(), on=on, today=DAY, **usual)
    assert process.no_go(made(), on=date(2026, 5, 1), today=DAY, **usual).decided_on == date(2026, 5, 1)


def test_a_no_is_recorded_for_nothing() -> None:
    usual: dict[str, Any] = {"decision_id": ID, "on": DAY, "today": DAY, "menu_version": MENU}
    made_no = process.no_go(made(proposal(sections=None)), why="No teacher yet.", minutes=None, **usual)
    assert made_no.subjects == frozenset()
    for why in ("", "a\nb", "x" * (process.LONGEST_REASON + 1)):
        with pytest.raises(DecisionRefused, match="no_reason"):
            process.no_go(made(), why=why, minutes=None, **usual)
    assert (
        process.no_go(made(), why="x" * process.LONGEST_REASON, minutes=MINUTES, **usual).minutes == MINUTES
    )
    with pytest.raises(DecisionRefused, match="no_minutes"):
        process.no_go(made(), why="No.", minutes="http://a.example", **usual)


def test_a_decision_ends_earlier_never_later_and_never_in_the_past() -> None:
    def end(decision: Decision, last_day: date, why: str = "The body retires it.") -> Decision:
        return process.end(decision, last_day=last_day, today=DAY, why=why)

    assert end(standing(), DAY).effective_until == DAY
    limited = standing(effective_until=date(2026, 12, 31))
    assert end(limited, date(2026, 12, 30)).effective_until == date(2026, 12, 30)
    for refused, last_day, why, code in (
        (standing(), DAY - timedelta(days=1), "Why.", "back_dated"),
        (limited, date(2026, 12, 31), "Why.", "bad_dates"),
        (limited, date(2027, 1, 1), "Why.", "bad_dates"),
        (standing(subjects=frozenset()), DAY, "Why.", "bad_dates"),
        (standing(), DAY, "", "no_reason"),
    ):
        with pytest.raises(DecisionRefused, match=code):
            end(refused, last_day, why)


def test_who_is_replaced_ends_the_day_before() -> None:
    after = decide(effective_from=DAY + timedelta(days=9))
    assert process.superseded(standing(), after).effective_until == DAY + timedelta(days=8)
    earlier = standing(effective_until=date(2026, 2, 1))
    assert process.superseded(earlier, after) == earlier


CTE = Member("cte-1", MemberKind.CTE, date(2026, 1, 1))
INDUSTRY = Member("industry-1", MemberKind.INDUSTRY, date(2026, 1, 1), date(2026, 12, 31))


@pytest.mark.parametrize(
    ("member", "before", "day", "code"),
    [
        (CTE, (), DAY, "not_an_approver"),
        (Member("counselor-1", MemberKind.COUNSELOR, date(2026, 1, 1)), (), DAY, "not_an_approver"),
        (INDUSTRY, (), date(2025, 12, 31), "not_an_approver"),
        (INDUSTRY, (), date(2027, 1, 1), "not_an_approver"),
        (INDUSTRY, THREE, DAY, "approved_before"),
    ],
)
def test_who_may_not_approve(member: Member, before: tuple[Approval, ...], day: date, code: str) -> None:
    with pytest.raises(DecisionRefused, match=code):
        check_approver(made(), member, before, day)


def test_who_may() -> None:
    for day in (INDUSTRY.since, DAY, INDUSTRY.until):
        assert day is not None
        check_approver(made(), INDUSTRY, THREE[:2], day)
    check_approver(made(), replace(CTE, id="cte-2"), THREE, DAY)


def test_counting_is_for_each_member_once() -> None:
    twice = (*THREE, replace(THREE[0], on=DAY - timedelta(days=1)))
    assert counted(made(), twice, DAY) == THREE
    assert shortfall(THREE, Policy()) == ()
    assert len(shortfall((), Policy())) == 3


def test_the_needs_of_industry_are_among_the_sections() -> None:
    assert made().sections[SectionName.INDUSTRY_NEED].alignments[0].framework == ONET_ROW["framework"]
