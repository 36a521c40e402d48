"""What the running site writes down of itself: the only door to structlog.

One JSON object a line. Every field is known here, with the form that its value may have: a request's number,
a route as it is written in our own code, a status, a code. There is no field for an address, a link, a code,
a file, a name or the text of an error, so none of them can be written down, whoever calls.
"""

from __future__ import annotations

import errno
import logging
import re
import traceback
from collections.abc import Callable, Mapping, MutableMapping
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, Final, TextIO

import structlog

UNFIT: Final = "?"
"""What stands for a value that does not have its field's form."""

FIELDS: Final[Mapping[str, re.Pattern[str]]] = MappingProxyType(
    {
        name: re.compile(form)
        for name, form in {
            "at": r"[0-9T:.+-]{20,40}",
            "level": r"[a-z]{4,8}",
            "event": r"[a-z_]{1,40}",
            "request": r"[0-9a-f]{32}",
            "method": r"GET|HEAD|POST|OPTIONS|PUT|PATCH|DELETE|TRACE|CONNECT|other",
            "route": r"/[a-z0-9_./:{}-]{0,80}|/[CSR]/\{[a-z]+\}|none",
            "status": r"[1-5][0-9]{2}",
            "ms": r"[0-9]{1,9}",
            "code": r"[A-Za-z_]{1,60}",
            "fault": r"[A-Za-z_][A-Za-z0-9_.]{0,80}",
            "where": r"[A-Za-z0-9_./-]{1,120}:[0-9]{1,6}",
            "logger": r"[a-z0-9_.]{1,80}",
            "place": r"[!-~]{1,300}",
        }.items()
    }
)
"""Every field, and the form of its value. `place` is a trust list of the operator's own settings."""


class Event(StrEnum):
    """What is written down. Closed."""

    STARTED = "started"
    STOPPED = "stopped"
    ANSWERED = "answered"
    """A request has its answer."""
    FAULT = "fault"
    """Something of ours broke while a request was answered."""
    LIBRARY = "library"
    """A library, or a part of ours that knows no request, has something to say; its words are left out."""


class Journal:
    """Writes lines.

    Args:
        out: Where to.
        clock: Gives the time, aware.
    """

    def __init__(self, out: TextIO, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        def stamped(_logger: object, _method: str, told: MutableMapping[str, Any]) -> Mapping[str, Any]:
            return {**told, "at": clock().astimezone(UTC).isoformat(timespec="milliseconds")}

        self._log: Any = structlog.wrap_logger(
            structlog.PrintLogger(file=out),
            processors=[
                structlog.processors.add_log_level,
                stamped,
                only_known,
                structlog.processors.JSONRenderer(sort_keys=True),
            ],
            wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        )

    def started(self) -> None:
        """The site takes requests."""
        self._log.info(Event.STARTED.value)

    def stopped(self) -> None:
        """It takes no more."""
        self._log.info(Event.STOPPED.value)

    def answered(self, *, request: str, method: str, route: str, status: int, ms: int) -> None:
        """A request has its answer.

        Args:
            request: Its number, as in the answer's `X-Request-Id`.
            method: GET, POST and so on.
            route: The address as our code writes it, such as `/c/{text}`; "none" where there is no such.
            status: Of the answer.
            ms: How long it took.
        """
        self._log.info(
            Event.ANSWERED.value, request=request, method=method, route=route, status=status, ms=ms
        )

    def fault(self, fault: BaseException, *, request: str, route: str) -> None:
        """Something of ours broke: which kind of error, and where, and nothing that it says."""
        self._log.error(
            Event.FAULT.value,
            request=request,
            route=route,
            fault=type(fault).__name__,
            where=place_of(fault.__traceback__),
        )

    def library(self, record: logging.LogRecord) -> None:
        """Something that came through the standard library's logging: by whom and where, not in its words."""
        told: dict[str, Any] = {"logger": record.name.lower(), "where": f"{record.module}.py:{record.lineno}"}
        told |= {name: value for name in ("place", "code") if (value := getattr(record, name, None))}
        if isinstance(record.msg, BaseException):
            told["fault"] = type(record.msg).__name__
        if isinstance(record.msg, OSError) and record.msg.errno:
            told["code"] = errno.errorcode.get(record.msg.errno, "unknown")
        if record.exc_info and record.exc_info[1] is not None:
            told |= {"fault": type(record.exc_info[1]).__name__, "where": place_of(record.exc_info[2])}
        write = self._log.error if record.levelno >= logging.ERROR else self._log.warning
        write(Event.LIBRARY.value, **told)

    def take_over(self) -> None:
        """Write down what libraries say too, from warnings upwards; nothing else is written by anybody."""
        logging.basicConfig(level=logging.WARNING, handlers=[_Bridge(self)], force=True)


def only_known(_logger: object, _method: str, told: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """Keep what has a field, as far as its value has the field's form."""
    return {
        name: value if form.fullmatch(str(value)) else UNFIT
        for name, form in FIELDS.items()
        if (value := told.get(name)) is not None
    }


def place_of(trace: TracebackType | None) -> str:
    """Where an error arose: the innermost line of our own, as file and line; "none:0" where there is none."""
    root = Path(__file__).parent.parent
    ours = ("contexts", "keys", "credential", "verifier")
    for frame, line in reversed(list(traceback.walk_tb(trace))):
        path = Path(frame.f_code.co_filename)
        if path.is_relative_to(root) and path.relative_to(root).parts[0] in ours:
            return f"{path.relative_to(root).as_posix()}:{line}"
    return "none:0"


class _Bridge(logging.Handler):
    def __init__(self, journal: Journal) -> None:
        super().__init__(logging.WARNING)
        self._journal = journal

    def emit(self, record: logging.LogRecord) -> None:
        self._journal.library(record)
