"""A receipt: what a verifier found about a badge at a moment, signed by the verifier itself. Pure.

It is kept by whoever asked for it, and nowhere else. Three decisions of privacy:

* No name of a student is in it, although the page showed one. A signed name would be a lasting statement
  about a person, often a minor, that goes on after the student has stopped the link. The receipt names what
  was checked by its digest and by what it is for; whose it was, its keeper writes beside it.
* No link, no code and no token is in it: who finds a receipt cannot open the badge with it.
* That somebody looked at a photo ID is that person's own word. It stands in the receipt as that, and
  nowhere else.

    {"receipt": 1, "iss": who checked, "iat": when it was made, "checked_at", "outcome", "code", "headline",
     "lang", "checks": [{"check", "answer", "said"}], "digest": "sha256-..." or "", "badge", "issuer",
     "issuer_name", "issuer_level", "list", "as_of": time or "", "photo_id": whether somebody looked}

Compact JWS, EdDSA; `typ` tells a receipt from the draft of one that a page carries until it is asked for.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from credential.dates import format_date_time, parse_date_time
from credential.errors import CredentialError
from credential.proof.compact_jws import CompactJws, read_compact
from keys.multibase import base64url_encode
from keys.public import PublicKey
from keys.signer import Signer
from verifier.evidence import CheckOutcome, Code, Outcome
from verifier.report import Report

RECEIPT_TYPE: Final = "cairn-receipt+jwt"
DRAFT_TYPE: Final = "cairn-receipt-draft+jwt"
VERSION: Final = 1
LONGEST_RECEIPT: Final = 16_384
"""Characters of a receipt: its texts are cut far below."""

LONGEST_TEXT: Final = 400
LONGEST_CHECKS: Final = 16
DRAFT_LASTS: Final = timedelta(days=1)
"""How long after a check its receipt can be asked for."""

NOTHING_CHECKED: Final = frozenset({Code.UNREADABLE, Code.NOT_FOUND, Code.NOT_SHARED, Code.SHARE_ENDED})
"""Verdicts about no badge: there is nothing that a receipt could speak of."""

MEMBERS: Final = frozenset(
    {
        *("receipt", "iss", "iat", "checked_at", "outcome", "code", "headline", "lang", "checks", "digest"),
        *("badge", "issuer", "issuer_name", "issuer_level", "list", "as_of", "photo_id"),
    }
)

_TOKEN: Final = re.compile(
    rb"ey[A-Za-z0-9_-]{2,8192}\.ey[A-Za-z0-9_-]{2,12288}\.[A-Za-z0-9_-]{86}(?![A-Za-z0-9_-])"
)
_MARK: Final = b"cairn-receipt:"
"""What stands before a receipt inside a PDF's own description of itself, where nothing is compressed."""


@dataclass(frozen=True, slots=True)
class ReceiptCheck:
    """One of the questions, as it was answered: its name, the answer, and the sentence that was shown."""

    check: str
    answer: CheckOutcome
    said: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was found.

    Args:
        verifier: The origin of the site that checked.
        made_at: When the receipt was made, aware, UTC.
        checked_at: When the badge was checked.
        outcome: One of three.
        code: Why.
        headline: As it was shown.
        locale: The language of `headline` and of what the checks say.
        checks: The questions, in the order of the page.
        digest: Of the bytes that were checked, `sha256-` and base64; "" where there were none.
        badge: What the badge is for; "" unless its proof had passed.
        issuer: The issuer's identifier, likewise.
        issuer_name: Its name by the trust list, or "".
        issuer_level: "trusted", "domain" or "unknown".
        trust_list: The list on which it stands, or "".
        as_of: The moment for which the answer holds, where it is another than `checked_at`; else None.
        photo_id: Whether whoever asked says that they looked at a photo ID.
    """

    verifier: str
    made_at: datetime
    checked_at: datetime
    outcome: Outcome
    code: Code
    headline: str
    locale: str
    checks: tuple[ReceiptCheck, ...]
    digest: str
    badge: str
    issuer: str
    issuer_name: str
    issuer_level: str
    trust_list: str
    as_of: datetime | None
    photo_id: bool


class ReceiptAnswer(StrEnum):
    """What came of checking a receipt."""

    GENUINE = "genuine"
    CHANGED = "changed"
    """It names our key, and its signature does not fit."""
    ELSEWHERE = "elsewhere"
    """Another verifier signed it, or says that it did: ask that one."""
    NONE = "none"
    """There is no receipt here."""


def draft_receipt(report: Report, digest: str, verifier: str) -> Receipt | None:
    """What a receipt of this report would say; None where no badge was checked.

    Args:
        report: As it is shown.
        digest: Of the bytes that were checked, or "".
        verifier: The origin of this site.
    """
    if report.code in NOTHING_CHECKED:
        return None
    at = report.checked_at.replace(microsecond=0)
    badge = report.badge
    lists = [dict(f.facts).get("list", "") for f in report.verdict.findings if f.code == "trusted"]
    return Receipt(
        verifier=verifier,
        made_at=at,
        checked_at=at,
        outcome=report.outcome,
        code=report.code,
        headline=_cut(report.headline),
        locale=report.locale,
        checks=tuple(ReceiptCheck(line.name, line.outcome, _cut(line.sentence)) for line in report.checks),
        digest=digest,
        badge=_cut(badge.name) if badge else "",
        issuer=_cut(report.issuer_id) if badge else "",
        issuer_name=_cut(report.issuer_name) if badge else "",
        issuer_level=report.issuer_level,
        trust_list=_cut(lists[0]) if lists and badge else "",
        as_of=report.verdict.as_of.replace(microsecond=0) if report.verdict.as_of else None,
        photo_id=False,
    )


def finish(draft: Receipt, now: datetime, *, photo_id: bool) -> Receipt | None:
    """The receipt that was asked for; None where its check is longer ago than a draft lasts."""
    if not timedelta(0) <= now - draft.checked_at <= DRAFT_LASTS:
        return None
    return replace(draft, made_at=now.replace(microsecond=0), photo_id=photo_id)


def sign_receipt(receipt: Receipt, signer: Signer, *, draft: bool = False) -> str:
    """The receipt as a compact JWS."""
    header = {
        "alg": signer.public_key.jws_algorithm,
        "kid": signer.verification_method,
        "typ": DRAFT_TYPE if draft else RECEIPT_TYPE,
    }
    signing_input = f"{_segment(header)}.{_segment(_claims(receipt))}"
    return f"{signing_input}.{base64url_encode(signer.sign(signing_input.encode('ascii')))}"


def check_receipt(
    token: str, keys: Mapping[str, PublicKey], *, draft: bool = False
) -> tuple[ReceiptAnswer, Receipt | None]:
    """Whether one of these keys signed this receipt, and what it says.

    Args:
        token: A compact JWS.
        keys: Verification method -> this verifier's keys, those of earlier times too.
        draft: Whether it must be a draft, else it must be none.

    Returns:
        GENUINE with the receipt; any other answer without: what nobody here signed is not repeated.
    """
    try:
        if len(token) > LONGEST_RECEIPT:
            return ReceiptAnswer.NONE, None
        jws = read_compact(token)
    except CredentialError:
        return ReceiptAnswer.NONE, None
    if jws.header.get("typ") != (DRAFT_TYPE if draft else RECEIPT_TYPE):
        return ReceiptAnswer.NONE, None
    key = keys.get(jws.header.get("kid", ""))
    if key is None:
        return ReceiptAnswer.ELSEWHERE, None
    if not _signed(jws, key):
        return ReceiptAnswer.CHANGED, None
    receipt = _read(jws.payload.value)
    return (ReceiptAnswer.NONE, None) if receipt is None else (ReceiptAnswer.GENUINE, receipt)


def find_receipt(data: bytes) -> str:
    """The receipt in a file or a text: itself, the JSON file that we give out, or our PDF. "" where none is.

    A PDF is not opened: the receipt stands in its description in clear, behind a mark of ours. Of several the
    first counts; a changed one fails its signature like any other.
    """
    start = data.find(_MARK) + len(_MARK) if data.startswith(b"%PDF-") and _MARK in data else 0
    found = _TOKEN.search(data[start : start + 2 * LONGEST_RECEIPT])
    return found[0].decode("ascii") if found else ""


def marked(token: str) -> str:
    """The receipt as it stands in a PDF's description."""
    return _MARK.decode("ascii") + token


def receipt_file(token: str) -> bytes:
    """The file that is given out: `{"receipt": the compact JWS}`."""
    return json.dumps({"receipt": token}, indent=1).encode("ascii") + b"\n"


def _signed(jws: CompactJws, key: PublicKey) -> bool:
    return jws.header["alg"] == key.jws_algorithm and key.verify(jws.signature, jws.signing_input)


def _claims(receipt: Receipt) -> dict[str, Any]:
    return {
        "receipt": VERSION,
        "iss": receipt.verifier,
        "iat": int(receipt.made_at.timestamp()),
        "checked_at": format_date_time(receipt.checked_at),
        "outcome": str(receipt.outcome),
        "code": str(receipt.code),
        "headline": receipt.headline,
        "lang": receipt.locale,
        "checks": [{"check": c.check, "answer": str(c.answer), "said": c.said} for c in receipt.checks],
        "digest": receipt.digest,
        "badge": receipt.badge,
        "issuer": receipt.issuer,
        "issuer_name": receipt.issuer_name,
        "issuer_level": receipt.issuer_level,
        "list": receipt.trust_list,
        "as_of": format_date_time(receipt.as_of) if receipt.as_of else "",
        "photo_id": receipt.photo_id,
    }


def _read(value: Mapping[str, Any]) -> Receipt | None:
    """What one of our keys has signed; None where a later version of ours wrote what this one cannot read."""
    if set(value) != MEMBERS or value["receipt"] != VERSION or len(value["checks"]) > LONGEST_CHECKS:
        return None
    try:
        return Receipt(
            verifier=value["iss"],
            made_at=datetime.fromtimestamp(value["iat"], UTC),
            checked_at=parse_date_time(value["checked_at"]).instant,
            outcome=Outcome(value["outcome"]),
            code=Code(value["code"]),
            headline=value["headline"],
            locale=value["lang"],
            checks=tuple(
                ReceiptCheck(one["check"], CheckOutcome(one["answer"]), one["said"])
                for one in value["checks"]
            ),
            digest=value["digest"],
            badge=value["badge"],
            issuer=value["issuer"],
            issuer_name=value["issuer_name"],
            issuer_level=value["issuer_level"],
            trust_list=value["list"],
            as_of=parse_date_time(value["as_of"]).instant if value["as_of"] else None,
            photo_id=value["photo_id"] is True,
        )
    except (CredentialError, ValueError, KeyError, TypeError):
        return None


def _segment(value: Mapping[str, Any]) -> str:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return base64url_encode(text.encode("utf-8"))


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"
