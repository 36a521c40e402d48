"""What the running site counts of itself: the only door to prometheus_client.

Every label's values are known beforehand: verdicts, questions, routes, kinds of answers. None names a person,
a badge, an issuer or an address.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Thread
from typing import Final
from wsgiref.simple_server import WSGIServer

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, start_http_server

from verifier.evidence import Failure, Fetched, Need, NeedKind, Verdict
from verifier.fetch import CODES as FETCH_CODES
from verifier.gather import Source
from verifier.presented import PresentationVerdict

NAMESPACE: Final = "cairn_verify"

SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""The upper ends of the durations that are told apart."""

RESULTS: Final = FETCH_CODES | {
    *("ok", "other", "not_found", "not_shared", "share_ended", "not_in_archive"),
    *("too_many_fetches", "gathering_took_too_long", "gathered_too_much"),
}
"""What can come of asking somebody; anything else is "other"."""

METHODS: Final = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT"})


class Metrics:
    """The site's own counts, in a registry of their own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._verdicts = self._counter("verdicts", "Verdicts, by their code.", "code")
        self._presentations = self._counter("presentations", "Presentations, by their code.", "code")
        self._checks = self._counter("checks", "Answers to each question.", "check", "outcome")
        self._check_time = self._timer("check_seconds", "How long gathering and judging took.")
        self._request_time = self._timer(
            "request_seconds", "How long answers took.", "method", "route", "status"
        )
        self._fetches = self._counter("fetches", "What came of asking others.", "kind", "result")
        self._fetch_time = self._timer("fetch_seconds", "How long others took.", "kind")
        self._refusals = self._counter("rate_limited", "Requests over the rate.", "limit")
        self._problems = self._counter("problems", "Problems that the interface answered with.", "code")
        self._kept = self._gauge("kept", "Entries that are kept in memory.", "what")
        self._kept_bytes = self._gauge("kept_bytes", "Bytes of answers kept in memory.", "what")

    def _counter(self, name: str, said: str, *labels: str) -> Counter:
        return Counter(name, said, labels, namespace=NAMESPACE, registry=self._registry)

    def _timer(self, name: str, said: str, *labels: str) -> Histogram:
        return Histogram(name, said, labels, namespace=NAMESPACE, registry=self._registry, buckets=SECONDS)

    def _gauge(self, name: str, said: str, *labels: str) -> Gauge:
        return Gauge(name, said, labels, namespace=NAMESPACE, registry=self._registry)

    def verdict(self, verdict: Verdict, seconds: float) -> None:
        """Count a verdict, the answer to each question, and how long it took."""
        self._verdicts.labels(verdict.code.value).inc()
        for finding in verdict.findings:
            self._checks.labels(finding.check.value, finding.outcome.value).inc()
        self._check_time.observe(seconds)

    def presentation(self, verdict: PresentationVerdict, seconds: float) -> None:
        """Count a presentation and each credential in it."""
        self._presentations.labels(verdict.code.value).inc()
        for one in verdict.credentials:
            self._verdicts.labels(one.code.value).inc()
        self._check_time.observe(seconds)

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request; `route` is the address as our code writes it."""
        told = method if method in METHODS else "other"
        self._request_time.labels(told, route, str(status)).observe(seconds)

    def fetched(self, kind: NeedKind, result: str, seconds: float) -> None:
        """Count what came of asking somebody: "ok", or a failure's code."""
        self._fetches.labels(kind.value, result if result in RESULTS else "other").inc()
        self._fetch_time.labels(kind.value).observe(seconds)

    def refused(self, limit: str) -> None:
        """Count a request over a rate."""
        self._refusals.labels(limit).inc()

    def problem(self, code: str) -> None:
        """Count a problem that the interface answered with."""
        self._problems.labels(code).inc()

    def watch(self, what: str, entries: Callable[[], int], octets: Callable[[], int] | None = None) -> None:
        """Say from now on how much of something is kept."""
        self._kept.labels(what).set_function(entries)
        if octets is not None:
            self._kept_bytes.labels(what).set_function(octets)

    def text(self) -> str:
        """All of it, in the text format of Prometheus."""
        return generate_latest(self._registry).decode("utf-8")

    def serve(self, port: int, address: str) -> MetricsServer:
        """Answer `GET /metrics` at a port of its own until it is closed.

        Raises:
            OSError: The port is taken.
        """
        return MetricsServer(*start_http_server(port, address, registry=self._registry))


class MetricsServer:
    """What answers `GET /metrics`, in a thread of its own.

    Args:
        server: As the library made it.
        thread: In which it runs.
    """

    def __init__(self, server: WSGIServer, thread: Thread) -> None:
        self._server = server
        self._thread = thread

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._server.server_port

    def close(self) -> None:
        """End it."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class Counted:
    """A `Source` whose answers are counted.

    Args:
        source: Who answers.
        metrics: Where they are counted.
    """

    def __init__(self, source: Source, metrics: Metrics) -> None:
        self._source = source
        self._metrics = metrics

    async def answer(self, need: Need) -> Fetched | Failure:
        """Ask, and count what came of it."""
        began = time.monotonic()
        answer = await self._source.answer(need)
        result = answer.code if isinstance(answer, Failure) else "ok"
        self._metrics.fetched(need.kind, result, time.monotonic() - began)
        return answer
