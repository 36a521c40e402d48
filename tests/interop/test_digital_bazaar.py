"""Digital Bazaar's libraries verify what we sign, and we verify what they sign."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from contexts.document import compose
from credential.errors import CredentialError
from credential.proof.data_integrity import check_proof
from keys.public import PublicKey
from tests.interop.badge_folder import DISTRICT, SIGNERS, Folder, badge, did_document, signed
from tests.interop.digital_bazaar import documents_for, issue, verify_all, verify_with_digital_bazaar

pytestmark = pytest.mark.interop


def test_they_verify_every_badge_of_the_folder(folder: Folder) -> None:
    documents = documents_for(folder.did_documents.values())
    answers = verify_with_digital_bazaar(folder.documents, documents)
    assert {path.name: answer.faults for path, answer in answers.items() if not answer.verified} == {}
    assert answers


def test_they_reject_every_badge_of_the_folder_with_one_changed_character(folder: Folder) -> None:
    documents = documents_for(folder.did_documents.values())
    changed = []
    for path in folder.documents:
        value = json.loads(path.read_text("utf-8"))
        value["credentialSubject"]["achievement"]["name"] += "."
        changed.append(value)
    answers = verify_all(changed, documents)
    assert [answer.verified for answer in answers] == [False] * len(changed)
    assert all("Invalid signature" in answer.faults[0] for answer in answers)


def test_they_reject_a_key_of_somebody_else(folder: Folder) -> None:
    documents = documents_for(folder.did_documents.values())
    value = json.loads(folder.documents[0].read_text("utf-8"))
    value["issuer"] = {**value["issuer"], "id": "did:web:mallory.example"}
    (answer,) = verify_all([value], documents)
    assert not answer.verified


@pytest.mark.parametrize(
    ("suite", "curve"),
    [("eddsa-rdfc-2022", ""), ("ecdsa-rdfc-2019", "P-256"), ("ecdsa-rdfc-2019", "P-384")],
)
def test_we_verify_theirs_and_reject_it_changed(suite: str, curve: str) -> None:
    value = badge(DISTRICT, 1)
    theirs, multikey = issue(value, documents_for([]), suite=suite, curve=curve, controller=DISTRICT)
    verified = check_proof(compose(theirs), lambda _: PublicKey.from_multikey(multikey))
    assert verified.document.value == value
    assert [claim.issuer for claim in verified.claims] == [DISTRICT]
    for changed in (_renamed(theirs), theirs | {"validFrom": "2020-01-01T00:00:00Z"}):
        with pytest.raises(CredentialError, match=r"^bad_signature"):
            check_proof(compose(changed), lambda _: PublicKey.from_multikey(multikey))


@pytest.mark.parametrize("name", SIGNERS)
def test_both_say_the_same_of_every_way_of_writing_it(name: str) -> None:
    """The order of members, one proof as an object, an IRI list in another order: the same statements."""
    made = signed(name)
    reordered = dict(reversed([*made.items()])) | {"type": made["type"][::-1]}
    single = made | {"proof": made["proof"][0]}
    signer = SIGNERS[name]
    documents = documents_for([did_document(signer.controller)])
    answers = verify_all([reordered, single], documents)
    assert [answer.faults for answer in answers] == [(), ()]
    for written in (reordered, single):
        assert len(check_proof(compose(written), lambda _: signer.public_key).claims) == 1


def _renamed(value: dict[str, Any]) -> dict[str, Any]:
    changed = copy.deepcopy(value)
    changed["credentialSubject"]["achievement"]["name"] += "."
    return changed
