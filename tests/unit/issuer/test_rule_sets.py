"""Rule sets of a district, in each database: a new version loads without code and changes no old one."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from credential.readiness import Subject
from issuer.catalog import CatalogueError
from issuer.catalog.heading import RuleSetName
from issuer.district import take_catalogue
from issuer.errors import IssuerError
from issuer.rule_sets import (
    LARGEST,
    clusters_on,
    district_menu_on,
    endorsements_on,
    in_force,
    incentives_on,
    load_rule_set,
    loaded,
    menu_on,
    packaged,
    pathways_on,
    rules_on,
    suppression_on,
    version,
)
from issuer.store import audit
from issuer.store.rule_set_table import LoadedRuleSet
from issuer.store.tables import Audit
from tests import rule_sets
from tests.house import House, attempt
from tests.unit.issuer.catalog.test_compiled import decision
from tests.unit.issuer.catalog.test_load import KINDS

MENU, CHOICE = RuleSetName.MENU, RuleSetName.DISTRICT_MENU


def load(house: House, made: dict[str, Any] | bytes, file: str = "loaded.json") -> None:
    data = made if isinstance(made, bytes) else json.dumps(made).encode()
    load_rule_set(house.store, house.district.id, data, file=file, now=house.time, actor="test")


def edition(name: str, wanted: str, since: str, **members: Any) -> dict[str, Any]:
    """Another version of a rule set that comes with Cairn."""
    made = rule_sets.packaged(name) | members
    made["ruleSet"] = made["ruleSet"] | {"version": wanted, "effectiveFrom": since}
    return made


def rows(house: House) -> int:
    with house.store.reading() as session:
        return session.scalar(select(func.count()).select_from(LoadedRuleSet)) or 0


def recorded(house: House) -> list[Audit]:
    with house.store.reading() as session:
        audit.check_chain(session, house.district.id)
        found = select(Audit).where(Audit.district_id == house.district.id, Audit.action == "rule_set.loaded")
        return list(session.scalars(found.order_by(Audit.number)))


def on(house: House, name: RuleSetName, day: date) -> str:
    with house.store.reading() as session:
        return in_force(session, house.district.id, name, day).heading.version


def test_what_comes_with_cairn_applies_without_being_loaded(house: House) -> None:
    day = date(2026, 9, 1)
    with house.store.reading() as session:
        args = (session, house.district.id, day)
        assert menu_on(*args).heading.version == "state-menu-2021+"
        assert clusters_on(*args).lists
        assert pathways_on(*args).pathways
        assert incentives_on(*args).programmes
        assert endorsements_on(*args).endorsements
        assert suppression_on(*args).assessment_min_n == 16
        names = [one.heading.name for one in loaded(session, house.district.id)]
    assert names == [name for name in RuleSetName if name is not CHOICE]
    assert packaged(CHOICE) is None
    assert rows(house) == 0


def test_the_district_itself_must_choose_its_menu(house: House) -> None:
    with house.store.reading() as session, pytest.raises(IssuerError) as caught:
        district_menu_on(session, house.district.id, date(2026, 9, 1))
    assert caught.value.code == "no_rule_set"
    assert "--choose FILE" in caught.value.message


def test_before_the_first_version_nothing_applies(house: House) -> None:
    assert on(house, MENU, date(2020, 7, 1)) == "state-menu-2021+"
    with pytest.raises(IssuerError, match="no_rule_set"):
        on(house, MENU, date(2020, 6, 30))


def test_a_new_version_applies_from_its_own_day_and_the_old_one_stays(house: House) -> None:
    load(house, edition("menu", "state-menu-2027", "2027-07-01", unverified=[]))
    assert on(house, MENU, date(2027, 6, 30)) == "state-menu-2021+"
    assert on(house, MENU, date(2027, 7, 1)) == "state-menu-2027"
    with house.store.reading() as session:
        old = version(session, house.district.id, MENU, "state-menu-2021+")
        new = version(session, house.district.id, MENU, "state-menu-2027")
        assert (old.loaded_at, new.loaded_at) == (None, house.time)
        with pytest.raises(IssuerError, match="not_found"):
            version(session, house.district.id, MENU, "state-menu-2099")


def test_of_two_from_one_day_on_the_later_one_counts_and_the_district_s_before_ours(house: House) -> None:
    day = date(2016, 9, 14)
    load(house, edition("suppression", "own-1", "2016-09-14"))
    assert on(house, RuleSetName.SUPPRESSION, day) == "own-1"
    house.later(minutes=1)
    load(house, edition("suppression", "own-0", "2016-09-14"))
    assert on(house, RuleSetName.SUPPRESSION, day) == "own-0"


def test_a_choice_is_kept_with_the_menu_that_it_was_chosen_from(house: House) -> None:
    load(house, rule_sets.choice({"option": "SAT", "raise": {"MTH": "530"}}))
    assert rows(house) == 2
    with house.store.reading() as session:
        choice = district_menu_on(session, house.district.id, date(2026, 9, 1))
        kept = version(session, house.district.id, MENU, "state-menu-2021+")
        listed = [(one.heading.name, one.heading.version) for one in loaded(session, house.district.id)]
    assert choice.menu_version == "state-menu-2021+"
    assert kept.loaded_at == house.time
    assert listed[:2] == [(MENU, "state-menu-2021+"), (CHOICE, "EXVL-2026-08-01")]
    assert [row.subject for row in recorded(house)] == ["menu", "district-menu"]


def test_a_later_choice_leaves_the_earlier_one_as_it_was(house: House) -> None:
    load(house, rule_sets.choice({"option": "SAT"}))
    later = rule_sets.choice({"option": "ACT"}, version="EXVL-2027-08-01")
    later["ruleSet"]["effectiveFrom"] = "2027-08-01"
    load(house, later)
    with house.store.reading() as session:
        for day, codes in ((date(2027, 7, 31), ["SAT"]), (date(2027, 8, 1), ["ACT"])):
            assert list(district_menu_on(session, house.district.id, day).offers) == codes


def test_a_choice_from_an_older_menu_stays_readable_when_a_newer_one_applies(house: House) -> None:
    load(house, rule_sets.choice({"option": "SAT"}))
    load(house, edition("menu", "state-menu-2027", "2027-07-01", unverified=[]))
    with house.store.reading() as session:
        choice = district_menu_on(session, house.district.id, date(2027, 9, 1))
    assert choice.menu_version == "state-menu-2021+"


def test_what_counted_on_a_day_is_put_together_from_the_menu_and_the_decisions(house: House) -> None:
    load(house, rule_sets.choice({"option": "INDUSTRY_CERT"}, {"option": "SAT"}))
    some = [decision("CO-CNA", Subject.ENGLISH), decision("CDA", Subject.ENGLISH)]
    with house.store.reading() as session:
        found = rules_on(session, house.district.id, some, date(2026, 9, 1))
        held = rules_on(session, house.district.id, some, date(2026, 9, 1), codes={"CDA"})
        with pytest.raises(IssuerError, match="no_rule_set"):
            rules_on(session, house.district.id, some, date(2026, 7, 31))
    assert found.version == "state-menu-2021+/EXVL-2026-08-01"
    certifications = found.subjects[Subject.ENGLISH]["any_of"][0]["any_of"]
    assert [node["certification"]["code"] for node in certifications] == ["CDA", "CO-CNA"]
    assert held.subjects[Subject.ENGLISH]["any_of"][0]["any_of"] == certifications[:1]


def test_a_newer_state_menu_asks_the_district_to_choose_again(house: House) -> None:
    load(house, rule_sets.choice({"option": "SAT"}))
    load(house, edition("menu", "state-menu-2027", "2027-07-01", unverified=[]))
    with house.store.reading() as session:
        assert rules_on(session, house.district.id, [], date(2027, 6, 30)).subjects
        with pytest.raises(IssuerError, match="choose again"):
            rules_on(session, house.district.id, [], date(2027, 7, 1))


def test_loading_again_changes_nothing(house: House) -> None:
    made = edition("suppression", "own-1", "2026-08-01")
    load(house, made)
    load(house, made)
    assert (rows(house), len(recorded(house))) == (1, 1)
    [row] = recorded(house)
    assert (row.subject, row.facts["version"], row.facts["effective_from"]) == (
        "suppression",
        "own-1",
        "2026-08-01",
    )


def test_a_version_is_never_given_other_content(house: House) -> None:
    load(house, edition("suppression", "own-1", "2026-08-01"))
    with pytest.raises(IssuerError, match="rule_set_reused"):
        load(house, edition("suppression", "own-1", "2026-09-01"))
    with pytest.raises(IssuerError, match="rule_set_reused"):
        load(house, edition("suppression", "co-2024.1", "2026-09-01"))  # the version that comes with Cairn
    assert rows(house) == 1


def test_what_comes_with_cairn_may_be_loaded_as_it_is(house: House) -> None:
    ours = packaged(RuleSetName.SUPPRESSION)
    assert ours is not None
    load(house, ours.body)
    with house.store.reading() as session:
        found = [one for one in loaded(session, house.district.id) if one.heading.name is ours.heading.name]
    assert len(found) == 1
    assert found[0].loaded_at == house.time


def test_another_that_loads_the_same_at_once_is_no_fault(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = edition("suppression", "own-1", "2026-08-01")
    load(house, made)
    monkeypatch.setattr("issuer.rule_sets._known", lambda *_: False)
    load(house, made)
    assert (rows(house), len(recorded(house))) == (1, 1)


@pytest.mark.parametrize(
    ("made", "code", "pointer"),
    [
        (b"{", "not_json", ""),
        (b"[]", "wrong_type", ""),
        ({"ruleSet": {"version": "1"}}, "missing_member", "/ruleSet"),
        ({"ruleSet": {"name": "rules"}}, "bad_value", "/ruleSet/name"),
        (edition("menu", "a b", "2026-08-01"), "bad_value", "/ruleSet/version"),
        (
            edition("menu", "m-1", "2026-08-01", options=[], unverified=["/options/0"]),
            "unknown_reference",
            "/unverified/0",
        ),
        (edition("clusters", "c-1", "2026-08-01", lists=7, unverified=[]), "wrong_type", "/lists"),
        (
            edition("pathways", "p-1", "2026-08-01", pathways=[{}], unverified=[]),
            "missing_member",
            "/pathways/0",
        ),
        (
            edition("incentives", "i-1", "2026-08-01", programmes=[{}], unverified=[]),
            "missing_member",
            "/programmes/0",
        ),
        (
            edition("endorsements", "e-1", "2026-08-01", endorsements=[{}], unverified=[]),
            "missing_member",
            "/endorsements/0",
        ),
        (
            edition("suppression", "s-1", "2026-08-01", assessment={}, unverified=[]),
            "missing_member",
            "/assessment",
        ),
        (rule_sets.choice(menu="state-menu-2030"), "unknown_reference", "/menu"),
        (rule_sets.choice(menu=7), "wrong_type", "/menu"),
        (rule_sets.choice({"option": "SAT", "raise": {"MTH": "400"}}), "cut_lowered", "/offers/0/raise/MTH"),
    ],
)
def test_a_faulty_file_is_refused_with_file_and_place_and_nothing_changes(
    house: House, made: dict[str, Any] | bytes, code: str, pointer: str
) -> None:
    with pytest.raises(CatalogueError) as caught:
        load(house, made, file="menu of ours.json")
    assert (caught.value.code, caught.value.pointer, caught.value.file) == (
        code,
        pointer,
        "menu of ours.json",
    )
    assert (rows(house), recorded(house)) == (0, [])


def test_a_file_may_be_so_long_and_no_longer(house: House) -> None:
    made = json.dumps(edition("suppression", "own-1", "2026-08-01")).encode()
    load(house, made + b" " * (LARGEST - len(made)))
    with pytest.raises(CatalogueError, match="too_large"):
        load(house, made + b" " * (LARGEST - len(made) + 1))


def test_a_choice_from_a_menu_that_the_district_loaded_itself(house: House) -> None:
    load(house, edition("menu", "state-menu-2027", "2027-07-01", unverified=[]))
    choice = rule_sets.choice({"option": "SAT"}, menu="state-menu-2027")
    choice["ruleSet"]["effectiveFrom"] = "2027-08-01"
    load(house, choice)
    assert rows(house) == 2
    with house.store.reading() as session:
        assert (
            district_menu_on(session, house.district.id, date(2027, 8, 1)).menu_version == "state-menu-2027"
        )


def test_pathways_hold_where_the_district_s_own_catalogue_is_smaller(house: House) -> None:
    own = rule_sets.packaged("certifications")
    own["entries"] = own["entries"][:2]
    take_catalogue(
        house.store, house.district.id, json.dumps(own).encode(), KINDS, now=house.time, actor="test"
    )
    with house.store.reading() as session:
        assert pathways_on(session, house.district.id, date(2026, 9, 1)).leads_to("CO-CNA")


def test_each_district_has_its_own(house: House) -> None:
    other = House.build(house.store, "hillside", "https://badges.hillside.example")
    load(house, edition("suppression", "own-1", "2026-08-01"))
    load(other, edition("suppression", "own-1", "2026-08-02"))  # the same version, and its own content
    assert on(other, RuleSetName.SUPPRESSION, date(2026, 8, 1)) == "co-2024.1"
    assert on(house, RuleSetName.SUPPRESSION, date(2026, 8, 1)) == "own-1"
    with house.store.reading() as session:
        for one in (house, other):
            own = [kept for kept in loaded(session, one.district.id) if kept.loaded_at]
            assert len(own) == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE rule_set SET effective_from = '2020-01-01'",
        "UPDATE rule_set SET body = sha256",
        "DELETE FROM rule_set",
    ],
)
def test_the_database_itself_keeps_every_version_as_it_was_loaded(house: House, statement: str) -> None:
    load(house, edition("suppression", "own-1", "2026-08-01"))
    with pytest.raises(IssuerError, match="irreversible"):
        attempt(house.store, statement.replace("= sha256", "= 'x'"))
