"""A criterion in plain words, for lists and tables. What a student did or did not reach is put elsewhere."""

from __future__ import annotations

from issuer.catalog.criteria import Node


def in_words(node: Node, *, within: str = "") -> str:
    """What a node of the rule language asks for, as a phrase without a full stop at its end.

    Args:
        node: It.
        within: The assessment whose name stands above already, by its code, and is not said again.
    """
    if "score" in node or "level" in node:
        asked = node.get("score") or node["level"]
        words = [] if asked["assessment"] == within else [asked["assessment"]]
        words += [asked["part"]] if "part" in asked else []
        return " ".join([*words, asked["at_least"], "or more" if "score" in node else "or better"])
    if "certification" in node:
        return f"certification {node['certification']['code']}"
    if "attested" in node:
        said: str = node["attested"]["says"]
        return said.removesuffix(".")
    if "points" in node:
        rows = "; ".join(f"{row['points']} for {_inner(row['when'], within)}" for row in node["from"])
        return f"{node['points']} points ({rows})"
    if "of" in node:
        return f"{node['at_least']} of: " + "; ".join(_inner(child, within) for child in node["of"])
    joint = ", and " if "all_of" in node else ", or "
    return joint.join(_inner(child, within) for child in node.get("all_of") or node["any_of"])


def _inner(node: Node, within: str) -> str:
    """A part of a longer phrase, in brackets where it has parts itself."""
    several = any(len(node.get(name, ())) > 1 for name in ("all_of", "any_of", "of"))
    said = in_words(node, within=within)
    return f"({said})" if several else said
