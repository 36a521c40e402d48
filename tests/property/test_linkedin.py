"""LinkedIn's form gets what the badge says, whatever it says, in every month and every time zone."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuer.carry.facts import facts_of
from issuer.carry.wording import printed
from issuer.draft import last_second, noon
from issuer.linkedin import Organization, add_to_profile
from tests.world import World

DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))
ZONES = [f"<Z{hours:+03}>{-hours}" for hours in range(-12, 12)]
"""Twenty-four, as POSIX writes them: the sign is turned around."""


@contextmanager
def standing_in(zone: str) -> Iterator[None]:
    """This process in another time zone."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = zone
    time.tzset()
    try:
        yield
    finally:
        if before is None:
            del os.environ["TZ"]
        else:
            os.environ["TZ"] = before
        time.tzset()


@given(st.tuples(st.text(), st.text(), st.text(), st.text()), DAYS, st.none() | DAYS)
def test_every_text_comes_out_as_it_went_in(
    texts: tuple[str, str, str, str], issued: date, last: date | None
) -> None:
    name, organization, url, credential_id = texts
    link = add_to_profile(
        name,
        Organization(organization),
        issued=issued,
        last_day=last,
        url=url,
        credential_id=credential_id,
    )
    assert link.isascii()
    assert link.isprintable()
    assert " " not in link
    fields = parse_qsl(urlsplit(link).query, keep_blank_values=True, strict_parsing=True)
    ends = [("expirationYear", str(last.year)), ("expirationMonth", str(last.month))] if last else []
    assert fields == [
        ("startTask", "CERTIFICATION_NAME"),
        ("name", name),
        ("organizationName", organization),
        ("issueYear", str(issued.year)),
        ("issueMonth", str(issued.month)),
        *ends,
        ("certUrl", url),
        ("certId", credential_id),
    ]


@pytest.mark.parametrize("month", range(1, 13))
def test_each_month_is_its_own_number_on_its_first_and_last_day(month: int) -> None:
    last = date(2027, month % 12 + 1, 1).toordinal() - 1 if month < 12 else date(2027, 12, 31).toordinal()
    for day in (date(2027, month, 1), date.fromordinal(last)):
        link = add_to_profile("x", Organization("x"), issued=day, last_day=day, url="x", credential_id="x")
        fields = dict(parse_qsl(urlsplit(link).query))
        assert fields["issueMonth"] == fields["expirationMonth"] == str(month)
        assert fields["issueYear"] == "2027"


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("day", [date(2026, 1, 1), date(2026, 12, 31), date(2028, 2, 29), date(2026, 3, 8)])
def test_a_day_is_the_same_in_every_time_zone(zone: str, day: date) -> None:
    """On the link and on paper: the day that the district recorded, wherever the server or the reader is."""
    world = World()
    world.edit["badge"] = lambda value: value.update(
        awardedDate=noon(day).isoformat().replace("+00:00", "Z"), validUntil=last_second(day)
    )
    with standing_in(zone):
        facts = facts_of(world.badge())
        link = add_to_profile(
            facts.title,
            Organization(facts.district),
            issued=facts.earned,
            last_day=facts.last_day,
            url="x",
            credential_id=facts.credential_id,
        )
        lines = dict(printed(facts, "en").facts)
    assert (facts.earned, facts.last_day) == (day, day)
    fields = dict(parse_qsl(urlsplit(link).query))
    assert (fields["issueYear"], fields["issueMonth"]) == (str(day.year), str(day.month))
    assert (fields["expirationYear"], fields["expirationMonth"]) == (str(day.year), str(day.month))
    assert lines["Earned on"] == lines["Good through"] == f"{day:%B} {day.day}, {day.year}"
