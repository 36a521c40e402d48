from __future__ import annotations

import itertools
import threading
from typing import Any

import pytest

from contexts.canonical import canonical_quads
from contexts.document import compose
from contexts.errors import DocumentError
from contexts.pinned import CHECKING, ContextSet
from contexts.refusal import Refusal
from contexts.tables import MOST_LOCAL, MOST_TYPED, MOST_TYPES, Tables, tables
from tests.documents import GOOD, OB, V2

URL = "https://made.example/context"


def set_of(context: Any) -> ContextSet:
    base = {"id": "@id", "type": "@type", "name": "urn:t:name"}
    return ContextSet("made", {URL: {"@context": base | context}})


def read(context: Any, document: dict[str, Any]) -> str:
    return canonical_quads(compose({"@context": URL} | document), contexts=set_of(context)).decode()


def refused(context: Any, document: dict[str, Any]) -> str:
    with pytest.raises(DocumentError) as caught:
        read(context, document)
    return caught.value.code


def test_tables_are_made_once_for_a_set() -> None:
    assert tables(CHECKING) is tables(CHECKING)
    state = tables(CHECKING).start.local((V2, OB))
    assert state is tables(CHECKING).start.local((V2, OB))
    assert state.typed(["Profile"])[0] is state.types["Profile",][0]


@pytest.mark.parametrize(
    "definition",
    [
        {"@id": "urn:t:x", "@container": "@language"},
        {"@id": "urn:t:x", "@container": "@index"},
        {"@id": "urn:t:x", "@container": ["@graph", "@id"]},
        {"@reverse": "urn:t:x"},
        {"@id": "urn:t:x", "@language": "en"},
        {"@id": "urn:t:x", "@direction": "rtl"},
    ],
)
def test_definitions_that_no_badge_needs_are_refused(definition: dict[str, Any]) -> None:
    assert refused({"x": definition}, {"id": "urn:d", "x": "y"}) == "unsupported_meaning"


@pytest.mark.parametrize("whole", [{"@language": "en"}, {"@base": "urn:b:"}, {"@direction": "ltr"}])
def test_contexts_that_give_all_texts_something_are_refused(whole: dict[str, Any]) -> None:
    assert refused(whole, {"id": "urn:d", "name": "y"}) in {"unsupported_meaning", "keyword_not_allowed"}


def test_a_prefix_named_like_a_scheme_is_refused() -> None:
    assert refused({"urn": "https://evil.example/#"}, {"id": "urn:d", "name": "y"}) == "unsupported_meaning"


def test_keywords_by_other_names_are_undefined() -> None:
    assert refused({"kind": "@type"}, {"id": "urn:d", "name": "y", "kind": "urn:t:T"}) == "undefined_term"
    assert refused({"key": "@id"}, {"key": "urn:d", "name": "y"}) == "undefined_term"
    assert refused({"nothing": None}, {"id": "urn:d", "nothing": "y"}) == "undefined_term"


def test_a_type_context_reaches_its_object_and_no_further() -> None:
    context = {"T": {"@id": "urn:t:T", "@context": {"inner": "urn:t:inner"}}, "below": "urn:t:below"}
    assert "urn:t:inner" in read(context, {"id": "urn:d", "type": "T", "inner": "x"})
    nested = {"id": "urn:d", "type": "T", "below": {"inner": "x"}}
    assert refused(context, nested) == "undefined_term"


def test_a_members_context_reaches_everything_below() -> None:
    context = {"below": {"@id": "urn:t:below", "@context": {"inner": "urn:t:inner", "below": "urn:t:below"}}}
    deep = {"id": "urn:d", "below": {"below": {"inner": "x"}, "inner": "y"}}
    assert read(context, deep).count("urn:t:inner") == 2
    assert refused(context, {"id": "urn:d", "inner": "x"}) == "undefined_term"


def test_types_apply_in_the_order_of_their_names() -> None:
    context = {
        "A": {"@id": "urn:t:A", "@context": {"both": "urn:t:of-a"}},
        "B": {"@id": "urn:t:B", "@context": {"both": "urn:t:of-b"}},
    }
    for types in (["A", "B"], ["B", "A"]):
        text = read(context, {"id": "urn:d", "type": types, "both": "x"})
        assert "urn:t:of-b" in text
        assert "urn:t:of-a" not in text


def test_types_that_take_each_others_protected_words_are_refused() -> None:
    context = {
        "A": {"@id": "urn:t:A", "@context": {"both": {"@id": "urn:t:of-a", "@protected": True}}},
        "B": {"@id": "urn:t:B", "@context": {"both": "urn:t:of-b"}},
        "C": {"@id": "urn:t:C", "@context": {"both": {"@id": "urn:t:of-a", "@protected": True}}},
    }
    assert refused(context, {"id": "urn:d", "type": ["A", "B"], "both": "x"}) == "unsupported_meaning"
    assert "of-a" in read(context, {"id": "urn:d", "type": ["A", "C"], "both": "x"})


def test_types_written_with_each_others_words_are_refused() -> None:
    context = {
        "A": {"@id": "urn:t:A", "@context": {"p": "urn:other:"}},
        "B": {"@id": "urn:t:B", "@context": {"word": "p:word"}},
        "p": "urn:p:",
    }
    assert refused(context, {"id": "urn:d", "type": ["A", "B"], "word": "x"}) == "unsupported_meaning"
    assert "<urn:p:word>" in read(context, {"id": "urn:d", "type": "B", "word": "x"})


def test_a_text_under_vocab_is_a_word_of_the_nearest_context() -> None:
    context = {
        "word": {"@id": "urn:t:word", "@type": "@vocab", "@context": {"one": "urn:t:inner-one"}},
        "one": "urn:t:one",
        "two": "urn:t:two",
        "T": {"@id": "urn:t:T", "@context": {"two": "urn:t:two-of-t"}},
    }
    for text, iri in (("one", "inner-one"), ("two", "two>"), ("did:ex:1", "did:ex:1")):
        assert f"{iri}" in read(context, {"id": "urn:d", "word": text})
    assert "two-of-t" in read(context, {"id": "urn:d", "type": "T", "word": "two"})
    assert refused(context, {"id": "urn:d", "word": "three"}) == "bad_iri"
    assert refused(context, {"id": "urn:d", "word": "id"}) == "bad_iri"


def test_without_a_term_vocab_gives_members_and_types_their_meaning() -> None:
    context = {"@vocab": "https://v.example/#"}
    text = read(context, {"id": "urn:d", "type": "Kind", "member": "x"})
    assert "<https://v.example/#Kind>" in text
    assert "<https://v.example/#member>" in text
    assert refused(context, {"id": "urn:d", "name": "x", "a b": "x"}) == "undefined_term"


def test_whole_numbers_under_double_are_written_as_doubles() -> None:
    context = {"n": {"@id": "urn:t:n", "@type": "http://www.w3.org/2001/XMLSchema#double"}}
    assert '"3.0E0"^^<http://www.w3.org/2001/XMLSchema#double>' in read(context, {"id": "urn:d", "n": 3})


def test_a_json_literal_is_written_in_its_canonical_form() -> None:
    context = {"j": {"@id": "urn:t:j", "@type": "@json"}}
    text = read(context, {"id": "urn:d", "j": {"b": [1, 2.5, None], "a": {"@x": "\n"}}})
    assert (
        r'"{\"a\":{\"@x\":\"\\n\"},\"b\":[1,2.5,null]}"^^<http://www.w3.org/1999/02/22-rdf-syntax-ns#JSON>'
        in text
    )


def test_combinations_of_types_do_not_pile_up() -> None:
    made = Tables(CHECKING)
    state = made.start.local((V2, OB))
    names = [
        "Achievement",
        "Address",
        "Alignment",
        "Evidence",
        "Image",
        "Profile",
        "Related",
        "Result",
        "Criteria",
    ]
    wanted = 0
    for size in (1, 2, 3, 4):
        for types in itertools.permutations(names, size):
            if wanted > MOST_TYPED + 50:
                break
            try:
                state.typed(list(types))
            except Refusal:
                continue
            wanted += 1
            assert len(state.types) <= MOST_TYPED
    assert wanted > MOST_TYPED


def test_types_that_a_document_makes_up_are_not_kept() -> None:
    state = Tables(CHECKING).start.local((V2, OB))
    many = [f"urn:x:{number}" for number in range(MOST_TYPES + 1)]
    for types in (many[:1], many[0], ["Profile", many[0]]):
        assert state.typed(types)[1][-1].endswith(f"<{many[0]}> .\n")
    assert not state.types
    defined = {name: f"urn:t:{name}" for name in map("T{}".format, range(MOST_TYPES + 1))}
    made = Tables(set_of(defined)).start.local((URL,))
    made.typed([*defined])
    assert not made.types
    made.typed([*defined][1:])
    assert len(made.types) == 1


def test_sequences_of_contexts_do_not_pile_up() -> None:
    documents: dict[str, Any] = {
        f"{URL}/{n}": {"@context": {f"t{n}": "urn:t:t"}} for n in range(MOST_LOCAL + 9)
    }
    made = Tables(ContextSet("many", documents))
    for url in documents:
        made.start.local((url,))
    assert len(made.start._local) == MOST_LOCAL
    assert (f"{URL}/{MOST_LOCAL + 8}",) in made.start._local


def test_threads_may_share_the_tables() -> None:
    contexts = ContextSet("shared", {url: CHECKING.get(url) for url in CHECKING.urls})
    document = compose(GOOD)
    wanted = canonical_quads(document)
    found: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: found.append(canonical_quads(document, contexts=contexts)))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [wanted] * 8


def test_an_error_names_its_place() -> None:
    subject = GOOD["credentialSubject"]
    for change, place in (
        ({"gpa": 1}, "/credentialSubject/gpa"),
        (
            {"identifier": [*subject["identifier"], {"type": "IdentityObject", "hashed": 1}]},
            "/identifier/1/hashed",
        ),
        ({"type": ["AchievementSubject", "Nope"]}, "/credentialSubject/type/1"),
        ({"id": "x"}, "/credentialSubject/id"),
        ({"result": [{"type": "Result", "value": [["x"]]}]}, "/credentialSubject/result/0/value/0"),
        ({"narrative": {"@value": 1}}, "/credentialSubject/narrative/@value"),
    ):
        with pytest.raises(DocumentError) as caught:
            canonical_quads(compose(GOOD | {"credentialSubject": subject | change}))
        assert caught.value.pointer.endswith(place)
