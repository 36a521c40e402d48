"""An access token for a key: the client-credentials grant (RFC 6749, 4.4), and where that is said (RFC 8414).

The client's id is the key's, its secret the whole key, by HTTP Basic alone (RFC 6749, 2.3.1).
"""

from __future__ import annotations

import base64
import json
from typing import Annotated, Any, Final
from urllib.parse import parse_qsl, unquote_plus

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from issuer.api.errors import ApiError
from issuer.api.keys import TOKEN_LASTS, Scope, by_client, exchange
from issuer.web.api.calling import Api, read_body
from issuer.web.public import At

LARGEST_FORM: Final = 4_096
MOST_FIELDS: Final = 8
FORM: Final = "application/x-www-form-urlencoded"
METADATA_PATH: Final = "/.well-known/oauth-authorization-server/api"

oauth = APIRouter()


async def form_body(request: Request, _district: At) -> bytes:
    """The form of a request for a token."""
    return await read_body(request, LARGEST_FORM, FORM)


@oauth.post("/oauth/token")
def token(request: Request, district: At, body: Annotated[bytes, Depends(form_body)]) -> Response:
    """Exchange a key for an access token."""
    api: Api = request.app.state.api
    address = request.client.host if request.client else ""
    if api.failures.wait(address, api.steady()) > 0:
        raise ApiError("too_many_requests", "too many requests from here without a key: wait a minute")
    try:
        pairs = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, strict_parsing=True, max_num_fields=MOST_FIELDS
        )
    except ValueError:
        return _refused("invalid_request", 400, "the body is not a form")
    given = dict(pairs)
    if len(given) != len(pairs) or "client_secret" in given or "client_assertion" in given:
        return _refused("invalid_request", 400, "authenticate with HTTP Basic, and say nothing twice")
    client_id, secret = _basic(request)
    now = api.clock()
    try:
        caller = by_client(api.store, district.id, client_id, secret, now=now)
    except ApiError:
        api.failures.failed(address, api.steady())
        return _refused("invalid_client", 401, "this is no key of this district, or no longer")
    if given.get("grant_type") != "client_credentials":
        return _refused("unsupported_grant_type", 400, "grant_type is client_credentials")
    turn = api.rate.take(f"{district.id} {caller.key.id}", api.steady())
    request.state.turn = turn
    if not turn.allowed:
        raise ApiError("too_many_requests", "this key has asked too often: wait")
    try:
        text, scopes = exchange(
            api.store, district.id, caller, given.get("scope", ""), now=now, entropy=api.entropy
        )
    except ApiError:
        return _refused("invalid_scope", 400, "the key does not have every scope that is asked for")
    return _answer(
        {
            "access_token": text,
            "token_type": "Bearer",
            "expires_in": int(TOKEN_LASTS.total_seconds()),
            "scope": " ".join(sorted(scopes)),
        },
        200,
    )


@oauth.get(METADATA_PATH)
def metadata(district: At) -> Response:
    """Where tokens are, and for what (RFC 8414, 3): the issuer is the origin with `/api`."""
    return _answer(
        {
            "issuer": f"{district.origin}/api",
            "token_endpoint": f"{district.origin}/oauth/token",
            "grant_types_supported": ["client_credentials"],
            "response_types_supported": [],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            "scopes_supported": [scope.value for scope in Scope],
            "service_documentation": f"{district.origin}/openapi.json",
        },
        200,
    )


def _basic(request: Request) -> tuple[str, str]:
    """Client id and secret of the only Authorization header; two empty texts for anything else."""
    given = [value for name, value in request.headers.items() if name == "authorization"]
    kind, _, packed = given[0].partition(" ") if len(given) == 1 else ("", "", "")
    if kind.lower() != "basic" or len(packed) > LARGEST_FORM:
        return "", ""
    try:
        client_id, _, secret = base64.b64decode(packed, validate=True).decode("ascii").partition(":")
    except ValueError:
        return "", ""
    return unquote_plus(client_id), unquote_plus(secret)


def _refused(code: str, status: int, told: str) -> Response:
    headers = {"WWW-Authenticate": 'Basic realm="cairn"'} if code == "invalid_client" else {}
    return _answer({"error": code, "error_description": told}, status, headers)


def _answer(value: dict[str, Any], status: int, headers: dict[str, str] | None = None) -> Response:
    said = {"Cache-Control": "no-store", "Pragma": "no-cache", **(headers or {})}
    return Response(json.dumps(value).encode(), status, media_type="application/json", headers=said)
