"""What can be wrong with a catalogue, and with a question to it."""

from __future__ import annotations

from issuer.errors import IssuerError

CODES = frozenset(
    {
        "not_json",
        "missing_member",
        "wrong_type",
        "unknown_member",
        "bad_value",
        "unknown_reference",
        "duplicate_label",
        "duplicate_key",
        "too_large",
        "cut_lowered",
        "closed_option",
        "cycle",
    }
)
"""Every code that `CatalogueError` carries."""

LOOKUP_CODES = frozenset({"UNKNOWN_CODE", "AMBIGUOUS_CODE", "BODY_DIFFERS", "NAME_DIFFERS", "MISSING_CODE"})
"""Every code that `LookupRefused` carries; each is also the code of a row in a sheet's report."""


class CatalogueError(IssuerError):
    """A catalogue's file is not what it must be.

    Args:
        code: One of `CODES`.
        file: The file's name.
        pointer: JSON pointer (RFC 6901) of the place, or "" for the whole file.
        message: What is wrong and what to do, for the person who edits the file.
    """

    def __init__(self, code: str, file: str, pointer: str, message: str) -> None:
        super().__init__(code, f"In {file}: {message}", pointer)
        self.file = file


class LookupRefused(ValueError):  # noqa: N818 - it says what happened; a row turns it into its report
    """The catalogue cannot say which credential is meant.

    Args:
        code: One of `LOOKUP_CODES`.
        message: What to do, for the person who typed the sheet.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
