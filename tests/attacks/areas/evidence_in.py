"""Evidence on an award: links, how much there may be, and the certifying body's badges (UPL).

An input is JSON that names what is done: a link, several pieces on one award, a badge of a simulated
certifying body on a student's award. It is played in a district's own database, up to the signed badge.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from contexts.document import parse
from credential.embedded import CREDENTIAL, data_uri
from credential.withdrawal import Reason
from issuer.errors import IssuerError
from issuer.evidence.attach import attach
from issuer.evidence.badges import badge_item
from issuer.evidence.files import file_item
from issuer.evidence.links import link_item
from issuer.prepare import PrepareRefused
from tests.attacks.areas.uploads import signable
from tests.attacks.database import house
from tests.attacks.framework import Case
from tests.world import NOW, World

AREA = "evidence_in"
LINK = "https://work.pinon-mesa.example/7.pdf"
DIGEST = hashlib.sha256(b"seven").hexdigest()


def judge(data: bytes, suffix: str) -> str:
    """What came of it: the code of the refusal, or whether the signed badge has what was taken."""
    del suffix
    steps = json.loads(data)
    plays: dict[str, Callable[..., str]] = {"link": _link, "pieces": _pieces, "badge": _badge}
    try:
        return plays[steps.pop("do")](**steps)
    except PrepareRefused as refused:
        return f"not_signed_{refused.code}"
    except IssuerError as refused:
        return refused.code


def _link(url: str = LINK, digest: str = DIGEST) -> str:
    signable(link_item(url, digest=digest))
    return "ok"


def _pieces(sizes: list[int], room: int = 1_000_000, ref: str = "A-1") -> str:
    """Several texts on one award, and its badge."""
    with house() as (district, _):
        for number, size in enumerate(sizes):
            one = file_item(f"{number}".ljust(size, "x").encode())
            given: dict[str, Any] = {"now": district.time, "actor": "attack", "room": room}
            attach(district.store, district.district.id, ref, one, **given)
        issued = parse(district.issue(ref).document).value
        return "ok" if len(issued["evidence"]) == len(sizes) else "lost"


def _badge(
    change: str = "",
    student: str = "Jordan Rivera",
    accept_unchecked: str = "",
    years: int = 0,
    form: str = "json",
) -> str:
    """A certifying body's badge on a student's award."""
    world = World(host="badges.board.example", name="Example Safety Board", form=form)
    if change:
        CHANGES[change](world)
    now = NOW + timedelta(days=365 * years)
    world.listed_at += timedelta(days=365 * years)
    one = badge_item(
        world.badge(),
        gathering=lambda presented: world.evidence(presented, now=now),
        policy=world.policy,
        now=now,
        accept_unchecked=accept_unchecked,
    )
    with house() as (district, _):
        ref = "A-1"
        attach(district.store, district.district.id, ref, one, now=district.time, actor="attack")
        issued = parse(district.issue(ref, recipient_name=student).document).value
    return "ok" if issued["evidence"][0]["id"] == data_uri(one.item.media_type, world.badge()) else "changed"


def _nested(world: World) -> None:
    inner = data_uri(CREDENTIAL, world.badge(6))
    world.edit["badge"] = lambda value: value.update(evidence=[{"id": inner, "type": ["Evidence"]}])


def _nested_as_token(world: World) -> None:
    inner = data_uri("application/jwt", World(form="jwt").badge(6))
    world.edit["badge"] = lambda value: value.update(evidence=[{"id": inner, "type": ["Evidence"]}])


def _student_number(world: World) -> None:
    world.edit["badge"] = lambda value: value["credentialSubject"].update(licenseNumber="100000001")


CHANGES: dict[str, Callable[[World], Any]] = {
    "tampered": lambda world: world.tamper.update(badge=lambda value: value.update(name="Another name")),
    "other key": lambda world: world.edit.update(did=lambda value: value.update(assertionMethod=[])),
    "withdrawn": lambda world: world.revoke(),
    "replaced": lambda world: world.revoke(reason=Reason.CORRECTED),
    "keys away": lambda world: world.fail.update({world.did_url: "timeout"}),
    "list away": lambda world: world.fail.update({world.list_url: "timeout"}),
    "nested": _nested,
    "nested as a token": _nested_as_token,
    "student number": _student_number,
    "word of its own": lambda world: world.tamper.update(
        badge=lambda value: value.update(secretNote="x")
    ),
}  # fmt: skip
"""What is wrong with the badge."""


def done(what: str, **how: Any) -> bytes:
    return json.dumps({"do": what, **how}, separators=(",", ":"), sort_keys=True).encode()


def cases() -> Iterator[Case]:
    yield from _amounts()
    yield from _links()
    yield from _badges()


def _amounts() -> Iterator[Case]:
    """UPL-05: bounds of one piece, one badge and one district."""
    four = done("pieces", sizes=[30_720] * 4)
    yield Case("UPL-05-five-pieces-of-30", done("pieces", sizes=[30_720] * 5), "json", "evidence_full", four)
    yield Case("UPL-05-nine-pieces", done("pieces", sizes=[9] * 9), "json", "evidence_full",
               done("pieces", sizes=[9] * 8))  # fmt: skip
    yield Case("UPL-05-one-byte-together", done("pieces", sizes=[32_768] * 4 + [1]), "json", "evidence_full",
               done("pieces", sizes=[32_768] * 4))  # fmt: skip
    yield Case("UPL-05-piece-of-33", done("pieces", sizes=[33 * 1024]), "json", "evidence_too_large",
               done("pieces", sizes=[32 * 1024]))  # fmt: skip
    yield Case("UPL-05-room-used-up", done("pieces", sizes=[10, 10], room=19), "json", "evidence_quota",
               done("pieces", sizes=[10, 10], room=20))  # fmt: skip
    yield Case("UPL-05-long-reference", done("pieces", sizes=[10], ref="x" * 141), "json", "bad_request",
               done("pieces", sizes=[10], ref="x" * 140))  # fmt: skip


def _links() -> Iterator[Case]:
    """Links that nobody should follow, and digests that prove nothing."""
    good = done("link")
    for name, url in {
        "http": "http://work.pinon-mesa.example/7.pdf",
        "user": "https://user:secret@work.pinon-mesa.example/7.pdf",
        "user-alone": "https://work.pinon-mesa.example@evil.example/",
        "loopback": "https://127.0.0.1/7.pdf",
        "loopback-name": "https://localhost/7.pdf",
        "loopback-v6": "https://[::1]/7.pdf",
        "private": "https://10.0.0.7/7.pdf",
        "decimal": "https://2130706433/",
        "local": "https://printer.local/7.pdf",
        "internal": "https://work.internal/7.pdf",
        "one-word": "https://work/7.pdf",
        "script": "javascript:alert(1)",
        "data": "data:text/html;base64,PGI+",
        "file": "file:///etc/passwd",
        "space": "https://work.pinon-mesa.example/a b",
        "turned": "https://work.pinon-mesa.example/\u202efdp",
        "letters-of-another-script": "https://wоrk.pinon-mesa.example/",
        "line": "https://work.pinon-mesa.example/\nx",
        "long": "https://work.pinon-mesa.example/" + "a" * 2_000,
        "empty": "",
    }.items():
        yield Case(f"UPL-06-link-{name}", done("link", url=url), "json", "link_address", good)
    for name, digest in {
        "none": "",
        "sha-1": "da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "md5": "d41d8cd98f00b204e9800998ecf8427e",
        "short": DIGEST[:-2],
        "words": "trust me",
        "other-length": "sha384-" + "A" * 44,
    }.items():
        yield Case(f"UPL-06-digest-{name}", done("link", digest=digest), "json", "link_digest", good)


def _badges() -> Iterator[Case]:
    """The certifying body's badge: what the check refuses is never taken, whatever reason is given."""
    good = done("badge")
    anyway = "I know the sender"
    for name, expect, how in (
        ("tampered", "badge_refused", {"change": "tampered"}),
        ("tampered-token", "badge_refused", {"change": "other key", "form": "jwt"}),
        ("key-not-published", "badge_refused", {"change": "other key"}),
        ("withdrawn", "badge_refused", {"change": "withdrawn"}),
        ("replaced", "badge_refused", {"change": "replaced"}),
        ("expired", "badge_refused", {"years": 4}),
        ("not-yet-valid", "badge_refused", {"years": -1}),
        ("undefined-word", "badge_refused", {"change": "word of its own"}),
        ("another-student", "holder_differs", {"student": "Ruth Ito"}),
        ("nested", "badge_nested", {"change": "nested"}),
        ("nested-token", "badge_nested", {"change": "nested as a token"}),
        ("student-number", "not_signed_withheld_value", {"change": "student number"}),
    ):
        steps = done("badge", accept_unchecked=anyway, **how)
        yield Case(f"UPL-07-badge-{name}", steps, "json", expect, good)
    for what in ("keys away", "list away"):
        twin = done("badge", change=what, accept_unchecked=anyway)
        stem = f"UPL-07-badge-unchecked-{what.replace(' ', '-')}"
        yield Case(stem, done("badge", change=what), "json", "badge_unchecked", twin)
