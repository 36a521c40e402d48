"""Which column is which: the names that we print, and those that districts use in English and Spanish."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from issuer.roster.errors import SheetError

COLUMNS: Final = (
    "external_id", "given_name", "family_name", "birth_date", "school_code", "credential_code",
    "credential_name", "certifying_body", "date_earned", "expires_on", "number", "score", "evidence_url",
    "evaluator", "award_ref",
)  # fmt: skip
"""The columns of a sheet of awards, in the order in which we print them."""

DECISIVE: Final = (
    ("external_id",), ("given_name",), ("family_name",), ("school_code",),
    ("credential_code", "credential_name"), ("date_earned",),
)  # fmt: skip
"""Without one of each of these, no row can be read."""

_OTHER_NAMES: Final = {
    "external_id": (
        "student id, student number, studentid, student local id, local id, matricula, id del estudiante, "
        "numero de estudiante"
    ),
    "given_name": "first name, first, preferred first name, given, nombre, nombres, primer nombre",
    "family_name": "last name, last, surname, apellido, apellidos",
    "birth_date": "birthdate, date of birth, dob, fecha de nacimiento",
    "school_code": "school, school number, school id, codigo de escuela, escuela",
    "credential_code": (
        "credential, certification, certification code, cert code, code, codigo, certificacion, "
        "codigo de certificacion"
    ),
    "credential_name": "certification name, nombre de la certificacion, nombre de certificacion",
    "certifying_body": ("body, provider, vendor, certifying organization, organismo, organismo certificador"),
    "date_earned": (
        "earned, earned on, date awarded, award date, completion date, date completed, fecha, "
        "fecha de obtencion, fecha obtenida"
    ),
    "expires_on": (
        "expires, expiration, expiration date, expiry, expiry date, valid until, vence, fecha de vencimiento"
    ),
    "number": (
        "license number, licence number, certificate number, certification number, card number, numero, "
        "numero de licencia"
    ),
    "score": "result, exam score, test score, puntaje, calificacion",
    "evidence_url": "evidence, evidence link, link, url, evidencia, enlace",
    "evaluator": "assessor, instructor, teacher, evaluador, instructor evaluador",
    "award_ref": "award reference, reference, ref, referencia",
}

SYNONYMS: Final[Mapping[str, str]] = MappingProxyType(
    {
        name: column
        for column, names in _OTHER_NAMES.items()
        for name in (column.replace("_", " "), *names.split(", "))
    }
)
"""Column by folded name."""

_NOT_A_WORD: Final = re.compile(r"[^a-z0-9]+")


def folded(name: str) -> str:
    """A column name as it is compared: no case, no accents, no punctuation."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return _NOT_A_WORD.sub(" ", plain.casefold()).strip()


def match_columns(header: tuple[str, ...]) -> tuple[dict[str, int], tuple[str, ...]]:
    """Where each column stands, and the names that mean nothing to us.

    Raises:
        SheetError: DUPLICATE_COLUMNS, MISSING_COLUMNS.
    """
    places: dict[str, int] = {}
    unknown = []
    for index, name in enumerate(header):
        column = SYNONYMS.get(folded(name))
        if column is None:
            unknown.append(name)
        elif column in places:
            message = f"The columns {header[places[column]]!r} and {name!r} both mean {column}. Remove one."
            raise SheetError("DUPLICATE_COLUMNS", message, 1)
        else:
            places[column] = index
    missing = [" or ".join(names) for names in DECISIVE if not any(name in places for name in names)]
    if missing:
        found = ", ".join(repr(name[:40]) for name in header[:20])
        message = f"No column for {', '.join(missing)}. The first row has {found}. Rename or add the columns."
        raise SheetError("MISSING_COLUMNS", message, 1)
    return places, tuple(name for name in unknown if name)
