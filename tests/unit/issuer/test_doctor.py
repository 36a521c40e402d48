"""`cairn doctor` finds what is wrong and says what to do."""

from __future__ import annotations

import json
import os
import secrets
import shutil
from pathlib import Path
from typing import Any

import pytest

from issuer import doctor
from issuer.cli import app
from tests.command_line import CliRunner
from tests.mailbox import catching


class Desk:
    def __init__(self, folder: Path, database: str) -> None:
        self.data, self.secret = folder / "data", folder / "secret"
        self.secret.write_bytes(secrets.token_bytes(32))
        self.secret.chmod(0o600)
        self.env = {
            "CAIRN_DATA": str(self.data),
            "CAIRN_DATABASE_URL": database,
            "CAIRN_KEY_FILE": str(self.secret),
        }

    def run(self, *words: str, code: int = 0) -> Any:
        done = CliRunner().invoke(app, ["--json", *words], env=self.env)
        assert done.exit_code == code, done.output
        return json.loads(done.stdout)

    def wrong(self) -> dict[str, str]:
        done = CliRunner().invoke(app, ["--json", "doctor"], env=self.env)
        found = {one["what"]: one["said"] for one in json.loads(done.stdout) if one["finding"] != "well"}
        hard = [one for one in json.loads(done.stdout) if one["finding"] == "wrong"]
        assert done.exit_code == (1 if hard else 0)
        return found


@pytest.fixture
def desk(tmp_path: Path, database: str) -> Desk:
    made = Desk(tmp_path, database)
    names = ("--name", "Lakeside", "--tag", "LAKE", "--url", "https://lakeside.example", "--school", "1=High")
    made.run("init", "--origin", "https://badges.lakeside.example", *names)
    return made


def test_an_issuer_that_is_well_is_said_to_be(desk: Desk) -> None:
    assert desk.wrong() == {}


def test_what_is_not_set_up_is_said(tmp_path: Path) -> None:
    assert "cairn init" in Desk(tmp_path, "").wrong()["database"]


def test_a_database_that_nobody_has_set_up_is_said(tmp_path: Path, bare_database: str) -> None:
    assert "cairn init" in Desk(tmp_path, bare_database).wrong()["migrations"]


def test_a_secret_that_others_can_read(desk: Desk) -> None:
    desk.secret.chmod(0o644)
    assert f"chmod 600 {desk.secret}" in desk.wrong()["secret files"]


def test_a_secret_that_is_gone_or_wrong(desk: Desk) -> None:
    desk.secret.write_bytes(secrets.token_bytes(32))
    assert "cannot be opened" in desk.wrong()["keys of lake"]
    desk.secret.unlink()
    assert "not there" in desk.wrong()["secret files"]


def test_keys_that_are_gone(desk: Desk) -> None:
    shutil.rmtree(desk.data / "keys")
    assert "backup" in desk.wrong()["keys of lake"]


def test_a_folder_that_others_can_open(desk: Desk) -> None:
    desk.data.chmod(0o755)
    assert "chmod 700" in desk.wrong()["folder"]


def test_a_disk_that_is_nearly_full(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "ROOM", 1 << 60)
    assert "make room" in desk.wrong()["disk"]


def test_a_database_of_another_version(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("issuer.store.migrations.HEAD", "9999")
    assert "cairn init" in desk.wrong()["migrations"]


def test_settings_come_from_files_and_no_message_repeats_them(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "url"
    file.write_text(f"{desk.env.pop('CAIRN_DATABASE_URL')}\n", "utf-8")
    file.chmod(0o600)
    desk.env["CAIRN_DATABASE_URL_FILE"] = str(file)
    assert desk.wrong() == {}
    file.chmod(0o604)
    assert "chmod 600" in desk.wrong()["secret files"]
    for content in (b"\xffcanary", b"canary" * 3_000):
        file.write_bytes(content)
        done = CliRunner().invoke(app, ["doctor"], env=desk.env)
        assert done.exit_code != 0
        assert "canary" not in done.output + str(done.exception)
        assert "CAIRN_DATABASE_URL_FILE" in str(done.exception)
    desk.env["CAIRN_DATABASE_URL"] = "x"
    assert "not both" in str(CliRunner().invoke(app, ["doctor"], env=desk.env).exception)
    assert os.environ.get("CAIRN_DATABASE_URL_FILE") is None


def test_a_file_with_a_setting_has_a_largest_size(tmp_path: Path) -> None:
    from issuer.errors import IssuerError
    from issuer.secret_files import settings_in_files

    file = tmp_path / "setting"
    file.write_bytes(b"x" * 16_384)
    assert len(settings_in_files({"CAIRN_DATA_FILE": str(file)}, ["data"])["data"]) == 16_384
    file.write_bytes(b"x" * 16_385)
    with pytest.raises(IssuerError, match="bad_setting"):
        settings_in_files({"CAIRN_DATA_FILE": str(file)}, ["data"])


@pytest.mark.network
def test_the_mail_server_is_asked_where_one_is_set(desk: Desk) -> None:
    with catching() as there:
        desk.env |= {
            "CAIRN_MAIL_HOST": "localhost", "CAIRN_MAIL_PORT": str(there.port), "CAIRN_MAIL_TLS": "none",
            "CAIRN_MAIL_FROM": "badges@lakeside.example",
        }  # fmt: skip
        assert desk.wrong() == {}
        assert there.mails == []
    assert "mail server" in desk.wrong()["mail"]
    desk.env["CAIRN_MAIL_FROM"] = ""
    assert "CAIRN_MAIL_FROM" in desk.wrong()["mail"]


def test_a_restore_that_is_not_settled_is_said(desk: Desk) -> None:
    desk.run("restored")
    said = next(what for name, what in desk.wrong().items() if name.startswith("lists"))
    assert "cairn restored" in said
