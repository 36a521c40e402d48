"""What a wallet reads about an issuer before it asks for anything (OpenID4VCI 1.0, 12.2; RFC 8414)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from issuer.draft import CONTEXTS
from issuer.wallet.offers import GRANT
from issuer.wallet.proofs import ALGORITHMS, CRYPTOSUITES

LDP, JWT = "ldp_vc", "jwt_vc_json"
"""A badge with an embedded proof; and, where the district wants it, our VC-JWT under the name that wallets
know, which is practice beyond the text (docs/wallets.md)."""
MOST_CONFIGURATIONS: Final = 2_000
"""How many kinds of badges the metadata lists."""
TYPES: Final = ("VerifiableCredential", "AchievementCredential")
_CLAIMS: Final = (
    (("credentialSubject", "achievement", "name"), "Badge", "Insignia"),
    (("credentialSubject", "identifier", None, "identityHash"), "Name", "Nombre"),
    (("awardedDate",), "Earned on", "Obtenida el"),
    (("validUntil",), "Valid until", "Válida hasta"),
)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of badge: the id of its achievement in the store, and what it says of itself."""

    achievement_id: str
    name: str
    description: str
    image: str | None
    image_words: str | None


def configuration_id(achievement_id: str, form: str) -> str:
    """How a kind of badge in one form is called in metadata, offers and requests."""
    return f"{achievement_id}.{form}"


def configuration(kind: Kind, form: str, algorithms: Sequence[str]) -> dict[str, Any]:
    """One entry of `credential_configurations_supported`.

    Args:
        kind: What it is given for.
        form: `LDP` or `JWT`.
        algorithms: What we sign with: cryptosuites for `LDP`, JOSE names for `JWT`.
    """
    definition: dict[str, Any] = {"type": list(TYPES)}
    if form == LDP:
        definition = {"@context": list(CONTEXTS)} | definition
    shown: dict[str, Any] = {"name": kind.name}
    if kind.description:
        shown["description"] = kind.description
    if kind.image:
        shown["logo"] = {"uri": kind.image, "alt_text": kind.image_words or kind.name}
    return {
        "format": form,
        "credential_definition": definition,
        "cryptographic_binding_methods_supported": ["did:key", "did:jwk", "jwk"],
        "credential_signing_alg_values_supported": list(algorithms),
        "proof_types_supported": {
            "jwt": {"proof_signing_alg_values_supported": list(ALGORITHMS)},
            "di_vp": {"proof_signing_alg_values_supported": list(CRYPTOSUITES)},
        },
        "credential_metadata": {
            "display": [shown | {"locale": locale} for locale in ("en-US", "es-US")],
            "claims": [
                {
                    "path": list(path),
                    "display": [{"name": en, "locale": "en-US"}, {"name": es, "locale": "es-US"}],
                }
                for path, en, es in _CLAIMS
            ],
        },
    }


def issuer_metadata(
    issuer: str, name: str, kinds: Iterable[Kind], algorithms: Mapping[str, Sequence[str]]
) -> dict[str, Any]:
    """The Credential Issuer Metadata.

    Args:
        issuer: The Credential Issuer Identifier.
        name: The district's.
        kinds: What it can give.
        algorithms: For each form that is given out, what it is signed with.
    """
    return {
        "credential_issuer": issuer,
        "credential_endpoint": f"{issuer}/wallet/credential",
        "nonce_endpoint": f"{issuer}/wallet/nonce",
        "deferred_credential_endpoint": f"{issuer}/wallet/deferred",
        "notification_endpoint": f"{issuer}/wallet/notification",
        "display": [{"name": name, "locale": locale} for locale in ("en-US", "es-US")],
        "credential_configurations_supported": {
            configuration_id(kind.achievement_id, form): configuration(kind, form, signed)
            for kind in list(kinds)[:MOST_CONFIGURATIONS]
            for form, signed in algorithms.items()
        },
    }


def server_metadata(issuer: str) -> dict[str, Any]:
    """The authorization server's metadata: one grant, no client id, no page to sign in at."""
    return {
        "issuer": issuer,
        "token_endpoint": f"{issuer}/wallet/token",
        "token_endpoint_auth_methods_supported": ["none"],
        "grant_types_supported": [GRANT],
        "response_types_supported": [],
        "pre-authorized_grant_anonymous_access_supported": True,
    }
