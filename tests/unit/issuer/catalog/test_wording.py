from __future__ import annotations

from typing import Any

import pytest

from issuer.catalog.wording import in_words

SAT: dict[str, Any] = {"score": {"assessment": "SAT", "part": "Math", "at_least": "500"}}
GRADE: dict[str, Any] = {
    "level": {"assessment": "COURSE", "at_least": "C", "order": ["F", "D", "C", "B", "A"]}
}
CNA: dict[str, Any] = {"certification": {"code": "CO-CNA"}}
WORD: dict[str, Any] = {"attested": {"what": "capstone", "says": "The panel passed it."}}


@pytest.mark.parametrize(
    ("node", "words"),
    [
        (SAT, "SAT Math 500 or more"),
        (GRADE, "COURSE C or better"),
        (CNA, "certification CO-CNA"),
        (WORD, "The panel passed it"),
        ({"any_of": [SAT]}, "SAT Math 500 or more"),
        ({"any_of": [SAT, CNA]}, "SAT Math 500 or more, or certification CO-CNA"),
        (
            {"all_of": [{"any_of": [SAT, CNA]}, GRADE]},
            "(SAT Math 500 or more, or certification CO-CNA), and COURSE C or better",
        ),
        (
            {"at_least": 2, "of": [SAT, CNA, WORD]},
            "2 of: SAT Math 500 or more; certification CO-CNA; The panel passed it",
        ),
        (
            {"points": "90", "from": [{"points": "45", "when": CNA}]},
            "90 points (45 for certification CO-CNA)",
        ),
    ],
)
def test_a_criterion_reads_as_a_phrase(node: dict[str, Any], words: str) -> None:
    assert in_words(node) == words


def test_the_assessment_whose_name_stands_above_is_not_said_again() -> None:
    assert in_words({"any_of": [SAT, CNA]}, within="SAT") == "Math 500 or more, or certification CO-CNA"
