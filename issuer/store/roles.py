"""The role under which the program works on PostgreSQL: no superuser, and not the owner of the tables.

A superuser and a role with BYPASSRLS see every district's rows, whatever the policies say. `cairn database
role` makes a lesser one, which the owner's connection does once; everything else is done as the lesser one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from sqlalchemy import text

from issuer.errors import IssuerError
from issuer.store.session import Store

_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")
NEVER_REMOVED = (
    "audit", "published", "status", "credential", "person", "approval_request", "erasure", "erased",
    "legal_hold", "badge_picture", "achievement_image",
)  # fmt: skip
"""Tables from which the program never removes a row: the role may not either."""
NEVER_CHANGED = ("audit", "published", "erasure", "erased", "badge_picture", "achievement_image")
"""Tables whose rows the program never changes. A withdrawal loses its note when an erasure says so."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What the database lets the role of this connection do.

    Attributes:
        name: The role.
        above: Why row-level security does not bind it, or "" where it does.
    """

    name: str
    above: str


def standing(store: Store) -> Standing | None:
    """How the role of this connection stands; None on the embedded database, which knows no roles."""
    if store.is_sqlite:
        return None
    with store.reading() as session:
        name, is_super, bypasses, owns = session.execute(
            text(
                "SELECT r.rolname, r.rolsuper, r.rolbypassrls, EXISTS ("
                "  SELECT 1 FROM pg_class c WHERE c.relowner = r.oid AND c.relname = 'credential')"
                " FROM pg_roles r WHERE r.rolname = current_user"
            )
        ).one()
    reasons = ((is_super, "a superuser"), (bypasses, "a role with BYPASSRLS"), (owns, "the tables' owner"))
    return Standing(name, next((why for holds, why in reasons if holds), ""))


def grant_to_program(owner: Store, url: str) -> str:
    """Let the role of the program's own address work: made where it is missing, with the address's password.

    Returns:
        The role's name.

    Raises:
        IssuerError: As `make_role`; `bad_setting` where the address names no role.
    """
    parts = urlsplit(url)
    if not parts.username:
        raise IssuerError("bad_setting", "CAIRN_DATABASE_URL names no role: postgresql://ROLE@HOST/NAME")
    name = unquote(parts.username)
    make_role(owner, name, password=unquote(parts.password or ""))
    return name


def make_role(store: Store, name: str, *, password: str = "") -> None:
    """Make the lesser role, or give an existing one what it needs after new tables came. Run as the owner.

    Args:
        store: The database, opened as the owner of its tables or as a superuser.
        name: Lower-case letters, digits and underscores.
        password: What it signs in with; without one the server's own rules decide (peer, certificate).

    Raises:
        IssuerError: `bad_setting` on the embedded database, for another kind of name, and for a role that
            row-level security would not bind.
    """
    if store.is_sqlite:
        raise IssuerError("bad_setting", "the embedded database knows no roles: nothing is to be done")
    if not _NAME.fullmatch(name):
        raise IssuerError("bad_setting", "a role's name is lower-case letters, digits and underscores")
    with store.transaction() as session:
        row = session.execute(
            text("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = :name"), {"name": name}
        ).one_or_none()
        if row is not None and row[0]:
            raise IssuerError("bad_setting", f"{name} is above row-level security: choose another role")
        if row is None:
            session.execute(
                text(
                    f"CREATE ROLE {name} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS NOREPLICATION"
                )
            )
        if password:
            # A statement that makes roles takes no parameters: the server quotes the password itself.
            quoted = session.execute(text("SELECT quote_literal(:word)"), {"word": password}).scalar_one()
            session.execute(text(f"ALTER ROLE {name} PASSWORD {quoted}".replace(":", "\\:")))
        session.execute(text(f"GRANT USAGE ON SCHEMA public TO {name}"))
        session.execute(
            text(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {name}")
        )
        session.execute(text(f"REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM {name}"))
        session.execute(text(f"REVOKE DELETE ON {', '.join(NEVER_REMOVED)} FROM {name}"))
        session.execute(text(f"REVOKE UPDATE ON {', '.join(NEVER_CHANGED)} FROM {name}"))
