from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from credential.proof.compact_jws import LONGEST_TOKEN
from tests.pictures import chunk, itxt, png, svg
from verifier.evidence import PresentedKind
from verifier.intake import read

JWT = "eyJhbGciOiJFZERTQSJ9.e30.c2ln"
V2 = "https://www.w3.org/ns/credentials/v2"


def token(payload: Any, **header: str) -> bytes:
    parts = ({"alg": "EdDSA"} | header, payload)
    return b".".join(
        [*(base64.urlsafe_b64encode(json.dumps(p).encode()).rstrip(b"=") for p in parts), b"c2ln"]
    )


def seen(value: Any) -> tuple[PresentedKind, str]:
    found = read(value if isinstance(value, bytes) else json.dumps(value).encode())
    return found.kind, found.code


def envelope(kind: str, data: str) -> dict[str, Any]:
    return {"@context": V2, "type": f"EnvelopedVerifiable{kind}", "id": data}


def test_nothing_stands_beside_what_is_enveloped() -> None:
    made = envelope("Credential", f"data:application/vc+jwt,{JWT}") | {"name": "Forged"}
    assert seen(made) == (PresentedKind.UNREADABLE, "bad_envelope")


def test_a_presentation_is_told_from_a_credential() -> None:
    whole = {"@context": [V2], "type": ["VerifiablePresentation"], "verifiableCredential": []}
    found = read(json.dumps(whole).encode())
    assert (found.kind, json.loads(found.data)) == (PresentedKind.PRESENTATION, whole)
    assert seen(whole | {"type": "VerifiablePresentation"})[0] is PresentedKind.PRESENTATION
    assert (
        seen(whole | {"type": ["VerifiableCredential", "VerifiablePresentation"]})[0]
        is PresentedKind.DOCUMENT
    )
    assert (
        seen({"type": ["VerifiableCredential"], "name": "VerifiablePresentation"})[0]
        is PresentedKind.DOCUMENT
    )


def test_a_presentation_as_a_token_is_one_too() -> None:
    for one in (
        token({"type": ["VerifiablePresentation"]}),
        token({"vp": {"verifiableCredential": []}}),
        token({}, typ="vp+jwt"),
    ):
        assert seen(one)[0] is PresentedKind.PRESENTATION
    for one in (token({"vc": {}}), token({"type": ["VerifiableCredential"]}), b"a.b.c", b"eyJ.eyJ."):
        assert seen(one)[0] is PresentedKind.JWT


def test_an_envelope_is_opened() -> None:
    for media in ("application/vc+jwt", "application/vc+jwt;charset=utf-8"):
        found = read(json.dumps(envelope("Credential", f"data:{media},{JWT}")).encode())
        assert (found.kind, found.data) == (PresentedKind.JWT, JWT.encode())
    inside = read(json.dumps(envelope("Presentation", f"data:application/vp+jwt,{JWT}")).encode())
    assert (inside.kind, inside.data) == (PresentedKind.PRESENTATION, JWT.encode())


@pytest.mark.parametrize(
    "data",
    [
        f"data:text/html,{JWT}",
        f"data:application/vp+jwt,{JWT}",
        f"data:application/vc+jwt;base64,{JWT}".replace(",", ", "),
        "data:application/vc+jwt,a.b",
        "data:application/vc+jwt,",
        f"https://evil.example/{JWT}",
        f"data:application/vc+jwt,{JWT}\n",
        f"data:application/vc+sd-jwt,{JWT}~",
        "",
    ],
)
def test_an_envelope_of_something_else_is_refused(data: str) -> None:
    assert seen(envelope("Credential", data)) == (PresentedKind.UNREADABLE, "bad_envelope")


def test_an_envelope_may_hold_the_longest_token_and_no_longer() -> None:
    long = "a" * (LONGEST_TOKEN - 4) + ".b.c"
    assert seen(envelope("Credential", f"data:application/vc+jwt,{long}"))[0] is PresentedKind.JWT
    assert seen(envelope("Credential", f"data:application/vc+jwt,a{long}"))[1] == "bad_envelope"
    assert seen(envelope("Credential", "data:application/vc+jwt," + "a" * 400_000)) == (
        PresentedKind.UNREADABLE,
        "too_large",
    )


OLDER = {
    "@context": "https://w3id.org/openbadges/v2",
    "type": "Assertion",
    "id": "https://badges.example.edu/1",
    "recipient": {"type": "email", "hashed": False, "identity": "jordan@example.edu"},
    "badge": "https://badges.example.edu/class/1",
    "verification": {"type": "HostedBadge"},
}
ELEVEN = {"uid": "1", "recipient": {}, "badge": "https://x.example/", "verify": {"type": "hosted"}}


@pytest.mark.parametrize(
    "value",
    [
        OLDER,
        OLDER | {"@context": ["https://w3id.org/openbadges/v1"], "type": "X"},
        {k: v for k, v in OLDER.items() if k != "@context"},
        {"@context": "https://w3id.org/openbadges/v2", "type": "BadgeClass"},
        ELEVEN,
        token(OLDER),
        token(ELEVEN),
        png(itxt(json.dumps(OLDER).encode(), keyword=b"openbadges")),
        png(itxt(b"https://badges.example.edu/1", keyword=b"openbadges")),
        png(chunk(b"tEXt", b"openbadges\0https://badges.example.edu/1")),
        svg('<b:assertion xmlns:b="http://openbadges.org" verify="https://badges.example.edu/1"/>'),
        png(itxt(json.dumps(OLDER).encode())),
    ],
)
def test_an_older_kind_is_called_by_its_name(value: Any) -> None:
    assert seen(value) == (PresentedKind.UNREADABLE, "older_open_badges")
    found = read(value if isinstance(value, bytes) else json.dumps(value).encode())
    assert "Open Badges 2.0" in found.detail


def test_a_newer_badge_that_speaks_of_an_older_one_is_none() -> None:
    newer = {"@context": [V2], "type": ["VerifiableCredential"], "name": "https://w3id.org/openbadges/v2"}
    assert seen(newer)[0] is PresentedKind.DOCUMENT
    assert seen(token({"vc": newer, "badge": 1, "recipient": 1, "verify": 1}))[0] is PresentedKind.JWT
    both = png(itxt(json.dumps(newer).encode()), itxt(b"x", keyword=b"openbadges"))
    assert read(both).kind is PresentedKind.DOCUMENT


def test_what_cannot_be_read_is_left_to_the_check() -> None:
    for data in (b'{"type":"VerifiablePresentation"', b'{"type":"VerifiablePresentation","type":1}'):
        assert read(data).kind is PresentedKind.DOCUMENT


def test_a_token_with_disclosures_is_called_by_its_name() -> None:
    for data in (f"{JWT}~", f"{JWT}~WyJh~", f"{JWT}~WyJh~{JWT}"):
        assert seen(data.encode()) == (PresentedKind.UNREADABLE, "unsupported_sd_jwt")


def test_a_learner_record_in_a_picture_is_read_like_a_badge() -> None:
    assert read(png(itxt(JWT.encode(), keyword=b"clrcredential"))).data == JWT.encode()
    assert read(png(itxt(b"{}", keyword=b"clrcredential"), itxt(b"{}"))).code == "multiple_badges"
    drawn = svg(f'<c:credential xmlns:c="https://purl.imsglobal.org/clr/v2p0" verify="{JWT}"/>')
    assert read(drawn).data == JWT.encode()
