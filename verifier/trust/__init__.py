"""Trust that says for what: lists of recognised issuers, plain and signed, and what follows from them.
Pure.
"""

from credential.trust_list.values import LOOPBACK
from verifier.trust.model import (
    NOBODY,
    Trust,
    TrustEntry,
    TrustList,
    TrustListError,
    TrustLists,
)
from verifier.trust.plain import parse_origin, parse_trust_list
from verifier.trust.selecting import Asked, Standing, stand
from verifier.trust.signed import Known, Pins, accept_list, pinned

__all__ = [
    "LOOPBACK",
    "NOBODY",
    "Asked",
    "Known",
    "Pins",
    "Standing",
    "Trust",
    "TrustEntry",
    "TrustList",
    "TrustListError",
    "TrustLists",
    "accept_list",
    "parse_origin",
    "parse_trust_list",
    "pinned",
    "stand",
]
