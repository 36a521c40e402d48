"""The sheet of the demonstration's district: as mixed as a real one. All its people are invented."""

from __future__ import annotations

import csv
import io
import zipfile
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
        return _born(today, years)

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
                "SERVSAFE-MGR",
                earned.isoformat(),
                expires=ended.isoformat(),
            )
        ]
    )


def nurse_aides(today: date) -> bytes:
    """Two more licences, recorded after the committee has decided on them."""
    lines = []
    for ref, student, name, number in (
        ("R-0017", "200000014", ("Noor", "Haddad"), "NA-000456"),
        ("R-0018", "200000015", ("Cleo", "Marsh"), "NA-000457"),
    ):
        earned, ends = (str(today + timedelta(days=days)) for days in (-20, 640))
        lines.append(
            Line(ref, student, name, _born(today, 18), "CO-CNA", earned, expires=ends, number=number)
        )
    return _csv(lines)


STUDENTS = (
    ("200000001", "Maya", "Okafor", "", 18),
    ("200000002", "Luis", "Herrera", "", 19),
    ("200000003", "Wren", "Castellanos", "", 17),
    ("200000004", "Zoë", "O’Brien", "", 18),
    ("200000005", "Ari", "Nguyễn", "", 17),
    ("200000006", "Taylor", "Quinn", "", 18),
    ("200000007", "Ines", "de la Cruz", "", 18),
    ("200000008", "Samuel", "Lee", "Sam", 19),
    ("200000009", "Pat", "Lindqvist", "", 18),
    ("200000010", "Jo", "Baptiste", "", 18),
    ("200000011", "Kit", "Marlowe", "", 18),
    ("200000012", "Robin", "Bad", "", 18),
    ("200000014", "Noor", "Haddad", "", 18),
    ("200000015", "Cleopatra", "Marsh", "Cleo", 18),
)
"""Number, given and family name, the given name that they go by where it is another, age."""


def roster_archive(today: date) -> bytes:
    """The roster as a OneRoster 1.2 archive. It says when each was born, so that adults count as adults."""
    users = ["sourcedId,enabledUser,username,givenName,familyName,identifier,grades,preferredGivenName"]
    roles = ["sourcedId,userSourcedId,roleType,role,orgSourcedId"]
    born = ["sourcedId,birthDate"]
    for at, (number, given, family, preferred, age) in enumerate(STUDENTS, 1):
        users.append(f"u-{at},true,user{at},{given},{family},{number},12,{preferred}")
        roles.append(f"r-{at},u-{at},primary,student,org-1")
        born.append(f"u-{at},{_born(today, age)}")
    states = ["propertyName,value", "manifest.version,1.0", "oneroster.version,1.2"]
    states += [f"file.{name},bulk" for name in ("orgs", "users", "roles", "demographics")]
    files = {
        "manifest.csv": states,
        "orgs.csv": ["sourcedId,name,type,identifier", "org-1,Piñon Mesa High School,school,0187"],
        "users.csv": users,
        "roles.csv": roles,
        "demographics.csv": born,
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, lines in files.items():
            made.writestr(name, "\r\n".join([*lines, ""]).encode())
    return out.getvalue()


def scores_sheet(today: date) -> bytes:
    """Two scores in math: one meets what the district asks for, one only what the state asks for."""
    day = (today - timedelta(days=100)).isoformat()
    lines = [
        "external_id,assessment,part,value,date",
        f"200000002,SAT,Math,560,{day}",
        f"200000001,SAT,Math,510,{day}",
    ]
    return "\r\n".join([*lines, ""]).encode()


def _born(today: date, years: int) -> str:
    """A month past the birthday, on whichever day the story is played."""
    return (today - timedelta(days=years * 1461 // 4 + 30)).isoformat()


def _csv(lines: list[Line]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(HEADER.split(","))
    writer.writerows(line.cells() for line in lines)
    return text.getvalue().encode()
