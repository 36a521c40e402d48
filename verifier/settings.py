"""What whoever runs the verifier decides, from environment variables that begin with `CAIRN_VERIFY_`.

A wrong value stops the start, with the variable's name; nothing is guessed.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from verifier.policy import Policy
from verifier.trust import NOBODY, TrustList, TrustListError, parse_origin, parse_trust_list

Names = Annotated[frozenset[str], NoDecode]
"""Several names in one variable, with commas between them."""


class SettingsError(ValueError):
    """Settings that cannot be used. The message names the variable and says what to do."""


class Settings(BaseSettings):
    """The verifier's settings.

    Attributes:
        trust: File with the trust list. Without one every issuer is unknown.
        archive: Folder of kept answers. With one, the network is never asked.
        hosts: The names under which this site is reached, without port; anything else is refused.
        loopback: "localhost:8000" pairs that may be asked over plain http: a demonstration on one machine.
        retrieval: Tag of share links -> origin to ask, beside those of the trust list, as JSON.
        seconds: How long gathering for one badge may take.
        status_seconds: How old a status list may be before it is asked for again; so long a withdrawal may
            go unseen.
        data: Folder for what the verifier keeps of its own, such as the key that signs receipts; made where
            there is none. Without one it gives no receipts.
        linked_evidence: Whether evidence that a badge links with its digest is fetched and compared. That
            tells the other side that somebody is checking this badge.
        bind: Address to listen at.
        port: Port to listen at.
        proxies: Addresses of proxies whose X-Forwarded-For is believed.
        checks_at_once: How many badges are checked at the same time.
        lookups_per_minute: How many links and codes one address may look up in a minute.
    """

    model_config = SettingsConfigDict(env_prefix="CAIRN_VERIFY_", frozen=True, extra="forbid")

    trust: Path | None = None
    archive: Path | None = None
    data: Path | None = None
    hosts: Names = frozenset({"localhost", "127.0.0.1"})
    loopback: Names = frozenset()
    retrieval: dict[str, str] = {}
    seconds: float = Field(default=6.0, gt=0, le=60)
    status_seconds: float = Field(default=60.0, ge=0, le=60)
    linked_evidence: bool = False
    bind: str = "127.0.0.1"
    port: int = Field(default=8001, ge=0, le=65_535)
    proxies: Names = frozenset()
    checks_at_once: int = Field(default=8, ge=1, le=256)
    lookups_per_minute: int = Field(default=30, ge=1)

    @field_validator("hosts", "loopback", "proxies", mode="before")
    @classmethod
    def _names(cls, value: object) -> object:
        if isinstance(value, str):
            return frozenset(name.strip().lower() for name in value.split(",") if name.strip())
        return value

    @field_validator("retrieval")
    @classmethod
    def _origins(cls, value: dict[str, str]) -> dict[str, str]:
        return {tag: parse_origin(origin, f"the tag {tag}") for tag, origin in value.items()}

    def policy(self) -> Policy:
        """What a verdict rests on.

        Raises:
            SettingsError: The trust list cannot be read.
        """
        return Policy(
            trust=self._trust_list(),
            retrieval=self.retrieval,
            loopback=self.loopback,
            linked_evidence=self.linked_evidence,
            max_gathering=timedelta(seconds=self.seconds),
        )

    def _trust_list(self) -> TrustList:
        if self.trust is None:
            return NOBODY
        try:
            return parse_trust_list(self.trust.read_bytes())
        except OSError as error:
            raise SettingsError(f"CAIRN_VERIFY_TRUST: {self.trust}: {error.strerror}") from error
        except TrustListError as error:
            raise SettingsError(f"CAIRN_VERIFY_TRUST: {self.trust}: {error}") from error


def from_environment() -> Settings:
    """The settings as the environment says them.

    Raises:
        SettingsError: With each variable that is wrong, and why.
    """
    try:
        return Settings()
    except ValidationError as error:
        faults = "; ".join(f"CAIRN_VERIFY_{str(f['loc'][0]).upper()}: {f['msg']}" for f in error.errors())
        raise SettingsError(faults) from error
