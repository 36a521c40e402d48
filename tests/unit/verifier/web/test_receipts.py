"""From a result to a receipt, to its files, and back to the question whether it is genuine."""

from __future__ import annotations

import html
import json
import re
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from credential.baking.png import bake_png
from tests.pictures import png
from tests.seeded import did_key_signer
from tests.site import ask, make_site, typed, upload
from tests.unit.verifier.test_receipt import receipt_of
from tests.world import NOW, World
from verifier.app import create_app
from verifier.receipt import LONGEST_RECEIPT, find_receipt, sign_receipt
from verifier.receipt_code import sign_stub
from verifier.settings import Settings, SettingsError
from verifier.web.guard import Guard
from verifier.web.receipts import KEYS_PATH, MAX_FIELD

HEAD = re.compile(r'<h1 id="headline">(.*?)</h1>')


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def site(world: World, tmp_path: Path) -> Guard:
    return make_site(world, tmp_path)


def headline(answer: httpx.Response) -> str:
    found = HEAD.search(answer.text)
    assert found
    return html.unescape(found[1])


def field(answer: httpx.Response, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', answer.text)
    assert found, answer.text
    return found[1]


def made(site: Guard, result: httpx.Response, *, photo_id: bool = False, lang: str = "en") -> httpx.Response:
    sent = {"draft": field(result, "draft"), "lang": lang} | ({"photo_id": "yes"} if photo_id else {})
    return ask(site, "/receipt", "POST", data=sent)


def checked(site: Guard, data: bytes) -> httpx.Response:
    return ask(site, "/receipt/check", "POST", files={"file": ("r", data)}, data={"lang": "en"})


@pytest.mark.parametrize("photo_id", [True, False])
def test_a_receipt_is_made_saved_and_checked_again(world: World, site: Guard, photo_id: bool) -> None:  # noqa: FBT001 - a case
    page = made(site, upload(site, world.badge()), photo_id=photo_id)
    assert headline(page) == "Your receipt"
    assert "Jordan" not in page.text
    said = "Whoever made this receipt says" if photo_id else "Nobody says that they looked"
    assert said in page.text
    token = field(page, "receipt")
    for form, media_type in (("pdf", "application/pdf"), ("json", "application/json")):
        file = ask(site, "/receipt/file", "POST", data={"receipt": token, "as": form})
        assert file.headers["content-type"].startswith(media_type)
        assert file.headers["content-disposition"] == f'attachment; filename="receipt.{form}"'
        assert file.headers["cache-control"] == "no-store"
        assert find_receipt(file.content) == token
        again = checked(site, file.content)
        assert headline(again) == "This receipt is genuine"
        assert "Workplace Safety, 10 hours" in again.text
        assert said in again.text
    text = ask(site, "/receipt/check", "POST", data={"text": token})
    assert headline(text) == "This receipt is genuine"


def test_a_genuine_receipt_of_a_bad_badge_is_not_green(world: World, site: Guard) -> None:
    world.tamper["badge"] = lambda made: made.update(name="Forged")
    result = upload(site, world.badge())
    assert 'name="photo_id"' not in result.text
    again = checked(site, field(made(site, result), "receipt").encode())
    assert headline(again) == "This receipt is genuine"
    assert 'class="verdict refuse"' in again.text
    assert "accept" not in re.findall(r'class="([^"]*)"', again.text.partition("<main")[2])
    assert "Forged" not in again.text


def test_the_code_on_the_paper_answers_by_itself(world: World, site: Guard) -> None:
    page = made(site, upload(site, world.badge()), photo_id=True)
    receipt = receipt_of(world)
    stub = sign_stub(receipt, field(page, "receipt"), did_key_signer("nobody here"))
    assert headline(ask(site, f"/R/{stub}")) == "This receipt is not from this site"
    keys = site._site.state.site.receipts  # type: ignore[attr-defined]  # the fixture's own key
    stub = sign_stub(receipt, field(page, "receipt"), keys.signer)
    for path in (f"/R/{stub}", f"/r/{stub.lower()}"):
        text = ask(site, f"{path}?lang=es").text
        assert "Este comprobante es auténtico" in text
        assert "Workplace Safety, 10 hours" in text
    changed = stub[:60] + ("A" if stub[60] != "A" else "B") + stub[61:]
    assert headline(ask(site, f"/R/{changed}")) == "Do not accept: this receipt has been changed"
    assert headline(ask(site, "/R/AAAA")) == "We couldn't find a receipt here"


def test_a_changed_receipt_and_another_verifiers_say_so_and_show_nothing(world: World, site: Guard) -> None:
    token = field(made(site, upload(site, world.badge())), "receipt")
    changed = checked(site, (token[:-4] + ("AAAA" if token[-4:] != "AAAA" else "AAAQ")).encode())
    assert headline(changed) == "Do not accept: this receipt has been changed"
    other = checked(site, sign_receipt(receipt_of(world), did_key_signer("elsewhere")).encode())
    assert headline(other) == "This receipt is not from this site"
    for answer in (changed, other):
        assert "Workplace Safety" not in answer.text
        assert "Riverbend" not in answer.text


def test_a_receipt_cannot_be_ordered_without_a_check(world: World, site: Guard) -> None:
    token = field(made(site, upload(site, world.badge())), "receipt")
    forged = sign_receipt(receipt_of(world), did_key_signer("mallory"), draft=True)
    for draft in ("", "x", token, forged):
        answer = ask(site, "/receipt", "POST", data={"draft": draft})
        assert "Your receipt" not in answer.text
        assert 'name="receipt"' not in answer.text
    assert (
        headline(ask(site, "/receipt/file", "POST", data={"receipt": forged, "as": "pdf"})) != "Your receipt"
    )


def test_a_draft_of_two_days_ago_is_too_old(world: World, site: Guard, tmp_path: Path) -> None:
    result = upload(site, world.badge())
    later = create_app(
        Settings(data=tmp_path / "verifier", hosts=frozenset({"check.example.org"})),
        clock=lambda: NOW + timedelta(days=2),
    )
    assert headline(made(later, result)) == "This check is too long ago"


def test_what_a_badge_says_stays_words_on_its_receipt(world: World, site: Guard) -> None:
    evil = "\u202e<script>alert(1)</script></bdi></article>"
    world.edit["badge"] = lambda made: made["credentialSubject"]["achievement"].update(name=evil)
    page = made(site, upload(site, world.badge()))
    shown = checked(site, field(page, "receipt").encode())
    for text in (page.text, shown.text):
        assert "&lt;script&gt;" in text
        assert "<script" not in text
        assert "\u202e" not in text
        assert text.count("</article>") == 1


def test_only_a_check_that_was_not_finished_can_be_tried_again(world: World, site: Guard) -> None:
    for code, again in (("timeout", True), ("not_shared", False), ("share_ended", False)):
        world.fail[f"{world.origin}/retrieve"] = code
        assert (">Try again</a>" in ask(site, f"/s/RIVER-{'A' * 32}").text) is again


def test_nothing_is_kept(world: World, site: Guard, tmp_path: Path) -> None:
    before = sorted(path.name for path in tmp_path.rglob("*"))
    page = made(site, upload(site, world.badge()))
    ask(site, "/receipt/file", "POST", data={"receipt": field(page, "receipt"), "as": "pdf"})
    assert sorted(path.name for path in tmp_path.rglob("*")) == before


def test_there_is_no_receipt_of_nothing(world: World, site: Guard) -> None:
    assert 'name="draft"' not in typed(site, "nonsense").text
    world.fail[f"{world.origin}/retrieve"] = "not_shared"
    assert 'name="draft"' not in ask(site, f"/s/RIVER-{'A' * 32}").text


def test_the_key_is_published_and_checks_a_receipt_without_this_site(world: World, site: Guard) -> None:
    from keys.public import PublicKey

    answer = ask(site, KEYS_PATH)
    assert answer.headers["content-type"] == "application/jwk-set+json"
    (jwk,) = answer.json()["keys"]
    token = field(made(site, upload(site, world.badge())), "receipt")
    signing_input, _, signature = token.rpartition(".")
    from keys.multibase import base64url_decode

    header = json.loads(base64url_decode(token.partition(".")[0]))
    assert header == {"alg": "EdDSA", "kid": jwk["kid"], "typ": "cairn-receipt+jwt"}
    assert PublicKey.from_jwk(jwk).verify(base64url_decode(signature), signing_input.encode())


def test_the_digest_on_the_receipt_stands_on_the_page_of_the_check(world: World, site: Guard) -> None:
    shared, baked = "A" * 32, "B" * 32
    world.shares |= {shared: world.badge(), baked: bake_png(png(), world.badge().decode())}
    digests = set()
    for result in (upload(site, world.badge()), *(ask(site, f"/S/RIVER-{one}") for one in (shared, baked))):
        found = re.search(r"<code>(sha256-[^<]+)</code>", result.text)
        assert found
        digests.add(found[1])
        assert found[1] in made(site, result).text
    assert len(digests) == 1


@pytest.mark.parametrize("size", [MAX_FIELD, MAX_FIELD + 1])
def test_a_field_is_read_up_to_its_bound(site: Guard, size: int) -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="draft"\r\n\r\n' + b"y" * size + b"\r\n--x--"
    sent = {"Content-Type": "multipart/form-data; boundary=x"}
    status = ask(site, "/receipt", "POST", content=body, headers=sent).status_code
    assert status == (400 if size > MAX_FIELD else 200)
    assert MAX_FIELD > LONGEST_RECEIPT


def test_a_key_that_others_may_read_stops_the_start(world: World, tmp_path: Path) -> None:
    make_site(world, tmp_path)
    (tmp_path / "verifier" / "receipt-key.pem").chmod(0o644)
    with pytest.raises(SettingsError, match=r"CAIRN_VERIFY_DATA.*0600"):
        make_site(world, tmp_path)


def test_without_a_folder_there_are_no_receipts(world: World, tmp_path: Path) -> None:
    site = make_site(world, tmp_path, data=None)
    for path in ("/receipt", "/R/AAAA", KEYS_PATH):
        assert ask(site, path).status_code == 404
    assert 'name="draft"' not in upload(site, world.badge()).text
