"""What every command works at: the settings, the store, the district, its keys."""

from __future__ import annotations

import getpass
import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import typer

from issuer.access.named import take_names
from issuer.access.policy import Apart, Kind
from issuer.errors import IssuerError
from issuer.places.place import Access, Place
from issuer.settings import Settings
from issuer.signing_keys import mirror
from issuer.store import queries
from issuer.store.migrations import check_migrated
from issuer.store.session import Store
from issuer.store.tables import District
from keys.custody import Keyring
from keys.errors import KeyRefused
from keys.key_record import KeyRecord
from keys.public import KeyType
from keys.seal import Secret
from keys.signer import Signer
from keys.unlock import secret_from

SIGNING = (KeyType.ED25519, KeyType.P256)
"""The kinds of key that credentials are signed with."""
MOST_NAMED = 20
"""Districts that a sentence lists."""


@dataclass
class Desk:
    """The place where a command works.

    Args:
        settings: Where everything is.
        as_json: Whether data is wanted as JSON.
        entropy: Random bytes.
        asked_by: The e-mail of who asks for what the command does, where two people are needed; or "".
        confirmed_by: The e-mail of who confirms it, or "".
    """

    settings: Settings
    as_json: bool
    entropy: Callable[[int], bytes] = os.urandom
    asked_by: str = ""
    confirmed_by: str = ""
    _store: Store | None = field(default=None, init=False)
    _owner: Store | None = field(default=None, init=False)
    _checked: bool = field(default=False, init=False)
    _opened: dict[str, Signer] = field(default_factory=dict, init=False)

    def now(self) -> datetime:
        """The time."""
        return datetime.now(UTC)

    @property
    def actor(self) -> str:
        """Who the audit says did it: the account on this machine."""
        try:
            return f"cli:{getpass.getuser()}"
        except (KeyError, OSError):
            return f"cli:{os.getuid()}"

    def new_store(self) -> Store:
        """The database, which may be empty yet."""
        if self._store is None:
            self._store = Store.open(self.settings.database)
        return self._store

    def owner(self) -> Store:
        """The database as the owner of its tables, who alone changes them; often the program itself."""
        if not self.settings.database_owner_url:
            return self.new_store()
        if self._owner is None:
            self._owner = Store.open(self.settings.database_owner_url)
        return self._owner

    def store(self) -> Store:
        """The database, for the work of the district that the command is for.

        Raises:
            IssuerError: As `every_district` and `district`.
        """
        return self.every_district().of(self.district().id)

    def every_district(self) -> Store:
        """The database before a district is named: it says which there are, and shows nothing of theirs.

        Raises:
            IssuerError: `bad_setting` where there is none; `migrations_missing`.
        """
        if self._checked:
            return self.new_store()
        if not self.settings.database_url and not (self.settings.data / "cairn.db").exists():
            raise IssuerError(
                "bad_setting",
                f"there is no issuer in {self.settings.data}: run `cairn init`, or name its folder "
                "with --data or CAIRN_DATA",
            )
        store = self.new_store()
        check_migrated(store)
        self._checked = True
        return store

    def district(self) -> District:
        """The district that the command is for: the one that was named, or the only one.

        Raises:
            IssuerError: `bad_setting` where that is not clear.
        """
        with self.every_district().reading() as session:
            if self.settings.district:
                return queries.district(session, self.settings.district)
            found = queries.districts(session)
        if len(found) != 1:
            raise IssuerError(
                "bad_setting",
                "name the district with --district or CAIRN_DISTRICT: "
                + ", ".join(one.id for one in found[:MOST_NAMED])
                if found
                else "run `cairn init` first",
            )
        return found[0]

    def two_people(
        self,
        kind: Kind,
        subject: str,
        *,
        pair: Apart | None = None,
        before: str = "",
        always: bool = False,
    ) -> None:
        """Hold the command to what the district asks two people for; see `take_names`.

        Raises:
            AccessError: As `take_names`.
        """
        take_names(
            self.store(),
            self.district().id,
            kind,
            subject=subject,
            asked_by=self.asked_by,
            confirmed_by=self.confirmed_by,
            pair=pair,
            before=before,
            always=always,
            now=self.now(),
            actor=self.actor,
        )

    def keyring(self) -> Keyring:
        """The sealed keys."""
        return Keyring(self.settings.keys)

    def secret(self) -> Secret:
        """What opens them.

        Raises:
            KeyRefused: `no_secret` and the other codes of `keys.unlock`.
        """
        return secret_from(os.environ, self.settings.secrets_dir)

    def records(self, district: District) -> tuple[KeyRecord, ...]:
        """The keys of a district, with the table brought up to them."""
        records = self.keyring().keys(district.did)
        mirror(self.new_store().of(district.id), district.id, records, now=self.now(), actor=self.actor)
        return records

    def signer(self, district: District) -> Signer:
        """The newest key in use, opened. It is opened again only when another key has taken its place.

        Raises:
            IssuerError: `key_not_usable` where there is none.
            KeyRefused: The secret is missing or wrong.
        """
        usable = [r for r in self.records(district) if r.active and r.public_key.key_type in SIGNING]
        if not usable:
            raise IssuerError("key_not_usable", f"{district.name} has no key in use: run `cairn keys new`")
        key_id = usable[-1].key_id
        if key_id not in self._opened:
            self._opened = {key_id: self.keyring().open(key_id, self.secret())}
        return self._opened[key_id]

    def place(self, district: District, to: str = "") -> Place | None:
        """Where public documents of a district are put besides being served; None where nothing says where.

        Args:
            district: Whose documents.
            to: What an option says, before the setting.

        Raises:
            IssuerError: `bad_setting`.
        """
        from issuer.places.choosing import place_at  # noqa: PLC0415 - few commands write to a place

        settings = self.settings
        if not (named := to or settings.publish_to):
            return None
        with self.every_district().reading() as session:
            several = len(queries.districts(session)) > 1
        access = Access(
            settings.publish_endpoint,
            settings.publish_region,
            settings.publish_key_id,
            settings.publish_secret.get_secret_value(),
        )
        return place_at(named, district.id, access, several=several and not to)

    def close(self) -> None:
        """Give every connection back."""
        for store in (self._store, self._owner):
            if store is not None:
                store.close()

    def data(self, value: Any, words: str) -> None:
        """Print the result: JSON where it is wanted, else words."""
        typer.echo(json.dumps(value, ensure_ascii=False, indent=2) if self.as_json else words)

    @staticmethod
    def say(words: str) -> None:
        """Tell the person at the terminal something."""
        typer.echo(words, err=True)


def exit_code(fault: ValueError) -> int:
    """Which exit code tells a script what kind of refusal this was: 2 usage, 3 configuration, else 1."""
    if isinstance(fault, KeyRefused):
        return 3
    if isinstance(fault, IssuerError):
        if fault.code in {"bad_setting", "key_not_usable", "migrations_missing"}:
            return 3
        if fault.code in {
            "bad_reason",
            "not_found",
            "not_signed",
            "no_consent",
            "not_filled",
            "award_ref_reused",
            "bad_time",
            "bad_text",
        }:
            return 2
    return 1
