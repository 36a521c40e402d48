"""A worked school year of people who do not exist, small enough to be counted by hand.

2025-26, by school of the student's last award of the year:

- Piñon Mesa (0187): 30 students hold NCCER-CORE; 10 of them also COMPTIA-A+; 6 others COMPTIA-A+ alone.
- Two Rivers (0242): 20 students hold CO-CNA; 5 of them also OSHA10-GI.
- Lantern Hill (0318): 4 students hold CO-CNA.

So 60 students and 75 certifications: 30 NCCER-CORE, 16 COMPTIA-A+, 24 CO-CNA, 5 OSHA10-GI. And 12 students
have a college course, and two of the year before one certification each.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from issuer.catalog import default_catalogue
from issuer.reports.facts import Earned, Outcome, OutcomeKind
from issuer.reports.gather import Rows, clusters_of

SCHOOLS = {
    "0187": "Piñon Mesa High School",
    "0242": "Two Rivers Technical Campus",
    "0318": "Lantern Hill Early College",
}
PLAN = (
    ("0187", "NCCER-CORE", range(1, 31)),
    ("0187", "COMPTIA-A+", range(21, 37)),
    ("0242", "CO-CNA", range(101, 121)),
    ("0242", "OSHA10-GI", range(101, 106)),
    ("0318", "CO-CNA", range(201, 205)),
)


def earned(  # noqa: PLR0917 - a row
    ref: str, student: int, code: str, school: str, day: date = date(2026, 5, 12), evaluator: str = ""
) -> Earned:
    entry = default_catalogue().get(code)
    if entry is None:
        return Earned(ref, f"3000{student:05}", school, code, code.title(), code, "None", day, evaluator)
    return Earned(
        ref, f"3000{student:05}", school, code, entry.name, entry.kind.code, entry.cluster, day, evaluator
    )


def awards() -> Iterator[Earned]:
    for school, code, students in PLAN:
        for student in students:
            yield earned(f"{code}-{student}", student, code, school)
    for student in range(1, 13):
        yield earned(f"C-{student}", student, "COURSE", "0187")
    for student in (1, 2):
        yield earned(f"OLD-{student}", student, "WCA-SAWBLADE", "0187", date(2025, 6, 30))


def outcomes() -> Iterator[Outcome]:
    cluster = next(one.cluster for one in awards() if one.code == "NCCER-CORE")
    for student in range(1, 25):
        kind = (
            OutcomeKind.HIRED
            if student <= 8
            else OutcomeKind.ENROLLED
            if student <= 18
            else OutcomeKind.NEITHER
        )
        yield Outcome(f"3000{student:05}", kind, date(2026, 6, 20), cluster, f"form {student}")


def rows() -> Rows:
    return Rows(
        "Piñon Mesa Example School District",
        tuple(awards()),
        {},
        {entry.code: entry for entry in default_catalogue().entries},
        tuple(outcomes()),
        SCHOOLS,
        clusters_of(default_catalogue()),
        (),
    )
