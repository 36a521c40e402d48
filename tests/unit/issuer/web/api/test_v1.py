"""`/v1`: awards one by one and in batches, lists with cursors, jobs with events."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from issuer.api import keys
from issuer.api.batches import MOST_AWARDS, Batch, Event, InRequest
from issuer.retention.erasure import erase
from issuer.roster import Student
from issuer.store import api as rows
from issuer.store import queries
from issuer.web.api.rate import Streams
from tests.house import NOW, House
from tests.programs import SCHOOL, STUDENT, Program, app_of, award, enrol
from tests.unit.issuer.retention.test_erasure import rules

MANY = [Student(str(300 + number), "Bo", f"Lind{number}", school_code=SCHOOL) for number in range(5)]


def of(at: int, /, **changes: str) -> dict[str, str]:
    return award(at, external_id=str(300 + at)) | changes


def signed(house: House) -> int:
    with house.store.reading() as session:
        return len(queries.signed_ids(session, house.district.id))


@pytest.fixture
def crowd(house: House) -> Program:
    """A program whose district has six students."""
    enrol(house, *MANY)
    return Program(house)


def test_an_award_is_issued_and_found_again(program: Program) -> None:
    made = program.post("/v1/awards", award())
    assert made.status_code == 201, made.text
    told = made.json()
    assert (told["award_ref"], told["state"], told["external_id"]) == ("A-1", "issued", STUDENT)
    found = program.get("/v1/awards/A-1").json()
    assert found == {name: value for name, value in told.items() if name not in ("code", "note")}
    again = program.post("/v1/awards", award())
    assert again.status_code == 201
    assert again.headers["idempotency-replayed"] == "true"
    assert again.json()["credential_id"] == told["credential_id"]


def test_without_a_reference_one_is_made_and_holds(program: Program) -> None:
    value = award(award_ref="")
    first = program.post("/v1/awards", value, idempotency_key="k")
    assert first.json()["award_ref"] == f"{STUDENT}/CO-CNA/2026-04-18"
    again = program.post("/v1/awards", value, idempotency_key="k")
    assert again.json()["credential_id"] == first.json()["credential_id"]
    assert program.get(f"/v1/awards/{STUDENT}/CO-CNA/2026-04-18").status_code == 200


def test_what_is_wrong_with_an_award_has_its_member(program: Program) -> None:
    answer = program.post("/v1/awards", award(number=""))
    assert (answer.status_code, answer.json()["code"]) == (422, "not_issuable")
    (error,) = answer.json()["errors"]
    assert (error["pointer"], error["code"]) == ("/number", "MISSING_NUMBER")
    assert signed(program.house) == 0


@pytest.mark.parametrize(
    "value", [{"unknown": "x"}, {"number": 7}, {"number": None}, {"number": "x" * 4_001}]
)
def test_an_award_that_is_not_formed_like_one(program: Program, value: dict[str, Any]) -> None:
    assert program.post("/v1/awards", award() | value).status_code == 400


def test_a_batch_is_answered_row_by_row(crowd: Program) -> None:
    awards = [of(0), of(1, number=""), of(2, school_code="9999"), of(0)]
    answer = crowd.post("/v1/batches", {"awards": awards}, idempotency_key="b-1")
    assert answer.status_code == 202, answer.text
    batch = answer.json()
    assert (batch["state"], batch["issued"], batch["failed"], batch["skipped"]) == ("done", 1, 2, 1)
    assert answer.headers["location"] == f"/v1/batches/{batch['id']}"
    assert crowd.get(answer.headers["location"]).json() == batch
    told = crowd.get(batch["links"]["rows"]).json()["items"]
    assert [(one["row"], one["state"], one["code"], one["column"]) for one in told] == [
        (1, "issued", "", ""),
        (2, "failed", "MISSING_NUMBER", "number"),
        (3, "failed", "UNKNOWN_SCHOOL", "school_code"),
        (4, "skipped", "DUPLICATE_REF", ""),
    ]
    assert told[1]["pointer"] == "/awards/1/number"
    again = crowd.post("/v1/batches", {"awards": awards}, idempotency_key="b-1")
    assert (again.status_code, again.json()["id"]) == (202, batch["id"])
    other = crowd.post("/v1/batches", {"awards": awards[:1]}, idempotency_key="b-1")
    assert other.json()["code"] == "idempotency_key_reused"


def test_a_member_that_is_no_text_names_row_and_column(crowd: Program) -> None:
    answer = crowd.post("/v1/batches", {"awards": [of(0), of(1) | {"number": 7}]})
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["row"], error["column"], error["pointer"]) == (
        400,
        2,
        "number",
        "/awards/1/number",
    )


def test_a_dry_run_leaves_nothing_behind(crowd: Program) -> None:
    answer = crowd.post("/v1/batches?dry_run=true", {"awards": [of(0), of(1, number="")]})
    assert [one["outcome"] for one in answer.json()["rows"]] == ["ready", "reject"]
    assert signed(crowd.house) == 0


def test_the_largest_batch_and_one_past_it(crowd: Program) -> None:
    awards = [of(0, award_ref=f"A-{number}") for number in range(MOST_AWARDS + 1)]
    answer = crowd.post("/v1/batches?dry_run=true", {"awards": awards[:MOST_AWARDS]})
    assert answer.status_code == 200
    answer = crowd.post("/v1/batches", {"awards": awards})
    assert (answer.status_code, answer.json()["code"]) == (422, "batch_too_large")
    assert crowd.post("/v1/batches", {"awards": []}).status_code == 400


def test_a_batch_that_broke_off_goes_on_under_its_name(
    crowd: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = InRequest.submit_batch

    def breaks(*given: Any) -> Batch:
        whole(*given)
        raise KeyError("power cut")

    monkeypatch.setattr(InRequest, "submit_batch", breaks)
    asked = {"awards": [of(0), of(1)]}
    assert crowd.post("/v1/batches", asked, idempotency_key="b").status_code == 500
    monkeypatch.setattr(InRequest, "submit_batch", whole)
    answer = crowd.post("/v1/batches", asked, idempotency_key="b").json()
    assert (answer["issued"], signed(crowd.house)) == (2, 2)
    with crowd.house.store.reading() as session:
        assert rows.batch(session, crowd.house.district.id, answer["id"]).total == 2


def test_lists_go_on_where_they_stopped_whatever_is_added(crowd: Program) -> None:
    crowd.post("/v1/batches", {"awards": [of(number) for number in range(3)]})
    seen, path = list[str](), "/v1/awards?limit=2"
    answer = crowd.get(path)
    seen += [one["award_ref"] for one in answer.json()["items"]]
    crowd.house.later(minutes=1)
    crowd.post("/v1/awards", of(3))
    following = answer.headers["link"].partition(">")[0].lstrip("<")
    while following:
        answer = crowd.get(following)
        seen += [one["award_ref"] for one in answer.json()["items"]]
        following = answer.headers.get("link", "").partition(">")[0].lstrip("<")
    assert sorted(seen) == ["A-0", "A-1", "A-2", "A-3"]
    assert seen[-1] == "A-3"
    assert len(set(seen)) == len(seen)


def test_a_cursor_holds_for_its_own_list_alone(crowd: Program) -> None:
    crowd.post("/v1/batches", {"awards": [of(number) for number in range(3)]})
    mark = crowd.get("/v1/awards?limit=1").json()["next_cursor"]
    assert crowd.get(f"/v1/awards?limit=1&cursor={mark}").status_code == 200
    flipped = ("A" if mark[0] != "A" else "B") + mark[1:]
    for other in (
        f"limit=1&status=active&cursor={mark}",
        f"cursor={flipped}",
        "cursor=",
        "cursor=%F0%9F%99%82",
    ):
        answer = crowd.get(f"/v1/awards?{other}")
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_cursor"), other


def test_rows_of_a_batch_have_cursors_too(crowd: Program) -> None:
    batch = crowd.post("/v1/batches", {"awards": [of(number) for number in range(3)]}).json()
    first = crowd.get(f"{batch['links']['rows']}?limit=2").json()
    rest = crowd.get(f"{batch['links']['rows']}?limit=2&cursor={first['next_cursor']}").json()
    assert [one["row"] for one in first["items"] + rest["items"]] == [1, 2, 3]
    assert rest["next_cursor"] is None


def test_withdrawn_awards_can_be_listed_alone(crowd: Program) -> None:
    crowd.post("/v1/batches", {"awards": [of(0), of(1)]})
    crowd.post("/credentials/status", {"credentialId": "A-0", "status": True, "reason": "requested"})
    (gone,) = crowd.get("/v1/awards?status=withdrawn").json()["items"]
    assert (gone["award_ref"], gone["state"], gone["reason"]) == ("A-0", "withdrawn", "requested")
    (left,) = crowd.get("/v1/awards?status=active&code=CO-CNA").json()["items"]
    assert left["award_ref"] == "A-1"


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=201",
        "limit=00000199999",
        f"limit={'1' * 900}",
        "limit=x",
        "more=1",
        "limit=1&limit=2",
        "status=all",
    ],
)
def test_a_question_that_is_not_taken(program: Program, query: str) -> None:
    assert program.get(f"/v1/awards?{query}").status_code == 400


def test_events_of_a_job_are_told_and_go_on_after_the_last_one_seen(crowd: Program) -> None:
    batch = crowd.post("/v1/batches", {"awards": [of(0)]}).json()
    assert crowd.get(f"/v1/jobs/{batch['id']}").json()["kind"] == "batch"
    whole = crowd.get(batch["links"]["events"])
    assert whole.headers["content-type"].startswith("text/event-stream")
    assert "id: 1\nevent: accepted\n" in whole.text
    assert "id: 2\nevent: finished\n" in whole.text
    rest = crowd.get(batch["links"]["events"], last_event_id="1").text
    assert "accepted" not in rest
    assert "finished" in rest
    assert crowd.get(batch["links"]["events"], last_event_id="x").status_code == 400


def test_events_are_waited_for(crowd: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = crowd.post("/v1/batches", {"awards": [of(0)]}).json()
    looked = []

    class Slow(InRequest):
        def events_of(self, *given: Any, after: int) -> list[Event]:
            looked.append(after)
            return super().events_of(*given, after=after) if len(looked) > 2 else []

        def batch_of(self, *given: Any) -> Batch:
            return (
                Batch(batch["id"], "running", 1, 0, 0, 0, NOW, None)
                if len(looked) <= 2
                else super().batch_of(*given)
            )

    monkeypatch.setattr("issuer.web.api.v1.EVERY", 0.0)
    object.__setattr__(crowd.app.state.api, "batches", Slow())
    told = crowd.get(batch["links"]["events"]).text
    assert told.count(": waiting") == 1
    assert "event: finished" in told


def test_a_stream_ends_with_its_key(crowd: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key that was revoked hears no more, not even on what was open."""
    batch = crowd.post("/v1/batches", {"awards": [of(0)]}).json()
    house, looked = crowd.house, list[int]()

    class Endless(InRequest):
        def events_of(self, *_: Any, after: int) -> list[Event]:
            looked.append(after)
            if len(looked) == 3:
                keys.revoke(house.store, house.district.id, crowd.key.key.id, now=house.time, actor="test")
            return [Event(len(looked), "progress", {})]

        def batch_of(self, *_: Any) -> Batch:
            return Batch(batch["id"], "running", 1, 0, 0, 0, NOW, None)

    monkeypatch.setattr("issuer.web.api.v1.EVERY", 0.0)
    object.__setattr__(crowd.app.state.api, "batches", Endless())
    told = crowd.get(batch["links"]["events"]).text
    assert told.count("event: progress") == len(looked) == 3


def test_as_many_streams_as_may_be_open_and_one_more(crowd: Program) -> None:
    events = crowd.post("/v1/batches", {"awards": [of(0)]}).json()["links"]["events"]
    streams = crowd.app.state.api.streams
    whose = f"{crowd.house.district.id} {crowd.key.key.id}"
    assert [streams.take(whose) for _ in range(9)] == [True] * 8 + [False]
    refused = crowd.get(events)
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_requests")
    streams.give_back(whose)
    assert "finished" in crowd.get(events).text
    assert "finished" in crowd.get(events).text, "a stream that ended was given back"


def test_what_all_keys_together_may_have_open() -> None:
    streams = Streams(of_key=2, together=3)
    assert [streams.take(one) for one in "aabb"] == [True, True, True, False]
    assert not streams.has_room("c")
    streams.give_back("a")
    assert streams.take("c")


def test_what_was_destroyed_is_gone(program: Program) -> None:
    house = program.house
    rules(house, badges={"onRequest": True})
    program.post("/v1/awards", award(), idempotency_key="k")
    program.post("/v1/batches", {"awards": [award(2, date_earned="2026-04-19")]})
    house.later(minutes=1)
    erase(
        house.store,
        house.district.id,
        STUDENT,
        signer=house.signer,
        now=house.time,
        entropy=house.entropy,
        actors=["test"],
    )
    assert program.get("/credentials/A-1").status_code == 410
    with house.store.reading() as session:
        for table in ("api_request", "api_batch_row"):
            assert session.execute(text(f"SELECT count(*) FROM {table}")).scalar() == 0, table  # noqa: S608


def test_a_body_of_one_byte_too_many(house: House) -> None:
    enrol(house)
    program = Program(house, app=app_of(house))
    answer = program.post("/v1/awards", b" " * 1_048_577)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    # Nor where its length was announced as less.
    told = {"content_type": "application/json", "content_length": "2"}
    answer = program.post("/v1/awards", b" " * 1_048_577, **told)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    answer = program.post("/v1/awards", award(), content_type="text/plain")
    assert (answer.status_code, answer.json()["code"]) == (415, "not_json")
