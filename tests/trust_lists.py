"""Signed trust lists of an invented state, for tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from credential.readiness import Subject
from credential.trust_list import (
    ListedIssuer,
    Publisher,
    Recognition,
    TrustListCredential,
    digest,
    sign_list,
)
from keys.did import did_for_web
from tests.seeded import SeededSigner
from tests.world import HOST, NAME, NOW

STATE = did_for_web("lists.state.example")
LIST_ID = "https://lists.state.example/trust"
SIGNER = SeededSigner("state", STATE)
MALLORY = SeededSigner("mallory", STATE)
KEY = SIGNER.public_key.multikey()
PINS = frozenset({SIGNER.public_key})
DISTRICT = did_for_web(HOST)

ALL = Recognition(starts=date(2026, 1, 1), by="State Board of Education")
CERTIFICATIONS = replace(ALL, types=frozenset({"Certification"}))
ENGLISH = Recognition(determinations=frozenset({Subject.ENGLISH}))


def issuer(**changes: Any) -> ListedIssuer:
    """The world's district as the state lists it."""
    usual = ListedIssuer(
        ids=(DISTRICT,),
        names={"en": NAME, "es": "Distrito Escolar Riverbend"},
        recognised=(ALL,),
        city="Riverbend",
        state="CO",
        website="https://riverbend.example/",
        contact="badges@riverbend.example",
        tag="RIVER",
        retrieval=f"https://{HOST}",
    )
    return replace(usual, **changes)


def other(name: str = "Cedar Mesa School District", host: str = "badges.cedarmesa.example") -> ListedIssuer:
    """Another district of the state."""
    return ListedIssuer(ids=(did_for_web(host),), names={"en": name}, recognised=(CERTIFICATIONS,))


def listing(*issuers: ListedIssuer, **changes: Any) -> TrustListCredential:
    """The state's list: version 1 of the day before the world's now, good for 90 days."""
    usual = TrustListCredential(
        id=LIST_ID,
        names={"en": "State list", "es": "Lista del estado"},
        publisher=Publisher(STATE, "Example State Department of Education"),
        version=1,
        starts=NOW - timedelta(days=1),
        ends=NOW + timedelta(days=89),
        issuers=issuers or (issuer(),),
    )
    return replace(usual, **changes)


def signed(*issuers: ListedIssuer, signer: SeededSigner = SIGNER, **changes: Any) -> bytes:
    """The same, signed."""
    return sign_list(listing(*issuers, **changes), signer).encode("ascii")


def later(before: bytes, *issuers: ListedIssuer, version: int = 2, **changes: Any) -> bytes:
    """The version that follows on another."""
    return signed(*issuers, version=version, previous=digest(before), **changes)


def ended(at: datetime = NOW) -> dict[str, Any]:
    """The dates of a list that has ended at a time."""
    return {"starts": at - timedelta(days=90), "ends": at}
