from __future__ import annotations

import copy
import json
import pickle
from concurrent.futures import ThreadPoolExecutor

import pytest

from contexts.document import Document, appended, compose, parse
from contexts.errors import DocumentError
from credential.proof.proof_set import MOST_PROOFS
from issuer.catalog import default_catalogue
from issuer.prepare import LIMITS, AlreadyReleasedError, Prepared, PrepareRefused, prepare
from tests.awards import CREDENTIAL_ID, draft


def test_a_draft_of_every_entry_of_the_catalogue_passes() -> None:
    for entry in default_catalogue().entries:
        made = draft(entry.code, score="10", provisional=entry.provisional_until is not None)
        assert prepare(made).credential_id == CREDENTIAL_ID


def test_what_is_prepared_is_what_is_released() -> None:
    prepared = prepare(draft())
    released = prepared.release()
    assert isinstance(released, Document)
    assert released.raw == prepared.raw
    assert json.loads(released.raw) == draft()


def test_stored_bytes_prepare_to_the_same_bytes() -> None:
    raw = prepare(draft()).raw
    assert prepare(parse(raw).value).raw == raw


def test_a_prepared_is_released_once() -> None:
    prepared = prepare(draft())
    prepared.release()
    with pytest.raises(AlreadyReleasedError):
        prepared.release()


def test_of_many_threads_one_gets_the_document() -> None:
    prepared = prepare(draft())

    def attempt(_: int) -> bool:
        try:
            prepared.release()
        except AlreadyReleasedError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(64))) == 1


def test_nobody_else_makes_a_prepared() -> None:
    with pytest.raises(TypeError):
        Prepared(parse(prepare(draft()).raw), object())


def test_a_prepared_is_not_copied_stored_or_changed() -> None:
    prepared = prepare(draft())
    for copier in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError):
            copier(prepared)
    with pytest.raises(AttributeError):
        prepared.raw = b"{}"
    with pytest.raises(AttributeError):
        del prepared.raw


def test_all_faults_of_a_stage_are_told_together() -> None:
    made = draft()
    made["credentialSubject"]["source"] = {"id": "students/42", "type": ["Profile"], "name": "T. Holloway"}
    made["credentialSubject"]["licenseNumber"] = 7
    with pytest.raises(PrepareRefused) as caught:
        prepare(made)
    assert {fault.code for fault in caught.value.faults} == {"bad_identifier", "number_not_text"}


def test_a_refusal_never_repeats_what_is_withheld() -> None:
    with pytest.raises(PrepareRefused) as caught:
        prepare(draft(number="200000001"), withheld=("200000001",))
    assert "200000001" not in str(caught.value)


def test_loopback_is_for_the_demo_alone() -> None:
    made = draft(evidence_url="http://localhost:8001/e/1")
    assert prepare(made, loopback=True).credential_id == CREDENTIAL_ID
    with pytest.raises(PrepareRefused, match="bad_identifier"):
        prepare(made)
    with pytest.raises(PrepareRefused, match="bad_identifier"):
        prepare(draft(evidence_url="http://localhost.evil.example:8001/e/1"), loopback=True)


def test_what_is_prepared_can_still_be_read_with_its_proofs() -> None:
    value = {f"m{index}": True for index in range(LIMITS.max_nodes - 1)}
    proof = dict.fromkeys(
        ("type", "cryptosuite", "created", "verificationMethod", "proofPurpose", "proofValue"), "x" * 200
    )
    signed = appended(compose(value, LIMITS), "proof", [proof] * MOST_PROOFS)
    assert parse(signed.raw).value == signed.value
    with pytest.raises(DocumentError, match="too_many_nodes"):
        compose(value | {"more": True}, LIMITS)
