"""The contexts that give a document its meaning: carried here, digest-checked, and nothing else is ever read.

`ISSUING` holds what we sign under, `CHECKING` what the field signs under. They differ in one file: two texts
call themselves Open Badges context 3.0.3. The newer one adds `jti` and `endorsementJwt`; whoever pinned the
older one would not see those two in the signed form. So we issue under the older text, where both words are
undefined and refused, and check under the newer, which defines everything that the older one does.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final

from contexts.errors import DocumentError

CREDENTIALS_V1: Final = "https://www.w3.org/2018/credentials/v1"
CREDENTIALS_V2: Final = "https://www.w3.org/ns/credentials/v2"
OPEN_BADGES_3_0_3: Final = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
OPEN_BADGES_EXTENSIONS: Final = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
DATA_INTEGRITY_V1: Final = "https://w3id.org/security/data-integrity/v1"
DATA_INTEGRITY_V2: Final = "https://w3id.org/security/data-integrity/v2"
ED25519_2020_V1: Final = "https://w3id.org/security/suites/ed25519-2020/v1"
CLR_2_0_1: Final = "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json"

OTHER_MODELS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "https://purl.imsglobal.org/spec/clr/v2p0/context.json": "Comprehensive Learner Record 2.0.0",
        "https://w3id.org/openbadges/v1": "Open Badges 1.1",
        "https://w3id.org/openbadges/v2": "Open Badges 2.0",
        "https://w3id.org/blockcerts/v2": "Blockcerts 2",
        "https://w3id.org/blockcerts/v3": "Blockcerts 3",
    }
)
"""Data models that are known by name and not read here. Of the first no package carries the context."""

OTHER_CONTEXTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "https://w3id.org/security/v1": "Linked Data Security 1",
        "https://w3id.org/security/v2": "Linked Data Security 2",
        "https://w3id.org/security/bbs/v1": "BBS signatures",
        "https://w3id.org/security/suites/ed25519-2018/v1": "Ed25519Signature2018",
        "https://w3id.org/security/suites/jws-2020/v1": "JsonWebSignature2020",
        "https://w3id.org/security/suites/secp256k1-2019/v1": "EcdsaSecp256k1Signature2019",
        "https://w3id.org/vc-revocation-list-2020/v1": "RevocationList2020",
        "https://www.w3.org/ns/credentials/undefined-terms/v2": "words without a meaning",
    }
)
"""Contexts that badges in the field carry and that are not read here. Nobody is called a forger for them."""


class ContextSet:
    """A closed set of contexts, by the URL that names each. Frozen: it has no way to grow.

    Args:
        name: What the set is for, in errors and representations.
        documents: URL to context document: an object with an `@context` member.
        written_in: Whether documents may bring contexts of their own, written into them
            (`contexts.written`). Neither `ISSUING` nor `CHECKING` allows it, and what a processor keeps of
            such contexts grows with them: it is for tests of conformance.
    """

    __slots__ = ("_documents", "name", "written_in")

    name: str
    written_in: bool
    _documents: Mapping[str, Mapping[str, Any]]

    def __init__(
        self, name: str, documents: Mapping[str, Mapping[str, Any]], *, written_in: bool = False
    ) -> None:
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "written_in", written_in)
        object.__setattr__(self, "_documents", MappingProxyType(dict(documents)))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a ContextSet is frozen")

    def __delattr__(self, name: str) -> None:
        raise AttributeError("a ContextSet is frozen")

    def __repr__(self) -> str:
        return f"ContextSet({self.name!r}, {len(self._documents)} contexts)"

    def __contains__(self, url: object) -> bool:
        return url in self._documents

    @property
    def urls(self) -> tuple[str, ...]:
        """The URLs, in the order of the pins."""
        return tuple(self._documents)

    def get(self, url: str) -> Mapping[str, Any]:
        """The context document of exactly this URL.

        Raises:
            DocumentError: `unsupported_context` for one that is known by name; `context_not_allowed` for
                every other URL, however alike it looks.
        """
        try:
            return self._documents[url]
        except KeyError:
            raise DocumentError(*why_not_carried(url)) from None


def why_not_carried(url: str) -> tuple[str, str]:
    """The code and the sentence for a context that is not among the pinned ones."""
    name = OTHER_MODELS.get(url) or OTHER_CONTEXTS.get(url)
    if name is not None:
        return "unsupported_context", f"{name} is not read here ({url})"
    return "context_not_allowed", f"the context {url[:200]!r} is not one that is carried here"


def published(url: str) -> bytes | None:
    """The very bytes that an address of ours serves; None where we carry none, or a file that differs in its
    spaces.

    A digest of what stands at the address can be compared with these (VC Data Model 2.0, 5.3).
    """
    file = _PUBLISHED.get(url)
    return files("contexts").joinpath("documents", file).read_bytes() if file else None


def _pins() -> list[dict[str, Any]]:
    pins: list[dict[str, Any]] = tomllib.loads(files("contexts").joinpath("pins.toml").read_text("utf-8"))[
        "context"
    ]
    return pins


def _carried() -> dict[str, dict[str, dict[str, Any]]]:
    """The documents of each set, every digest checked.

    Raises:
        DocumentError: `pin_mismatch` where a file is not the pinned one.
    """
    here = files("contexts")
    sets: dict[str, dict[str, dict[str, Any]]] = {"issuing": {}, "checking": {}}
    for pin in _pins():
        document = read_pinned(
            here.joinpath("documents", pin["file"]).read_bytes(), pin["sha256"], pin["file"]
        )
        for name in pin["sets"]:
            sets[name][pin["url"]] = document
    return sets


def read_pinned(data: bytes, sha256: str, file: str) -> dict[str, Any]:
    """One context document, after its digest has been compared with the pinned one.

    Args:
        data: The file's bytes.
        sha256: The pinned digest, 64 lower-case hexadecimal digits.
        file: Its name, for the error.

    Raises:
        DocumentError: `pin_mismatch`.
    """
    digest = hashlib.sha256(data).hexdigest()
    if digest != sha256:
        raise DocumentError(
            "pin_mismatch", f"{file} has the digest {digest}, pinned is {sha256}; install the package anew"
        )
    document: dict[str, Any] = json.loads(data)
    return document


_SETS: Final = _carried()
_PUBLISHED: Final = {pin["url"]: pin["file"] for pin in _pins() if pin.get("as_published")}

ISSUING: Final = ContextSet("issuing", _SETS["issuing"])
"""What we sign under."""

CHECKING: Final = ContextSet("checking", _SETS["checking"])
"""What we can check; a superset of what `ISSUING` defines."""
