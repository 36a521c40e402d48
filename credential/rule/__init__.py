"""The rule language and its only evaluator: what shows readiness, and whether somebody has it.

Issuer and verifier judge with the same code: a district by what it recorded, a verifier by what the embedded
credentials say themselves. Diploma endorsements and stackable pathways are rules like any other.
"""

from credential.rule.document import (
    RULE_MEDIA_TYPE,
    CountedDecision,
    Doubts,
    RuleDocument,
    compose_rule,
    input_json,
    judge,
    parse_rule,
)
from credential.rule.inputs import AttestedInput, CertificationInput, Facts, Input, Reason, ScoreInput
from credential.rule.judging import Judgement, evaluate
from credential.rule.nodes import (
    AllOf,
    AnyOf,
    AtLeast,
    Attested,
    Holds,
    Leaf,
    Level,
    Node,
    Part,
    Points,
    Score,
)
from credential.rule.reading import node_json, parse_node

__all__ = [
    "RULE_MEDIA_TYPE",
    "AllOf",
    "AnyOf",
    "AtLeast",
    "Attested",
    "AttestedInput",
    "CertificationInput",
    "CountedDecision",
    "Doubts",
    "Facts",
    "Holds",
    "Input",
    "Judgement",
    "Leaf",
    "Level",
    "Node",
    "Part",
    "Points",
    "Reason",
    "RuleDocument",
    "Score",
    "ScoreInput",
    "compose_rule",
    "evaluate",
    "input_json",
    "judge",
    "node_json",
    "parse_node",
    "parse_rule",
]
