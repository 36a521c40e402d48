"""Where a badge leads: nearest first, in columns, within a bound."""

from __future__ import annotations

from dataclasses import dataclass

from issuer.catalog.pathways import Association, Edge, Pathway, Pathways, Step
from issuer.pathway_map import MOST_STEPS, pathway_map


@dataclass(frozen=True)
class Heading:
    version: str = "1"


def ways(*edges: tuple[str, str], association: Association = Association.PRECEDES) -> Pathways:
    codes = {code for edge in edges for code in edge}
    way = Pathway("P", "A way", "C", ("A",), tuple(Edge(a, association, b) for a, b in edges), {})
    return Pathways(Heading(), {"P": way}, {code: Step(code, f"Step {code}", "X") for code in codes})  # type: ignore[arg-type]  # the heading is not looked at


def test_steps_stand_in_columns_by_their_distance() -> None:
    found = pathway_map(ways(("A", "B"), ("A", "C"), ("B", "D"), ("Z", "A")), "A")
    assert found is not None
    assert [(one.step.code, one.depth) for one in found.boxes] == [("A", 0), ("B", 1), ("C", 1), ("D", 2)]
    assert len({(one.x, one.y) for one in found.boxes}) == 4
    assert len(found.lines) == 3


def test_a_badge_that_leads_nowhere_or_is_on_no_pathway_has_no_map() -> None:
    assert pathway_map(ways(("A", "B")), "B") is None
    assert pathway_map(ways(("A", "B")), "Q") is None
    assert pathway_map(ways(("A", "B"), association=Association.PEER), "A") is None


def test_a_map_has_so_many_steps_and_no_more() -> None:
    at = pathway_map(ways(*(("A", f"S{n}") for n in range(MOST_STEPS - 1))), "A")
    past = pathway_map(ways(*(("A", f"S{n}") for n in range(MOST_STEPS + 5))), "A")
    assert at is not None
    assert past is not None
    assert len(at.boxes) == len(past.boxes) == MOST_STEPS
