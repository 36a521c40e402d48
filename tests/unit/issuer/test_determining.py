"""From what is recorded to a signed determination: one transaction, once, with the stored bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from contexts.canonical import canonical_quads
from contexts.document import parse
from contexts.pinned import ISSUING
from contexts.schema import Schema, faults
from credential.digest import digest_of
from credential.embedded import read_data_uri
from credential.readiness import READINESS_TYPE, Subject
from credential.rule import ScoreInput, judge, parse_rule
from credential.withdrawal import Reason
from issuer import issuance
from issuer.determining import Candidate, Determination, assess, candidates, determine
from issuer.district import offer_readiness
from issuer.errors import IssuerError
from issuer.issuance import Issued, resume, stored
from issuer.prepare import Prepared
from issuer.readiness import RuleSet
from issuer.revocation import revoke
from issuer.store import queries
from issuer.store.measures import NewMeasure, measures_of, record_measures, retract_measures
from tests.house import House
from tests.rules import JUDGED
from tests.unit.issuer.test_readiness import RULES, decision

ENG, MTH = Subject.ENGLISH, Subject.MATH
STUDENT = "100000001"


@pytest.fixture
def ready(house: House) -> House:
    """A district that can determine, and a student with a certification."""
    offer_readiness(house.store, house.district.id, now=house.time, actor="test")
    house.issue()
    return house


def candidate(house: House, student: str = STUDENT) -> Candidate:
    with house.store.reading() as session:
        (found,) = candidates(session, house.district.id, students=[student])
    return found


def judged(house: House, *decisions: Any, day: date = JUDGED, rules: RuleSet = RULES) -> Determination:
    return assess(candidate(house), decisions or (decision(),), rules, day)


def issued(house: House, found: Determination) -> Issued:
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


def value(made: Issued) -> dict[str, Any]:
    return json.loads(made.document)  # type: ignore[no-any-return]  # it is an object


def withdraw(house: House, credential_id: str) -> None:
    revoke(
        house.store,
        house.district.id,
        credential_id,
        reason=Reason.ISSUED_IN_ERROR,
        note="",
        now=house.time,
        actor="test",
    )


def test_a_determination_is_signed_with_the_stored_bytes_inside(ready: House) -> None:
    certification = ready.award("A-1")
    made = issued(ready, judged(ready))
    told = value(made)
    achievement = told["credentialSubject"]["achievement"]
    assert achievement["achievementType"] == READINESS_TYPE
    assert achievement["creator"]["id"] == told["issuer"]["id"] == ready.district.did
    assert told["credentialSubject"]["result"] == [
        {
            "type": ["Result"],
            "resultDescription": f"{achievement['id']}#ENG",
            "status": "Completed",
        }
    ]
    assert [one["id"] for one in achievement["resultDescription"]] == [
        f"{achievement['id']}#ENG",
        f"{achievement['id']}#MTH",
    ]
    assert "validUntil" not in told
    assert told["awardedDate"] == "2026-06-01T12:00:00Z"
    assert told["credentialStatus"]["type"] == "BitstringStatusListEntry"
    badge, rule = (read_data_uri(one["id"]) for one in told["evidence"])
    with ready.store.reading() as session:
        first = queries.credential_of_award(session, ready.district.id, certification.award_ref)
        assert first is not None
        assert badge.data == queries.secured(session, ready.district.id, first.id)["vc"].body
    assert (badge.media_type, rule.media_type) == ("application/vc", "application/json")
    document = parse_rule(rule.data)
    assert document.inputs[0].evidence == digest_of(badge.data)  # type: ignore[union-attr]  # it is a certification
    assert [one.met for one in judge(document).values()] == [True]
    assert STUDENT not in made.document.decode() + rule.data.decode()


def test_it_passes_the_schema_and_the_strict_meaning(ready: House) -> None:
    made = value(issued(ready, judged(ready)))
    made.pop("proof")
    document = parse(json.dumps(made).encode())
    assert faults(document, Schema.ACHIEVEMENT_CREDENTIAL) == ()
    assert canonical_quads(document, contexts=ISSUING)


def test_judging_again_changes_nothing(ready: House) -> None:
    found = judged(ready)
    first = issued(ready, found)
    assert issued(ready, found) == replace(first, first=False)
    ready.later(days=3)
    again = judged(ready, day=JUDGED + timedelta(days=3))
    assert (again.code, again.award) == ("determined_before", None)
    with ready.store.reading() as session:
        assert len(queries.signed_ids(session, ready.district.id)) == 2


def test_a_subject_is_determined_once(ready: House) -> None:
    issued(ready, judged(ready))
    both = judged(ready, decision("CO-CNA", ENG, MTH))
    assert both.award is not None
    assert both.award.determined is not None
    assert both.award.determined.subjects == ("MTH",)


def test_what_was_withdrawn_may_be_determined_again(ready: House) -> None:
    first = issued(ready, judged(ready))
    withdraw(ready, first.credential_id)
    second = issued(ready, judged(ready))
    assert second.credential_id != first.credential_id
    assert second.award_ref.endswith("-2")


def test_nothing_is_determined_without_a_decision(ready: House) -> None:
    found = assess(candidate(ready), (), RULES, JUDGED)
    assert (found.code, found.award) == ("not_ready", None)
    with pytest.raises(IssuerError, match="not_ready"):
        issued(ready, found)


def test_a_withdrawn_certification_shows_nothing(ready: House) -> None:
    with ready.store.reading() as session:
        (only,) = queries.signed_ids(session, ready.district.id)
    before = judged(ready)
    withdraw(ready, only)
    assert judged(ready).code == "not_ready"
    with pytest.raises(IssuerError, match="state_conflict"):
        issued(ready, before)


def test_another_students_certification_is_not_embedded(ready: House) -> None:
    found = judged(ready)
    assert found.award is not None
    taken = replace(found, award=replace(found.award, student_id="100000002"))
    with pytest.raises(IssuerError, match="state_conflict"):
        issued(ready, taken)


def test_bytes_that_were_not_judged_are_not_embedded(ready: House) -> None:
    found = judged(ready)
    assert found.award is not None
    assert found.award.determined is not None
    ((credential_id, _),) = found.award.determined.credentials
    other = replace(found.award.determined, credentials=((credential_id, digest_of(b"other")),))
    with pytest.raises(IssuerError, match="state_conflict"):
        issued(ready, replace(found, award=replace(found.award, determined=other)))


def test_a_day_that_has_not_come_is_not_determined(ready: House) -> None:
    with pytest.raises(IssuerError, match="bad_time"):
        issued(ready, judged(ready, day=ready.time.date() + timedelta(days=1)))


def test_rehearsing_writes_nothing(ready: House) -> None:
    found = determine(
        judged(ready),
        store=ready.store,
        district_id=ready.district.id,
        signer=None,
        now=ready.time,
        entropy=ready.entropy,
        actor="test",
    )
    assert found.issued is None
    with ready.store.reading() as session:
        assert len(queries.signed_ids(session, ready.district.id)) == 1


def test_a_crash_before_signing_is_resumed_with_the_same_bytes(
    ready: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stop(BaseException):
        """The process is gone."""

    def stop(*_: object, **__: object) -> None:
        raise Stop

    found = judged(ready)
    with monkeypatch.context() as patch:
        patch.setattr("issuer.issuance.secure", stop)
        with pytest.raises(Stop):
            issued(ready, found)
    made = issued(ready, found)
    assert made == stored(ready.store, ready.district.id, made.credential_id, first=True)


class Cut(BaseException):
    """The process is gone."""


def cut(house: House, found: Determination, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    """Issue, and stop before one step of it."""

    def stop(*_: object, **__: object) -> None:
        raise Cut

    with monkeypatch.context() as patch:
        patch.setattr(f"issuer.issuance.{step}", stop)
        with pytest.raises(Cut):
            issued(house, found)


def test_a_place_that_waited_begins_no_earlier_than_the_day_that_was_judged(
    ready: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut(ready, judged(ready), monkeypatch, "_record_prepared")
    ready.later(days=5)
    made = value(issued(ready, judged(ready, day=ready.time.date())))
    assert made["awardedDate"][:10] == made["validFrom"][:10] == "2026-06-06"


def test_a_subject_that_was_determined_meanwhile_is_not_determined_again(ready: House) -> None:
    english, both = judged(ready), judged(ready, decision("CO-CNA", ENG, MTH))
    issued(ready, english)
    with pytest.raises(IssuerError, match="state_conflict"):
        issued(ready, both)


def test_nor_one_whose_determination_was_prepared_before_a_crash(
    ready: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut(ready, judged(ready), monkeypatch, "secure")
    both = judged(ready, decision("CO-CNA", ENG, MTH))
    with pytest.raises(IssuerError, match="state_conflict"):
        issued(ready, both)
    resume(ready.store, ready.district.id, signer=ready.signer, now=ready.time, actor="test")
    math = judged(ready, decision("CO-CNA", ENG, MTH))
    assert math.award is not None
    assert math.award.determined is not None
    assert math.award.determined.subjects == ("MTH",)
    assert issued(ready, math).first


def test_what_was_determined_between_two_looks_is_seen(ready: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two processes have both looked before either has written."""
    real = issuance.prepared_from
    english, both = judged(ready), judged(ready, decision("CO-CNA", ENG, MTH))

    def overtaken(*args: Any, **named: Any) -> Prepared:
        monkeypatch.setattr(issuance, "prepared_from", real)
        issued(ready, english)
        return real(*args, **named)

    monkeypatch.setattr(issuance, "prepared_from", overtaken)
    with pytest.raises(IssuerError, match="state_conflict"):
        issued(ready, both)


def test_a_certification_that_is_withdrawn_between_two_looks_is_seen(
    ready: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ready.store.reading() as session:
        (only,) = queries.signed_ids(session, ready.district.id)
    real = issuance.prepared_from

    def overtaken(*args: Any, **named: Any) -> Prepared:
        withdraw(ready, only)
        return real(*args, **named)

    monkeypatch.setattr(issuance, "prepared_from", overtaken)
    with pytest.raises(IssuerError, match="state_conflict"):
        issued(ready, judged(ready))


def test_another_students_determination_stands_in_nobodys_way(ready: House) -> None:
    issued(ready, judged(ready))
    ready.issue("A-2", student_id="100000002")
    other = assess(candidate(ready, "100000002"), (decision(),), RULES, JUDGED)
    assert issued(ready, other).first


def test_a_certification_that_was_signed_anew_is_still_found(ready: House) -> None:
    found = judged(ready)
    with ready.store.transaction() as session:
        (only,) = queries.signed_ids(session, ready.district.id)
        row = queries.secured(session, ready.district.id, only)["vc"]
        members = {name: getattr(row, name) for name in row.__mapper__.columns.keys()}  # noqa: SIM118 - not a dict
        session.add(type(row)(**{**members, "number": 2, "body": row.body + b"\n"}))
    made = issued(ready, found)
    assert found.award is not None
    assert found.award.determined is not None
    held = read_data_uri(value(made)["evidence"][0]["id"]).data
    assert digest_of(held) == found.award.determined.credentials[0][1]


SCORES = [
    NewMeasure(STUDENT, "score", "SAT", "Math", "520", date(2026, 3, 1)),
    NewMeasure(STUDENT, "attested", "capstone", "", "", date(2026, 5, 1)),
]


def record(house: House, *measures: NewMeasure) -> int:
    with house.store.transaction() as session:
        return record_measures(session, house.district.id, measures, now=house.time, actor="test")


def measured(house: House) -> Mapping[str, Any]:
    with house.store.reading() as session:
        return measures_of(session, house.district.id)


def test_scores_are_recorded_once_and_can_be_retracted(house: House) -> None:
    assert record(house, *SCORES) == 2
    assert record(house, *SCORES) == 0
    assert measured(house)[STUDENT][0] == (ScoreInput("SAT", "520", date(2026, 3, 1), "Math"),)
    with house.store.transaction() as session:
        assert retract_measures(session, house.district.id, SCORES[:1], now=house.time) == 1
        assert retract_measures(session, house.district.id, SCORES[:1], now=house.time) == 0
    assert measured(house)[STUDENT][0] == ()
    assert record(house, SCORES[0]) == 1


def test_scores_of_another_district_are_not_seen(house: House) -> None:
    record(house, *SCORES)
    other = House.build(house.store, "hillside", "https://badges.hillside.example")
    assert measured(other) == {}


def test_a_score_counts_on_the_districts_word(ready: House) -> None:
    record(ready, *SCORES)
    found = judged(ready)
    assert found.readiness.met == (ENG, MTH)
    made = issued(ready, found)
    rule = parse_rule(read_data_uri(value(made)["evidence"][-1]["id"]).data)
    assert {type(one).__name__ for one in rule.inputs} == {"CertificationInput", "ScoreInput"}


def test_a_student_with_scores_alone_has_no_name_unless_somebody_gives_it(ready: House) -> None:
    other = "100000009"
    record(ready, replace(SCORES[0], student_id=other))
    one = candidate(ready, other)
    assert one.person.name is None
    found = assess(one, (), RULES, JUDGED, name="Noor Haddad")
    names = value(issued(ready, found))["credentialSubject"]["identifier"]
    assert names[0]["identityHash"] == "Noor Haddad"
