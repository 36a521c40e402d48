"""How much of an upload is looked at."""

from __future__ import annotations

from typing import Final

MAX_BYTES: Final = 5 * 1024 * 1024
"""Most bytes of one badge's own file: a PNG picture may have as many."""

MAX_UPLOAD: Final = 15 * 1024 * 1024
"""Most bytes of a photo, a PDF or a packed file: what a telephone's camera makes."""

MAX_TEXT: Final = 393_216
"""Most bytes of a pasted or extracted credential: a document of 256 KiB, written as a token."""

MAX_LINK: Final = 2_048

MOST_ITEMS: Final = 500
"""Most badges that are read from what was sent at once."""
