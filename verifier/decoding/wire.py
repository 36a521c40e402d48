"""What was seen, as bytes between the worker and us.

The worker has run native code on what a stranger sent. So its answer is believed no more than an upload: it
may name QR codes and files, and anything else is no answer.
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

from verifier.intake.decoded import FAULTS, AttachedFile, Decoded, SeenCode


class WireError(ValueError):
    """An answer that is none."""


def write_decoded(decoded: Decoded) -> bytes:
    """As JSON in ASCII."""
    return json.dumps(
        {
            "codes": [[code.page, code.text] for code in decoded.codes],
            "files": [[file.name, base64.b64encode(file.data).decode("ascii")] for file in decoded.files],
            "fault": decoded.fault,
            "whole": decoded.whole,
        }
    ).encode("ascii")


def read_decoded(data: bytes) -> Decoded:
    """Read what `write_decoded` wrote.

    Raises:
        WireError: It is anything else.
    """
    try:
        told = json.loads(data)
        decoded = Decoded(
            codes=tuple(SeenCode(_number(page), _text(text)) for page, text in told["codes"]),
            files=tuple(
                AttachedFile(_text(name), base64.b64decode(_text(content), validate=True))
                for name, content in told["files"]
            ),
            fault=_text(told["fault"]),
            whole=told["whole"] is True,
        )
    except WireError:
        raise
    except (ValueError, TypeError, KeyError, RecursionError, binascii.Error) as fault:
        raise WireError(f"not an answer: {fault}") from fault
    if decoded.fault not in FAULTS | {""}:
        raise WireError("not a fault")
    return decoded


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise WireError("text was expected")
    return value


def _number(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise WireError("a number was expected")
    return value
