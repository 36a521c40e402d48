"""Send what is due to webhooks, a little at a time.

At least once: a message keeps its id through every attempt, so who hears it twice can tell. An address that
answers with nothing good for three days is disabled, and so is one that says that it is gone (410).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from issuer.outbound import Outbound
from issuer.store import audit, jobs, webhooks
from issuer.store.session import Session, Store
from issuer.store.webhook_tables import DELIVERED, GIVEN_UP, WAITING, Webhook, WebhookMessage
from issuer.webhooks.events import ISSUED, type_of
from issuer.webhooks.secret import headers
from issuer.webhooks.setting import secrets_of

ACTOR: Final = "webhooks"
WAITS: Final = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""Seconds after each failed attempt but the last (Standard Webhooks: Retries)."""
MOST_ATTEMPTS: Final = len(WAITS) + 1
CLAIMED: Final = timedelta(seconds=60)
"""How long a message is one worker's: longer than a request may take."""
MOST_TAKEN: Final = 500
"""Rows of the audit trail that one round reads for a webhook."""
MOST_SENT: Final = 50
"""Messages that one round sends to a webhook."""
GONE: Final = 410


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of one attempt.

    Attributes:
        webhook_id: To whom.
        message_id: Which message.
        status: What was answered; 0 for nothing.
        delivered: Whether it counts as heard.
    """

    webhook_id: str
    message_id: str
    status: int
    delivered: bool


def take(store: Store, district_id: str, *, now: datetime) -> int:
    """Make messages of what happened since the last time, and give their number.

    The audit trail is written in the transaction of whatever it tells of, and its numbers rise in the order
    in which transactions end: nothing that happened is missed, and nothing is told that did not happen.
    """
    made = 0
    own = store.of(district_id)
    with own.reading() as session:
        ids = [row.id for row in webhooks.every(session, district_id) if row.disabled is None]
    for webhook_id in ids:
        with own.transaction() as session:
            row = webhooks.one(session, district_id, webhook_id, lock=True)
            if row is None or row.disabled is not None:
                continue
            for entry in webhooks.happened(session, district_id, row.told, MOST_TAKEN):
                row.told = entry.number
                event = type_of(entry.action, entry.facts)
                if event is None or event not in row.events:
                    continue
                held = _held(session, district_id, event, entry.subject, now=now)
                session.add(
                    WebhookMessage(
                        district_id=district_id,
                        webhook_id=row.id,
                        audit_number=entry.number,
                        id=message_id(district_id, row.id, entry.number),
                        type=event,
                        subject=entry.subject,
                        happened=entry.at,
                        state=WAITING,
                        attempts=0,
                        due=held or now,
                        last_status=None,
                    )
                )
                made += 1
    return made


def deliver(
    store: Store, district_id: str, *, outbound: Outbound, key: bytes, clock: Callable[[], datetime]
) -> list[Sent]:
    """Send what is due to each webhook of a district, once.

    Args:
        store: The database.
        district_id: Whose.
        outbound: How the network is asked.
        key: The deployment's, from which secrets are derived.
        clock: Gives the time.
    """
    own, sent = store.of(district_id), list[Sent]()
    with own.reading() as session:
        waiting = [
            (row, one)
            for row in webhooks.every(session, district_id)
            if row.disabled is None
            for one in webhooks.due(session, district_id, row.id, now=clock(), most=MOST_SENT)
        ]
    stopped: set[str] = set()
    for row, one in waiting:
        if row.id in stopped:
            continue
        with own.transaction() as session:
            if held := _held(session, district_id, one.type, one.subject, now=clock()):
                webhooks.put_off(session, one, due=held)  # its batch is being undone, and held for longer
                continue
            if not webhooks.claim(session, one, until=clock() + CLAIMED):
                continue
        now, body = clock(), content(district_id, one)
        status = outbound.tell(row.url, body, headers(one.id, now, body, secrets_of(row, key, now)))
        delivered = 200 <= status < 300  # noqa: PLR2004 - RFC 9110, 15.3
        sent.append(Sent(row.id, one.id, status, delivered))
        _settle(own, row, one, status, delivered=delivered, now=clock())
        if not delivered:
            stopped.add(row.id)  # whoever does not hear the first is not asked for the others in this round
    return sent


def _held(session: Session, district_id: str, kind: str, subject: str, *, now: datetime) -> datetime | None:
    """Until when nobody outside hears of a badge, because its batch can be undone; None where all may."""
    if kind != ISSUED:
        return None
    reference = webhooks.award_of(session, district_id, subject)
    return None if reference is None else jobs.held_until(session, district_id, reference, now=now)


def content(district_id: str, one: WebhookMessage) -> bytes:
    """A message: a type, a time, and the id of what it is about (Standard Webhooks: Payload structure)."""
    kind = one.type.partition(".")[0]
    subject = one.subject.partition(":")[2] if one.subject.startswith("batch:") else one.subject
    data = {"district": district_id, f"{kind}_id": subject}
    when = one.happened.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return json.dumps({"type": one.type, "timestamp": when, "data": data}, separators=(",", ":")).encode()


def message_id(district_id: str, webhook_id: str, audit_number: int) -> str:
    """The id of a message: the same in each attempt, and whoever makes it."""
    said = f"{district_id}\0{webhook_id}\0{audit_number}".encode()
    return f"msg_{hashlib.sha256(said).hexdigest()[:32]}"


def _settle(
    store: Store, row: Webhook, one: WebhookMessage, status: int, *, delivered: bool, now: datetime
) -> None:
    attempts = one.attempts + 1
    over = not delivered and attempts >= MOST_ATTEMPTS
    state = DELIVERED if delivered else GIVEN_UP if over else WAITING
    due = now if state != WAITING else now + _wait(one.id, attempts)
    with store.transaction() as session:
        webhooks.settle(session, one, state=state, due=due, last_status=status)
        hook = webhooks.one(session, row.district_id, row.id, lock=True)
        if hook is None:
            return
        hook.failures = 0 if delivered else hook.failures + 1
        if (over or status == GONE) and hook.disabled is None:
            hook.disabled = now
            session.flush()
            audit.record(
                session,
                row.district_id,
                at=now,
                actor=ACTOR,
                action="webhook.disabled",
                subject=f"webhook:{row.id}",
                facts={"status": status, "attempts": attempts},
            )


def _wait(message: str, attempts: int) -> timedelta:
    """How long until the next attempt; up to a tenth more, so that not all come back at once."""
    seconds = WAITS[min(attempts, len(WAITS)) - 1]
    return timedelta(seconds=seconds * (1 + int(message[-4:], 16) / 0xFFFF / 10))
