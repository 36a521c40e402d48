"""The plain rows that a report counts, from the district's records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from issuer.catalog import Catalogue, Entry, default_catalogue, load_catalogue
from issuer.determination import CODE as DETERMINED
from issuer.reports.facts import Earned, Outcome, OutcomeKind
from issuer.store import queries, report_queries
from issuer.store.report_queries import Standing
from issuer.store.session import Session


@dataclass(frozen=True, slots=True)
class Rows:
    """Everything that a report is made from.

    Attributes:
        district: The district's name.
        earned: Every award that stands and that some edition of the catalogue knows.
        standing: The same awards with what the state's file needs, by reference.
        entries: What was awarded, by code.
        outcomes: What became of students.
        schools: Code to name.
        clusters: The clusters of the catalogue in use.
        unknown: Codes of awards that no edition of the catalogue knows: they are in no count. What the
            district determined is no certification, so nobody looks for it there.
    """

    district: str
    earned: tuple[Earned, ...]
    standing: Mapping[str, Standing]
    entries: Mapping[str, Entry]
    outcomes: tuple[Outcome, ...]
    schools: Mapping[str, str]
    clusters: tuple[str, ...]
    unknown: tuple[str, ...]


def gather(session: Session, district_id: str) -> Rows:
    """Read what a report needs, in one transaction."""
    catalogues = _catalogues(session, district_id)
    entries: dict[str, Entry] = {}
    for catalogue in reversed(catalogues):
        entries.update({entry.code: entry for entry in catalogue.entries})
    rows = report_queries.standing(session, district_id)
    return Rows(
        queries.district(session, district_id).name,
        tuple(_earned(row, entries[row.code]) for row in rows if row.code in entries),
        {row.award_ref: row for row in rows if row.code in entries},
        entries,
        tuple(
            Outcome(
                row.student_id,
                OutcomeKind(row.kind),
                date.fromisoformat(row.since),
                row.cluster,
                row.consent,
                withdrawn=row.withdrawn_at is not None,
            )
            for row in report_queries.outcomes(session, district_id)
        ),
        queries.schools(session, district_id),
        clusters_of(catalogues[0]),
        tuple(sorted({row.code for row in rows if row.code not in entries} - {DETERMINED})),
    )


def clusters_of(catalogue: Catalogue) -> tuple[str, ...]:
    """The clusters of a catalogue, in words."""
    return tuple(sorted({entry.cluster for entry in catalogue.entries}))


def _catalogues(session: Session, district_id: str) -> list[Catalogue]:
    """Every edition that the district has used, newest first; an award keeps the words of its own time."""
    taken = report_queries.editions(session, district_id)
    return [load_catalogue(row.certifications, row.kinds) for row in taken] + [default_catalogue()]


def _earned(row: Standing, entry: Entry) -> Earned:
    return Earned(
        row.award_ref,
        row.student_id,
        row.school_code,
        row.code,
        entry.name,
        entry.kind.code,
        entry.cluster,
        row.earned_on,
        row.evaluator,
    )
