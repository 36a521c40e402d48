"""The signed list of recognised issuers: who is recognised, for what, from when to when, and by whom.

A publisher (a state, an accreditor, a group of colleges) signs it with the issuer; a verifier reads it with
the publisher's key pinned. Here is only the form: values in, bytes out, and back.
"""

from credential.trust_list.model import (
    ListedIssuer,
    Publisher,
    Recognition,
    TrustListCredential,
    Withdrawal,
)
from credential.trust_list.reading import read_payload
from credential.trust_list.signing import MEDIA_TYPE, digest, open_list, sign_list
from credential.trust_list.writing import write_payload

__all__ = [
    "MEDIA_TYPE",
    "ListedIssuer",
    "Publisher",
    "Recognition",
    "TrustListCredential",
    "Withdrawal",
    "digest",
    "open_list",
    "read_payload",
    "sign_list",
    "write_payload",
]
