"""Many credentials of one achievement, as from one sheet: each for another student.

The way is the one that `issuer.many.issue_many` takes, without its database: a badge that is like others gets
its signed form from their shape (`contexts.alike`), in `prepare`, and a proof by `add_proof`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Any, Final, TypeAlias

from bench.district import SIGNED_AT, District, sign
from bench.measuring import Contender, Operation
from bench.ours import WITHHELD, Wrong
from contexts.alike import Alikes
from contexts.canonical import filled_quads, walked_quads
from contexts.document import Document, compose
from contexts.pinned import ISSUING
from credential.proof.data_integrity import add_proof
from issuer.glance import is_plain
from issuer.house_rules import HouseRules
from issuer.prepare import prepare
from issuer.securing import VC, secure

PATH: Final = "contexts.alike"
"""Where the product works out what badges have in common."""

ENOUGH: Final = 8
"""Badges of one achievement of which it is learned in which texts they differ."""

Draft: TypeAlias = dict[str, Any]


def contenders(district: District, count: int) -> dict[str, Contender]:
    """Issue a batch, its beginning included.

    "batch issue" is what is left of a badge once it is read strictly and held against schema and house rules:
    its meaning, and the proof. "batch issue, each prepared" begins with the draft: all of the product's way
    from a draft to signed bytes. "batch issue, each checked" is all that the product does before it records
    one: its own result is checked too.
    """
    signer = district.signer
    drafts = [district.draft(1_000 + number) for number in range(count)]
    documents = _looked_at(drafts)

    def signing(document: Document) -> bytes:
        fresh = Document(document.raw, document.value)
        fresh.forms.update(document.forms)  # what is known of it by now: which others it is like
        filled_quads(fresh, contexts=ISSUING)
        return add_proof(fresh, signer, created=SIGNED_AT).raw

    def preparing(draft: Draft) -> bytes:
        return add_proof(prepare(draft).release(), signer, created=SIGNED_AT).raw

    def checking(draft: Draft) -> bytes:
        prepared = prepare(draft, withheld=WITHHELD)
        return secure(prepared, signer, also_jwt=False, now=SIGNED_AT)[VC]

    def begin() -> None:
        kinds = Alikes(ISSUING)
        for one in documents[:ENOUGH]:
            fresh = Document(one.raw, one.value)
            kinds.learn(fresh, walked_quads(fresh, contexts=ISSUING))
        if kinds.form(Document(documents[ENOUGH].raw, documents[ENOUGH].value)) is None:
            raise Wrong("badges of one achievement are not filled in")

    ways: dict[str, tuple[Callable[[Any], bytes], Sequence[Any]]] = {
        "batch issue": (signing, documents),
        "batch issue, each prepared": (preparing, drafts),
        "batch issue, each checked": (checking, drafts),
    }
    begin()
    for way, items in ways.values():
        if any(way(item) != sign(draft, signer) for item, draft in zip(items[:5], drafts, strict=False)):
            raise Wrong("issuing together gives other credentials than issuing one by one")
    return {name: Together(begin, way, items) for name, (way, items) in ways.items()}


def _looked_at(drafts: Sequence[Draft]) -> list[Document]:
    """Drafts, read strictly and held against schema and house rules, as `prepare` does that."""
    for draft in drafts[:ENOUGH]:
        prepare(draft)
    documents = [compose(draft) for draft in drafts]
    if not all(is_plain(one, HouseRules()) for one in documents):
        raise Wrong("a badge is not plain")
    return documents


@dataclass(frozen=True, slots=True)
class Together:
    """A batch as a contender: what one credential takes, with its share of the beginning.

    Each part is timed by itself. A whole batch takes longer than a busy machine leaves anybody alone.

    Args:
        begin: Meets so many of the batch that the rest is filled in.
        issue: Issues one.
        items: What is issued, one for each credential.
    """

    begin: Callable[[], None]
    issue: Callable[[Any], bytes]
    items: Sequence[Any]

    def undisturbed(self, seconds: float) -> float:
        """Run for about so long; gives the sum of the lower deciles, in seconds for one credential."""
        beginnings = Operation(self.begin).undisturbed(seconds / 5)
        following, issue = cycle(self.items), self.issue
        return beginnings / len(self.items) + Operation(lambda: issue(next(following))).undisturbed(seconds)
