"""From a recorded certification to a stranger's screen: issued by the issuer, checked by the verifier alone.

Only public documents and the badge itself pass from one to the other.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from credential.readiness import Subject
from credential.withdrawal import Reason
from issuer.archive import published_answers, write_archive
from issuer.determining import Candidate, assess, candidates, determine
from issuer.district import offer_readiness
from issuer.issuance import Issued
from issuer.revocation import revoke
from issuer.store import queries
from issuer.store.measures import NewMeasure, record_measures
from issuer.store.session import Store
from tests.house import House
from tests.rules import JUDGED
from tests.unit.issuer.test_readiness import RULES, decision
from verifier.archive import open_archive
from verifier.evidence import Presented, PresentedKind
from verifier.gather import gather
from verifier.policy import Policy
from verifier.report import as_json
from verifier.trust import parse_trust_list
from verifier.verify import verify

STUDENT = "100000001"


@pytest.fixture
def house(store: Store) -> House:
    made = House.build(store)
    offer_readiness(store, made.district.id, now=made.time, actor="test")
    return made


def certification(house: House) -> str:
    return house.issue(last_day=date(2026, 12, 31)).credential_id


def candidate(house: House) -> Candidate:
    with house.store.reading() as session:
        (one,) = candidates(session, house.district.id, students=[STUDENT])
    return one


def determination(house: House, *decisions: Any) -> Issued:
    found = assess(candidate(house), decisions or (decision(),), RULES, JUDGED)
    done = determine(
        found,
        store=house.store,
        district_id=house.district.id,
        signer=house.signer,
        now=house.time,
        entropy=house.entropy,
        actor="test",
    )
    assert done.issued is not None
    return done.issued


def checked(house: House, badge: bytes, folder: Path, **later: float) -> dict[str, Any]:
    """What the verifier says, from the archive and the trust list alone."""
    house.publish()
    write_archive(folder, published_answers(house.store, house.district.id), house.time)
    entry = {"id": house.district.did, "name": house.district.name}
    trust = {"version": 1, "name": "State list", "issued": "2026-01-01", "entries": [entry]}
    policy = Policy(trust=parse_trust_list(json.dumps(trust).encode()))
    now = house.time + timedelta(**later)
    presented = Presented(PresentedKind.DOCUMENT, badge, source="json")
    held = asyncio.run(gather(presented, policy, open_archive(folder), now))
    return as_json(verify(held, policy, now))


def outcomes(told: dict[str, Any]) -> set[tuple[str, str]]:
    return {(one["kind"], one["outcome"]) for one in told["evidence"]}


def test_a_determination_is_valid_and_says_by_what(house: House, tmp_path: Path) -> None:
    certification(house)
    told = checked(house, determination(house).document, tmp_path / "archive")
    assert told["code"] == "valid", told["findings"]
    assert outcomes(told) == {("credential", "intact"), ("rule", "intact")}
    assert told["rule"]["outcome"] == "holds"
    english, math = told["rule"]["subjects"]
    assert (english["answer"], math["answer"], math["claimed"]) == ("yes", "no", False)
    assert told["rule"]["on_word"] == []


def test_it_stands_when_the_certification_has_ended_or_was_withdrawn(house: House, tmp_path: Path) -> None:
    held = certification(house)
    made = determination(house)
    told = checked(house, made.document, tmp_path / "before", days=400)
    assert told["code"] == "valid"
    assert "ended on December 31, 2026. The determination stands" in told["what_to_do"]
    house.later(days=2)
    revoke(
        house.store,
        house.district.id,
        held,
        reason=Reason.NO_LONGER_VALID,
        note="",
        now=house.time,
        actor="test",
    )
    told = checked(house, made.document, tmp_path / "after")
    assert told["code"] == "valid"
    assert outcomes(told) == {("credential", "withdrawn"), ("rule", "intact")}
    assert "was withdrawn on June 3, 2026. The determination stands" in told["what_to_do"]


def test_a_determination_is_withdrawn_like_any_badge(house: House, tmp_path: Path) -> None:
    certification(house)
    made = determination(house)
    revoke(
        house.store,
        house.district.id,
        made.credential_id,
        reason=Reason.ISSUED_IN_ERROR,
        note="",
        now=house.time,
        actor="test",
    )
    assert checked(house, made.document, tmp_path / "archive")["code"] == "revoked"


def test_math_by_a_score_rests_on_the_districts_word(house: House, tmp_path: Path) -> None:
    certification(house)
    with house.store.transaction() as session:
        score = NewMeasure(STUDENT, "score", "SAT", "Math", "520", date(2026, 3, 1))
        record_measures(session, house.district.id, [score], now=house.time, actor="test")
    told = checked(house, determination(house).document, tmp_path / "archive")
    assert told["code"] == "valid"
    assert [one["answer"] for one in told["rule"]["subjects"]] == ["yes", "yes"]
    assert [one["kind"] for one in told["rule"]["on_word"]] == ["score"]


def test_a_certification_too_large_to_embed_is_linked_and_named(house: House, tmp_path: Path) -> None:
    certification(house)
    with house.store.transaction() as session:
        (only,) = queries.signed_ids(session, house.district.id)
        row = queries.secured(session, house.district.id, only)["vc"]
        members = {name: getattr(row, name) for name in row.__mapper__.columns.keys()}  # noqa: SIM118 - not a dict
        session.add(type(row)(**{**members, "number": 2, "body": row.body + b" " * 32_768}))
    made = determination(house)
    value = json.loads(made.document)
    assert value["relatedResource"][0]["id"] == only == value["evidence"][0]["id"]
    told = checked(house, made.document, tmp_path / "archive")
    assert told["code"] == "valid", told["findings"]
    assert outcomes(told) == {("link", "not_checkable"), ("rule", "intact")}
    assert [one["kind"] for one in told["rule"]["on_word"]] == ["certification"]


def test_a_determination_for_both_subjects_by_one_certification(house: House, tmp_path: Path) -> None:
    certification(house)
    by = replace(decision(), subjects=frozenset(Subject))
    told = checked(house, determination(house, by).document, tmp_path / "archive")
    assert [one["answer"] for one in told["rule"]["subjects"]] == ["yes", "yes"]
