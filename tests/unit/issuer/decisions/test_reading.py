"""A proposal's file: what is read, what is refused and where, and that nothing is lost in between."""

from __future__ import annotations

import copy
import json
from datetime import date
from typing import Any

import pytest

from credential.readiness import Subject
from issuer.catalog import CatalogueError, default_catalogue
from issuer.decisions import reading
from issuer.decisions.badge import Addition, alignments_of, check_fits, with_addition
from issuer.decisions.errors import DecisionRefused
from issuer.decisions.exchange import ELSEWHERE, anonymous, template
from issuer.decisions.proposal import QUESTIONS, SectionName, check_votable, missing
from issuer.decisions.reading import parse_proposal, proposal_json, with_reviews
from tests.awards import DISTRICT
from tests.committee import ENGLISH_ROW, MATH_ROW, ONET_ROW, PROPOSAL, data, proposal, sections

NEEDS: dict[str, Any] = {
    "answers": {key: {"answer": "yes", "note": "see the report"} for key in QUESTIONS},
    "outcome": "go",
}


def with_evidence(**changes: Any) -> dict[str, Any]:
    """The needs assessment with evidence for one answer."""
    evidence = {"answer": "no", "url": "https://a.example/b", "date": "2026-05-01"} | changes
    kept = {name: text for name, text in evidence.items() if text is not None}
    return NEEDS | {"answers": NEEDS["answers"] | {"workforce": kept}}


def test_it_reads_back_as_it_was_written() -> None:
    for value in (
        proposal(),
        proposal(needs_assessment=NEEDS),
        proposal(needs_assessment=with_evidence()),
        proposal(sections={}, recognition=None),
        sections(cte_program={"statements": [{"text": "Yes.", "url": "https://a.example/b"}]}),
        sections(standards={"alignments": [ENGLISH_ROW | {"item_ended": "2026-08-01"}, MATH_ROW]}),
        proposal(recognition={"body": "B", "list": "L", "version": "2026", "url": "https://a.example"}),
    ):
        assert proposal_json(parse_proposal(data(value))) == value


def put(pointer: str, value: Any) -> dict[str, Any]:
    """The proposal with one value changed; a value that is there is replaced."""
    made = copy.deepcopy(PROPOSAL)
    here: Any = made
    *path, last = [int(step) if step.isdecimal() else step for step in pointer.split("/")[1:]]
    for step in path:
        here = here[step]
    here[last] = value
    return made


ROW = "/sections/standards/alignments/0"
ONET = "/sections/industry_need/alignments/0"
DEMAND = "/sections/industry_need/demand/0"
FAULTS = [
    ("/code", "", "wrong_type"),
    ("/code", "A" * 41, "bad_value"),
    ("/code", "-A", "bad_value"),
    ("/origin", "nowhere", "bad_value"),
    ("/author", "Two Words", "bad_value"),
    ("/author", 7, "wrong_type"),
    ("/date", "1 May", "bad_value"),
    ("/subjects", [], "bad_value"),
    ("/subjects/0", "SCI", "bad_value"),
    ("/next_review", "2026-05-01", "bad_value"),
    ("/votes", 3, "unknown_member"),
    ("/sections/sports", {}, "unknown_member"),
    ("/sections/standards/demand", [], "unknown_member"),
    ("/sections/course_content/waived", "Rows stand beside it.", "bad_value"),
    ("/sections/course_content/statements/0/text", "  ", "wrong_type"),
    ("/sections/course_content/statements/0/text", "turned \u202e around", "bad_value"),
    ("/sections/course_content/statements/0/text", "x" * (reading.LONGEST_TEXT + 1), "bad_value"),
    ("/sections/course_content/statements/0/url", "http://a.example", "bad_value"),
    (f"{ROW}/target_type", "CFStuff", "bad_value"),
    (f"{ROW}/target_type", "ext:", "bad_value"),
    (f"{ROW}/strength", "some", "bad_value"),
    (f"{ROW}/subject", "SCI", "bad_value"),
    (f"{ROW}/url", "javascript:alert(1)", "bad_value"),
    (f"{ROW}/name", "x" * (reading.LONGEST_LINE + 1), "bad_value"),
    (f"{ROW}/next_review", "2026-05-01", "bad_value"),
    (f"{ROW}/weight", "1", "unknown_member"),
    (f"{ONET}/framework", "O*NET-SOC", "bad_value"),
    (f"{ONET}/code", "31-1131", "bad_value"),
    (f"{ONET}/code", "", "bad_value"),
    (f"{DEMAND}/openings", -1, "bad_value"),
    (f"{DEMAND}/openings", True, "bad_value"),
    (f"{DEMAND}/openings", reading.MOST_OPENINGS + 1, "bad_value"),
    (f"{DEMAND}/year", 1989, "bad_value"),
    (f"{DEMAND}/year", "2025", "bad_value"),
    ("/recognition/body", "", "wrong_type"),
    ("/needs_assessment", {"answers": {}, "outcome": "go"}, "missing_member"),
    ("/needs_assessment", NEEDS | {"outcome": "perhaps"}, "bad_value"),
    ("/needs_assessment", with_evidence(date=None), "bad_value"),
    ("/needs_assessment", with_evidence(url=None), "bad_value"),
    ("/needs_assessment", with_evidence(date="2026-05-02"), "bad_value"),
]


@pytest.mark.parametrize(("pointer", "value", "code"), FAULTS)
def test_a_fault_is_named_with_its_place(pointer: str, value: Any, code: str) -> None:
    with pytest.raises(CatalogueError) as refused:
        parse_proposal(data(put(pointer, value)), file="cna.json")
    assert refused.value.code == code
    assert refused.value.pointer.startswith(pointer)
    assert "cna.json" in str(refused.value)


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("/code", "A" * 40),
        ("/sections/course_content/statements/0/text", "x" * reading.LONGEST_TEXT),
        (f"{ROW}/name", "x" * reading.LONGEST_LINE),
        (f"{ROW}/target_type", "ext:Skill"),
        (f"{ROW}/target_type", "CTDL"),
        (f"{ROW}/code", ""),
        (f"{DEMAND}/openings", reading.MOST_OPENINGS),
        (f"{DEMAND}/openings", 0),
        (f"{ONET}/framework", "O*NET-SOC 2010"),
        ("/help", "anything"),
    ],
)
def test_its_twin_is_read(pointer: str, value: Any) -> None:
    parse_proposal(data(put(pointer, value)))


def test_what_is_no_proposal_at_all() -> None:
    for body, code in (
        (b"[]", "wrong_type"),
        (b"{", "not_json"),
        (b'{"code":"A","code":"B"}', "duplicate_key"),
    ):
        with pytest.raises(CatalogueError, match=code):
            parse_proposal(body)


def test_bounds_at_the_limit_and_one_past_it() -> None:
    def with_rows(count: int) -> bytes:
        rows = [ENGLISH_ROW | {"code": f"E{n}"} for n in range(count - 2)]
        return data(sections(standards={"alignments": [*rows, MATH_ROW]}))

    assert len(parse_proposal(with_rows(reading.MOST_ROWS)).alignments) == reading.MOST_ROWS
    with pytest.raises(DecisionRefused, match="too_many"):
        parse_proposal(with_rows(reading.MOST_ROWS + 1))
    one = {"text": "A line."}
    most = [one] * reading.MOST_STATEMENTS
    parse_proposal(data(sections(course_content={"statements": most})))
    with pytest.raises(DecisionRefused, match="too_many"):
        parse_proposal(data(sections(course_content={"statements": [*most, one]})))
    body = data(proposal())
    parse_proposal(body + b" " * (reading.LARGEST_FILE - len(body)))
    with pytest.raises(DecisionRefused, match="too_many"):
        parse_proposal(body + b" " * (reading.LARGEST_FILE + 1 - len(body)))


def test_the_largest_proposal_fits_into_a_badge() -> None:
    rows = [
        ENGLISH_ROW
        | {"code": f"E{n}", "name": "x" * 500, "note": "y" * 450, "url": "https://a.example/" + "z" * 480}
        for n in range(reading.MOST_ROWS - 2)
    ]
    made = parse_proposal(data(sections(standards={"alignments": [*rows, MATH_ROW]})))
    both = frozenset(Subject)
    check_fits(with_addition(bare(), Addition(alignments_of(made, both))), loopback=False)


def bare() -> dict[str, Any]:
    from issuer.catalog.achievement import achievement

    entry = default_catalogue().get("CO-CNA")
    assert entry is not None
    return achievement(entry, f"https://{DISTRICT.id.removeprefix('did:web:')}/achievements/co-cna")


MISSING = {
    "course content": sections(course_content=None),
    "academic and CTE standards (fill": sections(standards={"alignments": []}),
    "no English standard": sections(standards={"alignments": [MATH_ROW]}),
    "no math standard": sections(standards={"alignments": [ENGLISH_ROW, MATH_ROW | {"strength": "none"}]}),
    "the CTE program": sections(cte_program={}),
    "how many openings": sections(industry_need={"statements": [{"text": "Everybody says so."}]}),
    "college": sections(postsecondary=None),
    "recognition": proposal(recognition=None),
    "no go": proposal(needs_assessment=NEEDS | {"outcome": "no-go"}),
}


@pytest.mark.parametrize("words", MISSING)
def test_a_gap_is_named_and_stops_the_vote(words: str) -> None:
    made = parse_proposal(data(MISSING[words]))
    assert len(missing(made)) == 1
    with pytest.raises(DecisionRefused, match="not_votable") as refused:
        check_votable(made, signed_off=True)
    assert words in refused.value.message


def test_all_gaps_are_named_at_once() -> None:
    empty = parse_proposal(data(proposal(sections=None, recognition=None)))
    assert len(missing(empty)) == len(SectionName) + 1


def test_a_waived_section_with_a_reason_is_no_gap() -> None:
    waived = {name.value: {"waived": "Not for this one."} for name in SectionName}
    assert missing(parse_proposal(data(proposal(sections=waived)))) == ()
    english = proposal(
        subjects=["ENG"], sections=PROPOSAL["sections"] | {"standards": {"alignments": [ENGLISH_ROW]}}
    )
    assert missing(parse_proposal(data(english))) == ()


def test_the_empty_proposal_can_be_read_and_is_not_votable() -> None:
    entry = default_catalogue().get("CO-CNA")
    assert entry is not None
    made = parse_proposal(data(template(entry, author="cte-1", day=date(2026, 6, 1))))
    assert made.code == "CO-CNA"
    assert [row.code for row in made.alignments] == ["31-1131.00"]
    assert len(missing(made)) == len(SectionName) + 2  # and recognition, and the needs assessment
    for one in default_catalogue().entries:
        parse_proposal(data(template(one, author="cte-1", day=date(2026, 6, 1))))


def test_another_district_learns_no_names() -> None:
    made = parse_proposal(data(proposal(needs_assessment=NEEDS)))
    given = anonymous(made)
    text = json.dumps(given)
    assert "cte-1" not in text
    assert "needs_assessment" not in given
    again = parse_proposal(text.encode(), author="cte-7")
    assert again.author == "cte-7"
    assert {row.author for row in again.alignments} == {ELSEWHERE}
    assert missing(again) == ()


def test_a_review_moves_one_row() -> None:
    made = parse_proposal(data(proposal()))
    after = with_reviews(made, {2: (date(2030, 1, 1), None), 3: (date(2031, 1, 1), date(2029, 1, 1))})
    assert after.alignments[0] == made.alignments[0]
    assert after.alignments[1].next_review == date(2030, 1, 1)
    assert (after.alignments[2].next_review, after.alignments[2].ended) == (
        date(2031, 1, 1),
        date(2029, 1, 1),
    )
    assert with_reviews(made, {}) == made


def test_a_badge_carries_what_was_decided_and_nothing_twice() -> None:
    made = parse_proposal(
        data(
            sections(
                standards={
                    "alignments": [ENGLISH_ROW, MATH_ROW, ENGLISH_ROW | {"code": "X", "strength": "none"}]
                }
            )
        )
    )
    english = with_addition(bare(), Addition(alignments_of(made, frozenset({Subject.ENGLISH}))))
    assert [row["targetCode"] for row in english["alignment"]] == ["31-1131.00", "RWC.HS.3.1"]
    assert english["alignment"][1] == {
        "type": ["Alignment"],
        "targetName": ENGLISH_ROW["name"],
        "targetUrl": ENGLISH_ROW["url"],
        "targetFramework": ENGLISH_ROW["framework"],
        "targetType": "CFItem",
        "targetCode": "RWC.HS.3.1",
        "targetDescription": "Met in part: charting and reports",
    }
    both = with_addition(bare(), Addition(alignments_of(made, frozenset(Subject))))
    assert [row["targetType"] for row in both["alignment"]] == ["ext:ONET", "CFItem", "ceasn:Competency"]
    assert both["alignment"][0]["targetFramework"] == "O*NET-SOC 2019"
    check_fits(both, loopback=False)
    older = parse_proposal(data(put(f"{ONET}/framework", "O*NET-SOC 2010")))
    kept = with_addition(bare(), Addition(alignments_of(older, frozenset(Subject))))
    assert "O*NET-SOC 2010" in {row["targetFramework"] for row in kept["alignment"]}
    assert ONET_ROW["framework"] in {row["targetFramework"] for row in kept["alignment"]}


def test_what_does_not_fit_is_refused() -> None:
    made = bare() | {"description": "SSN: 123-45-6789"}
    with pytest.raises(DecisionRefused, match="does_not_fit"):
        check_fits(made, loopback=False)
    local = bare() | {"id": "http://localhost:8000/achievements/co-cna"}
    with pytest.raises(DecisionRefused, match="does_not_fit"):
        check_fits(local, loopback=False)
