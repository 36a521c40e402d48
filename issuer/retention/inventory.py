"""The list of data elements and purposes that a district posts, made from the register of tables.

The law asks for it in plain words (C.R.S. 22-16-107 and following): what is held, about whom, why, how long.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Final

from issuer.catalog.retention import CLASS_NAMES, Schedule
from issuer.reports.cells import csv_text
from issuer.retention.register import register

ABOUT_NAMES: Final = {
    "student": "Students",
    "staff": "Staff of the district",
    "committee": "Members of the committee",
}
SHARED: Final = {
    "student": "Nobody, unless the student or a guardian gives a badge away",
    "staff": "Nobody",
    "committee": "Readers of badges, where a member endorsed one",
}
HEADINGS: Final = ("About whom", "What", "Why", "How long", "By which rule", "Who gets it", "Where")
NEVER: Final = (
    "Never held: Social Security numbers, race, lunch status, disability, language status, discipline, home "
    "address, location, and what a browser does. Nothing is sold, nobody is profiled, and nothing is used "
    "for advertising."
)


@dataclass(frozen=True, slots=True)
class Element:
    """One thing that is held.

    Attributes:
        about: About whom.
        what: In plain words.
        why: The purpose.
        how_long: How long it is kept.
        basis: The law or policy, as the district says it.
        shared: Who gets it.
        where: Table and column.
    """

    about: str
    what: str
    why: str
    how_long: str
    basis: str
    shared: str
    where: str


def elements(schedule: Schedule) -> tuple[Element, ...]:
    """Every data element about people, students first."""
    found = []
    for about, named in ABOUT_NAMES.items():
        for table in register():
            if table.about != about:
                continue
            if table.record_class is None:
                how_long, basis = (
                    "As long as the district works with Cairn",
                    "So that what was done can be shown",
                )
            else:
                period = schedule.periods[table.record_class]
                months = "For good" if period.months is None else f"{period.months} months after the newest"
                how_long, basis = f"{months}: {CLASS_NAMES[table.record_class]}", period.basis
            found += [
                Element(named, what, table.purpose, how_long, basis, SHARED[about], f"{table.name}.{column}")
                for column, what in table.elements.items()
            ]
    return tuple(found)


def as_json(found: Sequence[Element], district: str, schedule: Schedule) -> dict[str, Any]:
    """The inventory as a JSON value."""
    return {
        "district": district,
        "rulesOfRetention": schedule.heading.version,
        "never": NEVER,
        "elements": [asdict(one) for one in found],
    }


def as_csv(found: Sequence[Element]) -> str:
    """The inventory as a table for a spreadsheet."""
    return csv_text([HEADINGS, *(_cells(one) for one in found)])


def as_html(found: Sequence[Element], district: str, schedule: Schedule) -> str:
    """The inventory as one page that needs nothing else, to be put on the district's site."""
    parts = [
        (
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f"<title>What {html.escape(district)} holds in Cairn</title>\n<style>{_STYLE}</style>\n</head>\n"
            f"<body>\n<main>\n<h1>What {html.escape(district)} holds in Cairn, and why</h1>\n"
            f"<p>{html.escape(NEVER)}</p>\n<p>Periods: {html.escape(schedule.heading.about)}</p>\n"
        )
    ]
    for about in ABOUT_NAMES.values():
        own = [one for one in found if one.about == about]
        parts.append(f"<h2>{html.escape(about)}</h2>\n")
        parts += [_group(own, why) for why in dict.fromkeys(one.why for one in own)]
    parts.append(
        f"<p>Rules of retention: {html.escape(schedule.heading.version)}</p>\n</main>\n</body>\n</html>\n"
    )
    return "".join(parts)


def _group(own: Sequence[Element], why: str) -> str:
    rows = [one for one in own if one.why == why]
    listed = "".join(f"<li>{html.escape(one.what)}</li>\n" for one in rows)
    first = rows[0]
    return (
        f"<section>\n<h3>{html.escape(why)}</h3>\n<ul>\n{listed}</ul>\n<dl>\n"
        f"<div><dt>How long</dt><dd>{html.escape(first.how_long)}. {html.escape(first.basis)}</dd></div>\n"
        f"<div><dt>Who gets it</dt><dd>{html.escape(first.shared)}</dd></div>\n</dl>\n</section>\n"
    )


def _cells(one: Element) -> list[str]:
    return [str(getattr(one, field.name)) for field in fields(one)]


_STYLE: Final = (
    "body{font:1.05rem/1.5 system-ui,sans-serif;color:#141c26;background:#fff;margin:0}"
    "main{max-width:46rem;margin:0 auto;padding:1rem}"
    "section{border-top:1px solid #c9d1d9;padding:.25rem 0}h3{font-size:1.05rem;margin:.75rem 0 .25rem}"
    "dl div{display:flex;flex-wrap:wrap;gap:0 .75rem}dt{font-weight:600;min-width:7rem}"
    "dd{margin:0;flex:1 1 20rem}"
    "@media print{section{break-inside:avoid}}"
)
