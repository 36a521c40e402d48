"""Put a badge in a wallet: the file first, which always works; then the offer, made when it is asked for.

The offer's secrets are on the page that answers the button, once; opening the page anew makes none.
"""

from __future__ import annotations

import base64
import re
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from issuer.errors import IssuerError
from issuer.issuance import stored
from issuer.render.qr import qr_svg
from issuer.store import dossier
from issuer.wallet_offering import NewOffer, make_offer
from issuer.web.student.door import Me, StudentSession
from issuer.web.student.page import HEADERS, Page, page

router = APIRouter()

_NAME: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def wallet_path(credential_id: str) -> str:
    """The address of the page for one badge, for the page of the badge to lead to."""
    return f"/my/badges/{credential_id.removeprefix('urn:uuid:')}/wallet"


@router.get("/badges/{badge}/wallet")
def ask(request: Request, me: Me, badge: str) -> Response:
    """The page before an offer is made."""
    return _page(request, me, badge, _own(me, badge), None)


@router.post("/badges/{badge}/wallet")
def offer(request: Request, me: Me, badge: str) -> Response:
    """Make an offer, and show it once."""
    credential_id = _own(me, badge)
    try:
        made = make_offer(
            me.store,
            me.district_id,
            credential_id,
            now=me.now,
            entropy=me.place.entropy,
            actor=me.actor,
            jwt=bool(request.app.state.wallet_jwt),
        )
    except IssuerError as fault:
        if fault.code != "state_conflict":
            raise
        return _page(request, me, badge, credential_id, None, fault="wallet.over")
    return _page(request, me, badge, credential_id, made)


@router.get("/badges/{badge}/wallet/badge.json")
def file(me: Me, badge: str) -> Response:
    """The badge as a file, byte for byte as it was signed."""
    body = stored(me.store, me.district_id, _own(me, badge)).document
    named = {"Content-Disposition": f'attachment; filename="badge-{badge[:8]}.json"'}
    return Response(body, media_type="application/vc", headers={**HEADERS, **named})


def _own(me: StudentSession, badge: str) -> str:
    """The id of a badge of the student's own.

    Raises:
        IssuerError: `not_found` for anything else, whether it is there or not.
    """
    found = None
    if _NAME.fullmatch(badge):
        with me.store.reading() as session:
            # One question, whatever is there: a second one for another's badge could be timed.
            name = f"urn:uuid:{badge}"
            found = dossier.own_badge(session, me.district_id, me.subject_id, name, me.now)
    if found is None:
        raise IssuerError("not_found", "there is no such badge of yours")
    return found.credential_id


def _page(
    request: Request,
    me: StudentSession,
    badge: str,
    credential_id: str,
    made: NewOffer | None,
    *,
    fault: str = "",
) -> Response:
    qr = base64.b64encode(qr_svg(made.link).encode()).decode() if made else ""
    values = {
        "file": f"{wallet_path(credential_id)}/badge.json",
        "here": f"/my/badges/{badge}/wallet",
        "back": f"/my/badges/{badge}",
        "offer": made,
        "qr": f"data:image/svg+xml;base64,{qr}",
    }
    faults = {"": fault} if fault else {}
    shown = Page("wallet.title", "wallet.html", values, status=409 if fault else 200, faults=faults)
    return page(request, me.place, shown)
