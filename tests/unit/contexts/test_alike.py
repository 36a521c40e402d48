"""What is filled in for documents that are alike is what the walk makes of each; or nothing is filled in."""

from __future__ import annotations

import copy
import json
from random import Random
from typing import Any

import pytest

from bench.credentials import LARGE, MIDDLE, SMALL, credential
from contexts import alike
from contexts.alike import LONGEST, LONGEST_FORM, MOST_KINDS, MOST_LEAVES, MOST_SHAPES, Alikes, alikes
from contexts.canonical import canonical_quads, filled_quads
from contexts.document import Document, compose, parse
from contexts.errors import DocumentError
from contexts.form import walked_form
from contexts.pinned import CHECKING, ISSUING
from tests.vectors.mutations import mutate

ORIGIN = "https://a.example"
TEXTS = (
    "x", "urn:uuid:1", "did:web:a.example", f"{ORIGIN}/s/1", "https://b.example/?%41", "a b", 'q"q', "b\\s",
    "\t", "\x7f", "", "\u200dx", "\u2028", "é", "日", "😀", "%s", "Achievement", "true",
    "2024-05-08T15:30:00Z", "urn:x-leaf:0.", "urn:x> <urn:p> <urn:o", "x" * 3_000,
    "https://a.example/" + "y" * 3_000,
)  # fmt: skip


def badge(number: int, size: str = MIDDLE) -> dict[str, Any]:
    """One of many; every fifth, from 1 on, is for somebody whose name has quotation marks."""
    return credential(size, "did:web:a.example", ORIGIN, f"{ORIGIN}/s/1", number)


def taught(*values: dict[str, Any]) -> Alikes:
    """A store that has met these, and before them another: of the first it takes note only that it was."""
    return met({**values[0], "id": "urn:uuid:0"}, *values)


def met(*values: dict[str, Any]) -> Alikes:
    store = Alikes(ISSUING)
    for value in values:
        store.learn(compose(value), b"")
    return store


def put(value: Any, path: tuple[Any, ...], part: Any) -> Any:
    changed = copy.deepcopy(value)
    here = changed
    for step in path[:-1]:
        here = here[step]
    here[path[-1]] = part
    return changed


def check(store: Alikes, document: Document) -> bool:
    """Whether a document was filled in; if so, with what the walk makes of it."""
    form = store.form(document)
    if form is None:
        return False
    assert form == walked_form(document.value, ISSUING)
    return True


STORE = taught(badge(2), badge(3))
KIND = next(iter(STORE._kinds.values()))
assert KIND.likeness is not None
LEAVES = KIND.likeness.leaves


@pytest.mark.parametrize("size", [SMALL, MIDDLE, LARGE])
def test_the_third_of_a_kind_is_filled_in(size: str) -> None:
    store = taught(badge(2, size))
    assert not check(store, compose(badge(3, size)))
    store.learn(compose(badge(3, size)), b"")
    for number in (3, 4, 6, 7, 8, 29):  # the third's name has quotation marks
        assert check(store, compose(badge(number, size)))


def test_a_text_anywhere_is_filled_in_as_it_is_walked_or_not_at_all() -> None:
    filled = 0
    for leaf in LEAVES:
        for text in TEXTS:
            filled += check(STORE, compose_any(put(badge(4), leaf, text)))
    assert filled > 50


def compose_any(value: Any) -> Document:
    """As `compose`; what cannot be read is no document, and the badge itself stands for it."""
    try:
        return compose(value)
    except DocumentError:
        return compose(badge(4))


@pytest.mark.parametrize("seed", range(6))
def test_any_change_is_filled_in_as_it_is_walked_or_not_at_all(seed: int) -> None:
    random, filled = Random(seed), 0
    for _ in range(40):
        value: Any = badge(5 * random.randint(0, 99) + 2)
        for leaf in random.sample(LEAVES, 3):
            value = put(value, leaf, random.choice((random.choice(TEXTS), f"urn:uuid:{random.random()}")))
        if random.random() < 0.5:
            value = mutate(value, random).value
        filled += check(STORE, compose_any(value))
    assert filled > 2


@pytest.mark.parametrize("other", [7, True, None, ["x"], {"id": "urn:x:1"}, 1.5])
def test_what_is_no_text_is_not_alike(other: object) -> None:
    for leaf in LEAVES:
        assert STORE.recognised(compose(put(badge(4), leaf, other))) is None


def test_other_bytes_are_not_alike_though_they_say_the_same() -> None:
    value = badge(4)
    assert check(STORE, compose(value))
    assert not check(STORE, parse(json.dumps(value, indent=1).encode()))
    assert not check(STORE, parse(json.dumps(value).encode()))
    assert not check(STORE, compose(dict(reversed(value.items()))))


@pytest.mark.parametrize(
    "path",
    [
        ("type",),
        ("issuer", "name"),
        ("credentialSubject", "achievement", "name"),
        ("credentialSubject", "achievement", "tag", 0),
        ("evidence", 0, "genre"),
    ],
)
def test_what_was_the_same_so_far_and_differs_is_not_alike(path: tuple[Any, ...]) -> None:
    assert not check(STORE, compose(put(badge(4), path, "x")))


def test_more_texts_may_turn_out_to_differ_a_few_times() -> None:
    store, path = taught(badge(2), badge(3)), ("credentialSubject", "achievement", "tag", 0)
    for number in range(MOST_SHAPES):
        other = compose(put(badge(4), path, f"no. {number}"))
        assert check(store, other) == (number > 0)
        store.learn(other, b"")


def test_what_is_often_built_otherwise_goes_the_ordinary_way() -> None:
    tags = ("credentialSubject", "achievement", "tag")
    for most, filled in ((MOST_SHAPES - 2, True), (MOST_SHAPES - 1, False)):
        others = (put(badge(3), tags, ["x"] * (4 + number)) for number in range(most))
        assert check(taught(badge(2), *others, badge(2), badge(3)), compose(badge(4))) == filled


def test_the_same_badge_again_teaches_nothing() -> None:
    store = taught(badge(2), *[badge(2)] * 3 * MOST_SHAPES)
    assert not check(store, compose(badge(3)))
    store.learn(compose(badge(3)), b"")
    assert check(store, compose(badge(4)))


def test_a_text_that_needs_care_teaches_nothing() -> None:
    store = taught(badge(2), badge(3))
    (kind,) = store._kinds.values()
    known = kind.likeness
    document = compose(put(badge(4), ("id",), "did:web:a.example"))
    assert store.form(document) is None
    store.learn(document, b"")
    assert kind.likeness is known
    assert kind.shapes == 1


def test_nothing_is_kept_that_says_who_a_holder_is() -> None:
    one, other = badge(2), badge(3)
    other["credentialSubject"] |= {
        name: one["credentialSubject"][name] for name in ("id", "identifier", "licenseNumber")
    }
    store = taught(one, other)
    assert check(store, compose(other))
    (kind,) = store._kinds.values()
    assert kind.likeness is not None
    kept = repr([getattr(kind.likeness.shape, name, "") for name in dir(kind.likeness.shape)])
    kept += kind.likeness.shape.written(["-"] * len(kind.likeness.leaves)).decode() + repr(kind.outline)
    subject = one["credentialSubject"]
    assert "Draws alone" in kept
    for text in (subject["id"], subject["licenseNumber"], subject["identifier"][0]["identityHash"]):
        assert text not in kept


def test_words_that_decide_what_others_mean_never_vary() -> None:
    one = put(badge(2), ("credentialSubject", "type"), ["AchievementSubject", "urn:x:1"])
    other = put(badge(3), ("credentialSubject", "type"), ["AchievementSubject", "urn:x:2"])
    assert not check(taught(one, other), compose(put(badge(4), ("credentialSubject", "type"), one["type"])))
    assert not check(taught(one, other), compose(other))


def test_a_badge_without_an_achievement_that_has_an_id_is_not_kept() -> None:
    for path, part in (
        (("credentialSubject",), [badge(2)["credentialSubject"]]),
        (("credentialSubject", "achievement"), "urn:x:1"),
        (("credentialSubject", "achievement", "id"), 7),
    ):
        store = taught(put(badge(2), path, part))
        assert len(store) == 0


@pytest.mark.parametrize(("more", "kept"), [(0, 1), (1, 0)])
def test_what_is_too_long_is_not_kept(more: int, kept: int) -> None:
    value = badge(2)
    value["description"] = "x" * (len(value["description"]) + LONGEST - len(compose(value).raw) + more)
    assert len(met(value)) == kept


@pytest.mark.parametrize(("more", "kept"), [(0, 1), (1, 0)])
def test_what_says_too_much_is_not_kept(more: int, kept: int) -> None:
    store = Alikes(ISSUING)
    store.learn(compose(badge(2)), bytes(LONGEST_FORM + more))
    assert len(store) == kept


@pytest.mark.parametrize(("more", "filled"), [(0, True), (1, False)])
def test_so_many_texts_may_differ_and_no_more(more: int, *, filled: bool) -> None:
    def tagged(number: int) -> dict[str, Any]:
        count = MOST_LEAVES - len(LEAVES) + more
        tags = [f"{number} {tag}" for tag in range(count)]
        made: dict[str, Any] = put(badge(number), ("credentialSubject", "achievement", "tag"), tags)
        return made

    assert check(taught(tagged(2), tagged(3)), compose(tagged(4))) == filled


def test_the_first_goes_first_where_there_are_too_many() -> None:
    def of(number: int, badge_number: int) -> dict[str, Any]:
        name = ("credentialSubject", "achievement", "id")
        made: dict[str, Any] = put(badge(badge_number), name, f"urn:x:{number}")
        return made

    store = met(*(of(number, 2) for number in range(MOST_KINDS + 1)))
    assert len(store) == MOST_KINDS
    for number, filled in ((1, True), (0, False)):
        store.learn(compose(of(number, 3)), b"")
        store.learn(compose(of(number, 4)), b"")
        assert check(store, compose(of(number, 7))) == filled


def test_the_signed_form_is_the_same_however_many_came_before() -> None:
    for number in (202, 203, 204, 205, 207):
        document = compose(badge(number))
        assert filled_quads(document, contexts=ISSUING) == walked_form(document.value, ISSUING)
    assert alikes(ISSUING).recognised(compose(badge(208)))


def test_what_is_checked_is_walked_whatever_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    for number in (202, 203, 204):
        filled_quads(compose(badge(number)), contexts=ISSUING)
    expected = canonical_quads(compose(badge(205)))
    monkeypatch.setattr(Alikes, "form", lambda *_: b"something else")
    for contexts in (ISSUING, CHECKING):
        assert canonical_quads(compose(badge(205)), contexts=contexts) == expected
    assert filled_quads(compose(badge(205)), contexts=ISSUING) == b"something else"


def test_nothing_is_learned_from_what_is_checked() -> None:
    for number in (302, 303, 304):
        canonical_quads(compose(badge(number)))
    assert not len(alikes(CHECKING))


def test_a_refused_document_is_refused_and_not_kept() -> None:
    store = alikes(ISSUING)
    kept = len(store)
    value = put(badge(2), ("credentialSubject", "achievement", "id"), "urn:x:refused")
    for _ in range(3):
        with pytest.raises(DocumentError):
            filled_quads(compose(put(value, ("unheard",), "x")), contexts=ISSUING)
    assert len(store) == kept


def test_the_module_keeps_no_more_than_it_says() -> None:
    assert MOST_KINDS * LONGEST <= 2**21
    assert alike.MOST_SHAPES <= 8
