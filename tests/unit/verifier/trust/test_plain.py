"""The trust list: whole identifiers, for what, until when; what is not understood is refused."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from verifier.trust import NOBODY, TrustList, TrustListError, parse_trust_list

DID = "did:web:badges.riverbend.example"
DAY = datetime(2026, 6, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def listed(**members: Any) -> TrustList:
    entry = {"id": DID, "name": "Riverbend"} | members
    text = {"version": 1, "name": "State", "issued": "2026-01-01", "entries": [entry]}
    return parse_trust_list(json.dumps(text).encode())


def test_an_issuer_is_found_by_its_whole_identifier_only() -> None:
    trust = listed()
    assert trust.find(DID, DAY)
    for other in (f"{DID}:u:mallory", DID[:-1], DID.upper(), f"{DID}.", f"{DID}#key", ""):
        assert trust.find(other, DAY) is None, other
    assert NOBODY.find(DID, DAY) is None


def test_recognition_begins_and_ends_with_its_days() -> None:
    trust = listed(**{"from": "2026-06-01", "until": "2026-06-30"})
    end = datetime(2026, 7, 1, tzinfo=UTC)
    assert trust.find(DID, DAY - SECOND) is None
    assert trust.find(DID, DAY)
    assert trust.find(DID, end - SECOND)
    assert trust.find(DID, end) is None


def test_a_recognition_until_the_last_day_of_the_calendar_has_no_end() -> None:
    assert listed(until="9999-12-31").find(DID, datetime(9999, 12, 31, 23, 59, tzinfo=UTC))


def test_recognition_is_for_the_types_it_names() -> None:
    entry = listed(recognisedFor=["Certification"]).entries[0]
    assert entry.recognises("Certification")
    assert not entry.recognises("Badge")
    assert not entry.recognises(None)
    assert listed().entries[0].recognises(None)


def test_a_tag_leads_to_the_origin_that_answers() -> None:
    found = listed(tag="RIVER", retrieval="https://badges.riverbend.example").tagged("RIVER")
    assert found
    assert found.retrieval == "https://badges.riverbend.example"
    assert listed(tag="RIVER").tagged("RIVER") is None
    assert listed(tag="RIVER").tagged("") is None


@pytest.mark.parametrize(
    "members",
    [
        {"id": "Riverbend"},
        {"id": "did:web:a b"},
        {"id": 5},
        {"name": ""},
        {"name": None},
        {"tag": "river"},
        {"tag": ""},
        {"tag": "A" * 17},
        {"tag": "A-B"},
        {"retrieval": "badges.riverbend.example"},
        {"retrieval": "http://badges.riverbend.example"},
        {"retrieval": "https://badges.riverbend.example/"},
        {"retrieval": "https://badges.riverbend.example/x"},
        {"retrieval": "https://user@badges.riverbend.example"},
        {"retrieval": "https://badges.riverbend.example:99999"},
        {"retrieval": "https://"},
        {"retrieval": 5},
        {"recognisedFor": []},
        {"recognisedFor": "Badge"},
        {"recognisedFor": [5]},
        {"from": "2026-6-1"},
        {"from": "2026-06-31"},
        {"until": 20260601},
        {"until": "2026-W23-1"},
        {"from": "2026-06-02", "until": "2026-06-01"},
        {"recognizedFor": ["Badge"]},
    ],
)
def test_an_entry_that_is_not_understood_is_refused(members: dict[str, Any]) -> None:
    with pytest.raises(TrustListError, match="entry 1"):
        listed(**members)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[]",
        b'{"version": 1, "version": 1, "name": "x", "entries": []}',
        b'{"version": 2, "name": "x", "entries": []}',
        b'{"version": true, "name": "x", "entries": []}',
        b'{"version": 1, "name": "x"}',
        b'{"version": 1, "entries": []}',
        b'{"version": 1, "name": "x", "entries": [5]}',
        b'{"version": 1, "name": "x", "entries": [], "more": 1}',
        b'{"version": 1, "name": "x", "issued": "today", "entries": []}',
    ],
)
def test_what_is_no_trust_list_is_refused(text: bytes) -> None:
    with pytest.raises(TrustListError):
        parse_trust_list(text)


def test_one_tag_leads_to_one_address() -> None:
    entries = [
        {"id": f"{DID}:{n}", "name": "x", "tag": "RIVER", "retrieval": f"https://{n}.example.org"}
        for n in "ab"
    ]
    text = {"version": 1, "name": "State", "entries": entries}
    with pytest.raises(TrustListError, match="RIVER"):
        parse_trust_list(json.dumps(text).encode())


def test_this_machine_may_answer_in_a_demonstration() -> None:
    assert listed(tag="DEMO", retrieval="http://localhost:8080").tagged("DEMO")
