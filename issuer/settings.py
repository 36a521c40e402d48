"""What a deployment may set: by option, by environment variable, or by a file in a secrets directory."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, InitSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from issuer.secret_files import settings_in_files

_LOOPBACK = re.compile(r"http://localhost:[0-9]{1,5}")


class Settings(BaseSettings):
    """The issuer's settings. Each is an environment variable with `CAIRN_` in front of its name.

    With `_FILE` behind it, the variable names a file that holds the setting: so a password is in no
    environment and in no list of processes.

    The secret that opens the keys is not among them: `keys.unlock` takes it from the environment or from the
    secrets directory when a key is opened, and nothing else ever holds it.
    """

    model_config = SettingsConfigDict(env_prefix="CAIRN_", extra="ignore", frozen=True)

    data: Path = Field(default=Path("cairn-data"), description="The folder with the database and the keys.")
    database_url: str = Field(
        default="", description="postgresql://USER@HOST/NAME; empty for the embedded database in the folder."
    )
    database_owner_url: str = Field(
        default="",
        description="The same database as the owner of its tables, for `cairn init` and `cairn database`; "
        "empty where the program owns them.",
    )
    district: str = Field(default="", description="The district's id, where the store has several.")
    verifier_origin: str = Field(
        default="",
        description="Where printed links lead: the verifier's https://HOST, or http://localhost:PORT.",
    )
    fonts: Path | None = Field(
        default=None,
        description="A folder of fonts, for letters on certificates that the built-in ones lack.",
    )
    secrets_dir: Path | None = Field(default=None, description="A directory of secret files.")
    console: bool = Field(
        default=True,
        description="Whether `cairn serve` opens the console under /staff, once there are people.",
    )
    sign_on_loopback: str = Field(
        default="",
        description="For a try: http://localhost:PORT of a single sign-on on this machine; else empty.",
    )
    wallet_jwt: bool = Field(
        default=False,
        description="Whether wallets may take badges as JWTs too (docs/wallets.md says why it is off).",
    )
    publish_every: float = Field(
        default=5.0, gt=0, le=60, description="Seconds between two looks at what must be published."
    )

    mail_host: str = Field(default="", description="The mail server; empty where no mail is sent.")
    mail_port: int = Field(default=587, ge=1, le=65_535, description="Its port.")
    mail_tls: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description="starttls, tls, or none, which goes to this machine alone."
    )
    mail_user: str = Field(default="", description="As whom to sign in at the mail server; or empty.")
    mail_password_file: Path | None = Field(
        default=None, description="The file with the password of that user."
    )
    mail_from: str = Field(default="", description="The address that mails come from.")
    mail_roots: Path | None = Field(
        default=None, description="A file of certificates to trust at the mail server beside the machine's."
    )
    mail_every: float = Field(
        default=5.0, gt=0, le=600, description="Seconds between two looks at what must be mailed."
    )
    publish_to: str = Field(
        default="",
        description="Where public documents are put besides being served: a folder or s3://BUCKET/PREFIX; "
        "{district} in it stands for the district's id.",
    )
    publish_endpoint: str = Field(default="", description="The bucket's https:// address; empty for Amazon.")
    publish_region: str = Field(default="us-east-1", description="The bucket's region.")
    publish_key_id: str = Field(default="", description="The key that may write to the bucket.")
    publish_secret: SecretStr = Field(default=SecretStr(""), description="The secret of that key.")
    metrics_port: int = Field(
        default=0, ge=0, le=65_535, description="The port of `GET /metrics`; 0 for none."
    )
    metrics_bind: str = Field(default="127.0.0.1", description="The address at which it is answered.")

    jobs: bool = Field(
        default=True,
        description="Whether the console orders badges as jobs, which a worker carries out; else it issues "
        "them while somebody waits.",
    )
    hold_minutes: int = Field(
        default=30,
        ge=0,
        le=1_440,
        description="Minutes for which a batch can be undone before anything of it leaves the house.",
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """An option, then the environment, then the files that the environment names."""
        del dotenv_settings, file_secret_settings
        in_files: dict[str, Any] = dict(settings_in_files(os.environ, cls.model_fields))
        return init_settings, env_settings, InitSettingsSource(settings_cls, in_files)

    @field_validator("verifier_origin")
    @classmethod
    def _is_origin(cls, value: str) -> str:
        """Only `https://HOST`, or nothing yet, or `http://localhost:PORT` for a try."""
        if not value:
            return value
        parts = urlsplit(value)
        fits = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname == "localhost")
        if not fits or value != f"{parts.scheme}://{parts.netloc}" or "@" in parts.netloc:
            raise ValueError("write https://HOST and nothing after it")
        return value

    @field_validator("sign_on_loopback")
    @classmethod
    def _is_loopback(cls, value: str) -> str:
        """Only `http://localhost:PORT`, or nothing."""
        if value and not _LOOPBACK.fullmatch(value):
            raise ValueError("write http://localhost:PORT, or leave it empty")
        return value

    @property
    def loopback_origins(self) -> frozenset[str]:
        """The origins of this machine that single sign-on may be at."""
        return frozenset({self.sign_on_loopback} - {""})

    @property
    def database(self) -> str:
        """The database to open."""
        return self.database_url or str(self.data / "cairn.db")

    @property
    def keys(self) -> Path:
        """The folder of sealed keys."""
        return self.data / "keys"
