"""An archive answers what it holds, from its own folder, and nothing else."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.world import NOW, keep
from verifier.archive import MAX_FILE, Archive, ArchiveError, open_archive
from verifier.evidence import Failure, Fetched, Need, NeedKind

URL = "https://badges.riverbend.example/status/1"
NEED = Need(NeedKind.STATUS_LIST, URL)


def answer(archive: Archive, need: Need) -> Fetched | Failure:
    return asyncio.run(archive.answer(need))


def test_what_was_kept_comes_back_with_its_time(tmp_path: Path) -> None:
    keep(tmp_path / "kept", [(URL, b"list", NOW), (f"{URL}/notes", b"notes", NOW)])
    found = answer(open_archive(tmp_path / "kept"), NEED)
    assert found == Fetched(NEED, b"list", NOW, archived=True)


def test_what_was_not_kept_is_not_answered(tmp_path: Path) -> None:
    keep(tmp_path, [(URL, b"list", NOW)])
    archive = open_archive(tmp_path)
    for need in (Need(NeedKind.STATUS_LIST, URL + "0"), Need(NeedKind.RETRIEVAL, URL, body=b"{}")):
        found = answer(archive, need)
        assert isinstance(found, Failure)
        assert found.code == "not_in_archive"


def test_a_file_that_is_gone_or_too_large_is_a_failure(tmp_path: Path) -> None:
    keep(tmp_path, [(URL, b"list", NOW)])
    archive = open_archive(tmp_path)
    file = tmp_path / archive.kept[URL].file
    for size, code in ((MAX_FILE, None), (MAX_FILE + 1, "too_large")):
        file.write_bytes(b"x" * size)
        found = answer(archive, NEED)
        assert (found.code if isinstance(found, Failure) else None) == code
    file.unlink()
    gone = answer(archive, NEED)
    assert isinstance(gone, Failure)
    assert gone.code == "not_in_archive"


def test_a_link_or_a_pipe_in_the_folder_is_not_followed(tmp_path: Path) -> None:
    keep(tmp_path / "kept", [(URL, b"list", NOW)])
    archive = open_archive(tmp_path / "kept")
    file = tmp_path / "kept" / archive.kept[URL].file
    elsewhere = tmp_path / "elsewhere"
    file.rename(elsewhere)
    file.symlink_to(elsewhere)
    for pipe in (False, True):
        if pipe:
            os.mkfifo(file)
        found = answer(archive, NEED)
        assert isinstance(found, Failure)
        assert found.code == "not_in_archive"
        file.unlink()


GOOD = {"url": URL, "file": "a", "retrieved": "2026-06-01T12:00:00Z"}


@pytest.mark.parametrize(
    "index",
    [
        [],
        {},
        {"version": 2, "answers": []},
        {"version": 1, "answers": {}},
        {"version": 1, "answers": [5]},
        {"version": 1, "answers": [GOOD | {"file": "../secret"}]},
        {"version": 1, "answers": [GOOD | {"file": "/etc/passwd"}]},
        {"version": 1, "answers": [GOOD | {"file": ".."}]},
        {"version": 1, "answers": [GOOD | {"file": ""}]},
        {"version": 1, "answers": [GOOD | {"url": 5}]},
        {"version": 1, "answers": [GOOD | {"retrieved": "yesterday"}]},
    ],
)
def test_what_is_no_index_is_refused(tmp_path: Path, index: Any) -> None:
    (tmp_path / "index.json").write_text(json.dumps(index), "utf-8")
    with pytest.raises(ArchiveError, match=r"index\.json"):
        open_archive(tmp_path)


def test_a_folder_without_an_index_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match=r"index\.json"):
        open_archive(tmp_path)
