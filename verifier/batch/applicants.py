"""A college's list of applicants, and whose a badge may be. Never more than *may*: a registrar decides.

Looked for in this order: the applicant number that came with the badge, the e-mail address that the badge
holds as a hash, the name. A number stands beside a badge and not in it, so whoever sent it wrote it: it leads
to one applicant only where the badge's own name agrees. A name alone always asks for a second look.

A number comes with a badge in one of two ways: in a sheet of links, in a column `applicant` beside the link;
or in the link itself, as `https://.../S/TAG-TOKEN?applicant=NUMBER` (`verifier.batch.numbers`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeAlias

from credential.recipient import find_match
from verifier.batch.award import Award
from verifier.batch.folding import alike, name_parts, resemble
from verifier.batch.said import Said
from verifier.batch.sheet import Fault, SheetRefused, read_sheet

MOST_APPLICANTS: Final = 20_000
MOST_SHOWN: Final = 5
"""Applicants that are shown for one badge; how many more there are is said."""

COLUMNS: Final[Mapping[str, Sequence[str]]] = {
    "number": (
        "applicant", "applicant_id", "applicant_number", "applicant no", "application_id", "id", "number",
        "solicitante", "número de solicitante",
    ),
    "name": ("name", "full_name", "student_name", "applicant_name", "nombre completo", "nombre y apellido"),
    "given": ("given_name", "first_name", "first", "preferred_name", "nombre", "nombres"),
    "family": ("family_name", "last_name", "last", "surname", "apellido", "apellidos"),
    "email": ("email", "e-mail", "email_address", "mail", "correo", "correo electrónico"),
}  # fmt: skip
"""What a column is called here to what a list may call it. Other columns are not read."""


@dataclass(frozen=True, slots=True)
class Applicant:
    """One applicant, as the college's list has them.

    Args:
        row: As a spreadsheet counts it.
        number: The college's number.
        name: The whole name, or "".
        email: As the list writes it, or "".
    """

    row: int
    number: str
    name: str = ""
    email: str = ""


Named: TypeAlias = tuple[Applicant, frozenset[str]]
"""An applicant and the words of their name."""


@dataclass(frozen=True, slots=True)
class Applicants:
    """The list, looked up by number and by name.

    Args:
        all: Its rows.
    """

    all: tuple[Applicant, ...]
    by_number: Mapping[str, tuple[Applicant, ...]] = field(init=False, repr=False, compare=False)
    by_part: Mapping[str, tuple[Named, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_number: dict[str, tuple[Applicant, ...]] = {}
        by_part: dict[str, list[Named]] = {}
        for one in self.all:
            number = same_number(one.number)
            by_number[number] = (*by_number.get(number, ()), one)
            parts = name_parts(one.name)
            for part in parts:
                by_part.setdefault(part, []).append((one, parts))
        object.__setattr__(self, "by_number", MappingProxyType(by_number))
        lists = {part: tuple(named) for part, named in by_part.items()}
        object.__setattr__(self, "by_part", MappingProxyType(lists))


class By(StrEnum):
    """What led to an applicant."""

    NUMBER = "number"
    EMAIL = "email"
    NAME = "name"
    NOBODY = "nobody"
    NOT_ASKED = "not_asked"
    """There is no list."""


@dataclass(frozen=True, slots=True)
class Match:
    """Whose a badge may be.

    Args:
        by: What led there.
        applicants: All who fit, at most `MOST_SHOWN`.
        more: How many more fit.
        cautions: Why to look twice; none only where exactly one applicant fits and nothing speaks against it.
    """

    by: By
    applicants: tuple[Applicant, ...] = ()
    more: int = 0
    cautions: tuple[Said, ...] = ()


def same_number(number: str) -> str:
    """A number as it is compared: zeros in front count, capital letters do not."""
    return number.strip().casefold()


def load_applicants(data: bytes) -> Applicants:
    """Read a list of applicants.

    Args:
        data: A CSV file with a head: a number, and a name (whole, or given and family) or an e-mail address.

    Raises:
        SheetRefused: With the row of each fault.
    """
    sheet = read_sheet(data, COLUMNS, MOST_APPLICANTS)
    if "number" not in sheet.columns:
        raise SheetRefused([Fault("column_missing", column="applicant_id")])
    if not {"name", "given", "family", "email"} & set(sheet.columns):
        raise SheetRefused([Fault("column_missing", column="name")])
    found = []
    faults = []
    for row in sheet.rows:
        cells = row.cells
        name = cells.get("name") or f"{cells.get('given', '')} {cells.get('family', '')}".strip()
        if not cells["number"]:
            faults.append(Fault("cell_empty", row.number, sheet.columns["number"]))
        found.append(Applicant(row.number, cells["number"], name, cells.get("email", "")))
    if faults:
        raise SheetRefused(faults)
    return Applicants(tuple(found))


def match(award: Award | None, numbers: Sequence[str], applicants: Applicants | None) -> Match:
    """Whose a badge may be.

    Args:
        award: What the badge says; None where its proof did not pass, so that nothing in it counts.
        numbers: The applicant numbers that came with it, usually one or none.
        applicants: The college's list; None where it sent none.
    """
    if applicants is None:
        return Match(By.NOT_ASKED)
    by_number = _unique(one for n in numbers for one in applicants.by_number.get(same_number(n), ()))
    by_email = _unique(_by_email(award, applicants)) if award else ()
    unknown = [n for n in numbers if same_number(n) not in applicants.by_number]
    cautions = [Said("look.number_unknown", {"number": unknown[0]})] if unknown else []
    if len({same_number(n) for n in numbers}) > 1:
        cautions.append(Said("look.two_numbers"))
    if by_number:
        return _numbered(award, by_number, by_email, cautions)
    if by_email:
        return _shown(By.EMAIL, by_email, [*cautions, *_other_name(award, by_email)])
    by_name = _by_name(award, applicants) if award else ()
    if by_name:
        return _shown(By.NAME, by_name, [*cautions, Said("look.name_only")])
    return Match(By.NOBODY, cautions=tuple(cautions))


def _numbered(
    award: Award | None,
    by_number: tuple[Applicant, ...],
    by_email: tuple[Applicant, ...],
    cautions: list[Said],
) -> Match:
    """The number's applicants; and the address's, where those are others.

    The number is its sender's word: something that was signed must agree, else anybody's badge could be sent
    under anybody's number.
    """
    agreed = set(by_email) & set(by_number)
    if by_email and not agreed:
        found = _unique([*by_number, *by_email])
        return _shown(By.NUMBER, found, [*cautions, Said("look.number_and_email")])
    named = award is not None and bool(award.names)
    if not agreed and not (named and all(one.name for one in by_number)):
        cautions.append(Said("look.number_unconfirmed"))
    return _shown(By.NUMBER, by_number, [*cautions, *_other_name(award, by_number)])


def _shown(by: By, found: tuple[Applicant, ...], cautions: Sequence[Said]) -> Match:
    several = [Said("look.several", {"count": str(len(found))})] if len(found) > 1 else []
    return Match(by, found[:MOST_SHOWN], max(0, len(found) - MOST_SHOWN), (*several, *cautions))


def _other_name(award: Award | None, found: Sequence[Applicant]) -> list[Said]:
    """A second look, where the badge's name is none of the applicant's."""
    if award is None or not award.names:
        return []
    agree = all(any(resemble(name, one.name) for name in award.names) for one in found if one.name)
    return [] if agree else [Said("look.other_name")]


def _by_email(award: Award, applicants: Applicants) -> list[Applicant]:
    """Those whose address is the one in the badge, as the list writes it or in small letters."""
    if not award.emails:
        return []
    return [
        one
        for one in applicants.all
        if one.email
        and any(
            find_match(award.emails, "emailAddress", spelt) is not None
            for spelt in {one.email, one.email.lower()}
        )
    ]


def _by_name(award: Award, applicants: Applicants) -> tuple[Applicant, ...]:
    """Those who share the badge's name; only who shares a word of it is looked at."""
    found: list[Applicant] = []
    for name in award.names:
        parts = name_parts(name)
        near = (named for part in parts for named in applicants.by_part.get(part, ()))
        found.extend(one for one, theirs in near if alike(parts, theirs))
    return _unique(found)


def _unique(found: Iterable[Applicant]) -> tuple[Applicant, ...]:
    return tuple(dict.fromkeys(found))
