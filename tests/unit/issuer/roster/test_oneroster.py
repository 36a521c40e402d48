from __future__ import annotations

import dataclasses
from datetime import date

import pytest

from issuer.roster import SheetError, Student
from issuer.roster.oneroster import ARCHIVE_LIMITS, Archive, is_archive, read_archive
from tests.rosters import BORN, ROLE, ROLES, STATES, USER, USERS, roster
from tests.workbooks import package, xlsx

TODAY = date(2026, 6, 1)
ORGS = b"sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\r\n"
SCHOOLS = ORGS + b"d-1,,,Example District,district,EX01,\r\norg-1,,,Example High,school,0187,d-1\r\n"
WITH_ORGS = STATES + b"file.orgs,bulk\r\n"


def read(data: bytes, **options: object) -> Archive:
    return read_archive(data, today=TODAY, **options)  # type: ignore[arg-type]


def one(**changes: bytes) -> Student:
    (found,) = read(roster(**changes)).students
    return found.student


def keys(archive: Archive) -> list[str]:
    return [note.key for note in archive.notes]


def test_a_student_is_read_with_school_and_birth_date() -> None:
    files = {"manifest.csv": WITH_ORGS, "orgs.csv": SCHOOLS}
    assert one(**files) == Student("500000001", "Odile", "Hart", "", "", date(2009, 2, 3), "0187", "11", True)
    archive = read(roster(**files), schools=["0187"])
    assert (archive.version, archive.complete, archive.birth_dates) == ("1.2", True, True)
    assert (archive.schools, archive.notes) == ({"0187": "Example High"}, ())
    assert archive.students[0].source_id == "u-1"


def test_the_22_columns_are_found_by_name_in_any_order() -> None:
    names, cells = USERS.decode().strip().split(","), USER.decode().strip().split(",")
    assert len(names) == 22
    turned = ",".join(reversed(names)) + "\r\n" + ",".join(reversed(cells)) + "\r\n"
    assert one(**{"users.csv": turned.encode()}) == one()


def test_the_name_that_a_student_goes_by_wins() -> None:
    user = USER.replace(b"11,,,,,,,", b"11,,,Dilly,,Harte,,")
    assert one(**{"users.csv": USERS + user}).name == ("Dilly", "Harte")


def test_without_birth_dates_everybody_may_be_a_minor_and_it_is_said() -> None:
    archive = read(
        roster(
            **{"demographics.csv": b"", "manifest.csv": STATES.replace(b"file.demographics,bulk\r\n", b"")}
        )
    )
    assert archive.students[0].student.birth_date is None
    assert keys(archive) == ["roster.no_birth_dates"]


def test_of_demographics_only_the_birth_date_is_kept() -> None:
    header = BORN.replace(b"birthDate", b"birthDate,sex,asian,cityOfBirth")
    found = one(**{"demographics.csv": header + b"u-1,,,2009-02-03,female,true,Riverbend\r\n"})
    assert found == one()
    assert not {"female", "true", "Riverbend"} & {str(value) for value in dataclasses.astuple(found)}


def test_columns_of_somebody_elses_are_named_and_not_kept() -> None:
    users = (
        (USERS + USER)
        .replace(b",pronouns\r\n", b",pronouns,metadata.lunch\r\n")
        .replace(b",,,,,,,\r\n", b",,,,,,,,free\r\n")
    )
    archive = read(roster(**{"users.csv": users}))
    assert [note.text() for note in archive.notes] == [
        "users.csv: these columns are no part of OneRoster and were not kept: metadata.lunch."
    ]
    assert "free" not in str(archive)


def test_only_students_are_taken() -> None:
    teacher = USER.replace(b"u-1", b"u-2").replace(b"500000001", b"7")
    roles = ROLES + ROLE + ROLE.replace(b"u-1", b"u-2").replace(b"student", b"teacher")
    assert len(read(roster(**{"users.csv": USERS + USER + teacher, "roles.csv": roles})).students) == 1


@pytest.mark.parametrize(("end", "count"), [(b"2026-05-31", 0), (b"2026-06-01", 1), (b"", 1)])
def test_a_role_that_has_ended_makes_no_student(end: bytes, count: int) -> None:
    role = ROLE.replace(b"student,,,", b"student,," + end + b",")
    assert len(read(roster(**{"roles.csv": ROLES + role})).students) == count


def test_the_primary_role_names_the_school() -> None:
    roles = ROLES + ROLE.replace(b"primary", b"secondary").replace(b"org-1", b"org-2") + ROLE
    orgs = SCHOOLS + b"org-2,,,Other High,school,0242,d-1\r\n"
    assert one(**{"manifest.csv": WITH_ORGS, "orgs.csv": orgs, "roles.csv": roles}).school_code == "0187"


def test_a_delta_says_who_has_left_and_need_not_say_who_is_a_student() -> None:
    states = STATES.replace(b"bulk", b"delta").replace(b"file.roles,delta\r\n", b"file.roles,absent\r\n")
    users = USERS + USER.replace(b"u-1,,", b"u-1,tobedeleted,2026-05-01") + USER.replace(b"u-1", b"u-2")
    files = {"manifest.csv": states, "users.csv": users, "roles.csv": b""}
    archive = read(roster(**files), known=["u-2"])
    assert (archive.gone, archive.complete) == (("u-1",), False)
    assert [found.source_id for found in archive.students] == ["u-2"]
    assert read(roster(**files)).students == ()


def test_a_disabled_user_is_no_longer_active() -> None:
    assert not one(**{"users.csv": USERS + USER.replace(b",true,", b",false,")}).active


def test_version_1_1_has_the_role_among_the_users() -> None:
    states = STATES.replace(b"1.2", b"1.1").replace(b"file.roles,bulk\r\n", b"")
    users = USERS.replace(b"pronouns", b"role") + USER.replace(b",,\r\n", b",,student\r\n")
    archive = read(roster(**{"manifest.csv": states, "users.csv": users, "roles.csv": b""}))
    assert (archive.version, len(archive.students)) == ("1.1", 1)


def test_a_student_without_an_identifier_goes_by_the_archives_own_name() -> None:
    archive = read(roster(**{"users.csv": USERS + USER.replace(b"500000001", b"")}))
    assert archive.students[0].student.student_id == "u-1"
    assert keys(archive) == ["roster.no_identifier"]


def test_schools_that_the_district_lacks_are_named() -> None:
    files = {"manifest.csv": WITH_ORGS, "orgs.csv": SCHOOLS}
    assert keys(read(roster(**files), schools=["0242"])) == ["roster.school_unknown"]


def test_of_two_people_under_one_number_neither_is_taken() -> None:
    two = USER.replace(b"u-1", b"u-2").replace(b"Odile", b"Ansel")
    roles = ROLES + ROLE + ROLE.replace(b"u-1", b"u-2")
    archive = read(roster(**{"users.csv": USERS + USER + two, "roles.csv": roles}))
    assert archive.students == ()
    assert keys(archive) == ["roster.twice"]


def test_what_a_mac_packs_beside_is_passed_over_and_other_files_are_named() -> None:
    archive = read(roster(**{"__MACOSX/._users.csv": b"x", ".DS_Store": b"x", "classes.csv": b"x"}))
    assert [note.text() for note in archive.notes] == ["Not read: classes.csv."]


def test_files_in_a_folder_say_what_to_do() -> None:
    with pytest.raises(SheetError, match="Pack the files themselves"):
        read(package({"export/manifest.csv": STATES, "export/users.csv": USERS}))


def test_an_archive_is_known_by_its_files() -> None:
    assert is_archive(roster())
    assert is_archive(package({"export/manifest.csv": STATES}))
    assert not is_archive(xlsx({"S": [["manifest.csv"]]}))
    assert not is_archive(b"PK\x03\x04")
    assert not is_archive(USERS)


def test_its_size_has_a_bound() -> None:
    data = roster()
    assert read(data, limits=dataclasses.replace(ARCHIVE_LIMITS, max_bytes=len(data))).students
    with pytest.raises(SheetError) as caught:
        read(data, limits=dataclasses.replace(ARCHIVE_LIMITS, max_bytes=len(data) - 1))
    assert caught.value.code == "FILE_TOO_LARGE"


def test_an_archive_has_the_students_address_and_no_telephone() -> None:
    user = USER.replace(b"500000001,,,,", b"500000001,odile@example.edu,555-0101,555-0102,")
    (found,) = read(roster(**{"users.csv": USERS + user})).students
    assert found.email == "odile@example.edu"
    assert "555" not in repr(found)
