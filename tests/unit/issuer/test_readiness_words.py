"""Every reason has a sentence for the people of the district."""

from __future__ import annotations

import ast
from pathlib import Path
from string import Formatter

from credential.readiness import Subject
from issuer.readiness_words import SENTENCES, sentences
from tests.unit.issuer.test_readiness import found, recorded

ROOT = Path(__file__).parents[3]


def test_every_reason_has_a_sentence() -> None:
    codes = set()
    for name in ("credential/rule/judging.py", "credential/rule/document.py", "issuer/readiness.py"):
        for node in ast.walk(ast.parse((ROOT / name).read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Reason":
                codes |= {str(one.value) for one in node.args[:1] if isinstance(one, ast.Constant)}
    codes |= {"all_met", "one_met", "enough_met", "part_missing", "none_met", "too_few"}
    assert codes == set(SENTENCES)


def test_a_judgement_is_told_with_its_reasons() -> None:
    readiness = found(recorded(achievement_type="Certificate"), recorded("AIMS-CERT"))
    told = sentences(readiness.judgements[Subject.ENGLISH])
    assert told[0] == "none of 4 is met, and one is needed"
    assert (
        "  Industry certification: CO-CNA: a college certificate prepares for a certification and is not one"
        in told
    )
    assert not any("{" in line for line in told)
    met = sentences(found(recorded()).judgements[Subject.ENGLISH])
    assert met == (
        "one of 4 is met, and one is enough",
        "  Industry certification: CO-CNA, earned on 2026-04-18",
    )
    assert all(
        name for text in SENTENCES.values() for _, name, _, _ in Formatter().parse(text) if name is not None
    )
