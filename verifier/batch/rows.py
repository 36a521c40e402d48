"""One row of a batch: what was found about a badge, whose it may be, and what the crosswalk suggests.

A row holds no badge: only what is shown of it. `settle` looks at all rows together, for what was sent twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import islice
from typing import Final

from credential.types import CredentialKind
from verifier.batch.applicants import Applicants, Match, match
from verifier.batch.award import Award, award_of
from verifier.batch.crosswalk import Advice, Crosswalk, advise
from verifier.batch.folding import alike, folded, name_parts
from verifier.batch.said import Said
from verifier.evidence import Code, Outcome, Presented, Verdict
from verifier.intake import Item
from verifier.listing import code_of
from verifier.presentation_report import explain_presentation
from verifier.presented import Judged, PresentationVerdict
from verifier.report import explain
from verifier.words import LOCALES

MOST_DOUBTS: Final = 3
"""Other rows that one row is said to be like."""


@dataclass(frozen=True, slots=True)
class College:
    """What a college brings: its crosswalk and its list, either of which may be missing."""

    crosswalk: Crosswalk | None = None
    applicants: Applicants | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One of the things that were sent, and what came of it.

    Args:
        number: From 1, in the order in which they were sent.
        part: 0 for what was sent; from 1 for the credentials inside a learner record or a presentation, which
            have rows of their own.
        item: Which part of which file it is, without its content.
        outcome: One of three.
        code: Why.
        family: How the verdict looks.
        headline: The verdict, in each language.
        what_to_do: What follows, in each language.
        issuer_name: The issuer by the trust list, "" where it is on none.
        checked_at: When.
        as_of: The moment for which it holds, where that is another.
        award: What the badge says; None unless its proof passed.
        match: Whose it may be.
        advice: What the crosswalk says. Suggestions are there for a valid badge alone.
        digest: Of the credential's bytes that were checked, or "".
        receipt: The signed receipt of this check, or "".
        same_as: The label of the row that is the same award and counts; "" where this one does.
        cautions: Why to look twice at this row beside others.
    """

    number: int
    part: int
    item: Item
    outcome: Outcome
    code: Code
    family: str
    headline: Mapping[str, str]
    what_to_do: Mapping[str, str]
    issuer_name: str
    checked_at: datetime
    as_of: datetime | None
    award: Award | None
    match: Match
    advice: Advice
    digest: str = ""
    receipt: str = ""
    same_as: str = ""
    cautions: tuple[Said, ...] = ()

    @property
    def label(self) -> str:
        """How the row is called: "3", or "3.2" for the second credential inside what was sent."""
        return f"{self.number}.{self.part}" if self.part else str(self.number)

    @property
    def all_cautions(self) -> tuple[Said, ...]:
        """Every reason to look twice at this row."""
        suggested = (one for suggestion in self.advice.suggestions for one in suggestion.cautions)
        return (*self.match.cautions, *self.cautions, *suggested)

    @property
    def needs_a_look(self) -> bool:
        """Whether somebody should look twice, or was sent what is refused as a certification."""
        return bool(self.all_cautions) or self.advice.refused

    @property
    def counts(self) -> bool:
        """Whether this row's suggestions are to be counted: another row does not have the same award."""
        return bool(self.advice.suggestions) and not self.same_as


def make_rows(
    number: int,
    item: Item,
    judged: Judged,
    college: College,
    today: date,
    *,
    numbers: Sequence[str] = (),
    digest: str = "",
    receipt: Callable[[Verdict, str], str] = lambda _verdict, _digest: "",
) -> tuple[Row, ...]:
    """The row of one check, and one for each credential of a learner record or a presentation.

    Args:
        number: Which row, from 1.
        item: What was sent.
        judged: What came of it.
        college: Its crosswalk and its list.
        today: The day of the check.
        numbers: The applicant numbers that came with it.
        digest: Of what was checked.
        receipt: Signs a receipt of a verdict about what has this digest; "" for none.
    """
    bare = replace(item, presented=Presented(item.presented.kind, code=item.presented.code))
    rows = []
    if isinstance(judged, PresentationVerdict):
        rows.append(_presented(number, bare, judged, match(None, numbers, college.applicants)))
        inside = [one for credential in judged.credentials for one in _opened(credential)]
    else:
        inside = list(_opened(judged))
    for part, one in enumerate(inside, len(rows)):
        reports = {locale: explain(one, locale) for locale in LOCALES}
        award = award_of(one)
        rows.append(
            Row(
                number=number,
                part=part,
                item=bare,
                outcome=one.outcome,
                code=one.code,
                family=reports["en"].family,
                headline={locale: report.headline for locale, report in reports.items()},
                what_to_do={locale: report.what_to_do for locale, report in reports.items()},
                issuer_name=one.issuer_name or "",
                checked_at=one.checked_at,
                as_of=one.as_of,
                award=award,
                match=match(award, numbers, college.applicants),
                advice=_advice(one, award, college, today),
                # What was sent is the record: no receipt may call it by the verdict on one badge in it.
                digest="" if part else digest,
                receipt="" if part else receipt(one, digest),
            )
        )
    return tuple(rows)


def left_out(row: Row) -> Row:
    """The row of something whose parts get no rows, since there are too many: it says so."""
    return replace(row, advice=Advice(why_not=(Said("not.left_out"),)))


def _opened(verdict: Verdict) -> Iterator[Verdict]:
    """A credential, and those in it where it is a learner record."""
    yield verdict
    if verdict.kind is CredentialKind.RECORD:
        yield from verdict.members


def _presented(number: int, item: Item, judged: PresentationVerdict, whose: Match) -> Row:
    """The row of a presentation itself: who holds it up, and whether all in it stands. It has no award, and
    one that shows no badge is never *valid* here.
    """
    reports = {locale: explain_presentation(judged, locale) for locale in LOCALES}
    shows_nothing = judged.outcome is Outcome.VALID and not judged.credentials
    return Row(
        number=number,
        part=0,
        item=item,
        outcome=Outcome.UNKNOWN if shows_nothing else judged.outcome,
        code=code_of(judged),
        family=reports["en"].family,
        headline={locale: report.headline for locale, report in reports.items()},
        what_to_do={locale: report.what_to_do for locale, report in reports.items()},
        issuer_name="",
        checked_at=judged.checked_at,
        as_of=judged.as_of,
        award=None,
        match=whose,
        advice=Advice(why_not=(Said("not.presentation"),)) if judged.credentials else Advice(),
    )


def _advice(verdict: Verdict, award: Award | None, college: College, today: date) -> Advice:
    """What the crosswalk says; nothing of a badge that is not valid, and nothing of what is no badge."""
    if award is None or verdict.outcome is not Outcome.VALID:
        return Advice()
    if verdict.kind is not CredentialKind.BADGE:
        return Advice(why_not=(Said(f"not.{verdict.kind}"),))
    if verdict.partial:
        return Advice(why_not=(Said("not.partial"),))
    return advise(award, college.crosswalk, today)


def settle(rows: Iterable[Row]) -> tuple[Row, ...]:
    """The rows in their order, each that has the same award as an earlier one with that one's number.

    Only what is surely the same counts once: the same badge, or one number by one awarding body for one award
    and one person. What may be the same is shown in both rows, and both count until somebody has looked.
    """
    settled: list[Row] = []
    groups: dict[tuple[str, ...], list[_Group]] = {}
    for row in sorted(rows, key=lambda row: (row.number, row.part)):
        fresh = replace(row, same_as="", cautions=())
        if fresh.outcome is Outcome.VALID and fresh.award is not None and not fresh.advice.refused:
            facts = _facts(fresh.award, fresh.advice)
            near = {one.label: one for key in facts.keys for one in groups.get(key, ())}
            same = next((one for one in near.values() if _is_same(one, facts)), None)
            if same is not None:
                fresh = replace(fresh, same_as=same.label)
                same.people.extend(facts.people)
            else:
                doubts = (said for one in near.values() for said in _doubts(one, facts))
                fresh = replace(fresh, cautions=tuple(islice(doubts, MOST_DOUBTS)))
                group = _Group(fresh.label, facts, list(facts.people))
                for key in facts.keys:
                    groups.setdefault(key, []).append(group)
        settled.append(fresh)
    return tuple(settled)


@dataclass(frozen=True, slots=True)
class _Facts:
    """What tells whether two awards are one, folded once."""

    keys: tuple[tuple[str, ...], ...]
    badge: tuple[str, str]
    bodies: frozenset[str]
    number: str
    what: frozenset[str]
    courses: frozenset[str]
    people: tuple[frozenset[str], ...]


@dataclass(slots=True)
class _Group:
    """An award that counts, and all whom its rows name."""

    label: str
    facts: _Facts
    people: list[frozenset[str]]


def _facts(award: Award, advice: Advice) -> _Facts:
    """An award is found again by its badge, by the body's number, or by what it is and when."""
    bodies = frozenset(map(folded, award.bodies)) - {""}
    what = frozenset(map(folded, (award.name, *award.codes))) - {""}
    number = folded(award.number)
    keys = [("badge", award.issuer, award.badge)] if award.badge else []
    keys += [("number", body, number) for body in sorted(bodies) if number]
    if award.names and award.earned:
        keys += [("day", one, award.earned.isoformat()) for one in sorted(what)]
    return _Facts(
        keys=tuple(keys),
        badge=(award.issuer, award.badge),
        bodies=bodies,
        number=number,
        what=what,
        courses=frozenset(folded(one.line.course) for one in advice.suggestions),
        people=tuple(map(name_parts, award.names)),
    )


def _is_same(group: _Group, other: _Facts) -> bool:
    if other.badge[1] and group.facts.badge == other.badge:
        return True
    agree = bool(group.facts.what & other.what) or bool(group.facts.courses & other.courses)
    return agree and _same_number(group.facts, other) and _one_person(group, other)


def _doubts(group: _Group, other: _Facts) -> Iterator[Said]:
    """Why two rows that are not surely the same award may be."""
    row = {"row": group.label}
    if _same_number(group.facts, other):
        yield Said("look.same_number" if _one_person(group, other) else "look.number_of_another", row)
    elif (
        group.people
        and other.people
        and _one_person(group, other)
        and not (group.facts.number and other.number)
    ):
        yield Said("look.maybe_same", row)


def _same_number(first: _Facts, second: _Facts) -> bool:
    return first.number != "" and first.number == second.number and bool(first.bodies & second.bodies)


def _one_person(group: _Group, other: _Facts) -> bool:
    """Whether all may name one person; a badge without a name speaks against nobody."""
    if not group.people or not other.people:
        return True
    return all(any(alike(mine, theirs) for mine in other.people) for theirs in group.people)
