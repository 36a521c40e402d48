"""Where the secret is looked for."""

from __future__ import annotations

import traceback
from pathlib import Path

import pytest

from keys.errors import KeyRefused
from keys.unlock import secret_from


def refusal(environ: dict[str, str], directory: Path | None = None) -> KeyRefused:
    with pytest.raises(KeyRefused) as refused:
        secret_from(environ, directory)
    return refused.value


def test_a_passphrase_comes_from_the_environment() -> None:
    secret = secret_from({"CAIRN_KEY_PASSPHRASE": "correct horse battery", "PATH": "/bin"})
    assert (secret.kind, secret.octets.reveal()) == ("passphrase", b"correct horse battery")


@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
def test_a_passphrase_comes_from_a_file_without_its_line_end(tmp_path: Path, ending: str) -> None:
    file = tmp_path / "passphrase"
    file.write_bytes(b"correct horse battery" + ending.encode())
    secret = secret_from({"CAIRN_KEY_PASSPHRASE_FILE": str(file)})
    assert (secret.kind, secret.octets.reveal()) == ("passphrase", b"correct horse battery")


def test_a_key_file_is_read_whole(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_bytes(bytes(31) + b"\n")
    secret = secret_from({"CAIRN_KEY_FILE": str(file)})
    assert (secret.kind, secret.octets.reveal()) == ("key-file", bytes(31) + b"\n")


def test_a_directory_of_secrets_counts_when_the_environment_names_none(tmp_path: Path) -> None:
    (tmp_path / "cairn_key_passphrase").write_text("correct horse battery\n")
    assert secret_from({}, tmp_path).octets.reveal() == b"correct horse battery"
    named = secret_from({"CAIRN_KEY_PASSPHRASE": "staple staple staple"}, tmp_path)
    assert named.octets.reveal() == b"staple staple staple"
    (tmp_path / "cairn_key_file").write_bytes(bytes(32))
    assert refusal({}, tmp_path).code == "too_many_secrets"
    (tmp_path / "cairn_key_passphrase").unlink()
    assert secret_from({}, tmp_path).kind == "key-file"


def test_none_or_an_empty_one_is_refused_with_what_to_set(tmp_path: Path) -> None:
    for refused in (refusal({}), refusal({"CAIRN_KEY_PASSPHRASE": ""}), refusal({}, tmp_path)):
        assert refused.code == "no_secret"
        assert "CAIRN_KEY_FILE" in refused.message


def test_two_are_refused() -> None:
    refused = refusal({"CAIRN_KEY_PASSPHRASE": "correct horse battery", "CAIRN_KEY_FILE": "/nowhere"})
    assert refused.code == "too_many_secrets"


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    for name in ("CAIRN_KEY_FILE", "CAIRN_KEY_PASSPHRASE_FILE"):
        assert refusal({name: str(tmp_path / "missing")}).code == "no_secret"
        assert refusal({name: str(tmp_path)}).code == "no_secret"


def test_a_traceback_with_variables_shows_no_secret(tmp_path: Path) -> None:
    """Some tools print the variables of every frame when a command fails."""
    (tmp_path / "short").write_text("hunter2")
    for environ in (
        {"CAIRN_KEY_PASSPHRASE": "hunter2"},
        {"CAIRN_KEY_PASSPHRASE_FILE": str(tmp_path / "short")},
        {"CAIRN_KEY_PASSPHRASE": "hunter2 hunter2", "CAIRN_KEY_FILE": "/nowhere"},
    ):
        shown = traceback.TracebackException.from_exception(refusal(environ), capture_locals=True)
        frames = [frame for frame in shown.stack if "/tests/" not in frame.filename]
        assert frames
        assert "hunter2" not in "".join(traceback.StackSummary.from_list(frames).format())
        assert not any("hunter2" in value for frame in frames for value in (frame.locals or {}).values())
