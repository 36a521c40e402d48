from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from credential.recipient import email_identity
from tests.unit.verifier.batch.colleges import APPLICANTS, AWARD
from verifier.batch.applicants import MOST_APPLICANTS, MOST_SHOWN, By, Match, load_applicants, match
from verifier.batch.award import Award
from verifier.batch.sheet import SheetRefused
from verifier.batch.words import BATCH, say

LISTED = load_applicants(APPLICANTS)
NAMELESS = replace(AWARD, names=())


def told(award: Award | None, numbers: Sequence[str] = (), listed: bytes | None = None) -> tuple[Any, ...]:
    """What led there, to whom, and why to look twice; each reason can be said in every language."""
    found = match(award, numbers, load_applicants(listed) if listed else LISTED)
    for caution in found.cautions:
        assert all(say(caution, locale) for locale in BATCH)
    return str(found.by), [one.number for one in found.applicants], [said.code for said in found.cautions]


def with_email(address: str, award: Award = AWARD) -> Award:
    return replace(award, emails=(email_identity(address, bytes(16)).to_json(),))


def test_a_number_leads_to_its_applicant_where_the_signed_name_agrees() -> None:
    assert told(AWARD, ["A-1"]) == ("number", ["A-1"], [])
    assert told(AWARD, [" a-1 "]) == ("number", ["A-1"], [])


@pytest.mark.parametrize("award", [NAMELESS, None])
def test_a_number_that_nothing_signed_confirms_is_looked_at_twice(award: Award | None) -> None:
    assert told(award, ["A-1"]) == ("number", ["A-1"], ["look.number_unconfirmed"])
    no_name = b"id,email\nA-1,x@example.org\n"
    assert told(AWARD, ["A-1"], no_name) == ("number", ["A-1"], ["look.number_unconfirmed"])


def test_somebody_elses_badge_under_my_number_is_seen() -> None:
    assert told(AWARD, ["A-2"]) == ("number", ["A-2"], ["look.other_name"])


def test_a_number_that_nobody_has_falls_back_and_is_told_of() -> None:
    assert told(AWARD, ["A-9"]) == ("name", ["A-1"], ["look.number_unknown", "look.name_only"])
    assert told(NAMELESS, ["A-9"]) == ("nobody", [], ["look.number_unknown"])


def test_zeros_in_front_of_a_number_count() -> None:
    listed = b"id,name\n0012,Jordan Rivera\n"
    assert told(AWARD, ["12"], listed)[2] == ["look.number_unknown", "look.name_only"]


def test_a_hashed_address_leads_to_its_applicant_and_beats_the_name() -> None:
    assert told(with_email("jordan@example.org")) == ("email", ["A-1"], [])
    assert told(with_email("jordan@example.org", NAMELESS)) == ("email", ["A-1"], [])
    assert told(with_email("sam@example.org")) == ("email", ["A-2"], ["look.other_name"])
    listed = b"id,name,email\nA-1,Jordan Rivera,Jordan@Example.org\n"
    assert told(with_email("jordan@example.org"), (), listed) == ("email", ["A-1"], [])


def test_a_hashed_address_confirms_a_number_or_contradicts_it() -> None:
    assert told(with_email("jordan@example.org", NAMELESS), ["A-1"]) == ("number", ["A-1"], [])
    assert told(with_email("sam@example.org"), ["A-1"]) == (
        "number",
        ["A-1", "A-2"],
        ["look.several", "look.number_and_email"],
    )


@pytest.mark.parametrize(
    "name", ["Jordan Rivera", "RIVERA, Jordan", "Jordan  Rivera", "Jordan Lee Rivera", "Jórdan Rivera"]
)
def test_a_name_alone_is_never_enough(name: str) -> None:
    assert told(replace(AWARD, names=(name,))) == ("name", ["A-1"], ["look.name_only"])


@pytest.mark.parametrize("name", ["Jordan", "Rivera", "Jordan R.", "Jordan Riverae", "J Rivera", ""])
def test_a_part_of_a_name_is_nobody(name: str) -> None:
    assert told(replace(AWARD, names=(name,))) == ("nobody", [], [])


def test_two_who_fit_are_both_shown_and_none_is_chosen() -> None:
    listed = b"id,name,email\nA-1,Jordan Rivera,home@example.org\nA-2,Jordan Rivera,home@example.org\n"
    assert told(AWARD, (), listed) == ("name", ["A-1", "A-2"], ["look.several", "look.name_only"])
    assert told(with_email("home@example.org"), (), listed) == ("email", ["A-1", "A-2"], ["look.several"])
    twice = b"id,name\nA-1,Jordan Rivera\nA-1,Jordan Rivera\n"
    assert told(AWARD, ["A-1"], twice) == ("number", ["A-1", "A-1"], ["look.several"])
    assert told(AWARD, ["A-1", "A-2"])[2] == ["look.several", "look.two_numbers", "look.other_name"]


def test_of_many_who_fit_some_are_shown_and_the_others_counted() -> None:
    listed = "id,name\n" + "".join(f"A-{n},Jordan Rivera\n" for n in range(MOST_SHOWN + 3))
    found = match(AWARD, (), load_applicants(listed.encode()))
    assert (len(found.applicants), found.more) == (MOST_SHOWN, 3)


def test_what_a_badge_says_without_a_passed_proof_leads_nowhere() -> None:
    assert told(None) == ("nobody", [], [])


def test_without_a_list_nobody_is_asked_about() -> None:
    assert match(AWARD, ["A-1"], None) == Match(By.NOT_ASKED)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"name\nJordan\n", "column_missing"),
        (b"id,phone\n1,2\n", "column_missing"),
        (b"id,name\n,Jordan\n", "cell_empty"),
        (b"id,name\n", "no_rows"),
    ],
)
def test_a_list_that_cannot_be_used_says_why(data: bytes, code: str) -> None:
    with pytest.raises(SheetRefused) as refused:
        load_applicants(data)
    assert [fault.code for fault in refused.value.faults] == [code]


def test_a_list_is_read_up_to_its_bound() -> None:
    rows = "id,name\n" + "".join(f"{n},A B\n" for n in range(MOST_APPLICANTS))
    assert len(load_applicants(rows.encode()).all) == MOST_APPLICANTS
    with pytest.raises(SheetRefused):
        load_applicants(f"{rows}x,A B\n".encode())
