"""A wallet that speaks OpenID4VCI to an issuer in this process; what it sends can be bent by a test."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from contexts.document import compose
from credential.proof.presentation import add_presentation_proof
from issuer.wallet.offers import GRANT
from issuer.wallet_offering import NewOffer, make_offer
from keys.did import did_jwk
from keys.multibase import base64url_encode
from keys.public import KeyType
from tests.house import House
from tests.signers import SeededSigner, did_key_signer
from tests.unit.issuer.web.asking import Client

CONFIGURATION = "co-cna.ldp_vc"


def offered(house: House, credential_id: str, **how: Any) -> NewOffer:
    """An offer of a badge, made by the district."""
    return make_offer(
        house.store,
        house.district.id,
        credential_id,
        now=house.time,
        entropy=house.entropy,
        actor="test",
        **how,
    )


def offer_in(offer: NewOffer) -> dict[str, Any]:
    """What the link with the whole offer in it holds."""
    value: dict[str, Any] = json.loads(parse_qs(urlsplit(offer.by_value).query)["credential_offer"][0])
    return value


def code_in(offer: NewOffer) -> str:
    """The pre-authorized code of an offer."""
    return str(offer_in(offer)["grants"][GRANT]["pre-authorized_code"])


@dataclass
class Wallet:
    """One wallet with one key."""

    client: Client
    house: House
    signer: SeededSigner = field(default_factory=lambda: did_key_signer("a student's wallet"))

    def post(self, path: str, value: Any, **headers: str) -> httpx.Response:
        return self.client.request("POST", path, json=value, headers=headers)

    def ask_token(self, offer: NewOffer, **fields: Any) -> httpx.Response:
        sent = {"grant_type": GRANT, "pre-authorized_code": code_in(offer), "tx_code": offer.tx_code} | fields
        return self.client.request(
            "POST", "/wallet/token", data={name: one for name, one in sent.items() if one is not None}
        )

    def token(self, offer: NewOffer) -> str:
        answer = self.ask_token(offer)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])

    def nonce(self) -> str:
        return str(self.client.request("POST", "/wallet/nonce").json()["c_nonce"])

    def jwt_proof(self, nonce: str | None, *, header: dict[str, Any] | None = None, **claims: Any) -> str:
        """A `jwt` proof; a member that is None is left out."""
        head = {
            "alg": self.signer.public_key.jws_algorithm,
            "typ": "openid4vci-proof+jwt",
            "kid": self.signer.verification_method,
        } | (header or {})
        body = {"aud": self.house.district.origin, "iat": int(self.house.time.timestamp()), "nonce": nonce}
        parts = [
            base64url_encode(json.dumps({n: v for n, v in one.items() if v is not None}).encode())
            for one in (head, body | claims)
        ]
        message = ".".join(parts)
        return f"{message}.{base64url_encode(self.signer.sign(message.encode()))}"

    def di_vp_proof(self, nonce: str | None, **how: Any) -> dict[str, Any]:
        """A `di_vp` proof."""
        said: dict[str, Any] = {
            "cryptosuite": "eddsa-rdfc-2022",
            "created": self.house.time,
            "challenge": nonce,
            "domain": self.house.district.origin,
        } | how
        holder = said.pop("holder", self.signer.controller)
        value = {
            "@context": ["https://www.w3.org/ns/credentials/v2"],
            "type": ["VerifiablePresentation"],
        } | ({"holder": holder} if holder else {})
        signer = self.signer
        if holder:  # whoever it names: a wallet may lie
            signer = replace(signer, controller=holder, method=signer.verification_method)
        signed = add_presentation_proof(compose(value), signer, **said)
        made: dict[str, Any] = json.loads(signed.raw)
        return made

    def ask(self, token: str, proofs: Any, **members: Any) -> httpx.Response:
        """A credential request; a member that is None is left out."""
        sent = {"credential_configuration_id": CONFIGURATION, "proofs": proofs} | members
        sent = {name: one for name, one in sent.items() if one is not None}
        return self.post("/wallet/credential", sent, Authorization=f"Bearer {token}")

    def take(self, offer: NewOffer) -> dict[str, Any]:
        """The whole way, with a `jwt` proof; the badge."""
        answer = self.ask(self.token(offer), {"jwt": [self.jwt_proof(self.nonce())]})
        assert answer.status_code == 200, answer.text
        badge: dict[str, Any] = answer.json()["credentials"][0]["credential"]
        return badge


def p256_did_jwk(word: str = "a phone") -> SeededSigner:
    """A key of a phone's secure part, named as did:jwk."""
    bare = SeededSigner(word, "did:example:none", KeyType.P256)
    did = did_jwk(bare.public_key)
    return SeededSigner(word, did, KeyType.P256, f"{did}#0")
