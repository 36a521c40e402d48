"""What a request costs, counted and not timed: the statements that the database is asked and the hashes made.

with working(store) as work:
    client.get("/my/claim/...")
work.statements, work.hashes

Two answers that cost the same statements and hashes cannot be told apart by how long they take, on a machine
that is busy or on one that is not; a clock in a test shows neither.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import event

from issuer.store.session import Store

HASHES = ("scrypt", "sha256", "sha512", "pbkdf2_hmac")


@dataclass
class Work:
    """What was done, in order.

    Attributes:
        statements: SQL without its values.
        hashes: The name of each hash.
    """

    statements: list[str] = field(default_factory=list)
    hashes: list[str] = field(default_factory=list)

    def done(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """To be compared."""
        return tuple(self.statements), tuple(self.hashes)


@contextmanager
def working(store: Store) -> Iterator[Work]:
    """Count what is done inside, by everybody in this process."""
    work = Work()

    def asked(*told: Any) -> None:
        work.statements.append(str(told[2]))

    def counted(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def one(*given: Any, **named: Any) -> Any:
            work.hashes.append(name)
            return real(*given, **named)

        return one

    event.listen(store.engine, "before_cursor_execute", asked)
    try:
        with pytest.MonkeyPatch.context() as patch:
            for name in HASHES:
                patch.setattr(hashlib, name, counted(name, getattr(hashlib, name)))
            yield work
    finally:
        event.remove(store.engine, "before_cursor_execute", asked)
