"""Settings > People: who works at the console, and as what."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from issuer.access import people
from issuer.access.errors import AccessError
from issuer.access.people import LONGEST_EMAIL, LONGEST_NAME, Person
from issuer.access.roles import NAMES, Permission, Role
from issuer.store import queries
from issuer.web.access import Posted, Visit, signed_in
from issuer.web.forms import Form
from issuer.web.staff import nav
from issuer.web.staff.page import WORDS, Page, faults_of, go, page

router = APIRouter()
nav.join_settings(10, WORDS["people.nav"], "/people", Permission.MANAGE_PEOPLE, WORDS["people.hint"])

Managing = Annotated[Visit, Depends(signed_in(Permission.MANAGE_PEOPLE))]


@router.get("/people")
def everybody(request: Request, visit: Managing) -> Response:
    """Everybody, and a form to add somebody."""
    return _people_page(request, visit, Form())


@router.post("/people")
def add(request: Request, visit: Managing, form: Posted) -> Response:
    """Add somebody, and show their link, once."""
    try:
        role = _role(form.text("role"))
        link = people.add(
            visit.store,
            visit.district.id,
            email=form.text("email"),
            name=form.text("name"),
            role=role,
            school=form.text("school") or None if role is Role.CLERK else None,
            now=visit.now,
            entropy=visit.here.entropy,
            actor=visit.person.actor,
        )
    except AccessError as refused:
        if refused.code != "person_refused":
            raise
        return _people_page(request, visit, form, refused)
    return _link_page(request, visit, link)


@router.get("/people/{person_id}")
def one(request: Request, visit: Managing, person_id: str) -> Response:
    """One person: their role, and what can be done about them."""
    found = people.find(visit.store, visit.district.id, person_id)
    return _person_page(request, visit, found)


@router.post("/people/{person_id}/role")
def change_role(request: Request, visit: Managing, person_id: str, form: Posted) -> Response:
    """Give somebody another role."""
    found = people.find(visit.store, visit.district.id, person_id)
    try:
        role = _role(form.text("role"))
        people.change_role(
            visit.store,
            visit.district.id,
            person_id,
            role=role,
            school=form.text("school") or None if role is Role.CLERK else None,
            now=visit.now,
            actor=visit.person.actor,
        )
    except AccessError as refused:
        return _person_page(request, visit, found, refused)
    return go("/people", "role-changed")


@router.post("/people/{person_id}/disable")
def disable(request: Request, visit: Managing, person_id: str) -> Response:
    """Let somebody sign in no longer."""
    found = people.find(visit.store, visit.district.id, person_id)
    try:
        people.disable(visit.store, visit.district.id, person_id, now=visit.now, actor=visit.person.actor)
    except AccessError as refused:
        return _person_page(request, visit, found, refused)
    return go("/people", "disabled")


@router.post("/people/{person_id}/reset")
def reset(request: Request, visit: Managing, person_id: str) -> Response:
    """Forget how somebody signed in, and show a new link, once."""
    link = people.reset(
        visit.store,
        visit.district.id,
        person_id,
        now=visit.now,
        entropy=visit.here.entropy,
        actor=visit.person.actor,
    )
    return _link_page(request, visit, link)


def _role(text: str) -> Role:
    if text not in set(Role):
        raise AccessError("person_refused", "choose what the person does", "role")
    return Role(text)


def _people_page(request: Request, visit: Visit, form: Form, refused: AccessError | None = None) -> Response:
    values = {
        "everybody": people.everybody(visit.store, visit.district.id),
        "schools": _schools(visit),
        "roles": NAMES,
        "typed": {name: form.text(name) for name in ("email", "name", "role", "school")},
        "longest_email": LONGEST_EMAIL,
        "longest_name": LONGEST_NAME,
    }
    faults, status = (faults_of(refused), 422) if refused else ({}, 200)
    return page(request, visit, Page(WORDS["people.title"], "people.html", values, status, faults))


def _person_page(
    request: Request, visit: Visit, found: Person, refused: AccessError | None = None
) -> Response:
    values = {"who": found, "schools": _schools(visit), "roles": NAMES, "myself": found == visit.person}
    faults, status = (faults_of(refused), 422) if refused else ({}, 200)
    return page(request, visit, Page(found.name, "person.html", values, status, faults))


def _link_page(request: Request, visit: Visit, link: people.Link) -> Response:
    return page(request, visit, Page(WORDS["link.title"], "link.html", {"link": link}))


def _schools(visit: Visit) -> dict[str, str]:
    with visit.store.reading() as session:
        return queries.schools(session, visit.district.id)
