"""Endorsements and proposals that a committee must not take: a stranger's word, or a file that lies (LD-24).

An `endorsement` is judged as the member's own word about one achievement; a `proposal` as what is voted on.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Any

from credential.errors import CredentialError
from issuer.decisions.endorsement import check_endorsement
from issuer.decisions.member import Member, MemberKind
from issuer.decisions.proposal import check_votable
from issuer.decisions.reading import parse_proposal
from issuer.errors import IssuerError
from tests.attacks.framework import Case, Recipe
from tests.committee import ENDORSER, PROPOSAL, data, endorsement, sections
from tests.house import NOW
from tests.signers import SeededSigner, did_key_signer

AREA = "committee"
TARGET = "https://badges.riverbend.example/achievements/co-cna"
MEMBER = Member("industry-1", MemberKind.INDUSTRY, date(2026, 1, 1), endorser=ENDORSER.controller)


def judge(given: bytes, suffix: str) -> str:
    """Whether the committee may rest on it."""
    try:
        # A proposal made by a recipe is an object that says its code; an endorsement has none.
        if suffix == "proposal" or b'"sections"' in given[:4096]:
            check_votable(parse_proposal(given), signed_off=False)
        else:
            check_endorsement(given, member=MEMBER, achievement_id=TARGET, now=NOW)
    except (IssuerError, CredentialError) as refused:
        return refused.code
    return "ok"


def padded(size: int) -> bytes:
    """An endorsement with blanks behind it."""
    return good().ljust(size)


def nested(depth: int) -> bytes:
    """An endorsement's subject with lists inside one another."""
    return good()[:-1] + b',"x":' + b"[" * depth + b"]" * depth + b"}"


def rows(count: int) -> bytes:
    """A proposal with so many alignments in all."""
    standards = PROPOSAL["sections"]["standards"]["alignments"]
    more = [standards[0] | {"code": f"E{number}"} for number in range(count - 3)]
    return data(sections(standards={"alignments": [*standards, *more]}))


RECIPES = {"padded": padded, "nested": nested, "rows": rows}


@cache
def good() -> bytes:
    return endorsement(TARGET)


def cases() -> Iterator[Case]:
    yield from _strangers()
    yield from _altered()
    yield from _endorsements()
    yield from _proposals()


def _case(name: str, expect: str, given: bytes) -> Case:
    return Case(f"LD-24-{name}", given, "json", expect, good())


def _strangers() -> Iterator[Case]:
    """Whoever can sign something can sign this; only the member's own key is the member's word."""
    stranger, ours = did_key_signer("stranger"), ENDORSER.controller
    yield _case("stranger", "not_a_member", endorsement(TARGET, stranger))
    named = SeededSigner("stranger", ours)
    yield _case("strangers-key-under-our-name", "bad_endorsement", endorsement(TARGET, named))
    method = f"{ours}#{stranger.controller.removeprefix('did:key:')}"
    yield _case(
        "strangers-method",
        "endorsement_key",
        endorsement(TARGET, SeededSigner("stranger", ours, method=method)),
    )
    proof = json.loads(endorsement(TARGET, stranger))["proof"]
    yield _case("strangers-proof", "not_a_member", _changed(proof=proof))
    yield _case("both-proofs", "bad_endorsement", _changed(proof=[*json.loads(good())["proof"], *proof]))
    web = SeededSigner("stranger", "did:web:quailcreek.example")
    yield _case("web-name-like-ours", "not_a_member", endorsement(TARGET, web))


def _altered() -> Iterator[Case]:
    """One value changed after it was signed."""
    subject = json.loads(good())["credentialSubject"]
    for name, changes in {
        "target": {"credentialSubject": subject | {"id": TARGET + "-2"}},
        "comment": {"credentialSubject": subject | {"endorsementComment": "Meets nothing."}},
        "comment-removed": {"credentialSubject": {"id": TARGET, "type": ["EndorsementSubject"]}},
        "name": {"name": "We hire on everything"},
        "id": {"id": "urn:uuid:5f0c4a52-6f0f-4c6f-9d80-1d6a4a8c0e02"},
        "longer": {"validUntil": "2036-01-01T00:00:00Z"},
        "endorser-renamed": {
            "issuer": {"id": ENDORSER.controller, "type": ["Profile"], "name": "State Board"}
        },
        "undefined-word": {"rank": "gold"},
        "no-proof": {"proof": None},
        "empty-proof": {"proof": []},
    }.items():
        yield _case(f"altered-{name}", "bad_endorsement", _changed(**changes))


def _endorsements() -> Iterator[Case]:
    """Signed by the member, and still not what the badge can rest on."""
    yield _case("of-another-badge", "endorsement_target", endorsement(TARGET + "-2"))
    yield _case("of-themselves", "endorsement_target", endorsement(ENDORSER.controller))
    yield _case("over", "bad_endorsement", endorsement(TARGET, validUntil="2026-05-31T00:00:00Z"))
    yield _case("not-yet", "bad_endorsement", endorsement(TARGET, validFrom="2026-06-02T00:00:00Z"))
    inner = json.loads(endorsement(TARGET, id="urn:uuid:5f0c4a52-6f0f-4c6f-9d80-1d6a4a8c0e03"))
    yield _case("endorsed-itself", "bad_endorsement", endorsement(TARGET, endorsement=[inner]))
    status = {"id": "https://a.example/s#1", "type": "BitstringStatusListEntry"}
    yield _case("asks-a-status", "bad_endorsement", endorsement(TARGET, credentialStatus=status))
    yield _case("an-award", "bad_endorsement", _changed(type=["VerifiableCredential", "OpenBadgeCredential"]))
    yield _case("two-members", "bad_endorsement", good()[:-1] + b',"name":"Another"}')
    size = 16_384
    padding = (Recipe("padded", {"size": size + 1}), Recipe("padded", {"size": size}))
    yield Case("LD-24-one-byte-too-long", padding[0], "json", "bad_endorsement", padding[1])
    yield Case("LD-24-nested", Recipe("nested", {"depth": 12}), "json", "bad_endorsement", good())


def _proposals() -> Iterator[Case]:
    """A file that would bring a vote without what a vote rests on."""
    twin = data(PROPOSAL)
    empty: dict[str, Any] = {"waived": " "}
    for name, expect, value in (
        ("no-course-content", "not_votable", sections(course_content=None)),
        ("waived-without-reason", "wrong_type", sections(course_content=empty)),
        ("demand-without-year", "missing_member", _without("year")),
        ("no-standard-of-the-subject", "not_votable", sections(standards={"waived": None, "alignments": []})),
        ("minutes-script", "bad_value", _url("javascript:alert(1)")),
        ("address-of-this-machine", "bad_value", _url("http://localhost/x")),
        ("turned-text", "bad_value", sections(cte_program={"waived": "It is \u202edesserp"})),
        ("hidden-text", "bad_value", sections(cte_program={"waived": "It is\u200b so"})),
        ("unknown-member", "unknown_member", PROPOSAL | {"approved": True}),
    ):
        yield Case(f"committee-{name}", data(value), "proposal", expect, twin)
    bounds = (Recipe("rows", {"count": 41}), Recipe("rows", {"count": 40}))
    yield Case("committee-one-alignment-too-many", bounds[0], "proposal", "too_many", bounds[1])
    twice = twin[:-1] + b',"code":"CO-EMT"}'
    yield Case("committee-code-twice", twice, "proposal", "duplicate_key", twin)


def _changed(**changes: Any) -> bytes:
    value = json.loads(good()) | changes
    kept = {name: member for name, member in value.items() if member is not None}
    return json.dumps(kept, separators=(",", ":")).encode()


def _without(member: str) -> dict[str, Any]:
    row = {k: v for k, v in PROPOSAL["sections"]["industry_need"]["demand"][0].items() if k != member}
    return sections(industry_need={"demand": [row]})


def _url(address: str) -> dict[str, Any]:
    return sections(course_content={"statements": [{"text": "See there.", "url": address}]})
