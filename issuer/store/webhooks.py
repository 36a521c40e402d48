"""What webhooks ask their tables. Every question names the district first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update

from issuer.store.session import Session
from issuer.store.tables import Audit, AuditHead, Credential
from issuer.store.webhook_tables import WAITING, Webhook, WebhookMessage


def one(session: Session, district_id: str, webhook_id: str, *, lock: bool = False) -> Webhook | None:
    """One webhook that was not removed."""
    found = session.get(Webhook, (district_id, webhook_id), with_for_update=lock or None)
    return found if found is not None and found.removed is None else None


def every(session: Session, district_id: str) -> Sequence[Webhook]:
    """The webhooks of the district, oldest first."""
    return session.scalars(
        select(Webhook)
        .where(Webhook.district_id == district_id, Webhook.removed.is_(None))
        .order_by(Webhook.created, Webhook.id)
    ).all()


def newest(session: Session, district_id: str) -> int:
    """The number of the newest row of the audit trail."""
    return session.scalars(select(AuditHead.number).where(AuditHead.district_id == district_id)).one()


def happened(session: Session, district_id: str, after: int, most: int) -> Sequence[Audit]:
    """Rows of the audit trail after one, oldest first."""
    return session.scalars(
        select(Audit)
        .where(Audit.district_id == district_id, Audit.number > after)
        .order_by(Audit.number)
        .limit(most)
    ).all()


def due(
    session: Session, district_id: str, webhook_id: str, *, now: datetime, most: int
) -> Sequence[WebhookMessage]:
    """Messages whose time has come, the longest waiting first."""
    return session.scalars(
        select(WebhookMessage)
        .where(WebhookMessage.district_id == district_id, WebhookMessage.webhook_id == webhook_id)
        .where(WebhookMessage.state == WAITING, WebhookMessage.due <= now)
        .order_by(WebhookMessage.due, WebhookMessage.audit_number)
        .limit(most)
    ).all()


def messages(session: Session, district_id: str, webhook_id: str, *, most: int) -> Sequence[WebhookMessage]:
    """The newest messages of a webhook, whatever became of them."""
    return session.scalars(
        select(WebhookMessage)
        .where(WebhookMessage.district_id == district_id, WebhookMessage.webhook_id == webhook_id)
        .order_by(WebhookMessage.audit_number.desc())
        .limit(most)
    ).all()


def claim(session: Session, row: WebhookMessage, *, until: datetime) -> bool:
    """Take a message to send it. Whether this call took it: another worker may have, just now."""
    taken = session.execute(
        update(WebhookMessage)
        .where(
            WebhookMessage.district_id == row.district_id,
            WebhookMessage.webhook_id == row.webhook_id,
            WebhookMessage.audit_number == row.audit_number,
            WebhookMessage.state == WAITING,
            WebhookMessage.attempts == row.attempts,
        )
        .values(attempts=row.attempts + 1, due=until)
        .returning(WebhookMessage.audit_number)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    return taken is not None


def award_of(session: Session, district_id: str, credential_id: str) -> str | None:
    """The reference of the award that a badge is for."""
    found = session.get(Credential, (district_id, credential_id))
    return found.award_ref if found is not None else None


def put_off(session: Session, row: WebhookMessage, *, due: datetime) -> None:
    """Let a message wait for longer; nothing was tried."""
    session.execute(
        update(WebhookMessage)
        .where(
            WebhookMessage.district_id == row.district_id,
            WebhookMessage.webhook_id == row.webhook_id,
            WebhookMessage.audit_number == row.audit_number,
            WebhookMessage.state == WAITING,
            WebhookMessage.attempts == row.attempts,
        )
        .values(due=due)
        .execution_options(synchronize_session=False)
    )


def settle(session: Session, row: WebhookMessage, *, state: str, due: datetime, last_status: int) -> None:
    """Note what became of an attempt; what was delivered meanwhile stays delivered."""
    session.execute(
        update(WebhookMessage)
        .where(
            WebhookMessage.district_id == row.district_id,
            WebhookMessage.webhook_id == row.webhook_id,
            WebhookMessage.audit_number == row.audit_number,
            WebhookMessage.state == WAITING,
        )
        .values(state=state, due=due, last_status=last_status)
        .execution_options(synchronize_session=False)
    )
