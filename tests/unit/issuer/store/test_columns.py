"""What SQLite and PostgreSQL would answer differently is refused before either is asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import select

from issuer.errors import IssuerError
from issuer.store.columns import canonical_json, checked_text, checked_time
from issuer.store.session import Store
from issuer.store.tables import District

WEST = timezone(timedelta(hours=-14))


def district(**changes: Any) -> District:
    facts: dict[str, Any] = {
        "id": "d",
        "name": "Zoë’s 学校 🏫",
        "tag": "D",
        "origin": "https://d.example",
        "did": "did:web:d.example",
        "profile": {"url": "https://d.example"},
        "code_salt": b"\x00\xff",
        "created": datetime(2026, 6, 1, 12, 0, 0, 123456, UTC),
    }
    return District(**(facts | changes))


BAD_VALUES: list[tuple[dict[str, Any], str]] = [
    ({"name": "a\x00b"}, "bad_text"),
    ({"name": "half \ud83c"}, "bad_text"),
    ({"profile": {"a": float("nan")}}, "bad_number"),
    ({"profile": {"a": [1, {"b": float("inf")}]}}, "bad_number"),
    ({"profile": {"a\x00": 1}}, "bad_text"),
    ({"profile": {"a": ["\udfff"]}}, "bad_text"),
    ({"created": datetime(2026, 6, 1, 12)}, "bad_time"),  # noqa: DTZ001 - the missing zone is what is refused
    ({"created": datetime(9999, 12, 31, 23, 59, tzinfo=WEST)}, "bad_time"),
    ({"created": datetime(9999, 1, 1, tzinfo=UTC)}, "bad_time"),
]


def test_bad_values_never_reach_the_database(store: Store) -> None:
    for changes, code in BAD_VALUES:
        with pytest.raises(IssuerError, match=code), store.transaction() as session:
            session.add(district(**changes))
    with store.reading() as session:
        assert session.scalars(select(District)).all() == []


def test_what_is_stored_comes_back_unchanged(store: Store) -> None:
    with store.transaction() as session:
        session.add(district())
    with store.reading() as session:
        row = session.scalars(select(District)).one()
    assert (row.name, row.code_salt) == ("Zoë’s 学校 🏫", b"\x00\xff")
    assert row.created == datetime(2026, 6, 1, 12, 0, 0, 123456, UTC)
    assert row.created.tzinfo is UTC


@pytest.mark.parametrize(
    "moment", [datetime(9998, 12, 31, 23, 59, tzinfo=UTC), datetime(1, 1, 1, tzinfo=UTC)]
)
def test_the_outermost_times_come_back_unchanged(store: Store, moment: datetime) -> None:
    with store.transaction() as session:
        session.add(district(created=moment))
    with store.reading() as session:
        assert session.scalars(select(District)).one().created == moment


def test_times_are_kept_in_utc(store: Store) -> None:
    denver = timezone(timedelta(hours=-6))
    with store.transaction() as session:
        session.add(district(created=datetime(2026, 6, 1, 6, tzinfo=denver)))
    with store.reading() as session:
        assert session.scalars(select(District)).one().created.hour == 12


def test_before_the_year_1_is_refused() -> None:
    with pytest.raises(IssuerError, match="bad_time"):
        checked_time(datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))))


def test_canonical_json_is_one_spelling() -> None:
    assert canonical_json({"b": [1, "é"], "a": None}) == canonical_json({"a": None, "b": (1, "é")})
    assert canonical_json({"b": 1, "a": "é"}) == '{"a":"é","b":1}'


def test_a_text_that_spells_an_escape_out_is_a_text() -> None:
    assert canonical_json({"a": "\\u0000"}) == '{"a":"\\\\u0000"}'
    with pytest.raises(IssuerError, match="bad_text"):
        canonical_json({"a": "\\u0000", "b": "\x00"})


def test_text_without_faults_passes() -> None:
    assert checked_text("Nguyễn \U0001f3eb") == "Nguyễn \U0001f3eb"
