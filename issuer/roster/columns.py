"""What columns are called: the names that we print, and those that districts use in English and Spanish."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

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

STUDENT_COLUMNS: Final = (
    "external_id", "given_name", "family_name", "preferred_given_name", "preferred_family_name", "birth_date",
    "school_code", "grade", "email",
)  # fmt: skip
"""The columns of a sheet of students."""

EXACT: Final = frozenset({"email"})
"""Columns that only their very names mean, and only one of them: a parent's address is no student's."""

FROM_ROSTER: Final = frozenset({"given_name", "family_name", "school_code"})
"""What the roster knows of a student, so that a sheet need not say it."""

_PEOPLE: Final = {
    "external_id": (
        "student id, student number, studentid, student local id, local id, local student id, matricula, "
        "id del estudiante, numero de estudiante, student no, id number, student id number, lasid, sis id, "
        "permanent id, perm id, id estudiante, numero de matricula, no de matricula, "
        "matricula del estudiante, "
        "identificacion, identificacion del estudiante, num estudiante, codigo de estudiante, id de alumno, "
        "numero de alumno, student identifier, id"
    ),
    "given_name": (
        "first name, first, given, nombre, nombres, primer nombre, student first name, fname, firstname, "
        "legal first name, given names, nombre de pila, nombre s"
    ),
    "family_name": (
        "last name, last, surname, apellido, apellidos, student last name, lname, lastname, legal last name, "
        "family, apellido s, apellidos del estudiante"
    ),
    "preferred_given_name": (
        "preferred first name, preferred name, nickname, goes by, chosen name, nombre preferido, "
        "preferredgivenname"
    ),
    "preferred_family_name": "preferred last name, apellido preferido, preferredfamilyname",
    "full_name": (
        "name, student, student name, full name, last first, last name first name, nombre completo, alumno, "
        "estudiante, nombre del estudiante, nombre y apellidos, apellidos y nombre, nombre del alumno, "
        "learner, "
        "learner name, participant, candidate name, examinee"
    ),
    "birth_date": (
        "birthdate, date of birth, dob, fecha de nacimiento, birthday, student dob, fecha nac, f nacimiento, "
        "nacimiento, student birth date"
    ),
    "school_code": (
        "school, school number, school id, codigo de escuela, escuela, school name, building, campus, sch, "
        "school no, high school, plantel, centro, nombre de la escuela, escuela codigo, cde school code, site"
    ),
}

_AWARDS: Final = {
    "credential_code": (
        "credential, certification, certification code, cert code, code, codigo, certificacion, "
        "codigo de certificacion, cert, industry certification, industry credential, badge, exam, "
        "certificate, certificado, credencial, certificacion profesional, insignia, ic code, "
        "certification earned"
    ),
    "credential_name": (
        "certification name, nombre de la certificacion, nombre de certificacion, certificate name, "
        "exam name, "
        "test name, nombre del certificado, certification title, nombre de la credencial"
    ),
    "certifying_body": (
        "body, provider, vendor, certifying organization, organismo, organismo certificador, "
        "certifying agency, "
        "issuing organization, issued by, otorgada por, organizacion, proveedor, agencia"
    ),
    "date_earned": (
        "earned, earned on, date awarded, award date, completion date, date completed, fecha, "
        "fecha de obtencion, fecha obtenida, date, test date, exam date, date passed, pass date, issue date, "
        "date issued, fecha de examen, fecha de emision, fecha obtencion, completed, completed on, "
        "certification date, fecha de certificacion, awarded on, date certified, fecha del examen"
    ),
    "expires_on": (
        "expires, expiration, expiration date, expiry, expiry date, valid until, vence, "
        "fecha de vencimiento, "
        "exp date, exp, vencimiento, fecha de expiracion, expires on, valid through, vigencia, valida hasta"
    ),
    "number": (
        "license number, licence number, certificate number, certification number, card number, numero, "
        "numero de licencia, certificate id, cert number, license no, certificate no, credential number, "
        "numero de certificado, license, licencia, verification code, certificate code, credential id, "
        "card no"
    ),
    "score": "result, exam score, test score, puntaje, calificacion, scale score, puntuacion, nota, points",
    "evidence_url": "evidence, evidence link, link, url, evidencia, enlace, proof, documento",
    "evaluator": (
        "assessor, instructor, teacher, evaluador, instructor evaluador, teacher name, maestro, maestra, "
        "profesor, docente, proctor, instructor name"
    ),
    "award_ref": "award reference, reference, ref, referencia, reference number, award id, record id",
}

_STUDENTS: Final = {
    "grade": "grade level, gr, grado, grades, year, curso, grade lvl",
    "email": (
        "e mail, email address, e mail address, student email, student e mail, student email address, "
        "school email, correo, correo electronico, correo del estudiante, correo electronico del estudiante, "
        "correo escolar"
    ),
}


def _synonyms(*groups: Mapping[str, str]) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for group in groups:
        for column, names in group.items():
            for name in (column.replace("_", " "), *names.split(", ")):
                found.setdefault(name, column)
    return MappingProxyType(found)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the columns of one kind of sheet are called.

    Args:
        columns: Those that are read, and the helping ones: a full name, a preferred name.
        decisive: Without one of each of these, no row can be read.
        dates: Those that hold days.
        numbers: Those whose figures are a name and no quantity, so that a leading zero counts.
        synonyms: Column by folded name.
    """

    columns: tuple[str, ...]
    decisive: tuple[tuple[str, ...], ...]
    dates: tuple[str, ...]
    numbers: tuple[str, ...]
    synonyms: Mapping[str, str]


AWARDS: Final = Vocabulary(
    (*COLUMNS, "full_name", "preferred_given_name", "preferred_family_name"),
    DECISIVE,
    ("birth_date", "date_earned", "expires_on"),
    ("external_id", "school_code", "number", "award_ref"),
    _synonyms(_PEOPLE, _AWARDS),
)
"""A sheet of awards."""

STUDENTS: Final = Vocabulary(
    (*STUDENT_COLUMNS, "full_name"),
    (("external_id",), ("given_name",), ("family_name",)),
    ("birth_date",),
    ("external_id", "school_code"),
    _synonyms(_PEOPLE, _STUDENTS),
)
"""A sheet of students."""

SYNONYMS: Final = AWARDS.synonyms
"""Column by folded name, in a sheet of awards."""

_NOT_A_WORD: Final = re.compile(r"[^a-z0-9]+")


def folded(name: str) -> str:
    """A column name as it is compared: no case, no accents, no punctuation, `#` as a number."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return _NOT_A_WORD.sub(" ", plain.casefold().replace("#", " number ").replace("'s", "")).strip()


def is_known(name: str) -> bool:
    """Whether a cell is the name of a column of any kind of sheet."""
    key = folded(name) if len(name) <= 60 else ""  # noqa: PLR2004 - no name of a column is a sentence
    return key in AWARDS.synonyms or key in STUDENTS.synonyms
