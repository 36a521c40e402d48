"""What JSON pointers select, and what they leave of what they pass by."""

from __future__ import annotations

from typing import Any

import pytest

from credential.errors import CredentialError
from credential.proof.selection import select

WHOLE: dict[str, Any] = {
    "@context": ["c"],
    "id": "urn:x:1",
    "type": ["T"],
    "name": "N",
    "a/b": {"~": 1},
    "subject": {"id": "urn:x:2", "type": "S", "p": 1, "q": {"r": 2, "s": 3}},
    "list": [{"type": "A", "v": 1}, {"type": "B", "v": 2}, {"id": "urn:x:3", "v": 3}],
}
ALWAYS = {"@context": ["c"], "id": "urn:x:1", "type": ["T"]}


def chosen(*pointers: str) -> Any:
    selection = select(WHOLE, pointers)
    return None if selection is None else selection.value


@pytest.mark.parametrize(
    ("pointers", "rest"),
    [
        (["/name"], {"name": "N"}),
        (["/id"], {}),
        (["/a~1b/~0"], {"a/b": {"~": 1}}),
        (["/subject/p"], {"subject": {"id": "urn:x:2", "type": "S", "p": 1}}),
        (["/subject/q/r"], {"subject": {"id": "urn:x:2", "type": "S", "q": {"r": 2}}}),
        (["/subject"], {"subject": WHOLE["subject"]}),
        (["/subject/q/r", "/subject"], {"subject": WHOLE["subject"]}),
        (["/subject", "/subject/q/r"], {"subject": WHOLE["subject"]}),
        (["/list/1"], {"list": [{"type": "B", "v": 2}]}),
        (["/list/2/v", "/list/0"], {"list": [{"type": "A", "v": 1}, {"id": "urn:x:3", "v": 3}]}),
        (["/list/1/type"], {"list": [{"type": "B"}]}),
        (["/list"], {"list": WHOLE["list"]}),
    ],
    ids=str,
)
def test_a_pointer_takes_what_it_names_and_says_of_the_way_what_it_is(
    pointers: list[str], rest: dict[str, Any]
) -> None:
    assert chosen(*pointers) == ALWAYS | rest


def test_nothing_pointed_to_is_nothing_and_the_empty_pointer_is_everything() -> None:
    assert chosen() is None
    assert chosen("") == WHOLE
    assert chosen("", "/subject/q/r") == WHOLE


@pytest.mark.parametrize(
    "pointer",
    [
        "name",
        "/nothing",
        "/list/3",
        "/list/-",
        "/list/01",
        "/list/-1",
        "/list/x",
        "/name/0",
        "/subject/p/q",
        "/",
        "/list/٣",
    ],
)
def test_a_pointer_to_nothing_is_refused(pointer: str) -> None:
    with pytest.raises(CredentialError, match=r"^proof_pointer"):
        chosen(pointer)


def test_every_object_is_known_by_the_one_that_it_is_a_part_of() -> None:
    selection = select(WHOLE, ["/subject/q/r", "/list/1"])
    assert selection is not None
    subject = selection.value["subject"]
    assert selection.originals[id(subject)] is WHOLE["subject"]
    assert selection.originals[id(subject["q"])] is WHOLE["subject"]["q"]
    assert selection.originals[id(selection.value["list"][0])] is WHOLE["list"][1]
    assert selection.originals[id(selection.value)] is WHOLE
