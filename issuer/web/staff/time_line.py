"""What happened to a student's badges and scores, as a line of events."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from credential.readiness import Subject
from issuer.determination import CODE
from issuer.store.dossier import Badge
from issuer.store.measures import Measure
from issuer.web.staff.dossier import reason_words
from issuer.web.staff.page import WORDS

SUBJECTS: Final = {Subject.ENGLISH: "subject.english", Subject.MATH: "subject.math"}
"""Each subject, and the word for it."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, for the time line."""

    at: datetime
    words: str
    badge: Badge | None = None


def time_line(
    badges: list[Badge], measures: list[Measure], joined: list[Any], named: Mapping[str, str]
) -> Iterator[Event]:
    """What happened, the newest first."""
    by_id = {one.credential_id: one for one in badges}
    events = []
    for one in badges:
        is_determination = one.code == CODE
        code = _determined(one) if is_determination else named.get(one.code, one.code)
        events.append(Event(one.recorded_at, WORDS["event.recorded"].format(code=code), one))
        if one.signed_at is not None:
            words = WORDS["event.determined" if is_determination else "event.issued"]
            events.append(Event(one.signed_at, words.format(code=code), one))
        if one.withdrawn_at is not None:
            words = WORDS["event.withdrawn"].format(code=code, reason=reason_words(one.reason))
            events.append(Event(one.withdrawn_at, words, one))
    for row in joined:
        words = WORDS["event.replaced" if row.action == "credential.replaced" else "event.renewed"]
        events.append(
            Event(
                row.at,
                words.format(code=named.get(by_id[row.subject].code, by_id[row.subject].code)),
                by_id[row.subject],
            )
        )
    for measure in measures:
        what = _measured(measure)
        events.append(Event(measure.recorded_at, WORDS["event.measured"].format(what=what)))
        if measure.retracted_at is not None:
            events.append(Event(measure.retracted_at, WORDS["event.retracted"].format(what=what)))
    events.reverse()  # of one moment, what came later stands first too
    return iter(sorted(events, key=lambda one: one.at, reverse=True))


def _determined(badge: Badge) -> str:
    names = {str(subject): WORDS[word] for subject, word in SUBJECTS.items()}
    subjects = (badge.facts.get("determined") or {}).get("subjects", ())
    return ", ".join(names.get(name, name) for name in subjects)


def _measured(measure: Measure) -> str:
    parts = (measure.assessment, measure.part, measure.value)
    return ", ".join(text for text in parts if text)
