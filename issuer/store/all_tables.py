"""Every module that defines a table, so that the metadata is whole wherever it is asked.

A table lives beside its queries; who makes, checks or protects all of them imports this.
"""

from issuer.store import (
    access_tables,
    api_tables,
    claims,
    contacts,
    decision_tables,
    derived,
    evidence,
    jobs,
    measures,
    outbox,
    outcome_tables,
    restorations,
    retention_tables,
    rule_set_table,
    share_tables,
    sheet_drafts,
    student_sessions,
    students,
    tables,
    wallet_offers,
    ways_back,
    webhook_tables,
)

__all__ = [
    "access_tables",
    "api_tables",
    "claims",
    "contacts",
    "decision_tables",
    "derived",
    "evidence",
    "jobs",
    "measures",
    "outbox",
    "outcome_tables",
    "restorations",
    "retention_tables",
    "rule_set_table",
    "share_tables",
    "sheet_drafts",
    "student_sessions",
    "students",
    "tables",
    "wallet_offers",
    "ways_back",
    "webhook_tables",
]
