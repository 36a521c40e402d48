"""Which key a controller's document really names for making assertions (CID 1.0, 3.3)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from keys.did_syntax import check_host, parse_did_url
from keys.errors import KeyRefused
from keys.public import KeyType, PublicKey

RELATIONSHIPS = (
    "authentication",
    "assertionMethod",
    "keyAgreement",
    "capabilityInvocation",
    "capabilityDelegation",
)
MOST_METHODS = 256
_SECRETS = frozenset({"secretKeyMultibase", "secretKeyJwk", "privateKeyMultibase", "privateKeyJwk"})
_MATERIAL = frozenset(
    {"publicKeyMultibase", "publicKeyJwk", "publicKeyBase58", "publicKeyPem", "publicKeyHex"}
)
_JWK_TYPES = frozenset({"JsonWebKey", "JsonWebKey2020"})
_MULTIBASE_TYPES = frozenset({"Multikey", "Ed25519VerificationKey2020"})
_DATE_TIME_STAMP = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)", re.ASCII
)  # XML Schema 1.1 part 2, 3.4.28
_HTTPS_METHOD = re.compile(
    r"(?P<document>https://(?P<host>[^/:?#@\\]+)(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~/-]*)?)#[A-Za-z0-9._~-]+",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class AssertionKey:
    """A key that its controller lists for making assertions. `assertion_key` and `assertion_keys` make it.

    Attributes:
        id: The verification method, absolute.
        controller: Who lists it; the document's id.
        public_key: The key.
        expires: After it the key signs nothing (CID 1.0, 2.2).
        revoked: From it on the key may be in somebody else's hands (CID 1.0, 2.2).
    """

    id: str
    controller: str
    public_key: PublicKey
    expires: datetime | None = None
    revoked: datetime | None = None

    def check_use(self, claimed: datetime, *, witnessed: datetime | None = None) -> None:
        """Refuse a signature that the key could not make, or that somebody else could have made.

        Args:
            claimed: When the signature says that it was made. Whoever holds the key writes it, so it counts
                only as long as nobody else does.
            witnessed: When somebody other than the key's holder is known to have seen the signature, or None.
                Nothing else can save a signature once its key has been revoked.

        Raises:
            KeyRefused: `key_revoked` unless it was seen before; `key_expired` when it claims a time after.
        """
        if self.revoked is not None and (witnessed is None or witnessed >= self.revoked):
            raise KeyRefused(
                "key_revoked", "The issuer has revoked this key: the signature may be anybody's."
            )
        if self.expires is not None and claimed > self.expires:
            raise KeyRefused("key_expired", "The signature claims a time at which its key had been retired.")


def assertion_key(
    document: Mapping[str, Any], method: str, *, purpose: str = "assertionMethod"
) -> AssertionKey:
    """Find a verification method in the document of its controller (CID 1.0, 3.3, retrieve verification
    method).

    Args:
        document: The controller's document, as it was fetched for what stands before the method's `#`.
        method: A DID URL, or an https URL with a fragment.
        purpose: The relationship in which the document must list it, by reference or by value.

    Raises:
        KeyRefused: `malformed_did_url` and the codes of `parse_did_url`; `document_mismatch` when the
            document is somebody else's; `malformed_document`; `key_not_in_document`; `ambiguous_key` when two
            methods have the id and differ; `wrong_relationship` when it is not listed for the purpose,
            `key_revoked` when that is because it was revoked; `controller_mismatch` when it says another
            controller; `unsupported_key` for another type; `private_material` and the codes of `PublicKey`
            for the key itself.
    """
    if document.get("id") != _document_of(method):
        raise KeyRefused("document_mismatch", "The document is not the one of this key's controller.")
    found = [one for one in _methods(document) if _absolute(document, one.get("id")) == method]
    if not found:
        raise KeyRefused("key_not_in_document", "The controller's document lists no key under this name.")
    if any(one != found[0] for one in found):
        raise KeyRefused("ambiguous_key", "The controller's document lists two keys under one name.")
    if method not in _listed(document, purpose):
        if "revoked" in found[0]:
            raise KeyRefused(
                "key_revoked", "The issuer has revoked this key: the signature may be anybody's."
            )
        raise KeyRefused("wrong_relationship", f"The controller does not list this key under {purpose}.")
    return _read(document, method, found[0])


def assertion_keys(document: Mapping[str, Any]) -> tuple[AssertionKey, ...]:
    """Every key that a document lists for making assertions and that can be used, in its order.

    Keys that `assertion_key` refuses (another type, malformed, ambiguous) are left out: they can vouch for
    nothing.

    Raises:
        KeyRefused: `malformed_document` when the document itself cannot be read.
    """
    if not isinstance(document.get("id"), str):
        raise KeyRefused("malformed_document", "The controller's document has no id.")
    keys = []
    for _ in _methods(document):
        pass  # the whole document is well-formed before any part of it counts
    for method in dict.fromkeys(_listed(document, "assertionMethod")):
        try:
            keys.append(assertion_key(document, method))
        except KeyRefused:
            continue
    return tuple(keys)


def _document_of(method: str) -> str:
    """Whose document must hold the method: what stands before the fragment."""
    if method.startswith("https://"):
        parts = _HTTPS_METHOD.fullmatch(method)
        if parts is None:
            raise KeyRefused(
                "malformed_did_url", "The key's name is no https URL with a plain path and a fragment."
            )
        check_host(parts["host"])
        return parts["document"]
    return parse_did_url(method).did.text


def _entries(document: Mapping[str, Any], name: str) -> list[Any]:
    entries = document.get(name, [])
    if not isinstance(entries, list) or len(entries) > MOST_METHODS:
        raise KeyRefused("malformed_document", f"{name} is no list of at most {MOST_METHODS} entries.")
    return entries


def _methods(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Every verification method that stands in the document, wherever it does."""
    for name in ("verificationMethod", *RELATIONSHIPS):
        for entry in _entries(document, name):
            if isinstance(entry, Mapping):
                yield entry
            elif not isinstance(entry, str) or name == "verificationMethod":
                raise KeyRefused("malformed_document", f"An entry of {name} is no verification method.")


def _listed(document: Mapping[str, Any], purpose: str) -> list[str]:
    """The absolute ids that a relationship lists, by reference or by value."""
    if purpose not in RELATIONSHIPS:
        raise KeyRefused("wrong_relationship", "There is no such verification relationship.")
    entries = _entries(document, purpose)
    named = [entry.get("id") if isinstance(entry, Mapping) else entry for entry in entries]
    return [absolute for absolute in (_absolute(document, name) for name in named) if absolute is not None]


def _absolute(document: Mapping[str, Any], name: object) -> str | None:
    """A method's id, with a bare fragment completed by the document's id (DID 1.0, 3.2.2)."""
    if not isinstance(name, str):
        return None
    return f"{document.get('id')}{name}" if name.startswith("#") else name


def _read(document: Mapping[str, Any], method: str, members: Mapping[str, Any]) -> AssertionKey:
    controller = members.get("controller")
    if controller != document["id"]:
        raise KeyRefused("controller_mismatch", "The key says that somebody else controls it.")
    if _SECRETS & members.keys():
        raise KeyRefused(
            "private_material",
            "The document shows a private key. Treat it as known to everybody and retire it.",
        )
    if len(_MATERIAL & members.keys()) > 1:
        raise KeyRefused("malformed_document", "The verification method writes its key in two ways.")
    public_key = _public_key(members)
    return AssertionKey(
        id=method,
        controller=document["id"],
        public_key=public_key,
        expires=_time(members, "expires"),
        revoked=_time(members, "revoked") or _revoked_elsewhere(document, public_key),
    )


def _revoked_elsewhere(document: Mapping[str, Any], public_key: PublicKey) -> datetime | None:
    """When a key was given up under another name: whoever has it then has it under every name.

    Keys are compared as they are written, each of which has one spelling: to read all for each would be dear.
    """
    text = None if public_key.key_type is KeyType.RSA else public_key.multikey()
    for members in _methods(document):
        if "revoked" in members and (
            (text is not None and members.get("publicKeyMultibase") == text)
            or public_key.is_jwk(members.get("publicKeyJwk"))
        ):
            return _time(members, "revoked")
    return None


def _public_key(members: Mapping[str, Any]) -> PublicKey:
    kind = members.get("type")
    if kind in tuple(_JWK_TYPES) and isinstance(members.get("publicKeyJwk"), Mapping):
        return PublicKey.from_jwk(members["publicKeyJwk"])
    if kind in tuple(_MULTIBASE_TYPES) and isinstance(members.get("publicKeyMultibase"), str):
        public_key = PublicKey.from_multikey(members["publicKeyMultibase"])
        if kind == "Multikey" or public_key.key_type is KeyType.ED25519:
            return public_key
    raise KeyRefused(
        "unsupported_key", "The key is no Multikey, JsonWebKey, JsonWebKey2020 or Ed25519VerificationKey2020."
    )


def _time(members: Mapping[str, Any], name: str) -> datetime | None:
    if name not in members:
        return None
    text = members[name]
    if not isinstance(text, str) or not _DATE_TIME_STAMP.fullmatch(text):
        raise KeyRefused("malformed_document", f"{name} of the verification method is no time with its zone.")
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise KeyRefused(
            "malformed_document", f"{name} of the verification method is no possible time."
        ) from None
