"""A page says whom and what it is about, and Home leads on."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest

from issuer.access.roles import Role
from issuer.store import dossier
from issuer.web.staff import students as student_pages
from issuer.web.staff.dossier import standing_words
from tests.house import House
from tests.unit.issuer.web.staff.browser import Browser

At = Callable[..., Browser]


def test_whoever_is_about_to_change_something_reads_whose_it_is(house: House, at: At) -> None:
    badge = house.issue().credential_id.removeprefix("urn:uuid:")
    registrar, administrator = at(Role.REGISTRAR), at(Role.ADMINISTRATOR)
    for browser, path in (
        (registrar, f"/staff/badges/{badge}/withdraw"),
        (registrar, f"/staff/badges/{badge}/correct"),
        (registrar, "/staff/students/100000001/sharing"),
        (administrator, "/staff/students/100000001/records"),
    ):
        shown = browser.get(path).text
        assert "Maya Okafor" in shown.partition("<h1>")[2], path
        assert "100000001" in shown, path
    assert "Colorado Certified Nurse Aide" in registrar.get(f"/staff/badges/{badge}/withdraw").text


def test_a_badge_past_its_last_day_is_not_called_in_force(house: House) -> None:
    house.issue(last_day=date(2026, 6, 20))
    with house.store.reading() as session:
        [[badge], _] = dossier.badges(session, house.district.id, dossier.Wanted())
    assert standing_words(badge, date(2026, 6, 20)) == "In force"
    assert standing_words(badge, date(2026, 6, 21)) == "Expired"


def test_home_of_a_new_district_leads_to_its_first_badges(house: House, at: At) -> None:
    browser = at(Role.REGISTRAR)
    shown = browser.get("/staff/").text
    assert "First steps" in shown
    # A step of somebody else's is named with whose it is, and is no link.
    assert re.search(r"<li>Add the people who will work here .*District administrator", shown)
    house.issue()
    assert "First steps" not in browser.get("/staff/").text


@pytest.mark.parametrize("role", Role)
def test_home_leads_only_where_somebody_may_go(at: At, role: Role) -> None:
    browser = at(role)
    main = browser.get("/staff/").text.partition("<main")[2]
    links = set(re.findall(r'href="(/staff/[^"]+)"', main))
    assert len(links) >= 3
    assert {browser.get(path).status_code for path in links} == {200}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("  CO-CNA, earned on 2026-04-18", "  Nurse Aide, earned on April 18, 2026"),
        (
            "SAT, Math: 520 on 2026-03-31, and 520 is needed",
            "SAT, Math: 520 on March 31, 2026, and 520 is needed",
        ),
        ("attested on 2026-05-01: room 2026-31-99", "Attested on May 1, 2026: room 2026-31-99"),
    ],
)
def test_a_reason_names_certifications_and_days_as_people_do(line: str, said: str) -> None:
    assert student_pages._readable(line, {"CO-CNA": "Nurse Aide"}) == said
