from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from verifier.settings import Settings, SettingsError, from_environment
from verifier.trust import NOBODY


def test_names_stand_in_one_variable_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAIRN_VERIFY_HOSTS", "Check.Example.org, localhost,")
    monkeypatch.setenv("CAIRN_VERIFY_LOOPBACK", "localhost:8000")
    settings = from_environment()
    assert settings.hosts == {"check.example.org", "localhost"}
    assert settings.policy().loopback == {"localhost:8000"}


def test_without_a_trust_list_nobody_is_trusted() -> None:
    assert Settings().policy().trust == NOBODY


def test_the_policy_carries_what_was_set(tmp_path: Path) -> None:
    listed = tmp_path / "trust.json"
    listed.write_text('{"version": 1, "name": "State list", "entries": []}', "utf-8")
    settings = Settings(trust=listed, seconds=2.5, retrieval={"RIVER": "https://badges.example.edu"})
    policy = settings.policy()
    assert policy.trust.name == "State list"
    assert policy.max_gathering == timedelta(seconds=2.5)
    assert policy.origin("RIVER") == "https://badges.example.edu"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECONDS", "0"),
        ("SECONDS", "61"),
        ("PORT", "eighty"),
        ("RETRIEVAL", '{"A":"ftp://x"}'),
        ("CHECKS_AT_ONCE", "0"),
    ],
)
def test_a_wrong_value_stops_the_start_and_names_the_variable(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"CAIRN_VERIFY_{name}", value)
    with pytest.raises(SettingsError, match=f"CAIRN_VERIFY_{name}"):
        from_environment()


def test_a_trust_list_that_is_not_there_or_not_one_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="CAIRN_VERIFY_TRUST"):
        Settings(trust=tmp_path / "none.json").policy()
    (tmp_path / "bad.json").write_text("[]", "utf-8")
    with pytest.raises(SettingsError, match=r"bad\.json"):
        Settings(trust=tmp_path / "bad.json").policy()


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError):
        Settings().port = 5


def test_linked_evidence_is_fetched_only_where_somebody_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    assert from_environment().policy().linked_evidence is False
    monkeypatch.setenv("CAIRN_VERIFY_LINKED_EVIDENCE", "true")
    assert from_environment().policy().linked_evidence is True


def test_newer_editions_are_asked_for_only_where_somebody_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    assert from_environment().policy().refresh is False
    monkeypatch.setenv("CAIRN_VERIFY_REFRESH", "true")
    assert from_environment().policy().refresh is True


def test_nobody_keeps_another_issuers_lists_unless_the_settings_say_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert from_environment().policy().status_by == {}
    monkeypatch.setenv("CAIRN_VERIFY_STATUS_BY", '{"did:web:a.example": ["did:web:lists.example"]}')
    assert from_environment().policy().status_by == {"did:web:a.example": {"did:web:lists.example"}}
    monkeypatch.setenv("CAIRN_VERIFY_STATUS_BY", '{"did:web:a.example": 5}')
    with pytest.raises(SettingsError, match="CAIRN_VERIFY_STATUS_BY"):
        from_environment()
