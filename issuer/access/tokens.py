"""Tokens: what a cookie, a link and a form carry, and what is kept of it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from typing import Final

from issuer.store.status_lists import Entropy

TOKEN_BYTES: Final = 32
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{43}")


def new_token(entropy: Entropy) -> str:
    """256 random bits, as 43 characters that a cookie and a path can carry."""
    return base64.urlsafe_b64encode(entropy(TOKEN_BYTES)).rstrip(b"=").decode()


def token_hash(token: str) -> bytes:
    """What is kept of a token: with 256 random bits there is nothing to try against a hash."""
    return hashlib.sha256(token.encode()).digest()


def is_token(text: str) -> bool:
    """Whether a text can be a token at all."""
    return _TOKEN.fullmatch(text) is not None


def form_token(token: str) -> str:
    """What every form of a session carries: who does not hold the session's token cannot know it."""
    digest = hmac.digest(token.encode(), b"form", "sha256")
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def fits_form(token: str, given: str) -> bool:
    """Whether a form carries what its session's forms carry."""
    return hmac.compare_digest(form_token(token).encode(), given.encode())
