"""The committee on the command line, as a coordinator uses it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from contexts.document import parse
from credential.proof.data_integrity import add_proof
from issuer.decisions.errors import DecisionRefused
from issuer.decisions.reading import LARGEST_FILE
from issuer.errors import IssuerError
from tests.committee import ENDORSER, ENGLISH_ROW, MATH_ROW, MINUTES, endorsement, proposal, sections
from tests.unit.issuer.test_cli import Desk, sheet

TARGET = "https://badges.lakeside.example/achievements/co-cna"
MENU = ("--menu", "state-menu-2021+")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database: str) -> Desk:
    made = Desk(tmp_path, monkeypatch, database)
    made.init()
    for kind in ("cte", "administrator", "faculty", "counselor"):
        add(made, kind)
    add(made, "industry", "--organization", "Quail Creek Care Home", "--did", ENDORSER.controller)
    return made


def add(desk: Desk, kind: str, *more: str) -> str:
    words = ("--kind", kind, "--name", f"A {kind} person", "--since", day(-30))
    made: str = desk.json("decisions", "member", "add", *words, *more)["member"]
    return made


def write(desk: Desk, name: str, value: Any) -> str:
    path = desk.folder / name
    path.write_bytes(value if isinstance(value, bytes) else json.dumps(value).encode())
    return str(path)


def current(**changes: Any) -> dict[str, Any]:
    """The complete proposal as of today: its reviews lie a year ahead."""
    days = {"date": day(), "next_review": day(365)}
    rows = {"alignments": [ENGLISH_ROW | days, MATH_ROW | days]}
    return sections(standards=rows, industry_need=need(), **changes) | days


def need() -> dict[str, Any]:
    row = {
        "source": "State labor office",
        "year": int(day()[:4]),
        "occupation": "31-1131.00",
        "openings": 640,
    }
    return {"demand": [row]}


def signed_now() -> bytes:
    """The employer's endorsement, as of this moment: some minutes ago it may have been yesterday."""
    moment = datetime.now(UTC)
    return endorsement(TARGET, created=moment, validFrom=moment.strftime("%Y-%m-%dT%H:%M:%SZ"))


def day(ahead: int = 0) -> str:
    """So many days from today, where this machine is."""
    return (datetime.now(UTC).astimezone().date() + timedelta(days=ahead)).isoformat()


def code_of(desk: Desk, *arguments: str) -> str:
    result = desk.run(*arguments)
    assert result.exit_code != 0
    assert isinstance(result.exception, IssuerError), result.output
    return result.exception.code


def voted(desk: Desk) -> str:
    ref: str = desk.json("decisions", "propose", write(desk, "p.json", current()))["proposal"]
    for member in ("administrator-1", "faculty-1", "industry-1"):
        desk.json("decisions", "approve", ref, "--member", member, "--document", MINUTES)
    return ref


def test_a_coordinators_story(desk: Desk) -> None:
    printed = desk.run("decisions", "template", "CO-CNA")
    empty = desk.json("decisions", "propose", write(desk, "empty.json", printed.stdout.encode()))
    assert empty["proposal"] == "CO-CNA.1"
    assert any("course content" in one for one in empty["lacking"])
    assert any("3 more of 3 approvals" in one for one in empty["lacking"])

    ref = desk.json("decisions", "propose", write(desk, "p.json", current()))["proposal"]
    letter = write(desk, "letter.txt", b"We approve.")
    desk.json("decisions", "approve", ref, "--member", "administrator-1", "--document", MINUTES)
    desk.json("decisions", "approve", ref, "--member", "faculty-1", "--document", letter)
    assert (
        code_of(desk, "decisions", "decide", ref, "--go", "--english", "--minutes", MINUTES, *MENU)
        == "no_quorum"
    )
    signed = write(desk, "signed.json", signed_now())
    ready = desk.json("decisions", "approve", ref, "--member", "industry-1", "--endorsement", signed)
    assert ready == {"proposal": ref, "state": "open", "lacking": []}

    unknown = ("--menu", "state-menu-9999")
    go = ("decisions", "decide", ref, "--go", "--english", "--minutes", MINUTES)
    assert code_of(desk, *go, *unknown) == "not_found"
    before = day()
    made = desk.json(*go)
    assert made["menu"] == "state-menu-2021+", "the one of the day of the vote"
    assert made["subjects"] == ["ENG"]
    assert (made["active"], made["until"]) == (True, None)
    assert made["from"] in {before, day()}  # midnight may come in between
    assert "counts for English from" in desk.run("decisions", "list").stdout

    shown = desk.json("decisions", "show", ref)
    assert [one["member"] for one in shown["approvals"]] == ["administrator-1", "faculty-1", "industry-1"]
    assert shown["approvals"][1]["document"].startswith("sha256:")
    assert desk.json("decisions", "show", made["decision"])["proposal"] == ref
    assert "A faculty person (faculty) approved on" in desk.run("decisions", "show", ref).stdout
    low = desk.json("decisions", "show", ref, "--sat", "10", "--passed", "2")
    assert [one["code"] for one in low["health"]] == ["pass_rate_low"]

    # A sheet that is issued afterwards carries it.
    issued = desk.json(
        "issue", "-", "--out", str(desk.folder / "out"),
        data=sheet({"credential_code": "CO-CNA", "number": "NA-1", "expires_on": day(400)}),
    )  # fmt: skip
    assert issued["rows"][0]["outcome"] == "ready", issued
    (badge,) = (desk.folder / "out").glob("*.json")
    achievement = json.loads(badge.read_text("utf-8"))["credentialSubject"]["achievement"]
    assert "Write for a purpose" in [one["targetName"] for one in achievement["alignment"]]
    assert "Use units to solve problems" not in [one["targetName"] for one in achievement["alignment"]]
    assert len(achievement["endorsement"]) == 1

    withdrawn = desk.json("decisions", "unendorse", achievement["endorsement"][0]["id"], "--why", "Closed.")
    assert withdrawn["changed"] == ["co-cna"]
    last, after = day(30), day(32)
    ended = desk.json("decisions", "end", made["decision"], "--on", last, "--why", "The body retires it.")
    assert (ended["until"], ended["active"]) == (last, True)
    later = desk.json("decisions", "list", "--on", after)
    assert [one["decision"] and one["decision"]["active"] for one in later] == [None, False]
    assert desk.run("audit").exit_code == 0


def test_a_no(desk: Desk) -> None:
    ref = desk.json("decisions", "propose", write(desk, "p.json", current()))["proposal"]
    assert (
        code_of(desk, "decisions", "decide", ref, "--no-go", "--english", "--why", "No.", *MENU)
        == "bad_setting"
    )
    assert code_of(desk, "decisions", "decide", ref, "--no-go", *MENU) == "no_reason"
    made = desk.json("decisions", "decide", ref, "--no-go", "--why", "No teacher yet.", *MENU)
    assert made["subjects"] == []
    assert made["active"] is False
    assert desk.json("decisions", "show", ref)["why"] == "No teacher yet."
    assert "no, decided" in desk.run("decisions", "list").stdout


def test_renewing_goes_through_a_new_vote(desk: Desk) -> None:
    ref = voted(desk)
    first = desk.json("decisions", "decide", ref, "--go", "--english", "--math", "--minutes", MINUTES, *MENU)
    again = desk.json("decisions", "renew", first["decision"], "--author", "cte-1", "--next-review", day(700))
    assert again["proposal"] == "CO-CNA.2"
    assert again["lacking"]
    for member in ("administrator-1", "faculty-1", "industry-1"):
        desk.json("decisions", "approve", "CO-CNA.2", "--member", member, "--document", MINUTES)
    words = (
        "decisions",
        "decide",
        "CO-CNA.2",
        "--go",
        "--english",
        "--minutes",
        MINUTES,
        "--from",
        day(1),
        *MENU,
    )
    assert code_of(desk, *words) == "overlap"
    desk.json("decisions", "review", "CO-CNA.2", "--row", "1", "--member", "faculty-1", "--next", day(800))
    second = desk.json(*words, "--supersedes", first["decision"])
    active = [one["decision"]["active"] for one in desk.json("decisions", "list")]
    assert active == [True, False]
    assert second["from"] == day(1)


def test_due_says_what_is_near(desk: Desk) -> None:
    made = desk.json("decisions", "decide", voted(desk), "--go", "--english", "--minutes", MINUTES, *MENU)
    assert desk.json("decisions", "due") == []
    assert "nothing is due" in desk.run("decisions", "due").stdout
    found = desk.json("decisions", "due", "--on", day(366))
    assert {one["decision"] for one in found} == {made["decision"]}
    assert {one["code"] for one in found} == {"alignment_review", "decision_review"}
    assert "OVERDUE CO-CNA" in desk.run("decisions", "due", "--on", day(366)).stdout
    assert len(desk.json("decisions", "due", "--days", "365")) == 3


def test_a_students_wish(desk: Desk) -> None:
    ref = desk.json("decisions", "propose", write(desk, "p.json", current() | {"origin": "student"}))
    assert any("counselor" in one for one in ref["lacking"])
    signed = desk.json("decisions", "sign-off", ref["proposal"], "--member", "counselor-1")
    assert not any("counselor" in one for one in signed["lacking"])


def test_what_a_member_is_asked_to_sign_is_taken_once_it_is_signed(desk: Desk) -> None:
    printed = desk.run("decisions", "ask", "CO-CNA", "--member", "industry-1").stdout.encode()
    draft = write(desk, "draft.json", printed)
    assert (
        code_of(desk, "decisions", "endorse", "CO-CNA", draft, "--member", "industry-1") == "bad_endorsement"
    )
    signed = write(desk, "signed.json", add_proof(parse(printed), ENDORSER, created=datetime.now(UTC)).raw)
    made = desk.json("decisions", "endorse", "CO-CNA", signed, "--member", "industry-1")
    assert made == {"endorsement": json.loads(printed)["id"], "changed": ["co-cna"]}
    assert code_of(desk, "decisions", "ask", "CO-CNA", "--member", "faculty-1") == "not_a_member"


def test_from_district_to_district(desk: Desk) -> None:
    ref = desk.json("decisions", "propose", write(desk, "p.json", current()))["proposal"]
    given = desk.run("decisions", "export", ref).stdout
    assert "cte-1" not in given
    taken = desk.json(
        "decisions", "import", write(desk, "theirs.json", given.encode()), "--author", "faculty-1"
    )
    assert taken["proposal"] == "CO-CNA.2"


def test_people_and_quorum(desk: Desk) -> None:
    assert desk.json("decisions", "policy")["approvals"] == 3
    assert desk.json("decisions", "policy", "--approvals", "4", "--must", "faculty")["must"] == ["faculty"]
    assert (
        "4 approvals from 3 different kinds of member, with faculty" in desk.run("decisions", "policy").stdout
    )
    assert code_of(desk, "decisions", "policy", "--kinds", "1") == "bad_policy"
    desk.json("decisions", "member", "key", "faculty-1", "--did", "did:web:a.example")
    desk.json("decisions", "member", "end", "faculty-1", "--on", day(30))
    listed = {one["member"]: one for one in desk.json("decisions", "member", "list")}
    assert (listed["faculty-1"]["until"], listed["faculty-1"]["did"]) == (day(30), "did:web:a.example")
    assert "Quail Creek Care Home" in desk.run("decisions", "member", "list").stdout


def test_what_is_not_right_is_said(desk: Desk) -> None:
    assert code_of(desk, "decisions", "show", "CO-CNA.9") == "not_found"
    assert code_of(desk, "decisions", "end", "urn:uuid:0", "--on", "soon", "--why", "x") == "bad_time"
    assert code_of(desk, "decisions", "show", "CO-CNA.9", "--passed", "1") == "bad_setting"
    assert code_of(desk, "decisions", "template", "NOPE") == "not_votable"
    large = write(desk, "large.json", json.dumps(proposal()).encode() + b" " * LARGEST_FILE)
    assert code_of(desk, "decisions", "propose", large) == "too_many"
    assert isinstance(desk.run("decisions", "propose", large).exception, DecisionRefused)
    ref = voted(desk)
    assert desk.json("decisions", "take-back", ref, "--member", "faculty-1", "--why", "No.")["lacking"]
    assert desk.json("decisions", "withdraw", ref, "--why", "Later.")["state"] == "withdrawn"
    assert "withdrawn" in desk.run("decisions", "list").stdout
    lacking = ("--go", "--english", *MENU)
    assert code_of(desk, "decisions", "decide", ref, *lacking) == "not_open"
