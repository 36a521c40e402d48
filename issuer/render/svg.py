"""A scene as SVG: shapes, and words for who cannot see them; no script, no font, nothing from outside."""

from __future__ import annotations

from xml.sax.saxutils import escape

from issuer.render.scene import SIDE, Area, Gradient, Outline, Scene, Strokes


def to_svg(scene: Scene) -> str:
    """The picture as SVG 1.1 text. The same scene always gives the same text."""
    gradients: dict[Gradient, str] = {}
    cuts: dict[Outline, str] = {}
    body = "".join(
        _area(part, gradients, cuts) if isinstance(part, Area) else _strokes(part) for part in scene.parts
    )
    defined = "".join(
        f'<linearGradient id="{name}" gradientUnits="userSpaceOnUse" x1="0" y1="0" x2="0" y2="{SIDE:g}">'
        f'<stop offset="0" stop-color="{paint.top}"/><stop offset="1" stop-color="{paint.bottom}"/>'
        "</linearGradient>"
        for paint, name in gradients.items()
    ) + "".join(f'<clipPath id="{name}"><path d="{_path(cut)}Z"/></clipPath>' for cut, name in cuts.items())
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE:g} {SIDE:g}" '
        f'width="{SIDE:g}" height="{SIDE:g}" role="img" aria-labelledby="t d">'
        f'<title id="t">{escape(scene.title)}</title><desc id="d">{escape(scene.description)}</desc>'
        f"<defs>{defined}</defs>{body}</svg>\n"
    )


def _area(part: Area, gradients: dict[Gradient, str], cuts: dict[Outline, str]) -> str:
    if isinstance(part.paint, Gradient):
        paint = f"url(#{gradients.setdefault(part.paint, f'g{len(gradients)}')})"
    else:
        paint = str(part.paint)
    cut = ""
    if part.within is not None:
        cut = f' clip-path="url(#{cuts.setdefault(part.within, f"c{len(cuts)}")})"'
    return f'<path d="{_path(part.outline)}Z" fill="{paint}"{cut}/>'


def _strokes(part: Strokes) -> str:
    lines = "".join(_path(line) for line in part.lines)
    return (
        f'<path d="{lines}" fill="none" stroke="{part.colour}" stroke-width="{_number(part.width)}" '
        'stroke-linecap="round" stroke-linejoin="round"/>'
    )


def _path(outline: Outline) -> str:
    points = [f"{_number(x)} {_number(y)}" for x, y in outline]
    return "M" + "L".join(points)


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0").replace("-0.0", "0")
