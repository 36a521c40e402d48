"""What a report hides cannot be worked out from what it shows."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from issuer.catalog.suppression import SuppressionRules, default_suppression
from issuer.errors import IssuerError
from issuer.reports.bounds import width
from issuer.reports.figures import MOST_LABELS, Axis, Figures, Item, Listing, Rate, Table
from issuer.reports.rates import Mode
from issuer.reports.shown import Shown, ShownTable
from issuer.reports.suppression import suppress
from tests.unit.issuer.reports.recovering import SMALL, Span, is_hidden, spans, suspect

RULES = default_suppression()


def figures(
    cells: list[list[int]], people: list[int] | None = None, *, kinds: list[list[int]] | None = None
) -> Figures:
    """Schools by clusters; with `kinds`, clusters by kinds besides."""
    schools = tuple(f"School {number}" for number in range(len(cells)))
    clusters = tuple(f"Cluster {number}" for number in range(len(cells[0])))
    people = [sum(row) for row in cells] if people is None else people
    axes = {
        "school": Axis("school", "School", schools, tuple(people)),
        "cluster": Axis("cluster", "Cluster", clusters),
    }
    tables = [Table("first", "First", "school", "cluster", tuple(map(tuple, cells)))]
    if kinds is not None:
        names = tuple(f"Kind {number}" for number in range(len(kinds[0])))
        axes["kind"] = Axis("kind", "Kind", names)
        tables.append(Table("second", "Second", "cluster", "kind", tuple(map(tuple, kinds))))
    return Figures(sum(people), axes, tuple(tables))


def first(shown: Shown) -> ShownTable:
    return shown.tables[0]


def test_a_table_of_large_numbers_is_shown_whole() -> None:
    table = first(suppress(figures([[20, 30], [40, 50]]), RULES))
    assert table.cells == ((20, 30), (40, 50))
    assert (table.row_totals, table.column_totals, table.total) == ((50, 90), (60, 80), 140)


@pytest.mark.parametrize(("small", "hidden"), [(3, True), (4, False)])
def test_a_cell_below_four_is_hidden_with_three_that_would_tell_it(small: int, hidden: bool) -> None:  # noqa: FBT001 - a case
    table = first(suppress(figures([[small, 30, 40], [20, 30, 40], [25, 30, 50]]), RULES))
    assert (table.cells[0][0] is None) is hidden
    assert sum(cell is None for row in table.cells for cell in row) == (4 if hidden else 0)


def test_small_numbers_that_are_spread_over_a_column_do_not_hide_the_whole_table() -> None:
    table = first(suppress(figures([[1, 30, 40]] * 6), RULES))
    assert {row[0] for row in table.cells} == {None}
    assert any(row[2] is not None for row in table.cells)


def test_nought_is_a_small_number() -> None:
    assert first(suppress(figures([[0, 30], [20, 30]]), RULES)).cells[0][0] is None


@pytest.mark.parametrize(("people", "alone"), [(15, False), (16, True)])
def test_a_group_of_fewer_than_sixteen_people_is_shown_only_with_others(people: int, alone: bool) -> None:  # noqa: FBT001 - a case
    made = figures([[20, 20], [25, 30], [40, 50]], [people, 30, 60])
    groups = [group.labels for group in first(suppress(made, RULES)).rows.groups]
    assert groups == (
        [("School 0",), ("School 1",), ("School 2",)] if alone else [("School 2",), ("School 0", "School 1")]
    )


def test_groups_shown_together_are_of_sixteen_people_and_of_two_labels() -> None:
    made = figures([[3, 3], [2, 2], [20, 30], [40, 50]], [6, 4, 50, 90])
    groups = first(suppress(made, RULES)).rows.groups
    assert [(group.labels, group.people) for group in groups] == [
        (("School 3",), 90),
        (("School 0", "School 1", "School 2"), 60),
    ]


def test_an_axis_that_cannot_be_told_apart_is_not_shown() -> None:
    shown = suppress(figures([[10, 30], [50, 50]], [3, 60]), RULES)
    assert shown.axes["school"].groups == ()
    table = first(shown)
    assert (table.cells, table.row_totals, table.column_totals, table.total) == ((), (), (60, 80), 140)


@pytest.mark.parametrize(("people", "something"), [(15, False), (16, True)])
def test_a_district_of_fewer_than_sixteen_people_shows_nothing(people: int, something: bool) -> None:  # noqa: FBT001 - a case
    shown = suppress(figures([[20, 20]], [people]), RULES)
    assert (shown.people is not None) is something
    assert bool(shown.tables) is something


def test_without_complements_only_the_small_cells_go() -> None:
    plain = replace(RULES, complementary=False)
    assert first(suppress(figures([[3, 30], [20, 30]]), plain)).cells == ((None, 30), (20, 30))


def listed(*counts: int) -> tuple[str, ...]:
    made = figures([[sum(counts), 40], [50, 60]])
    items = [Item(f"Kind {n}", "Cluster 0", "", count) for n, count in enumerate(counts)]
    rest = [Item("Other", "Cluster 0", "", 50), Item("Another", "Cluster 1", "", 100)]
    made = replace(made, listings=(Listing("list", "List", "cluster", (*items, *rest)),))
    (shown,) = suppress(made, RULES).listings
    assert (shown.others or 0) + sum(item.count for item in shown.items) == sum(counts) + 150
    assert "Another" in {item.label for item in shown.items}
    return tuple(item.label for item in shown.items if item.label != "Another")


def test_a_line_below_four_is_named_with_no_number_and_no_remainder_tells_it() -> None:
    assert listed(10, 20) == ("Other", "Kind 1", "Kind 0")
    assert listed(3, 10, 20) == ("Other", "Kind 2")
    assert listed(3) == ()
    assert listed(3, 3) == ("Other",)
    assert listed(1, 1, 1) == ()
    assert listed(2, 2, 20) == ("Other",)


@given(st.lists(st.integers(1, 30), min_size=1, max_size=8))
def test_a_line_that_is_not_named_keeps_its_span(counts: list[int]) -> None:
    axes = {"cluster": Axis("cluster", "Cluster", ("One", "Two")), "all": Axis("all", "All", ("All",))}
    table = Table("first", "First", "all", "cluster", ((sum(counts), 100),))
    items = [Item(f"Kind {n}", "One", "", count) for n, count in enumerate(counts)]
    made = Figures(
        100,
        axes,
        (table,),
        (Listing("list", "List", "cluster", (*items, Item("Another", "Two", "", 100))),),
    )
    shown = suppress(made, RULES)
    if sum(counts) < RULES.assessment_min_cell:
        assert shown.axes["cluster"].groups == ()
        return
    named = [item for item in shown.listings[0].items if item.of == "One"]
    unnamed = len(counts) - len(named)
    left = sum(counts) - sum(item.count for item in named)
    # Each that is not named is at least one: so the most that one can be is what the others leave over.
    assert not named or not unnamed or left - unnamed >= RULES.assessment_min_cell
    assert all(item.count >= RULES.assessment_min_cell for item in named)


BROKEN = {
    "twice": lambda made: replace(made, people=made.people + 1),
    "other totals": lambda made: replace(
        made, tables=(*made.tables, Table("x", "X", "cluster", "kind", ((1,), (2,))))
    ),
    "a circle": lambda made: replace(made, tables=(*made.tables, replace(made.tables[0], name="again"))),
    "too few cells": lambda made: replace(made, tables=(replace(made.tables[0], cells=((1, 2),)),)),
    "a negative cell": lambda made: replace(
        made, tables=(replace(made.tables[0], cells=((-1, 51), (40, 50))),)
    ),
    "a list that does not add up": lambda made: replace(
        made, listings=(Listing("l", "L", "cluster", (Item("x", "Cluster 0", "", 1),)),)
    ),
    "a list without a table": lambda made: replace(made, listings=(Listing("l", "L", "kind", ()),)),
    "a list of what is not there": lambda made: replace(
        made, listings=(Listing("l", "L", "cluster", (Item("x", "Nowhere", "", 1),)),)
    ),
    "two lists of one axis": lambda made: replace(
        made,
        listings=tuple(
            Listing(name, "L", "cluster", (Item("x", "Cluster 0", "", 60), Item("y", "Cluster 1", "", 80)))
            for name in ("one", "two")
        ),
    ),
    "more than all": lambda made: replace(made, rates=(Rate("r", "R", "g", 3, 2),)),
    "two sizes": lambda made: replace(made, rates=(Rate("r", "R", "g", 1, 2), Rate("s", "S", "g", 1, 3))),
}


@pytest.mark.parametrize("name", BROKEN)
def test_figures_that_do_not_belong_together_are_refused(name: str) -> None:
    made = figures([[20, 30], [40, 50]])
    made = replace(made, axes={**made.axes, "kind": Axis("kind", "Kind", ("one",))})
    suppress(made, RULES)
    with pytest.raises(IssuerError, match="report_broken"):
        suppress(BROKEN[name](made), RULES)


def test_an_axis_has_a_bound() -> None:
    def wide(labels: int) -> Figures:
        made = figures([[20, 30], [40, 50]])
        long = Axis("long", "Long", tuple(map(str, range(labels))))
        return replace(made, axes={**made.axes, "long": long})

    suppress(wide(MOST_LABELS), RULES)
    with pytest.raises(IssuerError, match="report_broken"):
        suppress(wide(MOST_LABELS + 1), RULES)


# Somebody tries to work it out.

COUNT = st.integers(0, 5)


def grids(rows: int, columns: int) -> st.SearchStrategy[list[list[int]]]:
    return st.lists(st.lists(COUNT, min_size=columns, max_size=columns), min_size=rows, max_size=rows)


@st.composite
def any_figures(draw: st.DrawFn) -> Figures:
    rows, columns = draw(st.sampled_from([(1, 3), (2, 2), (2, 3), (3, 2), (3, 3), (4, 2)]))
    cells = draw(grids(rows, columns).filter(lambda made: sum(map(sum, made)) <= 18))
    # Somebody can earn several things, so there are at most as many people as things.
    people = [draw(st.integers(min(1, sum(row)), sum(row))) if any(row) else 0 for row in cells]
    return figures(cells, people)


def check_nothing_is_told(made: Figures, shown: Shown, rules: SuppressionRules) -> dict[str, Span]:
    found = spans(made, shown)
    for (name, row, column), span in found.items():
        assert span.most >= rules.assessment_min_cell, (name, row, column, span, shown)
        assert span.width >= rules.assessment_min_cell, (name, row, column, span, shown)
        if column is None and name == "first":
            assert span.width >= rules.assessment_min_n, (name, row, column, span, shown)
    return {f"{name} {row} {column}": span for (name, row, column), span in found.items()}


@settings(max_examples=150, deadline=None)
@given(any_figures())
def test_no_hidden_number_can_be_worked_out(made: Figures) -> None:
    shown = suppress(made, SMALL)
    if shown.people is not None:
        check_nothing_is_told(made, shown, SMALL)


@st.composite
def linked_figures(draw: st.DrawFn) -> Figures:
    """Two tables with the clusters in common: school by cluster, and cluster by kind."""
    cells = draw(grids(3, 2).filter(lambda made: 5 <= sum(map(sum, made)) <= 16))
    totals = [sum(column) for column in zip(*cells, strict=True)]
    kinds = []
    for total in totals:
        one = draw(st.integers(0, total))
        two = draw(st.integers(0, total - one))
        kinds.append([one, two, total - one - two])
    return figures(cells, kinds=kinds)


@settings(max_examples=100, deadline=None)
@given(linked_figures())
def test_two_tables_of_one_report_do_not_tell_together_what_each_hides(made: Figures) -> None:
    shown = suppress(made, SMALL)
    if shown.people is not None:
        check_nothing_is_told(made, shown, SMALL)


@settings(max_examples=60, deadline=None)
@given(any_figures(), any_figures())
def test_two_years_do_not_tell_together_what_each_hides(one: Figures, two: Figures) -> None:
    both = [suppress(made, SMALL) for made in (one, two)]
    for made, shown in zip((one, two), both, strict=True):
        if shown.people is None:
            continue
        # Their sums follow from what each shows: whatever fills one goes with whatever fills the other.
        check_nothing_is_told(made, shown, SMALL)


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(
        st.lists(st.lists(st.sampled_from([0, 1, 2, 5, 30]), min_size=4, max_size=4), min_size=2, max_size=6),
        st.lists(st.lists(st.integers(0, 40), min_size=4, max_size=4), min_size=2, max_size=6),
    ),
    st.data(),
)
def test_real_thresholds_keep_each_hidden_cell_in_its_span(
    cells: list[list[int]], data: st.DataObject
) -> None:
    people = [data.draw(st.integers(min(1, sum(row)), sum(row))) if any(row) else 0 for row in cells]
    shown = suppress(figures(cells, people), RULES)
    if shown.people is None:
        return
    table = first(shown)
    for group, total in zip(table.rows.groups, table.row_totals, strict=True):
        assert (group.people or 0) >= RULES.assessment_min_n
        assert total >= RULES.assessment_min_cell
    truth = [
        [
            sum(cells[int(row[-1])][int(column[-1])] for row in group.labels for column in other.labels)
            for other in table.columns.groups
        ]
        for group in table.rows.groups
    ]
    hidden = {
        (row, column)
        for row, line in enumerate(table.cells)
        for column, cell in enumerate(line)
        if cell is None
    }
    for cell in hidden:
        assert width(truth, hidden, cell, 4) >= 4
    for row, line in enumerate(table.cells):
        for column, shown_cell in enumerate(line):
            assert shown_cell is None or (shown_cell == truth[row][column] and shown_cell >= 4)


@settings(max_examples=100, deadline=None)
@given(grids(3, 3).filter(lambda made: 0 < sum(map(sum, made)) <= 14), st.data())
def test_the_span_of_a_cell_is_what_trying_all_finds(cells: list[list[int]], data: st.DataObject) -> None:
    everything = [(row, column) for row in range(3) for column in range(3)]
    hidden = set(data.draw(st.lists(st.sampled_from(everything), min_size=1, max_size=9, unique=True)))
    made = figures(cells)
    base = suppress(made, replace(SMALL, assessment_min_n=0, assessment_min_cell=0))
    shown_cells = tuple(
        tuple(None if (row, column) in hidden else cells[row][column] for column in range(3))
        for row in range(3)
    )
    shown = replace(base, tables=(replace(first(base), cells=shown_cells),))
    found = Span()
    row, column = min(hidden)
    for filling in suspect(made, made.tables[0], shown).fillings():
        found.take(filling[row * 3 + column])
    assert width(cells, hidden, (row, column), 1_000) == found.width


def test_somebody_who_tries_all_finds_what_plain_hiding_gives_away() -> None:
    """The twin: the search does find a hidden cell where only the small ones are hidden."""
    made = figures([[1, 4], [4, 4]])
    shown = suppress(made, replace(SMALL, complementary=False))
    assert is_hidden(first(shown), "School 0", "Cluster 0")
    assert spans(made, shown)["first", "School 0", "Cluster 0"].width == 0


# Rates.

TOKENS = [
    # of, met, base, percent
    (0, 0, "N/A", "N/A"),
    (1, 1, "15 or less", ">= 90%"),
    (10, 9, "15 or less", ">= 90%"),
    (15, 13, "15 or less", "87%"),
    (15, 15, "15 or less", ">= 90%"),
    (10, 1, "15 or less", "<= 10%"),
    (15, 0, "15 or less", "<= 10%"),
    (15, 2, "15 or less", "13%"),
    (16, 16, "16-50", ">= 98%"),
    (16, 15, "16-50", "94%"),
    (50, 49, "16-50", ">= 98%"),
    (50, 48, "16-50", "96%"),
    (50, 1, "16-50", "<= 2%"),
    (50, 2, "16-50", "4%"),
    (51, 51, "51", ">= 98%"),
    (51, 25, "51", "49.0%"),
    (200, 4, "200", "<= 2%"),
    (200, 150, "200", "75.0%"),
]


@pytest.mark.parametrize(("of", "met", "base", "percent"), TOKENS)
def test_graduation_tokens_of_all_students(of: int, met: int, base: str, percent: str) -> None:
    (rate,) = suppress(Figures(0, {}, (), (), (Rate("r", "R", "g", met, of),)), RULES, Mode.GRADUATION).rates
    assert (rate.base, rate.percent, rate.met) == (base, percent, None)


SUBGROUPS = [
    # all, of, met, base, percent
    (15, 8, 4, "(-)", "(-)"),
    (15, 0, 0, "(-)", "(-)"),
    (16, 0, 0, "N/A", "N/A"),
    (16, 8, 4, "50 or less", "50%"),
    (16, 8, 8, "50 or less", ">= 98%"),
    (100, 50, 1, "50 or less", "<= 2%"),
    (100, 51, 50, "51 or greater", ">= 98%"),
    (100, 51, 25, "51 or greater", "49%"),
    (100, 14, 13, "50 or less", "93%"),
]


@pytest.mark.parametrize(("whole", "of", "met", "base", "percent"), SUBGROUPS)
def test_graduation_tokens_of_a_subgroup(whole: int, of: int, met: int, base: str, percent: str) -> None:
    rates = (Rate("all", "All", "all", whole // 2, whole), Rate("r", "R", "g", met, of, subgroup=True))
    rate = suppress(Figures(0, {}, (), (), rates), RULES, Mode.GRADUATION).rates[1]
    assert (rate.base, rate.percent) == (base, percent)


ASSESSED = [
    # of, met, base, met shown, percent
    (15, 8, None, None, None),
    (16, 8, "16", 8, "50.0%"),
    (16, 4, "16", 4, "25.0%"),
    (16, 3, "16", None, None),
    (16, 0, "16", None, None),
    (16, 12, "16", 12, "75.0%"),
    (16, 13, None, 13, None),
    (16, 16, None, 16, None),
    (None, 15, None, None, None),
    (None, 16, None, 16, None),
]


@pytest.mark.parametrize(("of", "met", "base", "shown", "percent"), ASSESSED)
def test_rates_by_number(
    of: int | None, met: int, base: str | None, shown: int | None, percent: str | None
) -> None:
    made = replace(figures([[20, 30], [40, 50]]), rates=(Rate("r", "R", "g", met, of),))
    (rate,) = suppress(made, RULES).rates
    assert (rate.base, rate.met, rate.percent, rate.recorded) == (base, shown, percent, True)


@pytest.mark.parametrize(("met", "shown"), [(15, None), (16, 16)])
def test_where_all_else_is_of_too_few_a_rate_is_of_sixteen(met: int, shown: int | None) -> None:
    (rate,) = suppress(Figures(15, {}, (), (), (Rate("r", "R", "g", met, 400),)), RULES).rates
    assert rate.met == shown


def test_what_nobody_recorded_is_not_nought() -> None:
    made = replace(figures([[20, 30], [40, 50]]), rates=(Rate("r", "R", "g", None, 100),))
    for mode in Mode:
        (rate,) = suppress(made, RULES, mode).rates
        assert (rate.recorded, rate.met, rate.percent) == (False, None, None)


@pytest.mark.parametrize("mode", list(Mode))
def test_a_size_that_would_tell_of_a_few_others_is_shown_for_no_rate_of_the_group(mode: Mode) -> None:
    """97 of 100 have one, and the table says 97: with 100 shown anywhere, three have none."""
    rates = (Rate("most", "Most", "all", 97, 100), Rate("some", "Some", "all", 40, 100))
    made = replace(figures([[40], [57]]), rates=rates)
    shown = suppress(made, RULES, mode)
    assert "100" not in {rate.base for rate in shown.rates}
    assert shown.rates[0].percent is None


def test_beside_counts_a_rate_does_not_tell_of_a_few() -> None:
    made = replace(figures([[40], [57]]), rates=(Rate("r", "R", "all", 3, 120),))
    (rate,) = suppress(made, RULES, Mode.GRADUATION).rates
    assert (rate.base, rate.percent) == ("120", None)
