"""`cairn catalog load`, `rules` and `menu`, as a registrar uses them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from issuer.rule_sets import LARGEST
from tests import rule_sets
from tests.unit.issuer.test_cli import Desk


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database: str) -> Desk:
    made = Desk(tmp_path, monkeypatch, database)
    made.init()
    return made


def written(desk: Desk, made: Any, name: str = "file.json") -> str:
    path = desk.folder / name
    path.write_text(json.dumps(made), encoding="utf-8")
    return str(path)


def everything(desk: Desk) -> dict[str, Any]:
    """The template, with the offers besides whose lists only a district knows."""
    made: dict[str, Any] = json.loads(desk.run("catalog", "menu", "--template").stdout)
    parts = {"ENG": ["English 101"], "MTH": ["Math 101"]}
    made["offers"] += [{"option": code, "parts": parts} for code in ("AP", "IB")]
    made["offers"].append({"option": "CONCURRENT", "parts": parts, "floor": "D"})
    return made


def test_the_rule_sets_are_listed_with_what_comes_with_cairn(desk: Desk) -> None:
    listed = desk.json("catalog", "rules")
    assert {one["name"] for one in listed} == {
        "menu", "clusters", "pathways", "incentives", "endorsements", "suppression", "retention",
    }  # fmt: skip
    assert {one["loaded_at"] for one in listed} == {None}
    assert "comes with Cairn" in desk.run("catalog", "rules").stdout


def test_a_rule_set_is_loaded_and_listed(desk: Desk) -> None:
    made = rule_sets.packaged("suppression")
    made["ruleSet"] = made["ruleSet"] | {"version": "own-1", "effectiveFrom": "2026-08-01"}
    done = desk.json("catalog", "load", written(desk, made))
    assert (done["name"], done["version"], done["effective_from"]) == ("suppression", "own-1", "2026-08-01")
    assert [one["version"] for one in desk.json("catalog", "rules") if one["name"] == "suppression"] == [
        "co-2024.1",
        "own-1",
    ]


def test_a_district_that_has_not_chosen_is_told_how(desk: Desk) -> None:
    result = desk.run("catalog", "menu")
    assert result.exit_code != 0
    assert "cairn catalog menu --choose FILE" in str(result.exception)


def test_the_template_is_taken_as_it_is_printed_and_says_what_it_leaves_out(desk: Desk) -> None:
    printed = desk.run("catalog", "menu", "--template")
    assert "Concurrent" in printed.stderr
    assert '{"option": "AP", "parts": {"ENG": ["NAME OF ONE FOR ENG"]' in printed.stderr
    choice = json.loads(printed.stdout)
    done = desk.json("catalog", "menu", "--choose", written(desk, choice))
    assert done["version"].startswith("LAKE-")
    assert len(desk.json("catalog", "menu")["options"]) == 8


def test_what_a_district_lists_itself_is_taken_once_it_is_filled(desk: Desk) -> None:
    made = everything(desk)
    for offer in made["offers"]:
        if "parts" in offer:
            offer["parts"] = {"ENG": [], "MTH": []}
    refused = desk.run("catalog", "menu", "--choose", written(desk, made))
    assert "list which of Advanced Placement counts for ENG" in str(refused.exception)
    done = desk.json("catalog", "menu", "--choose", written(desk, everything(desk)))
    assert (done["name"], done["version"].startswith("LAKE-")) == ("district-menu", True)
    shown = desk.json("catalog", "menu")
    assert shown["menu"] == "state-menu-2021+"
    assert len(shown["options"]) == 11  # neither the retired test nor the closed option


def test_a_lowered_score_is_refused_and_a_raised_one_is_shown(desk: Desk) -> None:
    made = everything(desk)
    sat = next(offer for offer in made["offers"] if offer["option"] == "SAT")
    sat["raise"] = {"MTH": "490"}
    refused = desk.run("catalog", "menu", "--choose", written(desk, made, "choice.json"))
    assert refused.exit_code != 0
    assert str(refused.exception).startswith("cut_lowered: In choice.json: the score 490 for SAT")
    sat["raise"] = {"MTH": "530"}
    assert desk.run("catalog", "menu", "--choose", written(desk, made, "choice.json")).exit_code == 0
    assert "  Math     Math 530 or more\n" in desk.run("catalog", "menu").stdout
    option = next(one for one in desk.json("catalog", "menu")["options"] if one["code"] == "SAT")
    assert option["criteria"]["MTH"]["score"]["at_least"] == "530"


def test_the_menu_of_another_day_can_be_asked_for(desk: Desk) -> None:
    desk.json("catalog", "menu", "--choose", written(desk, everything(desk)))
    assert desk.run("catalog", "menu", "--on", "2099-01-01").exit_code == 0
    before = desk.run("catalog", "menu", "--on", "2021-01-01")
    assert "no district-menu for 2021-01-01" in str(before.exception)


def test_conditions_and_certifications_are_shown(desk: Desk) -> None:
    besides = {"score": {"assessment": "COURSE", "part": "English 4", "at_least": "70"}}
    made = everything(desk)
    made["offers"] = [{"option": "INDUSTRY_CERT", "also": {"ENG": besides}}]
    desk.json("catalog", "menu", "--choose", written(desk, made))
    shown = desk.run("catalog", "menu").stdout
    asked = "as the district decides for each certification"
    assert f"  English  {asked}; and COURSE English 4 70 or more\n  Math     {asked}\n" in shown


def test_the_state_s_menu_is_shown_with_what_is_retired(desk: Desk) -> None:
    shown = desk.run("catalog", "menu", "--state").stdout
    assert "ACCUPLACER (classic) (retired)" in shown
    assert "for the class of 2021 only" in shown
    assert len(desk.json("catalog", "menu", "--state")["options"]) == 13


def test_the_menu_is_exported_for_registries(desk: Desk) -> None:
    desk.json("catalog", "menu", "--choose", written(desk, everything(desk)))
    graph = json.loads(desk.run("catalog", "menu", "--ctdl").stdout)["@graph"]
    assert graph[0]["@type"] == "ceterms:Collection"
    assert "Lakeside School District" in graph[0]["ceterms:name"]["en-US"]
    assert len(graph[0]["ceterms:hasMember"]) == 10


def test_only_a_choice_can_be_chosen(desk: Desk) -> None:
    result = desk.run("catalog", "menu", "--choose", written(desk, rule_sets.packaged("menu")))
    assert "is the rule set menu" in str(result.exception)


def test_two_wishes_at_once_are_refused(desk: Desk) -> None:
    assert "name one of" in str(desk.run("catalog", "menu", "--state", "--ctdl").exception)


def test_a_file_that_is_too_long_is_not_read_to_its_end(desk: Desk) -> None:
    path = desk.folder / "long.json"
    path.write_bytes(b" " * (LARGEST + 10))
    assert str(desk.run("catalog", "load", str(path)).exception).startswith("too_large: In long.json:")


def test_the_next_steps_of_a_student_are_shown(desk: Desk) -> None:
    steps = desk.json("catalog", "next", "CO-CNA")
    health = {one["code"]: one["after"] for one in steps if one["pathway"] == "health"}
    assert health == {"NHA-CCMA": ["CO-CNA"], "CO-EMT": ["CO-CNA"]}
    shown = desk.run("catalog", "next", "WCA-SAWBLADE").stdout
    assert "Woods manufacturing: WCA-GREEN, WCA Green Credential after WCA-SAWBLADE\n  asks for " in shown
    assert {one["pathway"] for one in desk.json("catalog", "next")} == {
        "woods", "health", "it", "construction", "culinary",
    }  # fmt: skip
    assert "has NOBODY" in str(desk.run("catalog", "next", "NOBODY").exception)


def test_the_endorsements_are_listed_with_what_cannot_be_judged(desk: Desk) -> None:
    rules = {one["code"]: one["rule"] for one in desk.json("catalog", "endorsements")}
    assert rules["CO_STEM"]
    assert (rules["CO_PWR"], rules["CO_BILIT"]) == (None, None)
    shown = desk.run("catalog", "endorsements").stdout
    assert "SAT Math 600 or more" in shown
    assert "no program can judge them" in shown


def test_a_student_is_held_against_an_endorsement_and_the_next_step(desk: Desk) -> None:
    scores = desk.folder / "scores.csv"
    scores.write_text(
        "external_id,assessment,part,value,date\n200000001,SAT,Math,640,2026-03-01\n", encoding="utf-8"
    )
    assert desk.run("scores", "import", str(scores)).exit_code == 0
    judged = {one["code"]: one for one in desk.json("catalog", "endorsements", "--student", "200000001")}
    assert judged["CO_STEM"]["met"] is False
    assert any("SAT, Math: 640 on 2026-03-01" in line for line in judged["CO_STEM"]["why"])
    assert "met" not in judged["CO_PWR"]
    shown = desk.run("catalog", "endorsements", "--student", "200000001").stdout
    assert "not yet: " in shown
    steps = desk.json("catalog", "next", "--student", "200000001")
    assert {one["code"] for one in steps} == {one["code"] for one in desk.json("catalog", "next")}
    assert all(one["met"] is False for one in steps if "met" in one)
    assert "nothing is recorded" in str(desk.run("catalog", "next", "--student", "1").exception)
    assert "not both" in str(desk.run("catalog", "next", "CO-CNA", "--student", "1").exception)


def test_the_whole_catalogue_is_exported_for_registries(desk: Desk) -> None:
    graph = json.loads(desk.run("catalog", "list", "--ctdl").stdout)["@graph"]
    assert len(graph[0]["ceterms:hasMember"]) == len(desk.json("catalog", "list"))


def test_a_credential_says_what_renews_it_and_whether_it_counts_by_decision_only(desk: Desk) -> None:
    assert "renewed by COMPTIA-NET+ or COMPTIA-SEC+" in desk.run("catalog", "show", "COMPTIA-A+").stdout
    assert "neither a certification nor a license" in desk.run("catalog", "show", "OSHA10-CON").stdout
    assert "renewed by" not in desk.run("catalog", "show", "CO-CNA").stdout
