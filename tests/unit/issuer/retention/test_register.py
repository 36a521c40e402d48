"""Every table and every column is in the register, with its purpose; the inventory follows from it."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from html.parser import HTMLParser
from importlib import resources

import pytest

from issuer.catalog.retention import RecordClass, load_retention
from issuer.retention.inventory import HEADINGS, as_csv, as_html, as_json, elements
from issuer.retention.register import DELETE, EMPTY, Table, about_students, register, spanish
from issuer.store import all_tables
from issuer.store.tables import Base

SCHEDULE = load_retention(resources.files("issuer.catalog").joinpath("data", "retention.json").read_bytes())
TABLES = {one.name: one for one in Base.metadata.sorted_tables}


def test_every_table_is_in_the_register_and_nothing_else() -> None:
    assert all_tables.__all__
    assert {one.name for one in register()} == set(TABLES)


@pytest.mark.parametrize("table", register(), ids=lambda one: one.name)
def test_every_column_is_said_once(table: Table) -> None:
    said = [*table.elements, *table.technical]
    assert sorted(said) == sorted(column.name for column in TABLES[table.name].columns)
    named = {*table.dated, *({table.while_true} - {""})}
    assert named <= set(said)


@pytest.mark.parametrize("table", register(), ids=lambda one: one.name)
def test_what_names_a_student_is_about_students(table: Table) -> None:
    columns = {column.name for column in TABLES[table.name].columns}
    if columns & {"student_id", "award_ref", "credential_id", "share_id"}:
        assert table.about == "student"


def test_every_element_says_what_why_and_how_long() -> None:
    found = elements(SCHEDULE)
    assert len(found) > 80
    for one in found:
        assert all((one.what, one.why, one.how_long, one.basis, one.shared, one.where)), one
        assert not re.search(r"_|\bURN\b", one.what), one


def test_every_class_lets_something_go() -> None:
    for one in RecordClass:
        assert any(table.record_class is one and table.does in (DELETE, EMPTY) for table in about_students())


def test_a_register_that_says_something_else_is_refused() -> None:
    good = {"purpose": "p", "about": "nobody", "technical": ["district_id"]}
    assert Table.read("t", good).technical == ("district_id",)
    for bad in (
        good | {"about": "all"},
        good | {"owner": "x"},
        good | {"about": "student"},
        good | {"class": "roster"},
    ):
        with pytest.raises(ValueError, match="not read"):
            Table.read("t", bad)


def test_the_inventory_is_one_list_in_three_forms() -> None:
    found = elements(SCHEDULE)
    rows = list(csv.reader(io.StringIO(as_csv(found), newline="")))
    assert tuple(rows[0]) == HEADINGS
    assert len(rows) == len(found) + 1
    assert len(as_json(found, "Lakeside", SCHEDULE)["elements"]) == len(found)
    text = as_html(found, "Lake & Side <District>", SCHEDULE)
    seen = Seen()
    seen.feed(text)
    assert seen.items == len(found)
    assert "Lake &amp; Side &lt;District&gt;" in text
    assert "<script" not in text
    assert "http" not in text


class Seen(HTMLParser):
    """Counts the entries of lists."""

    items = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self.items += tag == "li"


@pytest.mark.parametrize(
    ("newest", "months", "first"),
    [
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 28)),
        (date(2024, 12, 31), 0, date(2024, 12, 31)),
        (date(2024, 12, 15), 1, date(2025, 1, 15)),
        (date(9990, 1, 1), 1_200, None),
    ],
)
def test_a_period_ends_on_a_day_of_the_calendar(newest: date, months: int, first: date | None) -> None:
    period = SCHEDULE.periods[RecordClass.SCORES]
    assert type(period)(months, on_request=True, basis="b").ends(newest) == first


def test_all_that_is_held_of_students_can_be_read_in_spanish() -> None:
    texts = {text for one in about_students() for text in (one.purpose, *one.elements.values())}
    assert set(spanish()) == texts, "write it in data/tables.es.toml, or take it out there"
    assert not [english for english, text in spanish().items() if not text.strip() or text == english]
    for one in about_students():
        (why, held), (english, _) = one.in_words("es"), one.in_words("en")
        assert (why, english) == (spanish()[one.purpose], one.purpose)
        assert held == tuple(dict.fromkeys(spanish()[text] for text in one.elements.values())), one.name
