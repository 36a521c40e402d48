"""Printing a badge: what was signed, a code that opens it, and never one without the other."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import zxingcpp

from credential.errors import CredentialError
from credential.qr import Code as Typed
from credential.qr import parse_qr
from credential.withdrawal import Reason
from issuer.carry.look import choose_look, look_of
from issuer.carry.paper import NO_PRINTING, Kind, Papers, Printing, print_papers
from issuer.errors import IssuerError
from issuer.render.certificate import Look
from issuer.render.colour import Colour
from issuer.render.errors import DesignError
from issuer.revocation import revoke
from issuer.shares import create_share, open_code, stop_share
from issuer.store import audit, dossier, queries
from issuer.store.tables import State
from tests.house import House
from tests.papers import Paper

PRINTING = Printing("https://check.example.org")


def papers(house: House, credential_id: str, *kinds: Kind, **changes: Any) -> Papers:
    options: dict[str, Any] = {
        "language": "en",
        "now": house.time,
        "entropy": house.entropy,
        "actor": "test",
    }
    printing = changes.pop("printing", PRINTING)
    return print_papers(
        house.store,
        house.district,
        credential_id,
        kinds or (Kind.CERTIFICATE,),
        printing,
        **(options | changes),
    )


def shares(house: House, credential_id: str) -> int:
    with house.store.reading() as session:
        return dossier.open_shares(session, house.district.id, credential_id, house.time)


def test_a_certificate_carries_the_badge_and_a_code_that_opens_it(house: House) -> None:
    issued = house.issue()
    made = papers(house, issued.credential_id)
    paper = Paper(made.files[Kind.CERTIFICATE])
    assert paper.attached == {"badge.json": issued.document}
    for text in ("Maya Okafor", "April 18, 2026", "January 31, 2028", "NA-000123", made.code):
        assert text in paper.text
    (read,) = zxingcpp.read_barcodes(paper.raster(150))
    scanned = parse_qr(read.text)
    assert scanned == parse_qr(made.code)
    assert isinstance(scanned, Typed)
    assert read.text.startswith("HTTPS://CHECK.EXAMPLE.ORG/C/RIVERBEND-")
    opened = open_code(house.store, house.district, scanned.code, form="vc", now=house.time)
    assert opened.body == issued.document
    assert house.row(issued.credential_id).state == State.RELEASED


def test_certificate_and_card_of_one_printing_have_one_code(house: House) -> None:
    issued = house.issue()
    made = papers(house, issued.credential_id, *Kind)
    read = {zxingcpp.read_barcodes(Paper(data).raster(200))[0].text for data in made.files.values()}
    assert set(made.files) == set(Kind)
    assert len(read) == 1
    assert shares(house, issued.credential_id) == 1


def test_what_was_printed_is_in_the_audit_trail_without_a_name(house: House) -> None:
    issued = house.issue()
    made = papers(house, issued.credential_id, language="es")
    with house.store.reading() as session:
        rows = [
            row
            for row in audit.read(session, house.district.id, audit.Wanted())
            if row.action == "paper.printed"
        ]
    (row,) = rows
    assert row.subject == issued.credential_id
    assert row.facts == {"papers": ["certificate"], "language": "es", "share": made.share_id}


def test_a_stopped_code_opens_nothing_and_cannot_be_printed_again(house: House) -> None:
    issued = house.issue()
    made = papers(house, issued.credential_id)
    again = papers(house, issued.credential_id, code=made.code)
    assert again.files == made.files
    assert again.share_id == ""
    assert shares(house, issued.credential_id) == 1
    stop_share(house.store, house.district.id, made.share_id, now=house.time, actor="test")
    with pytest.raises(IssuerError) as caught:
        papers(house, issued.credential_id, code=made.code)
    assert caught.value.code == "share_stopped"


def test_a_code_of_another_badge_another_district_or_none_is_refused(house: House) -> None:
    one, other = house.issue("A-1"), house.issue("A-2")
    code = papers(house, other.credential_id).code
    own = papers(house, one.credential_id).code
    for wrong in (code, "EAST-" + own.partition("-")[2]):
        with pytest.raises(IssuerError) as caught:
            papers(house, one.credential_id, code=wrong)
        assert caught.value.code == "not_shared"
    with pytest.raises(CredentialError):
        papers(house, one.credential_id, code="nonsense")


def test_a_name_that_cannot_be_printed_makes_no_share(house: House) -> None:
    issued = house.issue(recipient_name="李小龙")
    with pytest.raises(DesignError) as caught:
        papers(house, issued.credential_id)
    assert caught.value.code == "text_not_drawable"
    assert shares(house, issued.credential_id) == 0
    assert house.row(issued.credential_id).state == State.SIGNED


@pytest.mark.parametrize("adult_on", [date(2028, 3, 2), None])
def test_a_minors_paper_waits_for_a_guardian(house: House, adult_on: date | None) -> None:
    issued = house.issue(adult_on=adult_on)
    with pytest.raises(IssuerError) as caught:
        papers(house, issued.credential_id)
    assert caught.value.code == "not_agreed"
    assert shares(house, issued.credential_id) == 0
    assert papers(house, issued.credential_id, agreed=True).files


def test_a_withdrawn_badge_is_not_printed(house: House) -> None:
    issued = house.issue()
    revoke(
        house.store,
        house.district.id,
        issued.credential_id,
        reason=Reason.REQUESTED,
        note="",
        now=house.time,
        actor="test",
    )
    with pytest.raises(IssuerError) as caught:
        papers(house, issued.credential_id)
    assert caught.value.code == "state_conflict"
    assert "withdrawn on 2026-06-01" in caught.value.message


def test_nothing_is_printed_without_a_verifier_or_of_what_is_not_there(house: House) -> None:
    issued = house.issue()
    with pytest.raises(IssuerError) as caught:
        papers(house, issued.credential_id, printing=NO_PRINTING)
    assert caught.value.code == "bad_setting"
    with pytest.raises(IssuerError) as caught:
        papers(house, "urn:uuid:00000000-0000-4000-8000-000000000000")
    assert caught.value.code == "not_found"


def test_the_districts_colours_are_kept_recorded_once_and_printed(house: House) -> None:
    issued = house.issue()
    plain = papers(house, issued.credential_id)
    look = Look(Colour(120, 0, 60), Colour(200, 200, 0))
    for _ in range(2):
        choose_look(house.store, house.district.id, look, now=house.time, actor="test")
    with house.store.reading() as session:
        house.district = queries.district(session, house.district.id)
        actions = [row.action for row in audit.read(session, house.district.id, audit.Wanted())]
    assert look_of(house.district) == look
    assert house.district.profile["url"] == "https://riverbend.example"
    assert actions.count("district.coloured") == 1
    code = plain.code
    coloured = papers(house, issued.credential_id, code=code).files[Kind.CERTIFICATE]
    assert Paper(coloured).colour_at(0.4, 4.25) == (120, 0, 60)
    assert Paper(coloured).attached == {"badge.json": issued.document}


def test_a_share_of_a_link_alone_is_no_code(house: House) -> None:
    issued = house.issue()
    share = create_share(
        house.store,
        house.district.id,
        issued.credential_id,
        now=house.time,
        entropy=house.entropy,
        actor="test",
        with_code=False,
    )
    assert share.code is None
    assert papers(house, issued.credential_id).code
