"""What the W3C's test suites are told of this server: a `localConfig.cjs`, to be put into a suite's folder.

    {"settings": {}, "implementations": [{"name", "implementation", "only",
      "issuers": [{"id", "endpoint", "tags", "options", "supportedEcdsaKeyTypes", "supports"}],
      "verifiers", "vpVerifiers", "vcHolders", "didResolvers": the same}]}

A suite asks those whose tags name what it is about; `only` keeps some states of the suites from asking
other people's implementations too. It takes the first issuer that fits of each
implementation: so the keys on P-384 are an implementation of their own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from tests.conformance.issuing import BITSTRING, JOSE, ROUTES, Route

LOCAL_CONFIG: Final = "localConfig.cjs"

_TAGS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "eddsa-rdfc-2022": ("eddsa-rdfc-2022", "vc-api"),
        "eddsa-jcs-2022": ("eddsa-jcs-2022", "vc2.0"),  # under which a base direction is signed too
        JOSE: ("EnvelopingProof", "JWT"),
        BITSTRING: ("BitstringStatusList", "Revocation"),
    }
)
"""What an issuer is for, where that is more or something else than its suite."""

_CURVES: Final = MappingProxyType({"p256": "P-256", "p384": "P-384"})
_SELECTIVE: Final = "ecdsa-sd-2023"
_PRESENTED: Final = ("vc2.0", "vc-api", "EnvelopingProof", "JWT")


def local_config(origin: str, dids: Mapping[str, str]) -> str:
    """The file's text.

    Args:
        origin: The address of the server.
        dids: The did:key of each key, by its name.
    """
    implementations = [
        _implementation("Cairn", origin, dids, ("ed", "p256")),
        _implementation("Cairn P-384", origin, dids, ("p384",)),
    ]
    text = json.dumps({"settings": {}, "implementations": implementations}, indent=2)
    return f"module.exports = {text};\n"


def _implementation(name: str, origin: str, dids: Mapping[str, str], keys: tuple[str, ...]) -> dict[str, Any]:
    """The issuers with these keys, and all that checks what they issue."""
    issuers = [
        _endpoint(
            dids[route.key], f"{origin}/issuers/{suite}/credentials/issue", _tags(suite), _curves(route)
        )
        for suite, route in ROUTES.items()
        if route.key in keys
    ]
    tags = sorted({tag for issuer in issuers for tag in issuer["tags"]} - {_SELECTIVE})
    did = issuers[0]["id"]
    verify = f"{origin}/credentials/verify"
    made: dict[str, Any] = {"name": name, "implementation": "Cairn", "only": True, "issuers": issuers}
    made["verifiers"] = [_endpoint(did, verify, tags, list(_CURVES.values()))]
    if "ed" not in keys:
        return made
    made["verifiers"].append(_endpoint(did, verify, [_SELECTIVE], ["P-256"]))
    made["vpVerifiers"] = [_endpoint(did, f"{origin}/presentations/verify", [*_PRESENTED], [])]
    made["vcHolders"] = [_endpoint(did, f"{origin}/credentials/derive", ["vcHolder", _SELECTIVE], ["P-256"])]
    made["didResolvers"] = [_endpoint(did, f"{origin}/identifiers", ["did-key"], [])]
    return made


def _endpoint(did: str, address: str, tags: list[str], curves: list[str]) -> dict[str, Any]:
    return {
        "id": did,
        "endpoint": address,
        "options": {},
        "tags": tags,
        "supportedEcdsaKeyTypes": curves,
        "supports": {"vc": ["1.1", "2.0"], "keyTypes": curves},
    }


def _tags(suite: str) -> list[str]:
    return [*_TAGS.get(suite, (ROUTES[suite].suite,))]


def _curves(route: Route) -> list[str]:
    return [_CURVES[route.key]] if route.key in _CURVES else []
