"""What is embedded says no more of a student than the badge itself may."""

from __future__ import annotations

import pytest

from credential.embedded import data_uri
from issuer.embedded_rules import embedded_faults


def codes(media_type: str, text: str, withheld: tuple[str, ...] = ()) -> list[str]:
    values = [("/evidence/0/id", data_uri(media_type, text.encode()))]
    return [fault.code for fault in embedded_faults(values, withheld)]


@pytest.mark.parametrize("media_type", ["text/plain", "application/json"])
@pytest.mark.parametrize("text", ["SSN: 1", "see 123-45-6789", '{"says":"race: x"}'])
def test_what_we_write_says_nothing_that_no_badge_says(media_type: str, text: str) -> None:
    assert codes(media_type, text) == ["forbidden_value"]


@pytest.mark.parametrize("media_type", ["text/plain", "application/json"])
def test_an_ordinary_text_and_rule_are_let_be(media_type: str) -> None:
    assert codes(media_type, '{"language":"cairn-rule/1","judgedOn":"2026-06-01"}') == []


def test_a_badge_of_somebody_else_is_carried_as_it_is_unless_it_holds_what_is_withheld() -> None:
    badge = '{"name":"Student number: 7","value":"200000001"}'
    assert codes("application/vc", badge) == []
    assert codes("application/vc", badge, ("200000001",)) == ["withheld_value"]
