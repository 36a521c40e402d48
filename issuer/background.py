"""What runs beside the answering of requests: keeping lists published, sending mail, telling webhooks."""

from __future__ import annotations

from typing import Protocol


class Background(Protocol):
    """Work with a thread of its own, which a server begins and ends with itself."""

    def start(self) -> None:
        """Begin; called once."""

    def stop(self) -> None:
        """End, after what is in hand; returns when it has ended."""
