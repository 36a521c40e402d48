"""What wallets ask: OpenID for Verifiable Credential Issuance 1.0, over HTTP.

An answer to a wallet is JSON and is kept by nobody, but for the metadata. What is refused has the codes of
the specification (`wallet/refusal.py`). Browsers of other sites may ask too (CORS): nothing here goes by
cookies.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Any, Final
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.responses import JSONResponse, Response

from contexts.document import Limits, parse
from contexts.errors import DocumentError
from issuer import into_wallets, wallet_offering
from issuer.into_wallets import INTERVAL, Given
from issuer.securing import SUITES
from issuer.store import queries
from issuer.store.session import Session, Store
from issuer.store.tables import District
from issuer.wallet.metadata import (
    JWT,
    LDP,
    MOST_CONFIGURATIONS,
    Kind,
    issuer_metadata,
    server_metadata,
)
from issuer.wallet.offers import GRANT, LONGEST_SECRET, TOKEN_LIFETIME
from issuer.wallet.refusal import CODES, WalletRefused
from issuer.web.limiter import Limiter
from issuer.web.public import At
from keys.public import PublicKey

LARGEST_REQUEST: Final = 16_384
"""Bytes of a body: one proof, and what names it."""
MOST_FIELDS: Final = 16
"""Fields of a token request; what we do not know is not read, as RFC 6749 asks."""
METADATA_SECONDS: Final = 300
_BODY_LIMITS: Final = Limits(max_bytes=LARGEST_REQUEST, max_nodes=512)
_OPEN: Final = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
_KEPT_BY_NOBODY: Final = {"Cache-Control": "no-store", "Pragma": "no-cache"} | _OPEN

router = APIRouter()


@router.api_route("/.well-known/openid-credential-issuer", methods=["GET", "HEAD"])
def credential_issuer(request: Request, district: At) -> Response:
    """The Credential Issuer Metadata (12.2)."""
    with _store(request, district).reading() as session:
        kinds = [
            _kind(row.id, parse(row.document).value)
            for row in queries.achievements(session, district.id)[:MOST_CONFIGURATIONS]
        ]
        algorithms = _algorithms(session, district.id, jwt=_jwt(request))
    return _metadata(issuer_metadata(district.origin, district.name, kinds, algorithms))


@router.api_route("/.well-known/oauth-authorization-server", methods=["GET", "HEAD"])
def authorization_server(district: At) -> Response:
    """The authorization server's metadata (RFC 8414)."""
    return _metadata(server_metadata(district.origin))


@router.get("/wallet/offers/{reference}")
def referred_offer(request: Request, district: At, reference: str) -> Response:
    """An offer by its reference (4.1.3); one answer for wrong and for over."""
    value = wallet_offering.referred_offer(
        _store(request, district), district, reference[:LONGEST_SECRET], now=_now(request), jwt=_jwt(request)
    )
    return JSONResponse(value, headers=_KEPT_BY_NOBODY)


async def _body(request: Request) -> bytes | None:
    """A body that is short enough; None for one that is not."""
    announced = request.headers.get("content-length", "")
    if announced.isascii() and announced.isdigit() and int(announced) > LARGEST_REQUEST:
        return None
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_REQUEST:
            return None
    return bytes(body)


Body = Annotated[bytes | None, Depends(_body)]


@router.post("/wallet/token")
def token(request: Request, district: At, body: Body) -> Response:
    """A token for a pre-authorized code (6)."""
    limiter: Limiter = request.app.state.wallet_limiter
    client = request.client.host if request.client else ""
    if limiter.wait(client, time.monotonic()) > 0:
        raise WalletRefused("too_many_requests", "too many codes that are not there: wait a minute")
    fields = _form(request, body)
    if fields.get("grant_type") != GRANT:
        code = "unsupported_grant_type" if fields.get("grant_type") else "invalid_request"
        raise WalletRefused(code, f"grant_type is {GRANT}")
    code = fields.get("pre-authorized_code", "")
    if not code:
        raise WalletRefused("invalid_request", "send the pre-authorized_code of the offer")
    try:
        made = into_wallets.give_token(
            _store(request, district),
            district,
            code,
            fields.get("tx_code"),
            now=_now(request),
            entropy=request.app.state.entropy,
        )
    except WalletRefused as fault:
        if fault.code == "invalid_grant":
            limiter.failed(client, time.monotonic())
        raise
    answer = {
        "access_token": made,
        "token_type": "Bearer",
        "expires_in": int(TOKEN_LIFETIME.total_seconds()),
    }
    return JSONResponse(answer, headers=_KEPT_BY_NOBODY)


@router.post("/wallet/nonce")
def nonce(request: Request, district: At) -> Response:
    """A fresh nonce for a proof (7); it may be asked for by anybody."""
    made = into_wallets.new_nonce(district, now=_now(request), entropy=request.app.state.entropy)
    return JSONResponse({"c_nonce": made}, headers=_KEPT_BY_NOBODY)


@router.post("/wallet/credential")
def credential(request: Request, district: At, body: Body) -> Response:
    """The badge, bound to the key that the proof shows (8)."""
    given = into_wallets.give_credential(
        _store(request, district),
        district,
        _bearer(request),
        _object(request, body, "invalid_credential_request"),
        signer_of=request.app.state.signer_of,
        now=_now(request),
        entropy=request.app.state.entropy,
        jwt=_jwt(request),
    )
    return _given(given)


@router.post("/wallet/deferred")
def deferred(request: Request, district: At, body: Body) -> Response:
    """A badge that could not be made at once (9)."""
    bearer = _bearer(request)
    transaction = _text(_object(request, body, "invalid_transaction_id"), "transaction_id")
    if transaction is None:
        raise WalletRefused("invalid_transaction_id", "send transaction_id, one text")
    given = into_wallets.give_deferred(
        _store(request, district),
        district,
        bearer,
        transaction,
        signer_of=request.app.state.signer_of,
        now=_now(request),
        entropy=request.app.state.entropy,
    )
    return _given(given)


@router.post("/wallet/notification")
def notification(request: Request, district: At, body: Body) -> Response:
    """What became of a badge in its wallet (11). What the wallet writes about it is not kept."""
    bearer = _bearer(request)
    said = _object(request, body, "invalid_notification_request")
    named, event = _text(said, "notification_id"), _text(said, "event")
    if named is None or event is None:
        raise WalletRefused("invalid_notification_request", "send notification_id and event")
    into_wallets.take_notice(_store(request, district), district, bearer, named, event, now=_now(request))
    return Response(status_code=204, headers=_KEPT_BY_NOBODY)


def install(app: FastAPI) -> None:
    """Put the routes into an application, and answer what is refused as the specification says.

    Args:
        app: With `store`, `clock`, `entropy`, `signer_of`, `wallet_jwt` and `wallet_limiter` in its state.
    """
    app.include_router(router)

    @app.exception_handler(WalletRefused)
    def _refuse(_request: Request, fault: WalletRefused) -> Response:
        return _refused(fault)


def _store(request: Request, district: District) -> Store:
    store: Store = request.app.state.store
    return store.of(district.id)


def _now(request: Request) -> datetime:
    clock: Callable[[], datetime] = request.app.state.clock
    return clock()


def _jwt(request: Request) -> bool:
    return bool(request.app.state.wallet_jwt)


def _kind(achievement_id: str, document: Mapping[str, Any]) -> Kind:
    image = document.get("image")
    image = image if isinstance(image, Mapping) else {}
    address = image.get("id")
    return Kind(
        achievement_id,
        str(document["name"]),
        str(document.get("description", "")),
        address if isinstance(address, str) and address.startswith("https://") else None,
        image.get("caption"),
    )


def _algorithms(session: Session, district_id: str, *, jwt: bool) -> dict[str, list[str]]:
    """What the keys in use sign with, by the form of the badge."""
    kinds = sorted(
        {
            PublicKey.from_multikey(key.multikey)
            for key in queries.signing_keys(session, district_id)
            if key.retired is None and key.compromised_since is None
        },
        key=lambda key: key.key_type,
    )
    found = {LDP: list(dict.fromkeys(SUITES[key.key_type] for key in kinds))}
    if jwt:
        found[JWT] = list(dict.fromkeys(key.jws_algorithm for key in kinds))
    return found


def _metadata(value: Mapping[str, Any]) -> Response:
    return JSONResponse(value, headers={"Cache-Control": f"public, max-age={METADATA_SECONDS}"} | _OPEN)


def _form(request: Request, body: bytes | None) -> dict[str, str]:
    """The fields of a form, none of them twice (RFC 6749, 3.2)."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded" or body is None:
        raise WalletRefused("invalid_request", f"send a form, urlencoded, of at most {LARGEST_REQUEST} bytes")
    try:
        pairs = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, strict_parsing=True, max_num_fields=MOST_FIELDS
        )
    except ValueError:
        raise WalletRefused("invalid_request", "the form cannot be read, or has too many fields") from None
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise WalletRefused("invalid_request", "a field stands in the form twice")
    if any(len(fields.get(name, "")) > LONGEST_SECRET for name in ("pre-authorized_code", "tx_code")):
        raise WalletRefused("invalid_grant", "the code or its tx_code is wrong, was used or is over")
    return fields


def _object(request: Request, body: bytes | None, code: str) -> dict[str, Any]:
    """The JSON object that was sent."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json" or body is None:
        raise WalletRefused(code, f"send JSON of at most {LARGEST_REQUEST} bytes")
    try:
        return dict(parse(body, _BODY_LIMITS).value)
    except DocumentError:
        raise WalletRefused(code, "the body is not the JSON that is taken here") from None


def _text(said: Mapping[str, Any], name: str) -> str | None:
    value = said.get(name)
    return value if isinstance(value, str) and 0 < len(value) <= LONGEST_SECRET else None


def _bearer(request: Request) -> str:
    """The token of the Authorization header (RFC 6750, 2.1)."""
    kind, _, held = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not 0 < len(held) <= LONGEST_SECRET:
        raise WalletRefused("invalid_token", "send the access token: Authorization: Bearer")
    return held


def _given(given: Given) -> Response:
    """A credential response (8.3), the badge byte for byte as it was signed."""
    if given.body is None:
        later = {"transaction_id": given.transaction_id, "interval": INTERVAL}
        return JSONResponse(later, 202, headers=_KEPT_BY_NOBODY)
    badge = given.body if given.form == LDP else json.dumps(given.body.decode("ascii")).encode()
    named = json.dumps(given.notification_id).encode()
    body = b'{"credentials":[{"credential":' + badge + b'}],"notification_id":' + named + b"}"
    return Response(body, media_type="application/json", headers=_KEPT_BY_NOBODY)


def _refused(fault: WalletRefused) -> Response:
    headers = dict(_KEPT_BY_NOBODY)
    if fault.code == "invalid_token":
        headers["WWW-Authenticate"] = 'Bearer error="invalid_token"'
    if fault.code == "too_many_requests":
        headers["Retry-After"] = "60"
    body = {"error": fault.code, "error_description": fault.message}
    return JSONResponse(body, CODES[fault.code], headers=headers)
