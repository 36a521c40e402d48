"""A list that names withdrawn badges: `1EdTechRevocationList` (Open Badges 3.0, 9.1, step 4).

Such a list has no dates, and mostly nobody has signed it. So it is believed only from the issuer's own
address, over a connection that proves that address; the report says that this is less than a signature. One
that carries a proof is believed only if the proof passes.
"""

from __future__ import annotations

from contexts.document import STATUS_LIST_LIMITS, Document, parse
from contexts.errors import DocumentError
from credential.proof.verified import Verified
from credential.status import RevocationListEntry, withdrawn_in_revocation_list
from keys.did import did_web_location, parse_did
from verifier.checks.issuer import IssuerKeys
from verifier.checks.status_list import get_list, unclear
from verifier.evidence import Asking, Check, CheckOutcome, Failure, Finding, Need, NeedKind
from verifier.policy import Policy

_TOKEN = b"ey"


def ask_names(
    entry: RevocationListEntry, verified: Verified, keys: IssuerKeys, policy: Policy
) -> Asking[Finding]:
    """Ask whether a list names this badge.

    Raises:
        CredentialError: The list is none.
    """
    name = verified.document.value.get("id")
    if not isinstance(name, str):
        return unclear("status_malformed", "the badge has no id by which a list could name it")
    origin = origin_of(keys.issuer_id)
    if origin is None or not entry.list_url.startswith(f"{origin}/"):
        return unclear("status_origin_differs", f"the list is not at the issuer's own address: {origin}")
    answer = yield Need(NeedKind.STATUS_LIST, entry.list_url, subject=keys.issuer_id)
    if isinstance(answer, Failure):
        return unclear("status_unreachable", answer.code)
    signed = answer.data.lstrip().startswith(_TOKEN)
    try:
        document = None if signed else parse(answer.data, STATUS_LIST_LIMITS)
    except DocumentError as fault:
        return unclear("status_malformed", str(fault))
    if document is None or "proof" in document.value:
        listed = yield from get_list(entry.list_url, keys, policy)
        if isinstance(listed, Finding):
            return listed
        document, signed = listed.document, True
    elif (by := _issuer(document)) not in {None, keys.issuer_id}:
        return unclear("status_issuer_mismatch", f"the list is by {by}")
    reason = withdrawn_in_revocation_list(document, entry, name)
    facts = {"at": answer.at.isoformat(timespec="seconds"), "host": origin.partition("://")[2]}
    if policy.at is not None:
        # It has no dates, so it says what holds now and nothing of another moment.
        return unclear("then_unknown" if reason is None else "then_unknown_withdrawn_now", "")
    if reason is not None:
        return Finding(Check.STATUS, CheckOutcome.NO, "revoked", reason[:200])
    code = "not_withdrawn" if signed else "not_withdrawn_unsigned"
    return Finding(Check.STATUS, CheckOutcome.YES, code, facts=facts)


def origin_of(issuer_id: str) -> str | None:
    """The origin that is the issuer's own: of its did:web, or of its https address; None for any other."""
    if issuer_id.startswith("https://"):
        return "/".join(issuer_id.split("/")[:3])
    did = parse_did(issuer_id)
    return "/".join(did_web_location(did).split("/")[:3]) if did.method == "web" else None


def _issuer(document: Document) -> str | None:
    """Who an unsigned list says that it is by, None where it does not say."""
    issuer = document.value.get("issuer")
    named = issuer.get("id") if isinstance(issuer, dict) else issuer
    return None if named is None else str(named)[:200]
