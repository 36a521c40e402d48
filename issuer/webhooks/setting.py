"""Where the district's programs want to hear: add, change the secret, begin again, remove."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Self
from urllib.parse import urlsplit

from issuer.api.errors import ApiError
from issuer.store import audit, webhooks
from issuer.store.session import Session, Store
from issuer.store.status_lists import Entropy, random_name
from issuer.store.webhook_tables import Webhook
from issuer.webhooks.events import TYPES
from issuer.webhooks.secret import secret

MOST_HOOKS: Final = 20
LONGEST_URL: Final = 500
OVERLAP: Final = timedelta(hours=24)
"""How long after a change messages are signed under the old secret too."""


@dataclass(frozen=True, slots=True)
class Hook:
    """A webhook, without its secret.

    Attributes:
        id: Its name.
        url: Where messages go.
        events: What it hears of.
        created: When it was added.
        disabled: Since when nothing is sent; None while something is.
    """

    id: str
    url: str
    events: tuple[str, ...]
    created: datetime
    disabled: datetime | None

    @classmethod
    def of(cls, row: Webhook) -> Self:
        """What a row says."""
        return cls(row.id, row.url, tuple(row.events), row.created, row.disabled)


@dataclass(frozen=True, slots=True)
class NewHook:
    """A webhook and its secret, which is told once."""

    hook: Hook
    secret: str


def add(
    store: Store,
    district_id: str,
    *,
    url: str,
    events: Collection[str] = TYPES,
    key: bytes,
    loopback: Collection[str] = (),
    now: datetime,
    entropy: Entropy,
    actor: str,
) -> NewHook:
    """Tell an address from now on what happens.

    Args:
        store: The database.
        district_id: Whose.
        url: https; which network it leads to is looked at with each message.
        events: What it hears of, of `events.TYPES`.
        key: The deployment's, from which secrets are derived.
        loopback: Origins of this machine that may be told too, for a try.
        now: The time.
        entropy: Random bytes.
        actor: Who adds it.

    Raises:
        ApiError: `webhook_refused`.
    """
    _check_url(url, loopback)
    if not events or not set(events) <= set(TYPES):
        raise ApiError("webhook_refused", f"choose from these events: {', '.join(TYPES)}")
    with store.of(district_id).transaction() as session:
        audit.hold(session, district_id)
        if len(webhooks.every(session, district_id)) >= MOST_HOOKS:
            raise ApiError("webhook_refused", f"the district has {MOST_HOOKS} webhooks: remove one first")
        row = Webhook(
            district_id=district_id,
            id=random_name(entropy),
            url=url,
            events=sorted(set(events)),
            salt=entropy(16),
            number=1,
            rotated=None,
            created=now,
            told=webhooks.newest(session, district_id),
            failures=0,
            disabled=None,
            removed=None,
        )
        told = secret(key, district_id, row.id, row.salt, 1)
        session.add(row)
        session.flush()
        _say(session, row, "webhook.added", now=now, actor=actor)
    return NewHook(Hook.of(row), told)


def rotate(
    store: Store, district_id: str, webhook_id: str, *, key: bytes, now: datetime, actor: str
) -> NewHook:
    """Sign under a new secret, and for `OVERLAP` under the old one too.

    Raises:
        ApiError: `webhook_refused`.
    """
    with store.of(district_id).transaction() as session:
        row = _find(session, district_id, webhook_id)
        row.number, row.rotated = row.number + 1, now
        session.flush()
        _say(session, row, "webhook.rotated", now=now, actor=actor)
        return NewHook(Hook.of(row), secret(key, district_id, row.id, row.salt, row.number))


def enable(store: Store, district_id: str, webhook_id: str, *, now: datetime, actor: str) -> Hook:
    """Send again what was held back since the webhook was disabled.

    Raises:
        ApiError: `webhook_refused`.
    """
    with store.of(district_id).transaction() as session:
        row = _find(session, district_id, webhook_id)
        if row.disabled is not None:
            row.disabled, row.failures = None, 0
            session.flush()
            _say(session, row, "webhook.enabled", now=now, actor=actor)
        return Hook.of(row)


def remove(store: Store, district_id: str, webhook_id: str, *, now: datetime, actor: str) -> Hook:
    """Tell an address nothing any more.

    Raises:
        ApiError: `webhook_refused`.
    """
    with store.of(district_id).transaction() as session:
        row = _find(session, district_id, webhook_id)
        row.removed = now
        session.flush()
        _say(session, row, "webhook.removed", now=now, actor=actor)
        return Hook.of(row)


def everything(store: Store, district_id: str) -> list[Hook]:
    """The district's webhooks, oldest first."""
    with store.of(district_id).reading() as session:
        return [Hook.of(row) for row in webhooks.every(session, district_id)]


def secrets_of(row: Webhook, key: bytes, now: datetime) -> list[str]:
    """Under what a message is signed now, the newest first."""
    numbers = [row.number]
    if row.rotated is not None and now < row.rotated + OVERLAP:
        numbers.append(row.number - 1)
    return [secret(key, row.district_id, row.id, row.salt, number) for number in numbers]


def _find(session: Session, district_id: str, webhook_id: str) -> Webhook:
    row = webhooks.one(session, district_id, webhook_id, lock=True)
    if row is None:
        raise ApiError("webhook_refused", "the district has no webhook with this id: cairn webhooks list")
    return row


def _check_url(url: str, loopback: Collection[str]) -> None:
    """Refuse what is no plain https address. Where the name leads is looked at before each message."""
    try:
        parts = urlsplit(url)
        plain = parts.hostname is not None and not (parts.username or parts.password or parts.fragment)
    except ValueError:
        raise ApiError("webhook_refused", "give a full https address") from None
    if not plain or len(url) > LONGEST_URL or not url.isascii() or any(one <= " " for one in url):
        raise ApiError("webhook_refused", "give a full https address without a password in it")
    if parts.scheme != "https" and f"{parts.scheme}://{parts.netloc}" not in loopback:
        raise ApiError("webhook_refused", "a webhook is told over https alone")


def _say(session: Session, row: Webhook, action: str, *, now: datetime, actor: str) -> None:
    facts = {"events": row.events, "number": row.number}
    audit.record(
        session, row.district_id, at=now, actor=actor, action=action, subject=f"webhook:{row.id}", facts=facts
    )
