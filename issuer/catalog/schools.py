"""Which schools a district has. A sheet's school code must be one of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType

from issuer.catalog.load import day_at, place_of

TOTALS = frozenset({"9998", "9999"})
"""Codes that state reports use for totals: never a school."""


@dataclass(frozen=True, slots=True)
class DistrictSchools:
    """A district and its schools.

    Args:
        code: The state's code of the district.
        name: The district's name.
        schools: School name by school code. Codes are text: a leading zero counts.
    """

    code: str
    name: str
    schools: Mapping[str, str]


@cache
def example_district() -> DistrictSchools:
    """A district that does not exist, for the demo and for examples."""
    return load_schools(_packaged("schools_example.json"), file="schools_example.json")["EX01"]


@cache
def colorado_districts() -> Mapping[str, DistrictSchools]:
    """High schools of Colorado's districts, by code, from the state's graduation workbook 2023-24."""
    return load_schools(_packaged("schools_colorado.json"), file="schools_colorado.json")


def load_schools(data: bytes, *, file: str = "schools.json") -> Mapping[str, DistrictSchools]:
    """Districts and their schools from a file's bytes.

    Raises:
        CatalogueError: A fault, with its file and JSON pointer; also for the code of a total.
    """
    root = place_of(data, file)
    root.object("version dated source about districts")
    day_at(root.at("dated"))
    found = {}
    for code, place in root.at("districts").children():
        place.object("name schools")
        schools = {}
        for school, name in place.at("schools").children():
            if school in TOTALS:
                raise name.refuse("bad_value", f"{school} stands for a total, not for a school")
            schools[school] = name.text()
        found[code] = DistrictSchools(code, place.at("name").text(), MappingProxyType(schools))
    return MappingProxyType(found)


def _packaged(name: str) -> bytes:
    return (resources.files("issuer.catalog") / "data" / name).read_bytes()
