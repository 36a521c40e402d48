"""A process that answers one line of JSON with one line of JSON."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

PATIENCE = 10.0


class Lines:
    """A process of our own for as long as the block lasts.

    Args:
        words: The command.
        folder: Where it runs.
    """

    def __init__(self, words: Sequence[str], folder: Path) -> None:
        self._words = list(words)
        self._folder = folder
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            self._words,
            cwd=self._folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is None:
            return
        try:
            self._process.communicate(timeout=PATIENCE)  # it ends with its input
        except (subprocess.TimeoutExpired, OSError):
            self._process.kill()
            self._process.communicate()

    def tell(self, **question: Any) -> None:
        """Ask without waiting."""
        if self._process is None or self._process.stdin is None:
            raise RuntimeError(f"{self._words[0]} does not run")
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()

    def hear(self) -> dict[str, Any]:
        """Wait for the next answer.

        Raises:
            RuntimeError: The process says that something went wrong, or says nothing more.
        """
        if self._process is None or self._process.stdout is None:
            raise RuntimeError(f"{self._words[0]} does not run")
        answer: dict[str, Any] = json.loads(self._process.stdout.readline() or '{"error": "it has ended"}')
        if "error" in answer:
            raise RuntimeError(f"{self._words[0]}: {answer['error']}")
        return answer

    def ask(self, **question: Any) -> dict[str, Any]:
        """Ask, and wait for the answer."""
        self.tell(**question)
        return self.hear()
