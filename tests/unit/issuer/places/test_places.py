"""Whatever the place: a document goes in only above an older one, whoever writes at once."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import obstore
import pytest

from issuer.errors import IssuerError
from issuer.places.bucket import Bucket
from issuer.places.choosing import place_at
from issuer.places.folder import KEPT, Folder, file_of
from issuer.places.place import Access, Place, Put
from issuer.public_documents import PublicDocument, public_documents
from tests.house import House
from tests.unit.issuer.places.conftest import ask

pytestmark = pytest.mark.network

LIST = "status/0123"


def document(version: int, body: bytes = b"", path: str = LIST) -> PublicDocument:
    return PublicDocument(path, version, "application/vc", body or b"version %d" % version, 60)


@pytest.fixture(params=["folder", "bucket"])
def place(
    request: pytest.FixtureRequest, tmp_path: Path
) -> tuple[Callable[[], Place], Callable[[str], bytes]]:
    """Makes writers to one place, and reads what is there."""
    if request.param == "folder":
        root = tmp_path / "public"
        return lambda: Folder(root), lambda path: (root / file_of(path)).read_bytes()
    port, name = request.getfixturevalue("s3_port"), request.getfixturevalue("bucket_name")
    return request.getfixturevalue("bucket"), lambda path: ask(port, "GET", f"/{name}/lakeside/{path}")[1]


Places = tuple[Callable[[], Place], Callable[[str], bytes]]


def test_what_is_put_is_there(place: Places) -> None:
    make, read = place
    notes = document(1, b"notes", f"{LIST}/notes")
    assert make().put([document(1), notes]) == {LIST: Put.WRITTEN, notes.path: Put.WRITTEN}
    assert (read(LIST), read(notes.path)) == (b"version 1", b"notes")


def test_the_same_again_changes_nothing(place: Places) -> None:
    make, _ = place
    make().put([document(3)])
    assert make().put([document(3)]) == {LIST: Put.STANDS}


def test_a_newer_one_takes_the_place_and_an_older_one_does_not(place: Places) -> None:
    make, read = place
    make().put([document(2)])
    assert make().put([document(7)]) == {LIST: Put.WRITTEN}
    assert make().put([document(6)]) == {LIST: Put.NEWER}
    assert read(LIST) == b"version 7"


def test_another_text_of_the_same_version_is_refused(place: Places) -> None:
    """What a backup that was restored in silence would bring."""
    make, read = place
    make().put([document(2)])
    with pytest.raises(IssuerError, match=r"place_differs.*cairn restored"):
        make().put([document(2, b"another version 2")])
    assert read(LIST) == b"version 2"


def test_what_was_put_of_lists_is_read_back_and_nothing_else(
    place: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a restore asks a place for: every list and the notes beside it, up to as many as are taken."""
    make, _ = place
    assert list(make().saved()) == []
    lists = [document(2), document(2, b"notes", f"{LIST}/notes"), document(1, b"other", "status/4567")]
    keys = document(9, b"keys", ".well-known/did.json")
    make().put([*lists, keys, document(1, b"x" * 65, "status/89ab")])
    for module in ("bucket", "folder"):
        monkeypatch.setattr(f"issuer.places.{module}.LARGEST_SAVED", 64)
        monkeypatch.setattr(f"issuer.places.{module}.MOST_SAVED", 4)
    assert sorted(make().saved()) == sorted(one.body for one in lists)
    for module in ("bucket", "folder"):
        monkeypatch.setattr(f"issuer.places.{module}.MOST_SAVED", 2)
    with pytest.raises(IssuerError, match=r"place_failed.*more than 2"):
        list(make().saved())


def test_many_writers_at_once_leave_the_newest(place: Places) -> None:
    make, read = place
    faults: list[Exception] = []

    def write(first: int) -> None:
        try:
            for version in range(first, 25, 4):
                make().put([document(version)])
        except IssuerError as fault:
            faults.append(fault)

    threads = [threading.Thread(target=write, args=(first,)) for first in (1, 2, 3, 4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (read(LIST), faults) == (b"version 24", [])


def test_a_district_is_put_in_place_with_what_the_server_would_say(house: House, place: Places) -> None:
    make, read = place
    house.issue()
    house.publish()
    documents = public_documents(house.store, house.district.id)
    assert set(make().put(documents).values()) == {Put.WRITTEN}
    assert {one.path: read(one.path) for one in documents} == {one.path: one.body for one in documents}
    assert {one.path.split("/")[0] for one in documents} == {
        ".well-known",
        "status",
        "issuers",
        "achievements",
        "images",
    }
    held = b"".join(one.body for one in documents)
    assert not any(word in held for word in (b"Okafor", b"100000001", b"NA-000123"))


def test_a_slow_writer_to_a_bucket_never_covers_a_faster_one(
    bucket: Callable[[], Bucket], monkeypatch: pytest.MonkeyPatch, s3_port: int, bucket_name: str
) -> None:
    """STA-18: it has looked, another writes, then its turn comes."""
    bucket().put([document(1)])
    real: Any = obstore.put
    overtaken: list[int] = []

    def slow(*args: Any, **named: Any) -> Any:
        if not overtaken:
            overtaken.append(1)
            bucket().put([document(8)])
        return real(*args, **named)

    monkeypatch.setattr(obstore, "put", slow)
    assert bucket().put([document(7)]) == {LIST: Put.NEWER}
    assert ask(s3_port, "GET", f"/{bucket_name}/lakeside/{LIST}")[1] == b"version 8"


def test_a_bucket_says_what_a_document_is(
    bucket: Callable[[], Bucket], s3_port: int, bucket_name: str
) -> None:
    bucket().put([document(1)])
    headers = ask(s3_port, "GET", f"/{bucket_name}/lakeside/{LIST}")[2]
    assert headers["content-type"] == "application/vc"
    assert headers["cache-control"] == "public, max-age=60"
    assert headers["etag"]


def test_a_bucket_that_is_not_there_is_said_without_its_secret(s3_port: int) -> None:
    access = Access(f"http://127.0.0.1:{s3_port}", "us-east-1", "writer", "canary-secret")
    with pytest.raises(IssuerError, match=r"place_failed: the bucket nowhere .*CAIRN_PUBLISH_TO") as refused:
        Bucket("nowhere", "", access).put([document(1)])
    assert "canary-secret" not in str(refused.value) + repr(access)


def test_a_bucket_where_others_are_always_faster_is_left(
    bucket: Callable[[], Bucket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Bucket, "_write", lambda *_: None)
    with pytest.raises(IssuerError, match="publish_contended"):
        bucket().put([document(1)])


def test_a_crash_after_the_promise_lets_nothing_older_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Folder(tmp_path)
    folder.put([document(6)])
    real = Folder._write

    def crash(self: Folder, path: Path, body: bytes) -> None:
        if path.name == "list":
            raise KeyboardInterrupt
        real(self, path, body)

    with monkeypatch.context() as patch:
        patch.setattr(Folder, "_write", crash)
        with pytest.raises(KeyboardInterrupt):
            folder.put([document(8)])
    assert folder.put([document(7)]) == {LIST: Put.NEWER}
    assert folder.put([document(8)]) == {LIST: Put.WRITTEN}
    assert (tmp_path / LIST / "list").read_bytes() == b"version 8"


def test_a_file_is_kept_on_the_disk_before_it_takes_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    sync, rename = os.fsync, Path.replace

    def synced(descriptor: int) -> None:
        steps.append("sync")
        sync(descriptor)

    def renamed(self: Path, target: Path) -> Path:
        steps.append("rename")
        return rename(self, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "replace", renamed)
    Folder(tmp_path).put([document(1)])
    assert steps == ["sync", "rename", "sync"] * 2


def test_a_folder_that_forgot_or_cannot_be_written_says_so(tmp_path: Path) -> None:
    Folder(tmp_path).put([document(1)])
    for damaged in (b"{", b"[]", b'{"x": 1}', b"\xff"):
        (tmp_path / KEPT / "versions.json").write_bytes(damaged)
        with pytest.raises(IssuerError, match=r"place_failed.*damaged"):
            Folder(tmp_path).put([document(2)])
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(IssuerError, match="place_failed"):
        Folder(tmp_path / "file").put([document(1)])


NONE = Access()


def test_places_are_named(tmp_path: Path) -> None:
    assert isinstance(place_at(str(tmp_path), "lakeside", NONE, several=False), Folder)
    keyed = Access("https://store.example", "eu-central-1", "k", "s")
    for named in ("s3://badges", "s3://badges/", "s3://badges/a/b", "s3://badges/{district}"):
        assert isinstance(place_at(named, "lakeside", keyed, several=False), Bucket)


@pytest.mark.parametrize(
    ("named", "access"),
    [
        ("s3://", NONE),
        ("s3://Badges", NONE),
        ("s3://badges/../x", NONE),
        ("s3://badges/a?b", NONE),
        ("https://store.example/badges", NONE),
        ("s3://badges", Access("http://store.example")),
        ("s3://badges", Access("ftp://localhost")),
    ],
)
def test_what_is_no_place_is_refused(named: str, access: Access) -> None:
    with pytest.raises(IssuerError, match="bad_setting"):
        place_at(named, "lakeside", access, several=False)


def test_several_districts_have_several_places(tmp_path: Path) -> None:
    with pytest.raises(IssuerError, match=r"bad_setting.*\{district\}"):
        place_at(str(tmp_path), "lakeside", NONE, several=True)
    place_at(f"{tmp_path}/{{district}}", "lakeside", NONE, several=True).put([document(1)])
    assert (tmp_path / "lakeside" / LIST / "list").exists()
