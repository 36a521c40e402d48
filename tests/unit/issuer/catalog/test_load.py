from __future__ import annotations

import json
from collections.abc import Callable
from importlib import resources
from typing import Any

import pytest

from issuer.catalog import CatalogueError, Shape, default_catalogue, load_catalogue
from issuer.catalog.errors import CODES

DATA = resources.files("issuer.catalog") / "data"
KINDS = (DATA / "kinds.json").read_bytes()
CERTIFICATIONS = (DATA / "certifications.json").read_bytes()


def load(change: Callable[[dict[str, Any]], object], *, kinds: bool = False) -> CatalogueError:
    """The error of a catalogue in which one thing was changed."""
    made = json.loads(KINDS if kinds else CERTIFICATIONS)
    change(made)
    data = json.dumps(made).encode()
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(CERTIFICATIONS if kinds else data, data if kinds else KINDS)
    return caught.value


def test_the_catalogue_that_comes_with_cairn_loads_dated_and_versioned() -> None:
    catalogue = default_catalogue()
    assert len(catalogue.entries) == 34
    assert catalogue.edition.version
    assert catalogue.edition.dated.year >= 2026


def test_every_fact_has_a_source_and_general_knowledge_is_marked() -> None:
    for entry in default_catalogue().entries:
        assert entry.sources
        if entry.sources == ("general",):
            assert "/validity" in entry.unverified, entry.code


def test_no_term_is_confirmed_that_is_marked_unverified() -> None:
    for entry in default_catalogue().entries:
        assert entry.validity.confirmed == ("/validity" not in entry.unverified)


def test_the_state_of_what_was_confirmed_is_carried_over() -> None:
    confirmed = {entry.code for entry in default_catalogue().entries if entry.validity.confirmed}
    assert {"COMPTIA-A+", "CERTIPORT-MOS", "AWS-CW-D1.1", "OSHA10-GI", "WCA-GREEN"} <= confirmed
    assert confirmed.isdisjoint({"NHA-CPT", "CO-CNA", "FAA-107", "CERTIPORT-ACU"})


def test_occupations_nobody_confirmed_are_marked() -> None:
    welder = default_catalogue().get("AWS-CW-D1.1")
    nurse = default_catalogue().get("CO-CNA")
    assert welder is not None
    assert nurse is not None
    assert "/occupations/0" in welder.unverified
    assert "/occupations/0" not in nurse.unverified


def test_all_four_shapes_of_validity_are_there() -> None:
    assert {entry.validity.shape for entry in default_catalogue().entries} == set(Shape)


@pytest.mark.parametrize(
    ("change", "code", "pointer"),
    [
        (lambda c: c.pop("entries"), "missing_member", ""),
        (lambda c: c.update(extra=1), "unknown_member", "/extra"),
        (lambda c: c.update(entries={}), "wrong_type", "/entries"),
        (lambda c: c["entries"][0].pop("name"), "missing_member", "/entries/0"),
        (lambda c: c["entries"][0].update(name=7), "wrong_type", "/entries/0/name"),
        (lambda c: c["entries"][0].update(name=" "), "wrong_type", "/entries/0/name"),
        (lambda c: c["entries"][0].update(code="a b"), "bad_value", "/entries/0/code"),
        (lambda c: c["entries"][0].update(mark="toolongmark"), "bad_value", "/entries/0/mark"),
        (lambda c: c["entries"][0].update(price="1"), "unknown_member", "/entries/0/price"),
        (lambda c: c["entries"][0].update(kind="EXAM"), "unknown_reference", "/entries/0/kind"),
        (lambda c: c["entries"][0].update(body="nobody"), "unknown_reference", "/entries/0/body"),
        (lambda c: c["entries"][0].update(cluster="XYZ"), "unknown_reference", "/entries/0/cluster"),
        (lambda c: c["entries"][0].update(sources=["rumour"]), "unknown_reference", "/entries/0/sources/0"),
        (
            lambda c: c["entries"][0].update(occupations=["99-9999.00"]),
            "unknown_reference",
            "/entries/0/occupations/0",
        ),
        (
            lambda c: c["entries"][0].update(unverified=["/nothing"]),
            "unknown_reference",
            "/entries/0/unverified/0",
        ),
        (
            lambda c: c["entries"][0].update(unverified=["/occupations/9"]),
            "unknown_reference",
            "/entries/0/unverified/0",
        ),
        (lambda c: c["entries"][0].update(versioned="yes"), "wrong_type", "/entries/0/versioned"),
        (
            lambda c: c["entries"][0].update(validity={"shape": "none", "period": "P1Y"}),
            "bad_value",
            "/entries/0/validity",
        ),
        (lambda c: c["entries"][0].update(validity={"shape": "fixed"}), "bad_value", "/entries/0/validity"),
        (
            lambda c: c["entries"][0].update(validity={"shape": "ever"}),
            "bad_value",
            "/entries/0/validity/shape",
        ),
        (
            lambda c: c["entries"][0].update(validity={"shape": "fixed", "period": "2Y"}),
            "bad_value",
            "/entries/0/validity/period",
        ),
        (lambda c: c["entries"][1].update(code="osha10_gi"), "duplicate_label", "/entries/1/code"),
        (
            lambda c: c["entries"][1].update(labels=[{"text": "CO CNA"}]),
            "duplicate_label",
            "/entries/1/labels/0/text",
        ),
        (lambda c: c["entries"][2].update(body="comptia"), "bad_value", "/entries/2/body"),
        (lambda c: c["bodies"]["nha"].update(id="nha"), "bad_value", "/bodies/nha/id"),
        (lambda c: c["bodies"]["nha"].update(url="http://nha.example"), "bad_value", "/bodies/nha/url"),
        (
            lambda c: c["occupations"]["names"].update({"31-1131": "x"}),
            "bad_value",
            "/occupations/names/31-1131",
        ),
        (lambda c: c["occupations"].update(url="https://x.example/"), "bad_value", "/occupations/url"),
        (lambda c: c["catalogue"].update(dated="2026-13-01"), "bad_value", "/catalogue/dated"),
    ],
)
def test_a_fault_is_named_with_its_place(change: Callable[[Any], object], code: str, pointer: str) -> None:
    error = load(change)
    assert (error.code, error.pointer, error.file) == (code, pointer, "certifications.json")
    assert "certifications.json" in str(error)
    assert error.code in CODES


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        (
            lambda k: k["kinds"]["EXAM_ONLY"].update(achievementType="Diplom"),
            "/kinds/EXAM_ONLY/achievementType",
        ),
        (
            lambda k: k["kinds"]["EXAM_ONLY"].update(industryCertification="maybe"),
            "/kinds/EXAM_ONLY/industryCertification",
        ),
    ],
)
def test_a_fault_of_the_kinds_is_named_too(change: Callable[[Any], object], pointer: str) -> None:
    error = load(change, kinds=True)
    assert (error.code, error.pointer, error.file) == ("bad_value", pointer, "kinds.json")


def test_a_college_certificate_cannot_be_given_an_end() -> None:
    error = load(lambda c: c["entries"][9].update(kind="COLLEGE_CERTIFICATE"))
    assert error.pointer == "/entries/9/validity"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"{", "not_json"),
        (b"\xff", "not_json"),
        (b"[" * 100_000, "not_json"),
        (b'{"a":' + b"1" * 5000 + b"}", "not_json"),
        (b'{"a":1,"a":2}', "duplicate_key"),
        (b"[]", "wrong_type"),
    ],
)
def test_what_is_no_catalogue_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(data, KINDS)
    assert caught.value.code == code


def test_a_byte_order_mark_is_no_fault() -> None:
    assert load_catalogue(b"\xef\xbb\xbf" + CERTIFICATIONS, KINDS).entries
