from __future__ import annotations

import pytest

from issuer.catalog import LookupRefused, default_catalogue
from issuer.catalog.errors import LOOKUP_CODES

FIND = default_catalogue().find


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ({"code": "CO-CNA"}, "CO-CNA"),
        ({"code": "co cna"}, "CO-CNA"),
        ({"code": "ＣＯ－ＣＮＡ"}, "CO-CNA"),
        ({"name": "compTIA a+"}, "COMPTIA-A+"),
        ({"code": "CompTIA A+"}, "COMPTIA-A+"),
        ({"code": "CPT", "body": "NHA"}, "NHA-CPT"),
        ({"code": "CPT", "body": "Manufacturing Skill Standards Council"}, "MSSC-CPT"),
        ({"code": "AWS", "body": "American Welding Society"}, "AWS-CW-D1.1"),
        ({"code": "AWS", "body": "Amazon"}, "AMZN-CCP"),
        ({"code": "CNA", "body": "DORA"}, "CO-CNA"),
        ({"code": "CO-CNA", "name": "Nurse Aide"}, "CO-CNA"),
        ({"code": "CO-CNA", "name": "words that nobody knows"}, "CO-CNA"),
    ],
)
def test_decisive_words_find_without_a_warning(words: dict[str, str], code: str) -> None:
    found = FIND(**words)
    assert (found.entry.code, found.warning) == (code, None)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ({"code": "OSHA 10"}, "OSHA10-GI"),
        ({"code": "OSHA-10", "body": "OSHA-authorized trainer"}, "OSHA10-GI"),
        ({"code": "CNA"}, "CO-CNA"),
        ({"code": "Security+"}, "COMPTIA-SEC+"),
        ({"name": "First Aid/CPR/AED"}, "ARC-FA"),
    ],
)
def test_a_habit_is_taken_with_a_warning(words: dict[str, str], code: str) -> None:
    found = FIND(**words)
    assert found.entry.code == code
    assert code in (found.warning or "")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ({}, "MISSING_CODE", "credential_code"),
        ({"code": " - "}, "MISSING_CODE", "credential_code"),
        ({"code": "CPT"}, "AMBIGUOUS_CODE", "NHA-CPT (National Healthcareer Association) or MSSC-CPT"),
        ({"code": "ASE", "body": "ASE"}, "AMBIGUOUS_CODE", "ASE-EL-BRAKES"),
        ({"code": "CPT", "body": "NASM"}, "BODY_DIFFERS", "not by NASM"),
        ({"code": "CO-CNA", "body": "NHA"}, "BODY_DIFFERS", "Colorado State Board of Nursing"),
        ({"code": "CO-CNA", "name": "Security+"}, "NAME_DIFFERS", "Security+"),
        ({"code": "COMTIA-A+"}, "UNKNOWN_CODE", "Did you mean COMPTIA-A+"),
        ({"code": "Underwater Basket Weaving"}, "UNKNOWN_CODE", "not in the catalogue. Write"),
    ],
)
def test_what_does_not_decide_is_refused(words: dict[str, str], code: str, said: str) -> None:
    with pytest.raises(LookupRefused) as caught:
        FIND(**words)
    assert caught.value.code == code
    assert said in caught.value.message
    assert code in LOOKUP_CODES


def test_every_code_and_name_finds_its_own_entry() -> None:
    for entry in default_catalogue().entries:
        assert FIND(code=entry.code).entry is entry
        assert FIND(name=entry.name).entry is entry
        assert FIND(code=entry.code, name=entry.name, body=entry.body.name).entry is entry


def meant_by(label: str, body: str) -> str:
    """The code that is found, or the sentence that names the codes between which nobody decided."""
    try:
        return FIND(code=label, body=body).entry.code
    except LookupRefused as refused:
        return refused.message if refused.code == "AMBIGUOUS_CODE" else ""


def test_every_label_finds_its_entry_when_the_body_is_named_or_says_what_else_it_means() -> None:
    for entry in default_catalogue().entries:
        for label in entry.labels:
            assert entry.code in meant_by(label.text, entry.body.name)


def test_a_very_long_label_is_refused_quickly() -> None:
    with pytest.raises(LookupRefused):
        FIND(code="A" * 100_000)


def test_get_is_exact() -> None:
    assert default_catalogue().get("co-cna") is None
