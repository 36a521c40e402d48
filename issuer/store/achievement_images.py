"""The pictures that achievements name, by the digest of their bytes. One is made once and never changed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, Index, select
from sqlalchemy.orm import Mapped, mapped_column

from issuer.store.session import Session
from issuer.store.tables import Base


class AchievementImage(Base):
    """A picture as it is served for ever, with what it was made from, so that it is made only once."""

    __tablename__ = "achievement_image"
    __table_args__ = (Index("ix_achievement_image_sha256", "district_id", "sha256"),)

    district_id: Mapped[str] = mapped_column(ForeignKey("district.id"), primary_key=True)
    made_from: Mapped[str] = mapped_column(primary_key=True)
    """The choices that were drawn, as JSON; or which choice of pixels it was."""
    sha256: Mapped[str]
    """Of `body`, in hexadecimal: its address."""
    body: Mapped[bytes]
    made: Mapped[datetime]


def digests(session: Session, district_id: str) -> dict[str, str]:
    """The digest of every picture, by what it was made from."""
    rows = session.execute(
        select(AchievementImage.made_from, AchievementImage.sha256).where(
            AchievementImage.district_id == district_id
        )
    )
    return dict(rows.all())


def with_digest(session: Session, district_id: str, sha256: str) -> AchievementImage | None:
    """The picture with a digest, if the district has it."""
    return session.scalars(
        select(AchievementImage)
        .where(AchievementImage.district_id == district_id, AchievementImage.sha256 == sha256)
        .order_by(AchievementImage.made_from)
        .limit(1)
    ).one_or_none()


def bodies(session: Session, district_id: str, without: Collection[str] = ()) -> Sequence[tuple[str, bytes]]:
    """Digest and bytes of every picture whose digest is not among those that are left out."""
    wanted = set(digests(session, district_id).values()) - set(without)
    if not wanted:
        return ()
    rows = session.execute(
        select(AchievementImage.sha256, AchievementImage.body)
        .where(AchievementImage.district_id == district_id, AchievementImage.sha256.in_(sorted(wanted)))
        .order_by(AchievementImage.sha256)
    )
    return tuple({digest: (digest, body) for digest, body in rows}.values())


def keep(
    session: Session, district_id: str, made_from: str, *, sha256: str, body: bytes, now: datetime
) -> None:
    """Keep a picture."""
    session.add(
        AchievementImage(district_id=district_id, made_from=made_from, sha256=sha256, body=body, made=now)
    )
    session.flush()
