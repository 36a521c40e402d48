"""A rule as JSON, read and written.

    {"all_of": [...]} | {"any_of": [...]} | {"at_least": 2, "of": [...]}
    {"points": "90", "from": [{"points": "45", "when": {...}}]}
    {"score": {"assessment", "part"?, "at_least"}} | {"level": {"assessment", "part"?, "at_least", "order"}}
    {"certification": {"code"}} | {"attested": {"what", "says"}}

Any of them may carry "label". What the language does not define is refused: a word that is passed over could
be the one that made the rule harder.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from contexts.errors import pointer
from credential.errors import CredentialError
from credential.rule.nodes import (
    LONGEST_TEXT,
    MOST_DEPTH,
    MOST_LEVELS,
    MOST_NODES,
    AllOf,
    AnyOf,
    AtLeast,
    Attested,
    Holds,
    Level,
    Node,
    Part,
    Points,
    Score,
)

_DECIMAL: Final = re.compile(r"-?(0|[1-9][0-9]{0,8})(\.[0-9]{1,6})?", re.ASCII)
_SHAPES: Final = (
    frozenset({"all_of"}),
    frozenset({"any_of"}),
    frozenset({"at_least", "of"}),
    frozenset({"points", "from"}),
    frozenset({"score"}),
    frozenset({"level"}),
    frozenset({"certification"}),
    frozenset({"attested"}),
)
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_JOINERS: Final = "\u200c\u200d"  # Persian and Indic words need them

Path = tuple[str | int, ...]


def decimal(text: str) -> Decimal | None:
    """A number as a rule writes it, such as `3.75`; None for any other text.

    >>> decimal("520"), decimal("1e9"), decimal("")
    (Decimal('520'), None, None)
    """
    return Decimal(text) if _DECIMAL.fullmatch(text) else None


def parse_node(value: Any, at: Path = ()) -> Node:
    """Read a rule.

    Args:
        value: A JSON value, already read strictly.
        at: Where it stands in its document, for errors.

    Raises:
        CredentialError: `bad_rule` for what the language does not have; `rule_too_large` for a rule that is
            deeper, has more parts or longer texts than are read.
    """
    reader = _Reader()
    return reader.node(value, at, 1)


class _Reader:
    """Counts the nodes of one rule while it reads them."""

    def __init__(self) -> None:
        self._nodes = 0

    def node(self, value: Any, at: Path, depth: int) -> Node:
        self._nodes += 1
        if self._nodes > MOST_NODES:
            raise CredentialError("rule_too_large", f"a rule has at most {MOST_NODES} parts", pointer(*at))
        if depth > MOST_DEPTH:
            raise CredentialError("rule_too_large", f"a rule is at most {MOST_DEPTH} deep", pointer(*at))
        if not isinstance(value, Mapping) or frozenset(value) - {"label"} not in _SHAPES:
            raise CredentialError("bad_rule", "this is not a rule of the rule language", pointer(*at))
        label = text_of(value, "label", at) if "label" in value else ""
        if "points" in value:
            return self._points(value, label, at, depth)
        for name, make in (("all_of", AllOf), ("any_of", AnyOf)):
            if name in value:
                return make(self._several(value[name], (*at, name), depth), label)
        if "of" in value:
            of = self._several(value["of"], (*at, "of"), depth)
            count = value["at_least"]
            if not isinstance(count, int) or isinstance(count, bool) or not 1 <= count <= len(of):
                message = "at_least is a whole number from 1 to the number of rules in of"
                raise CredentialError("bad_rule", message, pointer(*at, "at_least"))
            return AtLeast(count, of, label)
        return _leaf(value, label, at)

    def _several(self, value: Any, at: Path, depth: int) -> tuple[Node, ...]:
        # None would be met by everybody, whatever they did.
        if not isinstance(value, list) or not value:
            raise CredentialError("bad_rule", "a list of at least one rule stands here", pointer(*at))
        return tuple(self.node(one, (*at, index), depth + 1) for index, one in enumerate(value))

    def _points(self, value: Mapping[str, Any], label: str, at: Path, depth: int) -> Points:
        listed = value["from"]
        if not isinstance(listed, list) or not listed:
            raise CredentialError("bad_rule", "a list of at least one part stands here", pointer(*at, "from"))
        parts = []
        for index, one in enumerate(listed):
            here = (*at, "from", index)
            members_of(one, {"points", "when"}, here)
            when = self.node(one["when"], (*here, "when"), depth + 1)
            parts.append(Part(_positive(one, here), when))
        return Points(_positive(value, at), tuple(parts), label)


def _leaf(value: Mapping[str, Any], label: str, at: Path) -> Node:
    if "score" in value:
        asked, here = value["score"], (*at, "score")
        members_of(asked, {"assessment", "at_least"}, here, {"part"})
        at_least = number_of(asked, "at_least", here)
        return Score(text_of(asked, "assessment", here), at_least, _part(asked, here), label)
    if "level" in value:
        asked, here = value["level"], (*at, "level")
        members_of(asked, {"assessment", "at_least", "order"}, here, {"part"})
        order = _order(asked, here)
        least = text_of(asked, "at_least", here)
        if least not in order:
            message = "the level that is asked for stands in the order"
            raise CredentialError("bad_rule", message, pointer(*here, "at_least"))
        return Level(text_of(asked, "assessment", here), least, order, _part(asked, here), label)
    if "certification" in value:
        asked, here = value["certification"], (*at, "certification")
        members_of(asked, {"code"}, here)
        return Holds(text_of(asked, "code", here), label)
    asked, here = value["attested"], (*at, "attested")
    members_of(asked, {"what", "says"}, here)
    return Attested(text_of(asked, "what", here), text_of(asked, "says", here), label)


def _part(asked: Mapping[str, Any], at: Path) -> str:
    return text_of(asked, "part", at) if "part" in asked else ""


def _order(asked: Mapping[str, Any], at: Path) -> tuple[str, ...]:
    listed = asked["order"]
    if not isinstance(listed, list) or not 1 <= len(listed) <= MOST_LEVELS:
        message = f"order lists 1 to {MOST_LEVELS} levels, lowest first"
        raise CredentialError("bad_rule", message, pointer(*at, "order"))
    named = {str(index): level for index, level in enumerate(listed)}
    levels = tuple(text_of(named, index, (*at, "order")) for index in named)
    if len(set(levels)) != len(levels):
        raise CredentialError("bad_rule", "no level stands twice in order", pointer(*at, "order"))
    return levels


def _positive(value: Mapping[str, Any], at: Path) -> str:
    text = number_of(value, "points", at)
    if Decimal(text) <= 0:
        raise CredentialError("bad_rule", "points are more than 0", pointer(*at, "points"))
    return text


def members_of(
    value: Any, needed: set[str], at: Path, allowed: frozenset[str] | set[str] = frozenset()
) -> None:
    """Hold an object against the members that it must and may have.

    Raises:
        CredentialError: `bad_rule`.
    """
    if not isinstance(value, Mapping) or not needed <= set(value) <= needed | set(allowed):
        names = ", ".join(sorted(needed | set(allowed)))
        raise CredentialError("bad_rule", f"an object with {names} stands here", pointer(*at))


def text_of(value: Mapping[str, Any], name: str, at: Path) -> str:
    """A text of a rule: not empty, not too long, and nothing in it that nobody can see.

    Raises:
        CredentialError: `bad_rule`, `rule_too_large`.
    """
    text = value[name]
    if not isinstance(text, str) or not text or text != text.strip():
        message = f"{name} is a text without white space around it"
        raise CredentialError("bad_rule", message, pointer(*at, name))
    if len(text) > LONGEST_TEXT:
        message = f"{name} has {len(text)} characters; at most {LONGEST_TEXT} are read"
        raise CredentialError("rule_too_large", message, pointer(*at, name))
    if any(unicodedata.category(one) in _UNSEEN and one not in _JOINERS for one in text):
        raise CredentialError("bad_rule", f"{name} has characters that nobody can see", pointer(*at, name))
    return text


def number_of(value: Mapping[str, Any], name: str, at: Path) -> str:
    """A decimal number as text.

    Raises:
        CredentialError: `bad_rule`.
    """
    text = value[name]
    if not isinstance(text, str) or decimal(text) is None:
        message = f'{name} is a decimal number in quotes, such as "3.5"'
        raise CredentialError("bad_rule", message, pointer(*at, name))
    return text


def node_json(node: Node) -> dict[str, Any]:
    """A rule as the JSON value that `parse_node` reads."""
    made = _unlabelled(node)
    return made | {"label": node.label} if node.label else made


def _unlabelled(node: Node) -> dict[str, Any]:
    match node:
        case AllOf():
            return {"all_of": [node_json(one) for one in node.of]}
        case AnyOf():
            return {"any_of": [node_json(one) for one in node.of]}
        case AtLeast():
            return {"at_least": node.count, "of": [node_json(one) for one in node.of]}
        case Points():
            parts = [{"points": one.points, "when": node_json(one.when)} for one in node.parts]
            return {"points": node.points, "from": parts}
        case Score():
            part = {"part": node.part} if node.part else {}
            return {"score": {"assessment": node.assessment, **part, "at_least": node.at_least}}
        case Level():
            part = {"part": node.part} if node.part else {}
            asked = {"assessment": node.assessment, **part, "at_least": node.at_least}
            return {"level": {**asked, "order": list(node.order)}}
        case Holds():
            return {"certification": {"code": node.code}}
        case Attested():
            return {"attested": {"what": node.what, "says": node.says}}
