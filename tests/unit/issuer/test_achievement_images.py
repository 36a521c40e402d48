"""The picture that an achievement names: made once, kept, and served under the digest of its bytes."""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from issuer import achievement_images
from issuer.archive import published_answers
from issuer.carry.facts import facts_of
from issuer.carry.picture import picture_of
from issuer.catalog import default_catalogue
from issuer.district import offer, offer_decided, offer_readiness
from issuer.errors import IssuerError
from issuer.pictures import choose, first_choices
from issuer.places.folder import Folder
from issuer.public_documents import public_documents
from issuer.publisher import Publisher
from issuer.render.badge_picture import Choices
from issuer.render.errors import DesignError
from issuer.store import queries
from issuer.store.achievement_images import digests, with_digest
from tests.house import House, attempt

ENTRY = next(one for one in default_catalogue().entries if one.code == "CO-CNA")


def image(house: House, achievement_id: str = "co-cna") -> dict[str, Any]:
    with house.store.reading() as session:
        row = queries.achievement(session, house.district.id, achievement_id)
    assert row is not None
    named: dict[str, Any] = json.loads(row.document)["image"]
    return named


def body(house: House, address: str) -> bytes:
    with house.store.reading() as session:
        row = with_digest(session, house.district.id, achievement_images.digest_in(address))
    assert row is not None
    return row.body


def chosen(house: House, **what: Any) -> None:
    said: dict[str, Any] = {"choices": first_choices(ENTRY), "alt": "A blue gear"} | what
    choose(house.store, house.district.id, ENTRY, now=house.time, actor="test", **said)


def offered(house: House) -> tuple[str, ...]:
    return offer_decided(house.store, house.district.id, now=house.time, actor="test")


def square(side: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGBA", (side, side), (11, 92, 107, 255)).save(out, "PNG")
    return out.getvalue()


def test_a_badge_names_a_picture_by_the_digest_of_its_bytes(house: House) -> None:
    named = json.loads(house.issue().document)["credentialSubject"]["achievement"]["image"]
    assert named == image(house)
    assert named["type"] == "Image"
    assert named["caption"].startswith("Badge Colorado Certified Nurse Aide: a shield with the letters")
    kept = body(house, named["id"])
    digest = hashlib.sha256(kept).hexdigest()
    assert named["id"] == f"{house.district.origin}/images/{digest}.png"
    with Image.open(io.BytesIO(kept)) as shown:
        assert (shown.format, shown.size) == ("PNG", (512, 512))
    assert len(kept) <= achievement_images.LARGEST


def test_determinations_have_one_too(house: House) -> None:
    offer_readiness(house.store, house.district.id, now=house.time, actor="test")
    named = image(house, "readiness")
    assert "READY" in named["caption"]
    assert body(house, named["id"]).startswith(b"\x89PNG")
    assert offer_readiness(house.store, house.district.id, now=house.time, actor="test") == ()


def test_a_later_drawing_changes_neither_what_is_kept_nor_what_is_offered(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = image(house)

    def other(*_: object) -> bytes:
        raise AssertionError("it is drawn again")

    monkeypatch.setattr(achievement_images, "_made", other)
    entries = default_catalogue().entries[:4]
    assert offer(house.store, house.district.id, entries, now=house.time, actor="test") == ()
    assert image(house) == before
    assert hashlib.sha256(body(house, before["id"])).hexdigest() in before["id"]


def test_another_choice_is_for_later_badges(house: House) -> None:
    badge, before = house.issue(), image(house)
    house.later(hours=1)
    other = Choices("CNA", "circle", "#1F4E79", "#F2C14E", "Class of 2026", "star", "2")
    chosen(house, choices=other, alt="A blue circle")
    assert offered(house) == ("co-cna",)
    assert offered(house) == ()
    after = image(house)
    assert after["caption"] == "A blue circle"
    assert after["id"] != before["id"]
    later = house.issue("A-2", student_id="300", number="NA-2")
    with house.store.reading() as session:
        first, second = (
            # Whenever each was signed: it is the picture that it names.
            picture_of(session, house.district.id, facts_of(one.document), ENTRY, house.time)
            for one in (badge, later)
        )
    assert (first.choices, first.alt) == (first_choices(ENTRY), before["caption"])
    assert (second.choices, second.alt) == (other, "A blue circle")
    assert body(house, before["id"]) == first.png(512)


def test_pixels_are_served_at_a_size_that_wallets_take(house: House) -> None:
    chosen(house, choices=None, upload=square(900))
    offered(house)
    kept = body(house, image(house)["id"])
    with Image.open(io.BytesIO(kept)) as shown:
        assert shown.size == (512, 512)
    badge = house.issue()
    with house.store.reading() as session:
        made = picture_of(session, house.district.id, facts_of(badge.document), ENTRY, house.time)
    assert (made.pixels, made.alt) == (kept, "A blue gear")


@pytest.mark.parametrize(("most", "fits"), [(0, True), (-1, False)])
def test_a_picture_has_a_largest_size(
    house: House, monkeypatch: pytest.MonkeyPatch, most: int, *, fits: bool
) -> None:
    size = len(square(64))
    chosen(house, choices=None, upload=square(64))
    with house.store.reading() as session:
        wanted = achievement_images.wanted_for(session, house.district.id, [ENTRY], house.time)[ENTRY.code]
    monkeypatch.setattr("issuer.achievement_images._given", lambda *_: square(64))
    monkeypatch.setattr(achievement_images, "LARGEST", size + most)
    if fits:
        assert achievement_images.draw_missing(house.store, house.district.id, [wanted])
    else:
        with pytest.raises(DesignError, match="bad_picture"):
            achievement_images.draw_missing(house.store, house.district.id, [wanted])


def test_what_was_chosen_meanwhile_is_drawn_where_it_is_kept(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Choices("CNA", "circle", "#1F4E79", "#F2C14E", "", "star", "0")
    chosen(house, choices=other, alt="A blue circle")
    monkeypatch.setattr(achievement_images, "draw_missing", lambda *_: {})
    assert offered(house) == ("co-cna",)
    assert image(house)["caption"] == "A blue circle"
    assert body(house, image(house)["id"]).startswith(b"\x89PNG")


def test_the_database_keeps_pictures_as_they_are(house: House) -> None:
    for statement in (
        "UPDATE achievement_image SET body = made_from"
        if house.store.is_sqlite
        else "UPDATE achievement_image SET body = ''::bytea",
        "DELETE FROM achievement_image",
    ):
        with pytest.raises(IssuerError, match="irreversible"):
            attempt(house.store, statement)


def test_pictures_are_put_where_documents_are_published(house: House, tmp_path: Path) -> None:
    offer_readiness(house.store, house.district.id, now=house.time, actor="test")
    named = image(house)["id"]
    path = named.removeprefix(f"{house.district.origin}/")
    assert dict(published_answers(house.store, house.district.id))[named] == body(house, named)
    publisher = Publisher(
        house.store,
        lambda _: house.signer,
        clock=house.clock,
        every=1,
        place_of=lambda _: Folder(tmp_path),
    )
    publisher.round()
    assert publisher.last_fault is None
    assert (tmp_path / path).read_bytes() == body(house, named)
    with house.store.reading() as session:
        assert len(list((tmp_path / "images").iterdir())) == len(
            set(digests(session, house.district.id).values())
        )
    # The next round reads none of them again, and knows still that they are there.
    there = [one.path for one in public_documents(house.store, house.district.id)]
    left = {one.path for one in public_documents(house.store, house.district.id, there=there)}
    assert left == {one for one in there if not one.startswith("images/")}
    publisher.round()
    assert (tmp_path / path).exists()


@pytest.mark.parametrize(
    "address",
    [
        "", "x.png", "/images/", f"/images/{'a' * 63}.png", f"/images/{'A' * 64}.png",
        f"/images/{'a' * 64}.svg", f"/images/{'a' * 64}.png/x", f"/images/{'a' * 64}.png\n",
    ],
)  # fmt: skip
def test_what_is_no_address_of_a_picture_has_no_digest(address: str) -> None:
    assert achievement_images.digest_in(address) == ""
