"""Somebody else's software, installed once per session, and the badges that it is shown."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.interop import digital_bazaar
from tests.interop.badge_folder import Folder, make_folder


@pytest.fixture(scope="session", autouse=True)
def _installed() -> None:
    digital_bazaar.install()


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """The demo's folder where `CAIRN_DEMO_DATA` names one, else one like it."""
    named = os.environ.get("CAIRN_DEMO_DATA")
    return Folder(Path(named)) if named else make_folder(tmp_path_factory.mktemp("district"))
