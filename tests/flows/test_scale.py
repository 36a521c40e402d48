"""The measurement of a million runs, with few, and says a ratio for each thing."""

from __future__ import annotations

import pytest

from bench import scale


def test_what_is_measured_is_said_as_ratios(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"SMALL": 50, "WITHDRAWN_EACH": 3, "ROUNDS": 2}.items():
        monkeypatch.setattr(scale, name, value)
    found = scale.measure(100)
    assert (found["credentials"], found["against"], found["lists"]) == (100, 50, 1)
    assert all(found[what]["ratio"] > 0 for what in scale.MEASURED)
