"""Faulty courses of events: what a single hostile input cannot show.

An input is a small JSON object: `scenario` is the name of the function that plays the course with the
product's own code, the other members are its parameters. The answer is the product's code where it refuses,
else a plain word for what came of it; "ok" is the course in which nothing went wrong, which is the twin.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from tests.attacks import scenario_issuer as issuer
from tests.attacks import scenario_network as network
from tests.attacks import scenario_strangers as strangers
from tests.attacks.framework import Case

AREA = "scenario"

PLAYS: dict[str, Callable[..., str]] = {
    play.__name__: play
    for play in (
        issuer.class_in_order,
        issuer.crash,
        issuer.list_fills,
        issuer.position_met_twice,
        issuer.restored,
        issuer.revocation_cut_short,
        issuer.second_writer,
        issuer.writers_at_once,
        network.asked_at_once,
        network.cache_flooded,
        network.certificate,
        network.down_and_asked_again,
        network.issuer_comes_back,
        network.key_removed_while_cached,
        network.looked_up,
        network.memory_flooded,
        strangers.one_forged_among_many,
        network.stalled,
        strangers.what_a_stranger_is_told,
        strangers.what_the_issuer_learns,
    )
}


def judge(data: bytes, _suffix: str) -> str:
    """Play a scenario."""
    told: dict[str, Any] = json.loads(data)
    return PLAYS[told.pop("scenario")](**told)


def cases() -> Iterator[Case]:
    """Every course with its twin."""
    courses = (_of_keys, _of_servers, _of_floods, _of_strangers, _of_writers, _of_lists, _of_crashes)
    for name, expect, play, bad, good in (course for some in courses for course in some()):
        yield Case(name, _text(play, bad), "json", expect, _text(play, bad | good))


def _text(play: Callable[..., str], members: dict[str, Any]) -> bytes:
    return json.dumps({"scenario": play.__name__} | members).encode()


Course = tuple[str, str, Callable[..., str], dict[str, Any], dict[str, Any]]
"""Id, answer, play, parameters, and what is different in the twin."""


def _of_keys() -> Iterator[Course]:
    """KEY-10: a removed key is believed for ten minutes at most, or an hour where nobody can ask."""
    removed = network.key_removed_while_cached
    for minutes in (10, 11, 24 * 60):
        yield (
            f"KEY-10-removed-{minutes}-minutes-ago",
            "key_not_in_document",
            removed,
            {"minutes": minutes},
            {"minutes": 9},
        )
    for minutes in (60, 61):
        yield (
            f"KEY-10-removed-{minutes}-minutes-ago-and-down",
            "issuer_unreachable",
            removed,
            {"minutes": minutes, "then_down": True},
            {"minutes": 59},
        )
    for seconds in (0, 29):
        yield (
            f"KEY-10-down-{seconds}-seconds-ago",
            "issuer_unreachable",
            network.issuer_comes_back,
            {"seconds": seconds},
            {"seconds": 30},
        )


def _of_servers() -> Iterator[Course]:
    """NET-09 and NET-10: servers that stall, and servers that are not who they say."""
    for at in ("name", "connection", "handshake", "head", "head_by_octets", "body", "body_by_octets"):
        yield (
            f"NET-09-{at.replace('_', '-')}",
            "timeout",
            network.stalled,
            {"at": at, "stalled_ms": 60_000, "limit_ms": 100},
            {"stalled_ms": 20, "limit_ms": 8_000},
        )
    for kind in (
        "self_signed",
        "unknown_authority",
        "expired",
        "not_yet",
        "other_name",
        "parent_name",
        "wildcard_above",
        "common_name_only",
        "tls_1_1",
        "none",
    ):
        name = kind.replace("_", "-")
        yield f"NET-10-{name}", "tls", network.certificate, {"kind": kind}, {"kind": "good"}


def _of_floods() -> Iterator[Course]:
    """NET-11 and JWT-20: one who asks for much takes nothing from the others."""
    few = {"issuers": 5}
    flooded = network.cache_flooded
    yield "NET-11-many-issuers", "bounded", flooded, {"issuers": 2_000}, few
    yield "NET-11-many-small", "bounded", flooded, {"issuers": 2_000, "answer_bytes": 1}, few
    yield "NET-11-large-answers", "bounded", flooded, {"issuers": 40, "answer_bytes": 20_000}, {"issuers": 3}
    yield "NET-11-many-failures", "bounded", flooded, {"issuers": 2_000, "down": True}, few
    yield "NET-11-many-lists", "bounded", network.memory_flooded, {"lists": 1_000}, {"lists": 100}
    at_once = network.asked_at_once
    yield "NET-11-many-at-once", "bounded", at_once, {"askers": 24, "same": False}, {"askers": 1}
    yield "NET-11-one-issuer-at-once", "asked_once", at_once, {"askers": 24, "same": True}, {"askers": 1}
    yield "NET-11-down-issuer", "asked_once", network.down_and_asked_again, {"checks": 12}, {"checks": 1}
    yield "NET-11-code-after-code", "429", network.looked_up, {"times": 4}, {"times": 3}
    many = strangers.one_forged_among_many
    for kind, code in (
        ("signature", "tampered"),
        ("name", "tampered"),
        ("algorithm", "tampered"),
        ("another_key", "tampered"),
        ("cut", "unreadable"),
        ("octets", "unreadable"),
        ("nothing", "unreadable"),
        ("surrogate", "unreadable"),
        ("deep", "unreadable"),
        ("deep_document", "unreadable"),
    ):
        name = kind.replace("_", "-")
        yield f"JWT-20-{name}-among-many", code, many, {"good": 5, "forged": {"3": kind}}, {"forged": {}}
    rest = {"0": "signature", "9": "name", "20": "another_key"}
    yield "JWT-20-several-among-many", "tampered", many, {"good": 18, "forged": rest}, {"forged": {}}


def _of_strangers() -> Iterator[Course]:
    """NET-12 and STA-20: what can be learned from a look-up, by who causes it and by who answers it."""
    for by in ("badge", "link", "api"):
        for fault in (
            "no_name",
            "private",
            "closed",
            "tls",
            "silent",
            "slow",
            "moved",
            "packed",
            "large",
            "forbidden",
        ):
            yield (
                f"NET-12-{by}-{fault.replace('_', '-')}",
                "told_nothing",
                strangers.what_a_stranger_is_told,
                {"fault": fault, "by": by},
                {"fault": ""},
            )
    for name, cookie in (("cookie", "Zm9yd2FyZA"), ("long-cookie", "Z" * 4_000)):
        yield (
            f"STA-20-{name}",
            "learned_nothing",
            strangers.what_the_issuer_learns,
            {"cookie": cookie},
            {"cookie": ""},
        )


def _of_writers() -> Iterator[Course]:
    """STA-12: two writers on one list."""
    for at, what, revoked in ((1, "list", 2), (2, "notes", 1)):
        yield (
            f"STA-12-{revoked}-revoked-while-the-{what}-{'is' if at == 1 else 'are'}-signed",
            "none_lost",
            issuer.second_writer,
            {"revoked": revoked, "at_signature": at},
            {"revoked": 0, "at_signature": 1},
        )
    yield "STA-12-at-once", "none_lost", issuer.writers_at_once, {"writers": 2, "each": 2}, {"writers": 1}


def _of_lists() -> Iterator[Course]:
    """STA-14 to STA-16: who sits where in a list, and what comes after its end."""
    yield "STA-14-class", "in_no_order", issuer.class_in_order, {"badges": 250}, {"badges": 1}
    for name, key in (("zeros", "00" * 32), ("ones", "ff" * 32), ("counted", bytes(range(32)).hex())):
        yield (
            f"STA-14-key-of-{name}",
            "each_once",
            issuer.position_met_twice,
            {"counters": 2_048, "key": key},
            {"counters": 1},
        )
    for badges in (2, 3):
        yield (
            f"STA-15-{badges - 1}-beyond-the-end",
            "another_list",
            issuer.list_fills,
            {"used": 131_071, "badges": badges},
            {"badges": 1},
        )
    for before, lost, after in ((40, 20, 40), (1, 1, 1)):
        yield (
            f"STA-16-{lost}-lost-of-{before + lost}",
            "no_place_twice",
            issuer.restored,
            {"before": before, "lost": lost, "after": after},
            {"before": 1, "lost": 0, "after": 1},
        )


def _of_crashes() -> Iterator[Course]:
    """STA-17: what was acknowledged is published, whatever happened on the way."""
    never = {"when": "never", "restarted_after": 10}
    for when in ("before_publication", "while_signing", "while_signing_notes"):
        yield f"STA-17-{when.replace('_', '-')}", "published", issuer.crash, {"when": when}, never
    yield (
        "STA-17-nobody-restarts",
        "waiting",
        issuer.crash,
        {"when": "before_publication", "restarted_after": 61},
        never,
    )
    yield (
        "STA-17-while-revoking",
        "nothing_kept",
        issuer.revocation_cut_short,
        {"action": "last"},
        {"action": ""},
    )
