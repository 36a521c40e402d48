"""Under which key a member endorses: one that can be checked, theirs alone, and not the district's."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from issuer.decisions.errors import DecisionRefused
from issuer.signing_keys import KEYS_OF_EXAMPLES
from issuer.store import decision_tables as rows
from issuer.store import queries
from issuer.store.session import Session
from keys.did import did_jwk_document, parse_did
from keys.errors import KeyRefused
from keys.public import PublicKey

_METHODS: Final = ("key", "jwk", "web")


def check_endorser(endorser: str, key: str) -> None:
    """Refuse a DID under which nothing could be checked.

    Args:
        endorser: The DID.
        key: The Multikey of a `did:web`, or "".

    Raises:
        DecisionRefused: `bad_member`.
    """
    try:
        method = parse_did(endorser).method
        if method not in _METHODS:
            raise DecisionRefused("bad_member", "endorsements are signed under a did:key, did:jwk or did:web")
        if key and method != "web":
            raise DecisionRefused("bad_member", f"a did:{method} holds its own key: give none beside it")
        found = _key(endorser, key)
    except KeyRefused as fault:
        raise DecisionRefused("bad_member", f"the endorser's DID or key cannot be used: {fault}") from fault
    if found is not None and found.thumbprint() in _EXAMPLES:
        raise DecisionRefused(
            "bad_member",
            "anybody can sign with this key: it stands in a specification with its private half. Ask for the "
            "member's own",
        )


def check_own(
    session: Session, district_id: str, others: Iterable[rows.Member], endorser: str, key: str
) -> None:
    """Refuse a key that is another member's too, or the district's own, under whatever name it comes.

    With one key under two names, one person would be two members; and a district does not endorse itself.

    Args:
        session: The database.
        district_id: Whose committee.
        others: Its other members, those who left too.
        endorser: The DID, as `check_endorser` lets it pass.
        key: The Multikey of a `did:web`, or "".

    Raises:
        DecisionRefused: `bad_member`.
    """
    found = _key(endorser, key)
    own = {PublicKey.from_multikey(row.multikey) for row in queries.signing_keys(session, district_id)}
    if endorser == queries.district(session, district_id).did or found in own:
        raise DecisionRefused("bad_member", "a district does not endorse itself: give the member's own DID")
    for row in others:
        if row.endorser == endorser:
            raise DecisionRefused("bad_member", "another member signs under this DID already")
        if found is not None and row.endorser and _key(row.endorser, row.endorser_key or "") == found:
            raise DecisionRefused(
                "bad_member", f"{row.id} signs with this key already, under another DID: each has their own"
            )


def _key(endorser: str, key: str) -> PublicKey | None:
    """The key behind a DID; None for a `did:web` whose key nobody has given yet.

    Raises:
        KeyRefused: It holds none that can be read.
    """
    parsed = parse_did(endorser)
    if parsed.method == "key":
        return PublicKey.from_multikey(parsed.identifier)
    if parsed.method == "jwk":
        return PublicKey.from_jwk(did_jwk_document(endorser)["verificationMethod"][0]["publicKeyJwk"])
    return PublicKey.from_multikey(key) if key else None


_EXAMPLES: Final = frozenset(PublicKey.from_multikey(one).thumbprint() for one in KEYS_OF_EXAMPLES)
