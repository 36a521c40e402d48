"""Whom a verifier knows and why, in words; and what a later list changes."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from credential.readiness import Subject
from credential.trust_list import ListedIssuer, Recognition, Withdrawal, digest
from tests.trust_lists import (
    ALL,
    CERTIFICATIONS,
    DISTRICT,
    PINS,
    STATE,
    ended,
    issuer,
    listing,
    other,
    signed,
)
from tests.world import NOW
from verifier.trust import NOBODY, TrustList, TrustLists, accept_list, parse_trust_list
from verifier.trust.comparing import compare
from verifier.trust.describing import MOST_NAMED, describe_lists


def state(*issuers: ListedIssuer, **changes: Any) -> TrustList:
    return accept_list(
        signed(*issuers, **changes), PINS, NOW, source="https://lists.state.example/l", fetched=NOW
    )


def local(**members: Any) -> TrustList:
    entry = {"id": DISTRICT, "name": "Riverbend"} | members
    return replace(
        parse_trust_list(json.dumps({"version": 1, "name": "Our own", "entries": [entry]}).encode()),
        source="/etc/cairn/own.json",
    )


def test_a_signed_list_says_whose_it_is_how_old_and_until_when() -> None:
    (told,) = describe_lists(state(), "en", NOW)
    assert (told.name, told.kind, told.version) == ("State list", "signed", 1)
    assert told.why == "Signed by Example State Department of Education, who answers for it."
    assert (told.publisher_id, told.since, told.until, told.fetched) == (
        STATE,
        "May 31, 2026",
        "August 29, 2026",
        "June 1, 2026",
    )
    assert told.usable
    (one,) = told.issuers
    assert (one.name, one.place, one.standing) == ("Riverbend School District", "Riverbend, CO", "recognised")
    assert one.recognised == (
        "Every kind of badge; since January 1, 2026; decided by State Board of Education.",
    )


def test_it_is_said_in_spanish_too() -> None:
    (told,) = describe_lists(state(), "es", NOW)
    assert told.name == "Lista del estado"
    assert told.issuers[0].name == "Distrito Escolar Riverbend"
    assert told.issuers[0].recognised[0].startswith("Todo tipo de insignia; desde el 1 de enero de 2026")


def test_a_plain_list_is_named_as_the_operators_own_and_its_path_is_not_told() -> None:
    (told,) = describe_lists(local(recognisedFor=["License"]), "en", NOW, {"kind.License": "License to work"})
    assert (told.kind, told.source, told.publisher) == ("local", "", "")
    assert "Not signed" in told.why
    assert told.issuers[0].recognised == ("License to work.",)


def test_every_limit_is_told() -> None:
    recognised = (
        Recognition(certifications=frozenset({"B", "A"}), last=date(2026, 12, 31)),
        Recognition(
            determinations=frozenset({Subject.MATH}), starts=date(2026, 1, 1), last=date(2026, 6, 30)
        ),
        Recognition(certifications=frozenset(str(n) for n in range(MOST_NAMED + 1))),
    )
    (told,) = describe_lists(state(issuer(recognised=recognised)), "en", NOW)
    assert told.issuers[0].recognised == (
        "Every kind of badge; only these certifications: A, B; until December 31, 2026.",
        "Every kind of badge; determinations in Math only; from January 1, 2026 to June 30, 2026.",
        f"Every kind of badge; only these certifications: {MOST_NAMED + 1} of them.",
    )


def test_a_withdrawn_issuer_is_told_with_its_reason() -> None:
    gone = issuer(withdrawn=Withdrawal(date(2026, 5, 1), "It has closed."))
    (told,) = describe_lists(state(gone), "en", NOW)
    assert told.issuers[0].standing == "withdrawn"
    assert told.issuers[0].withdrawn == "Recognition withdrawn on May 1, 2026: It has closed."
    assert told.issuers[0].recognised == ()


@pytest.mark.parametrize(
    ("recognised", "standing"),
    [((), "not_now"), ((Recognition(last=date(2026, 5, 31)),), "not_now"), ((ALL,), "recognised")],
)
def test_who_is_not_recognised_today_is_told_so(recognised: tuple[Recognition, ...], standing: str) -> None:
    (told,) = describe_lists(state(issuer(recognised=recognised)), "en", NOW)
    assert told.issuers[0].standing == standing


def test_a_list_that_cannot_be_used_recognises_nobody() -> None:
    (told,) = describe_lists(state(**ended()), "en", NOW)
    assert not told.usable
    assert "ended on June 1, 2026" in told.problem
    assert told.issuers[0].standing == "not_now"
    (told,) = describe_lists(TrustList("https://x.example/l", None, problem="trust_list_missing"), "en", NOW)
    assert not told.usable
    assert told.issuers == ()
    assert describe_lists(NOBODY, "en", NOW) == ()


def test_what_a_list_above_decides_is_said_below() -> None:
    squatter = local(id="did:web:m.example", tag="RIVER", retrieval="https://m.example")
    _, second, third = describe_lists(TrustLists((state(), local(), squatter)), "en", NOW)
    assert second.issuers[0].standing == "other_list"
    assert "State list" in second.issuers[0].note
    assert "RIVER" in third.issuers[0].note


def test_an_issuer_with_two_identifiers_is_told_once() -> None:
    (told,) = describe_lists(state(issuer(ids=(DISTRICT, "did:web:old.example"))), "en", NOW)
    assert [one.ids for one in told.issuers] == [(DISTRICT, "did:web:old.example")]


def test_a_comparison_says_who_came_who_went_and_what_is_wider() -> None:
    cedar = other()
    old = listing(issuer(recognised=(CERTIFICATIONS,)), cedar)
    told = digest(signed(issuer(recognised=(CERTIFICATIONS,)), cedar))
    same = compare(old, replace(old, version=2, previous=told), told)
    assert (same.follows, same.rises, same.same_list) == (True, True, True)
    assert (same.added, same.changed, same.withdrawn, same.gone) == ((), (), (), ())
    gone = replace(cedar, withdrawn=Withdrawal(date(2026, 5, 1), "Closed."))
    new = listing(issuer(), gone, other("Third", "third.example"), version=1, id="https://x.example/l")
    found = compare(old, new, told)
    assert (found.follows, found.rises, found.same_list) == (False, False, False)
    assert [one.names["en"] for one in found.added] == ["Third"]
    assert [one.names["en"] for one in found.withdrawn] == ["Cedar Mesa School District"]
    assert [(one.members, one.wider) for one in found.changed] == [(("recognised",), True)]
    assert compare(old, listing(cedar), told).gone == old.issuers[:1]


@pytest.mark.parametrize(
    ("before", "after", "wider"),
    [
        ({}, {"city": "Elsewhere"}, False),
        ({"recognised": (ALL,)}, {"recognised": (CERTIFICATIONS,)}, False),
        ({"recognised": (CERTIFICATIONS,)}, {"recognised": (ALL,)}, True),
        ({"recognised": (ALL,)}, {"recognised": (replace(ALL, last=date(2027, 1, 1)),)}, False),
        ({"recognised": (replace(ALL, last=date(2027, 1, 1)),)}, {"recognised": (ALL,)}, True),
        ({"recognised": (ALL,)}, {"recognised": (replace(ALL, starts=date(2025, 1, 1)),)}, True),
        (
            {"recognised": (replace(ALL, certifications=frozenset("A")),)},
            {"recognised": (replace(ALL, certifications=frozenset("AB")),)},
            True,
        ),
        ({"keys": frozenset({"k" * 43})}, {"keys": frozenset()}, True),
        ({"keys": frozenset()}, {"keys": frozenset({"k" * 43})}, False),
        ({}, {"ids": (DISTRICT, "did:web:new.example")}, True),
        ({"withdrawn": Withdrawal(date(2026, 5, 1), "x")}, {"withdrawn": None}, True),
    ],
)
def test_what_recognises_for_more_is_called_wider(
    before: dict[str, Any], after: dict[str, Any], *, wider: bool
) -> None:
    (changed,) = compare(listing(issuer(**before)), listing(issuer(**before | after)), "").changed
    assert changed.wider is wider
