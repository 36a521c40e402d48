"""Random documents over all terms of the pinned contexts, drawn from the contexts themselves.

Most are such that every word is used as its context means it; some have one thing wrong. Names, types and
values are chosen so that every definition, every coercion and every container is met.
"""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from typing import Any, Final

from contexts.pinned import CHECKING

V1: Final = "https://www.w3.org/2018/credentials/v1"
V2: Final = "https://www.w3.org/ns/credentials/v2"
OB: Final = "https://purl.imsglobal.org/spec/ob/v3p0/"
CLR: Final = "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json"
ARRAYS: Final = (
    [V2, OB + "context-3.0.3.json"],
    [V2, OB + "context-3.0.3.json", OB + "extensions.json"],
    [V2, OB + "context-3.0.3.json", "https://w3id.org/security/suites/ed25519-2020/v1"],
    [V2, OB + "context-3.0.2.json"],
    [V2, CLR, OB + "context-3.0.3.json"],
    [V2, CLR, OB + "context-3.0.2.json", OB + "extensions.json"],
    [V2, OB + "context.json"],
    [V2, OB + "context-3.0.1.json"],
    [V2],
    [V2, "https://www.w3.org/ns/credentials/status/v1"],
    [V2, "https://w3id.org/security/data-integrity/v2", "https://w3id.org/security/multikey/v1"],
    [V1, OB + "context.json"],
    [V1, OB + "context-3.0.1.json", "https://w3id.org/security/suites/ed25519-2020/v1"],
    [V1, OB + "context-3.0.2.json", "https://w3id.org/security/data-integrity/v1"],
    [V1, OB + "context-3.0.3.json", OB + "extensions.json", "https://w3id.org/vc/status-list/2021/v1"],
    [V1, "https://w3id.org/security/data-integrity/v2"],
    ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
    ["https://w3id.org/security/data-integrity/v1"],
)
"""The sequences of contexts that the field uses, and some that nobody does."""

TEXTS: Final = (
    "a",
    "true",
    "3",
    'Łukasz "x"',
    "line\nbreak\ttab\rreturn",
    "back\\slash",
    "日本",
    " trailing ",
    "z:z",
    "😀 astral \uff5e",
    "\u2028\u0085",
    "",
    "x" * 300,
    "2026-01-01T00:00:00Z",
    "<urn:x> _:b0 .",
)
CONTROLS: Final = ("\b\f", "\x01\x1f\x7f", "a\x0bb")
IDENTIFIERS: Final = (
    "https://ex.example/a",
    "https://ex.example/b?c=d&e=%20#f",
    "urn:uuid:1",
    "did:ex:1",
    "did:key:z6Mk#z6",
    "mailto:a@b.example",
    "tel:+1",
    "data:text/plain,x",
    "https://ex.example/é日",
    "HTTPS://EX.example",
)
NUMBERS: Final = (0, 7, -3, 1.5, 0.1, 0.5, 123456.789, -0.25, 9007199254740991, 1000000, 0.000001)
WRONG: Final = (
    None,
    "_:b0",
    "rel/ative",
    [[1]],
    {"@id": "urn:x:1"},
    {"@value": "x", "@direction": "ltr"},
    1e-9,
    {"x": 1},
)


def _definitions(context: Any) -> dict[str, Any]:
    parts = context if isinstance(context, list) else [context]
    return {name: what for part in parts if isinstance(part, Mapping) for name, what in part.items()}


class Writer:
    """Writes one random document after another; the same seed writes the same."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.wrong = 0.0
        self.number = 0

    def document(self) -> dict[str, Any]:
        """A document of a random sequence of contexts."""
        self.wrong = self.random.choice([0, 0, 0, 0.02])
        self.controls = self.random.random() < 0.03
        self.size = 0
        contexts = self.random.choice(ARRAYS)
        terms = self._terms(contexts)
        return self._object(terms, terms, 0, contexts)

    @staticmethod
    def _terms(contexts: list[str]) -> dict[str, Any]:
        terms: dict[str, Any] = {}
        for url in contexts:
            terms |= _definitions(CHECKING.get(url)["@context"])
        return terms

    def _object(  # noqa: C901 - what an object is made of, one after the other
        self, base: dict[str, Any], terms: dict[str, Any], depth: int, contexts: list[str] | None = None
    ) -> dict[str, Any]:
        rng = self.random
        self.size += 1
        named: dict[str, Any] = {}
        types = [name for name, what in terms.items() if self._is_type(name)]
        chosen = rng.sample(types, min(len(types), rng.choice([0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 3])))
        if contexts:
            named["@context"] = contexts
            if (
                "VerifiableCredential" in types
                and rng.random() < 0.8
                and "VerifiableCredential" not in chosen
            ):
                chosen.insert(0, "VerifiableCredential")
        if self._amiss():
            chosen.append(rng.choice(["Nonsense", "name", "https://ex.example/Type", "id", ""]))
        if chosen or rng.random() < 0.1:
            named["type"] = chosen[0] if len(chosen) == 1 and rng.random() < 0.5 else chosen
        if rng.random() < 0.55:
            self.number += 1
            fresh = f"urn:x:{self.number}"
            named["id"] = rng.choice(IDENTIFIERS) if rng.random() < 0.2 else fresh
        if self._amiss():
            named["id"] = rng.choice(["relative", "_:b0", 3, "", "urn:x y", "schema:x", "xsd:y"])
        inside = dict(terms)
        for name in sorted(chosen):
            what = terms.get(name)
            if isinstance(what, Mapping):
                inside |= _definitions(what.get("@context"))
        names = [name for name in inside if not self._is_type(name) and name not in ("id", "type")]
        names = [name for name in names if not name.startswith("@")]
        scoped = [name for name in names if name not in terms]
        picks = rng.sample(names, min(len(names), rng.randint(0, 4)))
        picks += rng.sample(scoped, min(len(scoped), rng.randint(0, 5)))
        if self._amiss():
            picks.append(rng.choice(["gpa", "@foo", "@reverse", "Profile", "urn:x:p", "ext:x", "", "@graph"]))
        for name in dict.fromkeys(picks):
            named[name] = self._values(base, inside.get(name), depth)
        items = list(named.items())
        rng.shuffle(items)
        return dict(items)

    @staticmethod
    def _is_type(name: str) -> bool:
        return not (name[:1].islower() or name[:1] in ("_", "@"))

    def _amiss(self) -> bool:
        return self.random.random() < self.wrong

    def _values(self, base: dict[str, Any], definition: Any, depth: int) -> Any:
        rng = self.random
        shape = rng.random()
        if shape < 0.6:
            return self._value(base, definition, depth)
        values = [self._value(base, definition, depth) for _ in range(rng.choice([0, 1, 1, 2, 2, 3]))]
        ordered = isinstance(definition, Mapping) and definition.get("@container") == "@list"
        if ordered or self._amiss():
            return values
        return list({json.dumps(value): value for value in values}.values())

    def _value(self, base: dict[str, Any], definition: Any, depth: int) -> Any:  # noqa: C901 - one branch per coercion
        rng = self.random
        what: Mapping[str, Any] = definition if isinstance(definition, Mapping) else {}
        coercion = what.get("@type")
        if coercion != "@json" and self._amiss():
            return rng.choice(WRONG)
        if what.get("@context"):
            base = base | _definitions(what["@context"])
        terms = base
        deep = depth > 4 or self.size > 40
        if what.get("@container") == "@graph":
            return self._embedded(base, depth, alone="@context" in what)
        if coercion == "@json":
            return rng.choice([{"b": [1, 2.5, "x"], "a": {"é": True}}, "x\n", 3, {}, {"c": 1, "_b": 0.5}])
        if coercion == "@id":
            return (
                rng.choice(IDENTIFIERS)
                if deep or rng.random() < 0.5
                else self._object(base, terms, depth + 1)
            )
        if coercion == "@vocab":
            words = [name for name in terms if not name.startswith("@")]
            return rng.choice(IDENTIFIERS) if rng.random() < 0.4 else rng.choice(words)
        kind = str(coercion or "").rsplit("#", 1)[-1].rsplit(":", 1)[-1]
        if coercion and rng.random() < 0.97:
            if kind == "boolean":
                return rng.random() < 0.5
            if kind in ("float", "integer", "nonNegativeInteger"):
                return rng.choice(NUMBERS)
            return rng.choice(TEXTS)
        if not deep and rng.random() < 0.45:
            return self._object(base, terms, depth + 1)
        if rng.random() < 0.05:
            return {
                "@value": rng.choice(TEXTS),
                **rng.choice([{}, {"@language": "en"}, {"@language": "De-ch"}]),
            }
        if not coercion and rng.random() < 0.2:
            return rng.choice([True, False, *NUMBERS])
        return rng.choice(CONTROLS if self.controls else TEXTS)

    def _embedded(self, base: dict[str, Any], depth: int, *, alone: bool) -> Any:
        """What stands in a graph of its own: a proof, or a whole credential with contexts of its own."""
        if not alone and self.random.random() < 0.9:
            return self._object(base, base, depth + 1)
        contexts = self.random.choice(ARRAYS) if alone else self.random.choice(ARRAYS[:2])
        terms = self._terms(contexts)
        made = self._object(terms, terms, depth + 1, contexts)
        return made if self._amiss() else made | {"type": "VerifiableCredential"}
