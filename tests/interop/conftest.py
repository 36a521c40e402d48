"""Somebody else's software, installed once per session, and the badges that it is shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.interop import digital_bazaar
from tests.interop.badge_folder import Folder, make_folder


@pytest.fixture(scope="session", autouse=True)
def _installed() -> None:
    digital_bazaar.install()


@pytest.fixture(scope="session", params=["of many kinds", "as the demo leaves it"])
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """Badges that use much of the data model and every suite; and the very badges that the demo issued."""
    if request.param == "of many kinds":
        return make_folder(tmp_path_factory.mktemp("district"))
    played: Path = request.getfixturevalue("played_demo")
    return Folder(played)
