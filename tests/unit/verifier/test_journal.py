from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from tests.world import NOW
from verifier.decoding import open_decoder
from verifier.journal import FIELDS, UNFIT, Event, Journal, only_known, place_of

NUMBER = "0123456789abcdef" * 2


@pytest.fixture
def out() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def journal(out: io.StringIO) -> Journal:
    return Journal(out, lambda: NOW)


@pytest.fixture
def root_logging() -> Iterator[None]:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    yield
    root.handlers[:] = before
    root.setLevel(level)


def lines(out: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_an_answer_is_one_line_with_these_fields_and_no_others(journal: Journal, out: io.StringIO) -> None:
    journal.answered(request=NUMBER, method="GET", route="/c/{text}", status=200, ms=12)
    assert lines(out) == [
        {
            "at": "2026-06-01T12:00:00.000+00:00",
            "event": "answered",
            "level": "info",
            "method": "GET",
            "ms": 12,
            "request": NUMBER,
            "route": "/c/{text}",
            "status": 200,
        }
    ]


def test_what_has_no_field_is_left_out_whoever_says_it() -> None:
    told = {"event": "answered", "name": "Jordan Rivera", "address": "192.0.2.7", "url": "x", "code": "valid"}
    assert only_known(None, "info", dict(told)) == {"event": "answered", "code": "valid"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("route", "/c/RIVER-7Q2M9KXB4T0C"),
        ("route", "/s/RIVER-ABC"),
        ("code", "valid\nlevel: error"),
        ("code", "RIVER-7Q2M"),
        ("fault", "ValueError('Jordan')"),
        ("where", "Jordan Rivera"),
        ("request", "mine"),
        ("method", "GET\r\nX: y"),
        ("logger", "\x1b[31m"),
        ("status", "two hundred"),
    ],
)
def test_a_value_without_its_fields_form_is_not_written(field: str, value: str) -> None:
    assert only_known(None, "info", {field: value}) == {field: UNFIT}


def test_every_event_and_every_line_fits_its_own_fields(journal: Journal, out: io.StringIO) -> None:
    journal.started()
    journal.stopped()
    journal.answered(request=NUMBER, method="other", route="none", status=404, ms=0)
    for told in lines(out):
        assert all(FIELDS[name].fullmatch(str(value)) for name, value in told.items())
        assert UNFIT not in told.values()
    assert all(FIELDS["event"].fullmatch(event) for event in Event)


def test_a_fault_is_its_kind_and_its_place_and_nothing_that_it_says(
    journal: Journal, out: io.StringIO
) -> None:
    def broken() -> object:
        return open_decoder("Jordan Rivera")  # type: ignore[arg-type]

    with pytest.raises(TypeError) as caught:
        broken()
    journal.fault(caught.value, request=NUMBER, route="/check")
    (told,) = lines(out)
    assert (told["level"], told["fault"]) == ("error", "TypeError")
    assert told["where"].startswith("verifier/")
    assert "Jordan" not in out.getvalue()


def test_a_fault_outside_our_own_code_has_no_place() -> None:
    with pytest.raises(ValueError, match="invalid") as caught:
        int("Jordan")
    assert place_of(caught.value.__traceback__) == "none:0"
    assert place_of(None) == "none:0"


def test_libraries_are_heard_and_not_quoted(journal: Journal, out: io.StringIO, root_logging: None) -> None:
    journal.take_over()
    log = logging.getLogger("some.library")
    log.warning("badge of %s", "Jordan Rivera")
    log.info("nothing to say")
    try:
        int("Jordan")
    except ValueError:
        log.exception("could not read Jordan")
    log.error(OSError(98, "address in use by Jordan"))
    told = lines(out)
    assert [one["level"] for one in told] == ["warning", "error", "error"]
    assert {one["event"] for one in told} == {"library"}
    assert {one["logger"] for one in told} == {"some.library"}
    assert [one.get("fault") for one in told] == [None, "ValueError", "OSError"]
    assert told[2]["code"] == "EADDRINUSE"
    assert "Jordan" not in out.getvalue()


def test_a_trust_list_that_was_not_taken_is_named_with_its_reason(
    journal: Journal, out: io.StringIO, root_logging: None
) -> None:
    journal.take_over()
    place = "https://lists.example.org/state.jwt"
    logging.getLogger("cairn.verifier.trust").warning(
        "not taken", extra={"place": place, "code": "trust_list_older"}
    )
    (told,) = lines(out)
    assert (told["place"], told["code"]) == (place, "trust_list_older")
