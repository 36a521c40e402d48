from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from issuer.catalog.clusters import How, default_clusters, load_clusters
from tests.rule_sets import fault, packaged

CLUSTERS = packaged("clusters") | {"unverified": []}


def test_three_lists_come_with_cairn_each_with_its_version() -> None:
    lists = default_clusters().lists
    assert {code: len(one.clusters) for code, one in lists.items()} == {
        "CO-2022": 6,
        "CO-SECTORS": 6,
        "EDFI-CAREER-PATHWAY": 17,
    }
    assert all(one.version for one in lists.values())


def test_the_catalogue_s_clusters_are_those_of_2022() -> None:
    ours = default_clusters().lists["CO-2022"].clusters
    assert packaged("certifications")["clusters"] == {code: cluster.name for code, cluster in ours.items()}


def test_the_cluster_that_was_renamed_in_2022_is_found_under_its_new_name() -> None:
    [found] = default_clusters().mapped("CO-SECTORS", "STEM", "CO-2022")
    assert (found.cluster.code, found.how) == ("ETM", How.RENAMED)
    [kept] = default_clusters().mapped("CO-SECTORS", "HCP", "CO-2022")
    assert (kept.cluster.code, kept.how) == ("HCP", How.SAME)


def test_what_nobody_has_mapped_is_not_guessed() -> None:
    clusters = default_clusters()
    assert clusters.mapped("EDFI-CAREER-PATHWAY", "Other", "CO-2022") == ()
    assert clusters.mapped("CO-2022", "ETM", "CO-SECTORS") == ()
    [found] = clusters.mapped("EDFI-CAREER-PATHWAY", "Manufacturing", "CO-2022")
    assert (found.cluster.code, found.how) == ("STT", How.WITHIN)


def test_an_editor_s_judgement_is_marked() -> None:
    mapping = packaged("clusters")["mapping"]
    marked = set(default_clusters().heading.unverified)
    for index, way in enumerate(mapping):
        assert (f"/mapping/{index}" in marked) == (way["from"]["list"] == "EDFI-CAREER-PATHWAY")


@pytest.mark.parametrize(
    ("change", "code", "pointer"),
    [
        (lambda c: c.pop("mapping"), "missing_member", ""),
        (lambda c: c.update(extra=1), "unknown_member", "/extra"),
        (lambda c: c["lists"].append(c["lists"][0]), "duplicate_label", "/lists/3/code"),
        (lambda c: c["lists"][0].pop("version"), "missing_member", "/lists/0"),
        (
            lambda c: c["lists"][0]["clusters"].append(c["lists"][0]["clusters"][0]),
            "duplicate_label",
            "/lists/0/clusters/6/code",
        ),
        (lambda c: c["lists"][0]["clusters"][0].update(name=""), "wrong_type", "/lists/0/clusters/0/name"),
        (lambda c: c["mapping"][0].update(how="somehow"), "bad_value", "/mapping/0/how"),
        (lambda c: c["mapping"][0]["from"].update(list="X"), "unknown_reference", "/mapping/0/from/list"),
        (lambda c: c["mapping"][0]["to"].update(cluster="X"), "unknown_reference", "/mapping/0/to/cluster"),
        (lambda c: c["mapping"][0].update(to=c["mapping"][0]["from"]), "bad_value", "/mapping/0/to"),
    ],
)
def test_a_fault_is_named_with_its_place(change: Callable[[Any], object], code: str, pointer: str) -> None:
    error = fault(load_clusters, CLUSTERS, change)
    assert (error.code, error.pointer, error.file) == (code, pointer, "clusters.json")
