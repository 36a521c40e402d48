"""Tell students of their badges from where a registrar stands: the page of a badge, the page of a batch."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from issuer.access.roles import Permission
from issuer.errors import IssuerError
from issuer.jobs import asking
from issuer.mail.queueing import queue_link, queue_new_badges
from issuer.store.jobs import ISSUE
from issuer.web.access import Posted, Visit, signed_in
from issuer.web.staff.badges import badge_page
from issuer.web.staff.batches import batch_page
from issuer.web.staff.dossier import find_badge, said
from issuer.web.staff.page import WORDS, go

router = APIRouter()

Reaching = Annotated[Visit, Depends(signed_in(Permission.SHARE))]
Issuing = Annotated[Visit, Depends(signed_in(Permission.ISSUE))]
"""The page of a batch, which is the answer, is for who issues."""


@router.post("/badges/{badge_id}/link")
def send_link(request: Request, visit: Reaching, badge_id: str, _form: Posted) -> Response:
    """Put a mail with a link to the badge into line, also once more."""
    with visit.store.reading() as session:
        found = find_badge(session, visit, badge_id)
    try:
        queue_link(
            visit.store,
            visit.district.id,
            found.credential_id,
            now=visit.now,
            entropy=visit.here.entropy,
            actor=visit.person.actor,
        )
    except IssuerError as fault:
        return badge_page(request, visit, badge_id, said(fault))
    return go(f"/badges/{found.path}", "link-queued")


@router.post("/batches/{job_id}/links")
def send_links(request: Request, visit: Reaching, _may: Issuing, job_id: str, _form: Posted) -> Response:
    """Put a mail into line for each badge of the batch that its student was not told of."""
    found = asking.find(visit.store, visit.district.id, job_id)
    if found.kind != ISSUE:
        raise IssuerError("not_found", "there is no such batch")
    if found.is_held(visit.now):
        return batch_page(request, visit, job_id, {"": WORDS["batches.tell-held"]})
    made, without = queue_new_badges(
        visit.store,
        visit.district.id,
        batch=found.subject,
        now=visit.now,
        entropy=visit.here.entropy,
        actor=visit.person.actor,
    )
    told = WORDS["reach.queued"].format(made=made, without=without)
    return batch_page(request, visit, job_id, done=told)
