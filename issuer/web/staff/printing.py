"""Print a badge from its page: a certificate or a wallet card, each with a code that is told nowhere else."""

from __future__ import annotations

import re
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from credential.errors import CredentialError
from issuer.access.roles import Permission
from issuer.carry.paper import Kind, Printing, print_papers
from issuer.carry.words import LANGUAGES
from issuer.errors import IssuerError
from issuer.web.access import Posted, Visit, signed_in
from issuer.web.staff.badges import badge_page
from issuer.web.staff.dossier import find_badge, said
from issuer.web.staff.page import HEADERS

router = APIRouter()

Sharing = Annotated[Visit, Depends(signed_in(Permission.SHARE))]

_NOT_PLAIN: Final = re.compile(r"[^A-Za-z0-9_-]+")


@router.post("/badges/{badge_id}/print")
def make(request: Request, visit: Sharing, form: Posted, badge_id: str) -> Response:
    """Make the code, and the paper that it stands on, as a file."""
    with visit.store.reading() as session:
        found = find_badge(session, visit, badge_id)
    kind = Kind.CARD if form.text("paper") == Kind.CARD else Kind.CERTIFICATE
    language = form.text("language")
    printing: Printing = request.app.state.printing
    try:
        made = print_papers(
            visit.store,
            visit.district,
            found.credential_id,
            {kind},
            printing,
            language=language if language in LANGUAGES else LANGUAGES[0],
            now=visit.now,
            entropy=visit.here.entropy,
            actor=visit.person.actor,
            agreed=form.text("agreed") == "yes",
            code=form.text("code")[:40].strip(),
        )
    except (IssuerError, CredentialError) as fault:
        return badge_page(request, visit, badge_id, said(fault))
    name = f"{kind}-{_NOT_PLAIN.sub('-', found.award_ref)[:40]}.pdf"
    headers = {**HEADERS, "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(made.files[kind], media_type="application/pdf", headers=headers)
