"""What a worker does with a picture that a badge embeds: draw its pixels anew, small, and nothing else."""

from __future__ import annotations

from verifier.decoding.pictures import redraw
from verifier.intake.kinds import PICTURES, kind_of


def answer(data: bytes) -> bytes:
    """The picture as a PNG of ours (`verifier.workers.child`); no bytes where it cannot be shown.

    Args:
        data: The file. What it is, its content says.
    """
    kind = kind_of(data)
    return redraw(data, kind) if kind in PICTURES else b""
