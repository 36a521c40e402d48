"""Reading a catalogue's files: every fault is named with its file and its place."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any, TypeVar

from issuer.catalog.catalogue import Catalogue, folded
from issuer.catalog.entry import Body, Counts, Edition, Entry, Jurisdiction, Kind, Label, Occupation, Score
from issuer.catalog.errors import CatalogueError
from issuer.catalog.place import DECIMAL, Place
from issuer.catalog.validity import Shape, Validity, months_in

ACHIEVEMENT_TYPES = frozenset(
    {
        "Achievement", "ApprenticeshipCertificate", "Award", "Badge", "Certificate",
        "CertificateOfCompletion", "Certification", "Competency", "Course", "Fieldwork", "LearningProgram",
        "License", "MicroCredential", "SecondarySchoolDiploma",
    }
)  # fmt: skip
"""The values of Open Badges 3.0 AchievementType that a catalogue may use."""

Converted = TypeVar("Converted")

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+_-]{0,39}")
_MARK = re.compile(r"[A-Z0-9+&./ -]{1,8}")
_OCCUPATION = re.compile(r"[0-9]{2}-[0-9]{4}\.[0-9]{2}")
_URN = re.compile(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_URL = re.compile(r"https://[A-Za-z0-9.-]+(/[!-~]*)?")
_POINTER = re.compile(r"(/[^/]+)+")
_REGION = re.compile(r"[A-Z]{2}")


@cache
def default_catalogue() -> Catalogue:
    """The catalogue that comes with Cairn: industry credentials of Colorado high schools."""
    folder = resources.files("issuer.catalog") / "data"
    return load_catalogue(
        (folder / "certifications.json").read_bytes(),
        (folder / "kinds.json").read_bytes(),
    )


def load_catalogue(
    certifications: bytes,
    kinds: bytes,
    *,
    file: str = "certifications.json",
    kinds_file: str = "kinds.json",
) -> Catalogue:
    """A catalogue from the bytes of its two files.

    Raises:
        CatalogueError: A fault, with its file and JSON pointer.
    """
    known_kinds = _kinds(place_of(kinds, kinds_file))
    root = place_of(certifications, file)
    root.object("catalogue sources clusters occupations bodies entries")
    sources = sources_at(root.at("sources"))
    clusters = {code: place.text() for code, place in root.at("clusters").children()}
    occupations = _occupations(root.at("occupations"))
    bodies = {code: _body(code, place) for code, place in root.at("bodies").children()}
    tables = _Tables(known_kinds, clusters, occupations, bodies, sources)
    entries: dict[str, Entry] = {}
    for place in root.at("entries").items():
        entry = _entry(place, tables)
        if folded(entry.code) in entries:
            raise place.at("code").refuse("duplicate_label", f"the code {entry.code!r} is already in use")
        entries[folded(entry.code)] = entry
    _refuse_labels_that_are_codes(root.at("entries"), entries)
    _refuse_strange_renewals(root.at("entries"), entries)
    return Catalogue(_edition(root.at("catalogue")), entries.values(), known_kinds, sources)


def place_of(data: bytes, file: str) -> Place:
    """The top of a JSON file.

    Raises:
        CatalogueError: not_json, duplicate_key.
    """

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            names = [key for key, _ in pairs]
            twice = next(key for key in names if names.count(key) > 1)
            raise CatalogueError(
                "duplicate_key", file, "", f"the member {twice!r} stands twice in one object"
            )
        return found

    try:
        # Windows' editors put a byte order mark before the text.
        return Place(file, "", json.loads(data.decode("utf-8-sig"), object_pairs_hook=once))
    except CatalogueError:
        raise
    except (ValueError, RecursionError) as error:
        # ValueError is also what a number of thousands of digits gives.
        raise CatalogueError("not_json", file, "", f"this is not JSON in UTF-8: {error}") from error


def _edition(place: Place) -> Edition:
    place.object("name version dated about")
    return Edition(
        place.at("name").text(),
        place.at("version").text(),
        day_at(place.at("dated")),
        place.at("about").text(),
    )


def day_at(place: Place) -> date:
    """The calendar day that stands at a place, as `YYYY-MM-DD`."""
    return converted(place, date.fromisoformat, "a day such as 2026-08-01")


def converted(place: Place, convert: Callable[[str], Converted], what: str) -> Converted:
    """The text at a place as something else; `what` says, after "is not", what belongs there."""
    try:
        return convert(place.text())
    except ValueError as error:
        raise place.refuse("bad_value", f"{place.value!r} is not {what}") from error


def sources_at(place: Place) -> dict[str, str]:
    """Title by key of the sources that a file names."""
    found = {}
    for key, child in place.children():
        child.object("title", "where")
        found[key] = child.at("title").text()
        child.at("where").text_or_none(_URL)
    return found


def _kinds(root: Place) -> dict[str, Kind]:
    root.object("kinds about version dated")
    kinds = {}
    for code, place in root.at("kinds").children():
        place.object("title achievementType industryCertification", "needs ends why")
        achievement_type = place.at("achievementType").text()
        if achievement_type not in ACHIEVEMENT_TYPES:
            raise place.at("achievementType").refuse(
                "bad_value", f"{achievement_type!r} is not a type of achievement that a catalogue may use"
            )
        needs = [item.text() for item in place.at("needs").items()]
        ends = place.at("ends")
        kinds[code] = Kind(
            code,
            place.at("title").text(),
            achievement_type,
            converted(place.at("industryCertification"), Counts, "yes, no or by decision"),
            needs_number="number" in needs,
            needs_jurisdiction="jurisdiction" in needs,
            may_end=ends.value is None or ends.flag(),
            why=place.at("why").text_or_none(),
        )
    return kinds


def _occupations(place: Place) -> dict[str, Occupation]:
    place.object("framework url names")
    framework, url = place.at("framework").text(), place.at("url").text()
    if "{code}" not in url:
        raise place.at("url").refuse("bad_value", "the address must hold {code}")
    found = {}
    for code, name in place.at("names").children():
        if not _OCCUPATION.fullmatch(code):
            raise name.refuse("bad_value", f"{code!r} is not an O*NET-SOC code such as 31-1131.00")
        found[code] = Occupation(code, name.text(), framework, url.replace("{code}", code))
    return found


def _body(code: str, place: Place) -> Body:
    place.object("id name unverified", "url aliases jurisdiction note")
    where = place.at("jurisdiction")
    jurisdiction = None
    if where.value is not None:
        where.object("country", "region")
        jurisdiction = Jurisdiction(
            where.at("country").text(_REGION), where.at("region").text_or_none(_REGION)
        )
    return Body(
        code,
        place.at("id").text(_URN),
        place.at("name").text(),
        place.at("url").text_or_none(_URL),
        tuple(alias.text() for alias in place.at("aliases").items()),
        jurisdiction,
    )


@dataclass(frozen=True, slots=True)
class _Tables:
    """What entries refer to."""

    kinds: Mapping[str, Kind]
    clusters: Mapping[str, str]
    occupations: Mapping[str, Occupation]
    bodies: Mapping[str, Body]
    sources: Mapping[str, str]


def _entry(place: Place, tables: _Tables) -> Entry:
    place.object(
        "code name mark body kind cluster occupations validity description criteria sources unverified",
        "number labels provisional score levels versioned notes renewedBy",
    )
    kind, body = (
        place.at("kind").known(tables.kinds, "kinds"),
        place.at("body").known(tables.bodies, "bodies"),
    )
    if kind.needs_jurisdiction and body.jurisdiction is None:
        raise place.at("body").refuse("bad_value", f"a {kind.title.lower()} needs a body with a jurisdiction")
    for source in place.at("sources").items():
        source.known(tables.sources, "sources")
    unverified = unverified_at(place)
    return Entry(
        place.at("code").text(_CODE),
        place.at("name").text(),
        place.at("mark").text(_MARK),
        body,
        kind,
        place.at("cluster").known(tables.clusters, "clusters"),
        place.at("cluster").text(),
        tuple(item.known(tables.occupations, "occupations") for item in place.at("occupations").items()),
        _validity(place.at("validity"), kind, confirmed="/validity" not in unverified),
        place.at("description").text(),
        place.at("criteria").text(),
        place.at("number").text_or_none(),
        tuple(_label(item) for item in place.at("labels").items()),
        place.at("provisional").text_or_none(),
        _score(place.at("score")),
        tuple(item.text() for item in place.at("levels").items()),
        place.at("versioned").flag(),
        tuple(item.text() for item in place.at("notes").items()),
        tuple(item.text() for item in place.at("sources").items()),
        unverified,
        tuple(item.text() for item in place.at("renewedBy").items()),
    )


def _validity(place: Place, kind: Kind, *, confirmed: bool) -> Validity:
    place.object("shape", "period ends")
    shape: Shape = converted(place.at("shape"), Shape, "none, fixed, continuity or currency")
    if (shape is Shape.NONE) != (place.at("period").value is None):
        raise place.refuse("bad_value", "every shape but none needs a period, and none takes no period")
    if shape is not Shape.NONE and not kind.may_end:
        raise place.refuse("bad_value", f"a {kind.title.lower()} has no end, so its shape is none")
    months = (
        0 if shape is Shape.NONE else converted(place.at("period"), months_in, "a period such as P2Y or P6M")
    )
    ends = place.at("ends").text_or_none(re.compile("month"))
    return Validity(shape, months, ends == "month", confirmed)


def _label(place: Place) -> Label:
    place.object("text", "assumes")
    return Label(place.at("text").text(), place.at("assumes").text_or_none())


def _score(place: Place) -> Score | None:
    if place.value is None:
        return None
    place.object(optional="unit minimum maximum")
    return Score(
        place.at("unit").text_or_none(),
        place.at("minimum").text_or_none(DECIMAL),
        place.at("maximum").text_or_none(DECIMAL),
    )


def unverified_at(entry: Place) -> tuple[str, ...]:
    """What nobody confirmed: JSON pointers within the object here, each to something that is there."""
    for item in entry.at("unverified").items():
        _refuse_dangling(entry, item)
    return tuple(item.text() for item in entry.at("unverified").items())


def _refuse_dangling(entry: Place, item: Place) -> None:
    """A pointer to nothing would mark nothing as unverified."""
    here: Any = entry.value
    for step in item.text(_POINTER).split("/")[1:]:
        if isinstance(here, list) and step.isdecimal() and int(step) < len(here):
            here = here[int(step)]
        elif isinstance(here, dict) and step in here:
            here = here[step]
        else:
            raise item.refuse("unknown_reference", f"nothing stands at {item.value!r} in this entry")


def _refuse_labels_that_are_codes(entries: Place, by_code: Mapping[str, Entry]) -> None:
    """A label that is another credential's code would never be read as a label."""
    for place in entries.items():
        own = folded(place.at("code").text())
        for label in place.at("labels").items():
            text = folded(label.at("text").text())
            if text in by_code and text != own:
                raise label.at("text").refuse(
                    "duplicate_label", f"{label.at('text').value!r} is the code of another credential"
                )


def _refuse_strange_renewals(entries: Place, by_code: Mapping[str, Entry]) -> None:
    """What renews a credential is another one of the same body, and what never ends is not renewed."""
    for place in entries.items():
        entry = by_code[folded(place.at("code").text())]
        for item in place.at("renewedBy").items():
            higher = by_code.get(folded(item.text()))
            if higher is None or higher.code != item.value:
                raise item.refuse("unknown_reference", f"{item.value!r} is no code of this catalogue")
            if higher is entry or higher.body is not entry.body or entry.validity.shape is not Shape.FIXED:
                raise item.refuse(
                    "bad_value", "only another credential of the same body renews one that has a fixed term"
                )
