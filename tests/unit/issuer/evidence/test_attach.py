"""Evidence on an award: attached before the badge is prepared, signed as kept, and fixed after that."""

from __future__ import annotations

import base64
import hashlib
import threading
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from contexts.document import parse
from credential.embedded import MOST_TOGETHER, Embedded, read_data_uri
from credential.proof.data_integrity import check_proof
from issuer import issuance
from issuer.award import Award
from issuer.errors import IssuerError
from issuer.evidence.attach import attach, carry_over, detach
from issuer.evidence.errors import EvidenceRefused
from issuer.evidence.files import file_item
from issuer.evidence.item import Attached, EvidenceItem, EvidenceKind, Place, Words, sri
from issuer.evidence.links import link_item
from issuer.issuance import rehearse
from issuer.prepare import PrepareRefused
from issuer.store import audit, evidence, queries
from issuer.store.tables import Audit, State
from tests.evidence_files import PLAIN_PDF, photo
from tests.house import House, attempt, without_triggers
from verifier.checks.meaning import check_meaning
from verifier.checks.shape import check_shape
from verifier.evidence import CheckOutcome

LINK = "https://work.riverbend.example/7.pdf"
DIGEST = hashlib.sha256(b"seven").hexdigest()
COPY = (
    "district_id, award_ref, 7, kind, place, name, media_type, sha256, sri, size, body, url, words, found, "
    "added_by, added_at"
)
ADDRESS = "https://badges.riverbend.example/evidence/0b9d8f6e-5f0e-4c56-8d3e-1a2b3c4d5e6f"


def put(house: House, one: Attached, ref: str = "A-1", **how: Any) -> int:
    return attach(house.store, house.district.id, ref, one, now=house.time, actor="test", **how)


def text(words: str, **said: str) -> Attached:
    return file_item(words.encode(), Words(**said))


def bodies_badge(holder: str, **found: str) -> Attached:
    body = b'{"id":"urn:uuid:00000000-0000-4000-8000-000000000001"}'
    digest = hashlib.sha256(body).hexdigest()
    item = EvidenceItem(
        EvidenceKind.BADGE, Place.EMBEDDED, "Badge", "application/vc", digest, sri(body), len(body),
        found={"verdict": "valid", "holder": holder} | found,
    )  # fmt: skip
    return Attached(item, body)


def signed(house: House, ref: str = "A-1", **changes: Any) -> dict[str, Any]:
    made = house.issue(ref, **changes)
    return check_proof(parse(made.document), lambda _: house.signer.public_key).document.value


def test_what_was_attached_is_in_the_signed_badge_byte_for_byte(house: House) -> None:
    picture = file_item(photo(), Words(name="At the bench", genre="Photograph"))
    pieces = [picture, file_item(PLAIN_PDF), text("Built a shelf.", narrative="In class\nand at home")]
    assert [put(house, one) for one in pieces] == [1, 2, 3]
    value = signed(house)
    said = [read_data_uri(one["id"]) for one in value["evidence"]]
    assert said == [Embedded(one.item.media_type, one.body) for one in pieces]
    assert value["evidence"][0]["genre"] == "Photograph"
    assert [one["name"] for one in value["evidence"]] == ["At the bench", "Document", "Text"]
    assert value["evidence"][2]["narrative"] == "In class\nand at home"
    assert "relatedResource" not in value


def test_what_is_kept_or_linked_is_in_the_badge_by_its_digest(house: House) -> None:
    kept = file_item(b"word " * 10_000, address=ADDRESS)
    put(house, kept)
    put(house, link_item(LINK, digest=DIGEST))
    value = signed(house, evidence_url="https://riverbend.example/e")
    assert [one["id"] for one in value["evidence"]] == ["https://riverbend.example/e", ADDRESS, LINK]
    assert value["evidence"][1]["description"].startswith("Kept by the school district")
    first, second = value["relatedResource"]
    integrity = base64.b64encode(hashlib.sha384(kept.body).digest()).decode()
    assert (first["id"], first["digestSRI"]) == (ADDRESS, f"sha384-{integrity}")
    assert second["id"] == LINK
    assert second["digestSRI"].startswith("sha256-")
    assert second["digestMultibase"].startswith("uEi")


def test_a_verifier_reads_every_kind_of_evidence(house: House) -> None:
    for one in (file_item(photo()), file_item(b"word " * 10_000, address=ADDRESS), text("Built a shelf.")):
        put(house, one)
    put(house, link_item(LINK, digest=DIGEST))
    document = parse(house.issue().document)
    assert check_shape(document).outcome is CheckOutcome.YES
    assert check_meaning(document).outcome is CheckOutcome.YES


def test_the_sheets_link_gets_the_digest_that_was_attached(house: House) -> None:
    put(house, link_item(LINK, Words(name="Portfolio"), digest=DIGEST))
    value = signed(house, evidence_url=LINK)
    assert value["evidence"] == [{"id": LINK, "type": ["Evidence"], "name": "Portfolio"}]
    assert [one["id"] for one in value["relatedResource"]] == [LINK]


def test_as_much_as_fits_can_be_signed(house: House) -> None:
    for number in range(4):
        put(house, text(f"{number}".ljust(MOST_TOGETHER // 4, "x")))
    value = signed(house, also_jwt=True)
    assert sum(len(read_data_uri(one["id"]).data) for one in value["evidence"]) == MOST_TOGETHER


def test_one_byte_more_is_refused_by_name_and_nothing_is_kept(house: House) -> None:
    for number in range(4):
        put(house, text(f"{number}".ljust(MOST_TOGETHER // 4, "x")))
    with pytest.raises(EvidenceRefused, match="with 'The fifth' the badge would carry 131073 bytes"):
        put(house, text("x", name="The fifth"))
    with house.store.reading() as session:
        assert len(evidence.rows(session, house.district.id, "A-1")) == 4
        audit.check_chain(session, house.district.id)


def test_the_same_evidence_is_taken_once(house: House) -> None:
    put(house, text("once"))
    put(house, link_item(LINK, digest=DIGEST))
    for again in (text("once", name="Another name"), link_item(LINK, copy=b"other")):
        with pytest.raises(EvidenceRefused, match="evidence_twice"):
            put(house, again)
    put(house, text("once"), "A-2")


def test_after_the_badge_is_prepared_its_evidence_stands(house: House) -> None:
    put(house, text("before"))
    first = house.issue()
    for closed in (
        lambda: put(house, text("after")),
        lambda: detach(house.store, house.district.id, "A-1", 1, now=house.time, actor="test"),
    ):
        with pytest.raises(EvidenceRefused, match="evidence_closed"):
            closed()
    with pytest.raises(EvidenceRefused, match="evidence_twice"):
        put(house, text("before"))  # so that a run which is done again goes on to sign
    again = house.issue()
    assert (again.document, again.first) == (first.document, False)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE evidence SET name = 'Another'",
        "DELETE FROM evidence",
        f"INSERT INTO evidence SELECT {COPY} FROM evidence",  # noqa: S608 - our own words
    ],
)
def test_the_database_itself_keeps_it(house: House, statement: str) -> None:
    put(house, text("before"))
    house.issue()
    with pytest.raises(IssuerError, match="irreversible"):
        attempt(house.store, statement)


def test_before_that_a_piece_can_be_taken_away(house: House) -> None:
    put(house, text("one"))
    put(house, text("two"))
    detach(house.store, house.district.id, "A-1", 1, now=house.time, actor="test")
    with pytest.raises(IssuerError, match="not_found"):
        detach(house.store, house.district.id, "A-1", 1, now=house.time, actor="test")
    assert len(signed(house)["evidence"]) == 1


def test_many_at_once_each_get_a_number_of_their_own(house: House) -> None:
    numbers: list[int] = []
    together = threading.Barrier(6)

    def one(word: str) -> None:
        together.wait()
        numbers.append(put(house, text(word)))

    threads = [threading.Thread(target=one, args=(f"piece {n}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(numbers) == [1, 2, 3, 4, 5, 6]


def test_every_change_is_in_the_audit_by_digest_alone(house: House) -> None:
    put(house, text("once upon a time", name="A private name"))
    detach(house.store, house.district.id, "A-1", 1, now=house.time, actor="test")
    with house.store.reading() as session:
        rows = session.scalars(
            select(Audit).where(Audit.action.like("evidence.%")).order_by(Audit.number)
        ).all()
        audit.check_chain(session, house.district.id)
    assert [(row.action, row.subject) for row in rows] == [
        ("evidence.added", "A-1"),
        ("evidence.removed", "A-1"),
    ]
    assert rows[0].facts["digest"] == hashlib.sha256(b"once upon a time").hexdigest()
    assert "private" not in str(rows[0].facts)


def test_evidence_that_comes_in_while_the_badge_is_prepared_is_not_lost(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared = issuance.prepared_from

    def slow(*given: Any, **named: Any) -> Any:
        monkeypatch.setattr(issuance, "prepared_from", prepared)
        put(house, text("just in time"))
        return prepared(*given, **named)

    monkeypatch.setattr(issuance, "prepared_from", slow)
    with pytest.raises(IssuerError, match="database_busy: the evidence of A-1 changed just now"):
        house.issue()
    assert len(signed(house)["evidence"]) == 1


def test_a_reserved_badge_takes_up_evidence_at_the_next_run(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Gone(BaseException):
        """The process is gone."""

    def gone(*_: Any, **__: Any) -> None:
        raise Gone

    with monkeypatch.context() as patch:
        patch.setattr(issuance, "_record_prepared", gone)
        with pytest.raises(Gone):
            house.issue()
    put(house, text("after the crash"))
    assert len(signed(house)["evidence"]) == 1


def test_a_crash_after_preparing_signs_the_stored_bytes(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(house, file_item(photo()))

    def fails(*_: Any, **__: Any) -> None:
        raise IssuerError("signature_failed", "the key is away")

    with monkeypatch.context() as patch:
        patch.setattr(issuance, "secure", fails)
        with pytest.raises(IssuerError, match="signature_failed"):
            house.issue()
    made = issuance.resume(house.store, house.district.id, signer=house.signer, now=house.time, actor="test")
    assert len(parse(made[0].document).value["evidence"]) == 1


def test_the_order_is_the_same_order_with_its_evidence(house: House) -> None:
    put(house, text("one"))
    house.issue()
    with house.store.reading() as session:
        known = queries.award(session, house.district.id, "A-1")
        assert known is not None
        award = Award.from_json(known.facts)
        attached = evidence.attached(session, house.district.id, "A-1")
    assert award.evidence == (attached[0].item,)
    assert award.digest() == known.content_sha256
    assert award.digest() != replace(award, evidence=()).digest()
    assert "evidence" not in replace(award, evidence=()).to_json()
    with pytest.raises(IssuerError, match="award_ref_reused"):
        house.issue(number="NA-000124")


def test_a_rehearsal_sees_the_evidence(house: House) -> None:
    put(house, text("Student 100000001 did this."))
    with pytest.raises(PrepareRefused, match="withheld_value: What is embedded holds what must stay"):
        rehearse(house.award(), store=house.store, district_id=house.district.id, now=house.time)


@pytest.mark.parametrize(
    ("words", "expected"),
    [("Made by 100000001.", "withheld_value"), ("Made by 1100000001.", None)],
)
def test_the_students_number_is_found_inside_evidence(house: House, words: str, expected: str | None) -> None:
    put(house, text(words))
    if expected is None:
        assert signed(house)["evidence"]
        return
    with pytest.raises(PrepareRefused) as refused:
        house.issue()
    assert [fault.code for fault in refused.value.faults] == [expected]


def test_the_students_number_is_found_inside_a_token(house: House) -> None:
    payload = base64.urlsafe_b64encode(b'{"sub":"100000001"}').rstrip(b"=")
    body = b"eyJhbGciOiJFZERTQSJ9." + payload + b".c2lnbmF0dXJl"
    item = replace(
        bodies_badge("").item,
        media_type="application/vc+jwt",
        sha256=hashlib.sha256(body).hexdigest(),
        sri=sri(body),
        size=len(body),
    )
    put(house, Attached(item, body))
    with pytest.raises(PrepareRefused, match="withheld_value"):
        house.issue()


def test_a_badge_of_somebody_else_is_not_issued_under_this_name(house: House) -> None:
    with pytest.raises(EvidenceRefused, match="look twice"):
        put(house, bodies_badge("Ruth Ito"), recipient_name="Maya Okafor")
    put(house, bodies_badge("Ruth Ito"))  # nobody knows yet whose award it will be
    with pytest.raises(
        EvidenceRefused, match="look twice: 'Badge' is made out to Ruth Ito, the award to Maya"
    ):
        house.issue()
    with house.store.reading() as session:
        row = queries.credential_of_award(session, house.district.id, "A-1")
        assert row is not None
        assert row.state == State.RESERVED
    detach(house.store, house.district.id, "A-1", 1, now=house.time, actor="test")
    with pytest.raises(EvidenceRefused, match="look twice"):
        put(house, bodies_badge("Ruth Ito"))  # now the award says it
    put(house, bodies_badge("Ruth Ito", same_person="Married name, seen on the licence"))
    assert signed(house)["evidence"]


def test_the_room_of_a_district_is_bounded(house: House) -> None:
    put(house, text("12345"), room=5)
    with pytest.raises(EvidenceRefused, match="evidence_quota"):
        put(house, text("6"), "A-2", room=5)
    other = House.build(house.store, "eastfield", "https://badges.eastfield.example")
    put(other, text("6"), "A-2", room=5)


def test_a_district_sees_its_own_evidence_alone(house: House) -> None:
    put(house, text("ours"))
    other = House.build(house.store, "eastfield", "https://badges.eastfield.example")
    put(other, text("theirs"))
    with house.store.reading() as session:
        found = [evidence.attached(session, one.district.id, "A-1") for one in (house, other)]
    assert [[one.body for one in pieces] for pieces in found] == [[b"ours"], [b"theirs"]]
    assert "evidence" in signed(house)


def test_evidence_is_for_an_award_of_a_district_that_is_there(house: House) -> None:
    for ref in ("", "x" * 141):
        with pytest.raises(IssuerError, match="bad_request"):
            put(house, text("one"), ref)
    with pytest.raises(IssuerError, match="not_found"):
        attach(house.store, "nowhere", "A-1", text("one"), now=house.time, actor="test")


def test_the_award_that_takes_its_place_keeps_the_evidence_and_the_day(house: House) -> None:
    put(house, text("one"))
    put(house, link_item(LINK, digest=DIGEST))
    before = signed(house)
    house.later(days=3)
    for _ in range(2):
        carry_over(house.store, house.district.id, "A-1", "A-1/2", now=house.time, actor="test")
    after = signed(house, "A-1/2", recipient_name="Maya Ruth Okafor")
    assert after["evidence"] == before["evidence"]
    assert after["relatedResource"] == before["relatedResource"]
    assert after["awardedDate"] == before["awardedDate"] == "2026-04-18T12:00:00Z"
    assert after["id"] != before["id"]
    assert (before["validFrom"], after["validFrom"]) == ("2026-06-01T12:00:00Z", "2026-06-04T12:00:00Z")


def test_octets_that_were_changed_behind_our_back_are_not_signed(house: House) -> None:
    put(house, text("as it was taken"))
    without_triggers(house.store, "evidence")
    attempt(house.store, "UPDATE evidence SET body = CAST('changed' AS BLOB)" if house.store.is_sqlite
            else "UPDATE evidence SET body = 'changed'::bytea")  # fmt: skip
    with pytest.raises(IssuerError, match="state_conflict"):
        house.issue()
