"""`/v1/webhooks`: where the district's programs want to hear what happens."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from issuer.api.errors import ApiError, Fault
from issuer.errors import IssuerError
from issuer.store import webhooks as rows
from issuer.web.api.calling import Hooking, members, read_body
from issuer.webhooks import setting
from issuer.webhooks.events import TYPES
from issuer.webhooks.setting import Hook

LARGEST = 4_096

hooks = APIRouter(prefix="/v1")


async def hook_body(calling: Hooking) -> bytes:
    """The body of a webhook, after whoever sends it was let in."""
    return await read_body(calling.request, LARGEST)


@hooks.get("/webhooks")
def list_hooks(calling: Hooking) -> Response:
    """The district's webhooks."""
    found = setting.everything(calling.store, calling.district.id)
    return calling.answer({"items": [_hook(one) for one in found]})


@hooks.post("/webhooks")
def add_hook(calling: Hooking, body: Annotated[bytes, Depends(hook_body)]) -> Response:
    """Add a webhook; its secret is told in this answer alone."""
    value = members(body, {"url", "events"})
    url, events = value.get("url"), value.get("events", list(TYPES))
    if not isinstance(url, str):
        raise _bad("url is the address that is told", "/url")
    if not isinstance(events, list) or not all(isinstance(one, str) for one in events):
        raise _bad("events is a list of types", "/events")
    made = setting.add(
        calling.store,
        calling.district.id,
        url=url,
        events=events,
        key=calling.api.webhook_key,
        now=calling.now,
        entropy=calling.api.entropy,
        actor=calling.caller.key.actor,
    )
    return calling.answer(_hook(made.hook) | {"secret": made.secret}, 201)


@hooks.delete("/webhooks/{webhook_id}")
def remove_hook(calling: Hooking, webhook_id: str) -> Response:
    """Tell an address nothing any more."""
    with calling.store.reading() as session:
        if rows.one(session, calling.district.id, webhook_id) is None:
            raise IssuerError("not_found", "the district has no webhook with this id")
    gone = setting.remove(
        calling.store, calling.district.id, webhook_id, now=calling.now, actor=calling.caller.key.actor
    )
    return calling.answer(_hook(gone))


def _hook(one: Hook) -> dict[str, Any]:
    return {
        "id": one.id,
        "url": one.url,
        "events": list(one.events),
        "created": one.created.isoformat(timespec="seconds"),
        "disabled": one.disabled.isoformat(timespec="seconds") if one.disabled else None,
    }


def _bad(message: str, pointer: str) -> ApiError:
    return ApiError("bad_request", message, [Fault("bad_member", message, pointer)])
