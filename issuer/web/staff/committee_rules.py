"""Certifications > Committee: the quorum, and the keys of members, as an administrator sets them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from issuer.access import approvals
from issuer.access.apart import other_administrators
from issuer.access.policy import Kind
from issuer.committee import people
from issuer.decisions.member import QUORUM_KINDS, MemberKind, Policy
from issuer.store import decisions
from issuer.store.session import Session
from issuer.web.access import Posted, Visit
from issuer.web.forms import Form
from issuer.web.staff.committee import Setting, chosen_member, committee_page, quorum_in_words
from issuer.web.staff.page import WORDS, go
from issuer.web.staff.refusals import REFUSALS, FieldRefused

router = APIRouter()

LONGEST_NUMBER: Final = 3
"""Digits of a number of approvals or of kinds."""


@router.post("/certifications/committee/quorum")
def set_quorum(request: Request, visit: Setting, form: Posted) -> Response:
    """Ask for another quorum from now on; decisions keep the one that they were made under."""
    try:
        wanted = Policy(
            _number(form, "approvals"),
            _number(form, "kinds"),
            frozenset(
                kind for kind in MemberKind if kind in QUORUM_KINDS and kind.value in form.texts("must")
            ),
        )
    except REFUSALS as refused:
        return committee_page(request, visit, form, refused)
    with visit.store.reading() as session:
        _, before = decisions.policy(session, visit.district.id)
        colleagues = other_administrators(session, visit.district.id, visit.person.id, now=visit.now)
    if wanted.asks_less_than(before) and colleagues:
        content = {"district": visit.district.id, "quorum": wanted.to_json(), "instead_of": before.to_json()}
        made = approvals.ask(
            visit.store, visit.person, Kind.POLICY, content, now=visit.now, entropy=visit.here.entropy
        )
        return go(f"/approvals/{made.id}", "asked-policy")
    people.set_policy(visit.store, visit.district.id, wanted, now=visit.now, actor=visit.person.actor)
    return go("/certifications/committee", "quorum-set")


def is_quorum(content: Mapping[str, Any]) -> bool:
    """Whether a request is about the quorum, and not about where two people are asked for."""
    return "quorum" in content


def show(content: Mapping[str, Any]) -> Mapping[str, str]:
    """What the second administrator reads."""
    return {
        WORDS["quorum.before"]: _in_words(content["instead_of"]),
        WORDS["quorum.after"]: _in_words(content["quorum"]),
    }


def still_true(session: Session, asked: approvals.Request) -> bool:
    """Whether the quorum is still the one that was to be lowered."""
    _, now_asked = decisions.policy(session, str(asked.content["district"]))
    return bool(now_asked.to_json() == asked.content["instead_of"])


def perform(visit: Visit, asked: approvals.Request) -> None:
    """Set a quorum that was confirmed. Doing it again changes nothing, and undoes nothing set since."""
    wanted = Policy.from_json(asked.content["quorum"])
    with visit.store.reading() as session:
        _, there = decisions.policy(session, visit.district.id)
    if there.to_json() == asked.content["instead_of"]:
        people.set_policy(visit.store, visit.district.id, wanted, now=visit.now, actor=visit.person.actor)


def _in_words(value: Any) -> str:
    return quorum_in_words(Policy.from_json(value))


@router.post("/certifications/committee/key")
def give_key(request: Request, visit: Setting, form: Posted) -> Response:
    """Write down under which DID a member signs, and the key of a `did:web`."""
    try:
        people.give_key(
            visit.store,
            visit.district.id,
            chosen_member(visit, form, "signing"),
            endorser=form.text("did").strip(),
            endorser_key=form.text("key").strip(),
            now=visit.now,
            actor=visit.person.actor,
        )
    except REFUSALS as refused:
        return committee_page(request, visit, form, refused, "did")
    return go("/certifications/committee", "saved")


def _number(form: Form, name: str) -> int:
    """A number that was typed.

    Raises:
        FieldRefused: It is none.
    """
    text = form.text(name).strip()
    if not (text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER):
        raise FieldRefused(name, "write a whole number")
    return int(text)
