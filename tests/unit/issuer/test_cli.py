"""The command line, as a person and as a script use it."""

from __future__ import annotations

import json
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from contexts.document import parse
from credential.baking.png import extract_png
from credential.baking.svg import extract_svg
from credential.proof.data_integrity import proof_claims
from issuer import cli
from issuer.commands import issued_rows
from issuer.commands.desk import exit_code
from issuer.commands.sharing import give_share
from issuer.errors import IssuerError
from issuer.many import issue_many
from issuer.roster.columns import COLUMNS
from issuer.settings import Settings
from keys.errors import KeyRefused
from tests.command_line import CliRunner, Result
from verifier.trust import parse_trust_list


def sheet(*rows: dict[str, str]) -> bytes:
    lines = [",".join(COLUMNS)]
    for number, row in enumerate(rows, 1):
        facts = {
            "external_id": f"20000000{number}",
            "given_name": "Maya",
            "family_name": "Okafor",
            "birth_date": "2006-03-02",
            "school_code": "0187",
            "credential_code": "WCA-SAWBLADE",
            "date_earned": (datetime.now(UTC) - timedelta(days=40)).date().isoformat(),
            "award_ref": f"R-{number}",
        } | row
        lines.append(",".join(facts.get(name, "") for name in COLUMNS))
    return "\n".join(lines).encode()


class Desk:
    """A folder, a database, and commands run there."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, database: str) -> None:
        self.folder, self.database = folder, database
        secret = folder / "secret"
        secret.write_bytes(secrets.token_bytes(32))
        for name in (
            "CAIRN_KEY_PASSPHRASE",
            "CAIRN_KEY_PASSPHRASE_FILE",
            "CAIRN_DISTRICT",
        ):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("CAIRN_KEY_FILE", str(secret))
        monkeypatch.setenv("CAIRN_DATA", str(folder / "data"))
        monkeypatch.setenv("CAIRN_DATABASE_URL", database)
        monkeypatch.setenv("CAIRN_VERIFIER_ORIGIN", "https://verify.example")

    def run(self, *arguments: str, data: bytes = b"") -> Result:
        return CliRunner().invoke(cli.app, list(arguments), input=data)

    def json(self, *arguments: str, data: bytes = b"", code: int = 0) -> Any:
        result = self.run("--json", *arguments, data=data)
        assert result.exit_code == code, (result.output, result.exception)
        return json.loads(result.stdout)

    def init(self, *more: str) -> Any:
        return self.json(
            "init",
            "--name",
            "Lakeside School District",
            "--tag",
            "LAKE",
            "--origin",
            "https://badges.lakeside.example",
            "--url",
            "https://lakeside.example",
            "--school",
            "0187=Lakeside High",
            *more,
        )


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database: str) -> Desk:
    return Desk(tmp_path, monkeypatch, database)


def rows(report: Any, *names: str) -> list[tuple[Any, ...]]:
    return [tuple(row.get(name) for name in names) for row in report["rows"]]


def test_the_summary_counts_as_people_do_and_names_the_option_that_helps(desk: Desk) -> None:
    desk.init()
    ambiguous = {"date_earned": "03/04/2026"}
    one = desk.run("issue", "-", data=sheet({}, ambiguous))
    assert "1 badge is issued; 1 row needs a person, 0 were skipped." in one.stderr
    assert "--dates month-first or --dates day-first" in one.stderr
    again = desk.run("issue", "-", "--dates", "month-first", data=sheet({}, ambiguous))
    assert "1 badge is issued; 0 rows need a person, 1 was skipped." in again.stderr
    assert "--dates" not in again.stderr
    tried = desk.run(
        "issue",
        "-",
        "--dry-run",
        data=sheet(*[{"award_ref": f"S-{n}", "external_id": f"3{n}"} for n in range(2)]),
    )
    assert "2 rows are ready; nothing was issued" in tried.stderr


def test_a_head_that_is_none_is_a_slip_and_no_alarm(desk: Desk) -> None:
    desk.init()
    refused = desk.run("audit", "--head", "nonsense")
    assert isinstance(refused.exception, IssuerError)
    assert refused.exception.code == "bad_setting"
    wrong = desk.run("--verifier", "nonsense", "audit")
    assert wrong.stderr == "CAIRN_VERIFIER_ORIGIN cannot be used: write https://HOST and nothing after it\n"


def test_links_wait_for_a_guardian(desk: Desk) -> None:
    desk.init()
    data = sheet({"birth_date": ""}, {"birth_date": "2015-01-31"}, {})
    made = desk.json("issue", "-", "--share", data=data)["rows"]
    assert [row["outcome"] for row in made] == ["ready"] * 3
    assert ["share" in row for row in made] == [False, False, True]
    for row in made[:2]:
        waits = next(note["text"] for note in row["notes"] if note["code"] == "LINK_WAITS")
        assert f"cairn share {row['award_ref']} --agreed" in waits
    refused = desk.run("share", "R-1")
    assert isinstance(refused.exception, IssuerError)
    assert exit_code(refused.exception) == 1
    assert desk.json("share", "R-1", "--agreed")["link"].startswith("HTTPS://VERIFY.EXAMPLE/S/LAKE-")


def test_no_link_is_made_that_leads_nowhere(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.init()
    monkeypatch.delenv("CAIRN_VERIFIER_ORIGIN")
    for words in (("issue", "-", "--share"), ("share", "R-1")):
        refused = desk.run(*words, data=sheet({}))
        assert isinstance(refused.exception, IssuerError)
        assert "CAIRN_VERIFIER_ORIGIN=https://HOST" in str(refused.exception)
    assert rows(desk.json("issue", "-", data=sheet({})), "outcome") == [("ready",)]
    assert "link" in desk.json("--verifier", "https://verify.example", "share", "R-1")


def test_the_whole_walk(desk: Desk, tmp_path: Path) -> None:
    made = desk.init()
    assert (made["did"], made["achievements"] > 10, made["schools"]) == (
        "did:web:badges.lakeside.example",
        True,
        1,
    )
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700
    data = sheet({}, {"school_code": "9999"}, {"given_name": "=1+1"}, {"credential_code": "OSHA 10"})

    tried = desk.json("issue", "-", "--dry-run", data=data, code=4)
    assert rows(tried, "outcome", "credential_id") == [
        ("ready", None),
        ("reject", None),
        ("reject", None),
        ("ready", None),
    ]
    out = tmp_path / "out"
    report = desk.json("issue", "-", "--share", "--jwt", "--out", str(out), data=data, code=4)
    assert rows(report, "line", "outcome", "code") == [
        (2, "ready", ""),
        (3, "reject", "UNKNOWN_SCHOOL"),
        (4, "reject", "FORMULA_INJECTION"),
        (5, "ready", "WARN_ALIAS"),
    ]
    first = report["rows"][0]
    assert first["share"]["link"].startswith("HTTPS://VERIFY.EXAMPLE/S/LAKE-")
    assert first["share"]["code_link"].startswith("HTTPS://VERIFY.EXAMPLE/C/LAKE-")
    stem = out / first["credential_id"].removeprefix("urn:uuid:")
    document = stem.with_suffix(".json").read_bytes()
    assert extract_png(stem.with_suffix(".png").read_bytes()) == document.decode()
    assert extract_svg(stem.with_suffix(".svg").read_bytes()) == document.decode()
    assert stem.with_suffix(".jwt").read_text().count(".") == 2
    assert len(list(out.iterdir())) == 8

    again = desk.json("issue", "-", data=data, code=4)
    assert rows(again, "outcome", "code")[0] == ("skip", "ALREADY_ISSUED")

    revoked = desk.json("revoke", "R-1", "--reason", "requested", "--note", "asked by the family")
    assert (revoked["credential_id"], revoked["first"]) == (first["credential_id"], True)
    assert desk.json("revoke", first["credential_id"], "--reason", "corrected")["reason"] == "requested"
    assert [row["published"] for row in desk.json("publish")] == [False, False]
    assert desk.json("unshare", first["share"]["id"])["stopped"]
    head = desk.json("audit")["head"]
    assert desk.run("audit", "--head", head).exit_code == 0
    back = desk.json("restored")[0]
    assert back["closed"]
    assert not back["settled"]
    refused = desk.run("publish")
    assert refused.exit_code == 1
    assert "--without-published" in str(refused.exception)
    assert desk.json("restored", "--without-published")[0]["settled"]
    desk.json("publish")


def test_words_for_people_go_to_stderr_and_data_to_stdout(desk: Desk) -> None:
    desk.init()
    result = desk.run("issue", "-", data=sheet({}))
    assert result.exit_code == 0
    assert "1 badge is issued" in result.stderr
    assert "issued" not in result.stdout
    assert "urn:uuid:" in result.stdout


def test_a_report_can_be_kept_as_csv(desk: Desk, tmp_path: Path) -> None:
    desk.init()
    kept = tmp_path / "report.csv"
    desk.json("issue", "-", "--dry-run", "--report", str(kept), data=sheet({}, {"given_name": "=x"}), code=4)
    lines = kept.read_text().splitlines()
    assert lines[0] == "line,award_ref,outcome,code,why"
    assert [line.split(",")[2:4] for line in lines[1:]] == [["ready", ""], ["reject", "FORMULA_INJECTION"]]


def test_a_fault_of_one_row_is_that_rows_outcome(desk: Desk) -> None:
    desk.init()
    data = sheet({"evaluator": "J. Mattson of 200000001"}, {})
    report = desk.json("issue", "-", data=data, code=4)
    assert rows(report, "outcome", "code") == [("reject", "WITHHELD_VALUE"), ("ready", "")]


def test_a_fault_of_ours_stops_the_run_and_tells_what_was_done(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.init()
    begun: list[int] = []

    def second_fails(*args: Any, **named: Any) -> Any:
        begun.append(1)
        if len(begun) == 2:
            raise IssuerError("database_busy", "the database did not answer: try again")
        return issue_many(*args, **named)

    data = sheet({}, {}, {})
    with monkeypatch.context() as patch:
        patch.setattr(issued_rows, "issue_many", second_fails)
        patch.setattr(issued_rows, "MOST_TOGETHER", 1)
        result = desk.run("--json", "issue", "-", "--share", data=data)
    assert isinstance(result.exception, IssuerError)
    assert "row 3" in result.stderr
    (told,) = json.loads(result.stdout)["rows"]
    assert told["share"]["link"]
    again = desk.json("issue", "-", data=data)
    assert rows(again, "outcome", "code") == [("skip", "ALREADY_ISSUED"), ("ready", ""), ("ready", "")]


def test_a_link_that_fails_takes_no_other_links_and_no_badges_with_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.init()
    begun: list[int] = []

    def second_fails(*args: Any, **named: Any) -> Any:
        begun.append(1)
        if len(begun) == 2:
            raise IssuerError("database_busy", "the database did not answer: try again")
        return give_share(*args, **named)

    data = sheet({}, {}, {})
    with monkeypatch.context() as patch:
        patch.setattr(issued_rows, "give_share", second_fails)
        result = desk.run("--json", "issue", "-", "--share", data=data)
    assert isinstance(result.exception, IssuerError)
    told = json.loads(result.stdout)["rows"]
    assert all("credential_id" in row for row in told)
    assert [bool(row.get("share")) for row in told] == [True, False, True]
    assert [note["code"] for note in told[1]["notes"]] == ["NO_LINK"]
    assert desk.json("share", told[1]["award_ref"])["link"]


def test_a_file_that_is_no_sheet_is_a_wrong_command(desk: Desk) -> None:
    desk.init()
    result = desk.run("issue", "-", data=b"PK\x03\x04 a workbook")
    assert result.exit_code == 2
    assert "Save or export it again" in result.stderr


def test_keys_over_time(desk: Desk) -> None:
    desk.init()
    report = desk.json("issue", "-", "--jwt", data=sheet({}, {}))
    first = desk.json("keys", "list")[0]["key"]
    since = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    tried = desk.json("keys", "compromised", first, "--since", since, "--dry-run")
    assert [(row["after"], row["signed_anew"]) for row in tried["affected"]] == [(True, False)] * 4
    assert desk.json("keys", "list")[0]["state"] == "in use"

    answered = desk.json("keys", "compromised", first, "--since", since)
    assert {row["credential_id"] for row in answered["affected"]} == {
        row["credential_id"] for row in report["rows"]
    }
    assert all(row["signed_anew"] for row in answered["affected"])
    listed = desk.json("keys", "list")
    assert listed[0]["state"].startswith("compromised since")
    assert listed[1]["state"] == "in use"
    folder = desk.folder / "again"
    desk.json("export", str(folder))
    for file in folder.glob("*.json"):
        (claim,) = proof_claims(parse(file.read_bytes()))
        assert claim.verification_method == listed[1]["verification_method"]
    assert desk.json("keys", "compromised", first, "--since", since)["affected"] == []

    second = desk.json("keys", "rotate")[0]["key"]
    assert desk.json("keys", "list")[1]["state"].startswith("retired")
    refused = desk.run("keys", "retire", second)
    assert refused.exit_code != 0
    assert isinstance(refused.exception, IssuerError)
    assert refused.exception.code == "key_not_usable"
    third = desk.json("keys", "new", "--type", "P-256")[0]["key"]
    assert desk.json("keys", "retire", second)[0]["state"].startswith("retired")
    assert {row["key"] for row in desk.json("keys", "list") if row["state"] == "in use"} == {third}


def test_the_trust_list_is_one_that_verifiers_read(desk: Desk) -> None:
    desk.init()
    text = desk.run("trust", "--until", "2099-06-30", "--recognised-for", "Certification").stdout
    entry = parse_trust_list(text.encode()).entries[0]
    assert (entry.id, entry.tag, entry.retrieval) == (
        "did:web:badges.lakeside.example",
        "LAKE",
        "https://badges.lakeside.example",
    )
    assert entry.covers(datetime.now(UTC))
    assert json.loads(desk.run("trust", "--entry").stdout)["id"] == entry.id


def test_a_catalogue_grows(desk: Desk, tmp_path: Path) -> None:
    desk.init()
    before = desk.json("catalog", "list")
    shown = desk.json("catalog", "show", "WCA-SAWBLADE")
    assert shown["achievement"]["humanCode"] == "WCA-SAWBLADE"
    from issuer.district import default_files

    entry = json.loads(default_files()[0])["entries"][0] | {
        "code": "LAKE-1",
        "name": "A badge of Lakeside's own",
        "labels": [],
        "unverified": [],
    }
    more = tmp_path / "more.json"
    more.write_text(json.dumps({"entries": [entry]}))
    assert desk.json("catalog", "add", str(more))["entries"] == len(before) + 1
    report = desk.json("issue", "-", data=sheet({"credential_code": "LAKE-1"}))
    assert rows(report, "achievement") == [("LAKE-1",)]
    more.write_text(json.dumps({"entries": [], "surprise": 1}))
    assert desk.run("catalog", "add", str(more)).exit_code != 0
    whole = tmp_path / "whole.json"
    whole.write_bytes(default_files()[0])
    assert desk.json("catalog", "import", str(whole))["entries"] == len(before)


def test_init_makes_every_table_and_again_changes_nothing(
    bare_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(tmp_path, monkeypatch, bare_database)
    first = desk.init()
    assert desk.init() == first


def run_main(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr("sys.argv", ["cairn", *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


@pytest.mark.parametrize(
    "refusal",
    [
        (["publish"], 3, "cairn init"),
        (["issue", "none.csv"], 3, "cairn init"),
        (["--verifier", "ftp://x", "publish"], 3, "CAIRN_VERIFIER_ORIGIN"),
        (["nonsense"], 2, "nonsense"),
    ],
    ids=lambda refusal: refusal[2],
)
def test_a_refusal_is_a_sentence_and_an_exit_code(
    desk: Desk,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    refusal: tuple[list[str], int, str],
) -> None:
    arguments, code, said = refusal
    assert run_main(monkeypatch, *arguments) == code
    told = capsys.readouterr()
    assert said in told.err
    assert "Traceback" not in told.err
    assert told.out == ""


def test_after_init_faults_keep_their_codes(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.init()
    capsys.readouterr()
    assert run_main(monkeypatch, "issue", "none.csv") == 2
    assert run_main(monkeypatch, "revoke", "R-none", "--reason", "requested") == 2
    assert run_main(monkeypatch, "revoke", "R-none", "--reason", "theft") == 2
    assert run_main(monkeypatch, "issue", "-", "--today", "2026-01-01") == 3
    monkeypatch.delenv("CAIRN_KEY_FILE")
    assert run_main(monkeypatch, "publish") == 3
    assert "CAIRN_KEY_PASSPHRASE" in capsys.readouterr().err


def test_exit_codes_tell_kinds_apart() -> None:
    assert exit_code(KeyRefused("no_secret", "x")) == 3
    assert exit_code(IssuerError("bad_setting", "x")) == 3
    assert exit_code(IssuerError("not_found", "x")) == 2
    assert exit_code(IssuerError("audit_broken", "x")) == 1
    assert exit_code(ValueError("x")) == 1


@pytest.mark.parametrize(
    "origin", ["ftp://x", "http://verify.example", "https://verify.example/", "https://u@verify.example", "x"]
)
def test_links_lead_to_an_origin_and_nothing_else(origin: str) -> None:
    with pytest.raises(ValueError, match="HOST"):
        Settings(verifier_origin=origin)


def test_settings_know_where_things_are(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, verifier_origin="http://localhost:8002")
    assert (settings.database, settings.keys) == (str(tmp_path / "cairn.db"), tmp_path / "keys")
    assert Settings(data=tmp_path, database_url="postgresql://x/y").database == "postgresql://x/y"
