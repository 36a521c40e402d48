"""Issue, withdraw and give out credentials in VCALM's shape (w3c/vcalm, oas.yaml: Credentials)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from contexts.document import parse
from credential.withdrawal import Reason
from issuer.api.errors import ApiError, Fault
from issuer.api.keys import Scope
from issuer.api.once import once
from issuer.api.ordering import RowResult, issue_records
from issuer.api.posted import Offered, check_achievement, faults_at, parse_credential, parse_options
from issuer.determination import CODE
from issuer.errors import IssuerError
from issuer.issuance import stored
from issuer.revocation import revoke
from issuer.securing import release
from issuer.store import queries
from issuer.store.api_tables import FAILED, SKIPPED
from issuer.store.session import Session
from issuer.store.status_lists import random_name
from issuer.store.tables import Credential, State
from issuer.web.api.calling import (
    LARGEST_BODY,
    REPLAYED,
    Calling,
    Issuing,
    Reading,
    Revoking,
    members,
    read_body,
)

LARGEST_STATUS = 4_096
USUAL_REASON = Reason.NO_LONGER_VALID

vcalm = APIRouter()


async def issue_body(calling: Issuing) -> bytes:
    """The body of a request for a credential, after whoever sends it was let in."""
    return await read_body(calling.request, LARGEST_BODY)


async def status_body(calling: Revoking) -> bytes:
    """The body of a withdrawal, likewise."""
    return await read_body(calling.request, LARGEST_STATUS)


@vcalm.post("/credentials/issue")
def issue(calling: Issuing, body: Annotated[bytes, Depends(issue_body)]) -> Response:
    """Issue a credential for what one of the district's students attained."""
    office, now = calling.office, calling.now
    office.check_policy(Scope.ISSUE)
    value = members(body, {"credential", "options"})
    reference = parse_options(value.get("options", {}))
    posted = parse_credential(value.get("credential"), issuer=calling.district.did, now=now)
    with calling.store.reading() as session:
        offered = _offered(session, calling, posted.achievement_id)
        schools = queries.schools(session, calling.district.id)
    credential = value["credential"]
    fits = check_achievement(credential, offered, credential.get("name"))
    school = next(iter(schools)) if len(schools) == 1 else ""
    asked = calling.asked(
        body, reference or f"api/{random_name(calling.api.entropy)}", posted.cells["external_id"]
    )
    with once(calling.store, calling.district.id, calling.caller.key, asked, now=now) as turn:
        if turn.status is not None:
            return _given(calling, _of_reference(calling, turn.subject), replayed=True)
        record = posted.record(fits, turn.subject, school)
        (result,) = issue_records(office, [record], exact=True)
        credential_id = issued_id(result, faults_at([result.fault()]))
        turn.done(201)
    return _given(calling, credential_id, replayed=not result.first)


@vcalm.post("/credentials/status")
def update_status(calling: Revoking, body: Annotated[bytes, Depends(status_body)]) -> Response:
    """Withdraw a credential. Nothing takes that back."""
    calling.office.check_policy(Scope.STATUS)
    value = members(body, {"credentialId", "credentialStatus", "status", "indexAllocator", "reason"})
    wanted = value.get("status", True)
    entry = value.get("credentialStatus", {})
    if not isinstance(wanted, bool) or not isinstance(entry, dict):
        raise _bad("status is true or false, and credentialStatus an object", "/status")
    with calling.store.reading() as session:
        row = _find(session, calling, value.get("credentialId"))
        _check_entry(entry, row)
        standing = queries.status(session, calling.district.id, row.id)
    if not wanted:
        if standing is not None:
            raise ApiError("irreversible", "this badge was withdrawn, and nothing takes that back")
        return calling.answer({"credentialId": row.id, "status": False})
    reason = value.get("reason", USUAL_REASON.value)
    if not isinstance(reason, str) or reason not in set(Reason):
        raise _bad(f"reason is one of {', '.join(Reason)}", "/reason")
    asked = calling.asked(body, row.id)
    with once(calling.store, calling.district.id, calling.caller.key, asked, now=calling.now) as turn:
        try:
            revoked = revoke(
                calling.store,
                calling.district.id,
                row.id,
                reason=reason,
                note="",
                now=calling.now,
                actor=calling.caller.key.actor,
            )
        except IssuerError as fault:
            if fault.code != "not_signed":
                raise
            raise ApiError("not_issued_yet", fault.message) from fault
        turn.done(200)
    return calling.answer(
        {
            "credentialId": revoked.credential_id,
            "status": True,
            "reason": revoked.reason.value,
            "revoked_at": revoked.revoked_at.isoformat(timespec="seconds"),
        }
    )


@vcalm.get("/credentials/{credential_id:path}")
def give(calling: Reading, credential_id: str) -> Response:
    """A credential by its id, or by the program's own reference."""
    with calling.store.reading() as session:
        row = _find(session, calling, credential_id)
    return _given(calling, row.id, status=200)


def issued_id(result: RowResult, faults: Any) -> str:
    """The credential of an award, where there is one.

    Raises:
        ApiError: `already_has`, `reference_reused`, `not_issuable`.
    """
    told = result.why or "it was not issued"
    told = told.removesuffix(".")
    if result.code == "ALREADY_ISSUED" and result.credential_id:
        return result.credential_id
    if result.state == SKIPPED:
        where = [Fault(result.code, f"{result.why} {result.credential_id or ''}".strip())]
        raise ApiError("already_has", told, where)
    if result.code in {"REF_REUSED", "AWARD_REF_REUSED"}:
        raise ApiError("reference_reused", told, faults)
    if result.state == FAILED or result.credential_id is None:
        raise ApiError("not_issuable", told, faults)
    return result.credential_id


def _offered(session: Session, calling: Calling, achievement_id: str) -> Offered | None:
    """What the district publishes under the id of an achievement."""
    before = f"{calling.district.origin}/achievements/"
    name = achievement_id.removeprefix(before)
    found = queries.achievement(session, calling.district.id, name) if name != achievement_id else None
    if found is None:
        return None
    return Offered(found.code, parse(found.document).value, found.code != CODE)


def _of_reference(calling: Calling, reference: str) -> str:
    with calling.store.reading() as session:
        row = queries.credential_of_award(session, calling.district.id, reference)
    if row is None:
        raise ApiError("gone", "what this request led to was destroyed")
    return row.id


def _find(session: Session, calling: Calling, named: Any) -> Credential:
    """A credential by its id or its award's reference.

    Raises:
        IssuerError: `not_found`, also for a credential of another district.
    """
    if not isinstance(named, str) or not named or len(named) > 200:  # noqa: PLR2004 - longer than any id
        raise _bad("credentialId is the id of a credential, or your own reference", "/credentialId")
    row = queries.credential_of_award(session, calling.district.id, named)
    return row or queries.credential(session, calling.district.id, named)


def _check_entry(entry: dict[str, Any], row: Credential) -> None:
    """Refuse a status entry that is not the credential's own."""
    known = {"type", "statusPurpose", "statusListIndex", "statusListCredential", "id"}
    at = "/credentialStatus"
    for name in sorted(set(entry) - known):
        raise _bad(f"{name[:80]}: no such member", f"{at}/{name[:80]}")
    if entry.get("type", "BitstringStatusListEntry") != "BitstringStatusListEntry":
        raise _bad("only BitstringStatusListEntry is kept here", f"{at}/type")
    if entry.get("statusPurpose", "revocation") != "revocation":
        raise _bad("only the purpose revocation is kept here", f"{at}/statusPurpose")
    if str(entry.get("statusListIndex", row.list_index)) != str(row.list_index):
        raise _bad("this is not the credential's place in the list", f"{at}/statusListIndex")
    listed = entry.get("statusListCredential", row.list_id)
    if not isinstance(listed, str) or listed.rpartition("/")[2] != row.list_id:
        raise _bad("this is not the credential's list", f"{at}/statusListCredential")


def _given(calling: Calling, credential_id: str, *, status: int = 201, replayed: bool = False) -> Response:
    """The stored credential, byte for byte, with the record that it left the house."""
    with calling.store.transaction() as session:
        row = queries.credential(session, calling.district.id, credential_id, lock=True)
        if row.state in {State.RESERVED, State.PREPARED}:
            raise ApiError("not_issued_yet", "the credential has not been signed yet: send the request again")
        if not row.prepared:
            raise ApiError("gone", "this badge was destroyed with the student's records")
        release(session, row, now=calling.now, actor=calling.caller.key.actor)
    document = stored(calling.store, calling.district.id, credential_id).document
    headers = {REPLAYED: "true"} if replayed else {}
    if status == 201:  # noqa: PLR2004 - RFC 9110
        headers["Location"] = f"/credentials/{credential_id}"
    return calling.answer(b'{"verifiableCredential":' + document + b"}", status, headers=headers)


def _bad(message: str, pointer: str) -> ApiError:
    return ApiError("bad_request", message, [Fault("bad_member", message, pointer)])
