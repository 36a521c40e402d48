"""What the district tells anybody, and what it tells only who holds a link or a code."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from typing import Any

import pytest

from credential.qr import format_code
from issuer.catalog import default_catalogue
from issuer.district import offer_decided
from issuer.errors import IssuerError
from issuer.pictures import choose
from issuer.publication import list_path
from issuer.render.badge_picture import Choices
from issuer.restoring import note_return
from issuer.shares import NewShare, create_share, stop_share
from issuer.store.achievement_images import digests
from issuer.taking_back import go_on_without
from tests.house import House
from tests.unit.issuer.web.asking import Client


def share(house: House, credential_id: str, **changes: Any) -> NewShare:
    return create_share(
        house.store,
        house.district.id,
        credential_id,
        now=house.time,
        entropy=house.entropy,
        actor="test",
        **changes,
    )


def test_public_documents_say_what_they_are(house: House, client: Client) -> None:
    row = house.row(house.issue().credential_id)
    house.publish()
    expected = {
        "/.well-known/did.json": ("application/did+json", 300),
        f"/{list_path(row.list_id)}": ("application/vc", 60),
        f"/{list_path(row.list_id)}/notes": ("application/jwt", 60),
        "/issuers/riverbend": ("application/ld+json", 3600),
        "/achievements/co-cna": ("application/ld+json", 3600),
    }
    for path, (media_type, seconds) in expected.items():
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert answer.headers["content-type"] == media_type
        assert answer.headers["cache-control"] == f"public, max-age={seconds}"
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["etag"].startswith('"')
        head = client.head(path)
        assert (head.status_code, head.content) == (200, b"")
        for known in (
            answer.headers["etag"],
            f'"x", {answer.headers["etag"]}',
            f"W/{answer.headers['etag']}",
            "*",
        ):
            again = client.get(path, headers={"If-None-Match": known})
            assert (again.status_code, again.content) == (304, b""), known
            assert again.headers["etag"] == answer.headers["etag"]
        assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


def test_the_picture_that_a_badge_names_is_kept_by_caches_for_ever(house: House, client: Client) -> None:
    address = json.loads(house.issue().document)["credentialSubject"]["achievement"]["image"]["id"]
    answer = client.get(address)
    digest = hashlib.sha256(answer.content).hexdigest()
    assert answer.status_code == 200
    assert address.endswith(f"/images/{digest}.png")
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["etag"] == f'"{digest}"'
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["access-control-allow-origin"] == "*"
    again = client.get(address, headers={"If-None-Match": f'"{digest}"'})
    assert (again.status_code, again.content) == (304, b"")
    for unknown in (f"{'0' * 64}.png", f"{digest}.svg", digest, digest.upper() + ".png"):
        assert client.get(f"/images/{unknown}").status_code == 404, unknown


def test_a_district_serves_no_picture_of_another(house: House, client: Client) -> None:
    other = House.build(house.store.of("lakeside"), "lakeside", "https://badges.lakeside.example")
    chosen = Choices("ONLY", "circle", "#1F4E79", "#F2C14E", "", "star", "0")
    entry = default_catalogue().entries[0]
    choose(other.store, "lakeside", entry, choices=chosen, alt="A star", now=other.time, actor="test")
    offer_decided(other.store, "lakeside", now=other.time, actor="test")
    with other.store.reading() as session:
        own = digests(session, "lakeside")
    with house.store.reading() as session:
        ours = digests(session, house.district.id)
    (only,) = set(own.values()) - set(ours.values())
    assert client.get(f"/images/{only}.png").status_code == 404


def test_ids_lead_to_what_they_name(house: House, client: Client) -> None:
    value = json.loads(house.issue().document)
    achievement = value["credentialSubject"]["achievement"]
    served = client.get(achievement["id"]).json()
    served.pop("@context")
    assert served == achievement
    profile = client.get("/issuers/riverbend").json()
    assert (profile["id"], profile["name"]) == (value["issuer"]["id"], value["issuer"]["name"])


def test_a_new_version_gets_another_tag(house: House, client: Client) -> None:
    made = house.issue()
    house.publish()
    path = f"/{list_path(house.row(made.credential_id).list_id)}"
    before = client.get(path).headers["etag"]
    house.later(hours=20)
    house.publish()
    assert client.get(path, headers={"If-None-Match": before}).status_code == 200


def test_a_holder_gets_the_stored_bytes(house: House, client: Client) -> None:
    made = house.issue()
    opened = share(house, made.credential_id)
    assert opened.code is not None
    for body in (
        {"token": opened.token},
        {"token": f"{opened.tag}-{opened.token}".lower()},
        {"code": opened.code},
        {"code": f"{opened.tag} {format_code(opened.code)}".lower()},
    ):
        answer = client.post("/retrieve", json=body)
        assert (answer.status_code, answer.content) == (200, made.document)
        assert answer.headers["content-type"] == "application/vc"
        assert answer.headers["cache-control"] == "no-store"
        assert "access-control-allow-origin" not in answer.headers


def test_a_holder_may_ask_for_the_jwt(house: House, client: Client) -> None:
    made = house.issue(also_jwt=True)
    opened = share(house, made.credential_id)
    answer = client.post("/retrieve", json={"token": opened.token, "form": "jwt"})
    assert (answer.text, answer.headers["content-type"]) == (made.jwt, "application/vc+jwt")


def test_wrong_unknown_and_malformed_get_one_answer(house: House, client: Client) -> None:
    opened = share(house, house.issue().credential_id)
    bodies = [
        {"token": "0" * 32},
        {"token": opened.token[:-1] + ("0" if opened.token[-1] != "0" else "1")},
        {"token": "x"},
        {"token": ""},
        {"token": "OTHER-TAG-" + opened.token},
        {"token": "\x7f" * 32},
        {"code": "0" * 12},
        {"code": "AAAA-BBBB-CCCC"},
        {"code": ""},
        {"code": "ü" * 12},
    ]
    answers = {(a.status_code, a.content) for a in (client.post("/retrieve", json=body) for body in bodies)}
    assert len(answers) == 1
    status, content = answers.pop()
    assert (status, json.loads(content)["code"]) == (404, "not_shared")


def test_a_stopped_or_ended_share_says_so_to_its_holder(house: House, client: Client) -> None:
    made = house.issue()
    stopped = share(house, made.credential_id)
    ended = share(house, made.credential_id, ends=house.time + timedelta(hours=1))
    stop_share(house.store, house.district.id, stopped.share_id, now=house.time, actor="test")
    house.later(hours=2)
    said = {
        stopped: (403, "share_stopped", None),
        ended: (410, "share_ended", "Mon, 01 Jun 2026 23:59:59 GMT"),
    }
    for opened, expected in said.items():
        for body in ({"token": opened.token}, {"code": opened.code}):
            answer = client.post("/retrieve", json=body)
            assert (answer.status_code, answer.json()["code"], answer.headers.get("sunset")) == expected
            for told in (made.credential_id, house.district.name, "Maya", "Okafor", "co-cna"):
                assert told not in answer.text


NOT_SERVED = [
    "/credentials/{id}",
    "/badges/{id}",
    "/{id}",
    "/retrieve",
    "/retrieve/{id}",
    "/s/RIVERBEND-X",
    "/c/RIVERBEND-X",
    "/docs",
    "/redoc",
    "/status/{id}",
    "/status/none/notes",
    "/achievements/none",
    "/issuers/eastfield",
    "/achievements/co-cna/",
    "/achievements/..%2f..%2fcairn.db",
]


def test_nothing_else_is_served(house: House, client: Client) -> None:
    made = house.issue()
    for path in NOT_SERVED:
        answer = client.get(path.replace("{id}", made.credential_id), follow_redirects=False)
        # One of them is for programs that have a key, and tells nobody else whether there is such a badge.
        assert answer.status_code in ({401} if path == "/credentials/{id}" else {404, 405}), path
        assert answer.headers["content-type"] == "application/problem+json"
        assert made.document not in answer.content


BAD_BODIES = [
    (b"{}", "application/json", 400),
    (b'{"token": null}', "application/json", 400),
    (b'{"token": 5}', "application/json", 400),
    (b'{"token": ["x"]}', "application/json", 400),
    (b'{"token": "a", "code": "b"}', "application/json", 400),
    (b'{"token": "a", "token": "b"}', "application/json", 400),
    (b'{"token": "a", "extra": 1}', "application/json", 400),
    (b'{"token": "a", "form": "pdf"}', "application/json", 400),
    (b'{"token": NaN}', "application/json", 400),
    (b'{"token": "\\ud800"}', "application/json", 400),
    (b'["token"]', "application/json", 400),
    (b"\xef\xbb\xbf{}", "application/json", 400),
    ('{"token": "a"}'.encode("utf-16"), "application/json", 400),
    (b"", "application/json", 400),
    (b'{"token": "' + b"a" * 5_000 + b'"}', "application/json", 413),
    (b'{"token": "a"}', "text/plain", 415),
    (b"token=a", "application/x-www-form-urlencoded", 415),
]


def test_a_body_that_is_not_what_is_taken_is_refused(client: Client) -> None:
    for body, kind, status in BAD_BODIES:
        answer = client.post("/retrieve", content=body, headers={"Content-Type": kind})
        assert answer.status_code == status, body
        assert answer.headers["content-type"] == "application/problem+json"


def test_a_body_without_a_length_is_cut_off(client: Client) -> None:
    sent: list[int] = []

    async def chunks() -> Any:
        for number in range(1_000):
            sent.append(number)
            yield b" " * 1_000

    answer = client.post("/retrieve", content=chunks(), headers={"Content-Type": "application/json"})
    assert answer.status_code == 413


def test_another_host_is_not_answered_for(house: House, client: Client) -> None:
    house.publish()
    for host in ("evil.example", "badges.riverbend.example.evil.example", "", "localhost"):
        answer = client.get("/.well-known/did.json", headers={"Host": host})
        assert answer.status_code == 404, host
        assert "evil" not in answer.text


def test_each_host_gets_its_own_district(house: House, client: Client) -> None:
    other = House.build(house.store, "eastfield", "https://badges.eastfield.example")
    opened = share(house, house.issue().credential_id)
    house.publish()
    other.publish()
    there = {"Host": "badges.eastfield.example"}
    assert client.get("/.well-known/did.json").json()["id"] == house.district.did
    assert client.get("/.well-known/did.json", headers=there).json()["id"] == other.district.did
    assert client.post("/retrieve", json={"token": opened.token}, headers=there).status_code == 404


def test_every_answer_is_guarded(house: House, client: Client) -> None:
    for path in ("/issuers/riverbend", "/healthz", "/readyz", "/none", "/docs"):
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["strict-transport-security"]


def test_an_endless_address_is_refused(client: Client) -> None:
    assert client.get("/achievements/" + "a" * 2_100).status_code == 414
    assert client.get("/achievements/a?" + "a" * 2_100).status_code == 414


def test_other_methods_are_refused(client: Client) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        answer = client.request(method, "/.well-known/did.json")
        assert (answer.status_code, answer.headers["content-type"]) == (405, "application/problem+json")


def test_too_many_codes_must_wait_and_tokens_need_not(
    house: House, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Standing:
        """A clock that stands: on a busy machine one attempt more would be free again meanwhile."""

        @staticmethod
        def monotonic() -> float:
            return 1_000.0

    monkeypatch.setattr("issuer.web.public.time", Standing)
    opened = share(house, house.issue().credential_id)
    answers = [client.post("/retrieve", json={"code": "0" * 12}).status_code for _ in range(31)]
    assert answers == [404] * 30 + [429]
    refused = client.post("/retrieve", json={"code": opened.code})
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "60")
    assert client.post("/retrieve", json={"token": opened.token}).status_code == 200


def test_what_goes_wrong_inside_is_not_told(
    house: House, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("secret details at /srv/cairn")

    monkeypatch.setattr("issuer.store.queries.achievement", fail)
    answer = client.get("/achievements/co-cna")
    assert (answer.status_code, answer.json()["code"]) == (500, "unexpected")
    assert "secret" not in answer.text


def test_a_fault_of_ours_is_recorded_by_its_code_alone(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise IssuerError("state_conflict", "the award of Maya Okafor is gone")

    monkeypatch.setattr("issuer.store.queries.achievement", fail)
    answer = client.get("/achievements/co-cna")
    assert (answer.status_code, answer.json()["code"]) == (500, "unexpected")
    assert caplog.messages == ["GET /achievements/{achievement_id}: state_conflict"]
    assert "Maya" not in answer.text


def test_an_address_that_no_database_can_hold_is_refused(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    for path in ("/achievements/%00", "/status/a%00b", "/status/a%00b/notes"):
        answer = client.get(path)
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_text"), path
    assert client.get("/issuers/%00").status_code == 404
    assert caplog.messages == []


def test_a_busy_database_asks_for_patience(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: object, **__: object) -> None:
        raise IssuerError("database_busy", "the database did not answer: try again")

    monkeypatch.setattr("issuer.store.queries.achievement", busy)
    answer = client.get("/achievements/co-cna")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")


def test_readiness_follows_the_lists(house: House, client: Client) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").status_code == 503
    house.issue()
    house.publish()
    assert client.get("/readyz").json()["parts"] == {
        "database": "ok",
        "migrations": "ok",
        "keys": "ok",
        "lists": "ok",
    }
    house.later(hours=19)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["parts"]["lists"]) == (503, "a list is about to end")


def test_after_a_restore_no_list_is_served_until_it_is_settled(house: House, client: Client) -> None:
    """The backup's list may still be in date, and its bits are those of before the loss."""
    row = house.row(house.issue().credential_id)
    house.publish()
    note_return(house.store, house.district.id, now=house.time, actor="test")
    paths = [f"/{list_path(row.list_id)}", f"/{list_path(row.list_id)}/notes"]
    for path in paths:
        answer = client.get(path)
        assert answer.status_code == 503
        assert answer.json()["code"] == "withdrawals_forgotten"
        assert client.get(path, params={"timestamp": "2026-06-01T12:00:00Z"}).status_code == 503
    assert client.get("/.well-known/did.json").status_code == 200
    go_on_without(house.store, house.district.id, now=house.time, actor="test")
    house.publish()
    assert [client.get(path).status_code for path in paths] == [200, 200]
