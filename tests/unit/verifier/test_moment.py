"""Which moments can be asked about: a day up to its end, a point in time, never what has not come."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from verifier.moment import MomentRefused, parse_moment

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-05-01", "2026-05-01T23:59:59+00:00"),
        ("2024-02-29", "2024-02-29T23:59:59+00:00"),
        ("2026-05-01T09:00:00Z", "2026-05-01T09:00:00+00:00"),
        ("2026-05-01T09:00:00-06:00", "2026-05-01T15:00:00+00:00"),
        ("2026-06-01T12:00:00Z", "2026-06-01T12:00:00+00:00"),
        ("2026-05-31", "2026-05-31T23:59:59+00:00"),
    ],
)
def test_a_day_is_asked_about_up_to_its_end_and_a_time_as_it_stands(text: str, moment: str) -> None:
    assert parse_moment(text, NOW).isoformat() == moment


def test_the_day_that_it_is_anywhere_means_now() -> None:
    assert parse_moment("2026-06-01", NOW) == NOW
    evening = NOW.replace(hour=10)
    assert parse_moment("2026-06-02", evening) == evening  # it is the second of June already on Kiritimati
    with pytest.raises(MomentRefused):
        parse_moment("2026-06-02", NOW.replace(hour=9, minute=59))


@pytest.mark.parametrize("text", ["2026-06-03", "2026-06-01T12:00:01Z", "9999-12-31", "2026-06-01T23:59:59Z"])
def test_what_has_not_come_is_refused(text: str) -> None:
    with pytest.raises(MomentRefused) as refused:
        parse_moment(text, NOW)
    assert refused.value.code == "future_moment"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2026-13-01",
        "2026-02-30",
        "05/01/2026",
        "2026-05-01 09:00",
        "T",
        "0000-00-00",
        "٢٠٢٦-05-01",
    ],
)
def test_what_names_no_moment_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(MomentRefused) as refused:
        parse_moment(text, NOW)
    assert refused.value.code == "bad_moment"
    assert "2026-05-01" in refused.value.message
