from __future__ import annotations

import asyncio
import io
import json
import logging
import re
import time
import zipfile
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pypdfium2
import pytest
from openpyxl import load_workbook

from credential.qr import new_code, new_token, share_url
from tests.presentations import presentation, signed
from tests.site import ADDRESS, Answers
from tests.unit.verifier.batch.colleges import APPLICANTS, CROSSWALK, certified
from tests.world import NOW, World
from verifier.app import _write_down, create_app
from verifier.batch.rows import College
from verifier.cache import Cache
from verifier.evidence import NeedKind
from verifier.journal import Journal
from verifier.receipt import ReceiptAnswer, check_receipt, find_receipt
from verifier.settings import Settings
from verifier.web import batches
from verifier.web.batches import State

Asking = Callable[..., Awaitable[httpx.Response]]


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def site(world: World, tmp_path: Path, clock: Clock) -> Any:
    """The site behind its guard, with the cache that it has in service and a district as the network."""
    return make_cached_site(world, tmp_path, clock)


def make_cached_site(world: World, folder: Path, clock: Clock, **changes: Any) -> Any:
    listed = folder / "trust.json"
    entries = [
        {"id": e.id, "name": e.name, "tag": e.tag, "retrieval": e.retrieval} for e in world.trust.entries
    ]
    listed.write_text(json.dumps({"version": 1, "name": world.trust.name, "entries": entries}), "utf-8")
    usual: dict[str, Any] = {
        "trust": listed,
        "hosts": "check.example.org",
        "seconds": 30,
        "data": folder / "v",
    }
    return create_app(Settings(**(usual | changes)), source=Cache(Answers(world), clock=clock), clock=clock)


def story(site: Any, told: Callable[[Asking], Awaitable[None]], *, asker: str = "192.0.2.7") -> None:
    """Ask the site several things in one event loop, as it lives in service."""

    async def run() -> None:
        transport = httpx.ASGITransport(site, raise_app_exceptions=False, client=(asker, 5))
        async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as client:
            await told(client.request)
            site._site.state.batches.close()

    asyncio.run(run())


async def send(ask: Asking, *files: tuple[str, bytes], **sent: Any) -> httpx.Response:
    parts = [("file", (name, data)) for name, data in files]
    parts += [(name, (f"{name}.csv", sent.pop(name))) for name in ("crosswalk", "applicants") if name in sent]
    return await ask("POST", "/batch", files=parts or None, data={"lang": "en"} | sent)


async def finished(ask: Asking, started: httpx.Response) -> str:
    """The address of a batch, once it is done: it is asked seldom, since each answer draws all rows."""
    assert started.status_code == 303, started.text
    place = started.headers["location"]
    for wait in range(1, 600):
        shown = await ask("GET", place)
        assert shown.status_code == 200
        if 'http-equiv="refresh"' not in shown.text:
            return place
        await asyncio.sleep(min(0.02 * wait, 1.0))
    raise AssertionError("the batch does not end")


def text_of(answer: httpx.Response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def packed(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in files.items():
            made.writestr(name, data)
    return out.getvalue()


def test_a_registrar_sees_verdict_applicant_and_course_in_one_row(site: Any, world: World) -> None:
    token = new_token(bytes(range(20)))
    world.shares[token] = certified(world, 6, name="Sam Lark", score="60")
    link = share_url("check.example.org", "RIVER", token)

    async def told(ask: Asking) -> None:
        started = await send(
            ask,
            (
                "one.zip",
                packed({"a.json": certified(world), "b.json": certified(world, 7, kind="Certificate")}),
            ),
            text=f"{link}?applicant=A-2\n",
            crosswalk=CROSSWALK,
            applicants=APPLICANTS,
        )
        shown = text_of(await ask("GET", await finished(ask, started)))
        assert "Done: 3 checked." in shown
        assert (
            "Suggested: CNG 1021 (Computing), 4 credits, because row 2 of your crosswalk is for EXA-A+"
            in shown
        )
        assert "score 82 ≥ 75" in shown
        assert "Refused as a certification: this is a college certificate. The two are not the same." in shown
        assert "By applicant number A-2 Sam Lark" in shown
        assert "score 60 is below 75" in shown
        assert "By name A-1 Jordan Rivera" in shown

    story(site, told)


def test_a_presentation_in_a_package_has_a_row_for_each_of_its_badges(site: Any, world: World) -> None:
    shown = signed(presentation(*(json.loads(certified(world, number)) for number in (5, 6))))

    async def told(ask: Asking) -> None:
        sent = packed({"all.json": shown, "one.json": certified(world, 7)})
        place = await finished(ask, await send(ask, ("a.zip", sent), crosswalk=CROSSWALK))
        (batch,) = site._site.state.batches._kept.values()
        rows = batch.settled()
        assert [(row.label, str(row.code), row.counts) for row in rows] == [
            ("1", "valid", False),
            ("1.1", "valid", True),
            ("1.2", "valid", True),
            ("2", "valid", True),
        ]
        text = text_of(await ask("GET", place))
        assert "Everything presented is valid" in text
        assert "each badge in it has a row of its own" in text
        assert "Done: 2 checked." in text

    story(site, told)


def test_so_many_rows_of_insides_are_kept_and_of_the_rest_it_is_said(
    site: Any, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "MOST_ROWS", 4)
    monkeypatch.setattr(site._site.state.batches, "_at_once", 1)
    shown = [signed(presentation(json.loads(certified(world, one)))) for one in (5, 6, 7)]

    async def told(ask: Asking) -> None:
        files = [(f"{number}.json", data) for number, data in enumerate(shown)]
        place = await finished(ask, await send(ask, *files, ("last.json", certified(world, 8))))
        (batch,) = site._site.state.batches._kept.values()
        assert [row.label for row in batch.settled()] == ["1", "1.1", "2", "2.1", "3", "4"]
        text = text_of(await ask("GET", place))
        assert text.count("Send this one by itself.") == 1

    story(site, told)


def test_rows_can_be_filtered_without_a_script_and_read_in_spanish(site: Any, world: World) -> None:
    good, changed = certified(world), certified(world, 6).replace(b"Basic", b"Great")

    async def told(ask: Asking) -> None:
        place = await finished(ask, await send(ask, ("good.json", good), ("bad.json", changed)))
        bad = await ask("GET", f"{place}&show=refuse")
        assert "bad.json" in bad.text
        assert "good.json" not in bad.text
        assert "Great" not in bad.text
        valid = await ask("GET", f"{place.replace('lang=en', 'lang=es')}&show=accept")
        assert "good.json" in valid.text
        assert "bad.json" not in valid.text
        assert "Esta insignia es válida" in valid.text
        assert '<html lang="es">' in valid.text

    story(site, told)


def test_rows_come_live_and_the_last_event_says_that_all_is_done(site: Any, world: World) -> None:
    files = [(f"{n}.json", certified(world, n)) for n in range(5, 9)]

    async def told(ask: Asking) -> None:
        started = await send(ask, *files, crosswalk=CROSSWALK)
        place = started.headers["location"].replace("?", "/live?")
        events = (await ask("GET", place)).text
        rows = re.findall(r'data: <li id="row-([0-9]+)"', events)
        assert set(rows) == {"1", "2", "3", "4"}
        assert "event: progress" in events
        assert events.rstrip().rpartition("event: ")[2].startswith("done")
        assert "4 of 4 checked" in events or "Done: 4 checked" in events

    story(site, told)


def test_the_files_say_the_same_and_every_row_has_a_signed_receipt(site: Any, world: World) -> None:
    async def told(ask: Asking) -> None:
        started = await send(
            ask,
            ("a.json", certified(world)),
            ("b.json", certified(world, 6, name="=1+1")),
            crosswalk=CROSSWALK,
        )
        place, _, query = (await finished(ask, started)).partition("?")
        sheet = (await ask("GET", f"{place}/batch.csv?{query}")).content.decode("utf-8-sig")
        assert '"CNG 1021","4","Suggested: CNG 1021' in sheet
        assert '"\'=1+1"' in sheet
        book = load_workbook(io.BytesIO((await ask("GET", f"{place}/batch.xlsx?{query}")).content)).active
        assert book["F3"].value == "=1+1"
        assert book["F3"].data_type == "s"
        paper = pypdfium2.PdfDocument((await ask("GET", f"{place}/batch.pdf?{query}")).content)
        assert paper.count_attachments() == 2
        keys = site._site.state.site.receipts.known
        for place_ in range(2):
            found = find_receipt(bytes(paper.get_attachment(place_).get_data()))
            answer, receipt = check_receipt(found, keys)
            assert answer is ReceiptAnswer.GENUINE
            assert receipt is not None
            assert receipt.outcome == "valid"
            assert receipt.verifier == ADDRESS

    story(site, told)


def test_a_batch_is_reached_by_its_token_alone_and_deleted_by_a_button(site: Any, world: World) -> None:
    async def told(ask: Asking) -> None:
        place = (await finished(ask, await send(ask, ("a.json", certified(world))))).partition("?")[0]
        token = place.rpartition("/")[2]
        assert len(token) == 32
        other = token[:-1] + ("0" if token[-1] != "0" else "1")
        for path in ("", "/live", "/batch.csv", "/batch.xlsx", "/batch.pdf"):
            assert (await ask("GET", f"/batch/{other}{path}")).status_code == 404
        assert token not in repr(site._site.state.batches._kept)
        assert (await ask("POST", f"{place}/delete", data={"lang": "en"})).status_code == 200
        assert (await ask("GET", place)).status_code == 404
        assert site._site.state.batches._kept == {}

    story(site, told)


def test_a_batch_is_gone_after_a_day_and_not_a_second_before(site: Any, world: World, clock: Clock) -> None:
    async def told(ask: Asking) -> None:
        place = await finished(ask, await send(ask, ("a.json", certified(world))))
        clock.now = NOW + timedelta(days=1, seconds=-1)
        assert (await ask("GET", place)).status_code == 200
        clock.now = NOW + timedelta(days=1)
        assert (await ask("GET", place)).status_code == 404

    story(site, told)


def test_a_batch_that_nobody_asks_for_is_gone_too(site: Any, world: World, clock: Clock) -> None:
    async def told(ask: Asking) -> None:
        await finished(ask, await send(ask, ("a.json", certified(world))))
        kept = site._site.state.batches
        clock.now = NOW + timedelta(days=1)
        tidying = asyncio.create_task(kept.keep_tidy(0.01))
        async with asyncio.timeout(60):
            while kept._kept:  # noqa: ASYNC110 - it tells nobody when it is done
                await asyncio.sleep(0.01)
        tidying.cancel()

    story(site, told)


def test_what_was_sent_is_dropped_once_it_is_checked(site: Any, world: World) -> None:
    async def told(ask: Asking) -> None:
        await finished(ask, await send(ask, ("a.json", certified(world)), applicants=APPLICANTS))
        (batch,) = site._site.state.batches._kept.values()
        await asyncio.sleep(0)
        assert batch.state is State.DONE
        assert all(row.item.presented.data == b"" for row in batch.rows)
        assert "sam@example.org" not in repr(batch)  # an applicant whom no badge fits

    story(site, told)


@pytest.mark.parametrize("sent", [{}, {"text": "  \n"}])
def test_nothing_sent_is_said(site: Any, sent: dict[str, str]) -> None:
    async def told(ask: Asking) -> None:
        answer = await send(ask, **sent)
        assert answer.status_code == 400
        assert "Choose a file, or paste a link or a code." in answer.text

    story(site, told)


def test_a_crosswalk_with_a_fault_stops_all_and_says_where(site: Any, world: World) -> None:
    async def told(ask: Asking) -> None:
        wrong = CROSSWALK.replace(b"min_score", b"minscor")
        answer = await send(ask, ("a.json", certified(world)), crosswalk=wrong)
        assert answer.status_code == 400
        assert (
            "column “minscor”: We do not know this column, and pass none over. We know: college,"
            in text_of(answer)
        )
        assert site._site.state.batches._kept == {}
        answer = await send(ask, ("a.json", certified(world)), applicants=b"id,name\r\n,Sam\r\n")
        assert "Row 2, column “id”: This cell is empty." in text_of(answer)

    story(site, told)


def test_one_sender_has_so_many_batches_at_a_time_and_everybody_together_so_many(
    site: Any, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(*_: Any) -> None:
        await asyncio.sleep(60)

    monkeypatch.setattr(batches.Batches, "_check", never)
    badge = certified(world)

    async def told(ask: Asking) -> None:
        answers = [(await send(ask, ("a.json", badge))).status_code for _ in range(3)]
        assert answers == [303, 303, 429]
        kept = site._site.state.batches
        for number in range(batches.MOST_UNFINISHED - 2):
            kept.start([("a.json", badge)], College(), f"198.51.100.{number}", ADDRESS, "en")
        other = httpx.ASGITransport(site, client=("203.0.113.9", 5))
        async with httpx.AsyncClient(transport=other, base_url=ADDRESS) as client:
            assert (await send(client.request, ("a.json", badge))).status_code == 503

    story(site, told)


def test_codes_are_paced_like_typed_ones_and_what_is_left_says_that_it_was_not_checked(
    world: World, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "MOST_SECONDS", 0.5)
    site = make_cached_site(world, tmp_path, clock, codes_per_minute=2)
    codes = [new_code(bytes([n] * 7)) for n in range(4)]

    async def told(ask: Asking) -> None:
        text = "".join(f"RIVER-{code}\n" for code in codes)
        place = await finished(ask, await send(ask, text=text))
        shown = text_of(await ask("GET", place))
        assert sum(need.kind is NeedKind.RETRIEVAL for need in world.asked) == 2
        assert shown.count("This one was not checked") == 2

    story(site, told)


@pytest.mark.parametrize(("count", "more"), [(500, 0), (501, 1)])
def test_five_hundred_are_taken_and_of_one_more_it_is_said(
    site: Any, count: int, more: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def told(ask: Asking) -> None:
        text = "".join(f"https://nowhere.example/{number}.json\n" for number in range(count))
        monkeypatch.setattr(batches.Batches, "_may_ask", _at_once)
        place = await finished(ask, await send(ask, text=text))
        shown = text_of(await ask("GET", place))
        assert f"Done: {500 + more} checked." in shown

    story(site, told)


async def _at_once(*_: Any) -> bool:
    return True


def test_no_name_and_no_token_is_logged(site: Any, world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    async def told(ask: Asking) -> None:
        await finished(ask, await send(ask, ("Jordan.json", certified(world)), applicants=APPLICANTS))

    story(site, told)
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith("httpx")]
    assert not [line for line in ours if re.search(r"Jordan|Rivera|Lark|EX-0000", line)]


def test_a_fault_of_ours_ends_the_batch_and_says_so(
    site: Any, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(batches, "make_rows", broken)

    async def told(ask: Asking) -> None:
        place = await finished(ask, await send(ask, ("a.json", certified(world))))
        assert "Something went wrong on our side" in (await ask("GET", place)).text

    story(site, told)


def test_what_ended_a_batch_is_written_down_without_what_it_said(world: World) -> None:
    said = io.StringIO()
    _write_down(Journal(said, lambda: NOW), RuntimeError("Jordan Rivera"))
    assert '"fault": "RuntimeError"' in said.getvalue()
    assert "Jordan" not in said.getvalue()


def test_three_hundred_mixed_badges_ask_their_issuer_once(site: Any, world: World) -> None:
    files, packages, tokens = [], {}, []
    for number in range(300):
        badge = certified(world, 1_000 + number, name=f"Student Number{number}")
        if number % 3 == 0:
            files.append((f"{number}.json", badge))
        elif number % 3 == 1:
            packages[f"{number}.json"] = badge
        else:
            token = new_token(number.to_bytes(20, "big"))
            world.shares[token] = badge
            tokens.append(share_url("check.example.org", "RIVER", token))
    sheet = "link,applicant\n" + "".join(f"{link},A-1\n" for link in tokens)
    world.asked.clear()

    async def told(ask: Asking) -> None:
        begun = time.perf_counter()
        started = await send(
            ask,
            *files,
            ("more.zip", packed(packages)),
            ("links.csv", sheet.encode()),
            crosswalk=CROSSWALK,
            applicants=APPLICANTS,
        )
        place = await finished(ask, started)
        seconds = time.perf_counter() - begun
        assert "Done: 300 checked." in (await ask("GET", place)).text
        (batch,) = site._site.state.batches._kept.values()
        assert {str(row.code) for row in batch.rows} == {"valid"}
        kinds = [need.kind for need in world.asked]
        asked = {kind: kinds.count(kind) for kind in set(kinds)}
        print(f"\n300 badges in {seconds:.1f} s; asked {asked}")
        assert asked == {NeedKind.DID_DOCUMENT: 1, NeedKind.STATUS_LIST: 1, NeedKind.RETRIEVAL: 100}
        assert seconds < 120

    story(site, told)
