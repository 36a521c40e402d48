"""A word without a meaning decides where meaning is signed, and is a note where every byte is."""

from __future__ import annotations

import pytest

from contexts.document import parse
from contexts.errors import DocumentError
from tests.world import World
from verifier.checks.meaning import check_meaning, note_meaning
from verifier.checks.proof import read_token
from verifier.evidence import Check, CheckOutcome, Code


def test_a_word_without_a_meaning_under_an_embedded_proof_is_a_change() -> None:
    world = World()
    world.tamper["badge"] = lambda made: made["credentialSubject"].update(gpa="4.0")
    verdict = world.check(world.badge())
    assert (verdict.code, verdict.finding(Check.MEANING).code) == (Code.TAMPERED, "undefined_term")


def test_a_word_without_a_meaning_in_a_token_is_a_note() -> None:
    world = World(form="jwt")
    world.edit["badge"] = lambda made: made["credentialSubject"].update(gpa="4.0")
    verdict = world.check(world.badge())
    assert verdict.code is Code.VALID
    finding = verdict.finding(Check.MEANING)
    assert finding.notes == ("undefined_terms",)
    assert "/credentialSubject/gpa" in finding.detail


def test_a_token_whose_meaning_cannot_be_read_at_all_says_so() -> None:
    world = World(form="jwt")
    world.edit["badge"] = lambda made: made["@context"].append({"gpa": "https://mallory.example/gpa"})
    finding = note_meaning(read_token(world.badge()).document)
    assert finding.outcome is CheckOutcome.YES
    assert finding.notes == ("meaning_not_clear",)


def test_a_foreign_context_is_refused_before_anything_is_fetched() -> None:
    world = World()
    world.tamper["badge"] = lambda made: made["@context"].append("https://mallory.example/context")
    verdict = world.check(world.badge())
    assert verdict.finding(Check.MEANING).code == "context_not_allowed"
    assert world.asked == []
    with pytest.raises(DocumentError, match="context_not_allowed"):
        check_meaning(parse(world.badge()))
