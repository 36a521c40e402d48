"""The server asked by its own client: every suite issues, verifies, and notices a change."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from keys.public import KeyType
from tests.conformance.client import SELECTIVE, Client, presented, tampered
from tests.conformance.issuing import BITSTRING, ROUTES
from tests.conformance.keyring import new_signer
from tests.conformance.samples import OF_2019, PLAIN

Line = tuple[str, bool]
"""What was expected, and whether it was so."""


def play(client: Client, now: datetime) -> Iterator[Line]:
    """Ask everything once.

    Args:
        client: Knows where the server is.
        now: The time, aware.
    """
    for suite in ROUTES:
        for year, credential in (("2.0", PLAIN), ("1.1", OF_2019)):
            yield from _suite(client, suite, year, credential)
    base = client.issue(SELECTIVE, PLAIN, mandatoryPointers=["/issuer"]).json()["verifiableCredential"]
    yield f"{SELECTIVE}: what is for its holder alone is refused", client.verify(base).status_code == 400
    part = client.derived(base, ["/credentialSubject/name"])
    yield f"{SELECTIVE}: a part verifies", client.verify(part).status_code == 200
    yield f"{SELECTIVE}: the rest is not in it", "description" not in part["credentialSubject"]
    yield from _withdrawn(client)
    yield from _presentations(client, now)
    nothings: tuple[Any, ...] = ({}, [], "ey", {"type": ["VerifiableCredential"]})
    for nothing in nothings:
        yield f"{nothing!r} is no credential", client.verify(nothing).status_code == 400


def _suite(client: Client, suite: str, year: str, credential: dict[str, Any]) -> Iterator[Line]:
    made = client.issued(suite, credential)
    yield f"{suite}: a credential of {year} is issued and verifies", client.verify(made).status_code == 200
    changed = client.verify(tampered(made)).status_code
    yield f"{suite}: one of {year} that was changed does not", changed == 400


def _withdrawn(client: Client) -> Iterator[Line]:
    name = "urn:uuid:8a1f5c1e-0000-4000-8000-00000000000b"
    made = client.issued(BITSTRING, PLAIN | {"id": name})
    listed = client.http.get("/status/revocation")
    yield "the list comes as JSON", "json" in listed.headers["content-type"]
    yield "the list itself verifies", client.verify(listed.json()).status_code == 200
    for withdrawn, expected in ((True, 400), (False, 200)):
        client.set_status(name, withdrawn=withdrawn)
        said = "withdrawn: does not verify" if withdrawn else "given back: verifies"
        yield said, client.verify(made).status_code == expected


def _presentations(client: Client, now: datetime) -> Iterator[Line]:
    holder = new_signer(KeyType.ED25519)
    shown = client.issued("eddsa-rdfc-2022", PLAIN)
    asked = {"challenge": "u7f3", "domain": "verifier.example"}
    made = presented([shown], holder, now, **asked)

    def ask(one: dict[str, Any], **how: str) -> int:
        return client.verify_presentation(one, **how).status_code

    yield "a presentation answers what was asked", ask(made, **asked) == 200
    yield "another challenge is not answered", ask(made, **asked | {"challenge": "u7f4"}) == 400
    yield "another verifier is not answered", ask(made, **asked | {"domain": "other.example"}) == 400
    unsigned = {name: part for name, part in made.items() if name != "proof"}
    yield "nobody answers by holding a file", ask(unsigned, **asked) == 400
    yield "what is shown must verify too", ask(presented([tampered(shown)], holder, now)) == 400
