"""Reading pathways from a file: no unknown code, no way that comes back to where it began."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Final

from issuer.catalog.catalogue import Catalogue
from issuer.catalog.criteria import criterion_at
from issuer.catalog.entry import Kind
from issuer.catalog.heading import RuleSetName, heading_at
from issuer.catalog.load import converted, default_catalogue, place_of
from issuer.catalog.pathways import Association, Edge, Pathway, Pathways, Step, round_trip
from issuer.catalog.place import Place

MOST_EDGES: Final = 2000
"""Edges of all pathways of a file together."""

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+_-]{0,39}")
_ONE_WAY = (Association.PRECEDES, Association.REPLACED)
"""Associations that may not lead back to where they began."""


@cache
def default_pathways() -> Pathways:
    """The pathways that come with Cairn, over the catalogue that comes with it."""
    data = (resources.files("issuer.catalog") / "data" / "pathways.json").read_bytes()
    return load_pathways(data, default_catalogue())


def load_pathways(data: bytes, *catalogues: Catalogue, file: str = "pathways.json") -> Pathways:
    """Pathways from a file's bytes.

    Args:
        data: The file.
        catalogues: Where its codes come from, besides the steps that the file adds; an earlier one wins.
        file: The file's name, for errors.

    Raises:
        issuer.catalog.CatalogueError: A fault, with its file and JSON pointer; `cycle` for a way back.
    """
    root = place_of(data, file)
    root.object("ruleSet pathways", "steps sources unverified")
    heading = heading_at(root, RuleSetName.PATHWAYS)
    steps = _steps(root.at("steps"), catalogues)
    clusters = {entry.cluster_code: entry.cluster_code for one in catalogues for entry in one.entries}
    pathways: dict[str, Pathway] = {}
    edges: list[tuple[Edge, Place]] = []
    for item in root.at("pathways").items():
        pathway = _pathway(item, steps, clusters)
        if pathway.code in pathways:
            raise item.at("code").refuse("duplicate_label", f"the pathway {pathway.code} is already there")
        pathways[pathway.code] = pathway
        edges += zip(pathway.edges, item.at("edges").items(), strict=True)
    if len(edges) > MOST_EDGES:
        raise root.at("pathways").refuse("too_large", f"pathways have at most {MOST_EDGES} edges together")
    _refuse_round_trips(edges)
    _refuse_second_replacements(edges)
    return Pathways(heading, MappingProxyType(pathways), MappingProxyType(steps))


def _steps(place: Place, catalogues: Sequence[Catalogue]) -> dict[str, Step]:
    found: dict[str, Step] = {}
    kinds: dict[str, Kind] = {}
    for catalogue in catalogues:
        kinds = {**catalogue.kinds, **kinds}
        for entry in catalogue.entries:
            found.setdefault(entry.code, Step(entry.code, entry.name, entry.kind.code))
    for code, item in place.children() if place.value is not None else []:
        item.object("name kind")
        if code in found or not _CODE.fullmatch(code):
            raise item.refuse("duplicate_label", f"{code!r} is a code of the catalogue, or cannot be a code")
        found[code] = Step(code, item.at("name").line(), item.at("kind").known(kinds, "kinds").code)
    return found


def _pathway(place: Place, steps: Mapping[str, Step], clusters: Mapping[str, str]) -> Pathway:
    place.object("code name cluster entries edges", "goals note")
    entries = tuple(item.known(steps, "steps").code for item in place.at("entries").items())
    edges = tuple(_edge(item, steps) for item in place.at("edges").items())
    if not entries or not edges:
        raise place.refuse("bad_value", "a pathway has a place to start and at least one edge")
    on_it = {code for edge in edges for code in (edge.start, edge.end)}
    goals = place.at("goals").children() if place.at("goals").value is not None else []
    for code, item in [*((one, place.at("entries").at(n)) for n, one in enumerate(entries)), *goals]:
        if code not in on_it:
            raise item.refuse("unknown_reference", f"{code!r} is on no edge of this pathway")
    return Pathway(
        place.at("code").text(_CODE),
        place.at("name").line(),
        place.at("cluster").known(clusters, "clusters"),
        entries,
        edges,
        MappingProxyType({code: criterion_at(item) for code, item in goals}),
        place.at("note").line_or_none(),
    )


def _edge(place: Place, steps: Mapping[str, Step]) -> Edge:
    place.object("from is to")
    start, end = place.at("from").known(steps, "steps"), place.at("to").known(steps, "steps")
    return Edge(
        start.code,
        converted(place.at("is"), Association, f"one of {', '.join(Association)}"),
        end.code,
    )


def _refuse_round_trips(edges: list[tuple[Edge, Place]]) -> None:
    for association in _ONE_WAY:
        some = [(edge, place) for edge, place in edges if edge.association is association]
        way = round_trip(edge for edge, _ in some)
        if way:
            last = next(place for edge, place in some if (edge.start, edge.end) == (way[-2], way[-1]))
            raise last.refuse("cycle", f"{association} comes back to where it began: {' > '.join(way)}")


def _refuse_second_replacements(edges: list[tuple[Edge, Place]]) -> None:
    """What was replaced by two others could not be followed."""
    by: dict[str, str] = {}
    for edge, place in edges:
        if edge.association is Association.REPLACED and by.setdefault(edge.start, edge.end) != edge.end:
            raise place.refuse("bad_value", f"{edge.start} was replaced by {by[edge.start]} already")
