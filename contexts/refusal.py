"""How a walk stops: with a code, a sentence, and the way to the place."""

from __future__ import annotations


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
