"""A draft of any good facts passes `prepare`; a hostile change to it is refused and never crashes."""

from __future__ import annotations

import string
from datetime import date, timedelta
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from contexts.document import Document
from credential.model import AchievementCredential
from issuer.catalog import default_catalogue
from issuer.prepare import PrepareRefused, prepare
from issuer.text import fault_in, normal
from tests.awards import SUBJECT_ID, draft

LETTERS = st.characters(categories=("Lu", "Ll", "Lo", "Lm", "Nd", "Pd"))
NAME = st.text(LETTERS, min_size=1, max_size=40).map(normal).filter(lambda text: fault_in(text) is None)
CODES = st.sampled_from([entry.code for entry in default_catalogue().entries])
DAYS = st.dates(date(1990, 1, 1), date(2026, 6, 1))


@given(
    code=CODES,
    name=NAME,
    number=st.text(string.ascii_letters + string.digits + "/.", min_size=1, max_size=30),
    score=st.none() | st.decimals(-100, 1000, places=1).map(str),
    evaluator=st.none() | NAME,
    earned=DAYS,
    years=st.none() | st.integers(1, 10),
    provisional=st.booleans(),
    subject=st.sampled_from([None, SUBJECT_ID]),
)
@settings(deadline=None, max_examples=100)
def test_a_draft_of_good_facts_passes(
    code: str, name: str, number: str, years: int | None, earned: date, **more: Any
) -> None:
    entry = default_catalogue().get(code)
    assert entry is not None
    ends = None
    if years is not None and entry.takes_expiry:
        ends = date(2026, 6, 2) + timedelta(days=365 * years)
    made = draft(
        code,
        recipient_name=name,
        number=number,
        score=more["score"],
        evaluator=more["evaluator"],
        date_earned=earned,
        last_day=ends,
        provisional=more["provisional"] and entry.provisional_until is not None,
        subject_id=more["subject"],
    )
    assert AchievementCredential.from_json(made).to_json() == made
    assert prepare(made).credential_id == made["id"]


def attempt(made: dict[str, Any]) -> tuple[Document | None, str]:
    """What is released to be signed, or the code of the refusal."""
    try:
        return prepare(made).release(), ""
    except PrepareRefused as refused:
        return None, refused.code


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every member and item."""
    found = []
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, child in steps:
        found += [(*path, step), *places(child, (*path, step))]
    return found


PLACES = places(draft("CO-CNA", evaluator="T. Holloway", score="8"))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(where=st.sampled_from(PLACES), value=JSON)
@settings(deadline=None, max_examples=200)
def test_any_change_is_prepared_as_it_stands_or_refused(where: tuple[Any, ...], value: Any) -> None:
    made = draft("CO-CNA", evaluator="T. Holloway", score="8")
    here: Any = made
    for step in where[:-1]:
        here = here[step]
    here[where[-1]] = value
    document, code = attempt(made)
    assert code or (document is not None and document.value == made)


@given(text=st.text(min_size=1, max_size=30))
@settings(deadline=None, max_examples=150)
def test_a_name_is_signed_as_it_was_normalised_or_not_at_all(text: str) -> None:
    assume(normal(text))
    made = draft(recipient_name=text)
    document, code = attempt(made)
    assert code in {"", "bad_characters", "bad_encoding", "forbidden_value", "text_too_long"}
    if document is not None:
        assert document.value["credentialSubject"]["identifier"][0]["identityHash"] == normal(text)
