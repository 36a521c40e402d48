"""The two sides of a single sign-on, and what passes between them, as values."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Client:
    """What the district is to its provider.

    Attributes:
        issuer: The provider's issuer identifier, exactly as it writes it.
        client_id: How the provider calls this console.
        hosted_domain: The domain that its accounts must belong to (`hd`), where one is pinned.
        redirect_uri: Where it sends people back to.
        secret: What proves the console to the provider; "" for a public client, which PKCE alone protects.
    """

    issuer: str
    client_id: str
    hosted_domain: str | None
    redirect_uri: str
    secret: str = ""


@dataclass(frozen=True, slots=True)
class Provider:
    """Where a provider does what (OpenID Connect Discovery 1.0, 3).

    Attributes:
        issuer: As it writes itself.
        authorize: Where people are sent.
        token: Where a code is redeemed.
        keys: Where its keys are.
        says_who_answers: Whether its answers name it (RFC 9207, 3).
    """

    issuer: str
    authorize: str
    token: str
    keys: str
    says_who_answers: bool


@dataclass(frozen=True, slots=True)
class Begun:
    """What a sign-on is bound to, derived from what one browser holds."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Vouched:
    """Whom the provider vouches for.

    Attributes:
        issuer: The provider.
        subject: What it calls the person, for ever.
        email: Their e-mail, only where it says that it has verified it.
    """

    issuer: str
    subject: str
    email: str | None
