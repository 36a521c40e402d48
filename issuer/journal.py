"""What the running issuer writes down of itself: the only door to structlog.

One JSON object a line. Every field is known here, with the form that its value may have. There is no field
for a name, a student's number, an address, a link, a token or the text of an error: none can be written down.
"""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Callable, Mapping, MutableMapping
from datetime import UTC, datetime
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
            "event": r"started|stopped|answered|library",
            "method": r"GET|HEAD|POST|OPTIONS|PUT|PATCH|DELETE|other",
            "route": r"/[a-z0-9_./:{}-]{0,120}|none",
            "status": r"[1-5][0-9]{2}",
            "ms": r"[0-9]{1,9}",
            "code": r"[a-z_]{1,60}",
            "fault": r"[A-Za-z_][A-Za-z0-9_.]{0,80}",
            "where": r"[A-Za-z0-9_./-]{1,120}:[0-9]{1,6}",
            "logger": r"[a-z0-9_.]{1,80}",
        }.items()
    }
)
"""Every field, and the form of its value."""
OURS: Final = frozenset({"contexts", "keys", "credential", "issuer", "verifier"})


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
        """The issuer takes requests."""
        self._log.info("started")

    def stopped(self) -> None:
        """It takes no more."""
        self._log.info("stopped")

    def answered(self, *, method: str, route: str, status: int, ms: int) -> None:
        """A request has its answer.

        Args:
            method: GET, POST and so on.
            route: The address as our code writes it; "none" where there is no such.
            status: Of the answer.
            ms: How long it took.
        """
        self._log.info("answered", method=method, route=route, status=status, ms=ms)

    def library(self, record: logging.LogRecord) -> None:
        """Something that came through the standard library's logging: by whom and where, not in its words."""
        told: dict[str, Any] = {"logger": record.name.lower(), "where": f"{record.module}.py:{record.lineno}"}
        given = record.args if isinstance(record.args, tuple) else ()
        fault = record.exc_info[1] if record.exc_info else None
        fault = fault or next((one for one in given if isinstance(one, BaseException)), None)
        if fault is not None:
            told["fault"] = type(fault).__name__
            told["where"] = place_of(fault.__traceback__) or told["where"]
            if code := getattr(fault, "code", None):
                told["code"] = code
        write = self._log.error if record.levelno >= logging.ERROR else self._log.warning
        write("library", **told)

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
    """Where an error arose: the innermost line of our own, as file and line; "" where there is none."""
    root = Path(__file__).parent.parent
    for frame, line in reversed(list(traceback.walk_tb(trace))):
        path = Path(frame.f_code.co_filename)
        if path.is_relative_to(root) and path.relative_to(root).parts[0] in OURS:
            return f"{path.relative_to(root).as_posix()}:{line}"
    return ""


class _Bridge(logging.Handler):
    def __init__(self, journal: Journal) -> None:
        super().__init__(logging.WARNING)
        self._journal = journal

    def emit(self, record: logging.LogRecord) -> None:
        self._journal.library(record)
