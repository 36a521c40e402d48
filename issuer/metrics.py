"""What the running issuer counts of itself: the only door to prometheus_client.

Every label's values are known beforehand: routes, methods, statuses, parts. None names a person, a badge, a
district or an address.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from threading import Thread
from typing import Final
from wsgiref.simple_server import WSGIServer

from prometheus_client import CollectorRegistry, Gauge, Histogram, generate_latest, start_http_server

NAMESPACE: Final = "cairn"
SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""The upper ends of the durations that are told apart."""
VISIBLE: Final = (1.0, 2.5, 5.0, 10.0, 15.0, 20.0, 30.0, 45.0, 60.0, 120.0, 600.0, 3_600.0)
"""The same, of the times that revocations take until they can be seen; a minute is what is promised."""
WAITS: Final = ("revocation", "job")
"""What waits for somebody else: for the publisher, for a worker."""
METHODS: Final = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"})
PARTS: Final = ("database", "migrations", "keys", "lists", "publisher")
"""What `/readyz` looks at."""


class Metrics:
    """The issuer's own counts, in a registry of their own.

    Args:
        parts: Gives `/readyz`'s parts, asked anew at each reading; a part is well when it says `ok`.
        waits: Gives for how many seconds the oldest of each of `WAITS` has waited, asked anew too.
    """

    def __init__(
        self, parts: Callable[[], dict[str, str]], waits: Callable[[], dict[str, float]] = dict
    ) -> None:
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

        self._visible = Histogram(
            "revocation_visible_seconds",
            "How long revocations took from their acknowledgement until they stood in the published list.",
            namespace=NAMESPACE,
            registry=self._registry,
            buckets=VISIBLE,
        )
        waiting = Gauge(
            "waiting_seconds",
            "For how long the oldest has waited: a revocation to be published, a job to be taken up.",
            ("what",),
            namespace=NAMESPACE,
            registry=self._registry,
        )
        for name in WAITS:
            waiting.labels(name).set_function(self._waiting(waits, name))

    def revocation_seen(self, seconds: float) -> None:
        """Count a revocation that can be seen now."""
        self._visible.observe(max(seconds, 0.0))

    @staticmethod
    def _waiting(waits: Callable[[], dict[str, float]], name: str) -> Callable[[], float]:
        # What could not be asked is not known: no number stands for it.
        return lambda: waits().get(name, math.nan)

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
