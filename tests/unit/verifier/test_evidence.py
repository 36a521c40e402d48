"""A saved case is whole: it comes back equal, and replays to the same verdict without a network."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from credential.withdrawal import Reason
from tests.world import NOW, World
from verifier.evidence import (
    Evidence,
    EvidenceError,
    Failure,
    Fetched,
    Need,
    NeedKind,
    Presented,
    PresentedKind,
    Seen,
)
from verifier.report import as_json
from verifier.verify import next_need, verify


def some_evidence() -> Evidence:
    need = Need(NeedKind.RETRIEVAL, "https://x.example/retrieve", subject="X", body=b'{"token": "T"}')
    return Evidence(
        Presented(PresentedKind.SHARE, tag="X", token="T", source="qr"),
        (
            Fetched(need, b"\x00\xff", NOW, archived=True),
            Failure(Need(NeedKind.STATUS_LIST, "https://x.example/1"), "timeout", "slow", NOW),
        ),
        (Seen("https://x.example/1", NOW - timedelta(days=1)),),
        NOW,
    )


def test_a_saved_case_comes_back_equal() -> None:
    assert Evidence.from_json(some_evidence().to_json()) == some_evidence()
    assert Evidence.from_json(Evidence(Presented(PresentedKind.UNREADABLE)).to_json()).asked_at is None


@pytest.mark.parametrize("reason", [None, Reason.CORRECTED])
def test_a_saved_case_replays_to_the_same_verdict(reason: Reason | None) -> None:
    world = World()
    if reason:
        world.revoke(reason=reason)
    held = world.evidence(world.badge())
    first = verify(held, world.policy, NOW)
    again = verify(Evidence.from_json(held.to_json()), world.policy, NOW)
    assert as_json(again) == as_json(first)
    assert next_need(held, world.policy, NOW) is None


def test_an_answer_belongs_to_exactly_its_need() -> None:
    held = some_evidence()
    asked = held.gathered[0].need
    assert held.answer(asked) is held.gathered[0]
    assert held.answer(Need(asked.kind, asked.url, asked.subject, b'{"token": "U"}')) is None
    assert held.answer(Need(NeedKind.CREDENTIAL, asked.url, body=asked.body)) is None


def _without_zone(saved: dict[str, Any]) -> None:
    saved["gathered"][0]["at"] = "2026-06-01T12:00:00"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda saved: saved.update(cairnEvidence=2),
        lambda saved: saved.update(cairnEvidence=True),
        lambda saved: saved.pop("presented"),
        lambda saved: saved["presented"].update(kind="other"),
        lambda saved: saved["presented"].update(data="***"),
        lambda saved: saved["presented"].update(tag=5),
        lambda saved: saved["presented"].update(more="x"),
        lambda saved: saved.update(gathered=5),
        _without_zone,
        lambda saved: saved.update(askedAt="0001-01-01T00:00:00+14:00"),
    ],
)
def test_what_is_no_saved_case_is_refused_with_its_own_error(spoil: Any) -> None:
    saved = json.loads(some_evidence().to_json())
    spoil(saved)
    with pytest.raises(EvidenceError):
        Evidence.from_json(json.dumps(saved))


@pytest.mark.parametrize("text", ["", "[]", "5", "null", '{"cairnEvidence": 1}', "[" * 100_000])
def test_other_texts_are_refused_with_its_own_error(text: str) -> None:
    with pytest.raises(EvidenceError):
        Evidence.from_json(text)


def test_times_come_back_in_utc() -> None:
    assert Evidence.from_json(some_evidence().to_json()).asked_at == datetime(2026, 6, 1, 12, tzinfo=UTC)
