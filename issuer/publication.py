"""Publish what anybody may read: status lists with their withdrawal notes, and the DID document.

A list is never edited. It is derived from rows, signed, checked, and put in place only if nobody was faster;
whoever was slower derives again. So four writers at once lose nothing, and an older list never covers a newer
one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from contexts.document import STATUS_LIST_LIMITS, Document, compose, parse
from credential.proof.data_integrity import add_proof
from credential.status import Bitstring, list_credential
from credential.withdrawal import Note, Reason, WithdrawalNotes, check_notes, sign_notes
from issuer.errors import IssuerError
from issuer.kept_answers import kept_answers
from issuer.securing import check_own, suite_for
from issuer.store import audit, derived, published, queries, restorations, status_lists
from issuer.store.published import Edition
from issuer.store.session import Session, Store
from issuer.store.tables import District, Published, SigningKey
from keys.did import PublishedKey, did_web_document
from keys.public import PublicKey
from keys.signer import Signer

LIST_LIFETIME = timedelta(hours=24)
"""How long a published list may be rested on: a stale one is no answer."""
RENEW_BEFORE = timedelta(hours=12)
"""How long before its end a list is published anew, so that a night's outage costs nothing."""
TIME_TO_LIVE = timedelta(seconds=60)
"""How long a reader may keep a list before asking again."""
MOST_ATTEMPTS = 50
"""How often one call derives again after others were faster."""

DID_PATH = ".well-known/did.json"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one document: its path, its version now, and whether this call published it."""

    path: str
    version: int
    published: bool


def list_path(list_id: str) -> str:
    """Where a status list is served, below the origin."""
    return f"status/{list_id}"


def notes_path(list_id: str) -> str:
    """Where the withdrawal notes of a list are served, below the origin."""
    return f"status/{list_id}/notes"


def list_url(origin: str, list_id: str) -> str:
    """The URL of a status list, as credentials name it."""
    return f"{origin}/{list_path(list_id)}"


def is_loopback(origin: str) -> bool:
    """Whether a district publishes on this very machine only, as the demonstration does."""
    return origin.startswith("http://localhost:")


def publish_due(
    store: Store, district_id: str, signer: Signer, *, clock: Callable[[], datetime], actor: str
) -> list[Outcome]:
    """Publish the DID document and every list whose published version is behind its rows or nears its end.

    Args:
        store: The database.
        district_id: Whose documents.
        signer: Signs the lists and their notes.
        clock: Gives the time; read anew for each document.
        actor: Who asks, for the audit.

    Raises:
        IssuerError: `clock_went_back`, `publish_contended`, `signature_failed`, `database_busy`,
            `withdrawals_forgotten`.
    """
    outcomes = [publish_did(store, district_id, now=clock(), actor=actor)]
    with store.reading() as session:
        lists = [row.id for row in status_lists.all_lists(session, district_id)]
    outcomes += [
        publish_list(store, district_id, list_id, signer, clock=clock, actor=actor) for list_id in lists
    ]
    return outcomes


def publish_list(
    store: Store,
    district_id: str,
    list_id: str,
    signer: Signer,
    *,
    clock: Callable[[], datetime],
    actor: str,
    always: bool = False,
) -> Outcome:
    """Publish one list and its notes, unless what is published is up to date.

    Args:
        store: The database.
        district_id: Whose list.
        list_id: Which.
        signer: Signs both.
        clock: Gives the time.
        actor: Who asks.
        always: Publish a new version even if the answers are the same: the key has changed.

    Raises:
        IssuerError: As `publish_due`.
    """
    for _ in range(MOST_ATTEMPTS):
        now = clock()
        draft = _derive(store, district_id, list_id, now=None if always else now)
        if isinstance(draft, Outcome):
            return draft
        if draft.not_before is not None and now < draft.not_before:
            raise IssuerError(
                "clock_went_back",
                f"{list_path(list_id)} version {draft.before} begins at {draft.not_before.isoformat()}, "
                f"which is later than this machine's time {now.isoformat()}: set it right, then publish",
            )
        with store.transaction() as session:
            queries.check_key_in_use(session, district_id, signer.verification_method)
            audit.record(
                session,
                district_id,
                at=now,
                actor=actor,
                action="status_list.signing",
                subject=list_path(list_id),
                facts={"version": draft.version, "withdrawn": len(draft.withdrawn)},
            )
        signed = _signed(draft, signer, now)
        if _put(store, district_id, draft, signed, signer, now=now, actor=actor):
            return Outcome(list_path(list_id), draft.version, published=True)
        always = False
    raise IssuerError("publish_contended", f"others kept publishing {list_path(list_id)}: try again")


@dataclass(frozen=True, slots=True)
class _Derived:
    """What the rows say about a list at one moment, and the version that would say it."""

    did: str
    url: str
    list_id: str
    before: int
    version: int
    covers: int
    withdrawn: frozenset[int]
    notes: dict[int, Note]
    not_before: datetime | None


def _derive(store: Store, district_id: str, list_id: str, *, now: datetime | None) -> _Derived | Outcome:
    """Read a list's rows in one state of the database; or say that what is published still stands.

    Args:
        store: The database.
        district_id: Whose list.
        list_id: Which.
        now: Where the published version may stand, the time at which; its withdrawals are not read then.
    """
    path = list_path(list_id)
    with store.reading() as session:
        restorations.check_settled(session, district_id)
        row = status_lists.one(session, district_id, list_id)
        before = published.current(session, district_id, path)
        if now is not None and before is not None and _is_fresh(before, row.changes, now):
            return Outcome(path, before.version, published=False)
        district = queries.district(session, district_id)
        url = list_url(district.origin, list_id)
        kept = kept_answers(session, district, path=path, beside=notes_path(list_id), url=url)
        rows = status_lists.withdrawals(session, district_id, list_id)
        fallen = derived.fallen_in(session, district_id, list_id)
        notes = {
            **kept.notes,
            **{w.list_index: Note(w.revoked_at.date(), Reason(w.reason)) for w in rows if not w.untold},
            **{w.list_index: Note(w.revoked_at.date(), Reason(w.reason)) for w in fallen},
        }
        return _Derived(
            did=district.did,
            url=url,
            list_id=list_id,
            before=before.version if before else 0,
            version=published.next_version(session, district_id, path),
            covers=row.changes,
            withdrawn=kept.withdrawn | notes.keys() | {w.list_index for w in rows},
            notes=notes,
            not_before=before.valid_from if before else None,
        )


def _is_fresh(shown: Published, changes: int, now: datetime) -> bool:
    """Whether a published version has every answer and lasts long enough."""
    lasts = shown.valid_until is not None and shown.valid_until - now > RENEW_BEFORE
    return lasts and shown.covers >= changes


def _signed(draft: _Derived, signer: Signer, now: datetime) -> tuple[bytes, bytes]:
    """The list and its notes, signed, and both checked as a stranger would.

    Raises:
        IssuerError: `signature_failed`.
    """
    begins = now.replace(microsecond=0)
    unsigned = list_credential(
        Bitstring.of(draft.withdrawn),
        url=draft.url,
        issuer=draft.did,
        valid_from=begins,
        valid_until=begins + LIST_LIFETIME,
        time_to_live=TIME_TO_LIVE,
    )
    body = add_proof(
        compose(unsigned, STATUS_LIST_LIMITS), signer, cryptosuite=suite_for(signer), created=now
    ).raw
    notes = sign_notes(WithdrawalNotes(draft.did, draft.url, draft.version, draft.notes), signer)
    try:
        check_own(parse(body, STATUS_LIST_LIMITS), signer)
        check_notes(notes, lambda _: signer.public_key, issuer=draft.did, list_url=draft.url)
    except ValueError as fault:
        raise IssuerError("signature_failed", f"the list's own signature does not check: {fault}") from fault
    return body, notes.encode("ascii")


def _put(
    store: Store,
    district_id: str,
    draft: _Derived,
    signed: tuple[bytes, bytes],
    signer: Signer,
    *,
    now: datetime,
    actor: str,
) -> bool:
    """Put a signed list and its notes in place together, if nobody was faster."""
    body, notes = signed
    begins = now.replace(microsecond=0)
    ends = begins + LIST_LIFETIME
    with store.transaction() as session:
        queries.check_key_in_use(session, district_id, signer.verification_method)
        edition = Edition(
            list_path(draft.list_id), draft.version, "application/vc", body, draft.covers, begins, ends
        )
        if not published.put(session, district_id, edition, now=now):
            return False
        beside = Edition(
            notes_path(draft.list_id), draft.version, "application/jwt", notes, draft.covers, begins, ends
        )
        if not published.put(session, district_id, beside, now=now):
            raise IssuerError("state_conflict", "the notes are not of the version of their list")
        audit.record(
            session,
            district_id,
            at=now,
            actor=actor,
            action="status_list.published",
            subject=list_path(draft.list_id),
            facts={"version": draft.version, "covers": draft.covers},
        )
    return True


def publish_did(store: Store, district_id: str, *, now: datetime, actor: str) -> Outcome:
    """Publish the DID document, if the district's keys say something else than what is published.

    A retired key stays in it while anything that it signed lives; a compromised one stays for good, marked.

    Raises:
        IssuerError: `clock_went_back`, `publish_contended`.
    """
    for _ in range(MOST_ATTEMPTS):
        with store.reading() as session:
            district = queries.district(session, district_id)
            body = _did_document(session, district, now).raw
            before = published.current(session, district_id, DID_PATH)
            version = published.next_version(session, district_id, DID_PATH)
        if before is not None and before.body == body:
            return Outcome(DID_PATH, before.version, published=False)
        with store.transaction() as session:
            edition = Edition(DID_PATH, version, "application/did+json", body, 0, now, None)
            if published.put(session, district_id, edition, now=now):
                audit.record(
                    session,
                    district_id,
                    at=now,
                    actor=actor,
                    action="did.published",
                    subject=district.did,
                    facts={"version": version},
                )
                return Outcome(DID_PATH, version, published=True)
    raise IssuerError("publish_contended", "others kept publishing the DID document: try again")


def _did_document(session: Session, district: District, now: datetime) -> Document:
    """The DID document that the rows ask for, newest key first."""
    shown = [
        PublishedKey(
            PublicKey.from_multikey(key.multikey), expires=key.retired, revoked=key.compromised_since
        )
        for key in reversed(queries.signing_keys(session, district.id))
        if _is_shown(session, district.id, key, now)
    ]
    return compose(did_web_document(district.did, shown))


def _is_shown(session: Session, district_id: str, key: SigningKey, now: datetime) -> bool:
    """Whether anybody may still need this key to check, or to refuse, something."""
    if key.retired is None or key.compromised_since is not None:
        return True
    signed_a_list = now - key.retired <= LIST_LIFETIME
    return (
        signed_a_list
        or queries.is_live_under_key(session, district_id, key.id, now=now)
        or bool(derived.live_under_key(session, district_id, key.id, now=now))
    )
