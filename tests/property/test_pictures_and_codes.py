"""Bake and extract, encode and decode, print and parse are inverses; bytes raise only coded errors."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from credential.baking.png import bake_png, extract_png
from credential.baking.svg import bake_svg, extract_svg
from credential.errors import CODES, CredentialError
from credential.qr import (
    Code,
    Share,
    code_url,
    format_code,
    new_code,
    new_token,
    parse_qr,
    read_code,
    share_url,
)
from credential.status import Bitstring, read_entries
from credential.withdrawal import Note, Reason, WithdrawalNotes, check_notes, sign_notes
from keys.errors import KeyRefused
from tests.pictures import png, svg
from tests.world import SeededSigner

modestly = settings(max_examples=80, deadline=None)

# What contexts.document reads: every character but NUL, halves of surrogate pairs and noncharacters.
characters = st.characters(exclude_categories=["Cs", "Cn"], exclude_characters="\0")
texts = st.text(characters, max_size=40)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
objects = st.dictionaries(texts, values, max_size=4)
base64url = st.text("ABCxyz019-_", min_size=1, max_size=40)
tokens = st.tuples(base64url, base64url, base64url).map(".".join)
tags = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=1, max_size=16)
ISSUER, URL = "did:web:badges.example.edu", "https://badges.example.edu/status/3"
SIGNER = SeededSigner("notes", ISSUER)


@modestly
@given(objects, st.booleans())
def test_json_comes_out_of_a_picture_as_it_went_in(value: dict[str, Any], spaced: bool) -> None:  # noqa: FBT001 - drawn
    text = json.dumps(value, ensure_ascii=spaced, indent=1 if spaced else None)
    assert extract_png(bake_png(png(), text)) == text
    found = extract_svg(bake_svg(svg(), text))
    assert found is not None
    assert json.loads(found) == value


@modestly
@given(tokens, objects)
def test_a_token_comes_out_of_a_picture_as_it_went_in_whatever_was_there(
    token: str, before: dict[str, Any]
) -> None:
    text = json.dumps(before)
    assert extract_png(bake_png(bake_png(png(), text), token)) == token
    assert extract_svg(bake_svg(bake_svg(svg(), text), token)) == token


@modestly
@given(st.sets(st.integers(0, 131_071), max_size=200))
def test_a_list_says_exactly_what_was_set(indices: set[int]) -> None:
    bits = Bitstring.decode(Bitstring.of(indices).encode())
    assert set(bits.set_indices()) == indices
    assert all(bits.get(index) for index in indices)


@modestly
@given(
    st.dictionaries(
        st.integers(0, 131_071),
        st.builds(Note, st.dates(date(2020, 1, 1), date(2099, 12, 31)), st.sampled_from(Reason)),
    ),
    st.integers(0, 2**53 - 1),
)
def test_notes_are_read_as_they_were_signed(notes: dict[int, Note], version: int) -> None:
    signed = WithdrawalNotes(ISSUER, URL, version, notes)
    assert (
        check_notes(sign_notes(signed, SIGNER), lambda _: SIGNER.public_key, issuer=ISSUER, list_url=URL)
        == signed
    )


@modestly
@given(st.binary(min_size=7, max_size=7), st.binary(min_size=20, max_size=20), tags)
def test_links_and_codes_are_read_as_they_were_printed(for_code: bytes, for_token: bytes, tag: str) -> None:
    code, token = new_code(for_code), new_token(for_token)
    assert parse_qr(code_url("check.example.org", tag, code)) == Code(tag, code)
    assert parse_qr(share_url("check.example.org", tag, token)) == Share(tag, token)
    assert read_code(f"{tag}-{format_code(code)}".lower()) == Code(tag, code)
    assert read_code(format_code(code)) == Code("", code)


def code_of(call: Any, *arguments: Any, **named: Any) -> str:
    try:
        call(*arguments, **named)
    except (CredentialError, KeyRefused) as error:
        return error.code
    return "ok"


@modestly
@given(st.binary(max_size=200), st.integers(0, 80), st.binary(max_size=8))
def test_no_bytes_make_a_picture_raise_anything_but_its_own_error(
    noise: bytes, at: int, change: bytes
) -> None:
    known = {*CODES, "ok"}
    good_png, good_svg = bake_png(png(), "a.b.c"), bake_svg(svg(), "{}")
    for data in (
        noise,
        good_png[:at] + change + good_png[at:],
        good_png[:at] + change + good_png[at + len(change) :],
    ):
        assert code_of(extract_png, data) in known
    for data in (
        noise,
        good_svg[:at] + change + good_svg[at:],
        good_svg[:at] + change + good_svg[at + len(change) :],
    ):
        assert code_of(extract_svg, data) in known


@modestly
@given(st.text(max_size=60), values)
def test_no_text_or_value_makes_a_reader_raise_anything_but_its_own_error(text: str, value: Any) -> None:
    known = {*CODES, "ok"}
    assert code_of(Bitstring.decode, text) in known
    assert code_of(parse_qr, text) in known
    assert code_of(read_entries, value) in known
    assert code_of(check_notes, text, lambda _: SIGNER.public_key, issuer=ISSUER, list_url=URL) in known
