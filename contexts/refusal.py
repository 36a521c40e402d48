"""How a walk stops: with a code, a sentence, and the way to the place."""

from __future__ import annotations

from typing import NoReturn


# Control flow inside this package: the walk turns it into a DocumentError.
class Refusal(Exception):  # noqa: N818 - not an error of the product
    """A document is refused. The steps to the place are added on the way out, innermost first.

    Args:
        code: One of `contexts.errors.CODES`.
        message: For a person.
        steps: The member names and indices below the object at hand, innermost first.
    """

    def __init__(self, code: str, message: str, *steps: str | int) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.steps = list(steps)


def refuse_identifier(text: str, *steps: str) -> NoReturn:
    """Refuse a text that is no identifier.

    Raises:
        Refusal: `bad_iri`.
    """
    raise Refusal("bad_iri", f"{text[:80]!r} is no absolute IRI of an allowed scheme", *steps)


def refuse_null() -> NoReturn:
    """Refuse a null: no signature would cover it.

    Raises:
        Refusal: `null_value`.
    """
    raise Refusal("null_value", "leave the member out instead of null")
