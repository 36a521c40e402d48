"""What is made of a verdict, for every combination of answers: receipts, their short form, rows of a batch.

None of them says *valid*, looks like it, or suggests credit, unless each check says so. What may stand in a
valid verdict is written again here, on purpose.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product

import pytest

from tests.seeded import did_key_signer
from tests.unit.verifier.batch.colleges import APPLICANTS, CROSSWALK, TODAY, certified
from tests.unit.verifier.test_outcome_total import MAY_STAND
from tests.world import NOW, World
from verifier.batch.applicants import load_applicants
from verifier.batch.crosswalk_file import load_crosswalk
from verifier.batch.rows import College, make_rows
from verifier.batch.table import COLUMNS, cells, row_json
from verifier.evidence import (
    Check,
    CheckOutcome,
    Code,
    Finding,
    Outcome,
    Presented,
    PresentedKind,
    Verdict,
)
from verifier.intake import Item
from verifier.outcome import conclude, conclude_presentation
from verifier.presented import (
    PresentationCheck,
    PresentationCode,
    PresentationFinding,
    PresentationVerdict,
)
from verifier.receipt import NOTHING_CHECKED, Receipt, check_receipt, draft_receipt, finish, sign_receipt
from verifier.receipt_code import check_stub, sign_stub
from verifier.report import explain
from verifier.web.receipt_words import receipt_told, stub_told

COLLEGE = College(load_crosswalk(CROSSWALK), load_applicants(APPLICANTS))
ASKED: list[Check] = [check for check in Check if check is not Check.RECIPIENT]
"""Whose face it is, is in no file: its answer is always the same."""
PRESENTED = Presented(PresentedKind.DOCUMENT)
NOT_APPLICABLE = CheckOutcome.NOT_APPLICABLE
KEY = did_key_signer("receipts")


@pytest.fixture(scope="module")
def good() -> Verdict:
    """A valid certification, for which the crosswalk has a course."""
    world = World()
    return world.check(certified(world))


ALL = {check: tuple(CheckOutcome) for check in ASKED}
USUAL = {
    check: tuple(one for one in CheckOutcome if one is not NOT_APPLICABLE or one in MAY_STAND[check])
    for check in ASKED
}
"""Without *not applicable* where no check says so; a row costs more, and the other table has it."""


def every_verdict(
    good: Verdict, answers: Mapping[Check, Sequence[CheckOutcome]]
) -> Iterator[tuple[Verdict, bool]]:
    """A verdict for each combination of answers, and whether it may be *valid*."""
    for states in product(*answers.values()):
        given = dict(zip(ASKED, states, strict=True))
        found = [Finding(check, state, "some_code") for check, state in given.items()]
        outcome, code, findings = conclude([*found, good.finding(Check.RECIPIENT)])
        # What was signed stays in it, as if each time the proof had passed: nobody else may look away for us.
        yield (
            replace(good, outcome=outcome, code=code, findings=findings),
            all(state in MAY_STAND[check] for check, state in given.items()),
        )


def test_a_receipt_says_valid_only_of_what_is(good: Verdict) -> None:
    signed: set[tuple[Outcome, Code, bool]] = set()
    valid = 0
    for verdict, may in every_verdict(good, ALL):
        draft = draft_receipt(explain(verdict), "sha256-x", "https://check.example.org")
        if verdict.code in NOTHING_CHECKED:
            assert draft is None
            continue
        assert draft is not None
        assert (draft.outcome is Outcome.VALID) == (draft.code is Code.VALID) == may
        valid += may
        for past in (False, True):
            if (kind := (draft.outcome, draft.code, past)) not in signed:
                signed.add(kind)
                check_as_signed(replace(draft, as_of=NOW if past else None), may=may)
    # status and evidence: yes, or not applicable
    assert valid == 4
    assert {code for _, code, _ in signed} >= {Code.VALID, Code.TAMPERED, Code.INCOMPLETE}


def check_as_signed(draft: Receipt, *, may: bool) -> None:
    """The same once it was signed, read back and told, in whole and in its short form."""
    keys = {KEY.verification_method: KEY.public_key}
    receipt = finish(draft, NOW, photo_id=True)
    assert receipt is not None
    token = sign_receipt(receipt, KEY)
    _, read = check_receipt(token, keys)
    assert read == receipt
    _, stub = check_stub(sign_stub(receipt, token, KEY), keys)
    assert stub is not None
    assert stub.code is receipt.code
    accepts = may and draft.as_of is None
    for locale in ("en", "es"):
        assert (receipt_told(receipt, token, locale).family == "accept") == accepts
        assert (stub_told(stub, locale).family == "accept") == accepts


def test_a_row_says_valid_and_suggests_credit_only_for_what_is(good: Verdict) -> None:
    valid = 0
    for verdict, may in every_verdict(good, USUAL):
        (row,) = make_rows(1, Item(PRESENTED, name="a.json"), verdict, COLLEGE, TODAY)
        assert (row.outcome is Outcome.VALID) == (row.code is Code.VALID) == may
        assert (row.family == "accept") == may
        assert bool(row.advice.suggestions) == row.counts == may
        if may:
            assert row_json(row, "en")["outcome"] == "valid"
        elif row.code is Code.INCOMPLETE:
            assert "valid" not in str(cells(row, "en")[COLUMNS.index("code")])
        valid += may
    assert valid == 4


def test_the_row_of_a_presentation_says_valid_only_where_it_is_and_shows_something(good: Verdict) -> None:
    broken = replace(good, outcome=Outcome.UNKNOWN, code=Code.INCOMPLETE)
    valid = 0
    for states in product(CheckOutcome, repeat=len(PresentationCheck)):
        found = [
            PresentationFinding(c, s, "some_code") for c, s in zip(PresentationCheck, states, strict=True)
        ]
        outcome, code, findings = conclude_presentation(found)
        for inside in ((), (good, broken)):
            judged = PresentationVerdict(outcome, code, findings, NOW, credentials=inside)
            rows = make_rows(1, Item(PRESENTED), judged, COLLEGE, TODAY)
            head = rows[0]
            fine = code is PresentationCode.VALID and bool(inside)
            assert (head.outcome is Outcome.VALID) == (head.family == "accept") == fine
            assert not head.counts
            assert [row.counts for row in rows[1:]] == [one is good for one in inside]
            if head.code is Code.VALID:
                assert fine
            valid += fine
    assert valid == 2**4
