"""Slips on paper: who gets one, in which order, and that they are read back."""

from __future__ import annotations

import pypdfium2
import pytest
import zxingcpp
from sqlalchemy import select

from issuer.claiming import claims, contacts
from issuer.claiming.claims import MOST_SLIPS, Kind
from issuer.claiming.errors import ClaimError
from issuer.claiming.slips import print_slips, waiting
from issuer.errors import IssuerError
from issuer.render.errors import DesignError
from issuer.roster.report import Student
from issuer.store import contacts as contact_rows
from issuer.store import students
from issuer.store.claims import Claim
from issuer.store.students import Incoming
from issuer.store.tables import School
from tests.house import House

PEOPLE = (
    ("100000001", "Maya", "Okafor", "02", "Ms. Brook", "en"),
    ("100000002", "José", "Ñandú", "01", "Mr. Ames", "es"),
    ("100000003", "Ana", "Álvarez", "01", "Mr. Ames", "es"),
    ("100000004", "Zoe", "Abel", "01", "Ms. Zane", "en"),
)


@pytest.fixture
def school(house: House) -> House:
    """A district with four students with badges at two schools."""
    with house.store.of(house.district.id).transaction() as session:
        for code, name in (("01", "Alder High"), ("02", "Birch High")):
            session.add(School(district_id=house.district.id, code=code, name=name))
        session.flush()
        incoming = [
            Incoming(Student(number, given, family, "", "", None, code, "12", True))
            for number, given, family, code, _, _ in PEOPLE
        ]
        students.take(session, house.district.id, incoming, source="sheet", now=house.time, actor="test")
    sheet = "student_id,email,language,teacher\n" + "".join(
        f"{number},,{tongue},{teacher}\n" for number, _, _, _, teacher, tongue in PEOPLE
    )
    contacts.take(house.store, house.district.id, sheet.encode(), now=house.time, actor="test")
    for number, given, family, *_ in PEOPLE:
        house.issue(
            number, student_id=number, recipient_name=f"{given} {family}", number=f"NA-{number[-1]}77"
        )
    return house


def printed(house: House, **more: object) -> bytes:
    named = {"now": house.time, "entropy": house.entropy, "actor": "test"} | more
    return print_slips(house.store, house.district, **named).pdf  # type: ignore[arg-type] # as named


def read(pdf: bytes) -> list[str]:
    """What the codes on every page say, in the order of the paper."""
    found = []
    for page in pypdfium2.PdfDocument(pdf):
        image = page.render(scale=150 / 72).to_pil()
        codes = sorted(
            zxingcpp.read_barcodes(image),
            key=lambda one: (round(one.position.top_left.y / 250), one.position.top_left.x),
        )
        found += [one.text for one in codes]
    return found


def test_slips_are_sorted_by_school_teacher_and_family_name(school: House) -> None:
    with school.store.of(school.district.id).reading() as session:
        names = [one.name for one in waiting(session, school.district.id, school.time)]
    assert names == ["Ana Álvarez", "José Ñandú", "Zoe Abel", "Maya Okafor"]


def test_every_code_on_the_paper_is_read_back_and_opens_its_students_badges(school: House) -> None:
    links = read(printed(school))
    assert len(links) == 4
    opened = []
    for link in links:
        assert link.startswith("HTTPS://BADGES.RIVERBEND.EXAMPLE/K/")
        code = link.rpartition("/")[2]
        opened.append(claims.look(school.store, school.district, Kind.SLIP, code, now=school.time).given_name)
    assert opened == ["Ana", "José", "Zoe", "Maya"]


def test_the_words_on_a_slip_say_nothing_of_the_badge(school: House) -> None:
    document = pypdfium2.PdfDocument(printed(school))
    text = document[0].get_textpage().get_text_bounded()
    assert "Alder High" in text
    assert "Escanea" in text
    assert "Scan the square" in text
    assert "Nurse" not in text
    assert "CNA" not in text


def test_a_school_or_one_student(school: House) -> None:
    assert len(read(printed(school, school="01"))) == 3
    assert len(read(printed(school, only="100000001"))) == 1
    for nobody in ({"school": "99"}, {"only": "1"}, {"part": 2}, {"part": 0}):
        with pytest.raises(IssuerError, match="not_found"):
            printed(school, **nobody)


def test_what_cannot_be_printed_makes_no_slip(school: House) -> None:
    school.issue("A-9", student_id="100000009", recipient_name="李 Wei", number="NA-9")
    with pytest.raises(DesignError, match="text_not_drawable"):
        printed(school)
    with school.store.of(school.district.id).reading() as session:
        assert session.scalars(select(Claim)).all() == []


def test_a_printing_has_a_bound(house: House) -> None:
    numbers = [str(number) for number in range(MOST_SLIPS + 1)]
    with pytest.raises(ClaimError, match="contact_refused"):
        claims.new_codes(house.district, numbers, entropy=house.entropy)


@pytest.mark.parametrize(
    ("sheet", "taken", "refused"),
    [
        (b"\xef\xbb\xbfstudent_id,email\n1,a@b.example\n", 1, 0),
        (b"student_id,email,language\n1,a@b.example,Spanish\n2,no address,en\n,a@b.example,en\n", 1, 2),
        (b"student_id,email,language\n1,a@b.example,fr\n", 0, 1),
        (b'student_id,email,teacher\n1,,"Ms. \x00 Brook"\n', 0, 1),
    ],
)
def test_a_sheet_of_contacts_is_taken_row_by_row(
    house: House, sheet: bytes, taken: int, refused: int
) -> None:
    done = contacts.take(house.store, house.district.id, sheet, now=house.time, actor="test")
    assert (done.taken, len(done.refused)) == (taken, refused)
    again = contacts.take(house.store, house.district.id, sheet, now=house.time, actor="test")
    assert (again.taken, again.same) == (0, taken)


@pytest.mark.parametrize("sheet", [b"\xff\xfe", b"number,mail\n1,a@b.example\n", b""])
def test_what_is_no_sheet_of_contacts_is_refused(house: House, sheet: bytes) -> None:
    with pytest.raises(ClaimError, match="contact_refused"):
        contacts.take(house.store, house.district.id, sheet, now=house.time, actor="test")


def test_an_erasure_takes_everything_of_a_students_own_along(school: House) -> None:
    printed(school, only="100000001")
    from issuer.retention.erasure import erase

    erase(
        school.store.of(school.district.id),
        school.district.id,
        "100000001",
        signer=school.signer,
        now=school.time,
        entropy=school.entropy,
        actors=["test"],
    )
    with school.store.of(school.district.id).reading() as session:
        assert session.scalars(select(Claim)).all() == []
        assert contact_rows.contact(session, school.district.id, "100000001") is None
