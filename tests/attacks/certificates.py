"""Servers' certificates, good and bad, made for one run: their times must fit the machine's own clock."""

from __future__ import annotations

import ssl
import tempfile
import warnings
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from verifier.fetch import tls_by_name


@dataclass(frozen=True, slots=True)
class Authority:
    """A certificate authority that nobody knows until somebody is told of it."""

    name: str
    key: ec.EllipticCurvePrivateKey

    @property
    def certificate(self) -> x509.Certificate:
        """Its own, signed by itself."""
        return self.sign(_named(self.name), self.key, [], (-1, 1), ca=True)

    def sign(
        self,
        subject: x509.Name,
        key: ec.EllipticCurvePrivateKey,
        names: list[str],
        days: tuple[int, int],
        *,
        ca: bool = False,
    ) -> x509.Certificate:
        """A certificate for a key."""
        now = datetime.now(UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(_named(self.name))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + timedelta(days=days[0]))
            .not_valid_after(now + timedelta(days=days[1]))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        )
        if names:
            alternatives = x509.SubjectAlternativeName([x509.DNSName(name) for name in names])
            builder = builder.add_extension(alternatives, critical=False)
        return builder.sign(self.key, hashes.SHA256())


@cache
def authority(name: str) -> Authority:
    """The authority of this name."""
    return Authority(name, ec.generate_private_key(ec.SECP256R1()))


@cache
def trusting() -> ssl.SSLContext:
    """The product's own context, which knows one authority more."""
    context = tls_by_name()
    context.load_verify_locations(cadata=authority("known").certificate.public_bytes(Encoding.PEM).decode())
    return context


def offered(kind: str, host: str) -> ssl.SSLContext | None:
    """What a server offers that calls itself by a host name; "none" is a server without TLS."""
    if kind == "none":
        return None
    key = ec.generate_private_key(ec.SECP256R1())
    by = authority("unknown") if kind == "unknown_authority" else authority("known")
    days = {"expired": (-2, -1), "not_yet": (1, 2)}.get(kind, (-1, 1))
    parent = host.partition(".")[2]
    names = {
        "other_name": [f"other.{parent}"],
        "parent_name": [parent],
        "wildcard_above": [f"*.{parent.partition('.')[2]}"],
        "common_name_only": [],
    }.get(kind, [host])
    if kind == "self_signed":
        by = Authority(host, key)
    signed = by.sign(_named(host), key, names, days)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "server.pem")
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        file.write_bytes(private + signed.public_bytes(Encoding.PEM))
        context.load_cert_chain(file)
    if kind == "tls_1_1":
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # that it is out of date is the point
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = ssl.TLSVersion.TLSv1_1
        context.set_ciphers("ALL:@SECLEVEL=0")
    return context


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
