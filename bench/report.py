"""What a run says: a table for people, one line of JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from bench.credentials import MIDDLE, SIZES
from bench.measuring import Ratio
from bench.run import Measured


@dataclass(frozen=True, slots=True)
class Goal:
    """A ratio that we hold ourselves to.

    Args:
        key: Its name in the JSON.
        says: What it is.
        top, bottom: The contenders of the middle race: the first takes so many times as long as the second.
        least: It should be at least this; or, where `most` is given, at most that.
        most: See `least`.
    """

    key: str
    says: str
    top: str
    bottom: str
    least: float = 0.0
    most: float = 0.0

    def met(self, value: float) -> bool:
        """Whether a value is as good as the goal."""
        return value <= self.most if self.most else value >= self.least

    def said(self) -> str:
        """The goal in a word."""
        return f"at most {self.most:g}" if self.most else f"at least {self.least:g}"


GOALS: Final = (
    Goal("issue_vs_db_js", "issue: Digital Bazaar takes, times ours", "db issue", "issue", least=20),
    Goal("issue_vs_pyld", "issue: plain PyLD takes, times ours", "pyld issue", "issue", least=25),
    Goal("issue_in_raw_signs", "issue, in bare signatures", "issue", "raw sign", most=10),
    Goal("verify_vs_db_js", "verify: Digital Bazaar takes, times ours", "db verify", "verify", least=15),
    Goal("verify_in_raw_verifies", "verify, in bare verifications", "verify", "raw verify", most=4),
    Goal(
        "full_verify_vs_openbadgeslib",
        "full verify: openbadgeslib takes, times ours",
        "openbadgeslib full, list as token",
        "full, list as token",
        least=60,
    ),
    Goal(
        "batch_issue_vs_db_js",
        "batch, each: Digital Bazaar takes, times ours",
        "db issue",
        "batch issue",
        least=50,
    ),
    Goal("batch_issue_in_raw_signs", "batch, each, in bare signatures", "batch issue", "raw sign", most=4),
)
SCALING: Final = Goal("two_process_scaling", "two processes, times one", "", "", least=1.8)
STATUS: Final = Goal("status_set_and_encode_ms", "status list: set and encode, ms", "", "", most=1)

OTHERS: Final = (
    (
        "full_verify_usual_list_vs_openbadgeslib",
        "openbadgeslib full",
        "full",
        "full verify, list with a proof inside (theirs leaves it unchecked)",
    ),
    (
        "issue_checked_vs_db_js",
        "db issue",
        "issue, checked",
        "issue, and check the own result: Digital Bazaar takes, times ours",
    ),
    (
        "issue_checked_in_raw_signs",
        "issue, checked",
        "raw sign",
        "issue, and check the own result, in bare signatures",
    ),
    ("issue_all_new_vs_db_js", "db issue", "issue, all new", "issue, no two of one achievement"),
    ("verify_all_new_vs_db_js", "db verify", "verify, all new", "verify, no two of one achievement"),
    (
        "batch_prepared_in_raw_signs",
        "batch issue, each prepared",
        "raw sign",
        "batch, house rules and schema of each too, in bare signatures",
    ),
    (
        "batch_checked_in_raw_signs",
        "batch issue, each checked",
        "raw sign",
        "batch, and check each own result, in bare signatures",
    ),
    ("verify_vs_pyld", "pyld verify", "verify", "verify: plain PyLD takes, times ours"),
    ("token_sign_in_raw_signs", "token sign", "raw sign", "VC-JWT: sign, in bare signatures"),
    ("token_verify_in_raw_verifies", "token verify", "raw verify", "VC-JWT: verify, in bare verifications"),
)

_FURTHER: Final = (
    "batch issue",
    "batch issue, each prepared",
    "batch issue, each checked",
    "issue, checked",
    "issue, all new",
    "verify, all new",
    "token sign",
    "token verify",
    "list set and encode",
    "list decode and look",
)
_COLUMNS: Final = (
    ("issue", "issue"),
    ("db issue", "DB JS"),
    ("pyld issue", "PyLD"),
    ("raw sign", "bare sign"),
    ("verify", "verify"),
    ("db verify", "DB JS"),
    ("pyld verify", "PyLD"),
    ("raw verify", "bare vfy"),
    ("full", "full vfy"),
    ("openbadgeslib full", "obl"),
    ("schema", "schema"),
)


def table(measured: Measured) -> Iterator[str]:
    """The lines that a person reads."""
    yield "Microseconds for one operation (undisturbed; medians of rounds), by size of credential:"
    yield f"{'':8}" + "".join(f"{head:>10}" for _, head in _COLUMNS)
    for size, race in measured.races.items():
        yield f"{size:8}" + "".join(f"{race.microseconds(name):>10.0f}" for name, _ in _COLUMNS)
    yield ""
    yield f"{'The middle credential, as ratios within one round':66}{'median':>8}{'quartiles':>18}  goal"
    for goal, ratio in _ratios(measured):
        mark = "met" if goal.met(ratio.median) else "MISSED"
        yield f"  {goal.says:64}{_quartiles(ratio)}  {goal.said()}: {mark}"
    for key, _, _, says in OTHERS:
        yield f"  {says:64}{_quartiles(_other(measured, key))}"
    yield "  (batch: once held against house rules and schema, its meaning from a shape, and its proof)"
    yield ""
    middle = measured.races[MIDDLE]
    for name in _FURTHER:
        yield f"  {name:28}{middle.microseconds(name):>10.0f} µs"
    yield "\nSteps of issuing the middle credential, each by itself:"
    for name in measured.steps.contenders:
        yield f"  {name:28}{measured.steps.microseconds(name):>10.0f} µs"
    yield ""
    yield from _throughput(measured)
    rounds = ", ".join(f"{size} {measured.plan.rounds[size]}" for size in SIZES)
    before, after = measured.load
    yield f"\nRounds: {rounds}. Load of the machine before and after: {before:.1f}, {after:.1f}."
    yield "Versions: " + ", ".join(f"{name} {number}" for name, number in measured.versions.items())


def as_json(measured: Measured) -> str:
    """Everything on one line."""
    ratios = {goal.key: ratio for goal, ratio in _ratios(measured)}
    ratios |= {key: _other(measured, key) for key, *_ in OTHERS}
    made: dict[str, Any] = {key: _short(ratio.median) for key, ratio in ratios.items()}
    made["quartiles"] = {key: [_short(ratio.low), _short(ratio.high)] for key, ratio in ratios.items()}
    made["microseconds"] = {
        size: {name: _short(race.microseconds(name)) for name in race.contenders}
        for size, race in measured.races.items()
    }
    steps, stored = measured.steps, measured.stored
    made["issue_steps_microseconds"] = {name: _short(steps.microseconds(name)) for name in steps.contenders}
    made["issue_and_store_per_second"] = _short(1e6 / stored.microseconds("issue"))
    made["issue_many_and_store_per_second"] = _short(1e6 / stored.microseconds("issue many"))
    made["per_second_of_one_and_two_processes"] = [
        _short(measured.scaling.one),
        _short(measured.scaling.two),
    ]
    made["http"] = {
        name: {"per_second": _short(one.per_second), "p50_ms": _short(one.p50), "p99_ms": _short(one.p99)}
        for name, one in measured.served.items()
    }
    made["batch_path"] = measured.batch_path
    made["rounds"] = measured.plan.rounds
    made["load"] = [_short(one) for one in measured.load]
    made["versions"] = measured.versions
    return json.dumps(made, separators=(",", ":"))


def _ratios(measured: Measured) -> Iterator[tuple[Goal, Ratio]]:
    middle = measured.races[MIDDLE]
    for goal in GOALS:
        yield goal, middle.ratio(goal.top, goal.bottom)
    yield SCALING, measured.scaling.gain
    yield STATUS, middle.milliseconds("list set and encode")


def _other(measured: Measured, key: str) -> Ratio:
    top, bottom = next((top, bottom) for name, top, bottom, _ in OTHERS if name == key)
    return measured.races[MIDDLE].ratio(top, bottom)


def _throughput(measured: Measured) -> Iterator[str]:
    scaling = measured.scaling
    yield f"  issued by one process {scaling.one:.0f}/s, by two {scaling.two:.0f}/s"
    for name, says in (("issue", "one by one"), ("issue many", "a hundred at a time")):
        per_second = 1e6 / measured.stored.microseconds(name)
        yield f"  issued and stored (SQLite), {says}: {per_second:.0f}/s"
    for name, served in measured.served.items():
        yield f"  {name}: {served.per_second:.0f}/s, p50 {served.p50:.1f} ms, p99 {served.p99:.1f} ms"


def _quartiles(ratio: Ratio) -> str:
    between = f"{_read(ratio.low)} to {_read(ratio.high)}"
    return f"{_read(ratio.median):>8}{between:>18}"


def _read(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def _short(value: float) -> float:
    return float(f"{value:.4g}")
