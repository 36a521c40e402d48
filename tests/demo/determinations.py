"""Readiness determinations under the verifier's eyes: what is inside them, and what becomes of it later."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from credential.embedded import CREDENTIAL, data_uri, read_data_uri
from tests.demo.checking import EXIT_CODES, from_archive, reported, told
from tests.demo.district import Place, write
from tests.demo.ledger import Issued, Ledger
from tests.demo.servers import run

MAYA, LUIS, NOOR, ZOE, REMY = "200000001", "200000002", "200000014", "200000004", "200000013"
"""Students, by their numbers."""

INTACT: Final = "rule intact, credential intact"
HOLDS: Final = "holds; English yes, math not claimed"
STANDS: Final = re.compile(
    r"A certification that it rests on (was withdrawn|ended) on [^.]+\. (The determination stands)"
)


def play(place: Place, issued: Issued, ledger: Ledger) -> None:
    """Determinations checked through the verifier's HTTP interface, one with its certification withdrawn."""
    for who, number, expected in (
        ("a nurse aide with a score below the district's", MAYA, "issued ENG"),
        ("a score that the district asks for", LUIS, "issued MTH"),
        ("a certification that nobody decided on", ZOE, "not_ready"),
        ("again, after the certification has ended", REMY, "not_ready"),
    ):
        row = issued.determined[number]
        seen = (
            " ".join([row["outcome"], *row["determined"]]) if row["outcome"] == "issued" else row["outcome"]
        )
        ledger.note(f"determined: {who}", expected, seen)
    report = _ask(place, _file(place, issued, MAYA))
    ledger.note("a determination, checked", "valid", report["code"])
    ledger.note("  its evidence", INTACT, evidence_of(report))
    ledger.note("  its rule", HOLDS, rule_of(report))
    carried = _inside(_file(place, issued, MAYA))["credentialSubject"]["achievement"]
    ledger.note("  alignments and endorsements in its certification", "5, 1", _carried(carried))
    report = _ask(place, _file(place, issued, LUIS))
    ledger.note("a determination by a score", "valid, on the district's word: score", _on_word(report))
    changed = change_inside(place, _file(place, issued, MAYA))
    ledger.note("one byte of what is inside it changed", "tampered", _ask(place, changed)["code"])
    run(["cairn", "revoke", "R-0017", "--reason", "issued-in-error"], place.issuer_settings)
    today = datetime.now(UTC).date()
    report = _ask(place, _file(place, issued, NOOR))
    ledger.note("its certification withdrawn", "valid", report["code"])
    ledger.note("  its evidence", f"rule intact, credential withdrawn {today}", evidence_of(report))
    ledger.note("  what it says", "was withdrawn: The determination stands", _stands(report))
    report = _ask(place, issued.lapsed.determination)
    ledger.note("its certification lapsed", "valid", report["code"])
    ledger.note("  its evidence", _lapsed(issued), evidence_of(report))
    ledger.note("  what it says", "ended: The determination stands", _stands(report))


def close(place: Place, issued: Issued, ledger: Ledger) -> None:
    """The same answers with every server stopped."""
    changed = place.others / "changed-inside.json"
    cases = [
        ("a determination", _file(place, issued, MAYA), "valid", INTACT),
        ("its certification withdrawn", _file(place, issued, NOOR), "valid", _withdrawn(ledger)),
        ("its certification lapsed", issued.lapsed.determination, "valid", _lapsed(issued)),
        ("changed inside", changed, "tampered", ""),
    ]
    answers = from_archive(place, [file for _, file, _, _ in cases])
    for (what, _, code, evidence), (report, exit_code) in zip(cases, answers, strict=True):
        ledger.note(
            f"from the archive alone: {what}",
            f"{code}, exit {EXIT_CODES[code]}",
            told(report, exit_code),
        )
        if evidence:
            ledger.note("  its evidence", evidence, evidence_of(report))
            ledger.note("  its rule", HOLDS, rule_of(report))


def evidence_of(report: dict[str, Any]) -> str:
    """The pieces of evidence as a report has them: kind, outcome, and the day where something ended."""
    return ", ".join(
        " ".join(filter(None, [one["kind"], one["outcome"], one["facts"].get("date", "")]))
        for one in report["evidence"]
    )


def rule_of(report: dict[str, Any]) -> str:
    """The rule as a report has it, by subject."""
    rule = report["rule"] or {"outcome": "no rule", "subjects": []}
    said = [
        f"{name} {one['answer'] if one['claimed'] else 'not claimed'}"
        for name, one in zip(("English", "math"), rule["subjects"], strict=False)
    ]
    return f"{rule['outcome']}; {', '.join(said)}"


def change_inside(place: Place, determination: Path) -> Path:
    """The same determination with one letter changed in the certification that it embeds."""
    value = json.loads(determination.read_bytes())
    piece = value["evidence"][0]
    inside = read_data_uri(piece["id"]).data
    at = inside.index(b'"licenseNumber":"') + len(b'"licenseNumber":"')
    letter = b"M" if inside[at : at + 1] != b"M" else b"L"
    piece["id"] = data_uri(CREDENTIAL, inside[:at] + letter + inside[at + 1 :])
    changed = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return write(place.others / "changed-inside", changed, {})


def _file(place: Place, issued: Issued, number: str) -> Path:
    return place.determinations / f"{issued.determined[number]['credential_id'][9:]}.json"


def _ask(place: Place, file: Path) -> dict[str, Any]:
    return reported(place, json.loads(file.read_bytes()))


def _inside(determination: Path) -> dict[str, Any]:
    """The first credential that a determination embeds."""
    piece = json.loads(determination.read_bytes())["evidence"][0]["id"]
    found: dict[str, Any] = json.loads(read_data_uri(piece).data)
    return found


def _carried(achievement: dict[str, Any]) -> str:
    return f"{len(achievement.get('alignment', []))}, {len(achievement.get('endorsement', []))}"


def _on_word(report: dict[str, Any]) -> str:
    words = [one["kind"] for one in (report["rule"] or {"on_word": []})["on_word"]]
    return f"{report['code']}, on the district's word: {', '.join(words)}"


def _stands(report: dict[str, Any]) -> str:
    """What a report says of a certification that has ended since, without the day."""
    found = STANDS.search(report["what_to_do"])
    return ": ".join(found.groups()) if found else str(report["what_to_do"])


def _lapsed(issued: Issued) -> str:
    value = json.loads(issued.lapsed.badge.read_bytes())
    return f"{INTACT} {value['validUntil'][:10]}"


def _withdrawn(ledger: Ledger) -> str:
    """What was expected while the servers ran: the day of the withdrawal stays."""
    return next(expected for _, expected, _ in ledger.lines if "credential withdrawn" in expected)
