from __future__ import annotations

import json
from datetime import date
from typing import Any

from issuer.catalog import default_catalogue, default_menu, load_district_menu
from issuer.catalog.ctdl import CONTEXT, collection, listing
from tests.rule_sets import choice


def made(*offers: dict[str, Any], codes: tuple[str, ...] = ()) -> dict[str, dict[str, Any]]:
    found = load_district_menu(json.dumps(choice(*offers)).encode(), default_menu())
    entries = [entry for entry in default_catalogue().entries if entry.code in codes]
    document = collection(
        found, entries, district="Example Valley School District", url="https://example.edu"
    )
    assert document["@context"] == CONTEXT
    return {node["@id"]: node for node in document["@graph"]}


def test_a_menu_is_a_collection_with_a_first_day_and_its_members() -> None:
    nodes = made({"option": "SAT", "raise": {"MTH": "530"}}, {"option": "INDUSTRY_CERT"}, codes=("CO-CNA",))
    menu = nodes["_:menu"]
    assert menu["@type"] == "ceterms:Collection"
    assert menu["ceterms:startDate"] == "2026-08-01"
    assert menu["ceterms:hasMember"] == ["_:option-SAT", "_:credential-CO-CNA"]
    assert set(menu["ceterms:hasMember"]) <= set(nodes)
    assert "EXVL-2026-08-01" in menu["ceterms:name"]["en-US"]


def test_an_option_says_what_the_district_asks_for() -> None:
    besides = {"score": {"assessment": "COURSE", "part": "Algebra 2", "at_least": "70"}}
    nodes = made({"option": "SAT", "subjects": ["MTH"], "raise": {"MTH": "530"}, "also": {"MTH": besides}})
    assert nodes["_:option-SAT"]["ceterms:description"]["en-US"] == (
        "Math: SAT Math 530 or more. Math, besides: COURSE Algebra 2 70 or more."
    )


def test_a_certification_names_its_class_its_body_and_its_occupation() -> None:
    nodes = made({"option": "INDUSTRY_CERT"}, codes=("CO-CNA", "COMPTIA-A+", "OSHA10-CON"))
    nurse = nodes["_:credential-CO-CNA"]
    assert nurse["@type"] == "ceterms:License"
    assert nodes["_:credential-OSHA10-CON"]["@type"] == "ceterms:CertificateOfCompletion"
    [occupation] = nurse["ceterms:occupationType"]
    assert occupation["ceterms:codedNotation"] == "31-1131.00"
    assert occupation["ceterms:frameworkName"]["en-US"] == "O*NET-SOC 2019"
    for node in nodes.values():
        assert set(node.get("ceterms:ownedBy", [])) <= set(nodes)


def test_a_term_is_exported_only_where_it_was_confirmed() -> None:
    nodes = made({"option": "INDUSTRY_CERT"}, codes=("CO-CNA", "COMPTIA-A+"))
    assert nodes["_:credential-COMPTIA-A+"]["ceterms:renewalFrequency"] == "P36M"
    assert "ceterms:renewalFrequency" not in nodes["_:credential-CO-CNA"]


def test_a_whole_catalogue_is_a_collection_whose_every_reference_is_there() -> None:
    made_of = default_catalogue().entries
    graph = listing(made_of, name="A catalogue", since=date(2026, 8, 1))["@graph"]
    nodes = {node["@id"]: node for node in graph}
    assert len(nodes) == len(graph)
    assert len(nodes["_:catalogue"]["ceterms:hasMember"]) == len(made_of) == 34
    assert nodes["_:catalogue"]["ceterms:startDate"] == "2026-08-01"
    assert set(nodes["_:catalogue"]["ceterms:hasMember"]) <= set(nodes)
    for node in graph:
        assert set(node.get("ceterms:ownedBy", [])) <= set(nodes)
