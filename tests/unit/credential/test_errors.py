from __future__ import annotations

import ast
from pathlib import Path

from credential.errors import CODES, CredentialError

ROOT = Path(__file__).parents[3]


def codes_raised() -> dict[str, str]:
    """Every code that is written out in the call of a `CredentialError` or a `Fault` of this package."""
    found: dict[str, str] = {}
    for path in sorted((ROOT / "credential").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
                first = node.args[0]
                if node.func.id in {"CredentialError", "Fault"} and isinstance(first, ast.Constant):
                    found[str(first.value)] = f"{path.relative_to(ROOT)}:{node.lineno}"
    return found


def test_every_code_that_is_raised_is_explained() -> None:
    raised = codes_raised()
    assert len(raised) > 30
    assert {code: where for code, where in raised.items() if code not in CODES} == {}


def test_an_error_says_its_code_its_sentence_and_its_place() -> None:
    error = CredentialError("bad_date", "it names no moment", "/validFrom")
    assert (error.code, error.message, error.pointer) == ("bad_date", "it names no moment", "/validFrom")
    assert str(error) == "bad_date: it names no moment (at /validFrom)"
    assert str(CredentialError("bad_date", "it names no moment")) == "bad_date: it names no moment"
    assert isinstance(error, ValueError)
