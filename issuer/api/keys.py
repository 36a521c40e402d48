"""Keys of the district's own programs: shown once, kept as a hash, found by their id, bound to a district.

A key is `cairn_ID_SECRET`: secret scanners know it by its beginning. Its id is no secret; it is what the
audit trail calls the program.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Self

from issuer.access.policy import Apart, Kind, Policy
from issuer.access.tokens import is_token, new_token, token_hash
from issuer.api.errors import ApiError
from issuer.store import api, audit
from issuer.store.api_tables import ApiKey, ApiToken
from issuer.store.session import Session, Store
from issuer.store.status_lists import Entropy, random_name
from issuer.text import fault_in, length, normal

PREFIX: Final = "cairn_"
TOKEN_PREFIX: Final = "cairntoken_"  # noqa: S105 - how a token begins, not one
LONGEST_NAME: Final = 100
LONGEST_KEY: Final = 128
MOST_KEYS: Final = 200
"""Keys of one district that are in use at a time."""
LONGEST: Final = timedelta(days=730)
USUAL: Final = timedelta(days=365)
TOKEN_LASTS: Final = timedelta(minutes=15)
_KEY: Final = re.compile(r"cairn_([a-z0-9]{16})_([A-Za-z0-9_-]{43})")


class Scope(StrEnum):
    """One thing that a key may be allowed to do."""

    ISSUE = "issue"
    STATUS = "status"
    READ = "read"
    BATCHES = "batches"
    WEBHOOKS = "webhooks"


SCOPE_NAMES: Final = MappingProxyType(
    {
        Scope.ISSUE: "Issue badges, one at a time",
        Scope.STATUS: "Withdraw badges",
        Scope.READ: "Read awards and badges",
        Scope.BATCHES: "Issue badges in batches, and see how far a batch has come",
        Scope.WEBHOOKS: "Set where the district's programs are told what happens",
    }
)
"""What people call each scope."""

ISSUES: Final = frozenset({Scope.ISSUE, Scope.BATCHES})
"""With these a program makes badges."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key, without its secret.

    Attributes:
        id: What the audit trail and OAuth call it.
        name: What people call the program.
        scopes: What it may do.
        created: When it was made.
        ends: From when on it opens nothing.
        waits: Whether a second person has still to confirm it.
        two_people: Whether two people made it.
        last_day: The day of its last use.
        revoked: When it was revoked.
    """

    id: str
    name: str
    scopes: frozenset[Scope]
    created: datetime
    ends: datetime
    waits: bool
    two_people: bool
    last_day: str | None
    revoked: datetime | None

    @classmethod
    def of(cls, row: ApiKey) -> Self:
        """What a row says."""
        return cls(
            row.id,
            row.name,
            frozenset(Scope(one) for one in row.scopes),
            row.created,
            row.ends,
            row.active_from is None,
            row.two_people,
            row.last_day,
            row.revoked,
        )

    @property
    def actor(self) -> str:
        """Who the audit trail says did it."""
        return f"api-key:{self.id}"

    def opens(self, now: datetime) -> bool:
        """Whether it lets anybody in."""
        return not self.waits and self.revoked is None and now < self.ends


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that was just made; `text` is shown once and kept nowhere."""

    key: Key
    text: str


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: a key, with the scopes that this request has of it."""

    key: Key
    scopes: frozenset[Scope]

    def check(self, scope: Scope) -> None:
        """Refuse what the key, or the token that stands for it, may not do.

        Raises:
            ApiError: `scope_missing`.
        """
        if scope not in self.scopes:
            raise ApiError("scope_missing", f"this needs a key with the scope {scope.value}")


def needs_two(policy: Policy, scopes: Collection[Scope]) -> bool:
    """Whether the district wants two people for what a key with these scopes could do alone."""
    asks_issue = Kind.ISSUE_BATCH in policy.two_people or Apart.RECORD_AND_ISSUE in policy.apart
    asks_withdraw = Kind.WITHDRAW in policy.two_people
    return (asks_issue and bool(ISSUES & set(scopes))) or (asks_withdraw and Scope.STATUS in scopes)


def check_policy(policy: Policy, key: Key, scope: Scope) -> None:
    """Refuse a key that one person made what the district wants two for, whenever it began to.

    Raises:
        ApiError: `two_people`.
    """
    if not key.two_people and needs_two(policy, {scope}):
        raise ApiError(
            "two_people", "one person made this key, and the district now asks two for what it does"
        )


def create(
    store: Store,
    district_id: str,
    *,
    name: str,
    scopes: Collection[str],
    lasts: timedelta = USUAL,
    waits: bool = False,
    two_people: bool = False,
    now: datetime,
    entropy: Entropy,
    actor: str,
) -> NewKey:
    """Make a key.

    Args:
        store: The database.
        district_id: Whose.
        name: What people call the program.
        scopes: What it may do, at least one of `Scope`.
        lasts: How long it opens anything.
        waits: Whether a second person has still to confirm it.
        two_people: Whether two people have made it.
        now: The time.
        entropy: Random bytes.
        actor: Who makes it.

    Raises:
        ApiError: `key_refused`.
    """
    said = _checked_name(name)
    wanted = _checked_scopes(scopes)
    if not timedelta(days=1) <= lasts <= LONGEST:
        raise ApiError("key_refused", f"a key lasts from 1 to {LONGEST.days} days")
    secret = new_token(entropy)
    with store.of(district_id).transaction() as session:
        audit.hold(session, district_id)
        if (
            sum(Key.of(one).revoked is None and one.ends > now for one in api.keys(session, district_id))
            >= MOST_KEYS
        ):
            raise ApiError("key_refused", f"the district has {MOST_KEYS} keys in use: revoke one first")
        row = ApiKey(
            district_id=district_id,
            id=random_name(entropy),
            name=said,
            scopes=sorted(wanted),
            secret_hash=token_hash(secret),
            created=now,
            created_by=actor,
            ends=now + lasts,
            active_from=None if waits else now,
            two_people=two_people,
            last_day=None,
            revoked=None,
        )
        session.add(row)
        session.flush()
        facts = {"scopes": row.scopes, "ends": row.ends.isoformat(), "waits": waits}
        _say(session, row, "api-key.created", facts, now=now, actor=actor)
    return NewKey(Key.of(row), f"{PREFIX}{row.id}_{secret}")


def activate(store: Store, district_id: str, key_id: str, *, now: datetime, actor: str) -> Key:
    """Let a key in that a second person has confirmed. Doing it again changes nothing.

    Raises:
        ApiError: `key_refused` where there is no such key, or it was revoked meanwhile.
    """
    with store.of(district_id).transaction() as session:
        row = api.key(session, district_id, key_id, lock=True)
        if row is None or row.revoked is not None:
            raise ApiError("key_refused", "this key was revoked: make another")
        if row.active_from is None:
            row.active_from, row.two_people = now, True
            session.flush()
            _say(session, row, "api-key.confirmed", {}, now=now, actor=actor)
        return Key.of(row)


def revoke(store: Store, district_id: str, key_id: str, *, now: datetime, actor: str) -> Key:
    """End a key, and every token that it was exchanged for, at once. Doing it again changes nothing.

    Raises:
        ApiError: `key_refused` where there is no such key.
    """
    with store.of(district_id).transaction() as session:
        row = api.key(session, district_id, key_id, lock=True)
        if row is None:
            raise ApiError("key_refused", "the district has no key with this id: cairn api-keys list")
        if row.revoked is None:
            row.revoked = now
            api.drop_tokens(session, district_id, before=now, key_id=key_id)
            session.flush()
            _say(session, row, "api-key.revoked", {}, now=now, actor=actor)
        return Key.of(row)


def everything(store: Store, district_id: str) -> list[Key]:
    """Every key that the district ever made, oldest first."""
    with store.of(district_id).reading() as session:
        return [Key.of(row) for row in api.keys(session, district_id)]


def authenticate(store: Store, district_id: str, credentials: str, *, now: datetime) -> Caller:
    """Who holds a key or an access token of this district. One answer for every reason to refuse.

    Args:
        store: The database.
        district_id: The district that was asked.
        credentials: What came after `Bearer`.
        now: The time.

    Raises:
        ApiError: `not_authenticated`.
    """
    own = store.of(district_id)
    with own.reading() as session:
        caller = _by_token(session, district_id, credentials, now) or _by_key(
            session, district_id, credentials
        )
    if caller is None or not caller.key.opens(now):
        raise ApiError("not_authenticated", "this is no key of this district, or no longer")
    day = now.date().isoformat()
    if caller.key.last_day != day:
        with own.transaction() as session:
            api.note_used(session, district_id, caller.key.id, day)
    return caller


def opens(store: Store, district_id: str, key_id: str, *, now: datetime) -> bool:
    """Whether a key that let somebody in before still would."""
    with store.of(district_id).reading() as session:
        row = api.key(session, district_id, key_id)
        return row is not None and Key.of(row).opens(now)


def exchange(
    store: Store, district_id: str, caller: Caller, scope: str, *, now: datetime, entropy: Entropy
) -> tuple[str, frozenset[Scope]]:
    """An access token for some of a key's scopes (RFC 6749, 4.4.3): the token, and what it may do.

    Args:
        store: The database.
        district_id: Whose.
        caller: Who has shown a key.
        scope: The scopes that are wanted, with spaces between; "" for all of the key's.
        now: The time.
        entropy: Random bytes.

    Raises:
        ApiError: `scope_missing` where one is wanted that the key does not have.
    """
    wanted = set(scope.split(" ")) - {""} if scope else set(caller.scopes)
    if not wanted or not wanted <= set(caller.scopes):
        raise ApiError("scope_missing", "the key does not have every scope that is asked for")
    scopes = frozenset(Scope(one) for one in wanted)
    token = new_token(entropy)
    with store.of(district_id).transaction() as session:
        api.drop_tokens(session, district_id, before=now)
        session.add(
            ApiToken(
                district_id=district_id,
                token_hash=token_hash(token),
                key_id=caller.key.id,
                scopes=sorted(scopes),
                created=now,
                ends=now + TOKEN_LASTS,
            )
        )
    return TOKEN_PREFIX + token, scopes


def by_client(store: Store, district_id: str, client_id: str, secret: str, *, now: datetime) -> Caller:
    """Who shows a key as an OAuth client: its id, and the whole key as the secret.

    Raises:
        ApiError: `not_authenticated`.
    """
    caller = authenticate(store, district_id, secret if secret.startswith(PREFIX) else "", now=now)
    if caller.key.id != client_id:
        raise ApiError("not_authenticated", "this is no key of this district, or no longer")
    return caller


def _by_key(session: Session, district_id: str, text: str) -> Caller | None:
    match = _KEY.fullmatch(text) if len(text) <= LONGEST_KEY else None
    if match is None:
        return None
    row = api.key(session, district_id, match[1])
    if row is None or not hmac.compare_digest(row.secret_hash, token_hash(match[2])):
        return None
    found = Key.of(row)
    return Caller(found, found.scopes)


def _by_token(session: Session, district_id: str, text: str, now: datetime) -> Caller | None:
    token = text.removeprefix(TOKEN_PREFIX)
    if token == text or not is_token(token):
        return None
    row = api.token(session, district_id, token_hash(token))
    key = api.key(session, district_id, row.key_id) if row is not None and now < row.ends else None
    if row is None or key is None:
        return None
    return Caller(Key.of(key), frozenset(Scope(one) for one in row.scopes) & Key.of(key).scopes)


def _checked_name(name: str) -> str:
    said = normal(name)
    if not said or length(said) > LONGEST_NAME or fault_in(said):
        raise ApiError("key_refused", f"name the program in 1 to {LONGEST_NAME} plain characters")
    return said


def _checked_scopes(scopes: Collection[str]) -> frozenset[Scope]:
    if not scopes or not set(scopes) <= set(Scope):
        raise ApiError("key_refused", f"choose from these scopes: {', '.join(Scope)}")
    return frozenset(Scope(one) for one in scopes)


def _say(
    session: Session, row: ApiKey, action: str, facts: dict[str, object], *, now: datetime, actor: str
) -> None:
    audit.record(
        session, row.district_id, at=now, actor=actor, action=action, subject=f"api-key:{row.id}", facts=facts
    )
