"""Certifications > Committee: the quorum, and the keys of members, as an administrator sets them."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from issuer.committee import people
from issuer.decisions.member import QUORUM_KINDS, MemberKind, Policy
from issuer.web.access import Form, Posted
from issuer.web.staff.committee import Setting, chosen_member, committee_page
from issuer.web.staff.page import go
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
        people.set_policy(visit.store, visit.district.id, wanted, now=visit.now, actor=visit.person.actor)
    except REFUSALS as refused:
        return committee_page(request, visit, form, refused)
    return go("/certifications/committee", "quorum-set")


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
