"""Attacks on what an issuer keeps and gives out: positions, revocations, versions, keys, references, shares.

A case is a scenario: JSON steps that a district plays in an empty database, ending in the hostile one. Its
twin plays the same to the nearest good end.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from issuer.errors import IssuerError
from issuer.prepare import PrepareRefused
from issuer.revocation import revoke
from issuer.shares import create_share, open_code, open_token, stop_share
from issuer.signing_keys import KEYS_OF_EXAMPLES, mirror
from issuer.store import audit, published
from issuer.store.published import Edition
from keys.key_record import KeyRecord
from keys.public import PublicKey
from tests.attacks.database import house
from tests.attacks.framework import Case
from tests.house import House, attempt
from tests.signers import SeededSigner

AREA = "issuing"
STOLEN_SHARE = "0" * 32


class Play:
    """One scenario in a database of its own. Each step is a method; its parameters are the step's members."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.last = ""
        self.token = self.code = self.share_id = ""

    def issue(self, ref: str = "A-1", **changes: Any) -> None:
        """Issue an award."""
        self.last = self.house.issue(ref, **changes).credential_id

    def revoke(self, reason: str = "requested", credential: str = "", note: str = "") -> None:
        """Revoke the last badge, or another."""
        house = self.house
        revoke(
            house.store,
            house.district.id,
            credential or self.last,
            reason=reason,
            note=note,
            now=house.time,
            actor="attack",
        )

    def publish(self) -> None:
        """Publish what is due."""
        self.house.publish()

    def wait(self, hours: float) -> None:
        """Let time pass, or go back."""
        self.house.time += timedelta(hours=hours)

    def sql(self, statement: str) -> None:
        """What a program with the database's password can do; said as SQLite says it."""
        store = self.house.store
        if not store.is_sqlite:
            statement = re.sub(r"X'([0-9A-F]+)'", r"'\\x\1'::bytea", statement)
            statement = re.sub(r"^DROP TRIGGER (\w+)_no_(\w+)$", r"DROP TRIGGER \1_no_\2 ON \1", statement)
        attempt(store, statement)

    def audit(self) -> None:
        """Check the audit chain."""
        with self.house.store.reading() as session:
            audit.check_chain(session, self.house.district.id)

    def edition(self, version: int, hours: float = 0) -> None:
        """Publish a document of a given version, as somebody slower would."""
        house = self.house
        when = house.time + timedelta(hours=hours)
        edition = Edition("probe", version, "text/plain", b"probe", 0, when, None)
        with house.store.transaction() as session:
            if not published.put(session, house.district.id, edition, now=when):
                raise IssuerError("publish_contended", "somebody was faster")

    def key(self, word: str = "", multikey: str = "", ends: str = "") -> None:
        """Take a key into use, or end the one in use."""
        house = self.house
        public = PublicKey.from_multikey(multikey) if multikey else SeededSigner(word).public_key
        record = KeyRecord(
            public,
            house.district.did,
            house.time,
            retired=house.time if ends == "retired" else None,
            compromised_since=house.time if ends == "compromised" else None,
        )
        mirror(house.store, house.district.id, [record], now=house.time, actor="attack")

    def neighbour(self) -> None:
        """A second district in the same store; the next steps are its own."""
        self.house = House.build(self.house.store, "eastfield", "https://badges.eastfield.example")

    def share(self, hours: float | None = None) -> None:
        """Share the last badge."""
        house = self.house
        made = create_share(
            house.store,
            house.district.id,
            self.last,
            now=house.time,
            entropy=house.entropy,
            actor="attack",
            ends=None if hours is None else house.time + timedelta(hours=hours),
        )
        self.share_id, self.token, self.code = made.share_id, made.token, made.code or ""

    def stop(self) -> None:
        """Stop the last share."""
        stop_share(
            self.house.store, self.house.district.id, self.share_id, now=self.house.time, actor="attack"
        )

    def open(self, token: str = "", code: str = "") -> None:
        """Open a share: the last one's `token` or `code` where the word itself is given."""
        house = self.house
        if token:
            secret = self.token if token == "token" else token
            open_token(house.store, house.district, secret, form="vc", now=house.time)
        if code:
            secret = self.code if code == "code" else code
            open_code(house.store, house.district, secret, form="vc", now=house.time)

    STEPS: tuple[str, ...] = (
        "issue", "revoke", "publish", "wait", "sql", "audit", "edition", "key", "neighbour", "share", "stop",
        "open",
    )  # fmt: skip


def judge(data: bytes, _suffix: str) -> str:
    """Play a scenario: "ok", or the code of the refusal that ended it, which must be its last step."""
    steps: list[list[Any]] = json.loads(data)
    with house() as (made, _):
        return _played(Play(made), steps)


def _played(play: Play, steps: list[list[Any]]) -> str:
    for number, (name, *members) in enumerate(steps, 1):
        step: Callable[..., None] = getattr(play, Play.STEPS[Play.STEPS.index(name)])
        try:
            step(**(members[0] if members else {}))
        except (IssuerError, PrepareRefused) as refused:
            return refused.code if number == len(steps) else f"{refused.code} too early, at step {number}"
    return "ok"


def _text(*steps: list[Any]) -> bytes:
    return json.dumps(steps).encode()


def cases() -> Iterator[Case]:
    """Every attack with its twin."""
    for name, expect, steps, last in _scenarios():
        good, bad = last
        yield Case(name, _text(*steps, *bad), "json", expect, _text(*steps, *good))


Steps = list[list[Any]]


def _scenarios() -> Iterator[tuple[str, str, Steps, tuple[Steps, Steps]]]:
    """Name, code, what comes before, and the good and the hostile end."""
    issued: Steps = [["issue"]]
    revoked: Steps = [["issue"], ["revoke"]]
    yield from _status(issued, revoked)
    yield from _awards(issued)
    yield from _keys(issued)
    yield from _shares(issued)


def _status(issued: Steps, revoked: Steps) -> Iterator[tuple[str, str, Steps, tuple[Steps, Steps]]]:
    again: Steps = [["revoke", {"reason": "corrected"}]]
    for name, statement in (
        ("delete", "DELETE FROM status"),
        ("move", "UPDATE status SET list_index = list_index + 1"),
        ("soften", "UPDATE status SET reason = 'corrected'"),
        ("date", "UPDATE status SET revoked_at = '2030-01-01 00:00:00'"),
    ):
        yield f"STA-19-unrevoke-{name}", "irreversible", revoked, (again, [["sql", {"statement": statement}]])
    for name, statement in (
        ("index", "UPDATE credential SET list_index = list_index + 1"),
        ("list", "UPDATE credential SET list_id = 'x'"),
        ("back", "UPDATE credential SET state = 'prepared', signed_at = NULL"),
        ("bytes", "UPDATE credential SET prepared = X'7B7D'"),
        ("delete", "DELETE FROM credential"),
        ("signed", "UPDATE secured SET body = X'7B7D'"),
        ("award", "UPDATE credential SET award_ref = 'B-1'"),
    ):
        yield (
            f"STA-13-reuse-{name}",
            "irreversible",
            issued,
            ([["audit"]], [["sql", {"statement": statement}]]),
        )
    first: Steps = [["edition", {"version": 1}]]
    for name, version in (("same", 1), ("skipping", 3), ("zero", 0), ("behind", -1)):
        bad: Steps = [["edition", {"version": version}]]
        yield f"STA-18-{name}-version", "publish_contended", first, ([["edition", {"version": 2}]], bad)
    late: Steps = [["edition", {"version": 2, "hours": -1}]]
    yield (
        "STA-21-edition-before-last",
        "clock_went_back",
        first,
        ([["edition", {"version": 2, "hours": 1}]], late),
    )
    before: Steps = [*issued, ["publish"], ["revoke"]]
    for name, hours in (("hour", -1), ("day", -24), ("year", -8_760)):
        yield (
            f"STA-21-clock-back-a-{name}",
            "clock_went_back",
            before,
            ([["wait", {"hours": -hours}], ["publish"]], [["wait", {"hours": hours}], ["publish"]]),
        )
    overwritten: Steps = [["sql", {"statement": "UPDATE published SET version = version + 1"}]]
    yield "STA-18-overwrite", "irreversible", [*issued, ["publish"]], ([["publish"]], overwritten)
    emptied: Steps = [["sql", {"statement": "DELETE FROM published"}]]
    yield "STA-07-forget-published", "irreversible", [*issued, ["publish"]], ([["audit"]], emptied)
    for reason in ("", "theft", "CORRECTED", "corrected\u0000", "issued in error"):
        bad_reason: Steps = [["revoke", {"reason": reason}]]
        name = reason.replace(" ", "-").replace("\u0000", "-nul") or "none"
        yield f"STA-19-reason-{name}", "bad_reason", issued, ([["revoke"]], bad_reason)
    unknown: Steps = [["revoke", {"credential": "urn:uuid:00000000-0000-4000-8000-000000000000"}]]
    yield "STA-19-revoke-unknown", "not_found", issued, ([["revoke"]], unknown)
    for name, note in (("nul", "a\u0000b"), ("surrogate", "\ud800")):
        bad_note: Steps = [["revoke", {"note": note}]]
        yield f"REL-00-note-{name}", "bad_text", issued, ([["revoke", {"note": "a b"}]], bad_note)
    for name, statement in (("edit", "UPDATE audit SET actor = 'x'"), ("delete", "DELETE FROM audit")):
        yield (
            f"REL-14-audit-{name}",
            "irreversible",
            issued,
            ([["audit"]], [["sql", {"statement": statement}]]),
        )
    for name, statement in (
        ("removed", "DROP TRIGGER audit_no_delete"),
        ("edited", "DROP TRIGGER audit_no_update"),
    ):
        change = "DELETE FROM audit WHERE number = 2" if name == "removed" else "UPDATE audit SET actor = 'x'"
        opened: Steps = [*issued, ["sql", {"statement": statement}]]
        yield (
            f"REL-14-audit-{name}-without-guard",
            "audit_broken",
            opened,
            ([["audit"]], [["sql", {"statement": change}], ["audit"]]),
        )


def _awards(issued: Steps) -> Iterator[tuple[str, str, Steps, tuple[Steps, Steps]]]:
    for name, changes in (
        ("number", {"number": "NA-000124"}),
        ("student", {"student_id": "100000002"}),
        ("name", {"recipient_name": "Maya Okafor Lee"}),
        ("achievement", {"achievement_id": "osha10-gi"}),
        ("form", {"also_jwt": True}),
    ):
        yield f"REL-05-other-{name}", "award_ref_reused", issued, ([["issue"]], [["issue", changes]])
    for name, code, changes in (
        ("student-number", "withheld_value", {"recipient_name": "Maya 100000001"}),
        ("turned-name", "bad_characters", {"recipient_name": "Maya\u202eOkafor"}),
        ("unknown-achievement", "not_found", {"achievement_id": "none"}),
    ):
        yield f"REL-09-{name}", code, [], (issued, [["issue", changes]])
    for name, ref in (("nul", "A\u0000"), ("surrogate", "A\udfff")):
        yield (
            f"REL-09-reference-{name}",
            "bad_text",
            [],
            ([["issue", {"ref": "A"}]], [["issue", {"ref": ref}]]),
        )


def _keys(issued: Steps) -> Iterator[tuple[str, str, Steps, tuple[Steps, Steps]]]:
    fresh: Steps = [["key", {"word": "fresh"}]]
    theirs: Steps = [["key", {"word": "riverbend 1"}]]
    yield "KEY-07-two-districts", "key_not_usable", [["neighbour"]], (fresh, theirs)
    for number, multikey in enumerate(sorted(KEYS_OF_EXAMPLES), 1):
        yield f"KEY-11-example-{number}", "key_not_usable", [], (fresh, [["key", {"multikey": multikey}]])
    for ends in ("retired", "compromised"):
        over: Steps = [*issued, ["key", {"word": "other", "ends": ends}]]
        mine = ["key", {"word": "riverbend 1", "ends": ends}]
        yield (
            f"KEY-05-{ends}-badge",
            "key_not_usable",
            over,
            (
                [["issue", {"ref": "A-2"}]],
                [mine, ["issue", {"ref": "A-2"}]],
            ),
        )
        yield f"KEY-05-{ends}-list", "key_not_usable", over, ([["publish"]], [mine, ["publish"]])


def _shares(issued: Steps) -> Iterator[tuple[str, str, Steps, tuple[Steps, Steps]]]:
    shared: Steps = [*issued, ["share", {"hours": 24}]]
    for kind, unknown in (("token", STOLEN_SHARE), ("code", "0" * 12)):
        opened = ["open", {kind: kind}]
        yield f"WEB-03-{kind}-unknown", "not_shared", shared, ([opened], [["open", {kind: unknown}]])
        yield f"WEB-03-{kind}-stopped", "share_stopped", shared, ([opened], [["stop"], opened])
        yield (
            f"WEB-03-{kind}-ended",
            "share_ended",
            shared,
            (
                [["wait", {"hours": 23}], opened],
                [["wait", {"hours": 24}], opened],
            ),
        )
        yield f"WEB-05-{kind}-elsewhere", "not_shared", shared, ([opened], [["neighbour"], opened])
