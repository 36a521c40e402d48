"""Certificates and wallet cards: for keeping, for who listens, and for a shift manager's phone."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typst
import zxingcpp
from PIL import Image

from issuer.carry.facts import Facts
from issuer.render.certificate import Look, readable
from issuer.render.colour import READABLE, WHITE, Colour, contrast
from issuer.render.errors import DesignError
from issuer.render.typesetting import LONGEST_TEXT, MOST_INPUT, typeset
from tests.determinations import Story
from tests.papers import HOST, LINK, MADE, TYPED, Paper, card, certificate, facts
from tests.world import World
from verifier.decoding import Decoder
from verifier.evidence import Code
from verifier.intake import Where, read_all

LONG = (
    "María de los Ángeles Fernández-Villaseñor y Castellanos de la Vega Montenegro",
    "Certified Production Technician 4.0, Quality Practices and Measurement, with an unusually long subtitle",
    "Consolidated Example Valley and Upper Riverbend Mountain Communities School District No. RE-27J",
    "National Center for Construction Education and Research of the Western States and Territories",
)


@pytest.mark.parametrize("made", [certificate(), card()], ids=["certificate", "card"])
def test_it_says_of_itself_that_it_is_pdf_a_3a_and_pdf_ua_1(made: bytes) -> None:
    """ISO 19005-3, 6.6.4; ISO 14289-1, 5."""
    xmp = Paper(made).xmp
    assert re.search(r"<pdfaid:part>3</pdfaid:part>", xmp)
    assert re.search(r"<pdfaid:conformance>A</pdfaid:conformance>", xmp)
    assert re.search(r"<pdfuaid:part>1</pdfuaid:part>", xmp)
    assert b"/MarkInfo" in made
    assert b"/OutputIntents" in made
    assert b"/Encrypt" not in made


@pytest.mark.parametrize(("language", "lang"), [("en", b"/Lang(en)"), ("es", b"/Lang(es)")])
def test_it_has_a_language_and_a_title(language: str, lang: bytes) -> None:
    made = certificate(language=language)
    assert lang in made
    assert "<dc:title>" in Paper(made).xmp
    assert "Workplace Safety, 10 hours" in Paper(made).xmp.partition("</dc:title>")[0]


def test_who_listens_hears_the_same_in_the_same_order() -> None:
    elements = Paper(certificate()).elements
    assert [one.kind for one in elements].count("H1") == 1
    figures = [one.alt for one in elements if one.kind == "Figure"]
    assert figures[0].startswith("Badge OSHA 10")
    assert figures[1] == f"QR code. Or go to {HOST} and type {TYPED}."
    assert not [one for one in elements if one.kind == "Span" and one.alt]
    spanish = [one.alt for one in Paper(certificate(language="es")).elements if one.kind == "Figure"]
    assert spanish[1] == f"Código QR. O vaya a {HOST} y escriba {TYPED}."


def test_lines_are_paragraphs_and_not_loose_text() -> None:
    kinds = [one.kind for one in Paper(certificate()).elements]
    assert "Span" not in kinds
    assert kinds.count("P") >= 8


def test_the_title_is_in_its_own_language() -> None:
    assert "en" in {one.language for one in Paper(certificate(language="es")).elements}


@pytest.mark.parametrize("badge", [World().badge(), Story().signed()], ids=["certification", "determination"])
def test_the_badge_inside_is_the_badge_octet_for_octet_and_valid(badge: bytes, decoder: Decoder) -> None:
    made = certificate(badge=badge)
    assert Paper(made).attached == {"badge.json": badge}
    assert b"/AFRelationship/Source" in made
    items = read_all(made, "certificate.pdf", decode=decoder.for_upload())
    (inside,) = [one for one in items if one.where is Where.ATTACHMENT]
    assert inside.presented.data == badge
    assert World().check(inside.presented).code is Code.VALID


def test_letter_paper_on_its_side_and_a_bank_card() -> None:
    assert Paper(certificate()).inches == (11, 8.5)
    assert Paper(card()).inches == (3.375, 2.125)


@pytest.mark.parametrize("kind", [certificate, card])
@pytest.mark.parametrize("language", ["en", "es"])
def test_everything_stands_on_one_page_however_long_the_names_are(kind: type, language: str) -> None:
    name, title, district, body = LONG
    long = facts(
        recipient=name,
        title=title,
        district=district,
        body=body,
        number="NA-000123-456-789-0000-XYZ",
        standing="Provisional",
        results=(("Score in points", "780"), ("Level", "Proficient")),
    )
    paper = Paper(kind(long, language))
    assert paper.pages == 1
    flat = re.sub(r"\s+", " ", paper.text.replace("\ufffe", "-"))
    for text in (name, title, district):
        assert text in flat


def test_what_is_on_the_certificate() -> None:
    text = Paper(certificate(facts(number="NA-000123"))).text
    for line in (
        "Riverbend School District", "Record of an industry certification", "This certifies that",
        "Jordan Rivera", "has earned", "Workplace Safety, 10 hours", "from Example Safety Board",
        "Earned on\nMay 1, 2026", "Good through\nMay 1, 2029", "Number\nNA-000123", HOST, TYPED,
    ):  # fmt: skip
        assert line in text, line


def test_the_same_badge_makes_the_same_octets_on_every_day() -> None:
    assert certificate(badge=World().badge()) == certificate(badge=World().badge())
    assert card() == card()


def test_the_code_stands_at_the_bottom_right_in_a_quiet_zone_and_its_own_size() -> None:
    """1.25 inches of code, half an inch and more from the edge, four modules of white around."""
    dots = 288
    page = Paper(certificate()).raster(dots)
    left, top, right, bottom = _where(page)
    assert abs((right - left) / dots - 1.25) < 0.02
    assert abs((bottom - top) / dots - 1.25) < 0.02
    assert left > page.width / 2
    assert top > page.height / 2
    assert (page.width - right) / dots >= 0.5
    quiet = int(4 * 1.25 / 33 * dots) - 3
    around = page.crop((left - quiet, top - quiet, right + quiet, bottom + quiet))
    around.paste(255, (quiet - 2, quiet - 2, quiet + right - left + 2, quiet + bottom - top + 2))
    assert around.getextrema() == (255, 255)


def test_the_code_of_the_card_has_its_own_size() -> None:
    left, _, right, _ = _where(Paper(card()).raster(288))
    assert abs((right - left) / 288 - 1.2 * 33 / 41) < 0.02


def _where(page: Image.Image) -> tuple[int, int, int, int]:
    """The rectangle of the code on a page."""
    (found,) = zxingcpp.read_barcodes(page)
    corners = [found.position.top_left, found.position.bottom_right]
    return corners[0].x, corners[0].y, corners[1].x, corners[1].y


def test_a_letter_that_no_font_has_is_named_with_what_to_do() -> None:
    with pytest.raises(DesignError) as caught:
        certificate(facts(recipient="李小龙 Li"))
    assert caught.value.code == "text_not_drawable"
    assert "李 (U+674E, CJK UNIFIED IDEOGRAPH-674E)" in caught.value.message
    assert "CAIRN_FONTS" in caught.value.message


@pytest.mark.parametrize(
    "name",
    ["Nguyễn Thị Hương", "Łukasz Żółć", "Анна Каренина", "Ωμέγα", "Ana Sofía Ñíguez", "O’Neil-Ōkubo", "שלום"],
)
def test_names_of_many_scripts_are_printed(name: str) -> None:
    assert Paper(certificate(facts(recipient=name))).pages == 1


@pytest.mark.parametrize(
    "name",
    [
        "*bold* _thin_ = head",
        "#panic()",
        "$x$ `raw` <label> @ref",
        '"; #import "@preview/x:1.0.0"',
        "\\u{41} // no",
    ],
)
def test_what_looks_like_a_command_is_a_name(name: str) -> None:
    assert name in Paper(certificate(facts(recipient=name))).text.replace("\n", " ")


def test_a_text_at_the_limit_is_printed_and_one_past_it_is_refused() -> None:
    fits = "x " * (LONGEST_TEXT // 2 - 1) + "xx"
    assert len(fits) == LONGEST_TEXT
    assert Paper(certificate(facts(recipient=fits))).pages == 1
    with pytest.raises(DesignError) as caught:
        certificate(facts(recipient=fits + "x"))
    assert caught.value.code == "text_too_long"


def test_a_text_that_would_run_into_its_neighbour_is_refused_and_named() -> None:
    for kind in (certificate, card):
        with pytest.raises(DesignError) as caught:
            kind(facts(recipient="W" * 300))
        assert caught.value.code == "text_too_long"
        assert "WWWW" in caught.value.message


def test_one_pdf_takes_so_much_and_no_more() -> None:
    with pytest.raises(DesignError) as caught:
        typeset("certificate.typ", {"credential": "x" * (MOST_INPUT + 1)}, made=MADE)
    assert caught.value.code == "text_too_long"
    with pytest.raises(DesignError) as caught:  # it is taken, and then misses the other texts
        typeset("certificate.typ", {"credential": "x" * MOST_INPUT}, made=MADE)
    assert caught.value.code == "page_broken"


def test_nothing_of_the_machine_reaches_the_page(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No font that happens to be installed, no package, no file but our templates."""
    asked: list[dict[str, Any]] = []
    real = typst.compile

    def compile_(source: str, **named: Any) -> bytes:
        asked.append({"source": source} | named)
        made: bytes = real(source, **named)
        return made

    monkeypatch.setattr(typst, "compile", compile_)
    assert certificate(fonts=tmp_path) == certificate()
    for one in asked:
        assert one["ignore_system_fonts"] is True
        assert not Path(one["package_path"]).exists()
        assert not Path(one["package_cache_path"]).exists()
        assert sorted(path.name for path in Path(one["root"]).iterdir()) == [
            "card.typ",
            "certificate.typ",
            "common.typ",
            "slips.typ",
        ]
    assert [one["font_paths"] for one in asked] == [[str(tmp_path)], []]


@pytest.mark.parametrize("kind", [certificate, card])
@pytest.mark.parametrize("letters", [30, 45, 60, 90])
def test_what_does_not_fit_on_one_page_is_refused_and_never_runs_on_to_a_second(
    kind: Callable[[Facts], bytes], letters: int
) -> None:
    words = ("wide " * 40)[:letters]
    full = facts(
        recipient=words,
        title=words * 2,
        number=words,
        standing=words,
        results=tuple((words, words) for _ in range(3)),
    )
    assert _pages(kind, full) in (1, "text_too_long")


@pytest.mark.parametrize(
    ("kind", "side", "inches"), [(certificate, "QR_INCHES", 4.0), (card, "CARD_QR_INCHES", 1.9)]
)
def test_a_page_that_is_too_full_is_refused(
    kind: Callable[[], bytes], side: str, inches: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"issuer.render.certificate.{side}", inches)
    with pytest.raises(DesignError) as caught:
        kind()
    assert caught.value.code == "text_too_long"


def _pages(kind: Callable[[Facts], bytes], said: Facts) -> int | str:
    """How many pages it has, or why it has none."""
    try:
        return Paper(kind(said)).pages
    except DesignError as fault:
        return fault.code


def test_the_districts_colours_are_used_and_stay_readable() -> None:
    bright = Colour(250, 220, 40)
    assert contrast(readable(bright), WHITE) >= READABLE
    assert readable(Colour(11, 92, 107)) == Colour(11, 92, 107)
    frame = Paper(certificate(look=Look(Colour(120, 0, 60), bright))).colour_at(0.4, 4.25)
    assert frame == (120, 0, 60)
    assert Paper(certificate()).colour_at(0.4, 4.25) == (11, 92, 107)


def test_a_link_that_no_phone_could_read_is_refused() -> None:
    with pytest.raises(DesignError) as caught:
        certificate(link=LINK + "A" * 400)
    assert caught.value.code == "qr_too_long"
