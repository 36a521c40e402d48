"""What was presented, and what was asked and answered: all that a verdict rests on besides policy and time.

All of it is frozen. A saved `Evidence` is a whole case: it replays without a network to the same `Verdict`,
and is therefore the form of a bug report.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Generator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeAlias, TypeVar


class PresentedKind(StrEnum):
    """What somebody put before the verifier, as `verifier.intake` understood it."""

    DOCUMENT = "document"
    """A credential as JSON, secured by an embedded proof; `data` holds its bytes."""
    JWT = "jwt"
    """A credential as a compact JWS; `data` holds its ASCII bytes."""
    PRESENTATION = "presentation"
    """Several credentials that somebody holds up together, as JSON or as a compact JWS; `data`: its bytes."""
    SHARE = "share"
    """A student's link: `tag` and `token`."""
    CODE = "code"
    """A printed or typed code: `tag` and `token`."""
    LINK = "link"
    """An https address of a credential: `url`."""
    UNREADABLE = "unreadable"
    """Nothing that could be a badge; `code` and `detail` say why."""


@dataclass(frozen=True, slots=True)
class Presented:
    """One thing to be checked. Nothing in it is trusted.

    Args:
        kind: What it is.
        data: The bytes of a DOCUMENT, a JWT or a PRESENTATION.
        tag: For SHARE and CODE, who the issuer is, upper case.
        token: The share's token or the code, in its canonical spelling.
        url: For LINK.
        source: How it came: "json", "jwt", "png", "svg", "pdf", "qr", "text", "link"; shown,
            never used to decide.
        code: For UNREADABLE, why, as a stable code.
        detail: For UNREADABLE, one plain sentence.
    """

    kind: PresentedKind
    data: bytes = b""
    tag: str = ""
    token: str = ""
    url: str = ""
    source: str = ""
    code: str = ""
    detail: str = ""


class NeedKind(StrEnum):
    """What can be missing."""

    RETRIEVAL = "retrieval"
    """A shared credential: POST `body` to the issuer's retrieval address."""
    CREDENTIAL = "credential"
    """A credential at a public address."""
    DID_DOCUMENT = "did_document"
    CONTROLLER_DOCUMENT = "controller_document"
    """The document of an issuer that is an https address."""
    KEY_SET = "key_set"
    """The key set of such an issuer's origin."""
    STATUS_LIST = "status_list"
    WITHDRAWAL_NOTES = "withdrawal_notes"
    LINKED_EVIDENCE = "linked_evidence"
    REFRESHED = "refreshed"
    """A newer edition of a credential, from the service that the credential names."""


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that the verifier must fetch before it can go on.

    Args:
        kind: What it is, which decides how large the answer may be.
        url: Where it is.
        subject: Whose it is, a DID or a tag, for the report; never sent.
        body: The JSON body of a POST; empty for a GET.
    """

    kind: NeedKind
    url: str
    subject: str = ""
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer to a need.

    Args:
        need: What was asked.
        data: The body, as it came.
        at: When it was retrieved, aware, UTC. An archive's answer bears the archive's time.
        archived: True where it comes from a saved archive and must be judged at `at`, not now.
    """

    need: Need
    data: bytes
    at: datetime
    archived: bool = False


@dataclass(frozen=True, slots=True)
class Failure:
    """A need that could not be answered. It leads to *could not check*, never to valid or invalid.

    Args:
        need: What was asked.
        code: Why: a code of `verifier.fetch`, or "not_found", "not_shared", "share_ended", "not_in_archive",
            "too_many_fetches", "gathering_took_too_long".
        detail: For the log and the technical details.
        at: When, aware, UTC.
        last_day: For "share_ended": the last day of the share as the issuer says it, `2026-08-30`, or "".
    """

    need: Need
    code: str
    detail: str
    at: datetime
    last_day: str = ""


T = TypeVar("T")
Asking: TypeAlias = Generator[Need, Fetched | Failure, T]
"""A step that may need something: it yields each `Need`, is sent the answer, and returns its result.

So a check reads from top to bottom and yet never touches a network: `verifier.verify` answers from saved
evidence, and what is missing becomes the next need.
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """The newest copy of a status list that this verifier has ever accepted.

    Args:
        url: The list's address.
        valid_from: That copy's `validFrom`: lists are published with a rising one.
    """

    url: str
    valid_from: datetime


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that a verdict may rest on, besides the policy and the time.

    Args:
        presented: What is being checked.
        gathered: Answers and failures, in the order in which they came.
        seen: Newest status lists that this verifier knew of before it began.
        asked_at: When the check was asked for, aware, UTC: a replay judges at this time.
        at: The moment in the past that was asked about, None for now: a replay asks about it too.
    """

    presented: Presented
    gathered: tuple[Fetched | Failure, ...] = ()
    seen: tuple[Seen, ...] = ()
    asked_at: datetime | None = None
    at: datetime | None = None

    def answer(self, need: Need) -> Fetched | Failure | None:
        """The answer to exactly this need, or None where nobody has tried yet."""
        asked = (need.kind, need.url, need.body)
        return next((g for g in self.gathered if (g.need.kind, g.need.url, g.need.body) == asked), None)

    def adding(self, answer: Fetched | Failure) -> Evidence:
        """This evidence and one answer more."""
        return replace(self, gathered=(*self.gathered, answer))

    def to_json(self) -> str:
        """The whole case as JSON text: what is presented (with a share's token), and every answer's bytes."""
        return json.dumps(
            {
                "cairnEvidence": 1,
                "presented": {**_presented_strings(self.presented), "data": _b64(self.presented.data)},
                "gathered": [_gathered_json(g) for g in self.gathered],
                "seen": [{"url": s.url, "validFrom": _instant(s.valid_from)} for s in self.seen],
                "askedAt": _instant(self.asked_at) if self.asked_at else None,
            }
            | ({"at": _instant(self.at)} if self.at else {}),
            ensure_ascii=False,
            indent=1,
        )

    @classmethod
    def from_json(cls, text: str) -> Evidence:
        """Read what `to_json` wrote.

        Raises:
            EvidenceError: The text is not a saved case.
        """
        try:
            saved = json.loads(text)
            _expect_version(saved["cairnEvidence"])
            presented = dict(saved["presented"])
            return cls(
                Presented(
                    kind=PresentedKind(presented.pop("kind")),
                    data=_unb64(presented.pop("data")),
                    **{name: _text(value) for name, value in presented.items()},
                ),
                tuple(_gathered(g) for g in saved["gathered"]),
                tuple(Seen(_text(s["url"]), _when(s["validFrom"])) for s in saved["seen"]),
                None if saved["askedAt"] is None else _when(saved["askedAt"]),
                _when(saved["at"]) if "at" in saved else None,
            )
        except EvidenceError:
            raise
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError) as fault:
            raise EvidenceError(f"this is not a saved case: {fault}") from fault


class EvidenceError(ValueError):
    """A text that should be a saved case is not."""


def _presented_strings(presented: Presented) -> dict[str, str]:
    names = ("kind", "tag", "token", "url", "source", "code", "detail")
    return {name: str(getattr(presented, name)) for name in names}


def _gathered_json(answer: Fetched | Failure) -> dict[str, Any]:
    need = answer.need
    told: dict[str, Any] = {
        "need": {"kind": need.kind, "url": need.url, "subject": need.subject, "body": _b64(need.body)},
        "at": _instant(answer.at),
    }
    if isinstance(answer, Fetched):
        return told | {"data": _b64(answer.data), "archived": answer.archived}
    return told | {"failure": answer.code, "detail": answer.detail}


def _gathered(saved: dict[str, Any]) -> Fetched | Failure:
    asked = saved["need"]
    need = Need(NeedKind(asked["kind"]), _text(asked["url"]), _text(asked["subject"]), _unb64(asked["body"]))
    at = _when(saved["at"])
    if "failure" in saved:
        return Failure(need, _text(saved["failure"]), _text(saved["detail"]), at)
    return Fetched(need, _unb64(saved["data"]), at, saved["archived"] is True)


def _expect_version(version: object) -> None:
    if version is True or version != 1:
        raise EvidenceError("this case was saved by another version of Cairn")


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _unb64(text: str) -> bytes:
    return base64.b64decode(_text(text), validate=True)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise EvidenceError("this is not a saved case: text was expected")
    return value


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


def _when(text: str) -> datetime:
    at = datetime.fromisoformat(_text(text))
    if at.tzinfo is None:
        raise EvidenceError("this is not a saved case: a time without its zone")
    return at.astimezone(UTC)
