"""A report as people read it: sections with a table each, and a picture where one helps.

A cell that is None is hidden; every writer prints the same mark for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from issuer.catalog.suppression import SuppressionRules
from issuer.reports.charts import Bar, Stack, bars, nested, sparkline, stacked
from issuer.reports.facts import ends
from issuer.reports.gather import Rows
from issuer.reports.metrics import CATEGORIES, certificates, outcomes
from issuer.reports.shown import HIDDEN, Group, Shown, ShownListing, ShownRate, ShownTable
from issuer.reports.suppression import Mode, suppress

NO_DATA = "no data recorded"
YEARS = 5
"""How many school years the line over years has."""

Value = int | str | None

_MODES = {Mode.ASSESSMENT: "reports of results", Mode.GRADUATION: "graduation reports"}


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a report.

    Args:
        name: Its id.
        title: In words.
        words: What a reader must know, in sentences.
        head: The names of its columns.
        rows: Its rows; the first cell of each is its label.
        chart: SVG, or "".
    """

    name: str
    title: str
    words: tuple[str, ...]
    head: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    chart: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """A report.

    Args:
        title: In words.
        district: Whose.
        year: The school year, by the year in which it ends.
        facts: What it was made from and by which rules: name and value.
        notes: What a reader must know, in sentences.
        sections: Its parts.
    """

    title: str
    district: str
    year: int
    facts: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    sections: tuple[Section, ...]


NAMES = {
    "accountability": "Industry certifications: accountability report",
    "schools": "Industry certifications by school",
    "kinds": "Industry certifications by kind",
    "indicators": "Four career indicators",
    "outcomes": "After the certification",
}
"""Reports of counts. Each is a part of the first, and what is hidden in it is what is hidden there."""
_PARTS = {
    "schools": ("years", "schools", "by_school"),
    "kinds": ("clusters", "by_kind", "by_sort"),
    "indicators": ("indicators",),
    "outcomes": ("outcomes",),
}


def make_report(
    name: str,
    rows: Rows,
    year: int,
    *,
    rules: SuppressionRules,
    mode: Mode,
    students: int | None,
    today: date,
) -> Report:
    """A report of counts; every number has gone through `suppress`.

    Args:
        name: One of `NAMES`.
        rows: What is counted.
        year: The school year, by the year in which it ends.
        rules: The rules of suppression.
        mode: How rates are written.
        students: How many students the district had, or None.
        today: The day on which it is made.
    """
    shown = _counts(rows, year, rules, mode, students)
    after = suppress(outcomes(rows.earned, rows.outcomes, year), rules, mode)
    trend = [
        (one, shown if one == year else _counts(rows, one, rules, mode, None))
        for one in range(year - YEARS + 1, year + 1)
    ]
    sections = [_years(trend), *_sections(shown), _indicators(shown, mode), _after(after, mode)]
    wanted = _PARTS.get(name)
    return Report(
        NAMES[name],
        rows.district,
        year,
        _facts(year, rules, mode, today),
        tuple(_notes(rows, shown, year, rules, today)),
        tuple(one for one in sections if wanted is None or one.name in wanted),
    )


def year_name(year: int) -> str:
    """A school year as people write it: 2025-26."""
    return f"{year - 1}-{year % 100:02d}"


def _counts(rows: Rows, year: int, rules: SuppressionRules, mode: Mode, students: int | None) -> Shown:
    figures = certificates(rows.earned, year, schools=rows.schools, clusters=rows.clusters, students=students)
    return suppress(figures, rules, mode)


def _facts(year: int, rules: SuppressionRules, mode: Mode, today: date) -> tuple[tuple[str, str], ...]:
    edition = f", edition {rules.heading.version}" if rules.heading else ""
    return (
        ("School year", f"{year_name(year)}, July 1, {year - 1}, to June 30, {year}"),
        ("Made on", f"{today:%B} {today.day}, {today.year}"),
        ("Small numbers", f"as in the state's {_MODES[mode]}{edition}"),
    )


def _notes(rows: Rows, shown: Shown, year: int, rules: SuppressionRules, today: date) -> Iterable[str]:
    least, cell = rules.assessment_min_n, rules.assessment_min_cell
    if shown.people is None:
        yield (
            f"Fewer than {least} students earned an industry certification in this year. For so few a "
            "district shows no numbers of its own: use the state's report, to which it contributes."
        )
    else:
        yield (
            f"{HIDDEN} is a number that is not shown, so that nobody can be picked out: groups of fewer than "
            f"{least} students, numbers below {cell}, and others from which those could be worked out."
        )
    if today <= ends(year):
        yield (
            "This school year is not over. Do not publish this report: two reports on one year can be "
            "subtracted from each other."
        )
    yield "A withdrawn badge is not counted. A student counts once for each kind, at one school in a year."
    if rows.unknown:
        yield f"Not counted, because no edition of the catalogue has them: {', '.join(rows.unknown)}."


def _years(trend: Sequence[tuple[int, Shown]]) -> Section:
    rows = [(year_name(year), shown.people, _total(shown)) for year, shown in trend]
    drawn = [Bar(str(year), shown.people) for year, shown in trend]
    return Section(
        "years",
        "Students with a certification, by school year",
        (),
        ("School year", "Students", "Certifications"),
        tuple(rows),
        sparkline("years", "Students with a certification, by school year", drawn),
    )


def _total(shown: Shown) -> int | None:
    return shown.tables[0].total if shown.tables else None


def _sections(shown: Shown) -> Iterable[Section]:
    if shown.people is None:
        return
    (by_school,), (by_kind,) = shown.tables, shown.listings
    yield _schools(shown, by_school)
    yield _clusters(by_school)
    yield _table(by_school)
    yield _kinds(by_kind)
    yield _sorts(by_kind)


def _kinds(listing: ShownListing) -> Section:
    rows: list[tuple[Value, ...]] = [(one.label, one.of, one.sort, one.count) for one in listing.items]
    if listing.others is not None:
        rows.append(("Other kinds together", "", "", listing.others))
    head = ("Kind", "Career cluster", "Sort", "Students")
    return Section(listing.name, listing.title, (), head, tuple(rows))


def _sorts(listing: ShownListing) -> Section:
    """By sort, added up from the lines that are shown: so it tells nothing that they do not."""
    sums = {sort: sum(one.count for one in listing.items if one.sort == sort) for sort in CATEGORIES.values()}
    rows: list[tuple[Value, ...]] = [(sort, count) for sort, count in sums.items() if count]
    if listing.others is not None:
        rows.append(("Of kinds that are not shown", listing.others))
    drawn = [Bar(str(row[0]), row[1]) for row in rows if isinstance(row[1], int)]
    title = "By sort of certification"
    return Section(
        "by_sort",
        title,
        ("College courses and college certificates are no industry certifications: see college credit.",),
        ("Sort", "Certifications"),
        tuple(rows),
        bars("by_sort", title, drawn),
    )


def _schools(shown: Shown, table: ShownTable) -> Section:
    groups = shown.axes["school"].groups
    rows = [
        (_label(group), group.people, total) for group, total in zip(groups, table.row_totals, strict=True)
    ]
    return Section(
        "schools",
        "By school",
        _alone(groups, "school"),
        ("School", "Students", "Certifications"),
        (*rows, ("All schools", shown.people, table.total)),
        bars(
            "schools", "Students with a certification, by school", [Bar(_label(g), g.people) for g in groups]
        )
        if groups
        else "",
    )


def _clusters(table: ShownTable) -> Section:
    groups = table.columns.groups
    rows = [(_label(group), total) for group, total in zip(groups, table.column_totals, strict=True)]
    return Section(
        "clusters",
        "By career cluster",
        _alone(groups, "career cluster"),
        ("Career cluster", "Certifications"),
        (*rows, ("All clusters", table.total)),
        bars("clusters", "Certifications by career cluster", [Bar(label, total) for label, total in rows])
        if groups
        else "",
    )


def _alone(groups: Sequence[Group], what: str) -> tuple[str, ...]:
    """What is said where not everything stands alone."""
    if not groups:
        return (f"No {what} can be shown without telling of few students.",)
    if any(len(group.labels) > 1 for group in groups):
        return (f"Each {what} with few students is counted together with others.",)
    return ()


def _label(group: Group) -> str:
    return group.labels[0] if len(group.labels) == 1 else "Together: " + "; ".join(group.labels)


def _short(group: Group) -> str:
    return group.labels[0] if len(group.labels) == 1 else "Others together"


def _table(table: ShownTable) -> Section:
    head = (table.rows.title, *(_short(group) for group in table.columns.groups), "All")
    if all(cell is None for line in table.cells for cell in line):
        words = ("This table cannot be shown without telling of few students.",)
        return Section(table.name, table.title, words, (), ())
    rows: list[tuple[Value, ...]] = [
        (_label(group), *cells, total)
        for group, cells, total in zip(table.rows.groups, table.cells, table.row_totals, strict=True)
    ]
    rows.append(("All", *table.column_totals, table.total))
    chart = ""
    complete = all(cell is not None for line in table.cells for cell in line)
    if complete and 1 < len(table.columns.groups) <= 4:  # noqa: PLR2004 - more parts nobody tells apart
        chart = stacked(
            table.name,
            table.title,
            [_short(group) for group in table.columns.groups],
            [
                Stack(_label(group), cells)
                for group, cells in zip(table.rows.groups, table.cells, strict=True)
            ],
        )
    return Section(table.name, table.title, (), head, tuple(rows), chart)


def _rate_row(rate: ShownRate) -> tuple[Value, ...]:
    if not rate.recorded:
        return (rate.title, NO_DATA, "", "")
    return (rate.title, rate.met, rate.base, rate.percent)


def _indicators(shown: Shown, mode: Mode) -> Section:
    drawn = [
        Bar(rate.title, float(rate.share) if rate.share is not None else None, rate.percent or HIDDEN)
        for rate in shown.rates
        if rate.recorded and rate.percent is not None
    ]
    words = [
        "From the self-reflection framework for career readiness, outcome 3a.",
        "Its ratings of 1 to 4 are given by people, not by this report.",
    ]
    if mode is Mode.GRADUATION:
        words.append(
            "Rates are written as in the state's graduation reports, without the numbers of students."
        )
    elif all(rate.base is None for rate in shown.rates):
        words.append("The number of all students is not given or not shown, so there are no rates.")
    return Section(
        "indicators",
        "Four career indicators",
        tuple(words),
        ("Indicator", "Students", "Of", "Rate"),
        tuple(_rate_row(rate) for rate in shown.rates),
        bars("indicators", "Four career indicators, in per cent of all students", drawn, full=100)
        if any(bar.value is not None for bar in drawn)
        else "",
    )


def _after(shown: Shown, mode: Mode) -> Section:
    title = "After the certification"
    words = ("Only those are counted who consented, or whose guardian did. The base is who answered.",)
    base = next((rate.base for rate in shown.rates if rate.base), None)
    chart = ""
    if mode is Mode.ASSESSMENT and base is not None and any(rate.met is not None for rate in shown.rates):
        chart = nested(
            "outcomes",
            "After the certification: of those who answered",
            [Bar("Answered", int(base)), *(Bar(rate.title, rate.met) for rate in shown.rates)],
        )
    rows = tuple(_rate_row(rate) for rate in shown.rates)
    return Section(
        "outcomes", title, tuple(words), ("What became of them", "Students", "Of", "Rate"), rows, chart
    )
