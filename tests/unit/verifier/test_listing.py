from __future__ import annotations

import pytest

from tests.world import World
from verifier.evidence import Code
from verifier.intake import Item, Where, read_files
from verifier.listing import WORST_FIRST, lines_of, list_json, place_of, worst
from verifier.words import LOCALES


def test_every_code_has_its_place_and_valid_is_the_last() -> None:
    assert set(WORST_FIRST) == set(Code)
    assert len(WORST_FIRST) == len(Code)
    assert WORST_FIRST[-1] is Code.VALID


def test_several_are_valid_only_where_each_is() -> None:
    assert worst([Code.VALID, Code.VALID]) is Code.VALID
    for code in set(Code) - {Code.VALID}:
        assert worst([Code.VALID, code, Code.VALID]) is code
    assert worst([Code.UNREADABLE, Code.TAMPERED]) is Code.TAMPERED
    with pytest.raises(ValueError, match="empty"):
        worst([])


def test_each_part_of_a_file_is_said_in_both_languages() -> None:
    for locale in LOCALES:
        for where in Where:
            said = place_of(Item(read_files([])[0].presented, "a.pdf", where, 2), locale)
            assert said.startswith("a.pdf")
            assert ("2" in said) is (where is not Where.WHOLE)


def test_lines_and_json_say_which_is_which() -> None:
    world = World()
    items = read_files([("a.json", world.badge()), ("again.json", world.badge()), ("x", b"?")])
    checked = [(item, world.check(item.presented)) for item in items]
    lines = lines_of(checked, "es")
    assert [(line.place, line.report.code, line.same_as) for line in lines] == [
        ("a.json", Code.VALID, 0),
        ("again.json", Code.VALID, 1),
        ("x", Code.UNREADABLE, 0),
    ]
    assert lines[0].report.headline == "Esta insignia es válida"
    told = list_json(checked)
    assert [(one["name"], one["same_as"], one["report"]["code"]) for one in told] == [
        ("a.json", None, "valid"),
        ("again.json", 0, "valid"),
        ("x", None, "unreadable"),
    ]
