"""Settings from files: `CAIRN_NAME_FILE` names a file that holds what `CAIRN_NAME` would."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from issuer.errors import IssuerError

LARGEST: Final = 16_384
"""Bytes of a file that holds one setting."""
PREFIX: Final = "CAIRN_"
SUFFIX: Final = "_FILE"


def settings_in_files(environ: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    """Read the settings whose files the environment names.

    Args:
        environ: The environment.
        names: Every setting, in small letters.

    Returns:
        What the files hold, by the setting's name, without line ends at the end.

    Raises:
        IssuerError: `bad_setting` for a file that cannot be read, is too large or is no text, and where a
            setting is given in both ways. No message repeats what a file holds.
    """
    found = {}
    for name in names:
        variable = PREFIX + name.upper()
        file = environ.get(variable + SUFFIX, "")
        if not file:
            continue
        if environ.get(variable, ""):
            raise IssuerError("bad_setting", f"set {variable} or {variable}{SUFFIX}, not both")
        found[name] = _content(Path(file), variable + SUFFIX)
    return found


def _content(file: Path, variable: str) -> str:
    try:
        with file.open("rb") as opened:
            read = opened.read(LARGEST + 1)
        if len(read) > LARGEST:
            raise IssuerError("bad_setting", f"the file that {variable} names has more than {LARGEST} bytes")
        return read.decode("utf-8").rstrip("\r\n")
    except OSError as fault:
        raise IssuerError(
            "bad_setting", f"the file that {variable} names cannot be read: {fault.strerror}"
        ) from fault
    except UnicodeDecodeError:
        raise IssuerError("bad_setting", f"the file that {variable} names is no text in UTF-8") from None
