"""Trust lists: who could be recognised that nobody recognised. Each case is a set of lists and a badge."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from contexts.document import Limits, compose
from credential.readiness import Subject
from credential.trust_list import (
    Recognition,
    Withdrawal,
    digest,
    sign_list,
    write_payload,
)
from credential.trust_list.model import MOST_ISSUERS
from credential.trust_list.signing import MAX_TOKEN
from keys.did import did_key
from keys.multibase import base64url_encode
from tests.attacks.framework import Case, Recipe
from tests.attacks.replay import code_of
from tests.trust_lists import (
    ALL,
    CERTIFICATIONS,
    DISTRICT,
    LIST_ID,
    MALLORY,
    PINS,
    SIGNER,
    ended,
    issuer,
    later,
    listing,
    other,
    signed,
)
from tests.world import NAME, NOW, SeededSigner, World
from verifier.evidence import Check
from verifier.trust import Known, TrustList, TrustListError, TrustLists, accept_list, parse_trust_list

AREA = "trust"
FOREIGN = "badges.mallory.example"
SECOND = timedelta(seconds=1)
_ROOM = Limits(max_bytes=32 * 1024 * 1024, max_nodes=2_000_000)


def judge(data: bytes, suffix: str) -> str:
    """The lists taken as a verifier takes them, then a badge judged by them.

    A case is JSON: {"lists": [token in base64 or plain list], "known": {"version", "digest"},
    "badge": {"host", "name", "kind", "code", "signing"}}; a recipe is one token as it is.
    """
    try:
        if suffix == "recipe":
            return "ok" if accept_list(data, PINS, NOW).entries else "empty"
        case = json.loads(data)
        lists = tuple(_taken(one, case.get("known")) for one in case["lists"])
    except TrustListError as refused:
        return refused.code
    trust = lists[0] if len(lists) == 1 else TrustLists(lists)
    said = case.get("badge", {})
    world = World(
        host=said.get("host", World().host),
        name=said.get("name", NAME),
        signing=said.get("signing", "district"),
        policy_changes={"trust": trust},
    )
    world.edit["badge"] = lambda made: made["credentialSubject"]["achievement"].update(
        {name: said[key] for key, name in (("kind", "achievementType"), ("code", "humanCode")) if key in said}
    )
    verdict = world.check(world.badge())
    if "name_resembles" in verdict.finding(Check.ISSUER).notes:
        return "name_resembles"
    return code_of(verdict)


def _taken(one: Any, known: dict[str, Any] | None) -> TrustList:
    if isinstance(one, dict):
        return parse_trust_list(json.dumps(one).encode())
    before = Known(LIST_ID, known["version"], known["digest"]) if known else None
    return accept_list(base64.b64decode(one), PINS, NOW, known=before)


def cases() -> Iterable[Case]:
    """Every way in which a list, or somebody beside it, could make a stranger known."""
    yield from _publisher()
    yield from _versions()
    yield from _scope()
    yield from _several()
    yield from _names()
    yield from _written()
    yield from _large()


def _publisher() -> Iterable[Case]:
    """TRUST-01: by whose key."""
    good = _saved(signed())
    own_key = SeededSigner("mallory", did_key(MALLORY.public_key))
    as_mallory = listing(publisher=replace(listing().publisher, id=own_key.controller))
    head, body, signature = signed().split(b".")
    unsigned = base64url_encode(b'{"alg":"none","kid":"x","typ":"vc+jwt"}').encode()
    named = replace(MALLORY, method=SIGNER.verification_method)
    yield _case("TRUST-01-foreign-key", signed(signer=MALLORY), "foreign_key", good)
    yield _case("TRUST-01-foreign-key-by-our-name", signed(signer=named), "foreign_key", good)
    yield _case("TRUST-01-own-did-key", sign_list(as_mallory, own_key).encode(), "foreign_key", good)
    yield _case("TRUST-01-no-algorithm", b".".join((unsigned, body, b"")), "foreign_key", good)
    yield _case("TRUST-01-no-signature", b".".join((head, body, b"")), "foreign_key", good)
    yield _case("TRUST-01-signature-of-another", b".".join((head, body, signed(other()).split(b".")[2])),
                "foreign_key", good)  # fmt: skip
    yield _case("TRUST-01-second-signature", b".".join((head, body, signature, signature)),
                "trust_list_malformed", good)  # fmt: skip
    yield _case("TRUST-01-a-badge-of-the-publisher", _forged({"type": ["VerifiableCredential"]}),
                "trust_list_malformed", good)  # fmt: skip


def _versions() -> Iterable[Case]:
    """TRUST-02: older, other, ended and coming versions."""
    first = signed(issuer(withdrawn=None))
    gone = issuer(withdrawn=Withdrawal(date(2026, 5, 1), "It has closed."))
    second = later(first, gone)
    after_second: dict[str, Any] = {"version": 2, "digest": digest(second)}
    good = _saved(later(second, version=3), known=after_second)
    yield _case("TRUST-02-rollback", first, "trust_list_older", good, known=after_second)
    yield _case("TRUST-02-fork", later(first), "trust_list_forked", good, known=after_second)
    yield _case("TRUST-02-unlinked", later(later(first), version=3), "trust_list_unlinked", good,
                known=after_second)  # fmt: skip
    yield _case("TRUST-02-other-list", signed(id=f"{LIST_ID}/draft", version=9, previous=digest(second)),
                "trust_list_other", good, known=after_second)  # fmt: skip
    yield _case("TRUST-02-ended", signed(**ended()), "trust_list_expired", _saved(signed(ends=NOW + SECOND)))
    yield _case("TRUST-02-from-the-future", signed(starts=NOW + timedelta(days=2)),
                "trust_list_from_the_future", _saved(signed()))  # fmt: skip
    yield _case("TRUST-02-withdrawn", signed(gone), "recognition_withdrawn", _saved(signed()))


def _scope() -> Iterable[Case]:
    """TRUST-03: for something else than the list says."""
    narrow = signed(issuer(recognised=(CERTIFICATIONS,)))
    good = _saved(narrow)
    for kind in ("License", "Certificate", "MasterDegree", "ext:ReadinessDetermination"):
        yield _case(
            f"TRUST-03-{kind.replace(':', '-')}", narrow, "not_recognised_for", good, badge={"kind": kind}
        )
    coded = signed(issuer(recognised=(replace(ALL, certifications=frozenset({"CO-CNA"})),)))
    fits = _saved(coded, badge={"code": "CO-CNA"})
    for code in ("CO-CNA-2", "co-cna", "CO\u2010CNA", "CO-CNA ", ""):
        yield _case(
            f"TRUST-03-code-{code.encode().hex()}", coded, "not_recognised_for", fits, badge={"code": code}
        )
    english = signed(issuer(recognised=(_determinations("ENG"),)))
    yield _case("TRUST-03-determination-of-nothing", english, "not_recognised_for", _saved(english),
                badge={"kind": "ext:ReadinessDetermination"})  # fmt: skip
    pinned = signed(issuer(keys=frozenset({World().signer.public_key.thumbprint()})))
    yield _case(
        "TRUST-03-key-not-pinned", pinned, "key_not_pinned", _saved(pinned), badge={"signing": "mallory"}
    )
    until = signed(issuer(recognised=(Recognition(last=date(2026, 5, 31)),)))
    today = _saved(signed(issuer(recognised=(Recognition(last=date(2026, 6, 1)),))))
    yield _case("TRUST-03-recognition-ended", until, "recognition_ended", today)
    since = signed(issuer(recognised=(Recognition(starts=date(2026, 5, 2)),)))
    signed_on = _saved(signed(issuer(recognised=(Recognition(starts=date(2026, 5, 1)),))))
    yield _case("TRUST-03-signed-before", since, "not_recognised_then", signed_on)


def _several() -> Iterable[Case]:
    """TRUST-04: several lists that contradict each other."""
    gone = signed(issuer(withdrawn=Withdrawal(date(2026, 5, 1), "It has closed.")))
    types = frozenset({"License"})
    narrow = signed(issuer(recognised=(Recognition(types=types),)))
    own = _plain({"id": DISTRICT, "name": NAME})
    good = _saved(signed(), own)
    yield _case("TRUST-04-withdrawn-above", gone, "recognition_withdrawn", good, own)
    yield _case("TRUST-04-narrower-above", narrow, "not_recognised_for", good, own)
    yield _case("TRUST-04-ended-above", signed(**ended()), "trust_list_expired", good, own)
    yield _case(
        "TRUST-04-ended-above-names-another", signed(other(), **ended()), "trust_list_expired", good, own
    )
    own_tag = {"id": DISTRICT, "name": NAME, "tag": "RIVER", "retrieval": f"https://{World().host}"}
    thief = {"id": "did:web:m.example", "name": "X", "tag": "RIVER", "retrieval": "https://m.example"}
    squatted = _saved(_plain(own_tag, thief))
    free = _saved(_plain(own_tag, thief | {"tag": "OTHER"}))
    yield Case("TRUST-04-tag-squatted", squatted, "json", "trust_list_malformed", free)
    for number, ids in enumerate(
        (DISTRICT[:-1], f"{DISTRICT}.", f"{DISTRICT}:u:mallory", f"{DISTRICT}%3A443")
    ):
        almost = signed(issuer(ids=(ids,), names={"en": "Another"}))
        yield _case(f"TRUST-04-nearly-{number}", almost, "domain_only", _saved(signed()))


def _names() -> Iterable[Case]:
    """LD-13: a stranger by a listed issuer's name, or one that looks like it."""
    good = _saved(signed())
    names = {
        "same": NAME,
        "case": NAME.swapcase(),
        "spaces": NAME.replace(" ", "  "),
        "no-break": NAME.replace(" ", "\u00a0"),
        "cyrillic": NAME.replace("e", "\u0435").replace("o", "\u043e"),
        "greek": NAME.replace("o", "\u03bf").replace("i", "\u03b9"),
        "digits": NAME.replace("o", "0").replace("i", "1"),
        "accents": NAME.replace("i", "\u00ed"),
        "full-width": "".join(chr(ord(c) + 0xFEE0) if c.isalpha() else c for c in NAME),
        "zero-width": NAME.replace("b", "\u200bb"),
        "punctuation": f"{NAME}.",
        "spanish": "DISTRITO ESCOLAR RIVERBEND",
        "long-s": NAME.replace("s", "\u017f"),
    }
    for name, shown in names.items():
        yield _case(f"LD-13-listed-name-{name}", signed(), "name_resembles", good,
                    badge={"host": FOREIGN, "name": shown})  # fmt: skip


def _written() -> Iterable[Case]:
    """TRUST-05: lists that the publisher signed and nobody should read: each could mean more than it says."""
    good = _saved(_forged({}))
    changes: dict[str, Callable[[dict[str, Any]], Any]] = {
        "unknown-limit": lambda v: _first(v)["recognised"][0].update(onlyFor=["x"]),
        "unknown-member": lambda v: v.update(unless=["x"]),
        "empty-types": lambda v: _first(v)["recognised"][0].update(types=[]),
        "empty-certifications": lambda v: _first(v)["recognised"][0].update(certifications=[]),
        "null-types": lambda v: _first(v)["recognised"][0].update(types=None),
        "types-in-one": lambda v: _first(v)["recognised"][0].update(types="Certification"),
        "issuer-twice": lambda v: _issuers(v).append(_first(v)),
        "tag-twice": lambda v: _issuers(v).append(_first(v) | {"ids": ["did:web:mallory.example"]}),
        "tag-elsewhere": lambda v: _first(v).update(retrieval="http://mallory.example"),
        "tag-with-path": lambda v: _first(v).update(
            retrieval="https://mallory.example/@badges.riverbend.example"
        ),
        "tag-with-user": lambda v: _first(v).update(
            retrieval="https://badges.riverbend.example@mallory.example"
        ),
        "any-issuer": lambda v: _first(v).update(ids=["*"]),
        "issuer-by-name": lambda v: _first(v).update(ids=[NAME]),
        "name-that-turns": lambda v: _first(v).update(names={"en": "\u202eRiverbend"}),
        "name-of-nothing": lambda v: _first(v).update(names={"en": "\u200b"}),
        "script-for-a-website": lambda v: _first(v).update(website="javascript:alert(1)"),
        "data-for-a-website": lambda v: _first(v).update(website="data:text/html,x"),
        "logo-in-svg": lambda v: _first(v).update(logo="data:image/svg+xml;base64,PHN2Zy8+"),
        "logo-elsewhere": lambda v: _first(v).update(logo="https://mallory.example/track.png"),
        "version-true": lambda v: v["credentialSubject"].update(version=True),
        "version-not-in-id": lambda v: v.update(id=f"{LIST_ID}#7"),
        "no-end": lambda v: v.pop("validUntil"),
        "ends-first": lambda v: v.update(validUntil=v["validFrom"]),
        "other-context": lambda v: v.update({"@context": ["https://www.w3.org/ns/credentials/v2"]}),
        "remote-context": lambda v: v["@context"].append("https://mallory.example/context"),
        "withdrawn-false": lambda v: _first(v).update(withdrawn=False),
        "withdrawn-someday": lambda v: _first(v).update(withdrawn={"on": "someday", "reason": "x"}),
    }
    for name, change in changes.items():
        value = json.loads(json.dumps(write_payload(listing())))
        change(value)
        yield _case(f"TRUST-05-{name}", _forged(value, whole=True), "trust_list_malformed", good)
    twice = b'"validUntil":"9999-01-01T00:00:00Z","validUntil"'
    doubled = compose(write_payload(listing())).raw.replace(b'"validUntil"', twice)
    yield _case("TRUST-05-member-twice", _signed_octets(doubled), "trust_list_malformed", good)


def _large() -> Iterable[Case]:
    """TRUST-06: larger than any list."""
    most = Recipe("issuers", {"count": MOST_ISSUERS})
    yield Case("TRUST-06-many-issuers", Recipe("issuers", {"count": MOST_ISSUERS + 1}), "recipe",
               "trust_list_malformed", most)  # fmt: skip
    for name in ("padded", "deep", "long"):
        yield Case(f"TRUST-06-{name}", Recipe(name), "recipe",
                   "trust_list_malformed" if name == "deep" else "trust_list_too_large", most)  # fmt: skip


def _many(count: int) -> bytes:
    value = write_payload(listing(other()))
    entry = _first(value)
    value["credentialSubject"]["issuers"] = [entry | {"ids": [f"did:web:{n}.example"]} for n in range(count)]
    return _signed_octets(compose(value, _ROOM).raw)


RECIPES: dict[str, Callable[..., bytes]] = {
    "issuers": _many,
    "padded": lambda: signed() + b"." + b"A" * MAX_TOKEN,
    "deep": lambda: _signed_octets(b'{"a":' * 5_000 + b"1" + b"}" * 5_000),
    "long": lambda: _signed_octets(b'{"a":"' + b"A" * 70_000 + b'"}'),
}


def _case(
    name: str,
    token: bytes,
    expect: str,
    twin: bytes,
    *more: Any,
    known: dict[str, Any] | None = None,
    badge: dict[str, str] | None = None,
) -> Case:
    return Case(name, _saved(token, *more, known=known, badge=badge), "json", expect, twin)


def _saved(*lists: Any, **members: Any) -> bytes:
    made: dict[str, Any] = {
        "lists": [one if isinstance(one, dict) else base64.b64encode(one).decode() for one in lists]
    }
    made |= {name: value for name, value in members.items() if value is not None}
    return json.dumps(made, separators=(",", ":")).encode()


def _plain(*entries: dict[str, Any]) -> dict[str, Any]:
    return {"version": 1, "name": "Our own", "entries": list(entries)}


def _forged(changes: dict[str, Any], *, whole: bool = False) -> bytes:
    """What the publisher's key signed though the publisher's program would not have."""
    return _signed_octets(compose(changes if whole else write_payload(listing()) | changes, _ROOM).raw)


def _signed_octets(payload: bytes) -> bytes:
    header = {"alg": "EdDSA", "kid": SIGNER.verification_method, "typ": "vc+jwt"}
    signing_input = ".".join(
        base64url_encode(part) for part in (json.dumps(header).encode(), payload)
    ).encode()
    return signing_input + b"." + base64url_encode(SIGNER.sign(signing_input)).encode()


def _determinations(*subjects: str) -> Recognition:
    return Recognition(determinations=frozenset(Subject(one) for one in subjects))


def _issuers(value: dict[str, Any]) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = value["credentialSubject"]["issuers"]
    return listed


def _first(value: dict[str, Any]) -> dict[str, Any]:
    return _issuers(value)[0]
