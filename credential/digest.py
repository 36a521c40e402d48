"""The digest by which a determination names the evidence that it rests on."""

from __future__ import annotations

import base64
import hashlib


def digest_of(data: bytes) -> str:
    """`sha256-` and base64 (Subresource Integrity, 3.3).

    >>> digest_of(b"")
    'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='
    """
    return "sha256-" + base64.b64encode(hashlib.sha256(data).digest()).decode("ascii")
