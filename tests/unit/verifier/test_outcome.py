"""No path from something unchecked or failed to valid: every combination of answers, counted out."""

from __future__ import annotations

from itertools import product

import pytest

from verifier.evidence import Check, CheckOutcome, Code, Finding, Outcome
from verifier.outcome import PASSES, PRECEDENCE, conclude

YES, NO = CheckOutcome.YES, CheckOutcome.NO
OPEN, NOT_APPLICABLE = CheckOutcome.COULD_NOT_CHECK, CheckOutcome.NOT_APPLICABLE

# Written again, on purpose: what may stand in a valid verdict. Everything else must not.
MAY_STAND = {
    Check.SHAPE: {YES},
    Check.MEANING: {YES},
    Check.ISSUER: {YES},
    Check.PROOF: {YES},
    Check.PERIOD: {YES},
    Check.STATUS: {YES, NOT_APPLICABLE},
    Check.EVIDENCE: {YES, NOT_APPLICABLE},
    Check.RECIPIENT: {YES, OPEN},
}


def test_every_check_is_in_the_table() -> None:
    assert set(MAY_STAND) == set(Check) == set(PASSES)


def test_valid_comes_from_nothing_but_passing_answers_to_all_questions() -> None:
    states = (*CheckOutcome, None)
    valid = 0
    for states_of_all in product(states, repeat=len(Check)):
        given = dict(zip(Check, states_of_all, strict=True))
        findings = [Finding(check, state, "some_code") for check, state in given.items() if state is not None]
        outcome, code, complete = conclude(findings)
        good = all(state in MAY_STAND[check] for check, state in given.items())
        assert (outcome is Outcome.VALID) == (code is Code.VALID) == good, given
        assert [f.check for f in complete] == list(Check)
        if not good:
            failed = any(
                state is None or (state is NO and state not in MAY_STAND[check])
                for check, state in given.items()
            )
            assert outcome is (Outcome.INVALID if failed else Outcome.UNKNOWN), given
        valid += good
    # status and evidence yes or not applicable, recipient yes or open
    assert valid == 8


def test_no_findings_at_all_is_not_valid() -> None:
    assert conclude([])[0] is Outcome.INVALID


def test_the_first_finding_for_a_check_counts() -> None:
    passing = [Finding(check, YES, "fine") for check in Check]
    assert conclude([Finding(Check.PROOF, NO, "bad_signature"), *passing])[0] is Outcome.INVALID


@pytest.mark.parametrize(
    ("findings", "code"),
    [
        ([(Check.SHAPE, NO, "schema"), (Check.PROOF, NO, "bad_signature")], Code.TAMPERED),
        ([(Check.SHAPE, NO, "schema")], Code.UNREADABLE),
        ([(Check.SHAPE, OPEN, "not_a_badge")], Code.UNREADABLE),
        ([(Check.PROOF, NO, "bad_signature"), (Check.STATUS, NO, "revoked")], Code.TAMPERED),
        ([(Check.STATUS, NO, "revoked"), (Check.PERIOD, NO, "expired")], Code.REVOKED),
        ([(Check.STATUS, NO, "replaced"), (Check.PERIOD, NO, "expired")], Code.REPLACED),
        ([(Check.STATUS, NO, "suspended"), (Check.PERIOD, NO, "not_yet_valid")], Code.SUSPENDED),
        ([(Check.EVIDENCE, NO, "evidence_altered"), (Check.PERIOD, NO, "expired")], Code.EVIDENCE_FAILS),
        ([(Check.EVIDENCE, NO, "rule_does_not_hold")], Code.EVIDENCE_FAILS),
        ([(Check.EVIDENCE, NO, "evidence_altered"), (Check.STATUS, NO, "revoked")], Code.REVOKED),
        ([(Check.EVIDENCE, OPEN, "rule_not_checkable")], Code.INCOMPLETE),
        ([(Check.EVIDENCE, OPEN, "nested_evidence")], Code.INCOMPLETE),
        ([(Check.PERIOD, NO, "not_yet_valid"), (Check.STATUS, OPEN, "status_stale")], Code.NOT_YET_VALID),
        ([(Check.PERIOD, NO, "expired"), (Check.STATUS, OPEN, "status_stale")], Code.EXPIRED),
        ([(Check.STATUS, OPEN, "status_stale"), (Check.ISSUER, OPEN, "domain_only")], Code.INCOMPLETE),
        ([(Check.ISSUER, OPEN, "domain_only")], Code.ISSUER_UNKNOWN),
        ([(Check.ISSUER, NO, "key_revoked")], Code.TAMPERED),
        ([(Check.ISSUER, OPEN, "issuer_unreachable")], Code.INCOMPLETE),
        ([(Check.SHAPE, OPEN, "not_shared")], Code.NOT_SHARED),
        ([(Check.SHAPE, OPEN, "share_ended")], Code.SHARE_ENDED),
        ([(Check.SHAPE, OPEN, "tag_unknown")], Code.NOT_FOUND),
        ([(Check.SHAPE, OPEN, "retrieval_unreachable")], Code.INCOMPLETE),
    ],
)
def test_the_headline_follows_the_order_of_gravity(
    findings: list[tuple[Check, CheckOutcome, str]], code: Code
) -> None:
    against = [Finding(*parts) for parts in findings]
    named = {finding.check for finding in against}
    others = [Finding(check, YES, "fine") for check in Check if check not in named]
    assert conclude([*others, *against])[1] is code


def test_every_code_but_valid_has_its_place() -> None:
    assert set(PRECEDENCE) == set(Code) - {Code.VALID}
