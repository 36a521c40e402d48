"""Which provider a district signs in with, and the secret that proves the console to it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from issuer.access.errors import AccessError
from issuer.access.openid import Client
from issuer.publication import is_loopback
from issuer.store import access_tables, audit, people
from issuer.store.session import Store
from issuer.store.tables import District

BACK: Final = "/staff/sign-on/back"
LONGEST: Final = 512
_DOMAIN: Final = re.compile(r"[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})+")


def client_of(store: Store, district: District, secret: str = "") -> Client | None:
    """What a district is to its provider; None where it has none."""
    with store.of(district.id).reading() as session:
        row = people.provider(session, district.id)
    if row is None:
        return None
    return Client(row.issuer, row.client_id, row.hosted_domain, f"{district.origin}{BACK}", secret)


def choose(
    store: Store,
    district_id: str,
    *,
    issuer: str,
    client_id: str,
    hosted_domain: str | None,
    now: datetime,
    actor: str,
) -> None:
    """Sign in with this provider from now on. People who are bound to another one are bound to it no longer.

    Args:
        store: The database.
        district_id: The district.
        issuer: Exactly as the provider writes it: `https://HOST`, perhaps with a path; for a try also
            `http://localhost:PORT`.
        client_id: How the provider calls this console.
        hosted_domain: The domain that accounts must belong to, where the provider says one (`hd`).
        now: The time.
        actor: Who chose it.

    Raises:
        AccessError: `person_refused`, naming the field.
    """
    parts = urlsplit(issuer)
    origin = f"{parts.scheme}://{parts.netloc}"
    plain = issuer == f"{origin}{parts.path}" and "@" not in parts.netloc and len(issuer) <= LONGEST
    if not plain or not parts.hostname or not (parts.scheme == "https" or is_loopback(origin)):
        raise AccessError(
            "person_refused", "write the provider as https://HOST, as it writes itself", "issuer"
        )
    if not 0 < len(client_id) <= LONGEST or not client_id.isascii() or not client_id.isprintable():
        raise AccessError("person_refused", "write the client id as the provider gives it", "client_id")
    if hosted_domain is not None and not _DOMAIN.fullmatch(hosted_domain):
        raise AccessError("person_refused", "write the domain as in example.edu", "hosted_domain")
    with store.of(district_id).transaction() as session:
        row = people.provider(session, district_id)
        if row is None:
            session.add(
                access_tables.SignOnProvider(
                    district_id=district_id,
                    issuer=issuer,
                    client_id=client_id,
                    hosted_domain=hosted_domain,
                    changed=now,
                )
            )
        else:
            if row.issuer != issuer:
                people.forget_subjects(session, district_id)
            row.issuer, row.client_id, row.hosted_domain, row.changed = issuer, client_id, hosted_domain, now
        session.flush()
        audit.record(
            session,
            district_id,
            at=now,
            actor=actor,
            action="sign-on.chosen",
            subject=district_id,
            facts={"issuer": issuer, "client": client_id, "domain": hosted_domain},
        )


def forget(store: Store, district_id: str, *, now: datetime, actor: str) -> None:
    """Sign in with no provider any more. Sessions that were begun with it end in their time."""
    with store.of(district_id).transaction() as session:
        row = people.provider(session, district_id)
        if row is None:
            return
        session.delete(row)
        people.forget_subjects(session, district_id)
        session.flush()
        audit.record(
            session,
            district_id,
            at=now,
            actor=actor,
            action="sign-on.forgotten",
            subject=district_id,
            facts={},
        )


def secret_from(environ: Mapping[str, str], folder: Path | None, district_id: str) -> str:
    """The secret that a district's provider gave it; "" where there is none, for a public client.

    Args:
        environ: May name it: `CAIRN_SIGN_ON_SECRET_DISTRICT`, the district's id in capitals with underscores.
        folder: The directory of secret files, where it may be the file `cairn_sign_on_DISTRICT`.
        district_id: Whose.
    """
    name = district_id.replace("-", "_")
    if said := environ.get(f"CAIRN_SIGN_ON_SECRET_{name.upper()}", ""):
        return said
    file = folder / f"cairn_sign_on_{name}" if folder is not None else None
    return file.read_text("utf-8").strip() if file is not None and file.is_file() else ""
