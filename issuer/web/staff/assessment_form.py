"""The nine questions of the needs assessment as a form: what was typed, as a proposal's JSON, and back.

A field has the name of its place in the JSON, so that a fault finds it:
`needs_assessment.answers.wanted.url`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from issuer.decisions.proposal import QUESTIONS, Answer
from issuer.web.forms import Form
from issuer.web.staff.page import WORDS
from issuer.web.staff.refusals import line_in

MEMBER: Final = "needs_assessment"
"""What it is called in a proposal."""
FIELDS: Final = ("answer", "note", "url", "date")
"""What belongs to one question."""
ANSWERS: Final = MappingProxyType({one.value: WORDS[f"answer.{one.value}"] for one in Answer})
OUTCOMES: Final = MappingProxyType({name: WORDS[f"assessment.{name}"] for name in ("go", "no-go")})

Typed = dict[str, Any]
"""The outcome, and for each question its `FIELDS`."""


def typed_in(form: Form) -> Typed | None:
    """What somebody typed; None for a form that does not ask."""
    if f"{MEMBER}.outcome" not in form.names():
        return None
    return {
        "outcome": form.text(f"{MEMBER}.outcome"),
        "answers": {
            key: {name: line_in(form, f"{MEMBER}.answers.{key}.{name}") for name in FIELDS}
            for key in QUESTIONS
        },
    }


def typed_of(document: Mapping[str, Any] | None) -> Typed:
    """What stands in the form for a needs assessment as JSON, or for none."""
    given = document or {"answers": {}, "outcome": ""}
    answers = given["answers"]
    return {
        "outcome": given["outcome"],
        "answers": {
            key: {name: str(answers.get(key, {}).get(name, "")) for name in FIELDS} for key in QUESTIONS
        },
    }


def document(typed: Typed) -> Mapping[str, Any] | None:
    """What was typed as JSON; None where nothing was, because it was not made."""
    answers = {
        key: {name: text for name, text in one.items() if text or name == "answer"}
        for key, one in typed["answers"].items()
    }
    if not typed["outcome"] and not any(any(one.values()) for one in answers.values()):
        return None
    return {"answers": answers, "outcome": typed["outcome"]}
