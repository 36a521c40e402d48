"""Badges that name further addresses, so that their checker would be seen or led elsewhere (NET-13, LD-25).

A badge is checked by the real check over the real fetcher, whose network is a simulated district. "not_asked"
is the answer that a badge with further addresses must get: it is valid, and none of them was looked up or
asked. The twin is the same badge without them.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable, Iterator
from typing import Any

from tests.attacks.framework import Case
from tests.attacks.replay import code_of
from tests.attacks.wire import Wire, of_world
from tests.world import NOW, World, as_presented
from verifier.gather import gather
from verifier.network import Network
from verifier.verify import verify

AREA = "reach"
TRACKER = "tracker.example"
AT = f"https://{TRACKER}"

PINNED: list[Any] = World().badge_value()["@context"]

Edit = Callable[[dict[str, Any]], Any]


def judge(data: bytes, _suffix: str) -> str:
    """Check the badge; "asked" as soon as anybody but its own issuer was looked up or asked."""
    world = World()
    wire = Wire(of_world(world))
    held = asyncio.run(gather(as_presented(data), world.policy, Network(wire.fetcher(), lambda: NOW), NOW))
    if {*wire.names} - {world.host} or {*wire.asked} - {world.did_url, world.list_url}:
        return "asked"
    code = code_of(verify(held, world.policy, NOW))
    return "not_asked" if code == "ok" and TRACKER.encode() in _plain(data) else code


def _plain(data: bytes) -> bytes:
    """The credential's text: a document as it is, of a token its payload."""
    if data.startswith(b"{"):
        return data
    payload = data.split(b".")[1]
    return base64.urlsafe_b64decode(payload + b"=" * (-len(payload) % 4))


def _set(**members: Any) -> Edit:
    return lambda made: made.update(members)


def _achievement(**members: Any) -> Edit:
    return lambda made: made["credentialSubject"]["achievement"].update(members)


def _subject(**members: Any) -> Edit:
    return lambda made: made["credentialSubject"].update(members)


def _issuer(**members: Any) -> Edit:
    return lambda made: made["issuer"].update(members)


def _picture(name: str) -> dict[str, str]:
    return {"id": f"{AT}/{name}.png", "type": "Image"}


def _schema(kind: str) -> dict[str, str]:
    return {"id": f"{AT}/schema.json", "type": kind}


NAMED: dict[str, Edit] = {
    "NET-13-schema": _set(credentialSchema=[_schema("JsonSchema")]),
    "NET-13-badge-image": _set(image=_picture("badge")),
    "NET-13-achievement-image": _achievement(image=_picture("achievement")),
    "NET-13-issuer-image": _issuer(image=_picture("issuer")),
    "NET-13-issuer-url": _issuer(url=f"{AT}/home"),
    "NET-13-subject-image": _subject(image=_picture("subject")),
    "NET-13-evidence": _set(evidence=[{"id": f"{AT}/evidence", "type": ["Evidence"], "name": "A film"}]),
    "NET-13-criteria": _achievement(criteria={"id": f"{AT}/criteria"}),
    "NET-13-alignment": _achievement(
        alignment=[{"type": ["Alignment"], "targetName": "Safety", "targetUrl": f"{AT}/framework"}]
    ),
    "NET-13-achievement-id": _achievement(id=f"{AT}/achievements/1"),
    "NET-13-creator": _achievement(
        creator={"id": f"{AT}/creator", "type": ["Profile"], "name": "Somebody", "url": AT}
    ),
}
"""What a signed document can name, in the terms of the pinned contexts."""

IN_TOKENS: dict[str, Edit] = {
    "NET-13-token-context": _set(**{"@context": [*PINNED, f"{AT}/context.json"]}),
    "NET-13-terms-of-use": _set(termsOfUse=[{"id": f"{AT}/terms", "type": "IssuerPolicy"}]),
    "NET-13-related-resource": _set(
        relatedResource=[{"id": f"{AT}/resource", "digestSRI": "sha384-" + "A" * 64}]
    ),
    "NET-13-render-method": _set(
        renderMethod=[{"id": f"{AT}/template.svg", "type": "TemplateRenderMethod", "name": "Print"}]
    ),
    "NET-13-token-schema": _set(credentialSchema=[_schema("1EdTechJsonSchemaValidator2019")]),
    "LD-25-refresh": _set(refreshService={"id": f"{AT}/refresh", "type": "1EdTechCredentialRefresh"}),
    "LD-25-refresh-by-another-kind": _set(
        refreshService={
            "id": f"{AT}/refresh",
            "type": "VerifiableCredentialRefreshService2021",
            "validAfter": "2026-05-02T00:00:00Z",
        }
    ),
}
"""What a signed token can name: there also terms that no pinned context knows."""

CONTEXTS: dict[str, tuple[list[Any], str]] = {
    "NET-13-context": ([*PINNED, f"{AT}/context.json"], "context_not_allowed"),
    "NET-13-context-first": ([f"{AT}/context.json", *PINNED], "schema"),
    "NET-13-context-import": ([*PINNED, {"@import": f"{AT}/context.json"}], "inline_context"),
}
"""What a document can name besides the pinned contexts; no verdict may wait for it."""


def cases() -> Iterator[Case]:
    document, token = World().badge(), World(form="jwt").badge()
    for name, edit in NAMED.items():
        yield Case(name, World(edit={"badge": edit}).badge(), "json", "not_asked", document)
    for name, edit in IN_TOKENS.items():
        yield Case(name, World(form="jwt", edit={"badge": edit}).badge(), "jwt", "not_asked", token)
    for name, (contexts, expect) in CONTEXTS.items():
        named = World(tamper={"badge": _set(**{"@context": contexts})}).badge()
        yield Case(name, named, "json", expect, document)
