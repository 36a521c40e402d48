"""A context that is written into a document, instead of an address that names one.

Badges never need it, and the product's two sets refuse it. Software for credentials of every kind does: a set
that says so takes such a context under the same rules as a pinned one. What would change how words pass from
an object to those inside it, or bring in a text from elsewhere, is refused here: the tables do not follow it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from contexts.refusal import Refusal

REFUSED: Final = frozenset({"@base", "@direction", "@import", "@language", "@propagate"})
"""Keywords of a context that no document may bring."""


@dataclass(frozen=True, slots=True)
class WrittenContext:
    """A context by its text, so that two of the same text are one.

    Args:
        text: The context as JSON, its members in the order of their names.
    """

    text: str

    @property
    def value(self) -> dict[str, Any]:
        """The context as JSON-LD processors take it."""
        value: dict[str, Any] = json.loads(self.text)
        return value


Named = str | WrittenContext
"""What may stand in `@context`: the address of a pinned context, or where a set allows it a context."""


def written_context(value: Mapping[str, Any]) -> WrittenContext:
    """Take a context out of a document.

    Raises:
        Refusal: `unsupported_meaning`.
    """
    open_values: list[Any] = [value]
    while open_values:
        one = open_values.pop()
        if isinstance(one, Mapping):
            if refused := sorted(REFUSED & one.keys()):
                raise Refusal("unsupported_meaning", f"{refused[0]!r} in a context that is written here")
            open_values.extend(one.values())
        elif isinstance(one, list):
            open_values.extend(one)
    return WrittenContext(json.dumps(value, sort_keys=True, separators=(",", ":")))
