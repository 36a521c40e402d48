"""Charts say in words what they show, and hold whatever text they are given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from lxml import etree

from issuer.reports.charts import MOST_BARS, Bar, Stack, bars, nested, sparkline, stacked

EVIL = "<script>alert(1)</script> & \"x\" 'y'"
NAMED = {
    "bars": lambda label: bars("c", label, [Bar(label, 3), Bar("hidden", None), Bar("nought", 0)]),
    "stacked": lambda label: stacked("c", label, [label, "two"], [Stack(label, (3, None))]),
    "nested": lambda label: nested("c", label, [Bar("all", 9), Bar(label, 3), Bar("hidden", None)]),
    "sparkline": lambda label: sparkline("c", label, [Bar("2024", 3), Bar(label, None), Bar("2026", 4)]),
}
SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("draw", NAMED.values(), ids=NAMED)
def test_a_chart_has_a_name_and_says_what_it_shows(draw: Callable[[str], str]) -> None:
    drawn: Any = etree.fromstring(draw("Label"))
    assert drawn.get("role") == "img"
    named = [drawn.findtext(f".//*[@id='{one}']") for one in (drawn.get("aria-labelledby") or "").split()]
    assert named[0] == "Label"
    assert "3" in (named[1] or "")
    assert "not shown" in (named[1] or "")


@pytest.mark.parametrize("draw", NAMED.values(), ids=NAMED)
def test_what_somebody_wrote_stays_text(draw: Callable[[str], str]) -> None:
    drawn: Any = etree.fromstring(draw(EVIL))
    assert drawn.findtext(f"{SVG}title") == EVIL
    tags = {str(one.tag).removeprefix(SVG) for one in drawn.iter()}
    assert tags <= {"svg", "title", "desc", "text", "rect", "path", "circle", "defs", "pattern"}
    said = {str(name) for one in drawn.iter() for name in one.attrib}
    assert not any(name.startswith("on") or name in {"style", "href"} for name in said)


@pytest.mark.parametrize("draw", NAMED.values(), ids=NAMED)
def test_everything_stands_inside(draw: Callable[[str], str]) -> None:
    drawn: Any = etree.fromstring(draw("Label"))
    _, _, width, height = map(float, (drawn.get("viewBox") or "").split())
    for one in drawn.iter(f"{SVG}text"):
        assert 0 <= float(one.get("x") or 0) <= width
        assert 0 <= float(one.get("y") or 0) <= height
    for one in drawn.iterchildren(f"{SVG}rect"):
        assert float(one.get("x") or 0) + float(one.get("width") or 0) <= width


def test_a_hidden_number_has_no_bar() -> None:
    assert bars("c", "t", [Bar("a", None)]).count("<rect") == 0
    assert bars("c", "t", [Bar("a", 1)]).count("<rect") == 1


def test_a_line_is_broken_where_a_number_is_hidden() -> None:
    drawn = sparkline("c", "t", [Bar("1", 1), Bar("2", 2), Bar("3", None), Bar("4", 3), Bar("5", 4)])
    assert drawn.count("<circle") == 4
    tree: Any = etree.fromstring(drawn)
    (path,) = tree.iterchildren(f"{SVG}path")
    assert (path.get("d") or "").count("M") == 2


def test_there_are_as_many_bars_as_somebody_can_compare() -> None:
    assert bars("c", "t", [Bar(str(n), n) for n in range(MOST_BARS)]).count("<rect") == MOST_BARS
    assert bars("c", "t", [Bar(str(n), n) for n in range(MOST_BARS + 1)]).count("<rect") == MOST_BARS


def test_series_are_told_apart_by_pattern_and_only_so_many() -> None:
    six = [str(n) for n in range(6)]
    drawn: Any = etree.fromstring(stacked("c", "t", six, [Stack("a", (1,) * 6)]))
    patterns = [etree.tostring(one) for one in drawn.iter(f"{SVG}pattern")]
    assert len({p.split(b">", 1)[1] for p in patterns}) == 6
    with pytest.raises(ValueError, match="tells 6 series apart"):
        stacked("c", "t", [*six, "7"], [])


def test_a_bar_within_a_bar_is_no_longer() -> None:
    nested("c", "t", [Bar("all", 3), Bar("some", 3)])
    with pytest.raises(ValueError, match="no longer"):
        nested("c", "t", [Bar("all", 3), Bar("some", 4)])
