"""Take back in, after a restore, what was published since the backup: no bit that was set is ever cleared.

What is believed is what the district itself has signed. A position that belongs to no badge of the restored
database stays set all the same: somebody holds that badge.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final

from contexts.document import STATUS_LIST_LIMITS, parse
from credential.dates import parse_date_time
from credential.proof.data_integrity import check_proof
from credential.proof.verified import ProofClaim
from credential.withdrawal import Note, Reason, WithdrawalNotes, check_notes
from issuer.errors import IssuerError
from issuer.kept_answers import key_of, positions
from issuer.permutation import KEY_BYTES, LIST_SIZE
from issuer.publication import list_path, list_url, notes_path
from issuer.store import audit, derived, published, queries, restorations, status_lists
from issuer.store.published import NO_ROWS, Edition
from issuer.store.session import Session, Store
from issuer.store.tables import District, SigningKey, Status, StatusList
from keys.multibase import base64url_decode
from keys.public import PublicKey

AHEAD: Final = timedelta(seconds=60)
"""How far a list may begin after this machine's time."""
MOST_LISTS: Final = 10_000
"""Lists of one district that are taken back in."""
LONGEST_NAME: Final = 64
"""Characters of a list's id."""
WITH_NOTES: Final = "restored from the published list and its notes"
"""The district's own note on a withdrawal whose day and reason were published."""


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What was taken back in.

    Attributes:
        lists: The lists that were found, each with the moment as of which it is known.
        withdrawn: How many badges of this database are withdrawn now because a list says so.
        unknown: How many positions stay set of which this database knows no badge.
        missing: The lists of which nothing was found that is as new as what the backup has.
    """

    lists: Mapping[str, datetime]
    withdrawn: int
    unknown: int
    missing: tuple[str, ...]

    @property
    def settles(self) -> bool:
        """Whether lists may be published on the strength of it."""
        return not self.missing


@dataclass(frozen=True, slots=True)
class _Saved:
    """One list that was found and checked."""

    list_id: str
    body: bytes
    withdrawn: frozenset[int]
    begins: datetime
    ends: datetime | None


@dataclass(frozen=True, slots=True)
class _Beside:
    """Notes that were found and checked."""

    list_id: str
    body: bytes
    said: WithdrawalNotes


def take_back(
    store: Store, district_id: str, documents: Iterable[bytes], *, now: datetime, actor: str
) -> TakenBack:
    """Take in every list and all notes of a district among some documents; settle if none is missing.

    All is kept together or nothing is. It may be run again, with more.

    Args:
        store: The database, after `note_return`.
        district_id: Whose.
        documents: Whatever was saved; what is no list and no notes of the district is passed over.
        now: The time.
        actor: Who asks.

    Raises:
        IssuerError: `published_refused` for a list or notes in the district's name that do not check;
            `clock_went_back`.
    """
    with store.transaction() as session:
        district = queries.district(session, district_id)
        lists, beside = _found(session, district, documents, now)
        counts = {"withdrawn": 0, "unknown": 0}
        missing = []
        for row in status_lists.all_lists(session, district_id):
            shown = published.current(session, district_id, list_path(row.id))
            newest = max((one.begins for one in lists if one.list_id == row.id), default=None)
            if newest is None or (shown is not None and newest < shown.valid_from):
                missing.append(row.id)
        for list_id in sorted({one.list_id for one in lists} | {one.list_id for one in beside}):
            mine = sorted((one for one in lists if one.list_id == list_id), key=lambda one: one.begins)
            notes = sorted(
                (one for one in beside if one.list_id == list_id), key=lambda one: one.said.version
            )
            _keep(session, district, list_id, mine, notes, now=now)
            _withdraw(session, district, list_id, mine, notes, counts=counts, now=now, actor=actor)
        found = {one.list_id: one.begins for one in sorted(lists, key=lambda one: one.begins)}
        taken = TakenBack(found, counts["withdrawn"], counts["unknown"], tuple(missing))
        if taken.settles:
            restorations.settle(session, district_id, now=now)
        audit.record(
            session,
            district_id,
            at=now,
            actor=actor,
            action="store.taken_back",
            subject=district_id,
            facts={"lists": sorted(found), "missing": missing, **counts},
        )
    return taken


def go_on_without(store: Store, district_id: str, *, now: datetime, actor: str) -> None:
    """Let lists be published that may not know every withdrawal: somebody has said so and answers for it."""
    with store.transaction() as session:
        restorations.settle(session, district_id, now=now)
        audit.record(
            session,
            district_id,
            at=now,
            actor=actor,
            action="store.without_published",
            subject=district_id,
            facts={},
        )


def _found(
    session: Session, district: District, documents: Iterable[bytes], now: datetime
) -> tuple[list[_Saved], list[_Beside]]:
    """The lists and notes of a district among some documents, checked."""
    keys = {row.id: row for row in queries.signing_keys(session, district.id)}
    key_for = key_of(session, district.id)
    lists: dict[bytes, _Saved] = {}
    beside: dict[bytes, _Beside] = {}
    for body in documents:
        try:
            if (name := _list_of(body, district)) is not None:
                lists[body] = _checked(body, name, district, keys=keys, key_for=key_for, now=now)
            elif (name := _notes_of(body, district)) is not None:
                said = check_notes(
                    body, key_for, issuer=district.did, list_url=list_url(district.origin, name)
                )
                beside[body] = _Beside(name, body, said)
        except IssuerError as fault:
            raise IssuerError(fault.code, f"a saved document for {district.id}: {fault.message}") from fault
        except ValueError as fault:
            raise IssuerError(
                "published_refused",
                f"a saved list or its notes in the name of {district.id} does not check ({fault}): take it "
                "out of the folder, and find a good copy",
            ) from fault
        if len(lists) + len(beside) > 2 * MOST_LISTS:
            raise IssuerError("published_refused", f"there are more than {MOST_LISTS} lists of {district.id}")
    return list(lists.values()), list(beside.values())


def _list_of(body: bytes, district: District) -> str | None:
    """The name of the list that a document says it is; None where it is no list of the district."""
    if body.lstrip()[:1] != b"{":
        return None
    try:
        value = parse(body, STATUS_LIST_LIMITS).value
    except ValueError:
        return None
    types = value.get("type")
    if "BitstringStatusListCredential" not in (types if isinstance(types, list) else [types]):
        return None
    issuer = value.get("issuer")
    named = issuer.get("id") if isinstance(issuer, Mapping) else issuer
    return _name(value.get("id"), district) if named == district.did else None


def _notes_of(body: bytes, district: District) -> str | None:
    """As `_list_of`, of the notes beside a list: what a compact JWS says before it is checked."""
    parts = body.strip().split(b".")
    if len(parts) != 3:  # noqa: PLR2004 - header, payload, signature
        return None
    try:
        said: Any = json.loads(base64url_decode(parts[1].decode("ascii")))
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict) or said.get("iss") != district.did or "withdrawn" not in said:
        return None
    return _name(said.get("sub"), district)


def _name(url: Any, district: District) -> str | None:
    before = list_url(district.origin, "")
    name = url.removeprefix(before) if isinstance(url, str) and url.startswith(before) else ""
    letters = set(status_lists.ALPHABET)
    return name if 0 < len(name) <= LONGEST_NAME and set(name) <= letters else None


def _checked(
    body: bytes,
    name: str,
    district: District,
    *,
    keys: Mapping[str, SigningKey],
    key_for: Callable[[str], PublicKey],
    now: datetime,
) -> _Saved:
    """One list, once its signature fits a key that was the district's when the list began."""
    document = parse(body, STATUS_LIST_LIMITS)
    begins = parse_date_time(document.value["validFrom"]).instant
    ends = document.value.get("validUntil")

    def key(claim: ProofClaim) -> PublicKey:
        if claim.controller != claim.issuer or claim.issuer != district.did:
            raise IssuerError("published_refused", "a list is signed by somebody else than the district")
        found = key_for(claim.verification_method)
        row = keys[claim.verification_method]
        if any(end is not None and begins >= end for end in (row.retired, row.compromised_since)):
            raise IssuerError("published_refused", f"list {name} was signed with a key after that key's end")
        return found

    check_proof(document, key)
    if begins > now + AHEAD:
        raise IssuerError(
            "clock_went_back", f"list {name} begins at {begins.isoformat()}: set this machine's clock right"
        )
    withdrawn = positions(body, list_url(district.origin, name))
    if any(index >= LIST_SIZE for index in withdrawn):
        raise IssuerError("published_refused", f"list {name} has more positions than a list of ours")
    return _Saved(name, body, withdrawn, begins, parse_date_time(ends).instant if ends else None)


def _keep(
    session: Session,
    district: District,
    list_id: str,
    lists: list[_Saved],
    notes: list[_Beside],
    *,
    now: datetime,
) -> None:
    """Keep documents as versions that were published; a list unknown to the backup comes back closed."""
    if not any(row.id == list_id for row in status_lists.all_lists(session, district.id)):
        opened = lists[0].begins if lists else now
        session.add(
            StatusList(
                district_id=district.id,
                id=list_id,
                purpose="revocation",
                size=LIST_SIZE,
                used=LIST_SIZE,
                # All is handed out, so it is never asked where a position lies.
                permutation_key=bytes(KEY_BYTES),
                changes=1,
                opened=opened,
                closed=now,
            )
        )
        session.flush()
    told = {one.said.version for one in notes}
    newest = max(told, default=0)
    for number, saved in enumerate(lists):
        last = number == len(lists) - 1
        _take(session, district.id, list_path(list_id), saved, said=newest if last else 0, now=now)
    for beside in notes:
        _take(session, district.id, notes_path(list_id), beside, said=beside.said.version, now=now)
    status_lists.count_change(session, district.id, list_id)


def _take(
    session: Session, district_id: str, path: str, one: _Saved | _Beside, *, said: int, now: datetime
) -> None:
    """Keep one document under the version that it had, where that is known and free."""
    before = published.current(session, district_id, path)
    kept = published.taken_back(session, district_id, path)
    if any(row.body == one.body for row in (*kept, *([before] if before else []))):
        return
    version = max(said, (before.version if before else 0) + 1)
    begins = one.begins if isinstance(one, _Saved) else (before.valid_from if before else now)
    ends = one.ends if isinstance(one, _Saved) else None
    media = "application/vc" if isinstance(one, _Saved) else "application/jwt"
    edition = Edition(path, version, media, one.body, NO_ROWS, begins, ends)
    published.take_back(session, district_id, edition, now=now)


def _withdraw(
    session: Session,
    district: District,
    list_id: str,
    lists: list[_Saved],
    beside: list[_Beside],
    *,
    counts: dict[str, int],
    now: datetime,
    actor: str,
) -> None:
    """Withdraw every badge of this database that a list names, and count the positions of others."""
    notes: dict[int, Note] = {}
    for one in beside:
        notes |= one.said.notes
    first: dict[int, datetime] = {}
    for saved in lists:
        for index in saved.withdrawn:
            first.setdefault(index, saved.begins)
    standing = {w.list_index for w in status_lists.withdrawals(session, district.id, list_id)}
    standing |= {w.list_index for w in derived.fallen_in(session, district.id, list_id)}
    for index in sorted((first.keys() | notes.keys()) - standing):
        note = notes.get(index)
        at = datetime.combine(note.on, time(), UTC) if note else first.get(index, now)
        reason = note.reason if note else Reason.NO_LONGER_VALID
        if _withdraw_one(session, district.id, list_id, index, at=at, reason=reason, told=note is not None):
            counts["withdrawn"] += 1
            audit.record(
                session,
                district.id,
                at=now,
                actor=actor,
                action="credential.revoked",
                subject=f"{list_path(list_id)}#{index}",
                facts={"list": list_id, "index": index, "restored": True},
            )
        else:
            counts["unknown"] += 1


def _withdraw_one(
    session: Session,
    district_id: str,
    list_id: str,
    index: int,
    *,
    at: datetime,
    reason: Reason,
    told: bool,
) -> bool:
    """Withdraw the badge, or the derived one, at a position; False where this database knows none."""
    credential_id = status_lists.credential_at(session, district_id, list_id, index)
    if credential_id is not None:
        session.add(
            Status(
                district_id=district_id,
                credential_id=credential_id,
                list_id=list_id,
                list_index=index,
                revoked_at=at,
                reason=reason.value,
                note=WITH_NOTES if told else status_lists.FROM_THE_LIST,
            )
        )
        session.flush()
        derived.count_falls(session, district_id, credential_id)
        return True
    return derived.withdraw_at(session, district_id, list_id, index, at=at, reason=reason.value)
