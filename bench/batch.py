"""Many credentials of one achievement, as from one sheet: each for another student."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from bench.district import SIGNED_AT, District, sign
from bench.measuring import Operation
from bench.ours import Wrong
from contexts.document import compose
from issuer.prepare import prepare

PATH: Final = "credential.proof.batch"
"""Where the product signs what differs in a few texts from a template: values in, signed bytes out."""

_ONE_BY_ONE: Final = 20
"""So many are timed where each is issued by itself: none of them is cheaper than the others."""


def has_path() -> bool:
    """Whether the product has a way for many that is not one after the other."""
    return importlib.util.find_spec(PATH) is not None


def contenders(district: District, count: int) -> dict[str, Operation]:
    """Issue a batch, its beginning included.

    "batch issue" takes the product's way for many where there is one; it checks each value as strictly as the
    signature needs, and leaves house rules and schema to the template. "batch issue, each prepared" puts
    every credential through all of that besides.
    """
    drafts = [district.draft(1_000 + number) for number in range(count)]
    if not has_path():
        some = drafts[:_ONE_BY_ONE]
        alone = Operation(lambda: [sign(draft, district.signer) for draft in some], len(some))
        return {"batch issue": alone, "batch issue, each prepared": alone}
    leaves = list(_differing(drafts))
    values = [[_at(draft, leaf) for leaf in leaves] for draft in drafts]
    together = _together(district, drafts[0], leaves)
    if together(values[:5]) != [sign(draft, district.signer) for draft in drafts[:5]]:
        raise Wrong("issuing together gives other credentials than issuing one by one")

    def with_every_check() -> list[bytes]:
        for draft in drafts:
            prepare(draft)
        return together(values)

    return {
        "batch issue": Operation(lambda: together(values), count),
        "batch issue, each prepared": Operation(with_every_check, count),
    }


def _together(
    district: District, template: dict[str, Any], leaves: Sequence[str]
) -> Callable[[Sequence[Sequence[str]]], list[bytes]]:
    path = importlib.import_module(PATH)

    def issue(values: Sequence[Sequence[str]]) -> list[bytes]:
        batch = path.Batch(compose(template), leaves, district.signer, created=SIGNED_AT)
        return [batch.sign(one) for one in values]

    return issue


def _differing(drafts: Sequence[dict[str, Any]]) -> Iterator[str]:
    """JSON Pointers of the texts in which the drafts differ."""
    for leaf in _leaves(drafts[0]):
        if any(_at(draft, leaf) != _at(drafts[0], leaf) for draft in drafts):
            yield leaf


def _leaves(value: Any, at: str = "") -> Iterator[str]:
    if isinstance(value, str):
        yield at
    elif isinstance(value, dict):
        for name, child in value.items():
            yield from _leaves(child, f"{at}/{name}")
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from _leaves(child, f"{at}/{index}")


def _at(value: Any, leaf: str) -> Any:
    for step in leaf.split("/")[1:]:
        value = value[int(step)] if isinstance(value, list) else value[step]
    return value
