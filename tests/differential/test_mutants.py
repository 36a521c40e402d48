"""Each rule of the walk, broken: some document must then come out differently.

The broken modules are made in memory from the sources with one place changed. What is expected of the corpus
does not come from our code: it is what jsonld.js made of the documents, the codes of the attack cases, PyLD's
form of graphs, and a few statements written by hand.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import contexts
from contexts import reference
from contexts.document import compose, parse
from contexts.errors import DocumentError
from contexts.pinned import CHECKING, ISSUING, ContextSet
from tests.attacks.areas import meaning
from tests.attacks.framework import Recipe
from tests.differential.mutants import MUTANTS
from tests.differential.test_jsonld_js import MORE, ROWS
from tests.documents import ENDORSEMENT, GOOD, OB, V2, changed
from tests.unit.contexts.test_fragments import described_three_times, parts, too_many_contexts
from tests.unit.contexts.test_rdfc import GRAPHS, by_pyld, clique, renumbered

SOURCES = Path(contexts.__file__).parent
# In the order in which they import one another; errors, document and pinned stay as they are.
MODULES = (
    "refusal",
    "written",
    "naming",
    "descriptions",
    "iri",
    "literals",
    "members",
    "rdfc",
    "fragments",
    "tables",
    "compiled",
    "words",
    "form",
    "shape",
    "alike",
    "canonical",
)
URL = "https://made.example/context"


def broken(file: str = "", old: str = "", new: str = "") -> dict[str, ModuleType]:
    """The modules of the walk, made anew with one place changed."""
    kept = {f"contexts.{name}": sys.modules.pop(f"contexts.{name}") for name in MODULES}
    made: dict[str, ModuleType] = {}
    try:
        for name in MODULES:
            source = (SOURCES / f"{name}.py").read_text("utf-8")
            if name == file:
                assert source.count(old) >= 1, f"{old!r} no longer stands in {file}.py"
                source = source.replace(old, new)
            spec = importlib.util.spec_from_loader(f"contexts.{name}", loader=None)
            assert spec is not None
            module = importlib.util.module_from_spec(spec)
            module.__dict__["SHARED"] = SHARED
            sys.modules[f"contexts.{name}"] = made[name] = module
            exec(compile(source, f"{name}.py", "exec"), module.__dict__)  # noqa: S102 - our own source
    finally:
        sys.modules.update(kept)
    return made


SHARED: dict[str, Any] = {}

MADE = ContextSet(
    "made",
    {
        URL: {
            "@context": {
                "id": "@id",
                "type": "@type",
                "name": "urn:t:name",
                "p": "urn:p:",
                "one": "urn:t:one",
                "two": "urn:t:two",
                "word": {"@id": "urn:t:word", "@type": "@vocab", "@context": {"one": "urn:t:inner-one"}},
                "below": {
                    "@id": "urn:t:below",
                    "@context": {"name": {"@id": "urn:t:n2", "@protected": True}},
                },
                "n": {"@id": "urn:t:n", "@type": "http://www.w3.org/2001/XMLSchema#double"},
                "s": {"@id": "urn:t:s", "@type": "http://www.w3.org/2001/XMLSchema#string"},
                "j": {"@id": "urn:t:j", "@type": "@json"},
                "g": {"@id": "urn:t:g", "@container": "@graph"},
                "r": {"@reverse": "urn:t:r"},
                "map": {"@id": "urn:t:map", "@container": "@language"},
                "tongue": {"@id": "urn:t:tongue", "@language": "en"},
                "A": {
                    "@id": "urn:t:A",
                    "@context": {"both": "urn:t:of-a", "two": "urn:t:two-a", "q": "urn:q:"},
                },
                "A2": "urn:t:A",
                "B": {"@id": "urn:t:B", "@context": {"both": "urn:t:of-b", "deep": {"@id": "urn:t:deep"}}},
                "C": {"@id": "urn:t:C", "@context": {"both": {"@id": "urn:t:of-c", "@protected": True}}},
                "D": {"@id": "urn:t:D", "@context": {"both": "urn:t:of-d"}},
                "E": {"@id": "urn:t:E", "@context": {"x": "q:x"}},
                "F": {
                    "@id": "urn:t:F",
                    "@context": {"below": {"@id": "urn:t:fb", "@context": {"q": "urn:t:q"}}},
                },
            }
        },
        URL + "/language": {"@context": {"@language": "en"}},
        URL + "/prefix": {"@context": {"urn": "https://evil.example/#"}},
        URL + "/protected": {"@context": {"name": {"@id": "urn:t:name", "@protected": True}}},
        URL + "/vocab": {"@context": {"@vocab": "https://v.example/#"}},
    },
)
BY_HAND: tuple[tuple[dict[str, Any], str], ...] = (
    ({"id": "urn:d", "word": "one"}, "<urn:t:inner-one>"),
    ({"id": "urn:d", "word": "two"}, "<urn:t:two>"),
    ({"id": "urn:d", "type": "A", "word": "two"}, "<urn:t:two-a>"),
    ({"id": "urn:d", "word": ["one", "did:ex:1"]}, "<did:ex:1>"),
    ({"id": "urn:d", "word": "three"}, "bad_iri"),
    ({"id": "urn:d", "below": {"name": "x"}}, "<urn:t:n2>"),
    ({"id": "urn:d", "n": 3}, '"3.0E0"^^'),
    ({"id": "urn:d", "s": "x"}, '<urn:d> <urn:t:s> "x" .'),
    ({"id": "urn:d", "j": [1, "\n"]}, r'"[1,\"\\n\"]"^^'),
    (
        {"id": "urn:d", "g": {"id": "urn:e", "one": {"id": "urn:f", "two": "x"}}},
        '<urn:f> <urn:t:two> "x" _:c14n0 .',
    ),
    ({"id": "urn:d", "A": "x"}, "undefined_term"),
    ({"id": None, "name": "x"}, "null_value"),
    ({"id": "urn:d", "type": None, "name": "x"}, "null_value"),
    ({"id": "urn:d", "r": "urn:x"}, "unsupported_meaning"),
    ({"id": "urn:d", "map": {"en": "x"}}, "unsupported_meaning"),
    ({"id": "urn:d", "tongue": "x"}, "unsupported_meaning"),
    ({"id": "urn:d", "type": ["B", "A"], "both": "x"}, "<urn:t:of-b>"),
    ({"id": "urn:d", "type": ["C", "D"], "both": "x"}, "unsupported_meaning"),
    ({"id": "urn:d", "type": ["A", "E"], "name": "x"}, "unsupported_meaning"),
    ({"id": "urn:d", "type": ["A", "B"], "name": "x"}, "<urn:t:B>"),
    ({"id": "urn:d", "type": "F", "below": {"q": "x"}}, "<urn:t:q>"),
    ({"id": "urn:d", "type": "B", "one": {"both": "x"}}, "undefined_term"),
    ({"@context": [URL, URL + "/language"], "id": "urn:d", "name": "x"}, "unsupported_meaning"),
    ({"@context": [URL, URL + "/prefix"], "id": "urn:d", "name": "x"}, "unsupported_meaning"),
    ({"@context": [URL, URL + "/protected"], "id": "urn:d", "below": {"name": "x"}}, "<urn:t:n2>"),
    (
        {"@context": [URL, URL + "/vocab"], "id": "urn:d", "type": "K", "member": "x"},
        "<https://v.example/#K>",
    ),
    ({"@context": [URL, URL + "/vocab"], "id": "urn:d", "word": "what"}, "<https://v.example/#what>"),
    ({"@context": [URL, URL + "/vocab"], "id": "urn:d", "a b": "x"}, "undefined_term"),
    ({"@context": [URL, URL + "/vocab"], "id": "urn:d", "a:b": "x"}, "undefined_term"),
)


def outcomes(made: dict[str, ModuleType]) -> Iterator[tuple[str, bool]]:
    """Each document of the corpus, and whether it came out as it should."""
    canonical_quads = made["canonical"].canonical_quads

    def form(document: Any, **how: Any) -> str:
        try:
            text: str = canonical_quads(document, **how).decode()
        except DocumentError as error:
            return error.code
        return text

    for value, wanted in BY_HAND:
        found = form(compose({"@context": URL} | value), contexts=MADE)
        yield json.dumps(value), wanted in found and (wanted == found or "\n" in found)
    for name, data, code, twin in meaning.CASES:
        if name == "LD-10-1e30":  # parse refuses it before the walk
            continue
        yield name, form(parse(data)) == code
        yield name + " twin", "\n" in form(parse(twin))
    for number, row in enumerate(ROWS):
        found = form(compose(row["document"]))
        wrong = "\n" in found if row["quads"] is None else found != row["quads"] and found not in MORE
        yield f"jsonld.js {number}", not wrong
    for name, quads in GRAPHS.items():
        for seed in range(4):
            other, count = renumbered(quads, seed)
            yield name, made["rdfc"].canonical_form([], other, count).decode() == by_pyld(quads)
    yield from _more(made, form)


def _more(made: dict[str, ModuleType], form: Any) -> Iterator[tuple[str, bool]]:
    """What needs a word more: budgets, sets of contexts, SHA-384, things described twice."""
    for size in (7, 20):
        try:
            made["rdfc"].canonical_form([], clique(size), size)
            code = "ok"
        except DocumentError as error:
            code = error.code
        yield f"clique of {size}", code == "canonicalization_budget"
    for case in meaning.cases():
        if isinstance(case.data, Recipe) and case.data.parameters.get("depth", 9) < 4:
            data = meaning.RECIPES[case.data.name](**case.data.parameters)
            yield case.id, form(parse(data)) == case.expect
    newer = compose(GOOD | {"endorsementJwt": ["eyJ.x.y"]})
    yield "checked", "eyJ.x.y" in form(newer, contexts=CHECKING)
    yield "issued", form(newer, contexts=ISSUING) == "undefined_term"
    plain = parse(
        changed(("credentialSubject",), result=[{"type": "Result", "value": str(n)} for n in range(9)])
    )
    yield "sha384", form(plain, digest="sha384") != form(plain, digest="sha256")
    evidence = {"id": "urn:x:e", "type": ["Evidence"], "name": "x"}
    for one, other, wanted in ((evidence, {"id": "urn:x:e", "name": 1}, False), (evidence, evidence, True)):
        issuer = GOOD["issuer"] | {"parentOrg": other}
        found = form(compose(GOOD | {"issuer": issuer, "evidence": [one]}))
        yield (
            "described twice",
            ("\n" in found) == wanted and found.count('<urn:x:e> <https://schema.org/name> "x"') == wanted,
        )
    for number, part in enumerate(parts()):
        badge, digests = compose(part), ("sha256", "sha384")
        for digest in (*digests, *digests):
            right = reference.canonical_quads(badge, digest=digest).decode()  # type: ignore[arg-type]  # two names
            yield f"part {number} {digest}", form(badge, digest=digest) == right
    yield "described inside", form(compose(described_three_times())) == "conflicting_id"
    yield "contexts inside", form(compose(too_many_contexts())) == "context_not_allowed"
    both = compose({"@context": URL, "id": "urn:d", "type": ["A", "A2"]})
    yield "a type by both its names", form(both, contexts=MADE).count("\n") == 1
    truth = {"id": "urn:x:e", "type": ["Evidence"], "audience": True}
    found = form(
        compose(
            GOOD | {"issuer": GOOD["issuer"] | {"parentOrg": truth | {"audience": 1}}, "evidence": [truth]}
        )
    )
    yield "true is not 1", found == "conflicting_id"
    endorsed = GOOD["issuer"] | {"endorsement": [ENDORSEMENT | {"id": "urn:x:other"}]}
    creator = GOOD["issuer"] | {"endorsement": [ENDORSEMENT]}
    achievement = GOOD["credentialSubject"]["achievement"] | {"creator": creator}
    subject = GOOD["credentialSubject"] | {"achievement": achievement}
    yield "sets apart", "\n" in form(compose(GOOD | {"issuer": endorsed, "credentialSubject": subject}))
    names = [[V2], [OB], [V2, OB], [V2, OB, "https://www.w3.org/ns/credentials/status/v1"], [OB, V2]]
    embedded = [ENDORSEMENT | {"@context": one, "id": f"urn:x:{n}"} for n, one in enumerate(names)]
    yield (
        "many contexts",
        form(compose(GOOD | {"endorsement": embedded})) in {"context_not_allowed", "undefined_type"},
    )


def first_difference(made: dict[str, ModuleType]) -> str:
    """The first document that comes out wrong; an exception that is no DocumentError is wrong too."""
    name = "at once"
    try:
        for name, right in outcomes(made):
            if not right:
                return name
    except Exception as error:  # noqa: BLE001 - whatever a broken rule may raise
        return f"{name}: {error!r}"
    return ""


def test_the_unbroken_walk_passes_the_corpus() -> None:
    assert not first_difference(broken())


@pytest.mark.parametrize("number", range(len(MUTANTS)))
def test_a_broken_rule_is_seen(number: int) -> None:
    try:
        made = broken(*MUTANTS[number])
    except SyntaxError as error:
        pytest.fail(f"{MUTANTS[number]} is no program: {error}")
    assert first_difference(made), f"survived: {MUTANTS[number]}"


def test_no_rule_is_broken_twice_in_the_same_way() -> None:
    assert len(set(MUTANTS)) == len(MUTANTS)
    print(f"{len(MUTANTS)} broken rules")
