"""The short cuts of preparing, each broken: a draft must then pass that should not, or be taken for another.

The broken module is made in memory from its source with one place changed, and asked about drafts to which
the answer is known. The rules themselves say it: they look closely at each.
"""

from __future__ import annotations

import copy
import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from bench.credentials import MIDDLE, credential
from contexts import document
from contexts.document import Document, Limits, compose
from contexts.errors import DocumentError
from issuer import glance
from issuer.house_rules import HouseRules
from tests.awards import draft

GLANCE = (
    ("named = name + written(part)", "named = name"),
    ("if named in _seen:", "if True:"),
    ("if named in _seen:", "if any(one.startswith(name) for one in _seen):"),
    ("text[:at] + text[at + len(named) :]", "text[:at]"),
    ("text[:at] + text[at + len(named) :]", 'b""'),
    ("value, text = without(value), text", 'value, text = without({"credentialSubject": {}}), text'),
    ("if not (_fits()(value) and", "if not (True and"),
    ("_is_unsuspicious()(text.decode())", "True"),
    ('return value | {"issuer": _ISSUER}', 'return value | {"issuer": _ISSUER, "name": "x"}'),
    ("yield b'\"issuer\":', issuer", "yield b'\"achievement\":', issuer"),
    ('{"achievement": _ACHIEVEMENT}}', '{"achievement": _ACHIEVEMENT, "licenseNumber": "x"}}'),
    ("for named in unseen:\n        _keep(named)", "for named in unseen:\n        _keep(named[:60])"),
    ("not (rules.withheld and _may_mention", "not (False and _may_mention"),
    ("_may_mention(draft.raw,", "_may_mention(text,"),
    ("del _seen[next(iter(_seen))]", "break"),
)
"""(what stands in `issuer/glance.py`, what is put in its place)."""

DOCUMENT = (
    ("and not _needs_a_closer_look(data, read, limits):\n        return Document(data, read)",
     ":\n        return Document(data, read)"),
    ("if len(data) <= limits.max_bytes else None", ""),
    ("if any(octet in data and search(data) for octet, search in _SUSPECT):", "if False:"),
    (r'(b"\\", re.compile(rb"\\u(?:0000', r'(b"!", re.compile(rb"\\u(?:0000'),
    (r'(b"\xef", re', r'(b"!", re'),
    (r'(b"\xbf", re', r'(b"!", re'),
    (r"[\x90-\xaf]|\xbf", r"[\x91-\xae]|\xbf"),
    (r"[\x8f\x9f\xaf\xbf]\xbf[\xbe\xbf]", r"[\x8f\x9f\xaf]\xbf[\xbe\xbf]"),
)  # fmt: skip
"""The same of `contexts/document.py`."""


def broken(module: ModuleType, old: str = "", new: str = "") -> ModuleType:
    """A module made anew with one place changed."""
    path = Path(str(module.__file__))
    source = path.read_text("utf-8")
    assert source.count(old) >= 1, f"{old!r} no longer stands in {path.name}"
    name = f"broken_{path.stem}"
    spec = importlib.util.spec_from_loader(name, None)
    assert spec is not None
    made = importlib.util.module_from_spec(spec)
    sys.modules[name] = made  # dataclasses look their module up
    try:
        exec(compile(source.replace(old, new) if old else source, name, "exec"), made.__dict__)  # noqa: S102
    finally:
        del sys.modules[name]
    return made


def put(value: Any, place: str, part: object) -> Any:
    changed = copy.deepcopy(value)
    *way, last = place.split()
    here = changed
    for step in way:
        here = here[step]
    here[last] = part
    return changed


def asked() -> Iterator[tuple[Any, tuple[str, ...]]]:
    """Drafts, and what is withheld: each twice, since what was plain is remembered."""
    origin = "https://a.example"
    for value in (draft("CO-CNA"), credential(MIDDLE, "did:web:a.example", origin, f"{origin}/s/1")):
        issuer, achievement = value["issuer"], value["credentialSubject"]["achievement"]
        for _ in range(2):
            yield value, ()
            yield value, (issuer["name"],)
            yield value, (achievement["name"],)
            yield value, (value["credentialSubject"]["licenseNumber"],)
            for place in ("issuer", "credentialSubject achievement"):
                yield put(value, f"{place} name", "SSN: 123-45-6789"), ()
                yield put(value, f"{place} name", "x" * 301), ()
                yield put(value, f"{place} gpa", "4"), ()
                yield put(value, f"{place} id", "no address"), ()
            for place in ("name", "credentialSubject licenseNumber", "credentialStatus type", "validUntil"):
                yield put(value, place, "SSN: 123-45-6789"), ()
                yield put(value, place, "x" * 501), ()
            yield put(value, "issuer", achievement), ()
            yield put(value, "credentialSubject achievement", issuer), ()


def answers(module: ModuleType) -> list[object]:
    """What a glance says of every draft; the number of parts that it keeps, at last."""
    module._seen.clear()
    said: list[object] = []
    for value, withheld in asked():
        try:
            said.append(module.is_plain(compose(value), HouseRules(withheld=withheld)))
        except Exception as fault:  # noqa: BLE001 - a broken module may do anything
            said.append(type(fault).__name__)
    kept = list(module._seen)
    for number in range(module.MOST_SEEN + 3):
        module._keep(b"%d" % number)
    return [*said, sorted(kept), len(module._seen)]


@pytest.mark.parametrize("number", range(len(GLANCE)))
def test_a_broken_glance_is_seen(number: int) -> None:
    assert answers(broken(glance, *GLANCE[number])) != answers(broken(glance))


BAD = ("\0", "\ufdd0", "\ufdef", "\uffff", "\ufffe", "\U0001ffff", "\U0003fffe", "\U0010ffff", "\U000effff")
"""Characters that no reader has to keep."""


def texts() -> Iterator[tuple[Any, Limits]]:
    """Values to be written, and within which limits."""
    yield {"a": "x"}, Limits()
    yield {"a": "x" * 20}, Limits(max_bytes=27)
    yield {"a": [["x"]]}, Limits(max_depth=2)
    yield {1: "a", "1": "b"}, Limits()
    for character in BAD:
        yield {"a": character}, Limits()


def read(module: ModuleType) -> list[object]:
    """What is composed of each value, and what is parsed of bytes that spell it otherwise."""
    said: list[object] = []

    def kept(made: Document) -> bytes:
        return made.raw

    for value, limits in texts():
        try:
            said.append(kept(module.compose_texts(value, limits)))
        except Exception as fault:  # noqa: BLE001 - a broken module may do anything
            said.append(getattr(fault, "code", type(fault).__name__))
    for raw in (rb'{"a":"\ud800"}', rb'{"a":"\u0000"}', rb'{"a":"\uffff"}', rb'{"a":"\u0041"}'):
        try:
            said.append(kept(module.parse(raw)))
        except DocumentError as fault:
            said.append(fault.code)
    return said


@pytest.mark.parametrize("number", range(len(DOCUMENT)))
def test_a_broken_quick_reader_is_seen(number: int) -> None:
    assert read(broken(document, *DOCUMENT[number])) != read(broken(document))
