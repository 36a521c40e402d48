"""The tables of webhooks: where the district's programs want to hear, and what is still to be told them.

The audit trail is the outbox: what happened stands there in the transaction in which it happened. `told` is
the number of the audit row up to which messages were made of it. No secret is here: it is derived
(`issuer.webhooks.secret`).
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from issuer.store.columns import Json
from issuer.store.tables import Base

WAITING, DELIVERED, GIVEN_UP = "waiting", "delivered", "given-up"
"""What a message's state is."""


class Webhook(Base):
    """An address of the district's that wants to hear what happens."""

    __tablename__ = "webhook"
    __table_args__ = (CheckConstraint("number >= 1", name="number_from_one"),)

    district_id: Mapped[str] = mapped_column(ForeignKey("district.id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    url: Mapped[str]
    events: Mapped[list[str]] = mapped_column(Json)
    salt: Mapped[bytes]
    number: Mapped[int]
    rotated: Mapped[datetime | None]
    created: Mapped[datetime]
    told: Mapped[int]
    failures: Mapped[int]
    disabled: Mapped[datetime | None]
    removed: Mapped[datetime | None]


class WebhookMessage(Base):
    """One thing that happened, for one webhook: what, and to which id. Nothing about a person."""

    __tablename__ = "webhook_message"
    __table_args__ = (
        ForeignKeyConstraint(["district_id", "webhook_id"], ["webhook.district_id", "webhook.id"]),
        CheckConstraint("state IN ('waiting', 'delivered', 'given-up')", name="state_known"),
        Index("ix_webhook_message_due", "district_id", "state", "due"),
    )

    district_id: Mapped[str] = mapped_column(ForeignKey("district.id"), primary_key=True)
    webhook_id: Mapped[str] = mapped_column(primary_key=True)
    audit_number: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str]
    type: Mapped[str]
    subject: Mapped[str]
    happened: Mapped[datetime]
    state: Mapped[str]
    attempts: Mapped[int]
    due: Mapped[datetime]
    last_status: Mapped[int | None]
