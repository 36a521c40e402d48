"""Charts as SVG, drawn on the server: bars, stacked bars, a line over years, a bar within a bar.

Each is as wide as a telephone, so that its letters can be read there. Nothing is said by colour alone: every
bar has its number beside it and every series its pattern. There are presentation attributes only, since a
strict policy forbids styles within a page. Each has an accessible name and description, and the same numbers
stand in a table beside it. A hidden number is a mark without a bar.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from issuer.reports.shown import HIDDEN

WIDTH = 380
"""Of every chart, in its own units."""
MOST_BARS = 60
"""More than a person compares; what is above is left to the table."""
_INK, _MUTED, _BAR, _LINE = "#1b2733", "#4a5763", "#0b4f8a", "#6b7885"
_FONT = 'font-family="system-ui, Segoe UI, Helvetica Neue, Arial, sans-serif" font-size="13"'
_ROOM = WIDTH - 48  # what a bar may take, so that its number fits behind it
_STEP = 44
_THICK = 16
_WHITE = '<rect width="8" height="8" fill="#fff"/>'
_PATTERNS = (
    f'<rect width="8" height="8" fill="{_BAR}"/>',
    _WHITE + f'<path d="M0 8L8 0M-2 2L2 -2M6 10L10 6" stroke="{_BAR}" stroke-width="2.5"/>',
    f'<rect width="8" height="8" fill="#dbe7f3"/><circle cx="4" cy="4" r="1.8" fill="{_INK}"/>',
    _WHITE + f'<path d="M0 4H8M4 0V8" stroke="{_INK}" stroke-width="1.2"/>',
    '<rect width="8" height="8" fill="#9db8d2"/>',
    _WHITE,
)


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar.

    Args:
        label: What it stands for.
        value: How long it is; None where that is hidden.
        written: The number as it may be written; "" for the value itself.
    """

    label: str
    value: float | None
    written: str = ""

    @property
    def text(self) -> str:
        """What stands behind the bar."""
        if self.value is None:
            return self.written or HIDDEN
        return self.written or f"{self.value:g}"


@dataclass(frozen=True, slots=True)
class Stack:
    """A bar of several parts, one for each series; None where a part is hidden."""

    label: str
    parts: tuple[int | None, ...]


def bars(name: str, title: str, items: Sequence[Bar], *, full: float | None = None) -> str:
    """Lying bars, each below its label.

    Args:
        name: An id that no other chart of the page has.
        title: The chart's accessible name.
        items: The bars, at most `MOST_BARS`.
        full: What the whole width stands for; the longest bar where it is not said.
    """
    items = items[:MOST_BARS]
    most = full or max((one.value or 0 for one in items), default=0) or 1
    drawn = []
    for number, one in enumerate(items):
        top = number * _STEP
        length = _length(one.value, most)
        drawn.append(_text(0, top + 14, _cut(one.label)))
        if one.value is not None:
            drawn.append(f'<rect x="0" y="{top + 20}" width="{length:.1f}" height="{_THICK}" fill="{_BAR}"/>')
        drawn.append(_text((length if one.value is not None else 0) + 6, top + 33, one.text, bold=True))
    said = "; ".join(f"{one.label}: {_spoken(one.value, one.text)}" for one in items)
    return _svg(name, title, said, len(items) * _STEP, drawn)


def stacked(name: str, title: str, series: Sequence[str], items: Sequence[Stack]) -> str:
    """Lying bars of parts that add up, with a legend. A hidden part leaves no trace but a mark at the end.

    Raises:
        ValueError: More series than there are patterns.
    """
    if len(series) > len(_PATTERNS):
        raise ValueError(f"a stacked bar tells {len(_PATTERNS)} series apart, not {len(series)}")
    items = items[:MOST_BARS]
    most = max((sum(part or 0 for part in one.parts) for one in items), default=0) or 1
    drawn = [_patterns(name, len(series))]
    for number, label in enumerate(series):
        drawn.append(_box(name, number, (0, number * 22, 16, 16)))
        drawn.append(_text(24, number * 22 + 13, _cut(label)))
    begin = len(series) * 22 + 8
    for number, one in enumerate(items):
        top, x = begin + number * _STEP, 0.0
        drawn.append(_text(0, top + 14, _cut(one.label)))
        for place, part in enumerate(one.parts):
            if part:
                length = _length(part, most)
                drawn.append(_box(name, place, (x, top + 20, length, _THICK)))
                x += length
        drawn.append(_text(x + 6, top + 33, _sum(one.parts), bold=True))
    said = "; ".join(
        f"{one.label}: "
        + ", ".join(
            f"{label} {_spoken(part, str(part))}" for label, part in zip(series, one.parts, strict=True)
        )
        for one in items
    )
    return _svg(name, title, said, begin + len(items) * _STEP, drawn)


def nested(name: str, title: str, items: Sequence[Bar]) -> str:
    """Bars within the first: each counts some of those whom the first counts.

    Raises:
        ValueError: A bar is longer than the first.
    """
    most = items[0].value or 0
    if any((one.value or 0) > most for one in items):
        raise ValueError("a bar within a bar is no longer than it")
    drawn = []
    for number, one in enumerate(items[:MOST_BARS]):
        top, length = number * _STEP, _length(one.value, most or 1)
        drawn.append(_text(0, top + 14, _cut(one.label)))
        drawn.append(
            f'<rect x="0.5" y="{top + 20.5}" width="{_ROOM - 1}" height="{_THICK - 1}" fill="#fff" '
            f'stroke="{_LINE}"/>'
        )
        if one.value is not None:
            drawn.append(f'<rect x="0" y="{top + 20}" width="{length:.1f}" height="{_THICK}" fill="{_BAR}"/>')
        drawn.append(_text(_ROOM + 6, top + 33, one.text, bold=True))
    said = "; ".join(f"{one.label}: {_spoken(one.value, one.text)}" for one in items)
    return _svg(name, title, said, len(items) * _STEP, drawn)


def sparkline(name: str, title: str, items: Sequence[Bar]) -> str:
    """A line over years with a point and a number for each; it is broken where a number is hidden."""
    items = items[-MOST_BARS:]
    most = max((one.value or 0 for one in items), default=0) or 1
    step = (WIDTH - 60) / max(len(items) - 1, 1)
    drawn, path, broken = [], [], True
    for number, one in enumerate(items):
        x = 30 + number * step
        drawn.append(_text(x, 116, one.label, middle=True))
        if one.value is None:
            drawn.append(_text(x, 92, one.text, bold=True, middle=True))
            broken = True
            continue
        y = 92 - one.value / most * 62
        path.append(f"{'M' if broken else 'L'}{x:.1f} {y:.1f}")
        broken = False
        drawn.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{_BAR}"/>')
        drawn.append(_text(x, y - 10, one.text, bold=True, middle=True))
    line = f'<path d="{"".join(path)}" fill="none" stroke="{_BAR}" stroke-width="2"/>' if path else ""
    said = "; ".join(f"{one.label}: {_spoken(one.value, one.text)}" for one in items)
    return _svg(name, title, said, 124, [line, *drawn])


def _length(value: float | None, most: float) -> float:
    return max((value or 0) / most * _ROOM, 1.0)


def _spoken(value: float | None, written: str) -> str:
    return written if value is not None or written not in {"", HIDDEN, "None"} else "not shown"


def _sum(parts: Sequence[int | None]) -> str:
    shown = sum(part or 0 for part in parts)
    return f"{shown} + {HIDDEN}" if None in parts else str(shown)


def _cut(label: str) -> str:
    """A label that fits the width; the table beside has it whole."""
    return label if len(label) <= 54 else label[:53].rstrip() + "…"  # noqa: PLR2004 - characters of `WIDTH`


def _text(x: float, y: float, words: str, *, bold: bool = False, middle: bool = False) -> str:
    weight = ' font-weight="600"' if bold else ""
    anchor = ' text-anchor="middle"' if middle else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{_INK}"{weight}{anchor}>{escape(words)}</text>'


def _box(name: str, series: int, place: tuple[float, float, float, float]) -> str:
    x, y, width, height = place
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" '
        f'fill="url(#{name}-p{series})" stroke="{_INK}" stroke-width="1"/>'
    )


def _patterns(name: str, count: int) -> str:
    made = "".join(
        f'<pattern id="{name}-p{number}" width="8" height="8" patternUnits="userSpaceOnUse">'
        f"{inside}</pattern>"
        for number, inside in enumerate(_PATTERNS[:count])
    )
    return f"<defs>{made}</defs>"


def _svg(name: str, title: str, said: str, height: float, drawn: Sequence[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {max(height, 1):.0f}" role="img" '
        f'aria-labelledby="{name}-t {name}-d" {_FONT}>'
        f'<title id="{name}-t">{escape(title)}</title><desc id="{name}-d">{escape(said)}</desc>'
        + "".join(drawn)
        + "</svg>"
    )
