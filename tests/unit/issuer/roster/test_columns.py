from __future__ import annotations

import pytest

from issuer.roster import SheetError
from issuer.roster.columns import COLUMNS, SYNONYMS, match_columns


def test_our_own_names_match_in_any_order() -> None:
    places, unknown = match_columns(tuple(reversed(COLUMNS)))
    assert places == {name: index for index, name in enumerate(reversed(COLUMNS))}
    assert unknown == ()


def test_names_of_districts_match_in_english_and_spanish() -> None:
    english = ("Student ID", "First Name", "Last Name", "School", "Certification", "Date Earned")
    spanish = ("Matrícula", "Nombre", "Apellidos", "Código de escuela", "Certificación", "Fecha de obtención")
    assert match_columns(english)[0] == match_columns(spanish)[0]


def test_what_means_nothing_to_us_is_named() -> None:
    header = (*COLUMNS, "Homeroom", "")
    assert match_columns(header)[1] == ("Homeroom",)


def test_all_missing_columns_are_named_at_once() -> None:
    header = tuple(name for name in COLUMNS if name not in ("external_id", "date_earned"))
    with pytest.raises(SheetError) as caught:
        match_columns(header)
    assert caught.value.code == "MISSING_COLUMNS"
    assert "external_id, date_earned" in caught.value.message


def test_either_code_or_name_of_the_credential_is_enough() -> None:
    for one in ("credential_code", "credential_name"):
        assert match_columns(tuple(name for name in COLUMNS if name != one))[0]
    with pytest.raises(SheetError, match="credential_code or credential_name"):
        match_columns(tuple(name for name in COLUMNS if not name.startswith("credential_")))


def test_two_columns_of_one_meaning_are_refused() -> None:
    with pytest.raises(SheetError) as caught:
        match_columns((*COLUMNS, "Last Name"))
    assert caught.value.code == "DUPLICATE_COLUMNS"


def test_no_name_means_two_columns() -> None:
    written = [name.replace("_", " ") for name in COLUMNS]
    assert all(SYNONYMS[name] == column for name, column in zip(written, COLUMNS, strict=True))
