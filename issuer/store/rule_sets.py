"""What the issuer asks the table of rule sets. Every question names the district first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from issuer.store.rule_set_table import LoadedRuleSet
from issuer.store.session import Session


def rule_sets(session: Session, district_id: str) -> Sequence[LoadedRuleSet]:
    """Every rule set that the district loaded, by name and by the day from which it applies."""
    return session.scalars(
        select(LoadedRuleSet)
        .where(LoadedRuleSet.district_id == district_id)
        .order_by(
            LoadedRuleSet.name, LoadedRuleSet.effective_from, LoadedRuleSet.loaded_at, LoadedRuleSet.version
        )
    ).all()


def rule_set(session: Session, district_id: str, name: str, version: str) -> LoadedRuleSet | None:
    """One version of a rule set, or None where the district has not loaded it."""
    return session.get(LoadedRuleSet, (district_id, name, version))


def rule_set_on(session: Session, district_id: str, name: str, day: date) -> LoadedRuleSet | None:
    """The version that applies on a day: the newest by its first day, and of two the one loaded later."""
    return session.scalars(
        select(LoadedRuleSet)
        .where(
            LoadedRuleSet.district_id == district_id,
            LoadedRuleSet.name == name,
            LoadedRuleSet.effective_from <= day,
        )
        .order_by(
            LoadedRuleSet.effective_from.desc(), LoadedRuleSet.loaded_at.desc(), LoadedRuleSet.version.desc()
        )
        .limit(1)
    ).one_or_none()


def add_rule_set(session: Session, row: LoadedRuleSet) -> bool:
    """Add a version. Whether this call added it; False means that another did just now."""
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return False
    return True
