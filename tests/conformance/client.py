"""A client of this server: asks as other people's tests ask, over https on this machine."""

from __future__ import annotations

import copy
import json
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import httpx

from contexts.document import compose
from credential.proof.presentation import add_presentation_proof
from keys.multibase import base64url_decode, base64url_encode
from keys.signer import Signer
from tests.conformance.contexts import w3c

PATIENCE: Final = 60.0
"""Seconds for an answer, on a machine that has other things to do."""

SELECTIVE: Final = "ecdsa-sd-2023"


@dataclass(frozen=True, slots=True)
class Client:
    """Somebody who asks.

    Args:
        http: Knows the server's address and its certificate.
    """

    http: httpx.Client

    def issue(self, suite: str, credential: Any, **options: Any) -> httpx.Response:
        body = {"credential": credential} | ({"options": options} if options else {})
        return self.http.post(f"/issuers/{suite}/credentials/issue", json=body)

    def issued(self, suite: str, credential: Any, **options: Any) -> dict[str, Any]:
        """What was issued; of a selective suite what is shown when everything is.

        Raises:
            AssertionError: It was refused.
        """
        answer = self.issue(suite, credential, **options)
        if answer.status_code != httpx.codes.CREATED:
            raise AssertionError(f"{suite}: {answer.text[:500]}")
        made: dict[str, Any] = answer.json()["verifiableCredential"]
        return self.derived(made, [""]) if suite == SELECTIVE else made

    def derived(self, credential: dict[str, Any], pointers: Sequence[str]) -> dict[str, Any]:
        """A part of what a selective suite has signed.

        Raises:
            AssertionError: It was refused.
        """
        answer = self.derive(credential, pointers)
        if answer.status_code != httpx.codes.OK:
            raise AssertionError(answer.text[:500])
        part: dict[str, Any] = answer.json()
        return part

    def derive(self, credential: Any, pointers: Any) -> httpx.Response:
        body = {"verifiableCredential": credential, "options": {"selectivePointers": pointers}}
        return self.http.post("/credentials/derive", json=body)

    def verify(self, credential: Any, **options: Any) -> httpx.Response:
        body = {"verifiableCredential": credential, "options": options}
        return self.http.post("/credentials/verify", json=body)

    def verify_presentation(self, presentation: Any, **options: Any) -> httpx.Response:
        body = {"verifiablePresentation": presentation, "options": options}
        return self.http.post("/presentations/verify", json=body)

    def set_status(self, name: str, *, withdrawn: bool) -> httpx.Response:
        entry = {"type": "BitstringStatusListEntry", "statusPurpose": "revocation"}
        body = {"credentialId": name, "credentialStatus": entry, "status": withdrawn}
        return self.http.post("/credentials/status", json=body)


def trusting(certificate: Path, origin: str) -> Client:
    """A client of the server at this address, which believes this certificate and no other."""
    context = ssl.create_default_context(cafile=str(certificate))
    # A machine's proxy is for other addresses than its own.
    return Client(httpx.Client(base_url=origin, verify=context, timeout=PATIENCE, trust_env=False))


def tampered(credential: dict[str, Any]) -> dict[str, Any]:
    """The same credential by the same proof, saying something else of its subject.

    In a token one letter of the payload is another; the signature is as it was.
    """
    changed = copy.deepcopy(credential)
    if "credentialSubject" not in changed:
        start, _, token = changed["id"].partition(",")
        header, payload, signature = token.split(".")
        value = _other(json.loads(base64url_decode(payload)))
        again = base64url_encode(json.dumps(value).encode())
        return changed | {"id": f"{start},{header}.{again}.{signature}"}
    return _other(changed)


def _other(value: dict[str, Any]) -> dict[str, Any]:
    inner = value.get("vc", value)
    subject = inner["credentialSubject"]
    (subject[0] if isinstance(subject, list) else subject)["id"] = "did:example:somebody-else"
    return value


def presented(
    credentials: Sequence[Any],
    signer: Signer,
    now: datetime,
    *,
    challenge: str | None = None,
    domain: str | None = None,
    **members: Any,
) -> dict[str, Any]:
    """A presentation that its holder has signed."""
    value = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiablePresentation"],
        "holder": signer.controller,
        **({"verifiableCredential": list(credentials)} if credentials else {}),
        **members,
    }
    value = {name: part for name, part in value.items() if part is not None}
    signed = add_presentation_proof(
        compose(value), signer, created=now, challenge=challenge, domain=domain, contexts=w3c()
    )
    return signed.value
