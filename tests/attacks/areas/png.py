"""Hostile PNG pictures: what `credential.baking.png` must refuse, decoding no pixel (IMG-01 to IMG-05)."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator

from credential.baking.png import MAX_BYTES, MAX_CHUNKS, MAX_TEXT, extract_png
from credential.errors import CredentialError
from tests.attacks.framework import Case, Recipe
from tests.pictures import END, KEYWORD, PIXELS, SIGNATURE, chunk, header, itxt, png

AREA = "png"
BADGE = itxt(b'{"type":["VerifiableCredential","OpenBadgeCredential"]}')
TWIN = png(BADGE)


def judge(data: bytes, suffix: str) -> str:
    try:
        return "ok" if extract_png(data) else "no_badge"
    except CredentialError as error:
        return error.code


def many_chunks(count: int) -> bytes:
    """A picture with its badge and as many chunks in all."""
    return png(BADGE, *[chunk(b"tEXt", b"a\0b")] * (count - 4))


def padded(size: int) -> bytes:
    """A picture of exactly so many bytes."""
    rest = len(png(BADGE, chunk(b"prVt")))
    return png(BADGE, chunk(b"prVt", bytes(size - rest)))


def long_badge(size: int) -> bytes:
    """A picture whose badge's chunk has exactly so many bytes."""
    return png(itxt(b"x" * (size - len(KEYWORD) - 5)))


def compressed(size: int) -> bytes:
    """A badge of so many bytes, compressed to a thousandth; or its twin, the same text as it is."""
    return png(itxt(zlib.compress(b"x" * size, 9), flags=b"\1\0"))


def many_texts(count: int, size: int) -> bytes:
    """So many text chunks of so many bytes."""
    return png(BADGE, *[chunk(b"tEXt", b"a\0" + bytes(size))] * count)


RECIPES: dict[str, Callable[..., bytes]] = {
    "many_chunks": many_chunks,
    "padded": padded,
    "long_badge": long_badge,
    "compressed": compressed,
    "many_texts": many_texts,
}


def cases() -> Iterator[Case]:
    def case(name: str, data: bytes, expect: str, twin: bytes = TWIN) -> Case:
        return Case(name, data, "png", expect, twin)

    other = itxt(b"a.b.c")
    yield case("IMG-01-two-badges", png(BADGE, other), "multiple_badges")
    yield case("IMG-01-the-same-badge-twice", png(BADGE, BADGE), "multiple_badges")
    yield case("IMG-01-second-badge-before-the-end", png(BADGE)[: -len(END)] + other + END, "multiple_badges")
    yield case(
        "IMG-01-second-badge-as-tEXt", png(BADGE, chunk(b"tEXt", KEYWORD + b"\0a.b.c")), "multiple_badges"
    )

    squeezed = zlib.compress(b'{"type":["VerifiableCredential"]}')
    yield case("IMG-02-compressed-iTXt", png(itxt(squeezed, flags=b"\1\0")), "compressed_badge")
    yield case("IMG-02-zTXt", png(chunk(b"zTXt", KEYWORD + b"\0\0" + squeezed)), "compressed_badge")
    yield case("IMG-02-flag-of-two", png(itxt(b"{}", flags=b"\2\0")), "compressed_badge", png(itxt(b"{}")))
    yield case(
        "IMG-02-method-without-flag", png(itxt(b"{}", flags=b"\0\1")), "png_malformed", png(itxt(b"{}"))
    )
    bomb = Recipe("compressed", {"size": 100 * 1024 * 1024})
    yield Case("IMG-02-bomb", bomb, "png", "compressed_badge", Recipe("long_badge", {"size": 100_000}))

    for name, place, good in (
        ("header", 0, header()),
        ("badge", 1, BADGE),
        ("pixels", 2, PIXELS),
        ("end", 3, END),
    ):
        wrong = good[:-1] + bytes([good[-1] ^ 1])
        parts = [header(), BADGE, PIXELS, END]
        yield case(
            f"IMG-03-checksum-of-{name}",
            SIGNATURE + b"".join([*parts[:place], wrong, *parts[place + 1 :]]),
            "png_checksum",
        )
    yield case(
        "IMG-03-one-letter-of-the-badge-changed", TWIN.replace(b"OpenBadge", b"OpenBudge"), "png_checksum"
    )
    yield case(
        "IMG-03-longest-length", SIGNATURE + chunk(b"IHDR", bytes(13), length=0xFFFFFFFF), "png_malformed"
    )
    yield case(
        "IMG-03-length-one-too-long", png(chunk(b"iTXt", KEYWORD, length=len(KEYWORD) + 200)), "png_malformed"
    )
    for cut in (1, 4, 11, 30, len(TWIN) - 20):
        yield case(f"IMG-03-cut-short-by-{cut}", TWIN[:-cut], "png_malformed")
    yield case("IMG-03-header-second", SIGNATURE + BADGE + header() + PIXELS + END, "png_malformed")
    yield case("IMG-03-two-headers", SIGNATURE + header() + BADGE + header() + PIXELS + END, "png_malformed")
    yield case("IMG-03-no-end", SIGNATURE + header() + BADGE + PIXELS, "png_malformed")
    yield case("IMG-03-no-pixels", SIGNATURE + header() + BADGE + END, "png_malformed")
    yield case("IMG-03-two-ends", png(BADGE, tail=END), "png_malformed")
    yield case("IMG-03-badge-after-the-end", png(tail=BADGE), "png_malformed")
    yield case("IMG-03-one-byte-after-the-end", png(BADGE, tail=b"\n"), "png_malformed")
    yield case("IMG-03-page-after-the-end", png(BADGE, tail=b"<script>alert(1)</script>"), "png_malformed")
    yield case(
        "IMG-03-pixels-in-two-places", SIGNATURE + header() + PIXELS + BADGE + PIXELS + END, "png_malformed"
    )
    yield case(
        "IMG-03-unknown-critical-chunk",
        png(BADGE, chunk(b"ABCD")),
        "png_malformed",
        png(BADGE, chunk(b"abCd")),
    )
    yield case("IMG-03-type-of-digits", png(BADGE, chunk(b"1234")), "png_malformed")
    yield case(
        "IMG-03-text-not-utf-8", png(itxt(b'{"a":"\xe9"}')), "png_malformed", png(itxt('{"a":"é"}'.encode()))
    )
    yield case("IMG-03-NUL-in-the-text", png(itxt(b'{"a":"\0"}')), "png_malformed", png(itxt(b'{"a":" "}')))
    yield case(
        "IMG-03-fields-missing", png(chunk(b"iTXt", KEYWORD + b"\0\0\0{}")), "png_malformed", png(itxt(b"{}"))
    )

    most = Recipe("many_chunks", {"count": MAX_CHUNKS})
    for count in (MAX_CHUNKS + 1, 300_000):
        yield Case(
            f"IMG-04-{count}-chunks",
            Recipe("many_chunks", {"count": count}),
            "png",
            "png_too_many_chunks",
            most,
        )
    texts = Recipe("many_texts", {"count": 80, "size": 1_048_576})
    yield Case(
        "IMG-04-eighty-texts-of-a-megabyte",
        texts,
        "png",
        "png_too_large",
        Recipe("many_texts", {"count": 4, "size": 1_048_576}),
    )
    largest = Recipe("padded", {"size": MAX_BYTES})
    yield Case(
        "IMG-04-one-byte-too-many", Recipe("padded", {"size": MAX_BYTES + 1}), "png", "png_too_large", largest
    )
    longest = Recipe("long_badge", {"size": MAX_TEXT})
    for size in (MAX_TEXT + 1, 2 * 1024 * 1024):
        yield Case(
            f"IMG-04-badge-of-{size}-bytes",
            Recipe("long_badge", {"size": size}),
            "png",
            "badge_too_large",
            longest,
        )

    good = png(BADGE, head=header(4096, 4096))
    for width, height in (
        (60_000, 60_000),
        (13_000, 13_000),
        (4096, 4097),
        (2**31 - 1, 1),
        (0xFFFFFFFF, 0xFFFFFFFF),
    ):
        yield case(
            f"IMG-05-{width}-by-{height}", png(BADGE, head=header(width, height)), "too_many_pixels", good
        )
    for name, fields in (
        ("no-width", (0, 2, 8, 0)),
        ("no-height", (2, 0, 8, 0)),
        ("depth-0", (2, 2, 0, 0)),
        ("depth-3", (2, 2, 3, 0)),
        ("depth-32", (2, 2, 32, 0)),
        ("depth-16-with-palette", (2, 2, 16, 3)),
        ("depth-4-with-colour", (2, 2, 4, 2)),
        ("colour-1", (2, 2, 8, 1)),
        ("colour-7", (2, 2, 8, 7)),
        ("compression-1", (2, 2, 8, 0, 1, 0, 0)),
        ("filter-1", (2, 2, 8, 0, 0, 1, 0)),
        ("interlace-2", (2, 2, 8, 0, 0, 0, 2)),
    ):
        yield case(f"IMG-05-{name}", png(BADGE, head=header(*fields)), "png_malformed")
    animated = png(BADGE, chunk(b"acTL", struct.pack(">II", 1, 0)), chunk(b"fcTL", bytes(26)))
    endless = png(BADGE, chunk(b"acTL", struct.pack(">II", 2**31, 0)), chunk(b"fcTL", bytes(26)))
    yield case("IMG-05-animation-without-end", endless, "png_malformed", animated)
