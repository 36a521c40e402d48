"""Whatever texts a badge takes from its award, its form is that of the walk, filled in or not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from contexts.canonical import canonical_quads
from contexts.document import Document, compose
from contexts.errors import DocumentError
from contexts.pinned import ISSUING
from issuer.alike import ENOUGH, Alike
from issuer.draft import draft_credential
from tests import awards

TEXT = st.text(st.characters(codec="utf-8"), min_size=1, max_size=30) | st.text(min_size=1)
ADDRESS = st.sampled_from(["https://work.example/1", awards.ORIGIN, awards.SUBJECT_ID]) | TEXT
OTHERS = {"recipient_name": "x", "number": "1", "score": "2", "evidence_url": "https://work.example/other"}


def badge(**changes: Any) -> dict[str, Any]:
    return draft_credential(
        replace(awards.facts("CO-CNA", **changes), last_day=date(2030, 1, 1)),
        awards.DISTRICT,
        credential_id=awards.CREDENTIAL_ID,
        issued_at=awards.ISSUED_AT,
        status=awards.STATUS,
    ).to_json()


def form(document: Document) -> bytes | str:
    try:
        return canonical_quads(document, contexts=ISSUING)
    except DocumentError as error:
        return error.code


@given(
    recipient_name=TEXT,
    number=TEXT,
    score=st.none() | TEXT,
    evidence_url=st.none() | ADDRESS,
    subject_id=ADDRESS,
    provisional=st.booleans(),
)
@settings(deadline=None, max_examples=30)
def test_the_form_of_a_badge_is_that_of_the_walk(**facts: Any) -> None:
    kinds = Alike()
    before = {name: text if facts[name] else facts[name] for name, text in OTHERS.items()}
    other = compose(badge(**(facts | before | {"subject_id": "urn:x:1"})))
    for _ in range(ENOUGH):
        kinds.fill(other)
    value = badge(**facts)
    try:
        document, again = compose(value), compose(value)
    except DocumentError:
        return
    kinds.fill(document)
    assert form(document) == form(again)
