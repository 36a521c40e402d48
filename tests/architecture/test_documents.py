"""The documents name places that are there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROWS_OF_THE_DOMAIN = 60

_ROOM = re.compile(r"^(\w+)/( |$)")
_PLACE = re.compile(r"[\w*./-]+(\.\w+|/)$")
_NAMED = re.compile(r"`([\w.-]+(?:/[\w.-]+)+/?)`")


def rooms(text: str) -> Iterator[str]:
    """Every path of the picture of rooms: a package, or what stands below it up to two spaces."""
    block = text.partition("## The rooms")[2].partition("```\n")[2].partition("```")[0]
    package = ""
    for line in block.splitlines():
        if found := _ROOM.match(line):
            package = found[1]
            yield package
        elif line.startswith("  ") and not line.startswith("   "):
            for word in line.strip().split("  ")[0].split():
                # Where the column is full, words follow after one space.
                if not _PLACE.fullmatch(word):
                    break
                yield f"{package}/{word}"


def named(text: str) -> list[str]:
    """Every path that a text names between backticks."""
    return _NAMED.findall(text)


ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text("utf-8")
DOMAIN = (ROOT / "docs" / "domain.md").read_text("utf-8")
PACKAGES = ("contexts/", "keys/", "credential/", "issuer/", "verifier/", "docs/", "tests/")


@pytest.mark.parametrize("path", sorted(set(rooms(ARCHITECTURE))))
def test_every_room_is_there(path: str) -> None:
    assert list(ROOT.glob(path)), path


@pytest.mark.parametrize("path", sorted(set(named(ARCHITECTURE))))
def test_every_path_that_the_architecture_names_is_there(path: str) -> None:
    starts = [ROOT] if path.startswith(PACKAGES) else [ROOT / "issuer", ROOT / "verifier", ROOT]
    assert any((start / path).exists() for start in starts), path


@pytest.mark.parametrize("path", sorted(set(named(DOMAIN))))
def test_every_path_that_the_domain_names_is_there(path: str) -> None:
    assert path.startswith(PACKAGES), path
    assert (ROOT / path).exists(), path


def test_the_picture_was_read() -> None:
    found = set(rooms(ARCHITECTURE))
    assert {"issuer", "issuer/issuance.py", "issuer/store/", "verifier/checks/", "credential/rule/"} <= found


def test_every_package_and_module_of_the_issuer_and_the_verifier_has_its_room() -> None:
    small = {
        "__init__.py",
        "errors.py",
        "problems.py",
        "settings.py",
        "text.py",
        "badge_files.py",
        "py.typed",
    }
    found = {place.rstrip("/") for place in rooms(ARCHITECTURE)}
    shown = {str(path.relative_to(ROOT)) for place in found for path in ROOT.glob(place)}
    for package in ("issuer", "verifier", "credential"):
        for path in (ROOT / package).iterdir():
            if path.name not in small and not path.name.startswith("__") and path.suffix in {".py", ""}:
                assert str(path.relative_to(ROOT)) in shown, path


def test_the_domain_has_every_row_once_and_says_its_state() -> None:
    rows = re.findall(r"^\| (\d+) \| [^|]+ \| (built|part|not built) \| (.*) \|$", DOMAIN, re.MULTILINE)
    assert sorted(int(number) for number, _, _ in rows) == list(range(1, ROWS_OF_THE_DOMAIN + 1))
    assert [number for number, state, where in rows if state == "built" and not named(where)] == []
