"""What whoever runs the verifier decides, from environment variables that begin with `CAIRN_VERIFY_`.

A wrong value stops the start, with the variable's name; nothing is guessed.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from verifier.policy import Policy
from verifier.trust import NOBODY, Trust, TrustListError, parse_origin, pinned
from verifier.trust.sources import TrustSource, check_sources
from verifier.trust_store import TrustStore

Names = Annotated[frozenset[str], NoDecode]
"""Several names in one variable, with commas between them."""


class SettingsError(ValueError):
    """Settings that cannot be used. The message names the variable and says what to do."""


class ListSetting(BaseModel):
    """One trust list.

    Attributes:
        place: An https address or a file.
        key: The publisher's key: a did:key, a Multikey, several of them, or a JWK. Empty for a plain file.
        id: The list's own identifier, where nothing else will do.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    place: str = Field(min_length=1, max_length=2_048)
    key: str = Field(default="", max_length=4_096)
    id: str = Field(default="", max_length=2_048)

    def source(self) -> TrustSource:
        """The same as a source."""
        place = self.place if "://" in self.place else str(Path(self.place).resolve())
        return TrustSource(place, pinned(self.key) if self.key else None, self.id)


class Settings(BaseSettings):
    """The verifier's settings.

    Attributes:
        trust: File with a trust list, plain or signed. Without any list every issuer is unknown.
        trust_key: The publisher's key, where that file is signed.
        trust_lists: More lists, asked after that file in their order, as JSON: [{"place", "key", "id"}].
        trust_seconds: How long until lists on the web are asked for again.
        data: Folder in which accepted lists are kept, with their versions. Signed lists need one.
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
        refresh: Whether a recognised issuer's own service is asked for a newer edition of a badge that offers
            one. That tells the issuer that somebody is checking this badge.
        status_by: Issuer -> who else may sign its status lists, as JSON: {"did:web:a.example":
            ["did:web:lists.example"]}.
        bind: Address to listen at.
        port: Port to listen at.
        proxies: Addresses of proxies whose X-Forwarded-For is believed.
        checks_at_once: How many badges are checked at the same time, those included that wait for an issuer.
        checks_waiting: How many more may wait for their turn; the next are told to come again.
        processes: How many processes check; 0 for none of their own, where a small machine has no memory for
            them and whoever runs it knows who asks.
        check_seconds: How long the work of one check may take; what takes longer could not be checked.
        decoders: How many pictures and PDFs are looked at at the same time, each in a process of its own.
        checks_per_minute: How many badges one address may send whole in a minute.
        lookups_per_minute: How many links, pictures and PDFs: each costs a request to somebody else, or a
            process.
        codes_per_minute: How many codes and share links, so that nobody tries them all.
        metrics_port: Where `GET /metrics` is answered, for Prometheus. Without it nothing is.
        metrics_bind: Address for that port; whoever reaches it can read it.
    """

    model_config = SettingsConfigDict(env_prefix="CAIRN_VERIFY_", frozen=True, extra="forbid")

    trust: Path | None = None
    trust_key: str = ""
    trust_lists: tuple[ListSetting, ...] = ()
    trust_seconds: float = Field(default=3_600.0, ge=60, le=604_800)
    data: Path | None = None
    archive: Path | None = None
    hosts: Names = frozenset({"localhost", "127.0.0.1"})
    loopback: Names = frozenset()
    retrieval: dict[str, str] = {}
    seconds: float = Field(default=6.0, gt=0, le=60)
    status_seconds: float = Field(default=60.0, ge=0, le=60)
    linked_evidence: bool = False
    refresh: bool = False
    status_by: dict[str, frozenset[str]] = {}
    bind: str = "127.0.0.1"
    port: int = Field(default=8001, ge=0, le=65_535)
    proxies: Names = frozenset()
    checks_at_once: int = Field(default=8, ge=1, le=256)
    checks_waiting: int = Field(default=128, ge=1, le=4_096)
    processes: int = Field(default=2, ge=0, le=64)
    check_seconds: float = Field(default=4.0, ge=0.5, le=60)
    decoders: int = Field(default=2, ge=1, le=64)
    checks_per_minute: int = Field(default=1_200, ge=1)
    lookups_per_minute: int = Field(default=30, ge=1)
    codes_per_minute: int = Field(default=30, ge=1)
    metrics_port: int | None = Field(default=None, ge=0, le=65_535)
    metrics_bind: str = "127.0.0.1"

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

    def policy(self, now: datetime | None = None) -> Policy:
        """What a verdict rests on.

        Args:
            now: The time at which the lists are looked at, aware; by default this moment.

        Raises:
            SettingsError: A trust list cannot be read.
        """
        return Policy(
            trust=self.trusted(now or datetime.now(UTC)),
            retrieval=self.retrieval,
            loopback=self.loopback,
            linked_evidence=self.linked_evidence,
            refresh=self.refresh,
            status_by=self.status_by,
            max_gathering=timedelta(seconds=self.seconds),
        )

    def sources(self) -> tuple[TrustSource, ...]:
        """The lists, in the order in which they are asked.

        Raises:
            SettingsError: They cannot be used together, or signed ones have no folder.
        """
        first = (ListSetting(place=str(self.trust), key=self.trust_key),) if self.trust else ()
        try:
            listed = check_sources(one.source() for one in (*first, *self.trust_lists))
        except TrustListError as error:
            raise SettingsError(f"CAIRN_VERIFY_TRUST_LISTS, CAIRN_VERIFY_TRUST_KEY: {error}") from error
        if self.data is None and any(one.pins for one in listed):
            raise SettingsError(
                "CAIRN_VERIFY_DATA: name a folder: without one nobody remembers which version of a signed "
                "list was accepted, and an older one could take its place"
            )
        return listed

    def trust_store(self) -> TrustStore | None:
        """Where accepted lists are kept; None where there is no folder."""
        return TrustStore(self.data / "trust") if self.data else None

    def trusted(self, now: datetime) -> Trust:
        """The lists as they are known now, without a network.

        Raises:
            SettingsError: A file cannot be used.
        """
        sources = self.sources()
        if not sources:
            return NOBODY
        # Without a folder there are only plain files, and the store has nothing to remember.
        store = self.trust_store() or TrustStore(Path())
        try:
            return store.load(sources, now)
        except OSError as error:
            raise SettingsError(f"CAIRN_VERIFY_TRUST: {error.filename}: {error.strerror}") from error
        except TrustListError as error:
            raise SettingsError(f"CAIRN_VERIFY_TRUST: {error}") from error


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
