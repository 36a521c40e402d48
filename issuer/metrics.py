"""What the running issuer counts of itself: the only door to prometheus_client.

Every label's values are known beforehand: routes, methods, statuses, parts. None names a person, a badge, a
district or an address.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread
from typing import Final
from wsgiref.simple_server import WSGIServer

from prometheus_client import CollectorRegistry, Gauge, Histogram, generate_latest, start_http_server

NAMESPACE: Final = "cairn"
SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""The upper ends of the durations that are told apart."""
METHODS: Final = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"})
PARTS: Final = ("database", "migrations", "keys", "lists", "publisher")
"""What `/readyz` looks at."""


class Metrics:
    """The issuer's own counts, in a registry of their own.

    Args:
        parts: Gives `/readyz`'s parts, asked anew at each reading; a part is well when it says `ok`.
    """

    def __init__(self, parts: Callable[[], dict[str, str]]) -> None:
        self._registry = CollectorRegistry()
        self._parts = parts
        self._requests = Histogram(
            "request_seconds",
            "How long answers took.",
            ("method", "route", "status"),
            namespace=NAMESPACE,
            registry=self._registry,
            buckets=SECONDS,
        )
        self._well = Gauge(
            "well",
            "Whether a part is well: 1 or 0; a revocation that waits too long makes lists 0.",
            ("part",),
            namespace=NAMESPACE,
            registry=self._registry,
        )
        for name in PARTS:
            self._well.labels(name).set_function(self._asking(name))

    def _asking(self, name: str) -> Callable[[], float]:
        def well() -> float:
            found = self._parts()
            # A part that could not be looked at, because one before it is not well, is not well either.
            return float(found.get(name) == "ok")

        return well

    def answered(self, *, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request; `route` is the address as our code writes it."""
        told = method if method in METHODS else "other"
        self._requests.labels(told, route, str(status)).observe(seconds)

    def text(self) -> str:
        """All of it, in the text format of Prometheus."""
        return generate_latest(self._registry).decode("utf-8")

    def serve(self, port: int, address: str) -> Serving:
        """Answer `GET /metrics` at a port of its own until it is closed.

        Raises:
            OSError: The port is taken.
        """
        return Serving(*start_http_server(port, address, registry=self._registry))


class Serving:
    """What answers `GET /metrics`, in a thread of its own."""

    def __init__(self, server: WSGIServer, thread: Thread) -> None:
        self._server = server
        self._thread = thread

    def close(self) -> None:
        """End it."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
