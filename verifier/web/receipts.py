"""Receipts: made from a result page, shown, saved, and checked again. Nothing of them is kept here.

A result page carries a signed draft; who wants a receipt sends it back. So the site remembers nothing between
the two, and yet no receipt says what was not found here.
"""

from __future__ import annotations

import asyncio
from typing import Final

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import JSONResponse, Response
from starlette.datastructures import UploadFile

from verifier.receipt import (
    Receipt,
    ReceiptAnswer,
    check_receipt,
    find_receipt,
    finish,
    receipt_file,
    sign_receipt,
)
from verifier.receipt_code import check_stub, sign_stub
from verifier.receipt_keys import ReceiptKeys
from verifier.render.qr import QrTooLong, qr_svg
from verifier.render.receipt_pdf import receipt_pdf
from verifier.web.pages import Carried, address_of, locale_of, origin_of, page, site_of
from verifier.web.receipt_words import receipt_told, sheet, stub_told

MAX_FIELD: Final = 32_768
"""Most characters of a receipt in a form; it has some two thousand."""

KEYS_PATH: Final = "/.well-known/cairn-receipt-keys.json"

receipts = APIRouter()


def keys_of(request: Request) -> ReceiptKeys:
    """The keys for receipts; these routes are there only where there are some."""
    keys = site_of(request).receipts
    if keys is None:
        raise HTTPException(404)
    return keys


@receipts.get("/receipt")
@receipts.head("/receipt")
async def about_receipts(request: Request) -> Response:
    """What a receipt is, and where one is checked."""
    return page(request, "receipts.html", locale_of(request), keys_path=KEYS_PATH)


@receipts.post("/receipt")
async def make(request: Request) -> Response:
    """Make the receipt of a result page: from its draft, and what whoever checked says of a photo ID."""
    form = await _form(request)
    locale = locale_of(request, form.get("lang"))
    keys = keys_of(request)
    answer, draft = check_receipt(form.get("draft", ""), keys.known, draft=True)
    if draft is None:
        return _answered(request, answer, locale)
    receipt = finish(draft, site_of(request).clock(), photo_id=form.get("photo_id") == "yes")
    if receipt is None:
        return _answered(request, "too_late", locale)
    token = sign_receipt(receipt, keys.signer)
    fields = {"draft": form.get("draft", ""), "photo_id": "yes" if receipt.photo_id else ""}
    return _shown(request, receipt, token, locale, Carried("/receipt", fields), made=True)


@receipts.post("/receipt/file")
async def save(request: Request) -> Response:
    """A receipt as a file, `as`: "pdf" or "json"."""
    form = await _form(request)
    locale, token = locale_of(request, form.get("lang")), form.get("receipt", "")
    keys = keys_of(request)
    answer, receipt = check_receipt(token, keys.known)
    if receipt is None:
        return _answered(request, answer, locale)
    if form.get("as") == "json":
        return _file(receipt_file(token), "application/json", "receipt.json")
    told = sheet(receipt, token, _qr(request, receipt, token), locale)
    async with site_of(request).turns.turn(address_of(request)):
        drawn = await asyncio.to_thread(receipt_pdf, told)
    return _file(drawn, "application/pdf", "receipt.pdf")


@receipts.post("/receipt/check")
async def check(request: Request) -> Response:
    """Whether a receipt is genuine: its file, its PDF or its text."""
    async with request.form(max_files=1, max_fields=4, max_part_size=MAX_FIELD) as form:
        sent = form.get("file")
        data = await sent.read() if isinstance(sent, UploadFile) else b""
        text = form.get("text")
        data = data or (text.encode("utf-8", "replace") if isinstance(text, str) else b"")
        locale = locale_of(request, form.get("lang"))
    token = find_receipt(data)
    answer, receipt = check_receipt(token, keys_of(request).known)
    if receipt is None:
        return _answered(request, answer, locale)
    return _shown(request, receipt, token, locale, Carried("/receipt/check", {"text": token}), made=False)


@receipts.get("/R/{code}")
@receipts.get("/r/{code}")
async def scanned(request: Request, code: str) -> Response:
    """What the QR code on a paper receipt says."""
    locale = locale_of(request)
    answer, stub = check_stub(code, keys_of(request).known)
    if stub is None:
        return _answered(request, answer, locale, again=True)
    return page(
        request, "receipt.html", locale, state="paper", told=stub_told(stub, locale), qr="", again=True
    )


@receipts.get(KEYS_PATH)
async def published(request: Request) -> Response:
    """The public keys of receipts, as a JWK Set: for whoever checks them without this site."""
    return JSONResponse(
        keys_of(request).published(),
        headers={"Cache-Control": "public, max-age=3600"},
        media_type="application/jwk-set+json",
    )


async def _form(request: Request) -> dict[str, str]:
    async with request.form(max_files=0, max_fields=6, max_part_size=MAX_FIELD) as form:
        return {name: value for name, value in form.items() if isinstance(value, str)}


def _shown(
    request: Request, receipt: Receipt, token: str, locale: str, carried: Carried, *, made: bool
) -> Response:
    return page(
        request,
        "receipt.html",
        locale,
        carried=carried,
        state="ready" if made else "genuine",
        told=receipt_told(receipt, token, locale),
        token=token,
        qr=_qr(request, receipt, token),
        again=False,
    )


def _answered(request: Request, answer: ReceiptAnswer | str, locale: str, *, again: bool = False) -> Response:
    return page(request, "receipt.html", locale, state=str(answer), told=None, again=again)


def _qr(request: Request, receipt: Receipt, token: str) -> str:
    """The QR code of a paper receipt; "" where this site's name is too long for one."""
    stub = sign_stub(receipt, token, keys_of(request).signer)
    try:
        return qr_svg(f"{origin_of(request)}/R/{stub}".upper())
    except QrTooLong:
        return ""


def _file(content: bytes, media_type: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=headers)
