"""The page of a batch: how far it is, what may be done with it, and that the work needs no page."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from fastapi import FastAPI

from issuer.access.roles import Role
from issuer.app import create_app
from issuer.jobs import asking
from issuer.jobs.asking import HOLD
from issuer.store import jobs
from tests.house import House
from tests.staff import Staff
from tests.unit.issuer.jobs.conftest import Batches
from tests.unit.issuer.web.staff.browser import Browser
from tests.unit.issuer.web.staff.test_issue import begin, give, rows, seen

At = Callable[..., Browser]


@pytest.fixture
def app(house: House) -> FastAPI:
    """The application, whose batches workers carry out."""
    return create_app(
        house.store,
        clock=house.clock,
        entropy=house.entropy,
        signer_of=lambda _district: house.signer,
        hold=HOLD,
    )


def ordered(at: At, count: int = 3) -> tuple[Browser, str]:
    """A sheet whose badges were ordered, and the address of its batch."""
    browser = at(Role.REGISTRAR)
    here = begin(browser)
    give(browser, here, rows(count))
    answer = browser.post(f"{here}/review", seen(browser, here))
    batch = answer.headers["location"]
    assert re.fullmatch(r"/staff/batches/[0-9a-z]{16}", batch)
    assert browser.post(f"{here}/go-on").headers["location"] == batch
    return browser, batch


def carried_out(staff: Staff, batch: str) -> asking.Job:
    batches = Batches(staff.house)
    return batches.run(asking.find(staff.house.store, staff.district, batch.rpartition("/")[2]))


def test_a_sheet_is_ordered_as_a_batch_and_its_page_follows_it(at: At, staff: Staff) -> None:
    browser, batch = ordered(at)
    page = browser.get(batch).text
    assert "Waiting to start. 0 of 3 done." in page
    assert "You can close this page" in page
    assert f'data-events="{batch}/events"' in page
    assert carried_out(staff, batch).state == jobs.DONE
    page = browser.get(batch).text
    assert "Done: 3 of 3." in page
    assert "data-events" not in page
    assert browser.get(f"{batch}/rows.csv").text.count(",issued,urn:uuid:") == 3
    assert batch in browser.get("/staff/batches").text


def test_events_go_on_from_what_a_browser_has_seen(at: At, staff: Staff) -> None:
    browser, batch = ordered(at)
    first = browser.get(f"{batch}/events")
    assert first.headers["content-type"].startswith("text/event-stream")
    assert '"done": 0, "total": 3' in first.text
    number = re.search(r"^id: (.+)$", first.text, re.MULTILINE)
    assert number is not None
    again = browser.get(f"{batch}/events", headers={"Last-Event-ID": number[1]})
    assert "data:" not in again.text
    assert again.text.startswith("retry: ")
    carried_out(staff, batch)
    last = browser.get(f"{batch}/events", headers={"Last-Event-ID": number[1]})
    assert '"done": 3' in last.text
    assert '"over": true' in last.text


def test_a_batch_is_paused_gone_on_with_and_stopped_from_its_page(at: At, staff: Staff) -> None:
    browser, batch = ordered(at)
    assert browser.post(f"{batch}/pause").status_code == 303
    assert carried_out(staff, batch).state == jobs.PAUSED
    assert "Paused. 0 of 3 done." in browser.get(batch).text
    assert browser.post(f"{batch}/pause").status_code == 409
    assert browser.post(f"{batch}/resume").status_code == 303
    assert browser.post(f"{batch}/stop").status_code == 303
    assert carried_out(staff, batch).state == jobs.STOPPED
    assert "The batch was stopped before this badge was issued." in browser.get(batch).text


def test_a_batch_is_undone_while_it_is_held(at: At, staff: Staff) -> None:
    browser, batch = ordered(at)
    carried_out(staff, batch)
    assert "You can still undo this" in browser.get(batch).text
    undoing = browser.post(f"{batch}/withdraw").headers["location"]
    carried_out(staff, undoing)
    assert "Withdrawn: 3." in browser.get(batch).text
    assert browser.get(f"{batch}/rows.csv").text.count(",withdrawn,") == 3


def test_later_the_number_is_typed_and_a_reason_is_given(at: At, staff: Staff) -> None:
    browser, batch = ordered(at)
    carried_out(staff, batch)
    staff.house.later(minutes=31)
    browser = at(Role.REGISTRAR)
    assert "You can still undo this" not in browser.get(batch).text
    assert browser.post(f"{batch}/withdraw", {"reason": "issued-in-error", "count": "2"}).status_code == 409
    assert browser.post(f"{batch}/withdraw", {"reason": "corrected", "count": "3"}).status_code == 409
    answer = browser.post(f"{batch}/withdraw", {"reason": "no-longer-valid", "count": "3"})
    assert answer.status_code == 303
    assert carried_out(staff, answer.headers["location"]).done == 3


def test_a_clerk_does_not_see_batches(at: At) -> None:
    _, batch = ordered(at)
    assert at(Role.CLERK).get(batch).status_code == 403
