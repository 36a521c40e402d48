"""*Add to LinkedIn*: the right fields, encoded whole, and for nobody under 16."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from urllib.parse import parse_qsl, urlsplit

import pytest

from issuer.carry.words import WORDS
from issuer.errors import IssuerError
from issuer.linkedin import Hidden, Organization, add_to_profile, hidden

RIVERBEND = Organization("Riverbend School District")
URN = "urn:uuid:6b2f1c52-5a7e-4f0e-9d53-000000000005"
URL = "HTTPS://CHECK.EXAMPLE.ORG/S/RIVER-0123"


def link(
    name: str = "Certified Nurse Aide",
    organization: Organization = RIVERBEND,
    issued: date = date(2026, 4, 18),
    last_day: date | None = date(2028, 1, 31),
) -> str:
    return add_to_profile(name, organization, issued=issued, last_day=last_day, url=URL, credential_id=URN)


def test_the_whole_link() -> None:
    assert link("Food & Safety = 100%") == (
        "https://www.linkedin.com/profile/add?startTask=CERTIFICATION_NAME"
        "&name=Food%20%26%20Safety%20%3D%20100%25&organizationName=Riverbend%20School%20District"
        "&issueYear=2026&issueMonth=4&expirationYear=2028&expirationMonth=1"
        "&certUrl=HTTPS%3A%2F%2FCHECK.EXAMPLE.ORG%2FS%2FRIVER-0123"
        "&certId=urn%3Auuid%3A6b2f1c52-5a7e-4f0e-9d53-000000000005"
    )


def test_an_organization_is_named_by_its_number_or_by_its_name_and_never_both() -> None:
    by_number = dict(parse_qsl(urlsplit(link(organization=Organization("Riverbend", "206815"))).query))
    assert by_number["organizationId"] == "206815"
    assert "organizationName" not in by_number
    assert "organizationId" not in link()


@pytest.mark.parametrize("number", ["12a", "-5", "1 2", "٣", "1" * 21, "12&name=x"])
def test_a_number_that_is_none_is_refused(number: str) -> None:
    with pytest.raises(IssuerError) as caught:
        Organization("Riverbend", number)
    assert caught.value.code == "bad_setting"


def test_the_longest_number_is_taken() -> None:
    assert Organization("Riverbend", "1" * 20).id == "1" * 20


def test_what_has_no_end_says_nothing_of_one() -> None:
    assert "expiration" not in link(last_day=None)


def test_half_of_a_character_is_refused() -> None:
    with pytest.raises(IssuerError) as caught:
        link("\ud800")
    assert caught.value.code == "bad_text"


BORN = date(2010, 6, 15)
TURNS_16 = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)
"""Midnight of the birthday where a day begins last on earth, UTC-12."""


def test_it_is_offered_from_the_sixteenth_birthday_on_and_not_a_second_before() -> None:
    assert hidden(BORN, TURNS_16) is None
    assert hidden(BORN, TURNS_16 - timedelta(seconds=1)) is Hidden.UNDER_16


@pytest.mark.parametrize("hours", range(-12, 15))
def test_the_zone_in_which_somebody_asks_changes_nothing(hours: int) -> None:
    zone = timezone(timedelta(hours=hours))
    assert hidden(BORN, TURNS_16.astimezone(zone)) is None
    assert hidden(BORN, (TURNS_16 - timedelta(seconds=1)).astimezone(zone)) is Hidden.UNDER_16


def test_who_was_born_on_a_leap_day_waits_for_the_first_of_march_of_a_common_year() -> None:
    born = date(2012, 2, 29)
    assert hidden(born, datetime(2028, 2, 29, 12, tzinfo=UTC)) is None
    born = date(2008, 2, 29)
    assert hidden(born, datetime(2024, 2, 29, 11, 59, 59, tzinfo=UTC)) is Hidden.UNDER_16


def test_an_unknown_age_is_a_minors() -> None:
    assert hidden(None, TURNS_16) is Hidden.UNKNOWN_AGE


@pytest.mark.parametrize("language", ["en", "es"])
def test_each_reason_has_words(language: str) -> None:
    assert all(WORDS[language][f"linkedin.{why}"] for why in Hidden)
