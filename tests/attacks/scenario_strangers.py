"""What can be learned from a look-up, by who causes it and by who answers it, and what one forgery among many
takes from the others (NET-12, STA-20, JWT-20). Each function plays one course with the product's own code.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from functools import cache

from credential.proof.vc_jwt import split
from keys.multibase import base64url_encode
from tests.attacks.replay import code_of
from tests.attacks.wire import Wire, of_world
from tests.site import Answers, ask, typed, upload
from tests.world import NOW, SeededSigner, World, as_presented
from verifier.app import create_app
from verifier.cache import Cache
from verifier.evidence import Outcome
from verifier.fetch import FetchLimits
from verifier.gather import gather
from verifier.intake import read
from verifier.network import Network
from verifier.settings import Settings
from verifier.turns import Turns
from verifier.verify import verify
from verifier.web.guard import Guard
from verifier.web.rate import Rate
from verifier.web.site import Site


@cache
def _site(limit: float) -> tuple[Guard, Wire]:
    """A site that anybody may ask, over a network that can be spoiled."""
    world = World()
    world.serve[f"{world.origin}/badges/1"] = world.badge()
    wire = Wire(of_world(world))
    network = Network(wire.fetcher(FetchLimits(connect=limit, exchange=limit)), lambda: NOW)
    settings = Settings(hosts=frozenset({"check.example.org"}), lookups_per_minute=10_000)
    return create_app(settings, source=network, clock=lambda: NOW), wire


@cache
def _told(fault: str, by: str) -> str:
    """The page or the answer that a stranger gets if a look-up ends in a fault."""
    world = World()
    site, wire = _site(0.05 if fault == "slow" else 8.0)
    wire.fault = fault
    wire.stalls, wire.stalled = ("head", 9.0) if fault == "slow" else ("", 0.0)
    if by == "api":
        body = json.dumps({"verifiableCredential": json.loads(world.badge())}).encode()
        asked = ask(
            site, "/credentials/verify", "POST", content=body, headers={"Content-Type": "application/json"}
        )
        return asked.text
    return (upload(site, world.badge()) if by == "badge" else typed(site, f"{world.origin}/badges/1")).text


def what_a_stranger_is_told(fault: str, by: str) -> str:
    """A stranger lets the verifier look up an address: by a badge whose issuer it is, on the page or
    through the API, or by a link.

    "told_nothing": the answer is the same to the letter, whatever stood in the way.
    """
    page = _told(fault, by)
    if not fault:
        return "ok" if page != _told("closed", by) else "told_nothing"
    return "told_nothing" if page == _told("error", by) else "told"


def what_the_issuer_learns(cookie: str) -> str:
    """An issuer marks whoever asks, and looks for the mark, or for the badge, in what is asked later.

    Args:
        cookie: What each answer sets as a cookie and names as its version; empty for none.

    Returns:
        "learned_nothing", or "learned" and what.
    """
    world = World()
    marks = f'Set-Cookie: a={cookie}; Path=/\r\nETag: "{cookie}"\r\nLink: </{cookie}>; rel="preload"\r\n'
    wire = Wire(of_world(world), headers=marks if cookie else "")
    network = Network(wire.fetcher(), lambda: NOW)
    badge = world.badge(index := 77)
    for _ in range(2):
        held = asyncio.run(gather(as_presented(badge), world.policy, network, NOW))
        code = code_of(verify(held, world.policy, NOW))
        if code != "ok":
            return code
    value = json.loads(badge)
    telling = [
        value["id"],
        value["credentialSubject"]["id"],
        f"{index}",
        "Jordan",
        "referer",
        cookie or "cookie",
    ]
    said = b"\n".join(wire.sent).decode("latin-1").lower()
    learned = [one for one in telling if one and one.lower() in said]
    if learned:
        return f"learned {learned}"
    return "learned_nothing" if cookie else "ok"


def one_forged_among_many(good: int, forged: dict[str, str]) -> str:
    """Tokens that are checked at the same time over one site, some of them forged.

    Args:
        good: How many are good.
        forged: Place in the row to the kind of forgery.

    Returns:
        "ok" where all are valid; the code of the forged where just these are refused, and all with one code.
    """
    world = World(form="jwt")
    presented = [world.badge(number) for number in range(1, good + 1)]
    for place, kind in sorted(forged.items()):
        presented.insert(int(place), FORGERIES[kind](world.badge(int(place) + 1)))
    site = Site(
        policy=world.policy,
        source=Cache(Answers(world), clock=lambda: NOW),
        rate=Rate(30),
        turns=Turns(8, each=8, waiting=4_096, waiting_each=4_096),
        clock=lambda: NOW,
    )

    async def played() -> list[tuple[Outcome, str]]:
        verdicts = await asyncio.gather(*(site.check(read(one), "192.0.2.7") for one in presented))
        return [(verdict.outcome, str(verdict.code)) for verdict in verdicts]

    refused = {
        str(place): code for place, (outcome, code) in enumerate(asyncio.run(played())) if outcome != "valid"
    }
    if set(refused) != set(forged):
        return "others suffered"
    return "ok" if not refused else " ".join(sorted(set(refused.values())))


def _turned(token: bytes) -> bytes:
    """The same token with another last octet in its signature."""
    head, _, signature = token.rpartition(b".")
    return head + b"." + (b"A" if signature[:1] != b"A" else b"B") + signature[1:]


def _renamed(token: bytes) -> bytes:
    """The same signature over another name."""
    head, _, signature = token.split(b".")
    value = split(token).payload.value
    value["credentialSubject"]["identifier"][0]["identityHash"] = "Somebody Else"
    return b".".join((head, base64url_encode(json.dumps(value).encode()).encode(), signature))


FORGERIES: dict[str, Callable[[bytes], bytes]] = {
    "signature": _turned,
    "name": _renamed,
    "algorithm": lambda token: base64url_encode(b'{"alg":"none"}').encode() + token[token.index(b".") :],
    "another_key": lambda _: World(form="jwt").badge(99, signer=SeededSigner("mallory", World().did)),
    "cut": lambda token: token[: len(token) // 2],
    "octets": lambda _: bytes(range(256)),
    "nothing": lambda _: b"",
    "surrogate": lambda _: b'{"a":"\\ud800"}',
    "deep": lambda _: b"[" * 100_000,
    "deep_document": lambda _: b'{"a":' + b"[" * 100_000,
}
