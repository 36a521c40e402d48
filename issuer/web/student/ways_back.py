"""The ways back in: what a student who has come in once can set up for the next time."""

from __future__ import annotations

import json

from fastapi import APIRouter, Request
from fastapi.responses import Response

from issuer.claiming import codes, passkeys
from issuer.claiming.errors import ClaimError
from issuer.store import contacts
from issuer.web.student.coming_back import LONGEST_ANSWER
from issuer.web.student.door import Me, Posted, StudentSession
from issuer.web.student.page import Page, go, page

router = APIRouter()


@router.get("/ways-back")
def ways_back(request: Request, me: Me) -> Response:
    """What is set up, and what can be."""
    return _page(request, me)


@router.post("/ways-back/address")
def ask_address(request: Request, me: Me, form: Posted) -> Response:
    """Mail a code to an address that the student says is theirs."""
    typed = form.text("address")[:300]
    try:
        address = codes.ask_hand_over(
            me.store,
            me.district_id,
            me.subject_id,
            typed,
            me.language,
            now=me.now,
            entropy=me.place.entropy,
        )
    except ClaimError:
        return _page(request, me, {"address": "code.bad-address"}, typed)
    return _confirm_page(request, me, address)


@router.get("/ways-back/address")
def address_form(request: Request, me: Me) -> Response:
    """The same page as all ways back: a language switch leads here after a form was sent."""
    return _page(request, me)


@router.post("/ways-back/confirm")
def confirm_address(request: Request, me: Me, form: Posted) -> Response:
    """Take the address, once its code was typed."""
    address = form.text("address")[:300]
    try:
        codes.confirm_hand_over(
            me.store,
            me.district,
            me.subject_id,
            address,
            form.text("code"),
            now=me.now,
            entropy=me.place.entropy,
        )
    except ClaimError:
        return _confirm_page(request, me, address, refused=True)
    return go("/ways-back", "address-added")


@router.get("/ways-back/confirm")
def confirm_form(request: Request, me: Me) -> Response:
    """Ask for the code and the address that it went to."""
    return _confirm_page(request, me, "")


@router.post("/ways-back/forget-address")
def forget_address(me: Me, _form: Posted) -> Response:
    """Take the student's own address out again."""
    codes.forget_own(me.store, me.district_id, me.subject_id, now=me.now, actor=me.actor)
    return go("/ways-back", "address-removed")


@router.get("/ways-back/passkey")
def ask_passkey(request: Request, me: Me) -> Response:
    """Have the browser make a passkey."""
    return _passkey_page(request, me)


@router.post("/ways-back/passkey")
def add_passkey(request: Request, me: Me, form: Posted) -> Response:
    """Take the passkey that it made."""
    try:
        passkeys.add(
            me.store,
            me.district,
            me.subject_id,
            form.text("answer")[:LONGEST_ANSWER],
            form.text("handle")[:200],
            now=me.now,
            entropy=me.place.entropy,
        )
    except ClaimError:
        return _passkey_page(request, me, refused=True)
    return go("/ways-back", "passkey-added")


@router.post("/ways-back/passkey/{passkey_id}/remove")
def remove_passkey(me: Me, passkey_id: str, _form: Posted) -> Response:
    """Take a passkey out."""
    passkeys.remove(me.store, me.district_id, me.subject_id, passkey_id, now=me.now)
    return go("/ways-back", "passkey-removed")


def _page(
    request: Request, me: StudentSession, faults: dict[str, str] | None = None, typed: str = ""
) -> Response:
    with me.store.reading() as session:
        row = contacts.contact(session, me.district_id, me.subject_id)
    values = {
        "school": row.school_email if row is not None else None,
        "own": row.own_email if row is not None else None,
        "passkeys": passkeys.of_student(me.store, me.district_id, me.subject_id),
        "typed": typed,
    }
    status = 422 if faults else 200
    return page(request, me.place, Page("ways-back.title", "ways_back.html", values, status, faults or {}))


def _confirm_page(request: Request, me: StudentSession, address: str, *, refused: bool = False) -> Response:
    faults, status = ({"code": "code.refused"}, 403) if refused else ({}, 200)
    return page(
        request,
        me.place,
        Page("hand-over.title", "hand_over.html", {"address": address}, status, faults),
    )


def _passkey_page(request: Request, me: StudentSession, *, refused: bool = False) -> Response:
    faults, status = ({"": "passkey.refused"}, 422) if refused else ({}, 200)
    try:
        options = passkeys.ask_new(
            me.store,
            me.district,
            me.subject_id,
            label=me.district.name,
            now=me.now,
            entropy=me.place.entropy,
        )
    except ClaimError:
        return _page(request, me, {"": "passkey.too-many"})
    values = {"options": options, "handle": json.loads(options)["user"]["id"]}
    return page(request, me.place, Page("passkey.add", "passkey_add.html", values, status, faults))
