"""When and why was it withdrawn? Asked only where a status bit is set.

The notes can only add to *withdrawn*: a day, a reason, and that it was replaced. Notes that are absent,
unreadable, forged or about something else leave it plainly withdrawn.
"""

from __future__ import annotations

from contexts.errors import DocumentError
from credential.errors import CredentialError
from credential.status import StatusEntry
from credential.withdrawal import Reason, check_notes
from keys.errors import KeyRefused
from verifier.checks.issuer import IssuerKeys
from verifier.evidence import Asking, Check, CheckOutcome, Failure, Finding, Need, NeedKind


def notes_url(list_url: str) -> str | None:
    """Where the notes beside a list are published; None where the list's address leaves no room for them."""
    return None if "?" in list_url or "#" in list_url else f"{list_url}/notes"


def ask_why(entry: StatusEntry, keys: IssuerKeys) -> Asking[Finding]:
    """Read the notes about one withdrawn credential.

    Returns:
        `replaced` where the issuer says that it was corrected, else `revoked`; with the day and the reason
        where the issuer says them.
    """
    plain = Finding(Check.STATUS, CheckOutcome.NO, "revoked")
    url = notes_url(entry.list_url)
    if url is None:
        return plain
    answer = yield Need(NeedKind.WITHDRAWAL_NOTES, url, subject=keys.issuer_id)
    if isinstance(answer, Failure):
        return plain
    try:
        notes = check_notes(answer.data, keys.for_notes, issuer=keys.issuer_id, list_url=entry.list_url)
    except (CredentialError, DocumentError, KeyRefused) as fault:
        return Finding(
            Check.STATUS,
            CheckOutcome.NO,
            "revoked",
            f"the notes are not usable: {fault}",
            notes=("bad_notes",),
        )
    note = notes.notes.get(entry.index)
    if note is None:
        return plain
    code = "replaced" if note.reason is Reason.CORRECTED else "revoked"
    facts = {"date": note.on.isoformat(), "reason": note.reason.value}
    return Finding(Check.STATUS, CheckOutcome.NO, code, facts=facts)
