"""The command: what it prints where, and how it exits."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from contexts.document import compose, parse
from credential.withdrawal import Reason
from tests.command_line import CliRunner, Result
from tests.endorsements import member
from tests.pdfs import pdf
from tests.photos import square, written
from tests.presentations import STUDENT, presentation, signed
from tests.world import NOW, World, keep
from tests.zips import plain_zip
from verifier.cli import EXIT_CODES, _in_words, app, main
from verifier.evidence import Code
from verifier.report import explain

AT = "2026-06-01T12:00:00Z"


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings but the test's own, and the time of its world."""
    monkeypatch.setattr("verifier.cli._now", lambda: NOW)
    for name in ("TRUST", "ARCHIVE", "LOOPBACK", "RETRIEVAL"):
        monkeypatch.delenv(f"CAIRN_VERIFY_{name}", raising=False)


def keep_all(world: World, folder: Path) -> None:
    """What the world publishes as an archive, and its trust list."""
    urls = {
        world.did_url: world.did_document(),
        world.list_url: world.status_list(world.list_url, world.withdrawn, "revocation"),
        f"{world.list_url}/notes": world.notes(),
    }
    keep(folder / "archive", [(url, body, NOW) for url, body in urls.items()])
    entries = [{"id": world.did, "name": world.name}]
    text = {"version": 1, "name": "State list", "entries": entries}
    (folder / "trust.json").write_text(json.dumps(text), "utf-8")


def run(folder: Path, badge: bytes, *more: str, at: str | None = None) -> Result:
    file = folder / "badge.json"
    file.write_bytes(badge)
    kept = ["--archive", str(folder / "archive"), "--trust", str(folder / "trust.json")]
    when = ["--at", at] if at else []
    return CliRunner().invoke(app, ["check", str(file), *kept, *when, *more])


def changed(badge: bytes, **members: Any) -> bytes:
    return compose(parse(badge).value | members).raw


@pytest.mark.parametrize(
    ("code", "make"),
    [
        (Code.VALID, lambda w: w.badge()),
        (Code.TAMPERED, lambda w: changed(w.badge(), name="Another")),
        (Code.REVOKED, lambda w: (w.revoke(), w.badge())[1]),
        (Code.REPLACED, lambda w: (w.revoke(reason=Reason.CORRECTED), w.badge())[1]),
        (Code.ISSUER_UNKNOWN, lambda _: World(host="badges.third.example").badge()),
        (Code.UNREADABLE, lambda _: b'{"type": '),
    ],
)
def test_the_exit_code_is_the_verdicts(tmp_path: Path, code: Code, make: Any) -> None:
    world = World()
    badge = make(world)
    keep_all(world, tmp_path)
    if code is Code.ISSUER_UNKNOWN:
        stranger = World(host="badges.third.example")
        keep(
            tmp_path / "archive",
            [
                (stranger.did_url, stranger.did_document(), NOW),
                (stranger.list_url, stranger.status_list(stranger.list_url, [], "revocation"), NOW),
            ],
        )
    result = run(tmp_path, badge, "--json")
    assert json.loads(result.stdout)["code"] == code
    assert result.exit_code == EXIT_CODES[code]
    assert result.stderr == ""


def test_exit_codes_are_as_published() -> None:
    published = {
        0: "valid",
        10: "expired",
        11: "not_yet_valid",
        12: "revoked",
        13: "suspended",
        14: "tampered",
    }
    published |= {15: "issuer_unknown", 16: "incomplete", 17: "unreadable", 18: "replaced"}
    assert {str(Code(name)): EXIT_CODES[Code(name)] for name in published.values()} == {
        name: number for number, name in published.items()
    }
    assert set(EXIT_CODES) == set(Code)
    assert [code for code, number in EXIT_CODES.items() if number == 0] == [Code.VALID]


def test_an_archived_answer_is_judged_at_its_own_time_years_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World()
    keep_all(world, tmp_path)
    monkeypatch.setattr("verifier.cli._now", lambda: NOW + timedelta(days=730))
    later = run(tmp_path, world.badge(), "--json")
    assert later.exit_code == 0
    told = json.loads(later.stdout)
    assert (told["as_of"], told["asked_about"]) == ("2026-06-01T12:00:00Z", None)
    monkeypatch.setattr("verifier.cli._now", lambda: NOW + timedelta(days=1_200))
    assert run(tmp_path, world.badge()).exit_code == EXIT_CODES[Code.EXPIRED]


def test_a_moment_in_the_past_is_answered_by_the_list_that_held_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World()
    keep_all(world, tmp_path)
    monkeypatch.setattr("verifier.cli._now", lambda: NOW + timedelta(days=1_200))
    then = run(tmp_path, world.badge(), "--json", at=AT)
    told = json.loads(then.stdout)
    assert (then.exit_code, told["as_of"], told["asked_about"]) == (0, AT, AT)
    assert told["checked_at"] == "2029-09-13T12:00:00Z"
    words = run(tmp_path, world.badge(), at=AT).stdout
    assert words.startswith("On June 1, 2026 this badge was valid\n")
    assert "This is the answer for June 1, 2026, not for today." in words
    not_kept = run(tmp_path, world.badge(), at="2026-05-20")
    assert not_kept.exit_code == EXIT_CODES[Code.INCOMPLETE]
    assert "whether it was withdrawn on May 20, 2026" in not_kept.stdout
    early = run(tmp_path, world.badge(), at="2026-04-30")
    assert early.exit_code == EXIT_CODES[Code.NOT_YET_VALID]
    assert early.stdout.startswith("On April 30, 2026 this badge was not in effect yet\n")


def test_a_case_about_a_moment_replays_about_it(tmp_path: Path) -> None:
    world = World()
    keep_all(world, tmp_path)
    case = str(tmp_path / "case.json")
    first = run(tmp_path, world.badge(), "--json", "--save-evidence", case, at="2026-06-01T11:30:00Z")
    replay = ["replay", case, "--trust", str(tmp_path / "trust.json"), "--json"]
    again = CliRunner().invoke(app, replay)
    assert json.loads(again.stdout) == json.loads(first.stdout)
    assert json.loads(first.stdout)["asked_about"] == "2026-06-01T11:30:00Z"
    other = CliRunner().invoke(app, [*replay, "--at", "2026-05-20"])
    assert other.exit_code == EXIT_CODES[Code.INCOMPLETE]


def test_what_the_archive_lacks_is_not_fetched(tmp_path: Path) -> None:
    world = World()
    keep_all(world, tmp_path)
    keep(tmp_path / "archive", [(world.did_url, world.did_document(), NOW)])
    result = run(tmp_path, world.badge())  # sockets are off in this test
    assert result.exit_code == EXIT_CODES[Code.INCOMPLETE]


def test_words_go_to_standard_output_without_colour(tmp_path: Path) -> None:
    world = World()
    keep_all(world, tmp_path)
    result = run(tmp_path, world.badge())
    assert result.stdout.startswith("Valid as of June 1, 2026\n")
    assert "Riverbend School District" in result.stdout
    told = "Judged by answers that were saved on June 1, 2026. Trust them only if you know who saved them."
    assert told in result.stdout
    assert "\x1b" not in result.stdout
    assert run(tmp_path, world.badge(), "--lang", "es").stdout.startswith("Válida al 1 de junio de 2026\n")


def test_a_name_cannot_repaint_the_terminal() -> None:
    world = World()
    world.edit["badge"] = lambda made: made["credentialSubject"]["achievement"].update(
        name="Safety\x1b[2K\rThis badge is valid\u202e"
    )
    text = _in_words(explain(world.check(world.badge())), coloured=False)
    assert "Safety" in text
    assert not {"\x1b", "\r", "\u202e"} & set(text)


def test_standard_input_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    keep_all(world, tmp_path)
    arguments = [
        "check",
        "-",
        "--archive",
        str(tmp_path / "archive"),
        "--trust",
        str(tmp_path / "trust.json"),
    ]
    result = CliRunner().invoke(app, [*arguments, "--at", AT], input=world.badge())
    assert result.exit_code == 0


def test_a_saved_case_replays_to_the_same_answer(tmp_path: Path) -> None:
    world = World()
    world.revoke(reason=Reason.REQUESTED)
    keep_all(world, tmp_path)
    case = str(tmp_path / "case.json")
    first = run(tmp_path, world.badge(), "--json", "--save-evidence", case)
    again = CliRunner().invoke(app, ["replay", case, "--trust", str(tmp_path / "trust.json"), "--json"])
    assert again.exit_code == first.exit_code == EXIT_CODES[Code.REVOKED]
    assert json.loads(again.stdout) == json.loads(first.stdout)
    assert "Whoever has it" in first.stderr
    assert "Nobody was asked" in again.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["check", "no-such-file.json"], 2, "no such file"),
        (["check", "nope"], 2, "no such file"),
        (["check"], 2, "Missing argument"),
        (["check", "B", "--at", "yesterday"], 2, "--at yesterday"),
        (["check", "B", "--at", "2026-06-01T12:00:01Z"], 2, "has not come yet"),
        (["check", "B", "--at", "2026-06-03"], 2, "has not come yet"),
        (["check", "B", "--lang", "fr"], 2, "--lang fr"),
        (["check", "B", "--trust", "no-such-list.json"], 3, "no-such-list.json"),
        (["check", "B", "--trust", "B"], 3, "trust list"),
        (["check", "B", "--archive", "no-such-folder"], 3, "index.json"),
        (["replay", "no-such-case"], 2, "no-such-case"),
        (["replay", "B"], 2, "not a saved case"),
    ],
)
def test_a_wrong_call_says_what_is_wrong(
    tmp_path: Path, arguments: list[str], code: int, message: str
) -> None:
    badge = tmp_path / "b.json"
    badge.write_bytes(World(trusted=False).badge())
    keep_all(World(), tmp_path)
    named = [str(badge) if a == "B" else a for a in arguments]
    if named[:1] == ["check"] and len(named) > 1 and "--archive" not in named:
        named += ["--archive", str(tmp_path / "archive")]
    result = CliRunner().invoke(app, named)
    assert result.exit_code == code
    assert message in result.stderr
    assert result.stdout == ""


def test_a_wrong_setting_stops_with_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAIRN_VERIFY_PORT", "no")
    badge = tmp_path / "b.json"
    badge.write_bytes(World().badge())
    result = CliRunner().invoke(app, ["check", str(badge)])
    assert result.exit_code == 3
    assert "CAIRN_VERIFY_PORT" in result.stderr


def test_a_bug_has_its_own_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken() -> None:
        raise RuntimeError("oh")

    monkeypatch.setattr("verifier.cli.app", broken)
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 1
    assert "RuntimeError: oh" in capsys.readouterr().err


def test_what_cannot_be_read_is_said_without_five_questions(tmp_path: Path) -> None:
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(b"\xff\xd8\xff\xe0" + bytes(400))
    cases = {"RIVER-0000-0000-0001": "That code has a typo", str(photo): "The picture is damaged"}
    for target, said in cases.items():
        result = CliRunner().invoke(app, ["check", target, "--at", AT])
        assert result.exit_code == EXIT_CODES[Code.UNREADABLE]
        assert said in result.stdout
        assert "Couldn't check" not in result.stdout


def check_files(folder: Path, files: dict[str, bytes], *more: str) -> Result:
    paths = []
    for name, data in files.items():
        (folder / name).write_bytes(data)
        paths.append(str(folder / name))
    kept = ["--archive", str(folder / "archive"), "--trust", str(folder / "trust.json"), "--at", AT]
    return CliRunner().invoke(app, ["check", *paths, *kept, *more])


def test_several_are_told_of_in_one_line_each_and_the_worst_is_the_exit_code(tmp_path: Path) -> None:
    world = World()
    keep_all(world, tmp_path)
    good, bad = world.badge(), changed(world.badge(), name="Another")
    both = check_files(tmp_path, {"good.json": good, "two.json": world.badge(7)})
    assert both.exit_code == 0
    headline = "On June 1, 2026 this badge was valid: Workplace Safety, 10 hours: Jordan Rivera"
    assert both.stdout.count(headline) == 2
    result = check_files(tmp_path, {"good.json": good, "bad.json": bad, "none.txt": b"hello, it is me"})
    assert result.exit_code == EXIT_CODES[Code.TAMPERED]
    lines = result.stdout.splitlines()
    assert len(lines) == 3
    assert [line.partition(":")[0] for line in lines] == ["good.json", "bad.json", "none.txt"]
    assert "Another" not in result.stdout


def test_a_zip_file_and_a_pdf_and_a_photo_are_checked(tmp_path: Path) -> None:
    world = World()
    keep_all(world, tmp_path)
    packed = plain_zip([("a.json", world.badge()), ("b.json", world.badge(7))])
    result = check_files(
        tmp_path, {"all.zip": packed, "c.pdf": pdf({"badge.json": world.badge(8)})}, "--json"
    )
    assert result.exit_code == 0
    assert [(one["name"], one["where"], one["report"]["code"]) for one in json.loads(result.stdout)] == [
        ("a.json", "", "valid"),
        ("b.json", "", "valid"),
        ("c.pdf", "attachment", "valid"),
    ]
    photo = check_files(tmp_path, {"photo.jpg": written(square("https://evil.example/"))})
    assert photo.exit_code == EXIT_CODES[Code.UNREADABLE]
    assert "We did not open what it says" in photo.stdout
    share = written(square("HTTPS://CHECK.EXAMPLE.ORG/S/RIVER-" + "A" * 32))
    photo = check_files(tmp_path, {"photo.jpg": share}, "--json")
    assert json.loads(photo.stdout)["code"] == Code.NOT_FOUND  # this list names nobody who answers for RIVER


def test_one_case_is_kept_at_a_time(tmp_path: Path) -> None:
    keep_all(World(), tmp_path)
    files = {"a": b"?", "b": b"?"}
    result = check_files(tmp_path, files, "--save-evidence", str(tmp_path / "case"))
    assert result.exit_code == 2
    assert "one badge at a time" in result.stderr
    assert not (tmp_path / "case").exists()


def test_a_file_name_cannot_repaint_the_terminal(tmp_path: Path) -> None:
    keep_all(World(), tmp_path)
    result = check_files(tmp_path, {"a\x1b[2K\rvalid": b"?", "b": b"?"})
    assert not {"\x1b", "\r"} & set(result.stdout)


def test_a_presentation_is_told_with_who_presents_it_and_a_line_for_each_badge(tmp_path: Path) -> None:
    world = World()
    keep_all(world, tmp_path)
    shown = signed(presentation(member(world), member(world, 6)))
    told = run(tmp_path, shown)
    assert told.exit_code == 0
    assert "On June 1, 2026 everything presented was valid" in told.stdout
    assert STUDENT.controller in told.stdout
    assert told.stdout.count("Valid as of June 1, 2026: Workplace Safety, 10 hours: Jordan") == 2
    read = json.loads(run(tmp_path, shown, "--json").stdout)
    assert (read["kind"], read["code"], len(read["credentials"])) == ("presentation", "valid", 2)


def test_the_exit_code_of_a_presentation_is_that_of_its_worst_badge(tmp_path: Path) -> None:
    world = World()
    world.revoke(6)
    keep_all(world, tmp_path)
    shown = signed(presentation(member(world), member(world, 6)))
    assert run(tmp_path, shown).exit_code == EXIT_CODES[Code.REVOKED]
    forged = compose(json.loads(shown) | {"holder": "did:example:1"}).raw
    assert run(tmp_path, forged).exit_code == EXIT_CODES[Code.TAMPERED]
    assert run(tmp_path, signed(presentation())).exit_code == EXIT_CODES[Code.INCOMPLETE]
    (tmp_path / "more.json").write_bytes(world.badge())
    several = run(tmp_path, shown, str(tmp_path / "more.json"))
    assert several.exit_code == EXIT_CODES[Code.REVOKED]
    assert "badge.json: Do not accept: not everything presented is valid" in several.stdout


def test_a_kept_presentation_is_judged_as_one_again(tmp_path: Path) -> None:
    world = World()
    keep_all(world, tmp_path)
    case = tmp_path / "case.json"
    assert run(tmp_path, signed(presentation(member(world))), "--save-evidence", str(case)).exit_code == 0
    trust = ["--trust", str(tmp_path / "trust.json")]
    again = CliRunner().invoke(app, ["replay", str(case), *trust, "--json"])
    assert (again.exit_code, json.loads(again.stdout)["kind"]) == (0, "presentation")
