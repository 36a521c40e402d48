"""A state makes, signs and publishes a list with `cairn trust`, and a verifier goes by it."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from credential.readiness import Subject
from credential.trust_list import digest
from issuer.app import create_app
from issuer.errors import IssuerError
from issuer.store import audit
from issuer.store.session import Store
from tests.pictures import png
from tests.trust_lists import signed
from tests.unit.issuer.test_cli import Desk
from verifier.trust import TrustEntry, TrustList, TrustListError, accept_list, pinned

STATE = "did:web:lists.state.example"
CEDAR = "did:web:badges.cedarmesa.example"


class State(Desk):
    """A state's own issuer, which keeps a list."""

    def init(self, *more: str) -> Any:
        words = {
            "--name": "Example State Department of Education",
            "--tag": "STATE",
            "--origin": "https://lists.state.example",
            "--url": "https://state.example",
            "--school": "0=None",
        }
        return self.json("init", *[word for pair in words.items() for word in pair], *more)

    @property
    def draft(self) -> str:
        return str(self.folder / "list.json")

    def file(self, name: str) -> Path:
        return self.folder / name

    def trust(self, *words: str, code: int = 0) -> Any:
        return self.json("trust", *words, code=code)

    def refused(self, *words: str) -> str:
        result = self.run("trust", *words)
        assert isinstance(result.exception, IssuerError), (result.output, result.exception)
        return result.exception.code

    def sign(self, version: int, *more: str) -> str:
        before = ("--previous", str(self.file(f"{version - 1}.jwt"))) if version > 1 else ()
        out = str(self.file(f"{version}.jwt"))
        made = self.trust("sign", self.draft, "--out", out, *before, *more)
        assert made["version"] == version
        key: str = made["key"]
        return key

    def read(self, version: int, key: str) -> TrustList:
        return accept_list(self.file(f"{version}.jwt").read_bytes(), pinned(key), datetime.now(UTC))


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database: str) -> State:
    made = State(tmp_path, monkeypatch, database)
    made.init()
    made.trust("make", made.draft, "--name", "State list", "--name-es", "Lista del estado")
    return made


def add_cedar(state: State, *more: str) -> Any:
    return state.trust("add", state.draft, "--id", CEDAR, "--name", "Cedar Mesa School District", *more)


def test_a_list_is_made_signed_and_read_by_a_verifier(state: State) -> None:
    logo = state.file("logo.png")
    logo.write_bytes(png())
    add_cedar(
        state,
        *(
            "--name-es",
            "Distrito Escolar Cedar Mesa",
            "--city",
            "Cedar",
            "--state",
            "CO",
            "--logo",
            str(logo),
        ),
        *("--website", "https://cedarmesa.example/", "--contact", "badges@cedarmesa.example"),
        *("--tag", "CEDAR", "--retrieval", "https://badges.cedarmesa.example"),
        *(
            "--type",
            "Certification",
            "--certification",
            "CO-CNA",
            "--from",
            "2026-01-01",
            "--until",
            "2099-06-30",
        ),
        *("--by", "State Board"),
    )
    state.trust("add", state.draft, "--id", CEDAR, "--also", "--determination", "ENG")
    listed = state.read(1, state.sign(1))
    first, second = listed.entries
    assert (first.id, first.tag, first.retrieval, first.by) == (
        CEDAR,
        "CEDAR",
        "https://badges.cedarmesa.example",
        "State Board",
    )
    assert first.recognised_for == frozenset({"Certification"})
    assert first.certifications == frozenset({"CO-CNA"})
    assert second.determinations == frozenset({Subject.ENGLISH})
    assert first.named("es") == "Distrito Escolar Cedar Mesa"
    assert listed.named("es") == "Lista del estado"
    assert listed.credential
    assert listed.credential.publisher.id == STATE
    assert listed.credential.id == "https://lists.state.example/trust/list.jwt"
    shown = state.trust("show", str(state.file("1.jwt")))
    assert [(row["name"], row["recognitions"]) for row in shown["issuers"]] == [
        ("Cedar Mesa School District", 2)
    ]
    assert state.trust("show", state.draft)["version"] is None


def test_the_entry_that_a_district_sends_is_taken(state: State, tmp_path: Path) -> None:
    entry = state.file("entry.json")
    entry.write_text(state.run("trust", "--entry", "--recognised-for", "License").stdout, "utf-8")
    state.trust("add", state.draft, "--entry", str(entry))
    found: TrustEntry = state.read(1, state.sign(1)).entries[0]
    assert (found.id, found.tag, found.recognised_for) == (STATE, "STATE", frozenset({"License"}))
    assert found.starts
    entry.write_text(json.dumps({"id": STATE, "name": "X", "unless": "y"}), "utf-8")
    assert state.refused("add", state.draft, "--replace", "--entry", str(entry)) == "bad_request"


def test_who_is_named_twice_is_said(state: State) -> None:
    add_cedar(state)
    words = ("add", state.draft, "--id", CEDAR, "--name", "Cedar Mesa")
    assert state.refused(*words) == "state_conflict"
    state.trust(*words, "--replace")
    assert state.trust("show", state.draft)["issuers"][0]["name"] == "Cedar Mesa"
    assert (
        state.refused("add", state.draft, "--id", "did:web:x.example", "--name", "X", "--replace")
        == "not_found"
    )
    assert state.refused("add", state.draft, "--id", "did:web:x.example", "--also") == "not_found"


@pytest.mark.parametrize(
    "words",
    [
        ("--id", "Cedar Mesa", "--name", "x"),
        ("--name", "x"),
        ("--id", CEDAR),
        ("--id", CEDAR, "--name", "x", "--website", "javascript:alert(1)"),
        ("--id", CEDAR, "--name", "x", "--tag", "CEDAR"),
        ("--id", CEDAR, "--name", "x", "--key", "no thumbprint"),
        ("--id", CEDAR, "--name", "x", "--from", "2026-02-01", "--until", "2026-01-01"),
    ],
)
def test_what_verifiers_would_refuse_never_gets_into_a_draft(state: State, words: tuple[str, ...]) -> None:
    before = Path(state.draft).read_bytes()
    assert state.refused("add", state.draft, *words) == "bad_request"
    assert Path(state.draft).read_bytes() == before


def test_versions_follow_on_each_other_and_a_withdrawn_issuer_stays_named(state: State) -> None:
    add_cedar(state)
    key = state.sign(1)
    state.trust("withdraw", state.draft, CEDAR, "--reason", "It has closed.")
    state.sign(2)
    first, second = state.read(1, key), state.read(2, key)
    assert second.credential
    assert second.credential.previous == first.digest == digest(state.file("1.jwt").read_bytes())
    withdrawn = second.credential.issuers[0].withdrawn
    assert withdrawn
    assert withdrawn.reason == "It has closed."
    # Whoever is left out without a word stops the signing.
    other = state.file("other.json")
    state.trust("make", str(other), "--name", "State list")
    out = str(state.file("3.jwt"))
    assert (
        state.refused("sign", str(other), "--previous", str(state.file("2.jwt")), "--out", out)
        == "bad_request"
    )
    state.trust("make", str(state.file("again.json")), "--from", str(state.file("2.jwt")))
    assert state.trust("show", str(state.file("again.json")))["issuers"][0]["withdrawn"]


def test_a_draft_that_is_there_is_not_begun_anew(state: State) -> None:
    assert state.refused("make", state.draft, "--name", "x") == "bad_setting"
    assert state.refused("make", str(state.file("new.json"))) == "bad_setting"


def test_another_publishers_draft_is_not_signed(state: State) -> None:
    text = Path(state.draft).read_text("utf-8").replace(STATE, "did:web:elsewhere.example")
    Path(state.draft).write_text(text, "utf-8")
    assert state.refused("sign", state.draft, "--out", str(state.file("1.jwt"))) == "bad_setting"
    Path(state.draft).write_text("{}", "utf-8")
    assert state.refused("show", state.draft) == "bad_request"


def test_a_published_list_is_served_and_never_goes_back(state: State) -> None:
    add_cedar(state)
    key = state.sign(1)
    hosted = state.file("host")
    done = state.trust("publish", str(state.file("1.jwt")), "--out", str(hosted))
    assert done == {"url": "https://lists.state.example/trust/list.jwt", "version": 1, "published": True}
    assert (hosted / "trust" / "list.jwt").read_bytes() == state.file("1.jwt").read_bytes()
    assert not state.trust("publish", str(state.file("1.jwt")))["published"]
    state.sign(2)
    state.trust("publish", str(state.file("2.jwt")))
    assert state.refused("publish", str(state.file("1.jwt"))) == "bad_request"
    store = Store.open(state.database)
    try:
        answer = served(store, "/trust/list.jwt")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/vc+jwt")
        assert accept_list(answer.content, pinned(key), datetime.now(UTC)).credential
        assert answer.content == state.file("2.jwt").read_bytes()
        assert served(store, "/trust/other.jwt").status_code == 404
        with store.reading() as session:
            rows = audit.read(session, "state", audit.Wanted(action="trust_list"))
        assert [row.action for row in reversed(rows)] == [
            "trust_list.signed",
            "trust_list.published",
            "trust_list.signed",
            "trust_list.published",
        ]
        assert "Cedar" not in json.dumps([row.facts for row in rows])
    finally:
        store.close()


def served(store: Store, path: str) -> httpx.Response:
    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(create_app(store, console=False))
        async with httpx.AsyncClient(transport=transport, base_url="https://lists.state.example") as client:
            return await client.get(path)

    return asyncio.run(asked())


def test_only_our_own_lists_are_published(state: State) -> None:
    foreign = state.file("foreign.jwt")
    foreign.write_bytes(signed())
    assert state.refused("publish", str(foreign)) == "bad_request"
    foreign.write_bytes(b"x")
    assert state.refused("publish", str(foreign)) == "bad_request"


def test_a_lost_keys_lists_count_no_more(state: State) -> None:
    add_cedar(state)
    state.sign(1)
    key_id = state.json("keys", "list")[0]["key"]
    state.json("keys", "rotate")
    state.json("keys", "compromised", key_id, "--since", (datetime.now(UTC) - timedelta(hours=1)).isoformat())
    assert state.refused("publish", str(state.file("1.jwt"))) == "bad_request"


def test_a_key_that_was_retired_leaves_its_list_good_and_the_next_by_another(state: State) -> None:
    add_cedar(state)
    first = state.sign(1)
    state.json("keys", "rotate")
    second = state.sign(2)
    assert first != second
    assert state.read(2, f"{first} {second}").entries
    with pytest.raises(TrustListError):
        state.read(2, first)
    state.trust("publish", str(state.file("1.jwt")))
    state.trust("publish", str(state.file("2.jwt")))


def test_a_version_holds_for_as_long_as_is_said(state: State) -> None:
    state.sign(1, "--days", "1")
    out = str(state.file("x.jwt"))
    assert state.run("trust", "sign", state.draft, "--out", out, "--days", "401").exit_code == 2
    assert state.run("trust", "sign", state.draft, "--out", out, "--days", "0").exit_code == 2
