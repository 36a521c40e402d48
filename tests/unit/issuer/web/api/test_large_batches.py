"""Batches of more awards than go together: taken at once, carried out by workers, looked at meanwhile."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from issuer.api import durable
from issuer.api.batches import MOST_AWARDS
from issuer.jobs import asking
from issuer.roster import Student
from issuer.store import jobs, queries
from tests.house import House
from tests.programs import Program, app_of, award, enrol
from tests.unit.issuer.jobs.conftest import SCHOOL, Batches

COUNT = MOST_AWARDS + 3


@pytest.fixture
def large(house: House) -> Program:
    """A program whose district has many students, and workers."""
    students = (Student(f"{300 + n}", "Robin", "Vale", school_code=SCHOOL) for n in range(COUNT))
    enrol(house, *students)
    return Program(house, app=app_of(house, hold=timedelta(minutes=30)))


def of(at: int, /, **changes: str) -> dict[str, str]:
    return award(at, external_id=str(300 + at)) | changes


def class_of(count: int) -> list[dict[str, str]]:
    """Awards of so many students, the second of which lacks its number."""
    return [of(at, **({"number": ""} if at == 1 else {})) for at in range(count)]


def paged(program: Program, batch: str) -> list[dict[str, Any]]:
    found, path = [], f"/v1/batches/{batch}/rows?limit=150"
    while path:
        answer = program.get(path).json()
        found += answer["items"]
        at = answer["next_cursor"]
        path = f"/v1/batches/{batch}/rows?limit=150&cursor={at}" if at else ""
    return found


def test_a_large_batch_is_taken_and_then_carried_out(large: Program) -> None:
    asked = {"awards": class_of(COUNT)}
    answer = large.post("/v1/batches", asked, idempotency_key="june")
    assert answer.status_code == 202, answer.text
    batch = answer.json()
    assert (batch["state"], batch["total"], batch["issued"], batch["failed"]) == ("running", COUNT, 0, 1)
    rows = paged(large, batch["id"])
    assert [one["row"] for one in rows] == list(range(1, COUNT + 1))
    assert {one["state"] for one in rows if one["row"] != 2} == {"waiting"}
    assert (rows[1]["state"], rows[1]["column"]) == ("failed", "number")
    assert large.get(f"/v1/jobs/{batch['id']}").json()["finished"] is None

    again = large.post("/v1/batches", asked, idempotency_key="june")
    assert (again.status_code, again.json()["id"]) == (202, batch["id"])
    (job,) = asking.everything(large.house.store, large.house.district.id)
    assert Batches(large.house).run(job).state == jobs.DONE
    done = large.get(f"/v1/batches/{batch['id']}").json()
    assert (done["state"], done["issued"], done["failed"]) == ("done", COUNT - 1, 1)
    rows = paged(large, batch["id"])
    assert len({one["credential_id"] for one in rows if one["state"] == "issued"}) == COUNT - 1
    assert rows[1]["state"] == "failed"
    told = large.get(f"/v1/jobs/{batch['id']}/events").text
    assert ["event: accepted" in told, "event: finished" in told] == [True, True]
    with large.house.store.reading() as session:
        assert len(queries.signed_ids(session, large.house.district.id)) == COUNT - 1


def test_a_large_batch_that_broke_off_before_it_was_ordered_goes_on(
    large: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = {"awards": class_of(COUNT)}

    def breaks(*_: object, **__: object) -> None:
        raise KeyError("power cut")

    with monkeypatch.context() as patch:
        patch.setattr(durable, "ask_awards", breaks)
        assert large.post("/v1/batches", asked, idempotency_key="june").status_code == 500
    answer = large.post("/v1/batches", asked, idempotency_key="june")
    assert (answer.status_code, answer.json()["failed"]) == (202, 1)
    assert len(asking.everything(large.house.store, large.house.district.id)) == 1


def test_a_batch_of_which_nothing_is_ready_is_over_at_once(large: Program) -> None:
    asked = {"awards": [of(at, number="") for at in range(COUNT)]}
    batch = large.post("/v1/batches", asked).json()
    assert (batch["state"], batch["failed"]) == ("done", COUNT)
    assert asking.everything(large.house.store, large.house.district.id) == []


def test_a_small_batch_is_held_as_well_and_its_badges_say_so(large: Program) -> None:
    """What is held is told as held, is given to nobody, and can be undone; then it is issued."""
    house = large.house
    batch = large.post("/v1/batches", {"awards": [of(0)]}).json()
    assert (batch["state"], batch["issued"]) == ("running", 0)
    assert batch["held_until"] == (house.time + timedelta(minutes=30)).isoformat(timespec="seconds")
    (job,) = asking.everything(house.store, house.district.id)
    assert job.id == batch["id"], "whoever runs the issuer finds it under the name that the program was told"
    Batches(house).run(job)
    (listed,) = large.get("/v1/awards").json()["items"]
    assert (listed["state"], listed["held_until"]) == ("held", batch["held_until"])
    assert large.get("/v1/awards/A-0").json() == listed
    refused = large.get("/credentials/A-0")
    assert (refused.status_code, refused.json()["code"]) == (409, "held")
    assert refused.json()["type"].endswith("/problems/held")
    house.later(minutes=30)
    (listed,) = large.get("/v1/awards").json()["items"]
    assert (listed["state"], listed["held_until"]) == ("issued", None)
    assert large.get("/credentials/A-0").status_code == 200


def test_a_badge_that_left_the_house_before_is_not_called_held(large: Program) -> None:
    """The same award in a batch that can still be undone: its badge is out, whatever comes of the batch."""
    assert large.post("/credentials/issue", {"credential": large.draft()}).status_code == 201
    (listed,) = large.get("/v1/awards").json()["items"]
    house = large.house
    batches = Batches(house)
    (wanted,) = batches.wanted(1)
    batches.ask([replace(wanted, award=replace(wanted.award, award_ref=listed["award_ref"]))])
    (listed,) = large.get("/v1/awards").json()["items"]
    assert (listed["state"], listed["held_until"]) == ("issued", None)


def test_where_nothing_is_held_a_small_batch_is_carried_out_before_it_is_answered(house: House) -> None:
    enrol(house)
    program = Program(house, app=app_of(house, hold=timedelta(0)))
    batch = program.post("/v1/batches", {"awards": [award()]}).json()
    assert (batch["state"], batch["issued"], batch["held_until"]) == ("done", 1, None)
    (listed,) = program.get("/v1/awards").json()["items"]
    assert listed["state"] == "issued"


def test_the_largest_batch_of_workers_and_one_past_it(
    large: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert durable.MOST_IN_A_JOB == 20_000
    monkeypatch.setattr(durable, "MOST_IN_A_JOB", COUNT)
    assert large.post("/v1/batches", {"awards": class_of(COUNT)}).status_code == 202
    answer = large.post("/v1/batches", {"awards": [*class_of(COUNT), of(0, award_ref="Z")]})
    assert (answer.status_code, answer.json()["code"]) == (422, "batch_too_large")
