"""Afterwards: what was acknowledged, held against the database and what a stranger's verifier says."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import select

from issuer.errors import IssuerError
from issuer.issuance import resume
from issuer.kept_answers import positions
from issuer.public_documents import public_documents
from issuer.publication import list_path, list_url
from issuer.securing import VC
from issuer.store import audit, bulk, queries, status_lists
from issuer.store.tables import Audit, Credential, Published
from tests.chaos.ledger import Account, Badge
from tests.chaos.setting import NAME, ORIGIN, Setting, now, place_of
from tests.world import World
from verifier.evidence import Code, Need, Verdict

TOGETHER = 500
"""Badges that are read in one query."""
FAULTS = ("lost", "changed", "doubled", "index_collisions", "revocations_lost", "broken")


@dataclass(slots=True)
class Found:
    """What the comparison came to; the words say which, one line for each.

    Attributes:
        issued: Badges that were acknowledged.
        lost: Acknowledged, and not there or not what a verifier calls valid; or a row of a batch without one.
        changed: Acknowledged, and other bytes now.
        doubled: A second badge for one award.
        index_collisions: Two badges with one position of one list.
        revocations: Withdrawals that were acknowledged.
        revocations_lost: Acknowledged, and not withdrawn for a verifier; or a list that takes a bit back.
        broken: Anything else that may not be, such as a signature that the audit does not know.
    """

    issued: int = 0
    lost: int = 0
    changed: int = 0
    doubled: int = 0
    index_collisions: int = 0
    revocations: int = 0
    revocations_lost: int = 0
    broken: int = 0
    words: list[str] = field(default_factory=list)

    def note(self, what: str, words: str) -> None:
        """Count one fault."""
        setattr(self, what, getattr(self, what) + 1)
        self.words.append(f"{what}: {words}")

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong."""
        return not any(getattr(self, name) for name in FAULTS)


class Stranger(World):
    """A verifier's world in which the district's addresses serve what was published, and nothing else is."""

    shown: dict[str, bytes]

    @classmethod
    def of(cls, setting: Setting) -> Stranger:
        """What anybody can read now."""
        made = cls()
        made.shown = {f"{ORIGIN}/{one.path}": one.body for one in public_documents(setting.store, NAME)}
        return made

    def _usual(self, need: Need) -> bytes | None:
        return self.shown.get(need.url)

    def judge(self, document: bytes) -> Verdict:
        """What the verifier's own code says of a badge."""
        # A list begins with a whole second, so it may begin in the one that we are in.
        return self.check(document, now=now() + timedelta(seconds=1))


def judge(setting: Setting, account: Account) -> Found:
    """Finish what was begun, publish, and compare. Nobody else works meanwhile."""
    resume(setting.store, NAME, signer=setting.signer, now=now(), actor="chaos")
    setting.publish()
    found = Found(issued=sum(map(len, account.badges.values())), revocations=len(account.revoked))
    _rows(setting, account, found)
    _answers(setting, account, found)
    check_places(setting, account, found)
    _records(setting, found)
    _editions(setting, found)
    return found


def _rows(setting: Setting, account: Account, found: Found) -> None:
    """No award has two badges, and every row of a batch has one."""
    asked = select(Credential.award_ref, Credential.state).where(Credential.district_id == NAME)
    with setting.store.reading() as session:
        rows = session.execute(asked).all()
    for ref, count in Counter(row.award_ref for row in rows).items():
        if count > 1:
            found.note("doubled", f"{ref} has {count} badges")
    signed = {row.award_ref for row in rows if row.state in {"signed", "released"}}
    for ref in sorted(account.asked - signed):
        found.note("lost", f"{ref} was taken on and has no badge")
    for ref in sorted(account.undone & signed):
        found.note("broken", f"{ref} has a badge, and it was said that none is issued")
    for ref, badges in account.badges.items():
        if len({badge.id for badge in badges}) > 1:
            found.note("doubled", f"{ref} was given out as {len(badges)} badges")


def _answers(setting: Setting, account: Account, found: Found) -> None:
    """Every badge that was given out is there byte for byte, and a verifier says of it what it should."""
    stranger = Stranger.of(setting)
    given = [(ref, badge) for ref, badges in account.badges.items() for badge in badges]
    bodies = _bodies(setting, [badge.id for _, badge in given])
    for ref, badge in given:
        body = bodies.get(badge.id)
        if body is None:
            found.note("lost", f"{ref} {badge.id}")
            continue
        if hashlib.sha256(body).hexdigest() != badge.sha256:
            found.note("changed", f"{ref} {badge.id}")
        _hold_against(stranger.judge(body), ref, badge, account, found)


def _hold_against(verdict: Verdict, ref: str, badge: Badge, account: Account, found: Found) -> None:
    if badge.id in account.revoked:
        if verdict.code is not Code.REVOKED:
            found.note("revocations_lost", f"{ref} {badge.id}: {verdict.code}")
        return
    begun = badge.id in account.revoking and verdict.code is Code.REVOKED
    if verdict.code is not Code.VALID and not begun:
        found.note("lost", f"{ref} {badge.id}: {verdict.code}")


def check_places(setting: Setting, account: Account, found: Found) -> None:
    """No two badges have one place, also of those that nobody was told of."""
    places: dict[str, set[str]] = {}
    for badges in account.badges.values():
        for badge in badges:
            places.setdefault(badge.place, set()).add(badge.id)
    with setting.store.reading() as session:
        ids = queries.signed_ids(session, NAME)
    for credential_id, body in _bodies(setting, ids).items():
        places.setdefault(place_of(body), set()).add(credential_id)
    for place, holders in places.items():
        if len(holders) > 1:
            found.note("index_collisions", f"{len(holders)} badges at {place}")


def _bodies(setting: Setting, ids: list[str]) -> dict[str, bytes]:
    """The signed bytes of badges, by id."""
    bodies = {}
    with setting.store.reading() as session:
        for start in range(0, len(ids), TOGETHER):
            for one, forms in bulk.secured(session, NAME, ids[start : start + TOGETHER]).items():
                if VC in forms:
                    bodies[one] = forms[VC].body
    return bodies


def _records(setting: Setting, found: Found) -> None:
    """The audit's chain is whole, and knows each signature that there is, once."""
    with setting.store.reading() as session:
        try:
            audit.check_chain(session, NAME)
        except IssuerError as fault:
            found.note("broken", f"the audit: {fault.message}")
        signed = queries.signed_ids(session, NAME)
        for action in ("credential.prepared", "credential.signed"):
            asked = select(Audit.subject).where(Audit.district_id == NAME, Audit.action == action)
            noted = Counter(session.scalars(asked))
            for one in signed:
                if noted[one] != 1:
                    found.note("broken", f"{one} was signed, and {action} is noted {noted[one]} times")


def _editions(setting: Setting, found: Found) -> None:
    """No version of a list takes a bit back that was set, and the last has all that its rows say."""
    with setting.store.reading() as session:
        for row in status_lists.all_lists(session, NAME):
            url, before = list_url(ORIGIN, row.id), frozenset[int]()
            asked = select(Published).where(
                Published.district_id == NAME, Published.path == list_path(row.id)
            )
            for one in session.scalars(asked.order_by(Published.version)):
                said = positions(one.body, url)
                if gone := before - said:
                    found.note("revocations_lost", f"{row.id} version {one.version} clears {len(gone)} bits")
                before = said
            wanted = {w.list_index for w in status_lists.withdrawals(session, NAME, row.id)}
            if missing := wanted - before:
                found.note("revocations_lost", f"{row.id} lacks {len(missing)} bits that its rows have")
