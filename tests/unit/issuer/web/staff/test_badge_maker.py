"""The badge maker: drawn anew from the address, used for later badges, and faults at their fields."""

from __future__ import annotations

from collections.abc import Callable

from issuer.access.roles import Role
from issuer.catalog import default_catalogue
from issuer.pictures import picture_at
from tests.staff import Staff
from tests.unit.issuer.web.staff.browser import Browser

At = Callable[..., Browser]
PAGE = "/staff/certifications/CO-CNA/picture"
CHOICES = {
    "letters": "CNA", "shape": "shield", "ground": "#0b5c6b", "accent": "#f2c14e", "ribbon": "License",
    "icon": "cross", "level": "2",
}  # fmt: skip


def test_the_picture_is_drawn_from_the_address_without_a_script(at: At, staff: Staff) -> None:
    assert staff.district
    browser = at(Role.COORDINATOR)
    first, other = browser.get(PAGE), browser.get(PAGE, params=CHOICES)
    assert (first.status_code, other.status_code) == (200, 200)
    assert other.text.count("data:image/png;base64,") == 3
    assert "level 2 of 5" in other.text
    assert at(Role.CLERK).get(PAGE).status_code == 403


def test_a_fault_is_said_and_nothing_is_drawn(at: At) -> None:
    answer = at(Role.COORDINATOR).get(PAGE, params=CHOICES | {"ground": "#777777", "accent": "#777777"})
    assert answer.status_code == 422
    assert "hard to read" in answer.text
    assert "data:image/png" not in answer.text


def test_it_is_used_with_words_and_not_without(at: At, staff: Staff) -> None:
    browser = at(Role.COORDINATOR)
    assert browser.post(PAGE, CHOICES | {"alt": " "}).status_code == 422
    assert browser.post(PAGE, CHOICES | {"alt": "A shield"}).status_code == 303
    entry = default_catalogue().get("CO-CNA")
    assert entry is not None
    with staff.house.store.reading() as session:
        found = picture_at(session, staff.district, entry, staff.house.time)
    assert found is not None
    assert found.alt == "A shield"
