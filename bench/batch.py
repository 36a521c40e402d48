"""Many credentials of one achievement, as from one sheet: each for another student."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Any, Final

from bench.district import SIGNED_AT, District, sign
from bench.measuring import Contender, Operation
from bench.ours import Wrong, issuing
from contexts.document import compose
from issuer.prepare import prepare

PATH: Final = "credential.proof.batch"
"""Where the product signs what differs in a few texts from a template: values in, signed bytes out."""


def has_path() -> bool:
    """Whether the product has a way for many that is not one after the other."""
    return importlib.util.find_spec(PATH) is not None


def contenders(district: District, count: int) -> dict[str, Contender]:
    """Issue a batch, its beginning included.

    "batch issue" takes the product's way for many where there is one; it checks each value as strictly as the
    signature needs, and leaves house rules and schema to the template. "batch issue, each prepared" puts
    every credential through all of that besides.
    """
    drafts = [district.draft(1_000 + number) for number in range(count)]
    if not has_path():
        alone = issuing(district, drafts)
        return {"batch issue": alone, "batch issue, each prepared": alone}
    leaves = list(_differing(drafts))
    batch = importlib.import_module(PATH).Batch

    def begin() -> Callable[[Sequence[str]], bytes]:
        begun = batch(compose(drafts[0]), leaves, district.signer, created=SIGNED_AT)
        sign_one: Callable[[Sequence[str]], bytes] = begun.sign
        return sign_one

    awards = [([_at(draft, leaf) for leaf in leaves], draft) for draft in drafts]
    sign_one = begin()
    if any(sign_one(values) != sign(draft, district.signer) for values, draft in awards[:5]):
        raise Wrong("issuing together gives other credentials than issuing one by one")
    return {
        "batch issue": Together(begin, awards, prepared=False),
        "batch issue, each prepared": Together(begin, awards, prepared=True),
    }


@dataclass(frozen=True, slots=True)
class Together:
    """A batch as a contender: what one credential takes, with its share of the beginning.

    Each part is timed by itself. A whole batch takes longer than a busy machine leaves anybody alone.

    Args:
        begin: Makes the signer of the batch.
        awards: For each credential its own values, and the draft that they make.
        prepared: Whether each draft is prepared too.
    """

    begin: Callable[[], Callable[[Sequence[str]], bytes]]
    awards: Sequence[tuple[Sequence[str], dict[str, Any]]]
    prepared: bool

    def undisturbed(self, seconds: float) -> float:
        """Run for about so long; gives the sum of the lower deciles, in seconds for one credential."""
        beginnings = Operation(self.begin).undisturbed(seconds / 5)
        sign_one, following, prepared = self.begin(), cycle(self.awards), self.prepared

        def issue() -> bytes:
            values, draft = next(following)
            if prepared:
                prepare(draft)
            return sign_one(values)

        return beginnings / len(self.awards) + Operation(issue).undisturbed(seconds)


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
