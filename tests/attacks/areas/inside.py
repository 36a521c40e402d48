"""What stands inside something else: endorsements of a badge, the badges of a learner record, presentations.

An input is a document as somebody would send it, replayed against a simulated district that answers for
itself and for nobody else. Whoever signed the outermost of them may be deceiving, or deceived.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from contexts.document import compose
from credential.proof.enveloped import ENVELOPED_PRESENTATION
from credential.vcdm import PRESENTATION
from tests.attacks.framework import Case, Recipe
from tests.endorsements import endorsement, endorsement_token, endorsement_value, member, record, record_value
from tests.endorsements import signed as endorsed
from tests.presentations import STUDENT, envelope, presentation, signed, token
from tests.seeded import SeededSigner, did_key_signer
from tests.world import NOW, World, as_presented
from verifier.evidence import Outcome
from verifier.presentation import examine_presentation
from verifier.verify import examine

AREA = "inside"
ASKED: dict[str, Any] = {"challenge": "one-time", "domain": "https://verify.example"}
TARGET = f"{World().origin}/achievements/safety-10"
STRANGER = did_key_signer("a stranger")


def judge(data: bytes, _suffix: str) -> str:
    """Check it in a fresh world: "ok" if it is valid, else the first code that speaks against it."""
    world = World()
    presented = as_presented(data)
    whole: Any = _kinds(data)
    shown = bool(whole & {PRESENTATION, ENVELOPED_PRESENTATION}) or data.startswith(b"ey")
    walk: Any = (
        examine_presentation(presented, (), world.policy, NOW, **ASKED)
        if shown
        else examine(presented, (), world.policy, NOW)
    )
    verdict = _finished(walk, world)
    if verdict.outcome is Outcome.VALID:
        return "ok"
    against = [f.code for f in verdict.findings if f.outcome == "no"]
    open_ = [f.code for f in verdict.findings if f.outcome == "could_not_check" and f.code not in PASSING]
    return f"{verdict.outcome}: {[*against, *open_][0]}"


def _finished(walk: Any, world: World) -> Any:
    try:
        need = next(walk)
        while True:
            need = walk.send(world.fetch(need))
    except StopIteration as end:
        return end.value


PASSING = frozenset({"ask_for_photo_id", "not_reached", "holder_not_named", "nobody_signed"})


def _kinds(data: bytes) -> set[str]:
    try:
        kinds = json.loads(data)["type"]
    except (ValueError, KeyError, TypeError):
        return set()
    return {str(one) for one in (kinds if isinstance(kinds, list) else [kinds])}


def play(name: str) -> bytes:
    """The document of one attack, or of a twin."""
    return ({name: make for name, (_, _, make) in ATTACKS.items()} | TWINS)[name]()


RECIPES: dict[str, Callable[..., bytes]] = {"play": lru_cache(maxsize=128)(play)}


def cases() -> Iterator[Case]:
    """Every attack with the good document that is nearest to it."""
    for name, (expect, twin, _) in ATTACKS.items():
        yield Case(name, Recipe("play", {"name": name}), "json", expect, Recipe("play", {"name": twin}))


def _badge(*endorsements: dict[str, Any], tokens: tuple[str, ...] = ()) -> bytes:
    world = World()
    value = world.badge_value()
    held: dict[str, Any] = {"endorsement": list(endorsements)} if endorsements else {}
    held |= {"endorsementJwt": list(tokens)} if tokens else {}
    value["credentialSubject"]["achievement"] |= held
    return endorsed(value, world.signer).raw


def _praised(comment: str = "The best there is.") -> dict[str, Any]:
    made = endorsement(TARGET)
    made["credentialSubject"]["endorsementComment"] = comment
    return made


def _swapped_proof() -> bytes:
    made = endorsement_value(TARGET) | {"proof": endorsement("https://elsewhere.example/a")["proof"]}
    return _badge(made)


def _by_another_key() -> bytes:
    """In the board's name, under a stranger's own key."""
    return _badge(endorsement_value(TARGET) | {"proof": _own()["proof"]})


def _under_the_boards_method() -> bytes:
    """By a stranger's key, under a name of the board's."""
    board = endorsement_value(TARGET)
    signer = SeededSigner("a stranger", board["issuer"]["id"])
    return _badge(board | {"proof": endorsement(TARGET, signer)["proof"]})


def _own() -> dict[str, Any]:
    return endorsement(TARGET, STRANGER)


def _changed_token() -> bytes:
    head, payload, _ = endorsement_token(TARGET).split(".")
    return _badge(tokens=(f"{head}.{payload}." + endorsement_token(TARGET, name="x").rsplit(".", 1)[1],))


def _record(*members: dict[str, Any], **changes: Any) -> bytes:
    return record(World(), *members, change=lambda made: made.update(changes))


def _one(**changes: Any) -> dict[str, Any]:
    return member(World(), 6) | changes


def _subject(**changes: Any) -> dict[str, Any]:
    return member(World(), 6, lambda made: made["credentialSubject"].update(changes))


def _moved_out() -> bytes:
    """The record's own end, carried into a badge inside it."""
    made = json.loads(_record(member(World()), validUntil="2026-05-03T00:00:00Z"))
    del made["validUntil"]
    inside = made["credentialSubject"]["verifiableCredential"][0]
    inside["evidence"] = [
        {"id": made["id"], "type": ["Evidence", "VerifiableCredential"], "validUntil": "2026-05-03T00:00:00Z"}
    ]
    return compose(made).raw


def _less() -> bytes:
    made = json.loads(_record(member(World(), 5), member(World(), 6)))
    made["credentialSubject"]["verifiableCredential"].pop()
    return compose(made).raw


def _more() -> bytes:
    made = json.loads(_record(member(World(), 5)))
    made["credentialSubject"]["verifiableCredential"].append(member(World(), 6))
    return compose(made).raw


def _of_the_first_version() -> bytes:
    made = json.loads(_record(member(World())))
    made["@context"][1] = "https://purl.imsglobal.org/spec/clr/v2p0/context.json"
    return compose(made).raw


def _shown(*held: Any, signer: SeededSigner = STUDENT, options: dict[str, Any] | None = None) -> bytes:
    return signed(presentation(*(held or (member(World()),))), signer, **(ASKED | (options or {})))


def _changed_after(**changes: Any) -> bytes:
    return compose(json.loads(_shown()) | changes).raw


def _challenge_put_in() -> bytes:
    """An old answer, with today's question written over the old one."""
    made = json.loads(_shown(options={"challenge": "yesterday"}))
    made["proof"]["challenge"] = ASKED["challenge"]
    return compose(made).raw


def _badge_added() -> bytes:
    made = json.loads(_shown())
    made["verifiableCredential"].append(member(World(), 6))
    return compose(made).raw


def _token(signer: SeededSigner = STUDENT, **claims: Any) -> bytes:
    asked = {"nonce": ASKED["challenge"], "aud": ASKED["domain"]}
    return token(presentation(member(World())), signer, **(asked | claims))


TWINS: dict[str, Callable[[], bytes]] = {
    "twin-badge": lambda: _badge(endorsement(TARGET)),
    "twin-token": lambda: _badge(tokens=(endorsement_token(TARGET),)),
    "twin-record": lambda: _record(member(World(), 5), member(World(), 6)),
    "twin-presentation": _shown,
    "twin-presentation-token": _token,
}
OTHER_NAME = [
    {"type": "IdentityObject", "identityType": "name", "hashed": False, "identityHash": "Casey Stone"}
]
ATTACKS: dict[str, tuple[str, str, Callable[[], bytes]]] = {
    "LD-24-inside-comment-changed": (
        "invalid: endorsement_altered",
        "twin-badge",
        lambda: _badge(_praised()),
    ),
    "LD-24-inside-proof-of-another": ("invalid: endorsement_altered", "twin-badge", _swapped_proof),
    "LD-24-inside-strangers-key": (
        "invalid: endorsement_altered",
        "twin-badge",
        _by_another_key,
    ),
    "LD-24-inside-strangers-signature": (
        "invalid: endorsement_altered",
        "twin-badge",
        _under_the_boards_method,
    ),
    "LD-24-inside-token-changed": ("invalid: endorsement_altered", "twin-token", _changed_token),
    "LD-24-beside-a-good-one": (
        "invalid: endorsement_altered",
        "twin-badge",
        lambda: _badge(
            endorsement(TARGET), _praised() | {"id": "urn:uuid:5d7f4a40-0000-4000-8000-0000000000e9"}
        ),
    ),
    "CLR-01-member-changed": (
        "invalid: member_altered",
        "twin-record",
        lambda: _record(member(World(), 5), _one(name="Brain surgery")),
    ),
    "CLR-02-member-of-anothers-proof": (
        "invalid: member_altered",
        "twin-record",
        lambda: _record(_one(proof=member(World(), 5)["proof"])),
    ),
    "CLR-03-member-unsigned": (
        "unknown: member_unsigned",
        "twin-record",
        lambda: _record({name: part for name, part in _one().items() if name != "proof"}),
    ),
    "CLR-04-member-of-another-person": (
        "unknown: member_of_another",
        "twin-record",
        lambda: _record(_subject(identifier=OTHER_NAME)),
    ),
    "CLR-05-member-left-out": ("invalid: bad_signature", "twin-record", _less),
    "CLR-06-member-added": ("invalid: bad_signature", "twin-record", _more),
    "CLR-07-end-carried-into-a-member": ("invalid: bad_signature", "twin-record", _moved_out),
    "CLR-08-record-in-a-record": (
        "unknown: member_not_checkable",
        "twin-record",
        lambda: _record(json.loads(_record(member(World())))),
    ),
    "CLR-09-unsigned-record": (
        "invalid: proof_missing",
        "twin-record",
        lambda: compose(record_value(World(), member(World()))).raw,
    ),
    "CLR-10-version-not-carried": ("unknown: unsupported_context", "twin-record", _of_the_first_version),
    "CLR-11-two-kinds-at-once": (
        "invalid: bad_type",
        "twin-record",
        lambda: _record(
            member(World()), type=["VerifiableCredential", "ClrCredential", "OpenBadgeCredential"]
        ),
    ),
    "VP-01-unsigned-when-asked": (
        "invalid: presentation_unsigned",
        "twin-presentation",
        lambda: compose(presentation(member(World()))).raw,
    ),
    "VP-02-old-challenge": (
        "invalid: challenge_differs",
        "twin-presentation",
        lambda: _shown(options={"challenge": "yesterday"}),
    ),
    "VP-03-no-challenge": (
        "invalid: challenge_differs",
        "twin-presentation",
        lambda: _shown(options={"challenge": None}),
    ),
    "VP-04-for-another-verifier": (
        "invalid: domain_differs",
        "twin-presentation",
        lambda: _shown(options={"domain": "https://elsewhere.example"}),
    ),
    "VP-05-by-a-stranger": (
        "invalid: holder_did_not_sign",
        "twin-presentation",
        lambda: _shown(signer=STRANGER),
    ),
    "VP-06-strangers-key-under-the-holders-name": (
        "invalid: bad_signature",
        "twin-presentation",
        lambda: _shown(
            signer=SeededSigner("a stranger", STUDENT.controller, method=STUDENT.verification_method)
        ),
    ),
    "VP-07-challenge-put-in-afterwards": ("invalid: bad_signature", "twin-presentation", _challenge_put_in),
    "VP-08-badge-added": ("invalid: bad_signature", "twin-presentation", _badge_added),
    "VP-09-badge-taken-out": (
        "invalid: bad_signature",
        "twin-presentation",
        lambda: _changed_after(verifiableCredential=[member(World(), 6)]),
    ),
    "VP-10-holder-changed": (
        "invalid: holder_did_not_sign",
        "twin-presentation",
        lambda: _changed_after(holder=STRANGER.controller),
    ),
    "VP-11-signed-as-a-credential": (
        "invalid: proof_purpose",
        "twin-presentation",
        lambda: _shown(options={"proofPurpose": "assertionMethod"}),
    ),
    "VP-12-badge-changed": (
        "invalid: credential_fails",
        "twin-presentation",
        lambda: _shown(_one(name="Brain surgery")),
    ),
    "VP-13-credential-nobody-signed": (
        "invalid: credential_fails",
        "twin-presentation",
        lambda: _shown(World().badge_value()),
    ),
    "VP-14-over": (
        "invalid: presentation_expired",
        "twin-presentation",
        lambda: _shown(options={"expires": "2026-05-31T00:00:00Z"}),
    ),
    "VP-15-token-for-another": (
        "invalid: domain_differs",
        "twin-presentation-token",
        lambda: _token(aud="https://elsewhere.example"),
    ),
    "VP-16-token-of-another-time": (
        "invalid: challenge_differs",
        "twin-presentation-token",
        lambda: _token(nonce="yesterday"),
    ),
    "VP-17-token-by-a-stranger": (
        "invalid: holder_did_not_sign",
        "twin-presentation-token",
        lambda: _token(STRANGER),
    ),
    "VP-18-envelope-of-a-badge": (
        "unknown: unsupported_envelope",
        "twin-presentation",
        lambda: compose(envelope(b"ey.ey.ey") | {"type": ENVELOPED_PRESENTATION}).raw,
    ),
    "VP-19-two-proofs": (
        "invalid: too_many_proofs",
        "twin-presentation",
        lambda: _changed_after(proof=[json.loads(_shown())["proof"]] * 2),
    ),
}
