"""Which decisions and rules a day has: where determinations meet the committee and the menu."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from credential.rule import parse_node
from issuer.decisions.decision import Decision
from issuer.readiness import RuleSet
from issuer.rule_sets import rules_on
from issuer.store.decisions import active_decisions
from issuer.store.session import Session


def judging(
    session: Session, district_id: str, day: date, codes: Collection[str]
) -> tuple[Sequence[Decision], RuleSet]:
    """The decisions in force on a day, and the menu's rules for certifications of some codes.

    Raises:
        IssuerError: `no_rule_set`, `rule_too_large`, as `issuer.rule_sets.rules_on`.
        CredentialError: `bad_rule`, `rule_too_large` where the menu has what no rule can say.
    """
    decisions = active_decisions(session, district_id, day)
    rules = rules_on(session, district_id, decisions, day, codes=codes)
    read = {subject: parse_node(node) for subject, node in rules.subjects.items()}
    return decisions, RuleSet(rules.version, read)
