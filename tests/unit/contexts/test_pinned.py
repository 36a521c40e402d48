from __future__ import annotations

import copy
import hashlib
import tomllib
from importlib.resources import files
from typing import Any

import pytest

from contexts.errors import DocumentError
from contexts.pinned import CHECKING, ISSUING, OPEN_BADGES_3_0_3, ContextSet, read_pinned


def test_every_carried_file_is_pinned_and_every_pin_is_carried() -> None:
    here = files("contexts")
    pins = tomllib.loads(here.joinpath("pins.toml").read_text("utf-8"))["context"]
    carried = {file.name for file in here.joinpath("documents").iterdir() if file.name.endswith(".jsonld")}
    assert {pin["file"] for pin in pins} == carried
    for pin in pins:
        assert all(pin[name] for name in ("url", "package", "version", "member", "licence", "sets"))


def test_a_changed_file_is_refused_at_load() -> None:
    data = b'{"@context": {}}'
    assert read_pinned(data, hashlib.sha256(data).hexdigest(), "x.jsonld") == {"@context": {}}
    with pytest.raises(DocumentError) as caught:
        read_pinned(data + b" ", hashlib.sha256(data).hexdigest(), "x.jsonld")
    assert caught.value.code == "pin_mismatch"
    assert "x.jsonld" in caught.value.message


def test_the_two_texts_that_call_themselves_3_0_3_differ_by_two_terms() -> None:
    older = ISSUING.get(OPEN_BADGES_3_0_3)["@context"]
    newer = CHECKING.get(OPEN_BADGES_3_0_3)["@context"]
    assert set(newer) - set(older) == {"jti", "endorsementJwt"}
    assert {name: newer[name] for name in older} == older


def test_everything_that_we_issue_under_can_be_checked() -> None:
    assert set(ISSUING.urls) <= set(CHECKING.urls)
    for url in ISSUING.urls:
        if url != OPEN_BADGES_3_0_3:
            assert ISSUING.get(url) == CHECKING.get(url)


@pytest.mark.parametrize("url", CHECKING.urls)
def test_only_the_exact_url_is_known(url: str) -> None:
    assert url in CHECKING
    for other in (url + "/", url + "#", url.replace("https:", "http:"), url.upper(), " " + url):
        assert other not in CHECKING
        with pytest.raises(DocumentError) as caught:
            CHECKING.get(other)
        assert caught.value.code == "context_not_allowed"


def test_a_set_cannot_be_changed() -> None:
    documents: dict[str, dict[str, Any]] = {"https://a.example/c": {"@context": {}}}
    contexts = ContextSet("test", documents)
    documents["https://b.example/c"] = {"@context": {}}
    assert contexts.urls == ("https://a.example/c",)
    with pytest.raises(AttributeError):
        contexts.name = "other"
    with pytest.raises(AttributeError):
        del contexts.name
    with pytest.raises(TypeError):
        contexts._documents["x"] = {}  # type: ignore[index]  # that it cannot be done is what is tested
    assert repr(contexts) == "ContextSet('test', 1 contexts)"


def test_reading_a_document_leaves_the_contexts_as_they_are() -> None:
    from contexts.canonical import canonical_quads
    from contexts.document import parse
    from tests.documents import changed

    before = {url: copy.deepcopy(CHECKING.get(url)) for url in CHECKING.urls}
    canonical_quads(parse(changed(())))
    assert before == {url: CHECKING.get(url) for url in CHECKING.urls}
