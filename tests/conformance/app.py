"""The routes of this server, in the shapes of VCALM 1.0, with a status that says whether it verifies.

    POST /issuers/{suite}/credentials/issue  {"credential", "options"} -> 201 {"verifiableCredential"}
    POST /credentials/verify                 {"verifiableCredential", "options"} -> 200
    POST /credentials/derive                 {"verifiableCredential", "options"} -> 200, the part itself
    POST /presentations/verify               {"verifiablePresentation", "options"} -> 200
    POST /credentials/status                 {"credentialId", "credentialStatus", "status"} -> 200, or 404
    GET  /status/revocation                  the list
    GET  /identifiers/{did}                  its document, or 404; or the result of resolution

What does not verify, or is nothing of the kind, is answered with 400. The product's own API answers 200 for
a credential that fails (`verifier.web.vcalm`); tests of conformance read the status alone.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse

from contexts.document import STATUS_LIST_LIMITS, Limits, compose, parse
from contexts.errors import DocumentError
from credential.errors import CredentialError
from credential.proof.options import PURPOSE
from credential.proof.presentation import AUTHENTICATION
from credential.proof.selective import derive_proof
from keys.errors import KeyRefused
from tests.conformance.contexts import w3c
from tests.conformance.issuing import ROUTES, Issuing, NotIssued
from tests.conformance.keyring import NAMES, KeySigner, new_signer
from tests.conformance.presentations import DATA_MODEL, SECURITY, Problem, examine_presentation
from tests.conformance.profile import document_of, examine
from tests.conformance.resolving import RESULT, resolution
from tests.conformance.status import REVOCATION, StatusList, UnknownEntryError
from verifier.evidence import Failure, Fetched, Need, Outcome
from verifier.problems import problems

LIST_TYPE: Final = "application/vc+ld+json"
LIMITS: Final = Limits(
    max_bytes=STATUS_LIST_LIMITS.max_bytes * 2,
    max_depth=STATUS_LIST_LIMITS.max_depth + 4,
    max_nodes=STATUS_LIST_LIMITS.max_nodes + 64,
    max_string=STATUS_LIST_LIMITS.max_string,
)
"""A request: one credential or a presentation of some, and its options."""

MOST_POINTERS: Final = 256


class Refused(ValueError):  # noqa: N818 - it says what happened
    """A request that says nothing that could be carried out."""


@dataclass(frozen=True)
class Server:
    """What the routes stand on.

    Args:
        origin: Under which address it is found.
        clock: Gives the time, aware.
        random: Gives that many octets that nobody can guess.
    """

    origin: str
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    random: Callable[[int], bytes] = secrets.token_bytes
    signers: Mapping[str, KeySigner] = field(
        default_factory=lambda: {name: new_signer(kind) for name, kind in NAMES.items()}
    )

    def dids(self) -> dict[str, str]:
        """The did:key of each key, by its name."""
        return {name: signer.controller for name, signer in self.signers.items()}


class Desk:
    """What each route does with a request that was read.

    Args:
        server: What it stands on.
    """

    def __init__(self, server: Server) -> None:
        self._clock = server.clock
        self.own = StatusList(f"{server.origin}/status/{REVOCATION}", server.signers["ed"], server.random)
        self._issuing = Issuing(server.signers, server.random, self.own.new_entry)

    def _lists(self, need: Need) -> Fetched | Failure:
        now = self._clock()
        if need.url != self.own.url:
            return Failure(need, "not_kept_here", "this server asks nobody else", now)
        return Fetched(need, self.own.signed(now).raw, now)

    def issue(self, suite: str, body: Mapping[str, Any]) -> Response:
        route = ROUTES.get(suite)
        if route is None:
            return _no("unknown_issuer", f"no issuer is called {suite[:80]!r}", status=404)
        credential = _object(body, "credential")
        pointers = _pointers(_options(body).get("mandatoryPointers", []))
        issued = self._issuing.issue(route, credential, self._clock(), pointers)
        return JSONResponse({"verifiableCredential": issued}, 201)

    def verify(self, body: Mapping[str, Any]) -> Response:
        options = _options(body)
        if said := [*_other_purpose(options, PURPOSE), *_other_audience(options)]:
            return JSONResponse({"verified": False, "problemDetails": said}, 400)
        verdict = examine(_object_or_token(body, "verifiableCredential"), self._lists, self._clock())
        if verdict.outcome is Outcome.VALID:
            return JSONResponse({"verified": True, "problemDetails": []})
        return JSONResponse({"verified": False, "problemDetails": problems(verdict)}, 400)

    def derive(self, body: Mapping[str, Any]) -> Response:
        pointers = _pointers(_options(body).get("selectivePointers", []))
        document = compose(_object(body, "verifiableCredential"))
        return JSONResponse(derive_proof(document, pointers, contexts=w3c()).value)

    def verify_presentation(self, body: Mapping[str, Any]) -> Response:
        options = _options(body)
        found = _other_purpose(options, AUTHENTICATION) or examine_presentation(
            _object_or_token(body, "verifiablePresentation"),
            self._lists,
            self._clock(),
            challenge=_text(options, "challenge"),
            domain=_text(options, "domain"),
        )
        return JSONResponse({"verified": not found, "problemDetails": found}, 400 if found else 200)

    def set_status(self, body: Mapping[str, Any]) -> Response:
        purpose = _object(body, "credentialStatus").get("statusPurpose")
        name, withdrawn = body.get("credentialId"), body.get("status")
        if purpose != REVOCATION or not isinstance(name, str) or not isinstance(withdrawn, bool):
            raise Refused("give credentialId, credentialStatus with statusPurpose revocation, and status")
        try:
            self.own.mark(name, withdrawn=withdrawn)
        except UnknownEntryError:
            return _no("unknown_credential", "no such credential has an entry here", status=404)
        return JSONResponse({})


def create_app(server: Server) -> FastAPI:
    """The application."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    desk = Desk(server)
    for path, act in {
        "/credentials/verify": desk.verify,
        "/credentials/derive": desk.derive,
        "/presentations/verify": desk.verify_presentation,
        "/credentials/status": desk.set_status,
    }.items():
        app.post(path)(_endpoint(act))

    @app.post("/issuers/{suite}/credentials/issue")
    async def issue(suite: str, request: Request) -> Response:
        return await _answer(request, lambda body: desk.issue(suite, body))

    @app.get(f"/status/{REVOCATION}")
    def status_list() -> Response:
        return Response(desk.own.signed(server.clock()).raw, media_type=LIST_TYPE)

    @app.get("/identifiers/{did:path}")
    def identifier(did: str, request: Request) -> Response:
        if RESULT in request.headers.get("accept", ""):
            return JSONResponse(*resolution(did, request.query_params))
        try:
            return JSONResponse(document_of(did), media_type="application/did+ld+json")
        except KeyRefused as fault:
            return _no(fault.code, str(fault), status=404)

    return app


Act = Callable[[Mapping[str, Any]], Response]


def _endpoint(act: Act) -> Callable[[Request], Any]:
    async def route(request: Request) -> Response:
        return await _answer(request, act)

    return route


async def _answer(request: Request, act: Act) -> Response:
    """Read a request as strictly as a credential, and carry it out beside the event loop."""
    sent = bytearray()
    async for chunk in request.stream():
        sent += chunk
        if len(sent) > LIMITS.max_bytes:
            return _no("too_large", f"at most {LIMITS.max_bytes} bytes are read")
    return await run_in_threadpool(_carried_out, bytes(sent), act)


def _carried_out(sent: bytes, act: Act) -> Response:
    try:
        return act(parse(sent, LIMITS).value)
    except Refused as fault:
        return _no("bad_request", str(fault))
    except NotIssued as fault:
        return _no(fault.code, fault.detail)
    except DocumentError as fault:
        return _no(fault.code, str(fault), "PARSING_ERROR")
    except CredentialError as fault:
        problem = Problem(SECURITY + "PROOF_GENERATION_ERROR", fault.code, str(fault))
        return JSONResponse({"verified": False, "problemDetails": [problem.to_json()]}, 400)


def _no(code: str, detail: str, kind: str = "MALFORMED_VALUE_ERROR", *, status: int = 400) -> Response:
    problem = Problem(DATA_MODEL + kind, code, detail)
    return JSONResponse({"verified": False, "problemDetails": [problem.to_json()]}, status)


def _object(body: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = body.get(name)
    if not isinstance(value, dict):
        raise Refused(f"{name} is an object")
    return value


def _object_or_token(body: Mapping[str, Any], name: str) -> dict[str, Any] | str:
    value = body.get(name)
    if not isinstance(value, dict | str):
        raise Refused(f"{name} is an object or a token")
    return value


def _options(body: Mapping[str, Any]) -> dict[str, Any]:
    """The options. Other people's tests send some that mean nothing here; they change nothing."""
    options = body.get("options", {})
    if not isinstance(options, dict):
        raise Refused("options is an object")
    return options


def _text(options: Mapping[str, Any], name: str) -> str | None:
    value = options.get(name)
    if value is not None and not isinstance(value, str):
        raise Refused(f"{name} is a text")
    return value


def _other_purpose(options: Mapping[str, Any], purpose: str) -> list[dict[str, str]]:
    """What speaks against the only purpose that a proof here may have, where another is asked for.

    Source: VC Data Integrity 1.0, 4.4: expectedProofPurpose.
    """
    asked = _text(options, "expectedProofPurpose")
    if asked in (None, purpose):
        return []
    detail = f"this is signed for {purpose}, not {asked[:40]!r}" if asked else f"this is signed for {purpose}"
    return [Problem(SECURITY + "PROOF_VERIFICATION_ERROR", "proof_purpose", detail).to_json()]


def _other_audience(options: Mapping[str, Any]) -> list[dict[str, str]]:
    """What speaks against a credential where somebody has asked for a challenge or a domain.

    A credential is for everybody: `check_proof` takes none whose proof answers one.

    Source: VC Data Integrity 1.0, 4.4: domain, challenge.
    """
    detail = "a credential is for everybody: its proof answers no challenge and names no domain"
    return [
        Problem(SECURITY + kind, "proof_domain", detail).to_json()
        for name, kind in (("domain", "INVALID_DOMAIN_ERROR"), ("challenge", "INVALID_CHALLENGE_ERROR"))
        if options.get(name) is not None
    ]


def _pointers(value: Any) -> list[str]:
    if not isinstance(value, list) or len(value) > MOST_POINTERS:
        raise Refused(f"pointers are a list of at most {MOST_POINTERS}")
    if not all(isinstance(one, str) for one in value):
        raise Refused("a pointer is a text")
    return value
