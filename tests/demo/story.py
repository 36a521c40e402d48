"""The story, step by step, each step with what was expected and what was seen."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from issuer.render import qr_terminal
from tests.demo import district
from tests.demo.district import Place
from tests.demo.servers import DemoFailed, ask, command, run, running

EXIT_CODES = {"valid": 0, "expired": 10, "revoked": 12, "tampered": 14, "issuer_unknown": 15}


@dataclass
class Ledger:
    """What was expected, and what was seen."""

    lines: list[tuple[str, str, str]] = field(default_factory=list)

    def note(self, what: str, expected: object, seen: object) -> None:
        """Write down one comparison."""
        self.lines.append((what, str(expected), str(seen)))

    @property
    def held(self) -> bool:
        """Whether all of it was as expected, and there was something to compare."""
        return bool(self.lines) and all(expected == seen for _, expected, seen in self.lines)

    def table(self) -> str:
        """The comparisons as a table."""
        widest = max(len(what) for what, _, _ in self.lines)
        middle = max(len(expected) for _, expected, _ in self.lines)
        rows = (
            f"  {'ok ' if expected == seen else 'NO '} {what:<{widest}}  {expected:<{middle}}  {seen}"
            for what, expected, seen in self.lines
        )
        head = f"      {'what':<{widest}}  {'expected':<{middle}}  seen"
        return "\n".join([head, *rows])


@dataclass(frozen=True, slots=True)
class Issued:
    """What the district issued in the story.

    Args:
        rows: The sheet's rows, as `cairn issue` reported them.
        badges: The ready rows' badges as JSON files, in the sheet's order.
    """

    rows: list[dict[str, Any]]
    badges: list[Path]

    @property
    def ready(self) -> list[dict[str, Any]]:
        """The rows that became badges."""
        return [row for row in self.rows if "credential_id" in row]


@contextmanager
def both_servers(place: Place) -> Iterator[None]:
    """The issuer and the verifier, each in its own process with its own settings, until the block ends."""
    issuer = ["cairn", "serve", "--port", str(place.issuer_port)]
    with (
        running(issuer, f"{place.issuer}/readyz", place.issuer_settings, place.folder / "issuer.log"),
        running(
            ["cairn-verify", "serve"],
            f"{place.verifier}/readyz",
            place.verifier_settings,
            place.folder / "verifier.log",
        ),
    ):
        yield


def begin(place: Place, today: date) -> Issued:
    """Make the district, take its sheet in, and say what became of every row."""
    made = district.found(place)
    print(
        f"{district.NAME} issues as {made['did']}, with {made['achievements']} certifications to choose from."
    )
    rows = district.issue_mixed_sheet(place, today)
    print("\nIts sheet, row by row:\n")
    for row in rows:
        print(f"  {row['line']:>3}  {row['award_ref']:<7} {row['outcome']:<7} {row['code']:<18} {row['why']}")
    issued = Issued(rows, [])
    issued.badges.extend(place.badges / f"{row['credential_id'][9:]}.json" for row in issued.ready)
    return issued


def show(place: Place, issued: Issued) -> None:
    """Print what a person can open: links, codes, and one QR."""
    print("\nOpen any of these on this machine:\n")
    for row in issued.ready:
        share = row.get("share")
        way = f"{share['code']:<20} {share['link']}" if share else "under 18: no link until a guardian agrees"
        print(f"  {row['award_ref']}  {row['achievement']:<14} {way}")
    code_link = issued.ready[0]["share"]["code_link"]
    print(f"\nThe QR on the first one's paper ({code_link}):\n")
    print(qr_terminal(code_link))
    print(f"The verifier:      {place.verifier}")
    print(f"The issuer's keys: {place.issuer}/.well-known/did.json")
    print(f"Badges as files:   {place.badges}")


def play(place: Place, issued: Issued, today: date) -> Ledger:
    """Check, withdraw, change and forge; compare what the verifier's HTTP API says with what it must say."""
    ledger = Ledger()
    counts = {
        outcome: sum(row["outcome"] == outcome for row in issued.rows)
        for outcome in ("ready", "reject", "skip")
    }
    ledger.note("rows ready, rejected, skipped", "9, 6, 1", ", ".join(str(n) for n in counts.values()))
    for badge, row in zip(issued.badges, issued.ready, strict=True):
        ledger.note(f"{row['award_ref']} {row['achievement']}, checked", "valid", verdict(place, badge))
    token = issued.badges[0].with_suffix(".jwt").read_text("ascii")
    ledger.note("the first one as a token", "valid", api(place, token))
    linked = sum("share" in row for row in issued.ready)
    ledger.note("links for adults, none for minors", "7, 2", f"{linked}, {len(issued.ready) - linked}")
    share = issued.ready[0]["share"]
    for name in ("link", "code_link"):
        ledger.note(f"its {name.replace('_', ' ')}, opened", "This badge is valid", headline(share[name]))
    withdrawn = issued.ready[1]
    run(["cairn", "revoke", withdrawn["award_ref"], "--reason", "issued-in-error"], place.issuer_settings)
    ledger.note(f"{withdrawn['award_ref']}, withdrawn", "revoked", verdict(place, issued.badges[1]))
    changed = district.changed_badge(place, issued.badges[0])
    ledger.note("one byte changed", "tampered", verdict(place, changed))
    foreign = district.foreign_badge(place, issued.badges[0])
    ledger.note("signed by an issuer on no list", "issuer_unknown", verdict(place, foreign))
    lapsed = district.lapsed_badge(place, today)
    ledger.note("a certification that has ended", "expired", verdict(place, lapsed))
    return ledger


def close(place: Place, issued: Issued, ledger: Ledger) -> None:
    """With every server stopped: the same answers, from the archive alone."""
    first, withdrawn = issued.badges[:2]
    cases = [(first.with_suffix(suffix), "valid") for suffix in (".json", ".jwt", ".png", ".svg")]
    cases += [(withdrawn, "revoked")]
    cases += [
        (place.others / "changed.json", "tampered"),
        (place.others / "foreign.json", "issuer_unknown"),
        (place.others / "lapsed.json", "expired"),
    ]
    for file, code in cases:
        seen = offline(place, file)
        ledger.note(
            f"from the archive alone: {file.parent.name}/{_short(file)}",
            f"{code}, exit {EXIT_CODES[code]}",
            seen,
        )


def keep_archive(place: Place) -> None:
    """Keep what the issuer has published."""
    run(["cairn", "archive", str(place.archive)], place.issuer_settings)


def verdict(place: Place, badge: Path) -> str:
    """What the verifier's API says of a badge in a JSON file."""
    return api(place, json.loads(badge.read_bytes()))


def api(place: Place, credential: object) -> str:
    """Ask `POST /credentials/verify`; its code, checked against its own `verified`."""
    answer = ask(f"{place.verifier}/credentials/verify", {"verifiableCredential": credential})
    body = answer.json()
    code = str(body["report"]["code"]) if "report" in body else f"HTTP {answer.status}"
    if body["verified"] is not (code == "valid"):
        raise DemoFailed(f"the verifier says {code} and verified: {body['verified']}")
    return code


def headline(link: str) -> str:
    """The headline of the page that a link opens."""
    page = ask(link).body.decode("utf-8")
    found = re.search(r"<h1[^>]*>(.*?)</h1>", page, re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", found[1])).strip() if found else "no headline"


def offline(place: Place, file: Path) -> str:
    """What `cairn-verify check --archive` says, and its exit code."""
    words = ["check", "--json", "--archive", str(place.archive), "--trust", str(place.trust), str(file)]
    done = subprocess.run(
        [command("cairn-verify"), *words],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    try:
        report = json.loads(done.stdout)
    except json.JSONDecodeError:
        return f"{done.stderr.strip()[:200]}, exit {done.returncode}"
    if report["code"] in {"valid", "revoked"} and not report["as_of"]:
        return f"{report['code']} without as_of, exit {done.returncode}"
    return f"{report['code']}, exit {done.returncode}"


def _short(file: Path) -> str:
    return file.stem[:8] + file.suffix


def today() -> date:
    """Today, where this machine is."""
    return datetime.now(UTC).astimezone().date()
