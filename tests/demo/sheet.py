"""The sheet of the demonstration's district: as mixed as a real one. All its people are invented."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date, timedelta

HEADER = (
    "external_id,given_name,family_name,birth_date,school_code,credential_code,credential_name,"
    "certifying_body,date_earned,expires_on,number,score,evidence_url,evaluator,award_ref"
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the sheet: what most lines have, and what some have."""

    ref: str
    student: str
    name: tuple[str, str]
    born: str
    credential: str
    earned: str
    body: str = ""
    expires: str = ""
    number: str = ""
    score: str = ""
    evaluator: str = ""
    school: str = "0187"

    def cells(self) -> list[str]:
        """The cells in the order of the header."""
        given, family = self.name
        start = [self.student, given, family, self.born, self.school, self.credential, "", self.body]
        return [*start, self.earned, self.expires, self.number, self.score, "", self.evaluator, self.ref]


def mixed_sheet(today: date) -> bytes:
    """A CSV in which nine lines are ready and seven others each have one thing wrong.

    Dates are counted from `today`, so that the story stays the same in every year.
    """

    def ago(days: int) -> str:
        return (today - timedelta(days=days)).isoformat()

    def born(years: int) -> str:
        # A month past the birthday, on whichever day the story is played.
        return (today - timedelta(days=years * 1461 // 4 + 30)).isoformat()

    maya, luis, wren = ("Maya", "Okafor"), ("Luis", "Herrera"), ("Wren", "Castellanos")
    soon, nha = ago(-40), "National Healthcareer Association"
    nurse_aide = Line(
        "R-0001", "200000001", maya, born(18), "CO-CNA", ago(60), expires=ago(-600), number="NA-000123"
    )
    ready = [
        nurse_aide,
        Line("R-0002", "200000002", luis, born(19), "OSHA 10", ago(90), number="36-001234567"),
        Line("R-0003", "200000003", wren, born(17), "CPT", ago(30), body=nha),
        Line(
            "R-0004", "200000002", luis, born(19), "CERTIPORT-MOS", ago(21), number="AbCd-1234", score="820"
        ),
        Line("R-0005", "200000004", ("Zoë", "O’Brien"), born(18), "SERVSAFE-MGR", ago(45)),
        Line("R-0006", "200000005", ("Ari", "Nguyễn"), born(17), "COMPTIA-A+", ago(14), number="COMP001"),
        Line(
            "R-0007",
            "200000006",
            ("Taylor", "Quinn"),
            born(18),
            "WCA-SAWBLADE",
            ago(12),
            evaluator="J. Mattson",
        ),
        Line("R-0008", "200000007", ("Ines", "de la Cruz"), born(18), "NCCER-CORE", ago(75)),
        Line("R-0009", "200000008", ("Sam", "Lee"), born(19), "AHA-BLS", ago(10)),
    ]
    waiting = [
        Line("R-0010", "200000003", wren, born(17), "CPT", ago(30)),
        nurse_aide,
        Line("R-0012", "", ("Noor", "Haddad"), born(18), "COMPTIA-A+", ago(20), number="COMP002"),
        Line("R-0013", "200000009", ("Pat", "Lindqvist"), "2008-02-30", "COMPTIA-A+", ago(20)),
        Line("R-0014", "200000010", ("Jo", "Baptiste"), born(18), "SERVSAFE-MGR", soon),
        Line("R-0015", "200000011", ("Kit", "Marlowe"), born(18), "WCA-SAWBLADE", ago(12), school="9999"),
        Line("R-0016", "200000012", ('=HYPERLINK("http://x")', "Bad"), born(18), "SERVSAFE-MGR", ago(12)),
    ]
    return _csv([*ready, *waiting])


def lapsed_sheet(today: date) -> bytes:
    """One award whose certification has ended since: a true badge that is out of date."""
    earned, ended = today - timedelta(days=1_500), today - timedelta(days=400)
    born = f"{today.year - 20:04d}-05-09"
    name = ("Remy", "Adeyemi")
    return _csv(
        [
            Line(
                "R-0101",
                "200000013",
                name,
                born,
                "SERVSAFE-FH",
                earned.isoformat(),
                expires=ended.isoformat(),
            )
        ]
    )


def _csv(lines: list[Line]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(HEADER.split(","))
    writer.writerows(line.cells() for line in lines)
    return text.getvalue().encode()
