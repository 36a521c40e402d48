"""Endorsements and associations in plain words, and as JSON for programs. Pure.

Only what was under a signature that has passed is told. An endorser's own name is what it calls itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from verifier.evidence import Verdict
from verifier.grounds import EndorsementItem
from verifier.words import spell_day

Words = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class EndorsementLine:
    """One endorsement in words.

    Args:
        item: The endorsement.
        of: What it is attached to.
        endorser: By the trust list, else its identifier; "" where its signature has not passed.
        comment: What the endorser says, or "".
        answer: What became of it.
        sentence: The same in a sentence, or several.
    """

    item: EndorsementItem
    of: str
    endorser: str
    comment: str
    answer: str
    sentence: str


def endorsement_lines(verdict: Verdict, words: Words) -> tuple[EndorsementLine, ...]:
    """Every endorsement in words."""
    return tuple(_line(item, words) for item in verdict.endorsements)


def association_lines(verdict: Verdict, words: Words) -> tuple[str, ...]:
    """How the achievements of a record belong together, a sentence each."""
    return tuple(
        words[f"association.{one.kind}"].format(
            source=one.source_name or one.source, target=one.target_name or one.target
        )
        for one in verdict.associations
    )


def endorsed(verdict: Verdict) -> str:
    """What an endorsement that stands alone endorses, by its identifier; "" for anything else."""
    value = verdict.credential.value if verdict.credential else {}
    types, subject = value.get("type"), value.get("credentialSubject")
    if (
        not isinstance(types, list)
        or "EndorsementCredential" not in types
        or not isinstance(subject, Mapping)
    ):
        return ""
    return str(subject.get("id", ""))


def endorsements_json(verdict: Verdict, words: Words) -> list[dict[str, Any]]:
    """The endorsements for programs.

    Returns:
        [{"outcome", "code", "of", "endorser", "calls_itself", "target", "name", "comment", "valid_from",
        "valid_until", "notes": [...], "sentence"}]; what was not signed is None.
    """
    return [
        {
            "outcome": str(line.item.outcome),
            "code": line.item.code,
            "of": line.item.of,
            "endorser": line.item.facts.get("endorser"),
            "calls_itself": line.item.facts.get("calls_itself"),
            "target": line.item.facts.get("target"),
            "name": line.item.facts.get("name"),
            "comment": line.item.facts.get("comment"),
            "valid_from": line.item.facts.get("date"),
            "valid_until": line.item.facts.get("until"),
            "notes": list(line.item.notes),
            "sentence": line.sentence,
        }
        for line in endorsement_lines(verdict, words)
    ]


def associations_json(verdict: Verdict) -> list[dict[str, str]]:
    """[{"type", "source", "target"}]."""
    return [
        {"type": str(one.kind), "source": one.source, "target": one.target} for one in verdict.associations
    ]


def _line(item: EndorsementItem, words: Words) -> EndorsementLine:
    days = {name: _spell(item.facts.get(name, ""), words) for name in ("date", "until")}
    said = [words[f"endorsement.{code}"].format(**days) for code in (item.code, *item.notes)]
    return EndorsementLine(
        item=item,
        of=words[f"endorsement.of.{item.of}"],
        endorser=item.facts.get("endorser", ""),
        comment=item.facts.get("comment", ""),
        answer=words[f"evidence.outcome.{item.outcome}"],
        sentence=" ".join(said),
    )


def _spell(day: str, words: Words) -> str:
    return spell_day(date.fromisoformat(day), words) if day else ""
