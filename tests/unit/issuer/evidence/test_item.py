"""A piece of evidence: how it is recorded, what fits, and whose it is."""

from __future__ import annotations

import pytest

from issuer.evidence.errors import EvidenceRefused
from issuer.evidence.item import (
    MOST_ITEMS,
    EvidenceItem,
    EvidenceKind,
    Place,
    Words,
    check_fits,
    check_holder,
    same_person,
    sri,
)


def item(size: int = 10, place: Place = Place.EMBEDDED, holder: str = "", **found: str) -> EvidenceItem:
    named = {"holder": holder} if holder else {}
    return EvidenceItem(
        EvidenceKind.FILE, place, "Text", "text/plain", "00" * 32, sri(b""), size,
        words=Words(genre="Letter"), found=named | found,
    )  # fmt: skip


def test_what_is_recorded_is_read_back() -> None:
    assert EvidenceItem.from_json(item(holder="Maya").to_json()) == item(holder="Maya")


def test_as_many_pieces_fit_as_a_verifier_opens() -> None:
    check_fits([item()] * MOST_ITEMS)
    with pytest.raises(EvidenceRefused, match="evidence_full: a badge carries 8 pieces"):
        check_fits([item()] * (MOST_ITEMS + 1))


def test_as_many_bytes_fit_as_a_badge_carries() -> None:
    check_fits([item(32_768)] * 4)
    check_fits([item(32_768)] * 4 + [item(10_000_000, Place.KEPT)])
    for too_much in ([item(32_768)] * 4 + [item(1)], [item(32_769)]):
        with pytest.raises(EvidenceRefused, match="with 'Text' the badge would carry"):
            check_fits(too_much)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Maya Okafor", "Maya Okafor", True),
        ("Okafor, Maya", "maya OKAFOR", True),
        ("José Núñez", "Jose Nunez", True),
        ("Maya Ruth Okafor", "Maya Okafor", True),
        ("Maya Okafor", "Maya Okafor Ruiz", True),
        ("Maya Okafor", "Mayo Okafor", False),
        ("Maya Okafor", "Ruth Okafor", False),
        ("Maya", "Maya Okafor", False),
        ("Maya", "maya", True),
        ("", "Maya Okafor", False),
    ],
)
def test_names_are_compared_as_people_compare_them(one: str, other: str, same: bool) -> None:  # noqa: FBT001 - a column of the table
    assert same_person(one, other) is same
    assert same_person(other, one) is same


def test_a_badge_of_somebody_else_is_looked_at_twice() -> None:
    check_holder(item(holder="Maya Okafor"), "Maya Okafor")
    check_holder(item(), "Maya Okafor")
    check_holder(item(holder="May O.", same_person="Nickname, seen on the card"), "Maya Okafor")
    with pytest.raises(
        EvidenceRefused, match="look twice: 'Text' is made out to Ruth Ito, the award to Maya"
    ):
        check_holder(item(holder="Ruth Ito"), "Maya Okafor")


def test_a_badge_without_a_name_does_not_name_its_holder_through_another() -> None:
    check_holder(item(place=Place.KEPT, holder="Maya Okafor"), None)
    with pytest.raises(EvidenceRefused, match="names its holder"):
        check_holder(item(holder="Maya Okafor"), None)
