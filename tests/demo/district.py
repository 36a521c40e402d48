"""The fictional district of the demonstration: its folder, its commands, and what goes wrong around it."""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from contexts.document import compose, parse
from credential.proof.data_integrity import add_proof
from issuer.award import Award
from issuer.badge_files import badge_files
from issuer.commands.desk import Desk
from issuer.district import district_catalogue
from issuer.issuance import issue
from issuer.roster import read_sheet
from issuer.settings import Settings
from issuer.store import queries
from keys.unlock import secret_from
from tests.demo.servers import DemoFailed, run
from tests.demo.sheet import lapsed_sheet, mixed_sheet
from tests.world import did_key_signer

NAME = "Sagebrush Valley School District"
TAG = "SAGE"
MARK = "made-by-the-demo"
"""The file that says that a folder may be made anew."""


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
        time, so that the story need not wait a minute to see a withdrawal.
        """
        return {
            "CAIRN_VERIFY_TRUST": str(self.trust),
            "CAIRN_VERIFY_LOOPBACK": f"localhost:{self.issuer_port}",
            "CAIRN_VERIFY_PORT": str(self.verifier_port),
            "CAIRN_VERIFY_STATUS_SECONDS": "0",
            "CAIRN_VERIFY_LOOKUPS_PER_MINUTE": "600",
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
    place.trust.write_text(
        run(["cairn", "trust", "--list", "The demo's list"], place.issuer_settings), "utf-8"
    )
    return made


def issue_mixed_sheet(place: Place, today: date) -> list[dict[str, Any]]:
    """Issue the sheet with `cairn issue`: each row with its outcome, and its badge where it is ready."""
    sheet = place.folder / "awards.csv"
    sheet.write_bytes(mixed_sheet(today))
    words = ["cairn", "--json", "issue", str(sheet), "--jwt", "--share", "--out", str(place.badges)]
    report = ["--report", str(place.folder / "awards.report.csv")]
    rows: list[dict[str, Any]] = json.loads(run([*words, *report], place.issuer_settings, allow=(4,)))["rows"]
    return rows


def lapsed_badge(place: Place, today: date) -> Path:
    """Issue a badge as it was issued three years ago; the clock is a parameter. It has ended since."""
    desk = Desk(Settings(data=Path(place.issuer_settings["CAIRN_DATA"])), as_json=True)
    district, then = desk.district(), today - timedelta(days=1_095)
    with desk.store().reading() as session:
        catalogue = district_catalogue(session, district.id)
        schools = queries.schools(session, district.id)
    checked = read_sheet(
        lapsed_sheet(today), run_date=then, catalogue=catalogue, schools=schools, issued={}, date_order=None
    )
    row = checked.rows[0]
    if row.award is None:
        raise DemoFailed(f"the lapsed award was not ready: {row.code} {row.why}")
    made = issue(
        Award.from_row(row.award, also_jwt=False),
        store=desk.store(),
        district_id=district.id,
        signer=desk.keyring().open(
            desk.records(district)[-1].key_id, secret_from(place.issuer_settings, None)
        ),
        now=datetime.combine(then, time(12), UTC),
        entropy=desk.entropy,
        actor="demo",
    )
    return _write(place.others / "lapsed", made.document, badge_files(made.document, None, None))


def changed_badge(place: Place, badge: Path) -> Path:
    """The same badge with one byte changed: a letter of the name that it is awarded to."""
    data = badge.read_bytes()
    at = data.index(b'"identityHash":"') + len(b'"identityHash":"')
    letter = b"M" if data[at : at + 1] != b"M" else b"L"
    changed = data[:at] + letter + data[at + 1 :]
    return _write(place.others / "changed", changed, {".json": changed})


def foreign_badge(place: Place, badge: Path) -> Path:
    """A badge that an issuer on no list has signed, well and truly, with a key of its own."""
    value = dict(parse(badge.read_bytes()).value)
    signer = did_key_signer("a school that is on no list")
    value.pop("proof")
    value.pop("credentialStatus")
    value["id"] = "urn:uuid:5d0c1a3e-6f5b-4a8e-9b0e-2f8f7c1d9a44"
    value["issuer"] = {"id": signer.controller, "type": ["Profile"], "name": NAME}
    signed = add_proof(compose(value), signer, created=datetime.now(UTC))
    return _write(place.others / "foreign", signed.raw, {".json": signed.raw})


def _write(stem: Path, document: bytes, files: Mapping[str, bytes]) -> Path:
    stem.parent.mkdir(parents=True, exist_ok=True)
    for suffix, content in {".json": document, **files}.items():
        stem.with_suffix(suffix).write_bytes(content)
    return stem.with_suffix(".json")
