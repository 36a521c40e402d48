"""How each need is asked over the network, and what a refusal becomes."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from tests.world import NOW
from verifier.evidence import Failure, Fetched, Need, NeedKind
from verifier.fetch import FetchedBytes, Fetcher, FetchRefused
from verifier.network import Network, open_network
from verifier.policy import Policy

URL = "https://a.example/x"


@dataclass
class Scripted:
    """A fetcher that says what it is told to say."""

    refusal: FetchRefused | None = None
    asked: list[dict[str, Any]] = field(default_factory=list)

    async def fetch(self, url: str, **how: Any) -> FetchedBytes:
        self.asked.append({"url": url, **how})
        if self.refusal:
            raise self.refusal
        return FetchedBytes(url, 200, "application/json", b"{}")


def ask(fetcher: Scripted, need: Need) -> Fetched | Failure:
    return asyncio.run(Network(cast("Fetcher", fetcher), lambda: NOW).answer(need))


@pytest.mark.parametrize(
    ("sunset", "day"),
    [
        ("Sun, 30 Aug 2026 23:59:59 GMT", "2026-08-30"),
        ("", ""),
        ("2026-08-30", ""),
        ("Sun, 31 Feb 2026 23:59:59 GMT", ""),
        ("<b>today</b>", ""),
    ],
)
def test_an_ended_share_brings_its_day_where_the_issuer_says_a_plain_one(sunset: str, day: str) -> None:
    gone = FetchRefused("http_status", "no", 410, sunset)
    answer = ask(Scripted(gone), Need(NeedKind.RETRIEVAL, URL, body=b"{}"))
    assert isinstance(answer, Failure)
    assert (answer.code, answer.last_day) == ("share_ended", day)


@pytest.mark.parametrize("kind", list(NeedKind))
def test_every_kind_of_need_has_its_bound_and_its_method(kind: NeedKind) -> None:
    fetcher = Scripted()
    body = b"{}" if kind is NeedKind.RETRIEVAL else b""
    need = Need(kind, URL, body=body)
    assert ask(fetcher, need) == Fetched(need, b"{}", NOW)
    asked = fetcher.asked[0]
    assert asked["method"] == ("POST" if body else "GET")
    assert asked["body"] == (body or None)
    assert 0 < asked["max_bytes"] <= 5 * 1024 * 1024


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        (NeedKind.RETRIEVAL, 404, "not_found"),
        (NeedKind.RETRIEVAL, 403, "not_shared"),
        (NeedKind.RETRIEVAL, 410, "share_ended"),
        (NeedKind.RETRIEVAL, 500, "http_status"),
        (NeedKind.CREDENTIAL, 404, "http_status"),
        (NeedKind.DID_DOCUMENT, 410, "http_status"),
    ],
)
def test_an_issuer_says_by_its_status_what_became_of_a_share(kind: NeedKind, status: int, code: str) -> None:
    answer = ask(Scripted(FetchRefused("http_status", "no", status)), Need(kind, URL, body=b"{}"))
    assert isinstance(answer, Failure)
    assert answer.code == code


def test_other_refusals_keep_their_code() -> None:
    answer = ask(Scripted(FetchRefused("blocked_address", "no")), Need(NeedKind.STATUS_LIST, URL))
    assert isinstance(answer, Failure)
    assert answer.code == "blocked_address"


def test_this_machine_is_asked_only_where_the_policy_names_it() -> None:
    need = Need(NeedKind.DID_DOCUMENT, "http://localhost:1/.well-known/did.json")

    def code(policy: Policy) -> str:
        answer = asyncio.run(open_network(policy).answer(need))  # sockets are off: nothing is dialled
        assert isinstance(answer, Failure)
        return answer.code

    assert code(Policy()) != "unreachable"
    assert code(Policy(loopback=frozenset({"localhost:2"}))) == code(Policy())
