"""The fictional district of the demonstration: its folder, its commands, and what goes wrong around it."""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from contexts.document import compose, parse
from credential.proof.data_integrity import add_proof
from tests.demo.servers import DemoFailed, ran, run
from tests.demo.sheet import mixed_sheet, nurse_aides, roster_archive, scores_sheet
from tests.world import did_key_signer

NAME = "Sagebrush Valley School District"
TAG = "SAGE"
MARK = "made-by-the-demo"
"""The file that says that a folder may be made anew."""

YEARS_AGO = timedelta(days=1_095)
"""How long ago the badges were issued that have lapsed since."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the demonstration keeps things, and where its servers listen.

    Args:
        folder: The data directory.
        issuer_port: The issuer's port on this machine.
        verifier_port: The verifier's.
    """

    folder: Path
    issuer_port: int
    verifier_port: int

    @property
    def issuer(self) -> str:
        """The issuer's origin."""
        return f"http://localhost:{self.issuer_port}"

    @property
    def verifier(self) -> str:
        """The verifier's origin."""
        return f"http://localhost:{self.verifier_port}"

    @property
    def badges(self) -> Path:
        """Badges that check as valid or withdrawn, and nothing else."""
        return self.folder / "badges"

    @property
    def others(self) -> Path:
        """Changed, foreign and lapsed badges."""
        return self.folder / "others"

    @property
    def determinations(self) -> Path:
        """Readiness determinations that check as valid, and nothing else."""
        return self.folder / "determinations"

    @property
    def archive(self) -> Path:
        """What the issuer had published."""
        return self.folder / "archive"

    @property
    def trust(self) -> Path:
        """The trust list that names the district."""
        return self.folder / "trust.json"

    @property
    def issuer_settings(self) -> dict[str, str]:
        """The issuer's environment."""
        return {
            "CAIRN_DATA": str(self.folder / "issuer"),
            "CAIRN_KEY_FILE": str(self.folder / "key-file"),
            "CAIRN_VERIFIER_ORIGIN": self.verifier,
        }

    @property
    def verifier_settings(self) -> dict[str, str]:
        """The verifier's environment.

        It may ask this one port of this machine and nothing else of it, and it asks for a status list each
        time, so that the story need not wait a minute to see a withdrawal. A busy machine may take its time.
        """
        return {
            "CAIRN_VERIFY_TRUST": str(self.trust),
            "CAIRN_VERIFY_DATA": str(self.folder / "verifier"),
            "CAIRN_VERIFY_LOOPBACK": f"localhost:{self.issuer_port}",
            "CAIRN_VERIFY_PORT": str(self.verifier_port),
            "CAIRN_VERIFY_STATUS_SECONDS": "0",
            "CAIRN_VERIFY_SECONDS": "60",
            "CAIRN_VERIFY_CHECK_SECONDS": "60",
            "CAIRN_VERIFY_LOOKUPS_PER_MINUTE": "600",
            "CAIRN_VERIFY_CODES_PER_MINUTE": "600",
        }

    def make_anew(self) -> None:
        """Begin with an empty folder.

        Raises:
            DemoFailed: Somebody else's files are in it.
        """
        if self.folder.exists() and any(self.folder.iterdir()):
            if not (self.folder / MARK).exists():
                raise DemoFailed(
                    f"{self.folder} is not empty and was not made by the demo: name another folder"
                )
            shutil.rmtree(self.folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / MARK).touch()
        key_file = self.folder / "key-file"
        key_file.touch(mode=0o600)
        key_file.write_bytes(secrets.token_bytes(32))


def found(place: Place) -> dict[str, Any]:
    """Set up the district with `cairn init`, and write the trust list that names it."""
    words = ["cairn", "--json", "init", "--name", NAME, "--tag", TAG, "--origin", place.issuer]
    made: dict[str, Any] = json.loads(
        run([*words, "--url", place.issuer, "--example-schools"], place.issuer_settings)
    )
    trust = json.loads(run(["cairn", "trust", "--list", "The demo's list"], place.issuer_settings))
    # Whoever keeps the list says since when: here for longer than anything that the story issues.
    trust["entries"][0]["from"] = str(date.fromisoformat(trust["issued"]) - YEARS_AGO - timedelta(days=365))
    place.trust.write_text(json.dumps(trust, indent=1), "utf-8")
    return made


def issue_mixed_sheet(place: Place, today: date) -> list[dict[str, Any]]:
    """Issue the sheet with `cairn issue`: each row with its outcome, and its badge where it is ready."""
    sheet = place.folder / "awards.csv"
    sheet.write_bytes(mixed_sheet(today))
    words = ["cairn", "--json", "issue", str(sheet), "--jwt", "--share", "--out", str(place.badges)]
    report = ["--report", str(place.folder / "awards.report.csv")]
    rows: list[dict[str, Any]] = json.loads(run([*words, *report], place.issuer_settings, allow=(4,)))["rows"]
    return rows


def record_nurse_aides(place: Place, today: date) -> list[dict[str, Any]]:
    """Record what the committee has decided on: two nurse aides' licences, issued with `cairn issue`."""
    sheet = place.folder / "nurse-aides.csv"
    sheet.write_bytes(nurse_aides(today))
    words = ["cairn", "--json", "issue", str(sheet), "--jwt", "--out", str(place.badges)]
    rows: list[dict[str, Any]] = json.loads(run(words, place.issuer_settings))["rows"]
    return rows


def import_roster(place: Place, today: date) -> tuple[dict[str, Any], dict[str, Any]]:
    """Take the roster in, as the district's student system gives it, and what students scored."""
    roster, scores = place.folder / "roster.zip", place.folder / "scores.csv"
    roster.write_bytes(roster_archive(today))
    scores.write_bytes(scores_sheet(today))
    words = (["students", "import", str(roster)], ["scores", "import", str(scores)])
    taken, recorded = (json.loads(run(["cairn", "--json", *one], place.issuer_settings)) for one in words)
    return taken, recorded


def determine_all(place: Place) -> dict[str, dict[str, Any]]:
    """Judge every student with `cairn determine`; what came of each, by number."""
    words = ["cairn", "--json", "determine", "--all", "--out", str(place.determinations)]
    rows = json.loads(run(words, place.issuer_settings))["students"]
    return {row["student"]: row for row in rows}


def refusal(place: Place, *words: str) -> str:
    """The code with which a `cairn` command refuses; what it printed where it does not."""
    done = ran(["cairn", *words], place.issuer_settings)
    said = done.err.strip().splitlines()[-1] if done.err.strip() else done.out.strip()
    code, found, _ = said.removeprefix("cairn: ").partition(": ")
    return code if done.code and found else f"{said[:80]}, exit {done.code}"


def changed_badge(place: Place, badge: Path) -> Path:
    """The same badge with one byte changed: a letter of the name that it is awarded to."""
    data = badge.read_bytes()
    at = data.index(b'"identityHash":"') + len(b'"identityHash":"')
    letter = b"M" if data[at : at + 1] != b"M" else b"L"
    changed = data[:at] + letter + data[at + 1 :]
    return write(place.others / "changed", changed, {".json": changed})


def foreign_badge(place: Place, badge: Path) -> Path:
    """A badge that an issuer on no list has signed, well and truly, with a key of its own."""
    value = dict(parse(badge.read_bytes()).value)
    signer = did_key_signer("a school that is on no list")
    value.pop("proof")
    value.pop("credentialStatus")
    value["id"] = "urn:uuid:5d0c1a3e-6f5b-4a8e-9b0e-2f8f7c1d9a44"
    value["issuer"] = {"id": signer.controller, "type": ["Profile"], "name": NAME}
    signed = add_proof(compose(value), signer, created=datetime.now(UTC))
    return write(place.others / "foreign", signed.raw, {".json": signed.raw})


def write(stem: Path, document: bytes, files: Mapping[str, bytes]) -> Path:
    """A badge in its files, beside one another; its JSON file."""
    stem.parent.mkdir(parents=True, exist_ok=True)
    for suffix, content in {".json": document, **files}.items():
        stem.with_suffix(suffix).write_bytes(content)
    return stem.with_suffix(".json")
