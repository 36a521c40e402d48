"""A list as the payload of its credential. What is empty is left out; sets are sorted, so equal lists are
equal bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from credential.dates import format_date_time
from credential.trust_list.model import (
    CONTEXT,
    TYPES,
    ListedIssuer,
    Recognition,
    TrustListCredential,
)


def write_payload(listed: TrustListCredential) -> dict[str, Any]:
    """The VC Data Model 2.0 credential of a list, unsigned; what `read_payload` reads."""
    subject: dict[str, Any] = {"id": listed.id, "version": listed.version}
    if listed.previous:
        subject["previous"] = listed.previous
    subject["issuers"] = [write_issuer(one) for one in listed.issuers]
    return {
        "@context": [CONTEXT[0], dict(CONTEXT[1])],
        "id": f"{listed.id}#{listed.version}",
        "type": list(TYPES),
        "names": dict(listed.names),
        "issuer": {"id": listed.publisher.id, "name": listed.publisher.name},
        "validFrom": format_date_time(listed.starts),
        "validUntil": format_date_time(listed.ends),
        "credentialSubject": subject,
    }


def write_issuer(one: ListedIssuer) -> dict[str, Any]:
    """One entry."""
    made: dict[str, Any] = {"ids": list(one.ids), "names": dict(one.names)}
    texts = ("city", "state", "website", "contact", "logo", "tag", "retrieval")
    made |= {name: getattr(one, name) for name in texts if getattr(one, name)}
    if one.keys:
        made["keys"] = sorted(one.keys)
    made["recognised"] = [_recognition(r) for r in one.recognised]
    if one.withdrawn:
        made["withdrawn"] = {"on": one.withdrawn.on.isoformat(), "reason": one.withdrawn.reason}
    return made


def _recognition(one: Recognition) -> Mapping[str, Any]:
    made: dict[str, Any] = {}
    for name in ("types", "certifications", "determinations"):
        named = getattr(one, name)
        if named is not None:
            made[name] = sorted(str(value) for value in named)
    if one.starts:
        made["from"] = one.starts.isoformat()
    if one.last:
        made["until"] = one.last.isoformat()
    if one.by:
        made["by"] = one.by
    return made
