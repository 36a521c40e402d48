"""Why a student has, or has not, shown readiness: sentences for the people of the district."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from credential.rule import Attested, Holds, Judgement, Level, Reason, Score

SENTENCES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "all_met": "all {of} are met",
        "one_met": "one of {of} is met, and one is enough",
        "enough_met": "{met} of {of} are met, and {needed} are needed",
        "points_reached": "{points} points, and {needed} are needed",
        "score_reached": "{assessment}: {value} on {date}, and {needed} is needed",
        "held": "{code}, earned on {date}",
        "attested": "attested on {date}: {says}",
        "part_missing": "{met} of {of} are met, and all are needed",
        "none_met": "none of {of} is met, and one is needed",
        "too_few": "{met} of {of} are met, and {needed} are needed",
        "points_short": "{points} points, and {needed} are needed",
        "score_short": "{assessment}: {value}, and {needed} is needed",
        "no_score": "{assessment}: no score is recorded, and {needed} is needed",
        "not_held": "{code}: no badge is recorded",
        "not_attested": "not attested: {says}",
        "no_decision": "{code}: no decision in force on that day makes it count",
        "decided_for_another_subject": "{code}: the decision is for another subject",
        "decision_not_active": "{code}: the decision was not in force on that day",
        "earned_later": "{code}: it was earned later, on {date}",
        "college_certificate": "{code}: a college certificate prepares for a certification and is not one",
        "kind_does_not_count": "{code}: this kind of award ({kind}) cannot count as a certification",
        "provisional": "{code}: the certifying body has still to confirm it",
        "lapsed": "{code}: it ended on {ended}, before that day",
        "withdrawn": "{code}: its badge was withdrawn",
    }
)
"""Code of a reason to the sentence; its blanks are the reason's facts."""


def sentences(judgement: Judgement) -> tuple[str, ...]:
    """The reasons of a judgement, the chief one first; below a met rule only what met it."""
    return tuple(_lines(judgement, 0))


def uncounted(reasons: Iterable[Reason]) -> tuple[str, ...]:
    """Why certifications do not count, a sentence each."""
    return tuple(SENTENCES[reason.code].format(**reason.facts) for reason in reasons)


def _lines(judgement: Judgement, depth: int) -> Iterator[str]:
    node, facts = judgement.node, dict(judgement.reason.facts)
    if isinstance(node, Score | Level):
        facts["assessment"] = f"{node.assessment}, {node.part}" if node.part else node.assessment
    elif isinstance(node, Holds):
        facts.setdefault("code", node.code)
    elif isinstance(node, Attested):
        facts.setdefault("says", node.says)
    said = SENTENCES[judgement.reason.code].format(**facts)
    yield "  " * depth + (f"{node.label}: {said}" if node.label else said)
    for index, part in enumerate(judgement.parts):
        if not judgement.met or index in judgement.counted:
            yield from _lines(part, depth + 1)
