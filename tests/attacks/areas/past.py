"""A moment in the past, and newer editions: what must not turn into an answer (STA-07, STA-08, KEY, LD-25).

The whole verifier over a saved case that is about a moment, or whose badge offers a newer edition of itself.
Where the first verdict must stay, the answer is what came of the offer: `refresh_another`,
`refresh_nothing_newer`, `refresh_failed`, `refresh_unknown_kind`, `refresh_not_asked`.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from contexts.document import compose
from contexts.pinned import OPEN_BADGES_EXTENSIONS
from credential.status import StatusEntry
from credential.withdrawal import Reason
from tests.attacks.framework import Case
from tests.attacks.replay import POLICY, code_of, compact
from tests.world import NOW, SeededSigner, World, archived
from verifier.evidence import Evidence, RefreshCode
from verifier.trust import TrustList
from verifier.verify import verify

AREA = "past"
THEN = datetime(2026, 5, 10, 15, 0, tzinfo=UTC)
DATED = f"{World().list_url}?timestamp=2026-05-10T15:00:00Z"
RENEWED = f"{World().origin}/renewed/5"
SECOND = timedelta(seconds=1)

Edit = Callable[[dict[str, Any]], Any]

NEIGHBOUR = World(host="badges.lakeside.example")
BOTH = replace(
    POLICY,
    trust=TrustList(
        name=NEIGHBOUR.trust.name,
        issued=NEIGHBOUR.trust.issued,
        entries=(*POLICY.trust.entries, *NEIGHBOUR.trust.entries),
    ),
    refresh=True,
)
"""Riverbend and a neighbour are trusted; newer editions are asked for."""


def judge(data: bytes, _suffix: str) -> str:
    """Replay a saved case about its own moment."""
    held = Evidence.from_json(data.decode())
    verdict = verify(held, replace(BOTH, at=held.at), held.asked_at or NOW)
    code = code_of(verdict)
    if code == "ok" and verdict.refresh and verdict.refresh.code is not RefreshCode.NEWER:
        return f"refresh_{verdict.refresh.code}"
    return code


def cases() -> Iterator[Case]:
    yield from _lists_of_then()
    yield from _others_of_then()
    yield from _archives()
    yield from _editions()


def saved(world: World, moment: datetime | None = None, badge: bytes | None = None) -> bytes:
    policy = replace(BOTH, at=moment)
    return compact(replace(world.evidence(badge or world.badge(), policy=policy), at=moment))


def keeping(*withdrawn: int, since: datetime = THEN - timedelta(hours=3), edit: Edit | None = None) -> World:
    """A world that has kept the list of `THEN`."""
    world, old = World(), World(listed_at=since)
    if edit:
        old.edit["list"] = edit
    world.serve[DATED] = old.status_list(world.list_url, withdrawn, "revocation")
    return world


def _lists_of_then() -> Iterator[Case]:
    """Only a list that proves itself that it held then is an answer, and todays is none."""
    good = saved(keeping(), THEN)
    today, changed, unsigned, failing, empty = (World() for _ in range(5))
    today.serve[DATED] = today.status_list(today.list_url, [], "revocation")
    changed.serve[DATED] = keeping().serve[DATED].replace(b'"ttl":300000', b'"ttl":300001')
    bare = json.loads(keeping().serve[DATED])
    bare.pop("proof")
    unsigned.serve[DATED] = compose(bare).raw
    failing.fail[DATED] = "timeout"
    worlds = {
        "begins-after": keeping(since=THEN + SECOND),
        "ends-before": keeping(since=THEN - timedelta(days=1) - SECOND),
        "no-beginning": keeping(edit=lambda made: made.pop("validFrom")),
        "no-end": keeping(edit=lambda made: made.pop("validUntil")),
        "of-another-purpose": keeping(
            edit=lambda made: made["credentialSubject"].update(statusPurpose="suspension")
        ),
        "by-another-issuer": keeping(edit=lambda made: made.update(issuer=NEIGHBOUR.did)),
        "of-today": today,
        "changed": changed,
        "unsigned": unsigned,
        "not-answered": failing,
        "not-kept": empty,
    }
    for name, world in worlds.items():
        wrong = name == "of-another-purpose"
        expect = "STATUS_VERIFICATION_ERROR" if wrong else "then_unknown_good_now"
        yield Case(f"STA-08-then-{name}", saved(world, THEN), "json", expect, good)
    yield Case("STA-07-then-withdrawn", saved(keeping(5), THEN), "json", "revoked", good)
    for name, on, expect in (
        ("since", date(2026, 5, 11), "then_unknown_withdrawn_since"),
        ("on-that-day", date(2026, 5, 10), "then_unknown_withdrawn_since"),
        ("before", date(2026, 5, 9), "revoked"),
    ):
        world = World()
        world.revoke(reason=Reason.REQUESTED, on=on)
        yield Case(f"STA-08-withdrawn-{name}", saved(world, THEN), "json", expect, good)
    old = World(listed_at=NOW - timedelta(days=3))
    yield Case("STA-08-then-and-today-stale", saved(old, THEN), "json", "then_unknown", good)
    url = f"{World().origin}/revoked"
    for name, rows, expect in (
        ("not-named", [], "then_unknown"),
        ("named", [{"id": World().badge_value()["id"]}], "then_unknown_withdrawn_now"),
    ):
        world = World(form="jwt")
        world.edit["badge"] = lambda made: made.update(
            credentialStatus={"id": url, "type": "1EdTechRevocationList"}
        )
        world.serve[url] = json.dumps({"revokedCredential": rows}).encode()
        yield Case(f"STA-08-then-{name}-in-a-list-without-dates", saved(world, THEN), "json", expect, good)


def _others_of_then() -> Iterator[Case]:
    """Dates, recognition and keys of that moment."""
    good = saved(keeping(), THEN)
    yield Case(
        "STA-08-moment-not-come", saved(World(), NOW + SECOND), "json", "moment_not_come", saved(World(), NOW)
    )
    before = datetime(2026, 4, 30, tzinfo=UTC)
    yield Case("LD-21-not-signed-then", saved(keeping(), before), "json", "signed_in_future", good)
    ended = keeping()
    ended.edit["badge"] = lambda made: made.update(validUntil="2026-05-09T00:00:00Z")
    yield Case("LD-21-ended-then", saved(ended, THEN), "json", "expired", good)
    forgotten = saved(keeping(), THEN, World(signing="forgotten").badge())
    yield Case("KEY-03-then-a-key-that-is-forgotten", forgotten, "json", "key_not_kept", good)
    stolen = World(revoked_at=NOW - timedelta(days=2))
    stolen.serve[DATED] = keeping().serve[DATED]
    retired = World(retired_at=NOW - timedelta(days=2))
    retired.serve[DATED] = keeping().serve[DATED]
    yield Case(
        "KEY-03-then-a-key-stolen-since", saved(stolen, THEN), "json", "key_revoked", saved(retired, THEN)
    )


def _archives() -> Iterator[Case]:
    """Answers that were kept: for the moments that they cover, and not for what came after."""
    later = NOW + timedelta(days=900)

    def kept(moment: datetime) -> bytes:
        world = World()
        held = archived(world.evidence(world.badge(), policy=replace(BOTH, at=min(moment, NOW))))
        return compact(replace(held, at=moment, asked_at=later))

    good = kept(NOW - timedelta(minutes=30))
    hours = timedelta(hours=1)
    for name, moment, expect in (
        ("list-begins-after", NOW - hours - SECOND, "then_unknown"),
        ("list-ended-before", NOW + 23 * hours + SECOND, "keys_kept_before"),
        ("keys-kept-before", NOW + timedelta(seconds=61), "keys_kept_before"),
    ):
        yield Case(f"STA-08-archive-{name}", kept(moment), "json", expect, good)


def offering(made: dict[str, Any], url: str = RENEWED) -> None:
    made["@context"].append(OPEN_BADGES_EXTENSIONS)
    made["refreshService"] = {"id": url, "type": "1EdTechCredentialRefresh"}


def edition(change: Edit | None = None, signer: SeededSigner | None = None) -> bytes:
    """A newer edition of Riverbend's badge."""
    world = World()
    value = copy.deepcopy(world.badge_value())
    offering(value)
    value["validFrom"] = "2026-05-15T09:00:00Z"
    if change:
        change(value)
    return world.sign(compose(value), signer).raw


def renewing(answer: bytes) -> World:
    world = World(edit={"badge": offering})
    world.serve[RENEWED] = answer
    return world


def _subject(**members: Any) -> Edit:
    return lambda made: made["credentialSubject"].update(members)


def _editions() -> Iterator[Case]:
    """LD-25: what a service gives is checked in full, and must be the same credential, and newer."""
    good = saved(renewing(edition()))
    other = "urn:uuid:0e3a7a86-93d1-4c1e-8f5b-000000000006"
    unlisted = f"{World().origin}/status/none"
    neighbours = copy.deepcopy(World().badge_value())
    offering(neighbours)
    neighbours |= {"validFrom": "2026-05-15T09:00:00Z"}
    neighbours["issuer"]["id"] = NEIGHBOUR.did
    neighbours.pop("credentialStatus")
    answers: dict[str, tuple[bytes, str]] = {
        "of-another-number": (edition(lambda made: made.update(id=other)), "refresh_another"),
        "of-another-person": (edition(_subject(id=other)), "refresh_another"),
        "of-nobody": (edition(lambda made: made["credentialSubject"].pop("id")), "refresh_another"),
        "of-another-achievement": (
            edition(
                lambda made: made["credentialSubject"]["achievement"].update(id=f"{World().origin}/other")
            ),
            "refresh_another",
        ),
        "of-a-recognised-neighbour": (NEIGHBOUR.sign(compose(neighbours)).raw, "refresh_another"),
        "of-the-same-time": (
            edition(lambda made: made.update(validFrom="2026-05-01T09:00:00Z")),
            "refresh_nothing_newer",
        ),
        "that-is-older": (
            edition(lambda made: made.update(validFrom="2026-04-01T09:00:00Z")),
            "refresh_nothing_newer",
        ),
        "by-a-stranger-s-key": (edition(signer=SeededSigner("mallory", World().did)), "refresh_failed"),
        "that-is-changed": (edition().replace(b"Jordan Rivera", b"Robin Valley"), "refresh_failed"),
        "that-is-no-badge": (World().status_list(World().list_url, [], "revocation"), "refresh_failed"),
        "from-the-future": (
            edition(lambda made: made.update(validFrom="2026-06-02T00:00:00Z")),
            "refresh_failed",
        ),
        "whose-list-is-silent": (
            edition(lambda made: made["credentialStatus"].update(statusListCredential=unlisted)),
            "refresh_failed",
        ),
        "that-is-a-link": (f"{World().origin}/renewed/6".encode(), "refresh_failed"),
        "that-is-a-code": (b"RIVER-7Q2M-9KXB-4T0C", "refresh_failed"),
        "that-is-a-page": (b"<html></html>", "refresh_failed"),
        "that-is-not-json": (b'{"type": ', "refresh_failed"),
    }
    for name, (answer, expect) in answers.items():
        world = renewing(answer)
        world.serve[NEIGHBOUR.did_url] = NEIGHBOUR.did_document()
        yield Case(f"LD-25-edition-{name}", saved(world), "json", expect, good)
    withdrawn = renewing(
        edition(
            lambda made: made.update(
                credentialStatus=StatusEntry("revocation", 77, World().list_url).to_json()
            )
        )
    )
    withdrawn.revoke(77)
    yield Case("LD-25-edition-that-is-withdrawn", saved(withdrawn), "json", "revoked", good)
    gone = renewing(edition(lambda made: made.pop("credentialStatus")))
    gone.revoke()
    yield Case("LD-25-edition-of-a-withdrawn-badge", saved(gone), "json", "revoked", good)
    ended = renewing(edition(lambda made: made.update(validUntil="2026-05-20T00:00:00Z")))
    yield Case("LD-25-edition-that-has-run-out", saved(ended), "json", "expired", good)
    silent = renewing(b"")
    silent.fail[RENEWED] = "timeout"
    yield Case("LD-25-service-does-not-answer", saved(silent), "json", "refresh_failed", good)
    strange = World(form="jwt")
    strange.edit["badge"] = lambda made: made.update(
        refreshService={"id": RENEWED, "type": "RefreshOfTheFuture"}
    )
    yield Case("LD-25-service-of-another-kind", saved(strange), "json", "refresh_unknown_kind", good)
