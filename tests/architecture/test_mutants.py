"""Each guard that a mutant takes out is still there: else its proof would have stopped unseen."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mutants.__main__ import SETS

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", SETS)
def test_every_guard_stands_once_and_without_it_the_code_is_another(name: str) -> None:
    for mutant in SETS[name]:
        assert (ROOT / mutant.file).read_text("utf-8").count(mutant.guard) == 1, mutant
        assert mutant.without != mutant.guard, mutant


@pytest.mark.parametrize("name", SETS)
def test_the_tests_that_must_notice_are_there(name: str) -> None:
    for mutant in SETS[name]:
        for part in mutant.tests.split(" "):
            place = part.partition("::")[0]
            assert part.startswith("-") or not place.startswith("tests/") or (ROOT / place).exists(), mutant
