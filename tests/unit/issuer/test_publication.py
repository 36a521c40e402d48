"""What is published follows from rows, rises strictly, and loses nothing whoever publishes at once."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from contexts.document import STATUS_LIST_LIMITS, parse
from credential.bitstring import Bitstring
from credential.proof.data_integrity import check_proof
from credential.status import StatusEntry, read_list, read_status
from credential.withdrawal import Reason, check_notes
from issuer import publication
from issuer.errors import IssuerError
from issuer.issuance import Issued
from issuer.many import MOST_TOGETHER, issue_many
from issuer.publication import DID_PATH, LIST_LIFETIME, RENEW_BEFORE, list_path, notes_path, publish_list
from issuer.revocation import revoke
from issuer.store import audit, published, queries
from issuer.store.published import Edition
from issuer.store.session import Store
from issuer.store.tables import Audit, Published
from tests.house import House


def list_of(house: House, credential_id: str) -> str:
    return house.row(credential_id).list_id


def shown(house: House, path: str) -> Published:
    with house.store.reading() as session:
        found = published.current(session, house.district.id, path)
    assert found is not None
    return found


def status_of(house: House, credential_id: str) -> int:
    row = house.row(credential_id)
    body = shown(house, list_path(row.list_id)).body
    entry = StatusEntry("revocation", row.list_index, f"{house.district.origin}/{list_path(row.list_id)}")
    checked = check_proof(parse(body, STATUS_LIST_LIMITS), lambda _: house.signer.public_key)
    return read_status(checked.document, entry)


def withdraw(house: House, credential_id: str, reason: str = "requested") -> None:
    revoke(
        house.store,
        house.district.id,
        credential_id,
        reason=reason,
        note="a private note",
        now=house.time,
        actor="test",
    )


def test_a_list_says_what_the_rows_say(house: House) -> None:
    kept, gone = house.issue("A-1").credential_id, house.issue("A-2").credential_id
    house.publish()
    assert (status_of(house, kept), status_of(house, gone)) == (0, 0)
    withdraw(house, gone, "corrected")
    house.publish()
    assert (status_of(house, kept), status_of(house, gone)) == (0, 1)


def test_the_notes_say_when_and_coarsely_why_and_nothing_else(house: House) -> None:
    gone = house.issue().credential_id
    withdraw(house, gone, "issued-in-error")
    house.publish()
    row = house.row(gone)
    found = shown(house, notes_path(row.list_id))
    url = f"{house.district.origin}/{list_path(row.list_id)}"
    notes = check_notes(
        found.body, lambda _: house.signer.public_key, issuer=house.district.did, list_url=url
    )
    assert notes.version == found.version == shown(house, list_path(row.list_id)).version
    assert {index: (note.on, note.reason) for index, note in notes.notes.items()} == {
        row.list_index: (house.time.date(), Reason.ISSUED_IN_ERROR)
    }
    assert b"private" not in found.body


def test_a_list_lasts_a_day_and_says_so(house: House) -> None:
    made = house.issue()
    house.publish()
    found = shown(house, list_path(list_of(house, made.credential_id)))
    value = json.loads(found.body)
    assert datetime.fromisoformat(value["validUntil"]) - datetime.fromisoformat(
        value["validFrom"]
    ) == timedelta(hours=24)
    assert value["credentialSubject"]["ttl"] == 60_000
    assert found.media_type == "application/vc"


def test_publishing_again_changes_nothing_until_something_is_due(house: House) -> None:
    made = house.issue()
    house.publish()
    path = list_path(list_of(house, made.credential_id))
    house.later(hours=1)
    house.publish()
    assert shown(house, path).version == 1
    house.time += LIST_LIFETIME - RENEW_BEFORE - timedelta(hours=1, seconds=1)
    house.publish()
    assert shown(house, path).version == 1
    house.later(seconds=1)
    house.publish()
    assert shown(house, path).version == 2


def test_a_revocation_before_a_crash_is_published_after_the_restart(house: House) -> None:
    """STA-17: the row alone says that the list is behind; nothing else had to survive."""
    gone = house.issue().credential_id
    house.publish()
    withdraw(house, gone)
    url = house.store.engine.url.render_as_string(hide_password=False)
    again = House(
        Store.open(url.replace("postgresql+psycopg", "postgresql")),
        house.district,
        house.signer,
        time=house.time,
    )
    again.publish()
    assert status_of(again, gone) == 1
    again.store.close()


def test_a_slower_publisher_never_covers_a_faster_one(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """STA-18: A has signed, B revokes and publishes, A's turn comes last."""
    gone = house.issue().credential_id
    list_id = list_of(house, gone)
    real: Any = publication._signed
    overtaken: list[int] = []

    def slow(*args: Any) -> Any:
        signed = real(*args)
        if not overtaken:
            overtaken.append(1)
            withdraw(house, gone)
            publish_list(
                house.store, house.district.id, list_id, house.signer, clock=house.clock, actor="faster"
            )
        return signed

    monkeypatch.setattr(publication, "_signed", slow)
    outcome = publish_list(
        house.store, house.district.id, list_id, house.signer, clock=house.clock, actor="slower"
    )
    assert (outcome.version, outcome.published) == (1, False)
    assert status_of(house, gone) == 1
    with house.store.reading() as session:
        rows = session.scalars(select(Published).where(Published.path == list_path(list_id))).all()
    assert [row.version for row in rows] == [1]


def test_an_edition_goes_in_only_after_the_one_it_follows(house: House) -> None:
    def put(version: int, when: datetime) -> bool:
        edition = Edition("probe", version, "text/plain", b"%d" % version, 0, when, None)
        with house.store.transaction() as session:
            return published.put(session, house.district.id, edition, now=when)

    assert not put(2, house.time)
    assert put(1, house.time)
    assert not put(1, house.time)
    assert not put(3, house.time)
    assert put(2, house.time)
    with pytest.raises(IssuerError, match="clock_went_back"):
        put(3, house.time - timedelta(seconds=1))
    assert shown(house, "probe").version == 2


def test_a_clock_behind_what_is_published_signs_nothing(house: House) -> None:
    """STA-21."""
    gone = house.issue().credential_id
    house.publish()
    withdraw(house, gone)
    house.time -= timedelta(days=1)
    with house.store.reading() as session:
        before = audit.check_chain(session, house.district.id)
    with pytest.raises(IssuerError, match="clock_went_back"):
        house.publish()
    with house.store.reading() as session:
        assert audit.check_chain(session, house.district.id) == before
    house.time += timedelta(days=1)
    house.publish()
    assert status_of(house, gone) == 1


def test_no_list_is_signed_without_its_audit_row(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.issue()

    def full(*_: object, **__: object) -> None:
        raise OSError("no space left")

    def never(*_: object) -> None:
        pytest.fail("it was signed")

    monkeypatch.setattr(audit, "record", full)
    monkeypatch.setattr(publication, "_signed", never)
    with pytest.raises(OSError, match="no space"):
        house.publish()


def test_a_list_whose_own_signature_fails_is_not_published(house: House) -> None:
    made = house.issue()
    good = house.signer

    class Broken(type(good)):  # type: ignore[misc]  # a signer like the good one
        def sign(self, message: bytes) -> bytes:
            return super().sign(message)[::-1]  # type: ignore[no-any-return]  # bytes

    house.signer = Broken(good.word, good.controller)
    with pytest.raises(ValueError, match="signature"):
        house.publish()
    with house.store.reading() as session:
        assert (
            published.current(session, house.district.id, list_path(list_of(house, made.credential_id)))
            is None
        )


def test_four_writers_at_once_lose_nothing(house: House) -> None:
    """STA-12, threads of one process."""
    ids = [house.issue(f"A-{number}").credential_id for number in range(12)]
    faults: list[Exception] = []

    def writer(mine: list[str]) -> None:
        try:
            for credential_id in mine:
                withdraw(house, credential_id)
                house.publish()
        except Exception as fault:  # noqa: BLE001 - told below
            faults.append(fault)

    threads = [threading.Thread(target=writer, args=(ids[number::4],)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert [status_of(house, one) for one in ids] == [1] * 12
    with house.store.reading() as session:
        audit.check_chain(session, house.district.id)
        for path in session.scalars(select(Published.path).distinct()).all():
            versions = session.scalars(
                select(Published.version).where(Published.path == path).order_by(Published.version)
            ).all()
            assert list(versions) == list(range(1, len(versions) + 1))


WRITER = """
import sys
import threading
from datetime import UTC, datetime
from issuer.publication import publish_due
from issuer.revocation import revoke
from issuer.store.session import Store
from tests.signers import SeededSigner
url, did, *ids = sys.argv[1:]
now = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
store, signer = Store.open(url), SeededSigner("riverbend 1", did)
def write(mine):
    for number, one in enumerate(mine, start=1):
        revoke(store, "riverbend", one, reason="requested", note="", now=now, actor="process")
        if number in (len(mine) // 2, len(mine)):
            publish_due(store, "riverbend", signer, clock=lambda: now, actor="process")
threads = [threading.Thread(target=write, args=(ids[n::2],)) for n in range(2)]
[one.start() for one in threads]
[one.join() for one in threads]
store.close()
"""


def test_writers_in_four_processes_lose_nothing(house: House, database: str) -> None:
    """STA-12: 500 revocations by processes that share nothing but the database, two writers in each, all of
    whom publish meanwhile.
    """
    count, ids = 500, list[str]()
    for at in range(0, count, MOST_TOGETHER):
        some = range(at, min(at + MOST_TOGETHER, count))
        made = issue_many(
            [house.award(f"A-{number}", student_id=f"S-{number}") for number in some],
            store=house.store,
            district_id=house.district.id,
            signer=house.signer,
            now=house.time,
            entropy=house.entropy,
            actor="test",
        )
        ids += [one.credential_id for one in made if isinstance(one, Issued)]
    assert len(ids) == count
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, database, house.district.did, *ids[number::4]])
        for number in range(4)
    ]
    assert [writer.wait(600) for writer in writers] == [0] * 4
    with house.store.reading() as session:
        rows = [queries.credential(session, house.district.id, one) for one in ids]
    (list_id,) = {one.list_id for one in rows}
    subject = parse(shown(house, list_path(list_id)).body, STATUS_LIST_LIMITS).value["credentialSubject"]
    said = Bitstring.decode(subject["encodedList"]).set_indices()
    assert said == tuple(sorted(one.list_index for one in rows)), "every bit, and none besides"


def test_the_did_document_shows_the_key_in_use(house: House) -> None:
    house.publish()
    found = shown(house, DID_PATH)
    value = json.loads(found.body)
    assert value["id"] == house.district.did
    assert value["assertionMethod"] == [house.signer.verification_method]
    house.publish()
    assert shown(house, DID_PATH).version == found.version


def test_the_list_of_one_district_says_nothing_of_another(house: House) -> None:
    other = House.build(house.store, "eastfield", "https://badges.eastfield.example")
    mine, theirs = house.issue().credential_id, other.issue().credential_id
    withdraw(other, theirs)
    house.publish()
    other.publish()
    assert (status_of(house, mine), status_of(other, theirs)) == (0, 1)
    with house.store.reading() as session:
        assert session.scalars(select(Audit).where(Audit.district_id == "riverbend")).all()


def test_every_withdrawal_is_in_the_bits_and_in_the_notes(house: House) -> None:
    ids = [house.issue(f"A-{number}").credential_id for number in range(5)]
    for one in ids:
        withdraw(house, one)
    house.publish()
    row = house.row(ids[0])
    document = parse(shown(house, list_path(row.list_id)).body, STATUS_LIST_LIMITS)
    url = f"{house.district.origin}/{list_path(row.list_id)}"
    bits = read_list(document, StatusEntry("revocation", 0, url)).bits.set_indices()
    assert sorted(bits) == sorted(house.row(one).list_index for one in ids)
