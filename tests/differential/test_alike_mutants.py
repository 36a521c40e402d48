"""The short cuts for badges that are alike, each broken: other bytes must come out, or another answer.

As in `test_glance_mutants.py`: a module is made in memory with one place changed, and asked what it was asked
before.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

from contexts import alike, shape
from contexts.document import compose
from contexts.pinned import ISSUING
from issuer import glance, plain_leaves
from issuer.house_rules import HouseRules
from tests.differential.test_glance_mutants import broken
from tests.unit.contexts.test_alike import TEXTS, badge, compose_any, put
from tests.unit.issuer.test_glance import WORSE
from tests.unit.issuer.test_plain_leaves import differing, likeness

ALIKE = (
    ("== document.raw else None", "!= b'' else None"),
    ("[:-1]\n            return texts", "[::-1][1:]\n            return texts"),
    ("any(step in _WORDS for leaf in leaves for step in leaf)", "False"),
    ("if kind.outline is None or kind.outline[0] != outline[0]:", "if kind.outline is None:"),
    ("objects.append(objects[parent][step])", "objects.append(objects[0][step])"),
    ("dict.fromkeys((*known, *differing, ", "dict.fromkeys((*differing, "),
    ("if before != now]", "]"),
    ("hash((one.__class__, one))", "hash(one.__class__)"),
    ("(*at, name)", "(name,)"),
    ("(*at, index)", "(index,)"),
)
SHAPE = (
    ("if some and begins.startswith(beginning):", "if False:"),
    ("if len(set(lines)) != len(lines):", "if False:"),
    ("if found == before:", "if False:"),
    ("or not self._identifiers.isdisjoint(identifiers)", ""),
    ("len(set(identifiers)) != len(identifiers) or", ""),
    ("if not all(map(is_identifier, identifiers)):", "if False:"),
    ("[value.translate(escape) for value in values]", "values"),
    ("blocks.sort()", "pass"),
    ('sorted(pieces[begin + place].split("\\n"))', 'pieces[begin + place].split("\\n")[::-1]'),
    ('"\\n".join(lines[1:])', '"\\n".join(lines)'),
    ("self._loose.reverse()", "pass"),
    ('about.setdefault(line[: line.index(" ")]', "about.setdefault(line[:2]"),
    ('f"_:c14n{rank}"', 'f"_:c14n{rank + 1}"'),
    ("all(values) and together.isprintable()", "True"),
    ("if not _PLACE.search(block))", ")"),
    ("parts[1::2] = ", "parts[1:2] = "),
    ("blocks += self._static", "pass"),
    ('"".join(sorted(seen))', '"".join(seen)'),
)
GLANCE = (
    ("fits(texts) and _is_unsuspicious()", "_is_unsuspicious()"),
    ('_is_unsuspicious()(",".join(map(encode_basestring, texts)))', "True"),
    ("if fits and fits(texts):", "if fits:"),
    ("if not _looks_plain(draft):", "if False:"),
    ("not (rules.withheld and _may_mention", "not (False and _may_mention"),
)
LEAVES = (
    ('fits("\\n".join(texts)) is not None', "True"),
    ('"credentialStatus id": _PAGE', '"credentialStatus id": _TEXT'),
    ('"id": _URN', '"id": _TEXT'),
    ('"validUntil": _MOMENT', '"validUntil": _TEXT'),
    ('"credentialSubject result achievedLevel": _URN', '"credentialSubject result achievedLevel": _TEXT'),
    (r"[^\n]{1,100}", r"[^\n]{1,1000}"),
    (r"[^\n]{1,100}", r"[^\n]{0,100}"),
    ("{{0,500}}", "{{0,5000}}"),
)


def sides() -> Iterator[tuple[list[dict[str, Any]], list[dict[str, Any]]]]:
    """What a store is taught, and what it is then asked."""
    taught = [badge(2), badge(3)]
    leaves = [("id",), ("credentialSubject", "id"), ("credentialSubject", "identifier", 0, "identityHash")]
    asked = [badge(number) for number in range(40)]
    asked += [put(badge(4), leaf, text) for leaf in leaves for text in TEXTS]
    asked += [put(badge(4), ("id",), badge(4)["credentialSubject"]["id"])]
    asked += [put(badge(4), ("credentialSubject", "achievement", "humanCode"), "x")]
    yield taught, asked
    tags = ("credentialSubject", "achievement", "tag")
    yield (
        [put(badge(n), tags, [f"a{n}", f"b{n}", f"c{n}"]) for n in (2, 3)],
        [put(badge(4), tags, some) for some in (["x", "y", "z"], ["z", "y", "x"], ["x", "y", "x"])],
    )
    results = ("credentialSubject", "result")
    yield (
        [put(badge(n), results, [{"type": ["Result"], "value": f"{v}{n}"} for v in "ab"]) for n in (2, 3)],
        [put(badge(4), results, [{"type": ["Result"], "value": v} for v in both]) for both in ("pq", "pp")],
    )
    one, other = (put(badge(n), ("type",), [*badge(n)["type"], f"urn:x:{n}"]) for n in (2, 3))
    yield [one, other], [put(badge(4), ("type",), one["type"]), other]
    widened = [badge(2), badge(3), put(badge(2), tags, ["x", "CAD", "y"])]
    yield widened, [put(badge(5), tags, ["q", "CAD", "r"]), badge(7)]
    yield [badge(2), put(badge(3), tags, ["x", "CAD"]), badge(3)], [badge(4)]


@pytest.fixture(scope="module")
def kinds() -> list[tuple[list[Any], list[Any]]]:
    return [
        ([compose(value) for value in taught], [compose_any(value) for value in asked])
        for taught, asked in sides()
    ]


def forms(module: ModuleType, kinds: list[tuple[list[Any], list[Any]]]) -> list[object]:
    said: list[object] = []
    for taught, asked in kinds:
        store = module.Alikes(ISSUING)
        try:
            for document in (taught[-1], *taught):
                store.learn(document, b"")
            said += [store.form(document) for document in asked]
        except Exception as fault:  # noqa: BLE001 - a broken module may do anything
            said.append(type(fault).__name__)
    return said


@pytest.fixture(scope="module")
def expected(kinds: list[tuple[list[Any], list[Any]]]) -> list[object]:
    return forms(alike, kinds)


@pytest.mark.parametrize("number", range(len(ALIKE)))
def test_a_broken_recognition_is_seen(number: int, kinds: Any, expected: list[object]) -> None:
    assert forms(broken(alike, *ALIKE[number]), kinds) != expected


@pytest.mark.parametrize("number", range(len(SHAPE)))
def test_a_broken_shape_is_seen(number: int, kinds: Any, expected: list[object]) -> None:
    module = broken(alike)
    module.__dict__["Shape"] = broken(shape, *SHAPE[number]).Shape
    assert forms(module, kinds) != expected


@pytest.fixture(scope="module")
def drafts() -> list[tuple[Any, tuple[str, ...]]]:
    """Drafts that are alike but for one text, and what is withheld."""
    leaves = likeness().leaves
    asked: list[tuple[Any, tuple[str, ...]]] = [
        (put(differing(5), ("id",), "https://a.example/1"), ()),
        (differing(7), ()),
        (differing(8), ("T. 8",)),
    ]
    asked += [(put(differing(9), leaf, text), ()) for leaf in leaves for text in (*WORSE, "x" * 101)]
    return asked


def plain(module: ModuleType, drafts: list[tuple[Any, tuple[str, ...]]]) -> list[object]:
    """What a glance says of each, and whether it has come to know all that are alike for plain."""
    module._seen.clear()
    forms_of_all = likeness().forms
    forms_of_all.clear()
    said: list[object] = []
    for value, withheld in drafts:
        try:
            said.append(module.is_plain(compose(value), HouseRules(withheld=withheld)))
        except Exception as fault:  # noqa: BLE001 - a broken module may do anything
            said.append(type(fault).__name__)
        said.append(module.is_plain in forms_of_all)
    return said


@pytest.fixture(scope="module")
def truth(drafts: list[tuple[Any, tuple[str, ...]]]) -> list[object]:
    return plain(broken(glance), drafts)


@pytest.mark.parametrize("number", range(len(GLANCE)))
def test_a_broken_glance_at_what_differs_is_seen(number: int, drafts: Any, truth: list[object]) -> None:
    assert plain(broken(glance, *GLANCE[number]), drafts) != truth


@pytest.mark.parametrize("number", range(len(LEAVES)))
def test_a_broken_list_of_places_is_seen(number: int, drafts: Any, truth: list[object]) -> None:
    module = broken(glance)
    module.__dict__["fitting"] = broken(plain_leaves, *LEAVES[number]).fitting
    assert plain(module, drafts) != truth
