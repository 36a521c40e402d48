"""Who is recognised, for what, when, by which of several lists; everything else is not."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from credential.readiness import READINESS_TYPE
from credential.trust_list import ListedIssuer, Recognition, Withdrawal
from tests.trust_lists import (
    ALL,
    CERTIFICATIONS,
    DISTRICT,
    ENGLISH,
    PINS,
    SIGNER,
    ended,
    issuer,
    other,
    signed,
)
from tests.world import AWARDED, NOW, World
from verifier.evidence import Check, CheckOutcome, Code, IssuerLevel, Outcome, Verdict
from verifier.report import explain
from verifier.trust import (
    Asked,
    Trust,
    TrustList,
    TrustLists,
    accept_list,
    parse_trust_list,
    stand,
)

CODES = frozenset({"CO-CNA", "https://badges.riverbend.example/achievements/cna"})


def state(*issuers: ListedIssuer, **changes: Any) -> TrustList:
    return accept_list(signed(*issuers, **changes), PINS, NOW)


def local(*ids: str, **members: Any) -> TrustList:
    entries = [{"id": one, "name": f"Local {one}"} | members for one in ids]
    return parse_trust_list(json.dumps({"version": 1, "name": "Our own", "entries": entries}).encode())


def asked(**changes: Any) -> Asked:
    return replace(Asked(DISTRICT, "Certification", AWARDED, NOW, CODES), **changes)


def checked(trust: Trust, **changes: Any) -> Verdict:
    world = World(policy_changes={"trust": trust}, **changes)
    return world.check(world.badge())


def test_a_signed_list_makes_a_badge_valid_and_its_name_is_shown() -> None:
    world = World(policy_changes={"trust": state()})
    world.edit["badge"] = lambda made: made["issuer"].update(name="Riverbend Badges Inc.")
    verdict = world.check(world.badge())
    assert (verdict.code, verdict.issuer_name) == (Code.VALID, "Riverbend School District")
    assert verdict.listed
    assert verdict.listed.listed
    assert verdict.listed.listed.city == "Riverbend"
    spanish = explain(verdict, "es")
    assert spanish.issuer_name == "Distrito Escolar Riverbend"
    sentence = next(line.sentence for line in spanish.checks if line.name == "issuer")
    assert sentence == "Distrito Escolar Riverbend, en la lista “Lista del estado”."


@pytest.mark.parametrize(
    ("recognition", "changes", "recognised"),
    [
        (ALL, {}, True),
        (ALL, {"kind": None}, True),
        (CERTIFICATIONS, {}, True),
        (CERTIFICATIONS, {"kind": "License"}, False),
        (CERTIFICATIONS, {"kind": None}, False),
        (CERTIFICATIONS, {"kind": READINESS_TYPE, "subjects": frozenset({"ENG"})}, False),
        (replace(ALL, certifications=frozenset({"CO-CNA"})), {}, True),
        (replace(ALL, certifications=frozenset({"CO-WELD"})), {}, False),
        (replace(ALL, certifications=frozenset({"CO-CNA"})), {"codes": frozenset()}, False),
        (replace(ALL, certifications=CODES), {"codes": frozenset({"co-cna"})}, False),
        (ENGLISH, {"kind": READINESS_TYPE, "subjects": frozenset({"ENG"})}, True),
        (ENGLISH, {"kind": READINESS_TYPE, "subjects": frozenset({"MTH"})}, False),
        (ENGLISH, {"kind": READINESS_TYPE, "subjects": frozenset({"ENG", "MTH"})}, False),
        (ENGLISH, {"kind": READINESS_TYPE, "subjects": frozenset({"ENG", "?"})}, False),
        (ENGLISH, {"kind": READINESS_TYPE, "subjects": frozenset()}, False),
        (ENGLISH, {}, True),
        (ALL, {"kind": READINESS_TYPE, "subjects": frozenset({"ENG", "MTH"})}, True),
        (Recognition(certifications=CODES), {"kind": READINESS_TYPE}, True),
    ],
)
def test_a_recognition_is_for_what_it_names(
    recognition: Recognition, changes: dict[str, Any], *, recognised: bool
) -> None:
    standing = stand(state(issuer(recognised=(recognition,))), asked(**changes))
    assert standing.code == ("trusted" if recognised else "not_recognised_for")
    assert (standing.entry is not None) is recognised


def test_an_issuer_without_a_recognition_is_recognised_for_nothing() -> None:
    assert stand(state(issuer(recognised=())), asked()).code == "not_recognised_for"


def test_the_code_of_a_badge_is_held_against_the_list() -> None:
    only = state(issuer(recognised=(replace(ALL, certifications=frozenset({"SAFE-10"})),)))
    assert checked(only).code is Code.ISSUER_UNKNOWN
    world = World(policy_changes={"trust": only})
    world.edit["badge"] = lambda made: made["credentialSubject"]["achievement"].update(humanCode="SAFE-10")
    assert world.check(world.badge()).code is Code.VALID


def test_a_list_that_has_ended_vouches_for_no_moment_before_its_end() -> None:
    ending = state(ends=NOW + timedelta(days=1))
    then = NOW + timedelta(days=2)
    world = World(policy_changes={"trust": ending, "at": NOW})
    assert world.check(world.badge()).finding(Check.ISSUER).code == "trusted"
    assert world.check(world.badge(), now=then).finding(Check.ISSUER).code == "trust_list_expired"


def test_that_a_recognition_was_withdrawn_since_is_told_of_a_moment_before() -> None:
    day = date(2026, 5, 31)
    left = state(issuer(withdrawn=Withdrawal(day, "It has merged.")))
    world = World(policy_changes={"trust": left, "at": datetime(2026, 5, 30, 23, tzinfo=UTC)})
    found = world.check(world.badge()).finding(Check.ISSUER)
    assert (found.code, found.notes) == ("trusted", ("recognition_since_ended",))


def test_a_recognition_holds_from_its_first_day_to_its_last() -> None:
    for first, last, code in (
        (date(2026, 5, 1), date(2026, 6, 1), "trusted"),
        (date(2026, 5, 2), None, "not_recognised_then"),
        (None, date(2026, 5, 31), "recognition_ended"),
        (date(2026, 7, 1), None, "not_recognised_then"),
    ):
        one = issuer(recognised=(Recognition(starts=first, last=last),))
        assert stand(state(one), asked()).code == code, (first, last)


def test_a_later_recognition_for_something_else_does_not_prolong_an_ended_one() -> None:
    gone = Recognition(types=frozenset({"Certification"}), last=date(2026, 5, 31))
    assert stand(
        state(issuer(recognised=(gone, Recognition(types=frozenset({"License"}))))), asked()
    ).code == ("recognition_ended")


def test_a_withdrawn_issuer_is_not_recognised_from_that_day_on_whatever_else_is_said() -> None:
    for on, code in ((date(2026, 6, 1), "recognition_withdrawn"), (date(2026, 6, 2), "trusted")):
        one = issuer(withdrawn=Withdrawal(on, "It has lost its accreditation."))
        assert stand(state(one), asked()).code == code
    verdict = checked(state(issuer(withdrawn=Withdrawal(date(2026, 5, 20), "It has merged."))))
    assert (verdict.code, verdict.issuer_level) == (Code.ISSUER_UNKNOWN, IssuerLevel.DOMAIN)
    assert verdict.issuer_name is None
    sentence = next(line.sentence for line in explain(verdict).checks if line.name == "issuer")
    assert sentence == "The list “State list” has withdrawn it on May 20, 2026: It has merged."


def test_where_the_list_pins_keys_only_they_sign_for_the_issuer() -> None:
    world = World()
    own, foreign = (frozenset({key.thumbprint()}) for key in (world.signer.public_key, SIGNER.public_key))
    assert checked(state(issuer(keys=own | foreign))).code is Code.VALID
    assert checked(state(issuer(keys=own)), form="jwt").code is Code.VALID
    verdict = checked(state(issuer(keys=foreign)))
    assert (verdict.code, verdict.finding(Check.ISSUER).code) == (Code.ISSUER_UNKNOWN, "key_not_pinned")
    assert stand(state(issuer(keys=own)), asked()).code == "key_not_pinned"
    assert stand(state(issuer(keys=own)), asked(keys=frozenset())).code == "key_not_pinned"
    assert stand(state(issuer(keys=own)), asked(keys=own | foreign)).code == "key_not_pinned"


def test_an_issuer_may_have_several_identifiers() -> None:
    both = state(issuer(ids=("did:web:old.riverbend.example", DISTRICT)))
    assert checked(both).code is Code.VALID
    assert stand(both, asked(issuer_id="did:web:old.riverbend.example")).code == "trusted"


def test_an_ended_list_vouches_for_nobody_and_names_its_date() -> None:
    verdict = checked(state(**ended()))
    finding = verdict.finding(Check.ISSUER)
    assert (verdict.outcome, verdict.code) == (Outcome.UNKNOWN, Code.INCOMPLETE)
    assert (finding.outcome, finding.code) == (CheckOutcome.COULD_NOT_CHECK, "trust_list_expired")
    assert finding.facts["date"] == "2026-06-01"
    assert verdict.issuer_name is None
    assert "ended on June 1, 2026" in explain(verdict).what_to_do
    assert checked(state(ends=NOW + timedelta(seconds=1))).code is Code.VALID


def test_a_list_that_is_not_there_vouches_for_nobody() -> None:
    verdict = checked(TrustList("State list", None, problem="trust_list_missing"))
    assert verdict.finding(Check.ISSUER).code == "trust_list_missing"
    assert (verdict.outcome, verdict.code) == (Outcome.UNKNOWN, Code.INCOMPLETE)


def test_the_first_list_that_names_an_issuer_decides() -> None:
    ours = local(DISTRICT)
    narrow = state(issuer(recognised=(Recognition(types=frozenset({"License"})),)))
    gone = state(issuer(withdrawn=Withdrawal(date(2026, 5, 1), "Closed.")))
    for lists, code in (
        ((ours, gone), "trusted"),
        ((gone, ours), "recognition_withdrawn"),
        ((narrow, ours), "not_recognised_for"),
        ((state(other()), ours), "trusted"),
        ((state(other()), local("did:web:c.example")), ""),
    ):
        assert stand(TrustLists(lists), asked()).code == code


def test_what_stands_below_a_list_that_cannot_be_used_is_not_asked() -> None:
    missing = TrustList("State list", None, problem="trust_list_missing")
    ours = local(DISTRICT)
    assert stand(TrustLists((missing, ours)), asked()).code == "trust_list_missing"
    assert stand(TrustLists((state(other(), **ended()), ours)), asked()).code == "trust_list_expired"
    assert stand(TrustLists((ours, missing)), asked()).code == "trusted"


def test_a_tag_belongs_to_the_first_list_that_uses_it() -> None:
    squatting = local("did:web:mallory.example", tag="RIVER", retrieval="https://mallory.example")
    for lists, origin in (
        ((state(), squatting), "https://badges.riverbend.example"),
        ((squatting, state()), "https://mallory.example"),
    ):
        found = TrustLists(lists).tagged("RIVER")
        assert found
        assert found.retrieval == origin
    assert TrustLists((state(), squatting)).tagged("NONE") is None


def test_several_lists_read_as_one() -> None:
    both = TrustLists((state(), local(DISTRICT, "did:web:c.example")))
    assert both.name == "State list, Our own"
    assert [entry.name for entry in both.entries] == ["Riverbend School District", "Local did:web:c.example"]
    assert both.find(DISTRICT, NOW)
    assert both.find("did:web:nobody.example", NOW) is None
    assert both.of(f"{DISTRICT}:u:mallory") == ()
