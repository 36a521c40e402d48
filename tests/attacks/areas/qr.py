"""Hostile links and codes: what `credential.qr` must refuse (WEB-08)."""

from __future__ import annotations

from collections.abc import Iterator

from credential.errors import CredentialError
from credential.qr import code_url, format_code, new_code, new_token, parse_qr, share_url
from tests.attacks.framework import Case

AREA = "qr"
CODE = new_code(bytes(range(7)))
TOKEN = new_token(bytes(range(20)))
LINK = code_url("check.example.org", "RIVER", CODE)
SHARE = share_url("check.example.org", "RIVER", TOKEN)


def judge(data: bytes, suffix: str) -> str:
    try:
        parse_qr(data.decode("utf-8", "replace"))
    except CredentialError as error:
        return error.code
    return "ok"


def cases() -> Iterator[Case]:
    def case(name: str, text: str, expect: str, twin: str = LINK) -> Case:
        return Case(name, text.encode(), "txt", expect, twin.encode())

    for name, text in (
        ("javascript", f"javascript:alert(1)//C/RIVER-{CODE}"),
        ("data", f"data:text/html,<script>alert(1)</script>/C/RIVER-{CODE}"),
        ("file", f"file:///C/RIVER-{CODE}"),
        ("ftp", f"ftp://check.example.org/C/RIVER-{CODE}"),
        ("no-scheme", f"//check.example.org/C/RIVER-{CODE}"),
        ("user", f"https://check.example.org@evil.example/C/RIVER-{CODE}"),
        ("backslash", f"https://evil.example\\@check.example.org/C/RIVER-{CODE}"),
        ("no-host", f"https:///C/RIVER-{CODE}"),
        ("space-in-host", f"https://check example.org/C/RIVER-{CODE}"),
        ("letters-of-another-script", f"https://сheck.example.org/C/RIVER-{CODE}"),
        ("port-of-six-digits", f"https://check.example.org:123456/C/RIVER-{CODE}"),
        ("other-page", f"https://check.example.org/X/RIVER-{CODE}"),
        ("deeper-page", f"https://check.example.org/a/C/RIVER-{CODE}"),
        ("page-above", f"https://check.example.org/C/../C/RIVER-{CODE}"),
        ("query", f"{LINK}?next=//evil.example"),
        ("fragment", f"{LINK}#evil"),
        ("line-break", f"https://check.example.org/C/RIVER-{CODE}\r\nSet-Cookie: a=b"),
        ("too-long", f"https://check.example.org/C/RIVER-{CODE}{'0' * 400}"),
    ):
        yield case(f"WEB-08-link-{name}", text, "link_malformed")
    for name, text in (
        ("short", SHARE[:-1]),
        ("long", SHARE + "0"),
        ("no-tag", SHARE.replace("RIVER-", "")),
        ("letter-outside-the-alphabet", SHARE[:-1] + "U"),
        ("percent", SHARE[:-3] + "%30"),
        ("long-tag", SHARE.replace("RIVER", "R" * 17)),
    ):
        yield case(f"WEB-08-share-{name}", text, "link_malformed", SHARE)
    other = "1" if CODE[5] == "0" else "0"
    for name, text in (
        ("one-character", CODE[:5] + other + CODE[6:]),
        ("two-changed-places", CODE[:9] + CODE[10] + CODE[9] + CODE[11:]),
        ("check-character", CODE[:-1] + ("0" if CODE[-1] != "0" else "1")),
    ):
        yield case(f"WEB-08-code-typo-{name}", format_code(text), "code_typo", format_code(CODE))
    for name, text in (
        ("empty", ""),
        ("short", CODE[:-1]),
        ("long", CODE + "0" * 20),
        ("letter-outside-the-alphabet", "U" + CODE[1:]),
        ("arabic-digits", "٠" * 12),
        ("five-groups", "AAAA-BBBB-CCCC-DDDD-EEEE"),
        ("markup", "<script>alert(1)<script>"),
        ("sql", "' OR 1=1 --"),
        ("group-short", f"{CODE[:4]}-{CODE[4:7]}-{CODE[8:]}"),
    ):
        yield case(f"WEB-08-code-{name}", text, "code_malformed", format_code(CODE))
