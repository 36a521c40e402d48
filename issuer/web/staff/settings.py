"""Settings: what there is to set, one's own password, and where the district wants two people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from issuer.access import approvals, attempts, people, policy
from issuer.access.apart import other_administrators
from issuer.access.errors import AccessError
from issuer.access.passwords import LONGEST, SHORTEST
from issuer.access.policy import APART_NAMES, CHOOSABLE, Apart, Kind, Policy
from issuer.access.roles import Permission
from issuer.store.session import Session
from issuer.web.access import Anybody, Posted, Visit, session_cookie, signed_in
from issuer.web.cookies import drop_cookie
from issuer.web.staff import actions, committee_rules, nav
from issuer.web.staff.page import WORDS, Page, faults_of, go, page
from issuer.web.staff.sign_in import twice

router = APIRouter()
nav.join(nav.SETTINGS, WORDS["settings.nav"], "/settings")
nav.join_settings(90, WORDS["own.nav"], "/settings/password", None, WORDS["own.hint"])
nav.join_settings(
    20, WORDS["policy.nav"], "/settings/approval", Permission.MANAGE_SETTINGS, WORDS["policy.hint"]
)

Setting = Annotated[Visit, Depends(signed_in(Permission.MANAGE_SETTINGS))]


@router.get("/settings")
def overview(request: Request, visit: Anybody) -> Response:
    """What this person can set."""
    entries = nav.settings(visit.person)
    return page(request, visit, Page(WORDS["settings.title"], "settings.html", {"entries": entries}))


@router.get("/settings/password")
def ask_password(request: Request, visit: Anybody) -> Response:
    """Ask for one's password, and for the new one."""
    return _own_page(request, visit)


@router.post("/settings/password")
def change_password(request: Request, visit: Anybody, form: Posted) -> Response:
    """Change one's own password. Everybody who was signed in with the old one is signed out."""
    here = visit.here
    try:
        password = twice(form.text("password"), form.text("again"))
        # Whoever sits at somebody's open browser may guess no faster here than at the door.
        attempts.take(here.store, visit.district.id, visit.person.email, here.address, now=here.now)
        people.change_password(
            here.store, visit.person, current=form.text("current"), password=password, now=here.now
        )
    except AccessError as refused:
        if refused.code not in {"password_refused", "sign_in_slowed", "sign_in_busy"}:
            raise
        return _own_page(request, visit, refused)
    with here.store.transaction() as session:
        attempts.succeeded(session, visit.district.id, visit.person.email, here.address)
    answer = go("/sign-in", "password-set")
    drop_cookie(answer, here, session_cookie(here))
    return answer


@router.get("/settings/approval")
def show_policy(request: Request, visit: Setting) -> Response:
    """Where two people are needed."""
    with visit.store.reading() as session:
        asked = policy.read(session, visit.district.id)
    values = {"policy": asked, "kinds": CHOOSABLE, "pairs": APART_NAMES}
    return page(request, visit, Page(WORDS["policy.title"], "policy.html", values))


@router.post("/settings/approval")
def set_policy(visit: Setting, form: Posted) -> Response:
    """Ask for something else from now on; a name that is none is left out."""
    kinds, pairs = set(form.texts("two_people")), set(form.texts("apart"))
    asked = Policy(
        frozenset(kind for kind in CHOOSABLE if kind.value in kinds),
        frozenset(pair for pair in Apart if pair.value in pairs),
    )
    with visit.store.reading() as session:
        before = policy.read(session, visit.district.id)
        has_colleague = bool(other_administrators(session, visit.district.id, visit.person.id, now=visit.now))
    if asked.asks_less_than(before) and has_colleague:
        content = {"district": visit.district.id, "before": before.rules, "after": asked.rules}
        made = approvals.ask(
            visit.store, visit.person, Kind.POLICY, content, now=visit.now, entropy=visit.here.entropy
        )
        return go(f"/approvals/{made.id}", "asked-policy")
    policy.change(visit.store, visit.district.id, asked, now=visit.now, actor=visit.person.actor)
    return go("/settings/approval", "saved")


def _show_policy(_session: Session, content: Mapping[str, Any]) -> Mapping[str, str]:
    if committee_rules.is_quorum(content):
        return committee_rules.show(content)
    return {
        WORDS["policy.before"]: _in_words(content["before"]),
        WORDS["policy.after"]: _in_words(content["after"]),
    }


def _in_words(rules: Mapping[str, Any]) -> str:
    lines = [CHOOSABLE[Kind(one)] for one in rules["two_people"]]
    lines += [APART_NAMES[Apart(one)] for one in rules["apart"]]
    return "\n".join(lines) or WORDS["policy.nothing"]


def _policy_is_as_asked(session: Session, asked: approvals.Request, _now: datetime) -> bool:
    if committee_rules.is_quorum(asked.content):
        return committee_rules.still_true(session, asked)
    return bool(policy.read(session, str(asked.content["district"])).rules == asked.content["before"])


def _change_policy(visit: Visit, asked: approvals.Request) -> None:
    if committee_rules.is_quorum(asked.content):
        committee_rules.perform(visit, asked)
        return
    before, after = asked.content["before"], asked.content["after"]
    with visit.store.reading() as session:
        if policy.read(session, visit.district.id).rules != before:
            return  # It was done when it was confirmed, and something else has been asked for since.
    wanted = Policy(
        frozenset(Kind(one) for one in after["two_people"]), frozenset(Apart(one) for one in after["apart"])
    )
    policy.change(visit.store, visit.district.id, wanted, now=visit.now, actor=visit.person.actor)


actions.join(Kind.POLICY, actions.Action(_show_policy, _policy_is_as_asked, _change_policy))


def _own_page(request: Request, visit: Visit, refused: AccessError | None = None) -> Response:
    values = {"shortest": SHORTEST, "longest": LONGEST}
    faults, status = ({}, 200)
    if refused is not None:
        faults, status = {refused.field or "current": next(iter(faults_of(refused).values()))}, 422
    return page(request, visit, Page(WORDS["own.title"], "own_password.html", values, status, faults))
