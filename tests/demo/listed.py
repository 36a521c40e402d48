"""A state publishes whom it recognises: a signed list, made with the issuer's commands, that the verifier
goes by.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from tests.demo.checking import EXIT_CODES, told
from tests.demo.district import NAME, Place
from tests.demo.ledger import Issued, Ledger
from tests.demo.servers import command, run
from tests.world import did_key_signer

STATE: Final = "Example State Department of Education"
REFUSED: Final = "refused, exit 3"


def close(place: Place, issued: Issued, ledger: Ledger) -> None:
    """From the archive alone: a badge by a signed list, by one under another key, by a later and an older
    one.
    """
    badge = issued.badges[0]
    folder = place.folder / "state"
    settings = {"CAIRN_DATA": str(folder / "issuer"), "CAIRN_KEY_FILE": str(place.folder / "key-file")}
    key = first_version(place, folder, settings)
    ledger.note(
        "by a state's signed list", f"valid, exit {EXIT_CODES['valid']}", _check(place, badge, "1", key)
    )
    stranger = did_key_signer("a stranger").public_key.multikey()
    ledger.note("the same list under another key", REFUSED, _check(place, badge, "1", stranger))
    changes = second_version(folder, settings, key)
    ledger.note("the next version, compared", f"withdrawn: {NAME}", changes)
    seen = _check(place, badge, "2", key)
    ledger.note("by the next version", f"issuer_unknown, exit {EXIT_CODES['issuer_unknown']}", seen)
    ledger.note("the older version once more", REFUSED, _check(place, badge, "1", key))


def first_version(place: Place, folder: Path, settings: Mapping[str, str]) -> str:
    """Set up the state's own issuer, take in the entry that the district sends, sign; the key to pin."""
    folder.mkdir()
    words = ["cairn", "init", "--name", STATE, "--tag", "STATE", "--school", "0=None"]
    run([*words, "--origin", "https://lists.example", "--url", "https://lists.example"], dict(settings))
    entry = folder / "entry.json"
    entry.write_text(json.dumps(json.loads(place.trust.read_text("utf-8"))["entries"][0]), "utf-8")
    draft = str(folder / "draft.json")
    run(["cairn", "trust", "make", draft, "--name", "The state's list"], dict(settings))
    run(["cairn", "trust", "add", draft, "--entry", str(entry), "--city", "Sagebrush"], dict(settings))
    return str(_signed(folder, settings, "1")["key"])


def second_version(folder: Path, settings: Mapping[str, str], key: str) -> str:
    """The state withdraws the district; what `cairn-verify trust compare` says of it."""
    did = json.loads((folder / "entry.json").read_text("utf-8"))["id"]
    draft = str(folder / "draft.json")
    run(["cairn", "trust", "withdraw", draft, did, "--reason", "It has merged."], dict(settings))
    _signed(folder, settings, "2", "--previous", str(folder / "1.jwt"))
    words = ["trust", "compare", "--json", str(folder / "1.jwt"), str(folder / "2.jwt"), "--key", key]
    done = _verifier(words, {})
    found = json.loads(done.stdout) if done.returncode == 0 else {}
    return "; ".join(
        f"{what}: {one['name']}" for what in ("added", "withdrawn", "gone") for one in found.get(what, [])
    )


def _signed(folder: Path, settings: Mapping[str, str], name: str, *more: str) -> dict[str, Any]:
    out = str(folder / f"{name}.jwt")
    words = ["cairn", "--json", "trust", "sign", str(folder / "draft.json"), "--out", out, *more]
    made: dict[str, Any] = json.loads(run(words, dict(settings)))
    return made


def _check(place: Place, badge: Path, version: str, key: str) -> str:
    """`cairn-verify check` with the list pinned to a key, in the place where a verifier expects its list."""
    listed = place.folder / "state" / "list.jwt"
    listed.write_bytes((place.folder / "state" / f"{version}.jwt").read_bytes())
    done = _verifier(
        ["check", "--json", "--archive", str(place.archive), str(badge)],
        {
            "CAIRN_VERIFY_TRUST": str(listed),
            "CAIRN_VERIFY_TRUST_KEY": key,
            "CAIRN_VERIFY_DATA": str(place.folder / "state" / "verifier"),
        },
    )
    if not done.stdout.strip():
        return f"refused, exit {done.returncode}"
    return told(json.loads(done.stdout), done.returncode)


def _verifier(words: list[str], settings: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [command("cairn-verify"), *words],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
        check=False,
        env=dict(settings),
    )
