"""What the issuer writes down and counts holds nothing of anybody."""

from __future__ import annotations

import io
import json
import logging
from typing import Any

from issuer.app import create_app
from issuer.journal import Journal
from issuer.metrics import Metrics
from issuer.publisher import parts_of
from issuer.shares import create_share
from issuer.store import queries
from tests.house import House
from tests.unit.issuer.web.asking import Client

CANARIES = ("Canaria", "Birdsong", "canary@example.org", "990077001", "2008-02-29", "canary passphrase")


def watched(house: House) -> tuple[Client, io.StringIO, Metrics]:
    out = io.StringIO()
    metrics = Metrics(lambda: parts_of(house.store, None, house.time))
    app = create_app(
        house.store,
        clock=house.clock,
        entropy=house.entropy,
        journal=Journal(out, house.clock),
        metrics=metrics,
    )
    return Client(app, house.district.origin), out, metrics


def lines(out: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_canaries_are_in_no_sink(house: House) -> None:
    """Names, numbers, tokens and passphrases go in at every door, and come out at none."""
    client, out, metrics = watched(house)
    made = house.issue(recipient_name="Canaria Birdsong", student_id="990077001")
    house.publish()
    opened = create_share(
        house.store,
        house.district.id,
        made.credential_id,
        now=house.time,
        entropy=house.entropy,
        actor="test",
    )
    assert client.post("/retrieve", json={"token": opened.token}).status_code == 200
    answers = [
        client.get(f"/{word}?{word}={word}", headers={"User-Agent": word, "X-Canary": word})
        for word in CANARIES
    ]
    answers += [client.post("/retrieve", json={"token": word, word: word}) for word in CANARIES]
    answers += [client.get(f"/status/{word}?timestamp={word}") for word in CANARIES]
    answers.append(client.get(f"/s/{opened.tag}-{opened.token}"))
    answers.append(client.post("/staff/sign-in", data={"email": CANARIES[2], "password": CANARIES[5]}))
    with house.store.reading() as session:
        audited = "".join(str((row.subject, row.facts)) for row in queries_audit(session))
    sinks = out.getvalue() + metrics.text() + "".join(one.text for one in answers) + audited
    for word in (*CANARIES, opened.token, opened.code or "?"):
        assert word not in sinks, word
    assert made.credential_id not in out.getvalue() + metrics.text()
    assert {line["route"] for line in lines(out)} >= {"/retrieve", "/status/{list_id}", "none"}


def queries_audit(session: Any) -> Any:
    from sqlalchemy import select

    from issuer.store.tables import Audit

    assert queries.districts(session)
    return session.scalars(select(Audit)).all()


def test_what_libraries_say_is_written_down_without_their_words(house: House) -> None:
    out = io.StringIO()
    journal = Journal(out, house.clock)

    def record(*args: object, exc: BaseException | None = None) -> logging.LogRecord:
        info = (type(exc), exc, exc.__traceback__) if exc else None
        return logging.LogRecord("some.library", logging.ERROR, "x.py", 7, "about %s: %s", args, info)

    journal.library(record("Canaria", ValueError("Birdsong")))
    journal.library(record("Canaria", "Birdsong", exc=OSError("canary@example.org")))
    assert not any(word in out.getvalue() for word in CANARIES)
    assert [line["fault"] for line in lines(out)] == ["ValueError", "OSError"]
    assert {line["logger"] for line in lines(out)} == {"some.library"}


def test_a_part_that_is_not_well_is_counted(house: House) -> None:
    client, _, metrics = watched(house)
    assert 'cairn_well{part="lists"} 0.0' in metrics.text()
    house.publish()
    assert 'cairn_well{part="lists"} 1.0' in metrics.text()
    client.get("/healthz")
    assert 'cairn_request_seconds_count{method="GET",route="/healthz",status="200"} 1.0' in metrics.text()


def test_started_and_stopped_are_written_down(house: House) -> None:
    out = io.StringIO()
    journal = Journal(out, house.clock)
    journal.started()
    journal.stopped()
    assert [line["event"] for line in lines(out)] == ["started", "stopped"]
