"""What was destroyed is gone, what stands is whole, and the certificate says which."""

from __future__ import annotations

import json
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from issuer.errors import IssuerError
from issuer.issuance import issue
from issuer.retention import certificate
from issuer.retention.erasure import Destroyed, erase, preview
from issuer.retention.holding import hold, release
from issuer.roster.report import Student
from issuer.rule_sets import load_rule_set
from issuer.shares import create_share, open_token
from issuer.store import audit, dossier, personal, queries
from issuer.store.measures import SCORE, NewMeasure, record_measures
from issuer.store.report_queries import standing
from issuer.store.students import Incoming, roster, take
from issuer.store.tables import Base
from tests.house import House, attempt

MAYA, NAME = "100000001", "Zerlinda Quillfeather"


def enrol(house: House, number: str = MAYA, family: str = "Quillfeather", *, active: bool = True) -> None:
    one = Student(number, "Zerlinda", family, birth_date=date(2008, 3, 2), active=active)
    with house.store.transaction() as session:
        take(session, house.district.id, [Incoming(one)], source="sheet", now=house.time, actor="test")
        score = NewMeasure(number, SCORE, "SAT", "Math", "510", date(2026, 3, 1))
        record_measures(session, house.district.id, [score], now=house.time, actor="test")


def rules(house: House, **classes: object) -> None:
    """A schedule of the district's own, from this day on."""
    body = resources.files("issuer.catalog").joinpath("data", "retention.json").read_text("utf-8")
    value = json.loads(body)
    value["ruleSet"] |= {"version": f"own-{len(classes)}", "effectiveFrom": "2026-01-01"}
    for name, said in classes.items():
        value["classes"][name] |= said
    data = json.dumps(value).encode()
    load_rule_set(house.store, house.district.id, data, file="own.json", now=house.time, actor="test")


def go(house: House, number: str = MAYA, **said: Any) -> Destroyed:
    return erase(
        house.store,
        house.district.id,
        number,
        signer=house.signer,
        now=house.time,
        entropy=house.entropy,
        actors=["test"],
        **said,
    )


def everything(house: House) -> str:
    """Every text and every byte that the tables hold, in one string."""
    found = []
    with house.store.reading() as session:
        for table in Base.metadata.sorted_tables:
            for row in session.execute(select(table)):
                found += [
                    bytes(cell).decode("utf-8", "replace")
                    if isinstance(cell, bytes | memoryview)
                    else str(cell)
                    for cell in row
                ]
    return "\n".join(found)


def test_a_badge_stands_where_the_district_keeps_it_and_the_rest_is_gone(house: House) -> None:
    enrol(house)
    badge = house.issue(recipient_name=NAME)
    shared = create_share(
        house.store, house.district.id, badge.credential_id, now=house.time, entropy=house.entropy, actor="t"
    )
    done = go(house)
    assert {one.table for one in done.plan.going} == {"student", "measure", "share"}
    assert {"credential", "secured", "award"} <= {one.table for one in done.plan.staying}
    with house.store.reading() as session:
        assert roster(session, house.district.id) is None
        assert dossier.measures(session, house.district.id, MAYA) == []
        assert len(dossier.badges_of(session, house.district.id, MAYA)) == 1
        audit.check_chain(session, house.district.id)
    with pytest.raises(IssuerError, match="not_shared"):
        open_token(house.store, house.district, shared.token, form="vc", now=house.time)


def test_where_badges_go_too_no_trace_of_the_name_is_left(house: House) -> None:
    rules(house, badges={"onRequest": True})
    enrol(house)
    badge = house.issue(recipient_name=NAME, withheld=("2008-03-02",), number="NA-424242")
    house.publish()
    assert "Quillfeather" in everything(house)
    done = go(house)
    house.publish()
    left = everything(house)
    assert "Quillfeather" not in left
    assert "NA-424242" not in left
    assert "2008-03-02" not in left
    assert done.plan.standing == (badge.credential_id,)
    with house.store.reading() as session:
        audit.check_chain(session, house.district.id)
        assert queries.status(session, house.district.id, badge.credential_id) is not None
        assert standing(session, house.district.id) == []


def test_the_file_itself_holds_nothing_any_more(house: House) -> None:
    rules(house, badges={"onRequest": True})
    enrol(house)
    house.issue(recipient_name=NAME)
    go(house)
    assert personal.sweep(house.store)
    if house.store.is_sqlite:  # PostgreSQL's files are the server's own; the command frees the rows there
        files = list(Path(str(house.store.engine.url.database)).parent.glob("cairn.db*"))
        assert files
        assert b"Quillfeather" not in b"".join(one.read_bytes() for one in files)


def test_another_student_loses_nothing(house: House) -> None:
    rules(house, badges={"onRequest": True})
    enrol(house)
    enrol(house, "200", "Ashgrove")
    house.issue()
    other = house.issue("B-1", student_id="200", recipient_name="Ina Ashgrove", number="NA-9")
    before = house.row(other.credential_id).prepared
    go(house)
    with house.store.reading() as session:
        assert list(roster(session, house.district.id) or {}) == ["200"]
        assert len(dossier.measures(session, house.district.id, "200")) == 1
    assert house.row(other.credential_id).prepared == before


def test_an_award_that_was_erased_is_never_issued_again(house: House) -> None:
    rules(house, badges={"onRequest": True})
    house.issue()
    go(house)
    with pytest.raises(IssuerError, match="award_ref_reused"):
        house.issue()


def test_a_legal_hold_keeps_everything_until_it_is_released(house: House) -> None:
    enrol(house)
    place: dict[str, Any] = {"now": house.time, "actor": "test"}
    hold(house.store, house.district.id, MAYA, why="A request of the court", **place)
    with pytest.raises(IssuerError, match="on_hold"):
        go(house)
    with house.store.reading() as session:
        assert roster(session, house.district.id)
    release(house.store, house.district.id, MAYA, **place)
    go(house)
    with pytest.raises(IssuerError, match="not_found"):
        release(house.store, house.district.id, MAYA, **place)


def test_a_link_goes_with_its_badge_though_links_are_kept(house: House) -> None:
    rules(house, badges={"onRequest": True}, shares={"onRequest": False})
    badge = house.issue()
    place: dict[str, Any] = {"now": house.time, "entropy": house.entropy, "actor": "test"}
    made = create_share(house.store, house.district.id, badge.credential_id, **place)
    done = go(house)
    assert {"share", "secured"} <= {one.table for one in done.plan.going}
    with pytest.raises(IssuerError, match="not_shared"):
        open_token(house.store, house.district, made.token, form="vc", now=house.time)


def test_what_was_seen_is_what_is_destroyed(house: House) -> None:
    enrol(house)
    seen = preview(house.store, house.district.id, MAYA, now=house.time).digest
    house.issue()
    with pytest.raises(IssuerError, match="look again"):
        go(house, seen=seen)
    go(house, seen=preview(house.store, house.district.id, MAYA, now=house.time).digest)


def test_a_preview_writes_nothing_and_nobody_is_not_found(house: House) -> None:
    enrol(house)
    before = everything(house)
    preview(house.store, house.district.id, MAYA, now=house.time)
    assert everything(house) == before
    with pytest.raises(IssuerError, match="not_found"):
        preview(house.store, house.district.id, "nobody", now=house.time)


def test_a_crash_leaves_everything_or_nothing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    rules(house, badges={"onRequest": True})
    enrol(house)
    house.issue(recipient_name=NAME)
    before = everything(house)

    def stop(*_: object, **__: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr("issuer.store.personal.remove", stop)
        with pytest.raises(RuntimeError):
            go(house)
    assert everything(house) == before


def test_the_certificate_says_what_went_and_a_changed_one_is_refused(house: House) -> None:
    enrol(house)
    done = go(house)
    key = house.signer.public_key
    said = certificate.read(done.token, lambda _kid: key)
    assert said == done.value
    assert [one["table"] for one in said["destroyed"]] == ["student", "measure"]
    assert "Quillfeather" not in certificate.text(said)
    assert MAYA in certificate.text(said)
    header, payload, signature = done.token.split(".")
    for bad in (
        f"{header}.{payload[:-2]}AA.{signature}",
        f"{header}.{payload}",
        done.token + "A" * certificate.MAX_TOKEN,
    ):
        with pytest.raises(IssuerError, match="signature_failed"):
            certificate.read(bad, lambda _kid: key)


FORBIDDEN = (
    "UPDATE credential SET prepared = {nothing}, subject_id = ''",
    "UPDATE status SET note = ''",
    "UPDATE erasure SET certificate = ''",
    "DELETE FROM secured",
    "DELETE FROM erasure",
    "DELETE FROM erased",
    "DELETE FROM legal_hold",
    "UPDATE legal_hold SET why = 'another'",
)


def test_the_database_empties_only_what_an_erasure_names(house: House) -> None:
    rules(house, badges={"onRequest": True})
    badge = house.issue(recipient_name=NAME)
    hold(house.store, house.district.id, "200", why="A court", now=house.time, actor="test")
    house.issue("B-1", student_id="300", number="NA-9")
    go(house)
    nothing = "X''" if house.store.is_sqlite else "''::bytea"
    with house.store.transaction() as session:
        session.execute(
            text(
                "INSERT INTO status SELECT district_id, id, list_id, list_index, reserved_at, 'requested',"
                " 'x' FROM credential WHERE award_ref = 'B-1'"
            )
        )
    for statement in FORBIDDEN:
        with pytest.raises(IssuerError, match="irreversible"):
            attempt(house.store, statement.format(nothing=nothing))
    # Even what was named gives up its bytes and nothing else.
    with pytest.raises(IssuerError, match="irreversible"):
        attempt(
            house.store,
            f"UPDATE credential SET prepared = {nothing}, subject_id = '', list_index = 1"  # noqa: S608 - ours
            f" WHERE id = '{badge.credential_id}'",
        )


def test_a_badge_that_stands_is_emptied_by_nobody(house: House) -> None:
    badge = house.issue()
    nothing = "X''" if house.store.is_sqlite else "''::bytea"
    now = "'2026-06-01 00:00:00'"
    attempt(
        house.store,
        f"INSERT INTO erasure VALUES ('{house.district.id}', 'e', '{MAYA}', '', '', '', {now})",  # noqa: S608 - ours
        f"INSERT INTO erased VALUES ('{house.district.id}', 'credential', '{badge.credential_id}', 'e')",  # noqa: S608 - ours
    )
    with pytest.raises(IssuerError, match="irreversible"):
        attempt(house.store, f"UPDATE credential SET prepared = {nothing}, subject_id = ''")  # noqa: S608 - ours


def test_a_half_made_badge_is_finished_first(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    rules(house, badges={"onRequest": True})

    def stop(*_: object, **__: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr("issuer.issuance.secure", stop)
        with pytest.raises(RuntimeError):
            house.issue()
    with pytest.raises(IssuerError, match="half made"):
        go(house)
    issue(
        house.award(),
        store=house.store,
        district_id=house.district.id,
        signer=house.signer,
        now=house.later(seconds=1),
        entropy=house.entropy,
        actor="test",
    )
    go(house)


def test_the_same_again_finds_nothing_to_destroy(house: House) -> None:
    enrol(house)
    go(house)
    house.later(days=1)
    with pytest.raises(IssuerError, match="nothing of this student may go"):
        go(house)
