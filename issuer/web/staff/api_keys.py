"""Settings > Keys of programs: let the district's own programs in, and keep them out again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from issuer.access import approvals, policy
from issuer.access.errors import AccessError
from issuer.access.policy import Kind
from issuer.access.roles import Permission
from issuer.api import keys
from issuer.api.errors import ApiError
from issuer.api.keys import LONGEST, LONGEST_NAME, SCOPE_NAMES, USUAL, Key, Scope
from issuer.errors import IssuerError
from issuer.store import api as rows
from issuer.store.session import Session
from issuer.web.access import Posted, Visit, signed_in
from issuer.web.forms import Form
from issuer.web.staff import actions, nav
from issuer.web.staff.page import WORDS, Page, faults_of, go, page

router = APIRouter()
nav.join_settings(30, WORDS["keys.nav"], "/settings/api-keys", Permission.MANAGE_SETTINGS, WORDS["keys.hint"])

Setting = Annotated[Visit, Depends(signed_in(Permission.MANAGE_SETTINGS))]


@router.get("/settings/api-keys")
def show(request: Request, visit: Setting) -> Response:
    """Every key, and a form to make one."""
    return _page(request, visit, Form())


@router.post("/settings/api-keys")
def create(request: Request, visit: Setting, form: Posted) -> Response:
    """Make a key and show it, once; where the district asks two people, it waits for the second."""
    scopes = form.texts("scopes")
    with visit.store.reading() as session:
        asked = policy.read(session, visit.district.id)
    try:
        waits = keys.needs_two(asked, [Scope(one) for one in scopes if one in set(Scope)])
        made = keys.create(
            visit.store,
            visit.district.id,
            name=form.text("name"),
            scopes=scopes,
            lasts=timedelta(days=_days(form.text("days"))),
            waits=waits,
            now=visit.now,
            entropy=visit.here.entropy,
            actor=visit.person.actor,
        )
    except ApiError as refused:
        return _page(request, visit, form, AccessError("person_refused", refused.message, "name"))
    if waits:
        content = {
            "district": visit.district.id,
            "key": made.key.id,
            "name": made.key.name,
            "scopes": sorted(made.key.scopes),
            "ends": made.key.ends.isoformat(timespec="seconds"),
        }
        approvals.ask(
            visit.store, visit.person, Kind.API_KEY, content, now=visit.now, entropy=visit.here.entropy
        )
    return page(request, visit, Page(WORDS["keys.made"], "api_key_made.html", {"made": made}))


@router.post("/settings/api-keys/{key_id}/revoke")
def revoke(visit: Setting, key_id: str) -> Response:
    """End a key at once."""
    with visit.store.reading() as session:
        if rows.key(session, visit.district.id, key_id) is None:
            raise IssuerError("not_found", "the district has no key with this id")
    keys.revoke(visit.store, visit.district.id, key_id, now=visit.now, actor=visit.person.actor)
    return go("/settings/api-keys", "key-revoked")


def _days(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0  # noqa: PLR2004 - no such number of days


def _page(request: Request, visit: Visit, form: Form, refused: AccessError | None = None) -> Response:
    found = keys.everything(visit.store, visit.district.id)
    values = {
        "keys": [(one, _state(one, visit), one.opens(visit.now) or one.waits) for one in found],
        "names": SCOPE_NAMES,
        "typed": {"name": form.text("name"), "days": form.text("days") or str(USUAL.days)},
        "chosen": form.texts("scopes"),
        "longest": LONGEST_NAME,
        "most_days": LONGEST.days,
    }
    faults, status = (faults_of(refused), 422) if refused else ({}, 200)
    return page(request, visit, Page(WORDS["keys.title"], "api_keys.html", values, status, faults))


def _state(key: Key, visit: Visit) -> str:
    if key.revoked is not None:
        return WORDS["keys.state.revoked"]
    if key.ends <= visit.now:
        return WORDS["keys.state.ended"]
    return WORDS["keys.state.waits" if key.waits else "keys.state.in-use"]


def _show(_session: Session, content: Mapping[str, Any]) -> Mapping[str, str]:
    return {
        WORDS["keys.name"]: str(content["name"]),
        WORDS["keys.id"]: str(content["key"]),
        WORDS["keys.scopes"]: "\n".join(SCOPE_NAMES[Scope(one)] for one in content["scopes"]),
        WORDS["keys.state.ended"]: str(content["ends"]),
    }


def _still_true(session: Session, asked: approvals.Request, _now: datetime) -> bool:
    row = rows.key(session, str(asked.content["district"]), str(asked.content["key"]))
    if row is None or row.revoked is not None:
        return False
    return (row.name, sorted(row.scopes)) == (asked.content["name"], asked.content["scopes"])


def _perform(visit: Visit, asked: approvals.Request) -> None:
    keys.activate(
        visit.store, visit.district.id, str(asked.content["key"]), now=visit.now, actor=visit.person.actor
    )


actions.join(Kind.API_KEY, actions.Action(_show, _still_true, _perform))
