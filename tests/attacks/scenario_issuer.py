"""Courses of events around an issuer's status lists: writers at once, full lists, restored backups, crashes
(STA-12, STA-14 to STA-17). Each function plays one with the product's own code and says what came of it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from contexts.document import STATUS_LIST_LIMITS, parse
from credential.status import StatusEntry, read_list
from issuer.health import OK, SEEN_WITHIN, look
from issuer.permutation import LIST_SIZE, position
from issuer.publication import list_path, publish_due, publish_list
from issuer.publisher import Publisher
from issuer.revocation import revoke
from issuer.store import audit, published, status_lists
from issuer.store.session import Store
from issuer.store.status_lists import Position
from issuer.store.tables import Published
from keys.public import PublicKey
from tests.attacks.database import house, opened
from tests.house import House, attempt
from tests.signers import SeededSigner


@dataclass
class Interrupted:
    """A signer during whose n-th signature something else happens."""

    signer: SeededSigner
    at: int
    meanwhile: Callable[[], None]
    signed: int = 0

    @property
    def public_key(self) -> PublicKey:
        return self.signer.public_key

    @property
    def verification_method(self) -> str:
        return self.signer.verification_method

    @property
    def controller(self) -> str:
        return self.signer.controller

    def sign(self, message: bytes) -> bytes:
        self.signed += 1
        if self.signed == self.at:
            self.meanwhile()
        return self.signer.sign(message)


class PowerCut(BaseException):
    """Nothing that runs can do anything about it."""


def withdraw(made: House, *ids: str) -> None:
    """Revoke."""
    for one in ids:
        revoke(made.store, made.district.id, one, reason="requested", note="", now=made.time, actor="attack")


def withdrawn(made: House, ids: Iterable[str]) -> int:
    """How many of these the published lists call withdrawn."""
    count = 0
    for one in ids:
        row = made.row(one)
        with made.store.reading() as session:
            shown = published.current(session, made.district.id, list_path(row.list_id))
        if shown is None:
            continue
        entry = StatusEntry("revocation", row.list_index, f"{made.district.origin}/{list_path(row.list_id)}")
        bits = read_list(parse(shown.body, STATUS_LIST_LIMITS), entry).bits
        count += row.list_index in set(bits.set_indices())
    return count


def rises(made: House) -> bool:
    """Whether the versions of every list that was ever published rise one by one."""
    with made.store.reading() as session:
        rows = session.execute(select(Published.path, Published.version).order_by(Published.version)).all()
    versions: dict[str, list[int]] = {}
    for path, version in rows:
        versions.setdefault(path, []).append(version)
    return all(found == list(range(1, len(found) + 1)) for found in versions.values())


def second_writer(revoked: int, at_signature: int) -> str:
    """While one writer signs a list, another revokes, publishes and revokes; then the first one's turn comes.

    Args:
        revoked: How many badges the second one revokes, the last after publishing; none is no second writer.
        at_signature: Before which of the first one's signatures it does so: the list's, or the notes'.

    Returns:
        "none_lost" where the list says all revocations at the end and its versions rose one by one.
    """
    with house() as (made, _):
        ids = [made.issue(f"A-{number}").credential_id for number in range(revoked + 1)]
        mine, *theirs = ids
        list_id = made.row(mine).list_id

        def publish(signer: SeededSigner | Interrupted, actor: str) -> None:
            publish_list(made.store, made.district.id, list_id, signer, clock=made.clock, actor=actor)

        def overtake() -> None:
            if theirs:
                withdraw(made, *theirs[:-1])
                publish(made.signer, "faster")
                withdraw(made, theirs[-1])

        withdraw(made, mine)
        publish(Interrupted(made.signer, at_signature, overtake), "slower")
        if withdrawn(made, ids) != len(ids) or not rises(made):
            return "lost"
        return "none_lost" if theirs else "ok"


def writers_at_once(writers: int, each: int) -> str:
    """Several writers revoke and publish on one list at the same time."""
    with house() as (made, _):
        ids = [made.issue(f"A-{number}").credential_id for number in range(writers * each)]
        faults: list[Exception] = []
        ready = threading.Barrier(writers)

        def write(own: list[str]) -> None:
            try:
                ready.wait()
                for one in own:
                    withdraw(made, one)
                    made.publish()
            except Exception as fault:  # noqa: BLE001 - told below, in the other thread
                faults.append(fault)

        threads = [threading.Thread(target=write, args=(ids[number::writers],)) for number in range(writers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if faults:
            raise faults[0]
        if withdrawn(made, ids) != len(ids) or not rises(made):
            return "lost"
        return "none_lost" if writers > 1 else "ok"


def handed_out(made: House, count: int) -> list[Position]:
    """Positions as issuing takes them."""
    with made.store.transaction() as session:
        return [
            status_lists.reserve(session, made.district.id, now=made.time, entropy=made.entropy)
            for _ in range(count)
        ]


def class_in_order(badges: int) -> str:
    """Somebody who sees the positions of a class tries to tell who came after whom.

    "in_order" where a run of positions rises for long, or many are neighbours of the one before.
    """
    with house() as (made, _):
        places = [one.index for one in handed_out(made, badges)]
    longest = run = 1
    for before, after in pairwise(places):
        run = run + 1 if after > before else 1
        longest = max(longest, run)
    neighbours = sum(abs(one - other) == 1 for one, other in pairwise(places))
    if len(set(places)) < len(places):
        return "twice"
    if badges == 1:
        return "ok"
    return "in_order" if longest > 12 or neighbours > 2 else "in_no_order"


def position_met_twice(counters: int, key: str) -> str:
    """So many positions of a list with a bad key: each is in the list, and none comes twice."""
    places = {position(counter, bytes.fromhex(key)) for counter in range(0, LIST_SIZE, LIST_SIZE // counters)}
    if not places <= set(range(LIST_SIZE)) or len(places) < counters:
        return "twice"
    return "each_once" if counters > 1 else "ok"


def list_fills(used: int, badges: int) -> str:
    """Badges are issued from a list in which so many positions are used.

    "another_list" where the list ended on the way, and every badge has a place of its own to be revoked at.
    """
    with house() as (made, _):
        first = made.row(made.issue("A-0").credential_id)
        attempt(made.store, f"UPDATE status_list SET used = {int(used)}")  # noqa: S608 - a number
        ids = [made.issue(f"A-{number}").credential_id for number in range(1, badges + 1)]
        rows = [made.row(one) for one in ids]
        withdraw(made, *ids)
        made.publish()
        if withdrawn(made, ids) != badges or len({(row.list_id, row.list_index) for row in rows}) < badges:
            return "lost"
        return "ok" if {row.list_id for row in rows} == {first.list_id} else "another_list"


def restored(before: int, lost: int, after: int) -> str:
    """A backup is made, badges are issued, the backup is restored, and badges are issued again.

    Args:
        before: Badges before the backup.
        lost: Badges after it, of which the restored database knows nothing. None: nothing was restored.
        after: Badges after the restore.

    Returns:
        "no_place_twice" where no place in any list was ever given to two badges.
    """
    with house() as (made, url):
        early = handed_out(made, before)
        backup = Path(url.removeprefix("sqlite:///")).with_name("backup.db")
        with made.store.engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.execute(text("VACUUM INTO :path"), {"path": str(backup)})
        if not lost:
            taken = early + handed_out(made, after)
            return "ok" if len(set(taken)) == len(taken) else "a_place_twice"
        early += handed_out(made, lost)
        with opened(backup) as again:
            again.entropy.seed = "after the restore"
            # What `cairn restored` does, in the same words
            with again.store.transaction() as session:
                status_lists.close_open(session, again.district.id, now=again.time)
            taken = early + handed_out(again, after)
    return "no_place_twice" if len(set(taken)) == len(taken) else "a_place_twice"


def crash(when: str, restarted_after: int = 10) -> str:
    """The power goes after a revocation was acknowledged; the publisher starts again some seconds later.

    Args:
        when: "before_publication", "while_signing" or "while_signing_notes"; or "never".
        restarted_after: Seconds from the revocation to the first round after the restart.

    Returns:
        "published" where the list says it after that round; "waiting", and the health check too, where no
        round has come within the time that is promised.
    """
    with house() as (made, url):
        gone = made.issue().credential_id
        made.publish()
        made.later(seconds=1)
        withdraw(made, gone)
        if when == "never":
            made.publish()
            return "ok" if withdrawn(made, [gone]) else "lost"
        signature = {"while_signing": 1, "while_signing_notes": 2}.get(when)
        if signature:
            list_id = made.row(gone).list_id
            broken = Interrupted(made.signer, signature, _power_cut)
            try:
                publish_list(made.store, made.district.id, list_id, broken, clock=made.clock, actor="before")
            except PowerCut:
                pass
            else:
                return "no crash"
        return _after_restart(url, made, gone, restarted_after)


def _power_cut() -> None:
    raise PowerCut


def _after_restart(url: str, before: House, gone: str, seconds: int) -> str:
    store = Store.open(url)
    try:
        made = House(store, before.district, before.signer, time=before.time + timedelta(seconds=seconds))
        if withdrawn(made, [gone]):
            return "published too early"
        alarm = look(store, made.time).parts["lists"]
        if timedelta(seconds=seconds) > SEEN_WITHIN:
            return "waiting" if alarm != OK else "unnoticed"
        rounds = Publisher(store, lambda _: made.signer, clock=made.clock, every=60)
        rounds.round()
        with store.reading() as session:
            audit.check_chain(session, made.district.id)
        return "published" if withdrawn(made, [gone]) == 1 and rounds.last_fault is None else "lost"
    finally:
        store.close()


def revocation_cut_short(action: str) -> str:
    """The transaction of a revocation fails in its last statement: nothing of it may stay.

    Args:
        action: The audit entry at which the database gives up; empty for none.
    """
    with house() as (made, _):
        gone = made.issue().credential_id
        made.publish()
        if action:
            trigger = (
                "CREATE TRIGGER full BEFORE INSERT ON audit WHEN NEW.action = 'credential.revoked' "
                "BEGIN SELECT RAISE(ABORT, 'disk full'); END"
            )
            attempt(made.store, trigger)
        try:
            withdraw(made, gone)
        except DBAPIError as fault:
            if "disk full" not in str(fault):
                raise
            made.later(seconds=1)
            again = publish_due(made.store, made.district.id, made.signer, clock=made.clock, actor="attack")
            with made.store.reading() as session:
                kept = status_lists.withdrawals(session, made.district.id, made.row(gone).list_id)
            behind = any(one.published for one in again)
            return "half_kept" if kept or behind else "nothing_kept"
        made.publish()
        return "ok" if withdrawn(made, [gone]) == 1 else "lost"
