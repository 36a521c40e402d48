from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from credential.dates import day_written, format_date_time, parse_date, parse_date_time, validity_period
from credential.errors import CredentialError
from tests.attacks.areas.dates import BAD

V2 = "https://www.w3.org/ns/credentials/v2"


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-05-01T09:00:00Z", datetime(2026, 5, 1, 9, tzinfo=UTC)),
        ("2026-05-01T09:00:00+02:00", datetime(2026, 5, 1, 7, tzinfo=UTC)),
        ("2026-05-01T09:00:00-14:00", datetime(2026, 5, 1, 23, tzinfo=UTC)),
        ("2026-12-31T24:00:00Z", datetime(2027, 1, 1, tzinfo=UTC)),
        ("2026-12-31T24:00:00.000-01:00", datetime(2027, 1, 1, 1, tzinfo=UTC)),
        ("9999-12-31T24:00:00+14:00", datetime(9999, 12, 31, 10, tzinfo=UTC)),
        ("0001-01-01T24:00:00+14:00", datetime(1, 1, 1, 10, tzinfo=UTC)),
        ("9999-12-31T23:59:59Z", datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("2026-05-01T09:00:00.5Z", datetime(2026, 5, 1, 9, 0, 0, 500_000, tzinfo=UTC)),
        ("2026-05-01T09:00:00.123456789Z", datetime(2026, 5, 1, 9, 0, 0, 123_456, tzinfo=UTC)),
        ("2028-02-29T00:00:00-00:00", datetime(2028, 2, 29, tzinfo=UTC)),
    ],
)
def test_moments_are_read_in_utc(text: str, instant: datetime) -> None:
    moment = parse_date_time(text)
    assert (moment.instant, moment.assumed_utc) == (instant, False)
    assert moment.instant.tzinfo is UTC


def test_a_date_without_zone_is_utc_and_says_so() -> None:
    moment = parse_date_time("2026-03-08T02:30:00")
    assert moment.instant == datetime(2026, 3, 8, 2, 30, tzinfo=UTC)
    assert moment.assumed_utc


@pytest.mark.parametrize(("name", "bad", "good"), BAD)
def test_what_is_no_date_is_refused_and_its_neighbour_read(name: str, bad: Any, good: str) -> None:
    with pytest.raises(CredentialError) as refused:
        parse_date_time(bad, "/validFrom")
    assert (refused.value.code, refused.value.pointer) == ("bad_date", "/validFrom")
    assert len(str(refused.value)) < 200
    parse_date_time(good)


@pytest.mark.parametrize("value", [None, True, 1_767_225_600, 1.5, [], {}, b"2026-05-01T09:00:00Z"])
def test_other_types_are_no_dates(value: object) -> None:
    with pytest.raises(CredentialError, match="bad_date"):
        parse_date_time(value)
    with pytest.raises(CredentialError, match="bad_date"):
        parse_date(value)


def test_days_are_of_the_calendar() -> None:
    assert parse_date("2008-02-29") == date(2008, 2, 29)
    for bad in (
        "2007-02-29",
        "2008-2-29",
        "2008-02-29Z",
        "20080229",
        "2008-W09-5",
        "0000-01-01",
        "\u0662008-01-01",
    ):
        with pytest.raises(CredentialError, match="bad_date"):
            parse_date(bad)


def test_we_write_whole_seconds_of_utc() -> None:
    denver = timezone(timedelta(hours=-6))
    assert format_date_time(datetime(2026, 5, 1, 9, 0, 0, 999_999, tzinfo=denver)) == "2026-05-01T15:00:00Z"
    assert format_date_time(datetime(1, 2, 3, tzinfo=UTC)) == "0001-02-03T00:00:00Z"
    with pytest.raises(CredentialError, match="bad_date"):
        format_date_time(datetime(2026, 5, 1))  # noqa: DTZ001 (what is refused here is just this)


def test_a_period_may_be_of_one_moment_and_not_of_less() -> None:
    document = {
        "@context": [V2],
        "validFrom": "2026-05-01T09:00:00Z",
        "validUntil": "2026-05-01T11:00:00+02:00",
    }
    period = validity_period(document)
    assert period.end is not None
    assert period.begin.instant == period.end.instant
    with pytest.raises(CredentialError) as refused:
        validity_period({**document, "validUntil": "2026-05-01T10:59:59.999999+02:00"})
    assert (refused.value.code, refused.value.pointer) == ("valid_period", "/validUntil")


def test_a_period_of_the_older_model_is_read_from_its_own_members() -> None:
    period = validity_period(
        {"issuanceDate": "2023-05-01T09:00:00Z", "expirationDate": "2023-06-01T09:00:00Z"}
    )
    assert period.begin.instant.month == 5
    assert period.end is not None
    assert period.end.instant.month == 6
    with pytest.raises(CredentialError, match="valid_period"):
        validity_period({"issuanceDate": "2023-05-01T09:00:00Z", "expirationDate": "2023-04-01T09:00:00Z"})


def test_where_both_models_dates_stand_the_newer_one_is_read() -> None:
    mixed = {"validFrom": "2026-05-01T09:00:00Z", "issuanceDate": "2023-05-01T09:00:00Z"}
    assert validity_period(mixed).begin.instant.year == 2026


def test_a_period_without_beginning_is_refused_and_without_end_is_open() -> None:
    with pytest.raises(CredentialError) as refused:
        validity_period({"validUntil": "2026-05-01T09:00:00Z"})
    assert (refused.value.code, refused.value.pointer) == ("bad_date", "/validFrom")
    assert validity_period({"validFrom": "2026-05-01T09:00:00Z"}).end is None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-04-18T12:00:00Z", "2026-04-18"),
        ("2026-04-18T23:30:00-06:00", "2026-04-18"),
        ("2026-04-18T00:30:00+14:00", "2026-04-18"),
        ("2026-04-18T24:00:00Z", "2026-04-18"),
    ],
)
def test_a_day_is_the_one_that_is_written(text: str, day: str) -> None:
    assert day_written(text).isoformat() == day


@pytest.mark.parametrize("text", ["2026-04-18", "2026-02-30T12:00:00Z", "-0044-03-15T12:00:00Z", None, 7])
def test_no_day_is_read_from_what_is_no_moment(text: object) -> None:
    with pytest.raises(CredentialError):
        day_written(text)
