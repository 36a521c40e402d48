"""The table of rule sets that districts loaded. Rows are written once: what was judged keeps its version."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from issuer.store.tables import Base


class LoadedRuleSet(Base):
    """One version of a rule set, byte for byte as it was loaded."""

    __tablename__ = "rule_set"

    district_id: Mapped[str] = mapped_column(ForeignKey("district.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(primary_key=True)
    effective_from: Mapped[date]
    body: Mapped[bytes]
    sha256: Mapped[str]
    loaded_at: Mapped[datetime]
