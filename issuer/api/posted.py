"""A credential as a program posts it for signing, read as an award. Pure.

The district signs awards of its own catalog, never a document of somebody else's: what is posted is taken
apart into what a row of a sheet can say, and whatever is left over is refused, not dropped. So nobody with a
key can have a sentence signed that the district does not say itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, TypeGuard

from credential.dates import parse_date_time
from credential.errors import CredentialError
from issuer.api.errors import ApiError, Fault
from issuer.draft import CONTEXTS
from issuer.roster import Record
from issuer.roster.columns import COLUMNS
from issuer.roster.tidy import tidied

TYPES: Final = (
    frozenset({"VerifiableCredential", "OpenBadgeCredential"}),
    frozenset({"VerifiableCredential", "AchievementCredential"}),
)
STUDENT: Final = "sisSourcedId"
"""The `identityType` under which the student's number is handed in. It is read, and never signed."""
AHEAD: Final = timedelta(minutes=5)
"""How far a program's clock may be ahead of ours."""

_NOT_YOURS: Final = {
    "id": "leave out the id: the issuer gives it, before anything is signed; name your own reference in "
    "options.credentialId",
    "proof": "leave out the proof: the issuer makes it",
    "credentialStatus": "leave out credentialStatus: the issuer adds it",
    "credentialSchema": "leave out credentialSchema: the issuer adds it",
}
_OURS: Final = frozenset({
    "@context", "type", "issuer", "name", "validFrom", "validUntil", "awardedDate", "credentialSubject",
    "evidence",
})  # fmt: skip
_SUBJECT: Final = frozenset({"type", "identifier", "achievement", "licenseNumber", "result", "source"})
_IDENTITY: Final = frozenset({"type", "identityHash", "identityType", "hashed"})
AT: Final = {
    "external_id": "/credential/credentialSubject/identifier",
    "given_name": "/credential/credentialSubject/identifier",
    "family_name": "/credential/credentialSubject/identifier",
    "credential_code": "/credential/credentialSubject/achievement",
    "date_earned": "/credential/awardedDate",
    "expires_on": "/credential/validUntil",
    "number": "/credential/credentialSubject/licenseNumber",
    "score": "/credential/credentialSubject/result/0/value",
    "evaluator": "/credential/credentialSubject/source/name",
    "evidence_url": "/credential/evidence/0/id",
    "award_ref": "/options/credentialId",
}
"""Where in a posted credential the members of an award stand."""


@dataclass(frozen=True, slots=True)
class Offered:
    """One of the district's achievements, as it is published.

    Attributes:
        code: Of the catalogue.
        document: The Achievement.
        is_certification: False for a readiness determination, which is judged and not handed in.
    """

    code: str
    document: Mapping[str, Any]
    is_certification: bool


@dataclass(frozen=True, slots=True)
class Posted:
    """What a request for a credential says.

    Attributes:
        achievement_id: The `id` of the Achievement.
        cells: What it says, by the columns of a sheet; the code of the catalogue is still to be found.
        name: The name that the credential is to show, or "".
    """

    achievement_id: str
    cells: Mapping[str, str]
    name: str

    def record(self, offered: Offered, award_ref: str, school_code: str) -> Record:
        """The same as a row."""
        values = dict.fromkeys(COLUMNS, "") | dict(self.cells)
        given, _, family = self.name.rpartition(" ")
        values |= {"given_name": given, "family_name": family} if given else {}
        values |= {"credential_code": offered.code, "award_ref": award_ref, "school_code": school_code}
        return Record(1, values)


def parse_options(options: Any) -> str:
    """The program's own reference, "" where it has none.

    Raises:
        ApiError: `bad_request`, `unknown_option`.
    """
    if not isinstance(options, Mapping):
        raise _refused("bad_request", "options is an object", "/options")
    for name in sorted(set(options) - {"credentialId"}):
        told = f"{name[:80]}: no such option here"
        if name == "mandatoryPointers":
            told = "mandatoryPointers belong to proofs that reveal parts, which this issuer does not make"
        raise _refused("unknown_option", told, f"/options/{name[:80]}")
    reference = options.get("credentialId", "")
    if not isinstance(reference, str) or len(reference) > 120 or tidied(reference) != reference:  # noqa: PLR2004 - as a sheet's award_ref
        raise _refused(
            "bad_request", "credentialId is a plain text of at most 120 characters", "/options/credentialId"
        )
    return reference


def parse_credential(credential: Any, *, issuer: str, now: datetime) -> Posted:
    """Take a posted credential apart.

    Args:
        credential: A JSON value.
        issuer: The district's DID.
        now: The time.

    Raises:
        ApiError: `bad_request` where it is not formed like a credential, `wrong_issuer`, and `not_issuable`
            for everything that the district would not sign; each with where.
    """
    value = _object(credential, "/credential")
    _check_frame(value, issuer)
    faults = [
        Fault(
            "not_signed_here",
            _NOT_YOURS.get(name, f"the district does not sign {name[:80]}: leave it out"),
            f"/credential/{name[:80]}",
        )
        for name in sorted(set(value) - _OURS)
    ]
    subject = _object(value.get("credentialSubject"), "/credential/credentialSubject")
    at = "/credential/credentialSubject"
    for name in sorted(set(subject) - _SUBJECT):
        told = f"the district does not sign {name[:80]}: leave it out"
        if name == "id":
            told = "leave out the subject's id: a wallet proves its own when it collects the badge"
        faults.append(Fault("not_signed_here", told, f"{at}/{name[:80]}"))
    if faults:
        raise ApiError("not_issuable", faults[0].message, faults)
    achievement = _object(subject.get("achievement"), f"{at}/achievement")
    name, student = _identity(subject.get("identifier", []), f"{at}/identifier")
    if (begins := _day(value, "validFrom", "/credential")) and begins > now + AHEAD:
        raise _refused(
            "not_issuable", "a badge begins when it is issued: leave out validFrom", "/credential/validFrom"
        )
    awarded, ends = _day(value, "awardedDate", "/credential"), _day(value, "validUntil", "/credential")
    cells = {
        "external_id": student,
        "date_earned": awarded.date().isoformat() if awarded else "",
        "expires_on": ends.date().isoformat() if ends else "",
        "number": _text(subject, "licenseNumber", at),
        "score": _score(subject.get("result", []), f"{at}/result"),
        "evaluator": _evaluator(subject, at),
        "evidence_url": _evidence(value.get("evidence", [])),
    }
    return Posted(_text(achievement, "id", f"{at}/achievement"), cells, name)


def check_achievement(posted: Any, offered: Offered | None, name: Any) -> Offered:
    """Hold the achievement that was posted to the one that the district publishes.

    Args:
        posted: The credential as it was posted.
        offered: What the district publishes under its id; None for nothing.
        name: The credential's own name, where it has one.

    Raises:
        ApiError: `not_issuable`.
    """
    at = "/credential/credentialSubject/achievement"
    if offered is None:
        raise _refused(
            "not_issuable", "the district offers no achievement with this id: see its catalog", f"{at}/id"
        )
    if not offered.is_certification:
        told = (
            "a readiness determination is judged from what the district has recorded, not handed in: "
            "cairn determine, or the console"
        )
        raise _refused("not_issuable", told, at)
    given = posted["credentialSubject"]["achievement"]
    faults = [
        Fault(
            "not_as_published",
            f"{key[:80]} is not what the district publishes: send its id alone",
            f"{at}/{key[:80]}",
        )
        for key in sorted(given)
        if given[key] != offered.document.get(key)
    ]
    if name is not None and name != offered.document.get("name"):
        faults.append(
            Fault("not_as_published", "a badge has the name of its achievement", "/credential/name")
        )
    if faults:
        raise ApiError("not_issuable", faults[0].message, faults)
    return offered


def _check_frame(value: Mapping[str, Any], issuer: str) -> None:
    contexts = value.get("@context")
    if not _are_texts(contexts) or not contexts or contexts[0] != CONTEXTS[0]:
        raise _refused(
            "bad_request", f"@context is a list that begins with {CONTEXTS[0]}", "/credential/@context"
        )
    if not set(contexts) <= set(CONTEXTS):
        raise _refused(
            "not_issuable", f"only these contexts are signed: {', '.join(CONTEXTS)}", "/credential/@context"
        )
    types = value.get("type")
    if not _are_texts(types):
        raise _refused("bad_request", "type is a list of texts", "/credential/type")
    if frozenset(types) not in TYPES:
        raise _refused(
            "not_issuable", "type is VerifiableCredential and OpenBadgeCredential", "/credential/type"
        )
    named = value.get("issuer", issuer)
    named = named.get("id") if isinstance(named, Mapping) else named
    if named != issuer:
        raise _refused("wrong_issuer", f"this key signs for {issuer} alone", "/credential/issuer")


def _identity(identifiers: Any, at: str) -> tuple[str, str]:
    """The name that the badge shows, and the student's number."""
    found: dict[str, str] = {}
    for number, one in enumerate(_list(identifiers, at, most=2)):
        here = f"{at}/{number}"
        identity = _object(one, here)
        for name in sorted(set(identity) - _IDENTITY):
            raise _refused(
                "not_issuable", f"the district does not sign {name[:80]}: leave it out", f"{here}/{name[:80]}"
            )
        kind = identity.get("identityType")
        if kind not in ("name", STUDENT) or kind in found or identity.get("hashed") is not False:
            told = f"send the student's number as {STUDENT} and at most one name, both with hashed false"
            raise _refused("not_issuable", told, here)
        found[kind] = _text(identity, "identityHash", here)
    if STUDENT not in found:
        raise _refused(
            "not_issuable",
            f"say whose badge it is: an identifier of type {STUDENT} with the student's number",
            at,
        )
    return found.get("name", ""), found[STUDENT]


def _score(results: Any, at: str) -> str:
    given = _list(results, at, most=1)
    if not given:
        return ""
    result = _object(given[0], f"{at}/0")
    for name in sorted(set(result) - {"type", "value"}):
        raise _refused("not_issuable", "a result has a value alone", f"{at}/0/{name[:80]}")
    return _text(result, "value", f"{at}/0")


def _evaluator(subject: Mapping[str, Any], at: str) -> str:
    if "source" not in subject:
        return ""
    source = _object(subject["source"], f"{at}/source")
    for name in sorted(set(source) - {"type", "name"}):
        raise _refused("not_issuable", "a source has a name alone", f"{at}/source/{name[:80]}")
    return _text(source, "name", f"{at}/source")


def _evidence(evidence: Any) -> str:
    given = _list(evidence, "/credential/evidence", most=1)
    if not given:
        return ""
    one = _object(given[0], "/credential/evidence/0")
    for name in sorted(set(one) - {"type", "id"}):
        told = "evidence here is one https address; files are attached with cairn evidence"
        raise _refused("not_issuable", told, f"/credential/evidence/0/{name[:80]}")
    return _text(one, "id", "/credential/evidence/0")


def _day(value: Mapping[str, Any], name: str, at: str) -> datetime | None:
    if name not in value:
        return None
    try:
        return parse_date_time(_text(value, name, at)).instant
    except CredentialError as fault:
        raise _refused(
            "bad_request", f"{name} is a time such as 2026-04-18T12:00:00Z", f"{at}/{name}"
        ) from fault


def _text(value: Mapping[str, Any], name: str, at: str) -> str:
    found = value.get(name, "")
    if not isinstance(found, str):
        raise _refused("bad_request", f"{name} is a text", f"{at}/{name}")
    return tidied(found)


def _object(value: Any, at: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise _refused("bad_request", "an object stands here", at)
    return value


def _list(value: Any, at: str, *, most: int) -> Sequence[Any]:
    given = value if isinstance(value, list) else [value]
    if len(given) > most:
        raise _refused("not_issuable", f"at most {most} stand here", at)
    return given


def _are_texts(value: Any) -> TypeGuard[list[str]]:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _refused(code: str, message: str, at: str) -> ApiError:
    return ApiError(code, message, [Fault(code, message, at)])


def faults_at(faults: Sequence[Fault]) -> Iterator[Fault]:
    """Faults of a row, with the place in the posted credential that each is about."""
    for one in faults:
        yield Fault(one.code, one.message, AT.get(one.column, "/credential"), None, one.column)
