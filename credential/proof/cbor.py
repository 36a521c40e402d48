"""CBOR, as far as a selective proof is written in it (RFC 8949). The only door to cbor2.

Exactly one sequence of octets stands for a value: what does not come out again as it went in is refused. A
tag has no place in a proof (VC DI ECDSA 1.0, 3.5.2), so none is ever acted upon.
"""

from __future__ import annotations

from typing import Any, Final, NoReturn

import cbor2

from credential.errors import CredentialError

DEEPEST: Final = 2
"""Containers inside one another that hold something: the components, and in them a list or a map."""

_LARGEST_NAMED_TAG: Final = 65_535  # 55799 is the largest tag that the library knows by itself


def encode(value: Any) -> bytes:
    """A value in its shortest form, members in their order."""
    return cbor2.dumps(value)


def decode(octets: bytes) -> Any:
    """Read one value.

    Raises:
        CredentialError: `proof_malformed`.
    """
    value: Any = None
    try:
        value = cbor2.loads(
            octets,
            tag_hook=_refuse,
            semantic_decoders=_NO_TAGS,
            max_depth=DEEPEST,
            allow_indefinite=False,
            allow_duplicate_keys=False,
        )
        same = cbor2.dumps(value) == octets
    except (cbor2.CBORError, ValueError, TypeError, OverflowError):
        same = False
    if not same:
        raise CredentialError("proof_malformed", "proofValue holds no CBOR in its one shortest form")
    return value


def _refuse(*_anything: Any) -> NoReturn:
    raise ValueError


_NO_TAGS: Final = dict.fromkeys(range(_LARGEST_NAMED_TAG + 1), _refuse)
