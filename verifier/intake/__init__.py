"""Understand what somebody put before the verifier: files, a pasted text, links, codes. Nothing is trusted.

`read` understands one thing, and looks at no pixel. `read_all` and `read_files` understand whatever was sent,
with a `Decode` that the edge lends them for pictures and PDFs.
"""

from verifier.intake.bounds import MAX_BYTES, MAX_LINK, MAX_TEXT, MAX_UPLOAD, MOST_ITEMS
from verifier.intake.decoded import Decode, Decoded, undecoded
from verifier.intake.several import Item, Where, may_need_decoding, read_all, read_files
from verifier.intake.single import read, read_path

__all__ = [
    "MAX_BYTES",
    "MAX_LINK",
    "MAX_TEXT",
    "MAX_UPLOAD",
    "MOST_ITEMS",
    "Decode",
    "Decoded",
    "Item",
    "Where",
    "may_need_decoding",
    "read",
    "read_all",
    "read_files",
    "read_path",
    "undecoded",
]
