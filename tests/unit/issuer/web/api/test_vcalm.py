"""Issue, withdraw and give out in VCALM's shape; the district signs its own awards and nothing else."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from issuer.access import policy
from issuer.access.policy import Kind, Policy
from issuer.issuance import stored
from issuer.roster import Student
from issuer.store import audit, queries
from issuer.store.tables import School
from tests.house import House
from tests.programs import SCHOOL, STUDENT, Program, app_of, enrol, identity, new_key

ISSUE = "/credentials/issue"


def issued(program: Program) -> int:
    with program.house.store.reading() as session:
        return len(queries.signed_ids(session, program.house.district.id))


def test_a_posted_credential_is_issued_as_the_district_drafts_it(program: Program) -> None:
    answer = program.post(ISSUE, {"credential": program.draft(), "options": {"credentialId": "SIS-1"}})
    assert answer.status_code == 201, answer.text
    made = answer.json()["verifiableCredential"]
    assert answer.headers["location"] == f"/credentials/{made['id']}"
    assert made["issuer"]["id"] == program.house.district.did
    assert made["credentialStatus"]["type"] == "BitstringStatusListEntry"
    assert made["proof"][0]["cryptosuite"] == "eddsa-rdfc-2022"
    assert made["credentialSubject"]["identifier"][0]["identityHash"] == "Inés Farrow"
    assert STUDENT not in answer.text
    kept = stored(program.house.store, program.house.district.id, made["id"]).document
    assert answer.content == b'{"verifiableCredential":' + kept + b"}"
    assert program.get(f"/credentials/{made['id']}").content == answer.content
    assert program.get("/credentials/SIS-1").content == answer.content


def test_the_audit_names_the_key_and_that_the_badge_left_the_house(program: Program) -> None:
    program.post(ISSUE, {"credential": program.draft()})
    with program.house.store.reading() as session:
        rows = audit.read(session, program.house.district.id, audit.Wanted(action="credential"))
    assert [row.action for row in rows] == ["credential.released", "credential.signed", "credential.prepared"]
    assert {row.actor for row in rows} == {program.key.key.actor}


def changed(path: str, value: Any) -> dict[str, Any]:
    return {"path": path, "value": value}


REFUSED = [
    ("id", "urn:uuid:5b1e0f3e-3b52-4a6c-9d8f-0a4c7e5c1a10", 422, "/credential/id"),
    ("proof", {"type": "DataIntegrityProof"}, 422, "/credential/proof"),
    ("credentialStatus", {"type": "BitstringStatusListEntry"}, 422, "/credential/credentialStatus"),
    ("termsOfUse", {"type": "Policy"}, 422, "/credential/termsOfUse"),
    ("description", "Signed by the district: send money", 422, "/credential/description"),
    ("issuer", "did:web:elsewhere.example", 400, "/credential/issuer"),
    ("issuer", {"id": "did:web:elsewhere.example"}, 400, "/credential/issuer"),
    (
        "@context",
        ["https://www.w3.org/ns/credentials/v2", "https://evil.example/v1"],
        422,
        "/credential/@context",
    ),
    ("@context", {"name": "https://evil.example"}, 400, "/credential/@context"),
    ("type", ["VerifiableCredential", "Diploma"], 422, "/credential/type"),
    ("validFrom", "2027-01-01T00:00:00Z", 422, "/credential/validFrom"),
    ("awardedDate", "2026-13-01T00:00:00Z", 400, "/credential/awardedDate"),
    ("awardedDate", "2026-07-18T12:00:00Z", 422, "/credential/awardedDate"),
    ("awardedDate", None, 422, "/credential/awardedDate"),
    ("validUntil", None, 422, "/credential/validUntil"),
    ("name", "A name of my own", 422, "/credential/name"),
    ("evidence", [{"id": "data:text/html,x"}], 422, "/credential/evidence/0/id"),
    ("evidence", [{"id": "https://a.example/", "narrative": "x"}], 422, "/credential/evidence/0/narrative"),
]


@pytest.mark.parametrize(("member", "value", "status", "pointer"), REFUSED)
def test_what_the_district_does_not_say_itself_is_refused_with_its_place(
    program: Program, member: str, value: Any, status: int, pointer: str
) -> None:
    answer = program.post(ISSUE, {"credential": program.draft(**{member: value})})
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert pointer in {one["pointer"] for one in answer.json()["errors"]}
    assert issued(program) == 0


OF_SUBJECT = [
    ("id", "did:key:z6Mkabc", "/id"),
    ("image", {"id": "https://evil.example/x.png"}, "/image"),
    ("narrative", "x", "/narrative"),
    ("identifier", [], "/identifier"),
    ("identifier", [identity("sisSourcedId", "999")], "/identifier"),
    ("identifier", [identity("sisSourcedId", STUDENT), identity("name", "Somebody Else")], "/identifier"),
    ("identifier", [identity("emailAddress", "a@b.example")], "/identifier/0"),
    ("achievement", {"id": "https://elsewhere.example/achievements/co-cna"}, "/achievement/id"),
    ("achievement", {"id": "https://badges.riverbend.example/achievements/nothing"}, "/achievement/id"),
    (
        "achievement",
        {"id": "https://badges.riverbend.example/achievements/co-cna", "name": "Doctor"},
        "/achievement/name",
    ),
    ("licenseNumber", None, "/licenseNumber"),
    ("source", {"name": "A", "email": "a@b.example"}, "/source/email"),
    ("result", [{"value": "1"}, {"value": "2"}], "/result"),
]


@pytest.mark.parametrize(("member", "value", "pointer"), OF_SUBJECT)
def test_of_a_subject_likewise(program: Program, member: str, value: Any, pointer: str) -> None:
    draft = program.draft(credentialSubject=program.subject(**{member: value}))
    answer = program.post(ISSUE, {"credential": draft})
    assert answer.status_code == 422, answer.text
    assert f"/credential/credentialSubject{pointer}" in {one["pointer"] for one in answer.json()["errors"]}
    assert issued(program) == 0


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "bad_json"),
        (b'{"credential":{},"credential":{}}', "bad_json"),
        (b'{"credential":{"a":NaN}}', "bad_json"),
        (b'{"credential":{},"more":1}', "bad_request"),
        (b'{"credential":{},"options":{"mandatoryPointers":[]}}', "unknown_option"),
        (b'{"credential":{},"options":{"credentialId":7}}', "bad_request"),
        (b'{"credential":[]}', "bad_request"),
    ],
)
def test_a_body_that_is_no_request_is_refused_with_400(program: Program, body: bytes, code: str) -> None:
    answer = program.post(ISSUE, body)
    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_the_same_idempotency_key_is_one_credential(program: Program) -> None:
    asked = {"credential": program.draft()}
    first = program.post(ISSUE, asked, idempotency_key="once-1")
    again = program.post(ISSUE, asked, idempotency_key="once-1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert issued(program) == 1


def test_another_body_under_the_same_key_is_refused(program: Program) -> None:
    program.post(ISSUE, {"credential": program.draft()}, idempotency_key="once-1")
    other = {"credential": program.draft(awardedDate="2026-04-19T12:00:00Z")}
    answer = program.post(ISSUE, other, idempotency_key="once-1")
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert issued(program) == 1


def test_a_refused_request_gives_its_key_back(program: Program) -> None:
    wrong = {"credential": program.draft(credentialSubject=program.subject(licenseNumber=None))}
    assert program.post(ISSUE, wrong, idempotency_key="once-1").status_code == 422
    assert program.post(ISSUE, {"credential": program.draft()}, idempotency_key="once-1").status_code == 201


def test_two_keys_may_use_the_same_name_for_their_requests(program: Program) -> None:
    other = Program(program.house, app=program.app)
    day = {"credential": program.draft(awardedDate="2026-04-19T12:00:00Z")}
    assert program.post(ISSUE, {"credential": program.draft()}, idempotency_key="x").status_code == 201
    assert other.post(ISSUE, day, idempotency_key="x").status_code == 201


def test_without_a_key_the_same_award_again_is_told_where_it_is(program: Program) -> None:
    first = program.post(ISSUE, {"credential": program.draft()}).json()["verifiableCredential"]["id"]
    again = program.post(ISSUE, {"credential": program.draft()})
    assert (again.status_code, again.json()["code"]) == (409, "already_has")
    assert first in again.text


def test_the_same_reference_with_other_content_is_refused(program: Program) -> None:
    options = {"credentialId": "SIS-1"}
    program.post(ISSUE, {"credential": program.draft(), "options": options})
    other = program.draft(awardedDate="2026-04-19T12:00:00Z")
    answer = program.post(ISSUE, {"credential": other, "options": options})
    assert (answer.status_code, answer.json()["code"]) == (422, "reference_reused")


@pytest.mark.parametrize("name", ["", "x" * 256, "späce", "a b"])
def test_an_idempotency_key_that_cannot_be_used(program: Program, name: str) -> None:
    headers = {"authorization": f"Bearer {program.key.text}", "content-type": "application/json"}
    raw = [(k.encode(), v.encode()) for k, v in headers.items()] + [(b"idempotency-key", name.encode())]
    answer = program.client.post(ISSUE, headers=raw, content=json.dumps({"credential": program.draft()}))
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_idempotency_key")


def test_the_longest_idempotency_key(program: Program) -> None:
    assert program.post(ISSUE, {"credential": program.draft()}, idempotency_key="x" * 255).status_code == 201


RACER = """
import json, sys
from issuer.api.keys import Key, NewKey
from issuer.store import api
from issuer.store.session import Store
from tests.house import Entropy, House
from tests.programs import Program, app_of
from tests.signers import SeededSigner
from issuer.store import queries
database, text, name, seed = sys.argv[1:]
store = Store.open(database)
with store.reading() as session:
    district = queries.district(session, "riverbend")
    key = Key.of(api.key(session, "riverbend", text.split("_")[1]))
house = House(store, district, SeededSigner("riverbend 1", district.did), Entropy(seed))
program = Program(house, key=NewKey(key, text))
answer = program.post("/credentials/issue", {"credential": program.draft()}, idempotency_key=name)
print(json.dumps([answer.status_code, answer.json().get("verifiableCredential", {}).get("id")]))
"""


def test_two_processes_with_one_idempotency_key_make_one_credential(program: Program, database: str) -> None:
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", RACER, database, program.key.text, "race", str(number)],
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(2)
    ]
    found = [json.loads(racer.communicate(timeout=300)[0].splitlines()[-1]) for racer in racers]
    assert found[0] == found[1]
    assert found[0][0] == 201
    assert issued(program) == 1


def test_a_credential_is_withdrawn_for_good(program: Program) -> None:
    made = program.post(ISSUE, {"credential": program.draft()}).json()["verifiableCredential"]
    asked = {
        "credentialId": made["id"],
        "credentialStatus": made["credentialStatus"],
        "status": True,
        "reason": "issued-in-error",
    }
    assert program.post("/credentials/status", asked | {"status": False}).json()["status"] is False
    answer = program.post("/credentials/status", asked)
    assert answer.status_code == 200, answer.text
    assert answer.json()["reason"] == "issued-in-error"
    assert program.post("/credentials/status", asked).json() == answer.json()
    back = program.post("/credentials/status", asked | {"status": False})
    assert (back.status_code, back.json()["code"]) == (422, "irreversible")


@pytest.mark.parametrize(
    "change",
    [
        {"credentialStatus": {"type": "StatusList2021Entry"}},
        {"credentialStatus": {"statusPurpose": "suspension"}},
        {"credentialStatus": {"statusListIndex": "7000000"}},
        {"credentialStatus": {"statusListCredential": "https://badges.riverbend.example/status/other"}},
        {"status": "true"},
        {"reason": "because"},
        {"note": "x"},
    ],
)
def test_a_withdrawal_of_something_else_is_refused(program: Program, change: dict[str, Any]) -> None:
    made = program.post(ISSUE, {"credential": program.draft()}).json()["verifiableCredential"]
    answer = program.post("/credentials/status", {"credentialId": made["id"], "status": True} | change)
    assert answer.status_code == 400, answer.text
    with program.house.store.reading() as session:
        assert queries.status(session, program.house.district.id, made["id"]) is None


def test_what_is_not_there_is_not_found(program: Program) -> None:
    assert program.get("/credentials/urn:uuid:0b1e0f3e-3b52-4a6c-9d8f-0a4c7e5c1a10").status_code == 404
    asked = {"credentialId": "nothing", "status": True}
    assert program.post("/credentials/status", asked).status_code == 404


def test_a_key_that_one_person_made_is_refused_once_the_district_asks_two(program: Program) -> None:
    house = program.house
    asks = Policy(frozenset({Kind.ISSUE_BATCH, Kind.WITHDRAW}))
    policy.change(house.store, house.district.id, asks, now=house.time, actor="test")
    for path, body in (
        (ISSUE, {"credential": program.draft()}),
        ("/credentials/status", {"credentialId": "x"}),
    ):
        answer = program.post(path, body)
        assert (answer.status_code, answer.json()["code"]) == (403, "two_people")
    both = Program(house, app=program.app, key=new_key(house, two_people=True))
    assert both.post(ISSUE, {"credential": program.draft()}).status_code == 201


def test_a_name_that_nobody_has_is_asked_for_by_its_member(house: House) -> None:
    """Where there is no roster, the name must come along; a member is called as it is written."""
    program = Program(house)
    with house.store.transaction() as session:
        session.add(School(district_id=house.district.id, code=SCHOOL, name="Riverbend High School"))
    draft = program.draft(credentialSubject=program.subject(identifier=[identity("sisSourcedId", STUDENT)]))
    refused = program.post("/credentials/issue", {"credential": draft}).json()
    assert refused["detail"] == "given_name is empty. Fill it in."
    assert refused["errors"][0]["pointer"] == "/credential/credentialSubject/identifier"


def test_a_process_without_the_key_says_so(house: House) -> None:
    enrol(house)
    program = Program(house, app=app_of(house, signer_of=None))
    answer = program.post(ISSUE, {"credential": program.draft()}, idempotency_key="a")
    assert (answer.status_code, answer.json()["code"]) == (503, "cannot_sign_here")


def test_a_name_may_be_left_to_the_roster_and_a_school_too(house: House) -> None:
    enrol(house, Student("300", "Bo", "Lind", school_code=SCHOOL))
    program = Program(house)
    subject = program.subject(identifier=[identity("sisSourcedId", "300")])
    answer = program.post(ISSUE, {"credential": program.draft(credentialSubject=subject)})
    assert answer.status_code == 201, answer.text
    assert "Bo Lind" in answer.text
