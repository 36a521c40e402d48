"""A restore clears no bit: what was withdrawn after the backup stays withdrawn, known here or not."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from contexts.document import compose, parse
from credential.proof.data_integrity import add_proof
from credential.withdrawal import Note, Reason, check_notes
from issuer.archive import published_answers, write_archive
from issuer.backup import back_up, restore
from issuer.errors import IssuerError
from issuer.kept_answers import positions
from issuer.places.folder import Folder, saved_in
from issuer.public_documents import public_documents
from issuer.publication import list_path, list_url, notes_path
from issuer.restoring import note_return
from issuer.revocation import revoke
from issuer.store import published, restorations, status_lists
from issuer.store.session import Store
from issuer.store.tables import Audit, Status
from issuer.taking_back import TakenBack, go_on_without, take_back
from tests.house import House
from tests.signers import SeededSigner


class Story:
    """A backup; then one old and one new badge are withdrawn, and only what is public is left."""

    def __init__(self, house: House, empty: Store, keys: Path, folder: Path) -> None:
        self.before = house
        self.kept = [house.issue(f"A-{number}").credential_id for number in range(3)]
        house.publish()
        back_up(house.store, keys, folder / "backup", now=house.time)
        self.stale = published_answers(house.store, "riverbend")
        house.later(hours=1)
        self.lost = house.issue("B-1").credential_id
        self.rows = {one: house.row(one) for one in (*self.kept, self.lost)}
        self.list_id = self.rows[self.lost].list_id
        for one, reason in ((self.kept[0], Reason.CORRECTED), (self.lost, Reason.REQUESTED)):
            revoke(house.store, "riverbend", one, reason=reason, note="", now=house.time, actor="test")
        house.publish()
        self.answers = published_answers(house.store, "riverbend")
        self.folder = folder
        house.later(hours=1)
        restore(folder / "backup", empty, empty, folder / "new keys", now=house.time, actor="test")
        self.house = House(empty, house.district, house.signer, house.entropy, time=house.time)

    def saved(self, *, notes: bool = True) -> list[bytes]:
        return [body for url, body in self.answers if notes or not url.endswith("/notes")]

    def take(self, documents: list[bytes]) -> TakenBack:
        return take_back(self.house.store, "riverbend", documents, now=self.house.time, actor="test")

    def shown(self) -> tuple[frozenset[int], dict[int, Note]]:
        """The positions that are set in the list that is served, and its notes."""
        url = list_url(self.house.district.origin, self.list_id)
        with self.house.store.reading() as session:
            body = published.current(session, "riverbend", list_path(self.list_id))
            beside = published.current(session, "riverbend", notes_path(self.list_id))
        assert body is not None
        assert beside is not None
        signer = self.house.signer
        notes = check_notes(beside.body, lambda _: signer.public_key, issuer=signer.controller, list_url=url)
        return positions(body.body, url), dict(notes.notes)

    @property
    def withdrawn(self) -> set[int]:
        return {self.rows[one].list_index for one in (self.kept[0], self.lost)}


@pytest.fixture
def story(house: House, empty: Store, keys: Path, tmp_path: Path) -> Story:
    return Story(house, empty, keys, tmp_path)


def test_what_was_withdrawn_after_the_backup_stays_withdrawn(story: Story) -> None:
    taken = take_back(story.house.store, "riverbend", story.saved(), now=story.house.time, actor="test")
    assert (taken.withdrawn, taken.unknown, taken.missing) == (1, 1, ())
    assert story.shown()[0] == story.withdrawn, "what is served meanwhile is the list of before the loss"
    for hours in (0, 13, 13):
        story.house.later(hours=hours)
        story.house.publish()
        bits, notes = story.shown()
        assert bits == story.withdrawn
        assert {note.reason for note in notes.values()} == {Reason.CORRECTED, Reason.REQUESTED}
    with story.house.store.reading() as session:
        row = session.scalars(select(Status)).one()
        assert (row.credential_id, row.reason) == (story.kept[0], "corrected")
        assert row.note == "restored from the published list and its notes"


def test_nothing_is_published_or_served_until_it_is_settled(story: Story) -> None:
    for _ in range(2):
        with pytest.raises(IssuerError, match=r"withdrawals_forgotten.*verify as valid.*--without-published"):
            story.house.publish()
    with story.house.store.reading() as session:
        assert not restorations.is_settled(session, "riverbend")
    go_on_without(story.house.store, "riverbend", now=story.house.time, actor="test")
    story.house.publish()
    assert story.shown()[0] == set(), "as the operator was told"
    with story.house.store.reading() as session:
        assert "store.without_published" in session.scalars(select(Audit.action)).all()


def test_without_notes_the_bits_stay_and_no_reason_is_invented(story: Story) -> None:
    story.take(story.saved(notes=False))
    story.house.publish()
    assert story.shown() == (frozenset(story.withdrawn), {})
    with story.house.store.reading() as session:
        assert session.scalars(select(Status.note)).one() == "restored from the published list"


def test_a_list_of_before_the_backup_settles_nothing(story: Story) -> None:
    story.house.later(hours=1)
    with story.house.store.transaction() as session:
        # The backup has a newer list than what was saved.
        row = published.current(session, "riverbend", list_path(story.list_id))
        assert row is not None
        later = published.Edition(
            row.path, row.version + 1, row.media_type, row.body, 1, story.house.time, row.valid_until
        )
        published.take_back(session, "riverbend", later, now=story.house.time)
    taken = take_back(story.house.store, "riverbend", story.saved(), now=story.house.time, actor="test")
    assert taken.missing == (story.list_id,)
    with pytest.raises(IssuerError, match="withdrawals_forgotten"):
        story.house.publish()
    go_on_without(story.house.store, "riverbend", now=story.house.time, actor="test")
    story.house.publish()
    assert story.shown()[0] == story.withdrawn, "what it says against a badge holds all the same"


def test_the_list_of_the_backup_itself_is_as_new_as_it(story: Story) -> None:
    taken = take_back(
        story.house.store, "riverbend", [b for _, b in story.stale], now=story.house.time, actor="test"
    )
    assert (taken.withdrawn, taken.missing) == (0, ())


def test_taking_back_again_changes_nothing(story: Story) -> None:
    story.take(story.saved())
    story.house.publish()
    note_return(story.house.store, "riverbend", now=story.house.later(hours=1), actor="test")
    again = take_back(story.house.store, "riverbend", story.saved(), now=story.house.time, actor="test")
    assert again.withdrawn == 0
    go_on_without(story.house.store, "riverbend", now=story.house.time, actor="test")
    story.house.publish()
    assert story.shown()[0] == story.withdrawn
    with story.house.store.reading() as session:
        assert len(published.taken_back(session, "riverbend", list_path(story.list_id))) == 1


def test_a_list_that_the_backup_does_not_know_is_published_on_and_gives_out_nothing(
    house: House,
    empty: Store,
    keys: Path,
    tmp_path: Path,
) -> None:
    house.issue()
    house.publish()
    back_up(house.store, keys, tmp_path / "backup", now=house.time)
    with house.store.transaction() as session:
        status_lists.close_open(session, "riverbend", now=house.time)
    lost = house.row(house.issue("B-1").credential_id)
    revoke(house.store, "riverbend", lost.id, reason="requested", note="", now=house.time, actor="test")
    house.later(hours=1)
    house.publish()
    answers = [body for _, body in published_answers(house.store, "riverbend")]
    restore(tmp_path / "backup", empty, empty, tmp_path / "new keys", now=house.time, actor="test")
    take_back(empty, "riverbend", answers, now=house.time, actor="test")
    again = House(empty, house.district, house.signer, house.entropy, time=house.later(hours=1))
    new = again.row(again.issue("C-1").credential_id)
    again.publish()
    with empty.reading() as session:
        shown = published.current(session, "riverbend", list_path(lost.list_id))
        kept = status_lists.one(session, "riverbend", lost.list_id)
    assert shown is not None
    assert positions(shown.body, list_url(house.district.origin, lost.list_id)) == {lost.list_index}
    assert kept.closed is not None
    assert new.list_id != lost.list_id


def test_a_list_that_the_district_did_not_sign_is_refused_and_nothing_of_the_rest_is_kept(
    story: Story,
) -> None:
    good = story.saved()
    document = next(body for body in good if b"BitstringStatusListCredential" in body and body[:1] == b"{")
    value = dict(parse(document).value)
    forged = compose({**value, "validUntil": "2026-06-03T00:00:00Z"}).raw
    stranger = SeededSigner("riverbend 99", story.house.district.did)

    unsigned = {name: one for name, one in value.items() if name != "proof"}
    other = add_proof(
        compose(unsigned), stranger, cryptosuite="eddsa-rdfc-2022", created=story.house.time
    ).raw
    notes = next(body for body in good if body.count(b".") == 2 and body[:2] == b"ey")
    for bad in (forged, other, notes[:-4] + b"AAAA"):
        with pytest.raises(IssuerError, match="published_refused"):
            story.take([*good, bad])
    with story.house.store.reading() as session:
        assert session.scalars(select(Status)).all() == []
        assert not restorations.is_settled(session, "riverbend")


def test_a_list_signed_after_its_keys_end_is_refused(story: Story) -> None:
    story.house.take_key(story.house.signer, compromised_since=story.house.time - timedelta(hours=3))
    with pytest.raises(IssuerError, match=r"published_refused.*after that key's end"):
        story.take(story.saved())


def test_a_list_of_tomorrow_is_refused(story: Story) -> None:
    with pytest.raises(IssuerError, match="clock_went_back"):
        take_back(
            story.house.store,
            "riverbend",
            story.saved(),
            now=story.house.time - timedelta(hours=1, seconds=61),
            actor="test",
        )


def test_other_documents_and_other_districts_are_passed_over(story: Story) -> None:
    other = House.build(story.house.store, "eastfield", "https://badges.eastfield.example")
    row = other.row(other.issue().credential_id)
    revoke(other.store, "eastfield", row.id, reason="requested", note="", now=other.time, actor="test")
    other.publish()
    theirs = [body for _, body in published_answers(other.store, "eastfield")]
    taken = take_back(
        story.house.store,
        "riverbend",
        [b"", b"{", b"a.b.c", b"\xff\xfe", b"[]", *theirs, *story.saved()],
        now=story.house.time,
        actor="test",
    )
    assert set(taken.lists) == {story.list_id}


def test_a_district_that_never_had_a_list_needs_none(house: House) -> None:
    note_return(house.store, "riverbend", now=house.time, actor="test")
    assert take_back(house.store, "riverbend", [], now=house.time, actor="test").settles
    house.publish()


@pytest.mark.parametrize("kind", ["archive", "folder"])
def test_an_archive_and_a_published_folder_are_read_as_they_are(story: Story, kind: str) -> None:
    where = story.folder / kind
    if kind == "archive":
        write_archive(where, story.answers, story.house.time)
        found = list(saved_in(where))
    else:
        Folder(where).put(public_documents(story.before.store, "riverbend"))
        found = list(Folder(where).saved())
    taken = take_back(story.house.store, "riverbend", found, now=story.house.time, actor="test")
    assert (taken.withdrawn, taken.unknown, taken.missing) == (1, 1, ())


def test_a_folder_has_a_most_of_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("issuer.places.folder.MOST_SAVED", 2)
    for name in "ab":
        (tmp_path / name).write_bytes(b"x")
    assert len(list(saved_in(tmp_path))) == 2
    (tmp_path / "c").write_bytes(b"x")
    with pytest.raises(IssuerError, match="place_failed"):
        list(saved_in(tmp_path))
