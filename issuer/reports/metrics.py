"""From plain rows to figures: who was awarded what, the four career indicators, what became of them.

A student counts once for each kind of award in a year, by its first day, and all of a student's awards of a
year count at one school: that of the last of them. So schools add up to the district.
Only what is an industry certification counts as one: an examination, a program with one, a licence, and
training that the catalogue lists by decision. A college certificate counts as college credit.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Final

from issuer.errors import IssuerError
from issuer.reports.facts import Earned, Outcome, OutcomeKind, school_year
from issuer.reports.figures import Axis, Figures, Item, Listing, Rate, Table

CATEGORIES: Final = MappingProxyType(
    {
        "PROGRAM_PLUS_EXAM": "Program and examination",
        "EXAM_ONLY": "Examination",
        "STATE_LICENSE": "License",
        "TRAINING_COMPLETION": "Completed training",
    }
)
"""Kinds of award that count as industry certifications, as a report calls them."""
CREDIT: Final = frozenset({"COURSE", "COLLEGE_CERTIFICATE"})
"""Kinds by which college credit is recorded."""
PATHWAY: Final = frozenset({"PROGRAM_OF_STUDY"})
"""Kinds by which a completed pathway is recorded."""
WORK: Final = frozenset({"WBL", "APPRENTICESHIP_CERT"})
"""Kinds of work-based learning; it counts where somebody who assessed it is recorded."""
NO_SCHOOL = "School not recorded"


def of_year(earned: Iterable[Earned], year: int) -> tuple[Earned, ...]:
    """The awards of a school year, one for each student and code, at the student's school of that year."""
    inside = sorted(
        (one for one in earned if school_year(one.earned_on) == year),
        key=lambda one: (one.earned_on, one.award_ref),
    )
    at = {one.student_id: one.school_code for one in inside if one.school_code}
    first: dict[tuple[str, str], Earned] = {}
    for one in inside:
        first.setdefault((one.student_id, one.code), replace(one, school_code=at.get(one.student_id, "")))
    return tuple(first.values())


def certificates(
    earned: Iterable[Earned],
    year: int,
    *,
    schools: Mapping[str, str],
    clusters: Sequence[str],
    students: int | None,
) -> Figures:
    """Students and industry certifications of one school year, by school, cluster, sort and kind.

    Args:
        earned: Every award that stands.
        year: The school year, by the year in which it ends.
        schools: The district's schools: code to name.
        clusters: The clusters of the catalogue; each is a line, also the one in which nothing was awarded.
        students: How many students the district had, or None where nobody says.

    Raises:
        IssuerError: `bad_setting` where that number is too small.
    """
    rows = of_year(earned, year)
    certified = [one for one in rows if one.kind in CATEGORIES]
    people = _students(certified)
    school_axis = _schools(certified, schools)
    cluster_axis = Axis("cluster", "Career cluster", _clusters(clusters, certified))
    if not certified:
        return Figures(0, {}, (), (), _indicators(rows, people, students))
    places = {code: place for place, code in enumerate(_codes(schools))}
    return Figures(
        len(people),
        {axis.name: axis for axis in (school_axis, cluster_axis)},
        (
            Table(
                "by_school",
                "Certifications by school and career cluster",
                "school",
                "cluster",
                _grid(
                    school_axis,
                    cluster_axis,
                    ((places.get(one.school_code, len(places)), one.cluster) for one in certified),
                ),
            ),
        ),
        (Listing("by_kind", "By kind of certification", "cluster", _kinds(certified)),),
        _indicators(rows, people, students),
    )


def outcomes(earned: Iterable[Earned], told: Iterable[Outcome], year: int) -> Figures:
    """What became of the students who were certified in a school year, as far as consent allows to count it.

    The base is who answered: a student of whom nothing is known is in no number. Hired counts where the
    cluster is one of the student's certifications; moved on counts any college or further training.
    """
    clusters: dict[str, set[str]] = {}
    since: dict[str, date] = {}
    for one in of_year(earned, year):
        if one.kind in CATEGORIES:
            clusters.setdefault(one.student_id, set()).add(one.cluster)
            since.setdefault(one.student_id, one.earned_on)
    counted = [
        one
        for one in told
        if one.consent.strip()
        and not one.withdrawn
        and one.student_id in since
        and one.on >= since[one.student_id]
    ]
    answered = {one.student_id for one in counted}
    hired = {
        one.student_id
        for one in counted
        if one.kind is OutcomeKind.HIRED and one.cluster in clusters[one.student_id]
    }
    moved_on = {one.student_id for one in counted if one.kind is OutcomeKind.ENROLLED}
    return Figures(
        len(answered),
        {},
        (),
        (),
        (
            _outcome("hired", "Hired in the industry of their certification", hired, answered),
            _outcome("moved_on", "Moved on to college or further training", moved_on, answered),
        ),
    )


def _outcome(name: str, title: str, met: Collection[str], answered: Collection[str]) -> Rate:
    return Rate(name, title, "answered", len(met) if answered else None, len(answered))


def _indicators(rows: Iterable[Earned], people: Collection[str], students: int | None) -> tuple[Rate, ...]:
    """The four indicators of outcome 3a of the self-reflection framework. What has no row has no number."""
    all_rows = list(rows)
    paths = _students(one for one in all_rows if one.kind in PATHWAY)
    work = [one for one in all_rows if one.kind in WORK]
    credit = _students(one for one in all_rows if one.kind in CREDIT)
    assessed = _students(one for one in work if one.evaluator.strip())
    if students is not None and students < max(len(one) for one in (paths, assessed, credit, people)):
        raise IssuerError(
            "bad_setting",
            f"{students} is fewer than the students with a record in this year: give the number of all",
        )

    def rate(name: str, title: str, met: Collection[str], recorded: bool) -> Rate:  # noqa: FBT001 - of this file
        return Rate(name, title, "students", len(met) if recorded else None, students)

    return (
        rate("pathway", "Completed a career pathway", paths, bool(paths)),
        rate("work", "Work-based learning that an employer assessed", assessed, bool(work)),
        rate("credit", "Earned college credit", credit, bool(credit)),
        rate("certified", "Earned an industry certification", people, bool(people)),
    )


def _students(rows: Iterable[Earned]) -> frozenset[str]:
    return frozenset(one.student_id for one in rows)


def _codes(schools: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(sorted(schools))


def _schools(rows: Iterable[Earned], schools: Mapping[str, str]) -> Axis:
    """The district's schools, whether or not anybody was certified there, and what is at none of them."""
    codes = _codes(schools)
    at: dict[str, set[str]] = {code: set() for code in codes}
    for one in rows:
        at.setdefault(one.school_code if one.school_code in schools else "", set()).add(one.student_id)
    names = [schools[code] for code in codes]
    labels = [
        f"{name} ({code})" if names.count(name) > 1 else name for name, code in zip(names, codes, strict=True)
    ]
    people = [len(at[code]) for code in codes]
    if "" in at:
        labels.append(NO_SCHOOL)
        people.append(len(at[""]))
    return Axis("school", "School", tuple(labels), tuple(people))


def _clusters(clusters: Sequence[str], rows: Iterable[Earned]) -> tuple[str, ...]:
    """Every cluster of the catalogue, and those of earlier editions that were awarded in."""
    return tuple(dict.fromkeys((*clusters, *sorted({one.cluster for one in rows}))))


def _kinds(rows: Iterable[Earned]) -> tuple[Item, ...]:
    counts: dict[tuple[str, str, str], int] = {}
    for one in rows:
        key = (f"{one.name} ({one.code})", one.cluster, CATEGORIES[one.kind])
        counts[key] = counts.get(key, 0) + 1
    return tuple(Item(*key, count) for key, count in sorted(counts.items()))


def _grid(rows: Axis, columns: Axis, found: Iterable[tuple[int, str]]) -> tuple[tuple[int, ...], ...]:
    grid = [[0] * len(columns.labels) for _ in rows.labels]
    place = {label: number for number, label in enumerate(columns.labels)}
    for row, label in found:
        grid[row][place[label]] += 1
    return tuple(tuple(line) for line in grid)
