"""Whatever is sent to the interface, its answer is a problem or a verdict, and never a fault of ours."""

from __future__ import annotations

import random
from pathlib import Path

import httpx
import pytest

from tests.interface import JSON, hold
from tests.site import ask, make_site
from tests.world import World
from verifier.web import guard
from verifier.web.guard import MAX_BODY, MAX_UPLOAD, Guard
from verifier.web.openapi import OPERATIONS
from verifier.web.problem import OF_STATUS, STATUSES, is_interface
from verifier.web.words import PAGES

POSTED = [one.path for one in OPERATIONS if one.method == "post"]
BODIES = {
    "nothing": b"",
    "an array": b"[]",
    "null": b"null",
    "a number": b"5",
    "a text": b'"text"',
    "cut off": b'{"verifiableCredential": {"a": ',
    "two texts": b"{}{}",
    "not a number": b'{"badge": NaN}',
    "too large a number": b'{"badge": 1e999, "verifiableCredential": 1e999, "verifiablePresentation": 1e999}',
    "a number of 64 bits": b'{"badge": 9223372036854775808, "items": 9223372036854775808}',
    "half a surrogate": b'{"badge": "\\ud800", "link": "\\ud800", "items": "\\ud800"}',
    "a NUL": b'{"code": "\\u0000", "items": ["\\u0000"], "verifiableCredential": "\\u0000"}',
    "a bare NUL": b"\x00",
    "a member twice": b'{"badge": {}, "badge": {}}',
    "UTF-16": '{"badge": {}}'.encode("utf-16"),
    "a BOM": b'\xef\xbb\xbf{"badge": {}}',
    "not UTF-8": b'{"code": "\xff\xfe"}',
    "too deep": b'{"badge":' + b"[" * 3_000 + b"]" * 3_000 + b"}",
    "too many": b'{"items": [' + b",".join([b"{}"] * 5_000) + b"]}",
    "names of objects": b'{"__proto__": {}, "constructor": {}}',
    "options of nobody": b'{"verifiableCredential": {}, "verifiablePresentation": {}, "options": {"x": 1}}',
    "lists for texts": b'{"link": [], "code": [], "at": [], "lang": [], "receipt": []}',
    "chance": random.Random(5).randbytes(4_000),
}
NOTHING: dict[str, str] = {}
TYPES = (
    "application/json",
    "application/json; charset=utf-16",
    "text/plain",
    "application/xml",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "multipart/form-data; boundary=x",
    "multipart/form-data; boundary=" + "x" * 3_000,
    "\xff",
    "",
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Guard:
    return make_site(World(), tmp_path_factory.mktemp("site"))


def refused(answer: httpx.Response, path: str, method: str = "post") -> None:
    """A refusal as it has to be."""
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert told["status"] == answer.status_code
    assert STATUSES[told["code"]] == answer.status_code
    assert told["trace_id"] == answer.headers["x-request-id"]
    assert told["type"] == f"https://check.example.org/problems/{told['code']}"
    hold(answer, path, method)


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("path", POSTED)
def test_a_bad_body_is_refused_everywhere(site: Guard, path: str, body: str) -> None:
    for kind in TYPES:
        content = BODIES[body]
        headers = [(b"Content-Type", kind.encode("latin-1"))]
        answer = ask(site, path, "POST", content=content, headers=headers)
        if path == "/challenges" and body == "nothing":
            assert answer.status_code == 200  # it asks for no body, whatever that calls itself
        else:
            refused(answer, path)


@pytest.mark.parametrize("path", POSTED)
def test_too_much_is_refused_everywhere(site: Guard, path: str) -> None:
    most = MAX_UPLOAD if path in guard.BODIES else MAX_BODY
    answer = ask(site, path, "POST", content=b" " * (most + 1), headers=JSON)
    assert answer.json()["code"] == "too_large"
    refused(answer, path)
    at_the_limit = ask(site, path, "POST", content=b" " * most, headers=JSON)
    assert at_the_limit.status_code == (200 if path == "/challenges" else 400)


@pytest.mark.parametrize("one", OPERATIONS, ids=lambda one: one.path)
def test_another_method_is_refused_everywhere(site: Guard, one: object) -> None:
    path, method = getattr(one, "path"), getattr(one, "method")  # noqa: B009 - any operation
    for other in {"GET", "PUT", "DELETE", "PATCH", "TRACE"} - {method.upper()}:
        answer = ask(site, path, other)
        assert answer.json()["code"] == "wrong_method"
        assert answer.headers["allow"] == method.upper()
        refused(answer, path, method)


@pytest.mark.parametrize("path", POSTED)
def test_a_foreign_name_and_a_false_length_are_refused_everywhere(site: Guard, path: str) -> None:
    answer = ask(site, path, "POST", headers={"Host": "evil.example"})
    assert (answer.status_code, answer.json()["type"]) == (421, "/problems/wrong_host")
    hold(answer, path, "post")
    refused(ask(site, path, "POST", headers={"Content-Length": "many"}), path)


@pytest.mark.parametrize(
    "path", ["/v1/", "/v1/verifications/", "/v1/verifications:other", "/presentations/x"]
)
def test_what_is_not_there_is_a_problem_and_no_page(site: Guard, path: str) -> None:
    answer = ask(site, path)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_fault_of_ours_is_a_problem_that_tells_nothing(
    site: Guard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("verifier.web.api.parse_request", lambda _: NOTHING["Jordan Rivera"])
    answer = ask(site, "/credentials/verify", "POST", content=b"{}", headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (500, "unexpected")
    assert "Jordan" not in answer.text
    hold(answer, "/credentials/verify", "post")


def test_no_page_answers_with_json(site: Guard) -> None:
    for path in ("/", "/nowhere", "/check", "/c/x", "/problems/none", "/developers/x"):
        assert not is_interface(path)
        for method in ("GET", "PUT"):
            assert ask(site, path, method).headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("code", STATUSES)
def test_every_problem_has_its_page_in_both_languages(site: Guard, code: str) -> None:
    for lang in ("en", "es"):
        answer = ask(site, f"/problems/{code}?lang={lang}")
        assert answer.status_code == 200
        assert PAGES[lang][f"problem.{code}.title"].replace("'", "&#39;") in answer.text
        assert f"<code>{code}</code>" in answer.text


def test_there_is_no_page_for_what_is_no_problem(site: Guard) -> None:
    for code in ("", "none", "bad_json.", "BUSY", "%3Cscript%3E"):
        assert ask(site, f"/problems/{code}").status_code == 404
    assert {STATUSES[code] for code in OF_STATUS.values()} == set(OF_STATUS)


def test_every_answer_has_a_number_of_its_own(site: Guard, tmp_path: Path) -> None:
    numbers = {
        ask(site, "/healthz", headers={"X-Request-Id": "mine"}).headers["x-request-id"] for _ in range(9)
    }
    assert len(numbers) == 9
    assert all(len(number) == 32 for number in numbers)
