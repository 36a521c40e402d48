"""The command line in this process: its tree of commands is made once, not at every call."""

from __future__ import annotations

from functools import cache
from typing import Any
from unittest.mock import patch

import typer.main
import typer.testing
from typer.testing import Result

__all__ = ["CliRunner", "Result"]

_made = cache(typer.main.get_command)


class CliRunner(typer.testing.CliRunner):
    """Typer's own. To make the tree of all commands takes longer than most commands do."""

    def invoke(self, *given: Any, **named: Any) -> Result:
        """Run one command."""
        with patch.object(typer.testing, "_get_command", _made):
            return super().invoke(*given, **named)
