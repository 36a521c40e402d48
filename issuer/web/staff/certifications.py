"""Certifications: what the catalogue has, and what the district has decided about each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from credential.readiness import Subject
from issuer.access.roles import Permission
from issuer.catalog.catalogue import folded
from issuer.catalog.entry import Counts, Entry
from issuer.catalog.pathways import Step
from issuer.catalog.validity import Shape
from issuer.committee.deciding import decided_with_proposals
from issuer.decisions import review
from issuer.decisions.alignment import Alignment
from issuer.decisions.decision import Decision
from issuer.district import district_catalogue
from issuer.errors import IssuerError
from issuer.rule_sets import pathways_on
from issuer.store import decision_tables as rows
from issuer.store import decisions
from issuer.store.session import Session
from issuer.web.access import Visit, signed_in
from issuer.web.forms import Form
from issuer.web.staff import nav
from issuer.web.staff.committee import names, serving
from issuer.web.staff.page import WORDS, Page, day, page
from issuer.web.staff.refusals import sentence, today

router = APIRouter()
nav.join(nav.CERTIFICATIONS, WORDS["certifications.nav"], "/certifications", Permission.READ_CATALOG)

Reading = Annotated[Visit, Depends(signed_in(Permission.READ_CATALOG))]
LONGEST_SEARCH: Final = 100
"""Characters of what is looked for."""

FIELDS: Final = ("endorsing", "withdrawing", "unendorsed_why")
"""Every field of the forms on the page of one certification."""

STATES: Final = ("none", "proposed", "english", "math", "both", "no", "ended", "cannot")
_SUBJECTS: Final = {
    frozenset({Subject.ENGLISH}): "english",
    frozenset({Subject.MATH}): "math",
    frozenset(Subject): "both",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the district stands with one certification on a day.

    Attributes:
        entry: What the catalogue says of it.
        state: One of `STATES`: what counts today; else what is proposed; else what was last decided.
        is_proposed: Whether a proposal is open, whatever counts today.
        active: The decision that counts today.
        begins: The first day of a decision that does not count yet.
        overdue: Whether something that the active decision rests on is overdue.
    """

    entry: Entry
    state: str
    is_proposed: bool = False
    active: Decision | None = None
    begins: date | None = None
    overdue: bool = False

    @property
    def remarks(self) -> tuple[str, ...]:
        """What is to be known besides the state, in a few words each."""
        found = []
        if self.active is not None and self.active.effective_until is not None:
            found.append(WORDS["certifications.ends"].format(day=day(self.active.effective_until)))
        if self.begins is not None:
            found.append(WORDS["certifications.begins"].format(day=day(self.begins)))
        if self.is_proposed and self.state != "proposed":
            found.append(WORDS["certifications.also-proposed"])
        if self.overdue:
            found.append(WORDS["certifications.overdue"])
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Shown:
    """One decision with what stands beside it.

    Attributes:
        decision: With any earlier end.
        proposal_id: What it rests on.
        state: `counts`, `later`, `over` or `no`.
        why: The reason that was written down.
    """

    decision: Decision
    proposal_id: str
    state: str
    why: str


@dataclass(frozen=True, slots=True)
class Committee:
    """Everything that a district's committee has written down, read once for a page.

    Attributes:
        decided: Every decision, oldest first.
        proposals: Every proposal, oldest first.
        overdue: The decisions with something overdue.
    """

    decided: tuple[Decision, ...]
    proposals: tuple[rows.Proposal, ...]
    overdue: frozenset[str] = field(default=frozenset())

    @classmethod
    def read(cls, session: Session, district_id: str, on: date) -> Committee:
        """As it is on a day."""
        due = review.due(decided_with_proposals(session, district_id), on)
        return cls(
            tuple(decisions.decisions(session, district_id)),
            tuple(decisions.proposals(session, district_id)),
            frozenset(one.decision_id for one in due if one.overdue),
        )

    def standing(self, entry: Entry, on: date) -> Standing:
        """Where one certification stands on a day."""
        own = [one for one in self.decided if one.credential_code == entry.code]
        active = next((one for one in own if one.subjects and one.is_active_on(on)), None)
        begins = min(
            (one.effective_from for one in own if one.subjects and one.effective_from > on), default=None
        )
        is_proposed = any(one.code == entry.code and one.state == "open" for one in self.proposals)
        if active is not None:
            state = _SUBJECTS[active.subjects]
        elif entry.kind.counts is Counts.NO:
            state = "cannot"
        elif is_proposed:
            state = "proposed"
        elif own:
            state = "ended" if own[-1].subjects else "no"
        else:
            state = "none"
        overdue = active is not None and active.id in self.overdue
        return Standing(entry, state, is_proposed, active, begins, overdue)


@router.get("/certifications")
def everything(request: Request, visit: Reading) -> Response:
    """Every certification with what was decided; narrowed by what is looked for."""
    asked = request.query_params.get("q", "").strip()[:LONGEST_SEARCH]
    state = request.query_params.get("state", "")
    on = today(visit)
    with visit.store.reading() as session:
        catalogue = district_catalogue(session, visit.district.id)
        committee = Committee.read(session, visit.district.id, on)
    found = [
        one
        for one in (committee.standing(entry, on) for entry in catalogue.entries)
        if _fits(one.entry, asked) and (state not in STATES or one.state == state)
    ]
    values = {
        "found": sorted(found, key=lambda one: folded(one.entry.name)),
        "total": len(catalogue.entries),
        "asked": {"q": asked, "state": state if state in STATES else ""},
        "states": {one: WORDS[f"certifications.state.{one}"] for one in STATES},
    }
    return page(request, visit, Page(WORDS["certifications.title"], "certifications.html", values))


@router.get("/certifications/{code}")
def one(request: Request, visit: Reading, code: str) -> Response:
    """One certification: what it is, what was decided, and what badges say of it."""
    return certification_page(request, visit, code)


def certification_page(
    request: Request,
    visit: Visit,
    code: str,
    form: Form | None = None,
    faults: Mapping[str, str] = MappingProxyType({}),
) -> Response:
    """Draw it.

    Args:
        request: The request.
        visit: Who looks.
        code: Which certification.
        form: What was typed, where a step was refused.
        faults: Why it was refused, by field.

    Raises:
        IssuerError: `not_found`.
    """
    on, district_id = today(visit), visit.district.id
    with visit.store.reading() as session:
        entry = entry_at(session, district_id, code)
        committee = Committee.read(session, district_id, on)
        standing = committee.standing(entry, on)
        proposals = [one for one in committee.proposals if one.code == code]
        values = {
            "standing": standing,
            "entry": entry,
            "cannot": entry.kind.counts is Counts.NO,
            "why": sentence(entry.kind.why) if entry.kind.why else "",
            "lasts": _lasts(entry),
            "leads_to": _leads_to(session, district_id, code, on),
            "decided": _shown(session, district_id, code, on),
            "proposals": proposals,
            "alignments": _alignments(session, district_id, standing.active),
            "endorsements": decisions.endorsements(session, district_id, visit.now, code=code),
            "names": names(session, district_id),
            "signers": [one for one in serving(session, district_id, on) if one.endorser],
            "subjects": subjects_in_words,
        }
    values["typed"] = {name: form.text(name) if form else "" for name in FIELDS}
    values["may_record"] = visit.person.may(Permission.ENDORSE) or visit.person.may(Permission.DECIDE)
    shown = Page(entry.name, "certification.html", values, 422 if faults else 200, faults)
    return page(request, visit, shown)


def entry_at(session: Session, district_id: str, code: str) -> Entry:
    """What the district's catalogue says of a code.

    Raises:
        IssuerError: `not_found`.
    """
    found = district_catalogue(session, district_id).get(code)
    if found is None:
        raise IssuerError("not_found", "the district's catalogue has nothing under that code")
    return found


def subjects_in_words(subjects: frozenset[Subject]) -> str:
    """`English`, `Math`, `English and math`, or that it shows none."""
    return WORDS[f"certifications.for.{_SUBJECTS.get(subjects, 'no')}"]


def _fits(entry: Entry, asked: str) -> bool:
    """Whether every word that is looked for stands somewhere in what people call it."""
    texts = (
        entry.code,
        entry.name,
        entry.body.name,
        *entry.body.aliases,
        *(one.text for one in entry.labels),
    )
    known = folded(" ".join(texts))
    return all(word in known for word in folded(asked).split())


def _shown(session: Session, district_id: str, code: str, on: date) -> list[Shown]:
    found = []
    for one in decisions.decisions(session, district_id, code=code):
        row = decisions.decision_row(session, district_id, one.id)
        if not one.subjects:
            state = "no"
        elif one.is_active_on(on):
            state = "counts"
        else:
            state = "later" if one.effective_from > on else "over"
        found.append(Shown(one, row.proposal_id, state, row.why))
    return found[::-1]


def _alignments(session: Session, district_id: str, active: Decision | None) -> tuple[Alignment, ...]:
    """What badges say under the decision that counts."""
    if active is None:
        return ()
    row = decisions.decision_row(session, district_id, active.id)
    proposal = decisions.as_proposal(session, decisions.proposal_row(session, district_id, row.proposal_id))
    return tuple(one for one in proposal.alignments if one.belongs_in_badge(active.subjects))


def _leads_to(session: Session, district_id: str, code: str, on: date) -> tuple[Step, ...]:
    try:
        return pathways_on(session, district_id, on).leads_to(code)
    except IssuerError as refused:
        if refused.code != "no_rule_set":
            raise
        return ()


def _lasts(entry: Entry) -> str:
    words: Mapping[Shape, str] = {one: WORDS[f"certification.lasts.{one.value}"] for one in Shape}
    said = words[entry.validity.shape].format(months=entry.validity.months)
    if entry.validity.shape is not Shape.NONE and not entry.validity.confirmed:
        return " ".join((said, WORDS["certification.lasts-unconfirmed"]))
    return said
