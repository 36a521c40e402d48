"""Where the secret that opens the keyring comes from: the environment, or a directory of secrets."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from keys.errors import KeyRefused
from keys.seal import Hidden, Secret

PASSPHRASE = "CAIRN_KEY_PASSPHRASE"  # noqa: S105 - the variable's name, not a passphrase
PASSPHRASE_FILE = "CAIRN_KEY_PASSPHRASE_FILE"  # noqa: S105 - the variable's name, not a passphrase
KEY_FILE = "CAIRN_KEY_FILE"


def secret_from(environ: Mapping[str, str], secrets_directory: Path | None = None) -> Secret:
    """Find what opens the keyring.

    Args:
        environ: Names exactly one of `CAIRN_KEY_PASSPHRASE` (the passphrase itself),
            `CAIRN_KEY_PASSPHRASE_FILE` (a file with it) or `CAIRN_KEY_FILE` (a file of 32 random octets).
        secrets_directory: Where an orchestrator puts secrets as files; one of `cairn_key_passphrase` and
            `cairn_key_file` in it counts when the environment names none.

    Raises:
        KeyRefused: `no_secret` when there is none or its file cannot be read; `too_many_secrets`;
            `weak_passphrase`.
    """
    named = {
        name: Hidden(os.fsencode(environ[name]))
        for name in (PASSPHRASE, PASSPHRASE_FILE, KEY_FILE)
        if environ.get(name)
    }
    del environ  # a traceback that prints variables must not print these
    if not named and secrets_directory is not None:
        places = {PASSPHRASE_FILE: "cairn_key_passphrase", KEY_FILE: "cairn_key_file"}
        found = {name: secrets_directory / place for name, place in places.items()}
        named = {name: Hidden(os.fsencode(path)) for name, path in found.items() if path.is_file()}
    if not named:
        raise KeyRefused(
            "no_secret", f"Nothing opens the keys. Set {PASSPHRASE}, {PASSPHRASE_FILE} or {KEY_FILE}."
        )
    if len(named) > 1:
        raise KeyRefused("too_many_secrets", f"Set only one of {', '.join(sorted(named))}.")
    name, value = named.popitem()
    if name == PASSPHRASE:
        return Secret.from_passphrase(value)
    if name == PASSPHRASE_FILE:
        return Secret.from_passphrase(Hidden(_secret_file(name, value).reveal().rstrip(b"\r\n")))
    return Secret.from_key_file(_secret_file(name, value))


def _secret_file(name: str, value: Hidden) -> Hidden:
    try:
        return Hidden(Path(os.fsdecode(value.reveal())).read_bytes())
    except OSError as error:
        raise KeyRefused(
            "no_secret", f"The file that {name} names cannot be read: {error.strerror}."
        ) from None
