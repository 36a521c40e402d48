"""`docs/conformance.md` names tests that are there, and every issuer and route of the server."""

from __future__ import annotations

import ast
import functools
import re
from pathlib import Path

import pytest

from tests.conformance.issuing import ROUTES

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "conformance.md").read_text("utf-8")
NAMED = re.findall(r"`(tests/[\w/.-]+\.py)::(\w+)`", TEXT)
LINES = [line for line in TEXT.splitlines() if line.startswith("| ")]


@functools.cache
def names_in(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


@pytest.mark.parametrize(("path", "name"), sorted(set(NAMED)))
def test_every_test_that_is_named_is_there(path: str, name: str) -> None:
    assert name.startswith("test_")
    assert name in names_in(path)


def test_every_line_of_what_is_accepted_or_refused_names_one() -> None:
    heads = ("| what |", "| what is accepted |", "| clause |", "| route |", "| suite |", "| `")
    rows = [line for line in LINES if not line.startswith(heads) or "::" in line]
    assert [line for line in rows if "::" not in line] == []
    assert len(NAMED) > 90


@pytest.mark.parametrize("suite", ROUTES)
def test_every_issuer_of_the_server_is_named(suite: str) -> None:
    assert f"`{suite}`" in TEXT


def test_every_path_that_is_named_is_there() -> None:
    for path in re.findall(r"`(tests/[\w/.-]+)`", TEXT):
        assert (ROOT / path).exists(), path
