"""Career clusters: several lists, each with its version, and how a cluster of one list is found in another.

The names change (Colorado renamed its clusters in 2022, the national list is being rewritten), so a cluster
is never a bare label: it is a code in a list.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from types import MappingProxyType

from issuer.catalog.heading import Heading, RuleSetName, heading_at
from issuer.catalog.load import converted, place_of
from issuer.catalog.place import Place


class How(StrEnum):
    """How a cluster of one list stands to a cluster of another."""

    SAME = "same"
    """The same under the same name, or nearly."""
    RENAMED = "renamed"
    """The same, and it was given another name."""
    WITHIN = "within"
    """All of it lies within the other, which is wider."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster of one list.

    Args:
        code: Its code in that list.
        name: Its name.
        pathways: Names of the pathways within it that are known.
        complete: Whether those are all of them.
    """

    code: str
    name: str
    pathways: tuple[str, ...] = ()
    complete: bool = False


@dataclass(frozen=True, slots=True)
class ClusterList:
    """A list of clusters, by code, with its version."""

    code: str
    name: str
    version: str
    clusters: Mapping[str, Cluster]


@dataclass(frozen=True, slots=True)
class Mapped:
    """Where a cluster is found in another list, and how it stands to it."""

    cluster: Cluster
    how: How


@dataclass(frozen=True, slots=True)
class Clusters:
    """Every list, and the ways between them.

    Args:
        heading: Which edition.
        lists: List by code.
        ways: For a list's code and a cluster's code, the list and the cluster that it maps to, and how.
    """

    heading: Heading
    lists: Mapping[str, ClusterList]
    ways: Mapping[tuple[str, str], tuple[tuple[str, str, How], ...]]

    def mapped(self, list_code: str, code: str, to: str) -> tuple[Mapped, ...]:
        """Where a cluster is found in another list; empty where nobody has said so."""
        return tuple(
            Mapped(self.lists[other].clusters[there], how)
            for other, there, how in self.ways.get((list_code, code), ())
            if other == to
        )


@cache
def default_clusters() -> Clusters:
    """The lists that come with Cairn: Colorado's of 2022, the one before it, and that of Ed-Fi."""
    return load_clusters((resources.files("issuer.catalog") / "data" / "clusters.json").read_bytes())


def load_clusters(data: bytes, *, file: str = "clusters.json") -> Clusters:
    """Career clusters from a file's bytes.

    Raises:
        issuer.catalog.CatalogueError: A fault, with its file and JSON pointer.
    """
    root = place_of(data, file)
    root.object("ruleSet lists mapping", "sources unverified")
    heading = heading_at(root, RuleSetName.CLUSTERS)
    lists: dict[str, ClusterList] = {}
    for item in root.at("lists").items():
        found = _list(item)
        if found.code in lists:
            raise item.at("code").refuse("duplicate_label", f"the list {found.code} is already there")
        lists[found.code] = found
    ways: dict[tuple[str, str], tuple[tuple[str, str, How], ...]] = {}
    for item in root.at("mapping").items():
        item.object("from to how")
        start, (other, there) = _end(item.at("from"), lists), _end(item.at("to"), lists)
        if start[0] == other:
            raise item.at("to").refuse("bad_value", "a mapping leads to another list")
        how: How = converted(item.at("how"), How, f"one of {', '.join(How)}")
        ways[start] = (*ways.get(start, ()), (other, there, how))
    return Clusters(heading, MappingProxyType(lists), MappingProxyType(ways))


def _list(place: Place) -> ClusterList:
    place.object("code name version clusters")
    clusters: dict[str, Cluster] = {}
    for item in place.at("clusters").items():
        item.object("code name", "pathways complete")
        code = item.at("code").line()
        if code in clusters:
            raise item.at("code").refuse("duplicate_label", f"the cluster {code} is already there")
        pathways = tuple(one.line() for one in item.at("pathways").items())
        clusters[code] = Cluster(code, item.at("name").line(), pathways, item.at("complete").flag())
    return ClusterList(
        place.at("code").line(),
        place.at("name").line(),
        place.at("version").line(),
        MappingProxyType(clusters),
    )


def _end(place: Place, lists: Mapping[str, ClusterList]) -> tuple[str, str]:
    place.object("list cluster")
    found = place.at("list").known(lists, "lists of clusters")
    cluster = place.at("cluster").known(found.clusters, f"clusters of {found.code}")
    return found.code, cluster.code
