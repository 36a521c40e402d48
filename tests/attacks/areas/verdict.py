"""Well signed, and still not valid: status, time, lists that lie, issuers that do not answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from contexts.document import compose
from credential.status import StatusEntry
from tests.attacks.framework import Case
from tests.attacks.replay import POLICY, compact, judge_case, saved
from tests.world import AWARDED, NOW, SeededSigner, World
from verifier.evidence import Evidence, Seen

AREA = "verdict"
SECOND = timedelta(seconds=1)
OTHER = "did:web:badges.third.example"

Edit = Callable[[dict[str, Any]], Any]


def judge(data: bytes, suffix: str) -> str:
    """The whole verifier over the saved case."""
    return judge_case(data)


def cases() -> Iterable[Case]:
    """Everything that a good signature does not make up for."""
    good = saved(World())
    yield from _lists(good)
    yield from _entries(good)
    yield from _list_times(good)
    yield from _proof_times(good)
    yield from _lifted(good)
    yield from _moved()
    yield from _periods(good)
    yield from _models(good)
    yield from _silence(good)


def _setting(**members: Any) -> Edit:
    return lambda made: made.update(members)


def _setting_proof(members: dict[str, Any]) -> Edit:
    return lambda made: made["proof"][0].update(members)


def _subject(change: Edit) -> Edit:
    return lambda made: change(made["credentialSubject"])


def _lists(good: bytes) -> Iterable[Case]:
    """STA-05, STA-06, STA-10: a list that is not the badge's own issuer's answer to this very entry."""
    several = World()
    several.edit["list"] = _subject(lambda s: s.update(statusPurpose=["suspension", "revocation"]))
    before: dict[str, tuple[Edit, str]] = {
        "STA-05-other-purpose": (
            _subject(lambda s: s.update(statusPurpose="suspension")),
            "STATUS_VERIFICATION_ERROR",
        ),
        "STA-05-other-purposes": (
            _subject(lambda s: s.update(statusPurpose=["suspension", "message"])),
            "STATUS_VERIFICATION_ERROR",
        ),
        "STA-06-other-issuer": (lambda made: made.update(issuer=OTHER), "status_issuer_mismatch"),
        "STA-06-other-id": (lambda made: made.update(id=World().suspension_url), "STATUS_VERIFICATION_ERROR"),
        "STA-06-no-type": (
            lambda made: made.update(type=["VerifiableCredential"]),
            "STATUS_VERIFICATION_ERROR",
        ),
        "STA-08-text-ttl": (_subject(lambda s: s.update(ttl="60000")), "status_malformed"),
        "STA-08-negative-ttl": (_subject(lambda s: s.update(ttl=-1)), "status_malformed"),
    }
    for name, (change, expect) in before.items():
        world = World()
        world.edit["list"] = change
        yield _case(name, saved(world), expect, saved(several) if "STA-05" in name else good)
    after: dict[str, tuple[Edit, str]] = {
        "STA-06-unsigned": (lambda made: made.pop("proof"), "status_proof_failed"),
        "STA-06-end-put-off": (
            lambda made: made.update(validUntil="2036-06-02T11:00:00Z"),
            "status_proof_failed",
        ),
        "STA-06-bits-changed": (
            _subject(lambda s: s.update(encodedList=_other_bits())),
            "status_proof_failed",
        ),
    }
    for name, (change, expect) in after.items():
        world = World()
        world.tamper["list"] = change
        yield _case(name, saved(world), expect, good)
    unlisted = World()
    unlisted.serve[unlisted.list_url] = _signed_by(SeededSigner("mallory", unlisted.did))
    yield _case("STA-06-key-not-listed", saved(unlisted), "status_proof_failed", good)
    itself = World()
    itself.serve[itself.list_url] = itself.badge()
    yield _case("STA-10-list-is-the-badge", saved(itself), "STATUS_VERIFICATION_ERROR", good)
    looped, revoked = World(), World()
    for world in (looped, revoked):
        entry = StatusEntry("revocation", 9, world.list_url).to_json()
        world.edit["list"] = _setting(credentialStatus=entry)
    revoked.revoke()
    yield _case("STA-10-list-with-own-status", saved(revoked), "revoked", saved(looped))


def _other_bits() -> str:
    made = json.loads(World().status_list(World().list_url, [1], "revocation"))
    bits: str = made["credentialSubject"]["encodedList"]
    return bits


def _signed_by(signer: SeededSigner) -> bytes:
    world = World()
    made = json.loads(world.status_list(world.list_url, [], "revocation"))
    made.pop("proof")
    return world.sign(compose(made), signer).raw


def _entries(good: bytes) -> Iterable[Case]:
    """STA-09: entries that cannot be understood; and a bit that is set."""
    world = World()
    entry = StatusEntry("revocation", 5, world.list_url).to_json()
    pause = StatusEntry("suspension", 5, world.suspension_url).to_json()
    unknown = {"id": "https://badges.riverbend.example/x", "type": "StatusList2040Entry"}
    for name, status, expect in (
        ("STA-09-unknown-type", unknown, "status_type_unknown"),
        ("STA-09-known-and-unknown", [entry, unknown], "status_type_unknown"),
        ("STA-09-empty-array", [], "status_malformed"),
        ("STA-09-nine-entries", [entry] * 9, "status_malformed"),
        ("STA-09-index-as-number", entry | {"statusListIndex": 5}, "status_malformed"),
        ("STA-09-index-out-of-range", entry | {"statusListIndex": "131072"}, "RANGE_ERROR"),
        ("STA-09-unknown-purpose", entry | {"statusPurpose": "mystery"}, "status_purpose_unknown"),
    ):
        one = World(form="jwt")
        one.edit["badge"] = _setting(credentialStatus=status)
        yield _case(name, saved(one), expect, saved(World(form="jwt")))
    yield _case("STA-09-revoked", saved(_revoked()), "revoked", good)
    paused = World(paused={5})
    paused.edit["badge"] = lambda made: made.update(credentialStatus=pause)
    running = World()
    running.edit["badge"] = paused.edit["badge"]
    yield _case("STA-09-paused", saved(paused), "suspended", saved(running))


def _revoked() -> World:
    world = World()
    world.revoke()
    return world


def _list_times(good: bytes) -> Iterable[Case]:
    """STA-07 and STA-08: old lists, played again."""
    day = timedelta(days=1)
    edge = World(listed_at=NOW - day - timedelta(seconds=60))
    yield _case(
        "STA-08-second-too-old", saved(World(listed_at=edge.listed_at - SECOND)), "status_stale", saved(edge)
    )
    yield _case("STA-08-year-old", saved(World(listed_at=NOW - 365 * day)), "status_stale", good)
    early = World(listed_at=NOW + timedelta(seconds=60))
    late = World(listed_at=NOW + timedelta(seconds=61))
    yield _case("STA-08-from-the-future", saved(late), "status_not_yet_valid", saved(early))
    known, newer = World(), World()
    known.seen = (Seen(known.list_url, known.listed_at),)
    newer.seen = (Seen(newer.list_url, newer.listed_at + SECOND),)
    yield _case("STA-07-older-than-known", saved(newer), "status_rolled_back", saved(known))
    undated = World(seen=known.seen)
    undated.edit["list"] = lambda made: made.pop("validFrom")
    yield _case("STA-07-no-date-at-all", saved(undated), "status_rolled_back", saved(known))


def _proof_times(good: bytes) -> Iterable[Case]:
    """LD-17: proofs from the future, proofs that have ended, proofs for somebody else."""
    edge = World(created=NOW + timedelta(seconds=60))
    yield _case(
        "LD-17-created-in-future",
        saved(World(created=edge.created + SECOND)),
        "signed_in_future",
        saved(edge),
    )
    lasting = saved(World(), World().badge_with_proof({"expires": "2026-06-01T11:59:00Z"}))
    ended = saved(World(), World().badge_with_proof({"expires": "2026-06-01T11:58:59Z"}))
    yield _case("LD-17-proof-ended", ended, "proof_expired", lasting)
    for name, members, expect in (
        ("LD-17-domain", {"domain": "employer.example"}, "proof_domain"),
        ("LD-17-challenge", {"challenge": "7"}, "proof_domain"),
        ("LD-17-expires-put-in", {"expires": "2030-01-01T00:00:00Z"}, "bad_signature"),
    ):
        world = World()
        world.tamper["badge"] = _setting_proof(members)
        yield _case(name, saved(world), expect, good)


def _lifted(good: bytes) -> Iterable[Case]:
    """LD-18: a good proof under something else."""
    world = World()
    one, two = json.loads(world.badge(5)), json.loads(world.badge(6))
    swapped = compose(one | {"proof": two["proof"]}).raw
    yield _case("LD-18-proof-of-another-badge", saved(world, swapped), "bad_signature", good)
    renamed = compose(
        one | {"proof": [one["proof"][0] | {"id": "urn:uuid:9e1d0ba7-0000-4000-8000-000000000001"}]}
    )
    yield _case("LD-18-proof-id-added", saved(world, renamed.raw), "bad_signature", good)
    redated = compose(one | {"proof": [one["proof"][0] | {"created": "2026-05-02T09:00:00Z"}]})
    yield _case("LD-18-created-changed", saved(world, redated.raw), "bad_signature", good)


def _moved() -> Iterable[Case]:
    """LD-02: what is said of the badge, carried to another place where its identifier stands."""
    places: dict[str, tuple[Callable[[dict[str, Any]], dict[str, Any]], str, str]] = {
        "LD-02-status-moved": (lambda made: made, "VerifiableCredential", "credentialStatus"),
        "LD-02-end-moved": (lambda made: made, "VerifiableCredential", "validUntil"),
        "LD-02-name-moved": (_of, "AchievementSubject", "identifier"),
        "LD-02-kind-moved": (lambda made: _of(made)["achievement"], "Achievement", "achievementType"),
    }
    for name, (home, kind, member) in places.items():
        world = World()
        world.edit["badge"] = _endorsing(home)
        twin = saved(world)

        def move(made: dict[str, Any], home: Any = home, kind: str = kind, member: str = member) -> None:
            visitor = _of(made["endorsement"][0])
            visitor["type"].append(kind)
            visitor[member] = home(made).pop(member)

        world.tamper["badge"] = move
        world.revoke()
        yield _case(name, saved(world), "misplaced_member", twin)


def _endorsing(home: Callable[[dict[str, Any]], dict[str, Any]]) -> Edit:
    return lambda made: made.update(endorsement=[_endorsement(home(made)["id"], 1)])


def _of(made: dict[str, Any]) -> dict[str, Any]:
    subject: dict[str, Any] = made["credentialSubject"]
    return subject


def _periods(good: bytes) -> Iterable[Case]:
    """LD-22: the badge's own period, to the second."""

    def period(**dates: datetime) -> bytes:
        world = World()
        words = {name: at.strftime("%Y-%m-%dT%H:%M:%SZ") for name, at in dates.items()}
        world.edit["badge"] = lambda made: made.update(words)
        return saved(world)

    skew = timedelta(seconds=60)
    yield _case(
        "LD-22-ends-before-it-begins",
        period(validFrom=AWARDED, validUntil=AWARDED - SECOND),
        "valid_period",
        period(validFrom=AWARDED, validUntil=NOW),
    )
    yield _case(
        "LD-22-starts-later",
        period(validFrom=NOW + skew + SECOND),
        "not_yet_valid",
        period(validFrom=NOW + skew),
    )
    last = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    yield _case(
        "LD-22-starts-at-the-last-second",
        period(validFrom=last, validUntil=last),
        "not_yet_valid",
        period(validUntil=last),
    )
    yield _case(
        "LD-22-ended-earlier",
        period(validUntil=NOW - skew - SECOND),
        "expired",
        period(validUntil=NOW - skew),
    )


def _models(good: bytes) -> Iterable[Case]:
    """LD-23 and LD-24: two data models in one, endorsements inside endorsements."""
    for name, members, expect in (
        ("LD-23-issuance-date-beside", {"issuanceDate": "2026-05-01T09:00:00Z"}, "mixed_data_model"),
        ("LD-23-expiration-date-beside", {"expirationDate": "2029-05-01T09:00:00Z"}, "mixed_data_model"),
    ):
        world = World(form="jwt")
        world.edit["badge"] = _setting(**members)
        yield _case(name, saved(world), expect, saved(World(form="jwt")))
    shallow, deep = World(form="jwt"), World(form="jwt")
    shallow.edit["badge"] = lambda made: made.update(endorsement=[_endorsement(made["id"], 2)])
    deep.edit["badge"] = lambda made: made.update(endorsement=[_endorsement(made["id"], 3)])
    yield _case("LD-24-nested-too-deep", saved(deep), "endorsement_malformed", saved(shallow))


def _endorsement(about: str, depth: int) -> dict[str, Any]:
    world = World()
    made: dict[str, Any] = {
        "@context": world.badge_value()["@context"],
        "id": f"urn:uuid:7d2f1c52-5a7e-4f0e-9d53-{depth:012d}",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "issuer": {"id": OTHER, "type": ["Profile"], "name": "Third"},
        "validFrom": "2026-05-01T09:00:00Z",
        "name": "Endorsement",
        "credentialSubject": {
            "id": about,
            "type": ["EndorsementSubject"],
            "endorsementComment": "We know this course.",
        },
        "proof": [],
    }
    made.pop("proof")
    if depth > 1:
        made["endorsement"] = [_endorsement(made["id"], depth - 1)]
    return made


def _silence(good: bytes) -> Iterable[Case]:
    """NET-14: nobody answers, or something else does. Never valid, never invalid."""
    world = World()
    html = b"<!doctype html><title>Not found</title>"
    for name, url, answer, expect in (
        ("NET-14-issuer-down", world.did_url, None, "issuer_unreachable"),
        ("NET-14-issuer-html", world.did_url, html, "malformed_document"),
        ("NET-14-issuer-empty-object", world.did_url, b"{}", "document_mismatch"),
        ("NET-14-status-down", world.list_url, None, "status_unreachable"),
        ("NET-14-status-html", world.list_url, html, "status_malformed"),
        (
            "NET-14-status-truncated",
            world.list_url,
            world.status_list(world.list_url, [], "revocation")[:-9],
            "status_malformed",
        ),
    ):
        silent = World()
        if answer is None:
            silent.fail[url] = "timeout"
        else:
            silent.serve[url] = answer
        yield _case(name, saved(silent), expect, good)
    held = Evidence(world.evidence(world.badge(), policy=POLICY).presented, asked_at=NOW)
    yield _case("NET-14-nothing-gathered", compact(held), "issuer_unreachable", good)


def _case(name: str, data: bytes, expect: str, twin: bytes) -> Case:
    return Case(name, data, "json", expect, twin)
