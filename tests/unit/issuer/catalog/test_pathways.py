from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from issuer.catalog import CatalogueError, default_catalogue, load_catalogue
from issuer.catalog.pathway_file import MOST_EDGES, default_pathways, load_pathways
from issuer.catalog.pathways import Association, Edge, Pathways, round_trip
from tests.rule_sets import Facts, fault, meets, packaged
from tests.unit.issuer.catalog.test_load import KINDS

PATHWAYS = packaged("pathways") | {"unverified": []}


def load(data: bytes) -> Pathways:
    return load_pathways(data, default_catalogue())


def pathways(*edges: tuple[str, str, str], entries: tuple[str, ...] = ("A1",)) -> Pathways:
    return load(file_of(*edges, entries=entries))


def file_of(*edges: tuple[str, str, str], entries: tuple[str, ...] = ("A1",)) -> bytes:
    codes = {code for start, _, end in edges for code in (start, end)} | set(entries)
    known = {entry.code for entry in default_catalogue().entries}
    made = PATHWAYS | {
        "steps": {code: {"name": f"Step {code}", "kind": "COURSE"} for code in sorted(codes - known)},
        "pathways": [
            {
                "code": "made",
                "name": "Made for a test",
                "cluster": "STT",
                "entries": list(entries),
                "edges": [{"from": start, "is": how, "to": end} for start, how, end in edges],
            }
        ],
    }
    return json.dumps(made).encode()


def test_the_pathways_that_come_with_cairn_are_over_its_catalogue() -> None:
    found = default_pathways()
    assert list(found.pathways) == ["woods", "health", "it", "construction", "culinary"]
    assert found.heading.version
    assert {len(pathway.entries) for pathway in found.pathways.values()} == {1, 2}


def test_the_associations_are_those_of_the_comprehensive_learner_record() -> None:
    assert {one.value for one in Association} == {
        "exactMatchOf", "isChildOf", "isParentOf", "isPartOf", "isPeerOf", "isRelatedTo", "precedes",
        "replacedBy",
    }  # fmt: skip


def test_what_a_credential_leads_to_nearest_first() -> None:
    found = default_pathways()
    assert [step.code for step in found.leads_to("AHA-BLS")] == ["CO-CNA", "NHA-CCMA", "CO-EMT"]
    assert [step.code for step in found.leads_to("CERTIPORT-ITS")] == [
        "COMPTIA-A+",
        "COMPTIA-NET+",
        "COMPTIA-SEC+",
    ]
    assert found.leads_to("COMPTIA-SEC+") == ()
    assert found.leads_to("NOBODY-KNOWS") == ()


def test_a_college_certificate_stands_on_a_pathway_as_what_it_is() -> None:
    found = default_pathways()
    assert found.steps["COLLEGE-NURSE-AIDE"].kind == "COLLEGE_CERTIFICATE"
    assert "CO-CNA" in {step.code for step in found.leads_to("COLLEGE-NURSE-AIDE")}


def next_codes(found: Pathways, *held: str, pathway: str = "") -> dict[str, tuple[str, ...]]:
    return {
        one.step.code: one.after for one in found.next_steps(held) if not pathway or one.pathway == pathway
    }


def test_who_holds_nothing_can_start_at_every_entry() -> None:
    assert next_codes(default_pathways(), pathway="health") == {"AHA-BLS": (), "COLLEGE-NURSE-AIDE": ()}


def test_the_next_steps_are_those_that_what_is_held_leads_to_and_that_is_said() -> None:
    found = default_pathways()
    assert next_codes(found, "CO-CNA", pathway="health") == {"NHA-CCMA": ("CO-CNA",), "CO-EMT": ("CO-CNA",)}
    assert next_codes(found, "CO-CNA", "NHA-CCMA", pathway="health") == {"CO-EMT": ("CO-CNA",)}
    assert next_codes(found, "COMPTIA-A+", "COMPTIA-SEC+", pathway="it") == {"COMPTIA-NET+": ("COMPTIA-A+",)}


def test_nobody_is_sent_back_to_a_start_that_leads_to_what_they_hold() -> None:
    found = default_pathways()
    assert next_codes(found, "NHA-CCMA", "CO-EMT", "CO-CNA", pathway="health") == {}
    assert next_codes(found, "COMPTIA-SEC+", pathway="it") == {}


def test_a_related_credential_alone_leaves_the_starts_open() -> None:
    assert next_codes(default_pathways(), "OSHA10-GI", pathway="woods") == {"WCA-SKILL-1": ()}


def test_what_was_replaced_counts_as_what_replaced_it_and_is_suggested_no_more() -> None:
    found = pathways(
        ("A1", "precedes", "B1"),
        ("B1", "replacedBy", "B2"),
        ("B2", "replacedBy", "B3"),
        ("B1", "precedes", "C1"),
    )
    assert found.current("B1") == "B3"
    assert next_codes(found, "A1") == {"B3": ("A1",)}
    assert next_codes(found, "B2") == {"C1": ("B3",)}
    assert [step.code for step in found.leads_to("A1")] == ["B3"]


def test_the_points_of_sawblade_carry_over_to_green() -> None:
    goal = default_pathways().pathways["woods"].goals["WCA-GREEN"]
    hours: dict[tuple[str, str | None], Decimal] = {("WCA-PASSPORT", "Hours"): Decimal(800)}
    after: dict[tuple[str, str | None], Decimal] = {
        ("WCA-PASSPORT", "Skill points after Sawblade"): Decimal(20)
    }
    assert meets(goal, Facts(scores={**hours, **after}, certifications={"WCA-SAWBLADE"}))
    assert not meets(goal, Facts(scores={**hours, **after}))
    assert not meets(goal, Facts(scores={**hours}, certifications={"WCA-SAWBLADE"}))
    hours["WCA-PASSPORT", "Skill points"] = Decimal(30)
    assert meets(goal, Facts(scores=hours))
    [green] = [one for one in default_pathways().next_steps(["WCA-SAWBLADE"]) if one.after]
    assert green.goal == goal


@pytest.mark.parametrize(
    ("change", "code", "pointer"),
    [
        (lambda p: p.pop("pathways"), "missing_member", ""),
        (lambda p: p.update(extra=1), "unknown_member", "/extra"),
        (lambda p: p["ruleSet"].update(name="menu"), "bad_value", "/ruleSet/name"),
        (
            lambda p: p["steps"].update({"CO-CNA": {"name": "a", "kind": "COURSE"}}),
            "duplicate_label",
            "/steps/CO-CNA",
        ),
        (
            lambda p: p["steps"].update({"a b": {"name": "a", "kind": "COURSE"}}),
            "duplicate_label",
            "/steps/a b",
        ),
        (
            lambda p: p["steps"]["WCA-SKILL-1"].update(kind="X"),
            "unknown_reference",
            "/steps/WCA-SKILL-1/kind",
        ),
        (lambda p: p["pathways"].append(p["pathways"][0]), "duplicate_label", "/pathways/5/code"),
        (lambda p: p["pathways"][1].update(cluster="X"), "unknown_reference", "/pathways/1/cluster"),
        (lambda p: p["pathways"][1].update(entries=[]), "bad_value", "/pathways/1"),
        (lambda p: p["pathways"][1].update(entries=["X"]), "unknown_reference", "/pathways/1/entries/0"),
        (
            lambda p: p["pathways"][1].update(entries=["COMPTIA-A+"]),
            "unknown_reference",
            "/pathways/1/entries/0",
        ),
        (lambda p: p["pathways"][1].update(edges=[]), "bad_value", "/pathways/1"),
        (
            lambda p: p["pathways"][1]["edges"][2].update({"from": "X"}),
            "unknown_reference",
            "/pathways/1/edges/2/from",
        ),
        (
            lambda p: p["pathways"][1]["edges"][2].update(to="X"),
            "unknown_reference",
            "/pathways/1/edges/2/to",
        ),
        (
            lambda p: p["pathways"][1]["edges"][2].update({"is": "follows"}),
            "bad_value",
            "/pathways/1/edges/2/is",
        ),
        (lambda p: p["pathways"][1]["edges"][0].update(to="AHA-BLS"), "cycle", "/pathways/1/edges/0"),
        (
            lambda p: p["pathways"][1]["edges"].append({"from": "CO-EMT", "is": "precedes", "to": "AHA-BLS"}),
            "cycle",
            "/pathways/1/edges/4",
        ),
        (
            lambda p: p["pathways"][1].update(goals={"COMPTIA-A+": {"certification": {"code": "X"}}}),
            "unknown_reference",
            "/pathways/1/goals/COMPTIA-A+",
        ),
        (lambda p: p["pathways"][1].update(goals={"CO-EMT": {}}), "bad_value", "/pathways/1/goals/CO-EMT"),
    ],
)
def test_a_fault_is_named_with_its_place(change: Callable[[Any], object], code: str, pointer: str) -> None:
    error = fault(load, PATHWAYS, change)
    assert (error.code, error.pointer, error.file) == (code, pointer, "pathways.json")


def test_a_way_that_leads_back_over_two_pathways_is_refused_too() -> None:
    def lead_back(made: dict[str, Any]) -> None:
        made["pathways"][2]["edges"].append({"from": "CO-EMT", "is": "precedes", "to": "CERTIPORT-ITS"})
        made["pathways"][1]["edges"].append({"from": "COMPTIA-A+", "is": "precedes", "to": "CO-CNA"})

    error = fault(load, PATHWAYS, lead_back)
    assert error.code == "cycle"
    assert {"CO-EMT", "CERTIPORT-ITS", "COMPTIA-A+", "CO-CNA"} <= set(error.message.split())


def test_replacements_neither_come_round_nor_part() -> None:
    with pytest.raises(CatalogueError, match="cycle"):
        pathways(("A1", "replacedBy", "B1"), ("B1", "replacedBy", "A1"))
    with pytest.raises(CatalogueError, match="was replaced by B1 already"):
        pathways(("A1", "replacedBy", "B1"), ("A1", "replacedBy", "C1"))


def test_other_associations_may_come_round() -> None:
    assert pathways(("A1", "isPeerOf", "B1"), ("B1", "isPeerOf", "A1"), ("A1", "isPeerOf", "A1")).pathways


def test_a_long_way_is_no_round_trip_and_a_diamond_is_none_either() -> None:
    long = [Edge(str(number), Association.PRECEDES, str(number + 1)) for number in range(1500)]
    assert round_trip(long) == ()
    assert round_trip([*long, Edge("1500", Association.PRECEDES, "0")])[0] == "0"
    diamond = [Edge(a, Association.PRECEDES, b) for a, b in ("AB", "AC", "BD", "CD", "DE")]
    assert round_trip(diamond) == ()


def test_pathways_may_have_so_many_edges_and_no_more() -> None:
    edges = [("A1", "isRelatedTo", "B1")] * MOST_EDGES
    assert pathways(*edges).pathways
    with pytest.raises(CatalogueError, match="too_large"):
        pathways(*edges, ("A1", "isRelatedTo", "B1"))


def test_codes_may_come_from_a_second_catalogue() -> None:
    own = packaged("certifications")
    own["entries"] = own["entries"][:2]
    small = load_catalogue(json.dumps(own).encode(), KINDS)
    data = json.dumps(PATHWAYS).encode()
    with pytest.raises(CatalogueError, match="unknown_reference"):
        load_pathways(data, small)
    assert load_pathways(data, small, default_catalogue()).pathways
