"""The story, step by step, each step with what was expected and what was seen."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from issuer.render.qr import qr_terminal
from tests.demo import committee, determinations, district, listed
from tests.demo.checking import EXIT_CODES, api, from_archive, told, verdict
from tests.demo.district import Place
from tests.demo.ledger import Issued, Ledger
from tests.demo.past import three_years_ago
from tests.demo.servers import Server, all_running, ask, run

CONSOLE = (("administrator", "Ada Fenn"), ("coordinator", "Cora Whitfield"), ("registrar", "Rosa Delgado"))
"""Who is let into the console: a role, and an invented name."""


@contextmanager
def both_servers(place: Place) -> Iterator[None]:
    """The issuer and the verifier, each in its own process with its own settings, until the block ends."""
    issuer = Server(
        ["cairn", "serve", "--port", str(place.issuer_port)],
        f"{place.issuer}/readyz",
        place.issuer_settings,
        place.folder / "issuer.log",
    )
    verifier = Server(
        ["cairn-verify", "serve"],
        f"{place.verifier}/readyz",
        place.verifier_settings,
        place.folder / "verifier.log",
    )
    with all_running(issuer, verifier):
        yield


def begin(place: Place, today: date) -> Issued:
    """Make the district, take its sheet in, and say what became of every row."""
    made = district.found(place)
    print(
        f"{district.NAME} issues as {made['did']}, with {made['achievements']} certifications to choose from."
    )
    decided, menu = decide(place, today)
    lapsed = three_years_ago(place, today, menu)
    rows = district.issue_mixed_sheet(place, today)
    print("\nIts sheet, row by row:\n")
    for row in rows:
        print(f"  {row['line']:>3}  {row['award_ref']:<7} {row['outcome']:<7} {row['code']:<18} {row['why']}")
    aides = district.record_nurse_aides(place, today)
    determined = district.determine_all(place)
    print("\nReadiness, student by student:\n")
    for number, row in determined.items():
        print(f"  {number}  {row['outcome']:<17} {', '.join(row['determined'])}")
    badges = [place.badges / f"{row['credential_id'][9:]}.json" for row in rows if "credential_id" in row]
    return Issued(rows, badges, decided, determined, aides, lapsed)


def decide(place: Place, today: date) -> tuple[Ledger, dict[str, Any]]:
    """The district's menu, its committee's decision, its roster and scores: before anything is issued."""
    ledger = Ledger()
    committee.gather_committee(place, today)
    menu = committee.menu_file(place)
    lowered, raised = committee.choose_menu(place, menu)
    ledger.note("a score below the state's, for the menu", "cut_lowered", lowered)
    ledger.note("a score above the state's, for the menu", "Math 530 or more", raised)
    college = committee.propose_college_certificate(place, today)
    ledger.note("a college certificate, proposed", "no_certification", college)
    early, decision = committee.decide_for_english(place, today)
    ledger.note("a vote with two of three kinds of member", "no_quorum", early)
    ledger.note("the vote on CO-CNA, for", "ENG", ", ".join(decision["subjects"]))
    roster, scores = district.import_roster(place, today)
    ledger.note("roster taken in, and scores", "14, 2", f"{roster['new']}, {scores['recorded']}")
    return ledger, menu


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
    print(f"Determinations:    {place.determinations}")


def let_people_in(place: Place) -> None:
    """Print how somebody opens the console, in each role of the story, and a student's own pages."""
    print("\nThe console: open a link, choose a password, then sign in with it and this e-mail address.\n")
    for role, name in CONSOLE:
        email = f"{role}@example.edu"
        words = ["cairn", "--json", "people", "add", "--role", role, "--email", email, "--name", name]
        made = json.loads(run(words, place.issuer_settings))
        print(f"  {role:<14} {email:<26} {made['link']}")
    slips = place.folder / "slips"
    run(["cairn", "students", "slips", "--out", str(slips)], place.issuer_settings)
    print(f"\nA student's pages: {place.issuer}/my/slip, with a code of the slips in {slips}")


def play(place: Place, issued: Issued) -> Ledger:
    """Check, withdraw, change and forge; compare what the verifier's HTTP API says with what it must say."""
    ledger = Ledger(list(issued.decided.lines))
    counts = {
        outcome: sum(row["outcome"] == outcome for row in issued.rows)
        for outcome in ("ready", "reject", "skip")
    }
    ledger.note("rows ready, rejected, skipped", "9, 6, 1", ", ".join(str(n) for n in counts.values()))
    for badge, row in zip(issued.badges, issued.ready, strict=True):
        ledger.note(f"{row['award_ref']} {row['achievement']}, checked", "valid", verdict(place, badge))
    for row in issued.aides:
        badge = place.badges / f"{row['credential_id'][9:]}.json"
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
    ledger.note("a certification that has ended", "expired", verdict(place, issued.lapsed.badge))
    determinations.play(place, issued, ledger)
    return ledger


def close(place: Place, issued: Issued, ledger: Ledger) -> None:
    """With every server stopped: the same answers, from the archive alone."""
    first, withdrawn = issued.badges[:2]
    cases = [(first.with_suffix(suffix), "valid") for suffix in (".json", ".jwt", ".png", ".svg")]
    cases += [(withdrawn, "revoked")]
    cases += [
        (place.others / "changed.json", "tampered"),
        (place.others / "foreign.json", "issuer_unknown"),
        (issued.lapsed.badge, "expired"),
    ]
    answers = from_archive(place, [file for file, _ in cases])
    for (file, code), answer in zip(cases, answers, strict=True):
        what = f"from the archive alone: {file.parent.name}/{_short(file)}"
        ledger.note(what, f"{code}, exit {EXIT_CODES[code]}", told(*answer))
    determinations.close(place, issued, ledger)
    listed.close(place, issued, ledger)


def keep_archive(place: Place) -> None:
    """Keep what the issuer has published."""
    run(["cairn", "archive", str(place.archive)], place.issuer_settings)


def headline(link: str) -> str:
    """The headline of the page that a link opens."""
    page = ask(link).body.decode("utf-8")
    found = re.search(r"<h1[^>]*>(.*?)</h1>", page, re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", found[1])).strip() if found else "no headline"


def _short(file: Path) -> str:
    return file.stem[:8] + file.suffix


def today() -> date:
    """Today, where this machine is."""
    return datetime.now(UTC).astimezone().date()
