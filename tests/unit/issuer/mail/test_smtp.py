"""The door to a mail server, at real servers on this machine."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from issuer.mail import wording
from issuer.mail.errors import MailError
from issuer.mail.set_up import server_of
from issuer.mail.smtp import Server, Tls, connected
from issuer.settings import Settings
from tests.mailbox import catching
from tests.unit.issuer.mail.test_message import compose

pytestmark = pytest.mark.network

MAIL = compose(wording.write("test", "en", {"given": "", "district": "Riverbend"}))


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, Path]:
    """A server's certificate for localhost, made here, and the file to trust it by."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("mail")
    public = folder / "public.pem"
    public.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    both = folder / "both.pem"
    both.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + public.read_bytes()
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    return context, public


def post(server: Server) -> None:
    with connected(server) as hand_over:
        hand_over(MAIL)


def code_of(server: Server) -> str:
    with pytest.raises(MailError) as refused:
        post(server)
    return refused.value.code


def test_starttls_with_a_certificate_that_is_trusted(certificate: tuple[ssl.SSLContext, Path]) -> None:
    with catching(tls=certificate[0], password=("cairn", "a long secret")) as box:
        post(box.server(tls=Tls.STARTTLS, roots=certificate[1], user="cairn", password="a long secret"))
        assert len(box.mails) == 1
        wrong = box.server(tls=Tls.STARTTLS, roots=certificate[1], user="cairn", password="another")
        assert code_of(wrong) == "mail_unreachable"
        assert code_of(box.server(tls=Tls.STARTTLS)) == "mail_unreachable"  # nobody we know made it
        assert len(box.mails) == 1


def test_starttls_is_never_left_out_where_the_server_does_not_offer_it() -> None:
    with catching() as box:
        assert code_of(box.server(tls=Tls.STARTTLS)) == "mail_unreachable"
        assert not box.mails


def test_a_server_that_puts_off_is_no_refusal() -> None:
    with catching() as box:
        box.answers = ["451 greylisted, come back", "554 never"]
        assert code_of(box.server()) == "mail_later"
        assert code_of(box.server()) == "mail_refused"
        post(box.server())
        assert len(box.mails) == 1


def test_an_address_that_is_refused_is_refused() -> None:
    with catching() as box, connected(box.server()) as hand_over:
        with pytest.raises(MailError, match="mail_refused"):
            hand_over(
                compose(wording.write("test", "en", {"given": "", "district": "R"}), to="nobody@x.example")
            )
        hand_over(MAIL)
        assert len(box.mails) == 1


def test_a_server_that_hangs_up_is_unreachable() -> None:
    with catching() as box:
        box.answers = ["421 going away"]
        assert code_of(box.server()) in ("mail_later", "mail_unreachable")
    assert code_of(box.server()) == "mail_unreachable"


def test_nothing_goes_in_the_open_but_to_this_machine() -> None:
    with pytest.raises(MailError, match="mail_setting"):
        Server("mail.riverbend.example", 25, Tls.NONE, "badges@riverbend.example")
    Server("127.0.0.1", 25, Tls.NONE, "badges@riverbend.example")


def test_a_password_is_shown_nowhere_and_read_from_its_file(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("a long secret\n")
    settings = Settings(
        mail_host="mail.riverbend.example",
        mail_from="Badges@riverbend.example",
        mail_user="cairn",
        mail_password_file=file,
    )
    server = server_of(settings)
    assert server is not None
    assert (server.password, server.sender) == ("a long secret", "badges@riverbend.example")
    assert "secret" not in repr(server)
    assert server_of(Settings()) is None
    for wrong in ({"mail_from": ""}, {"mail_password_file": tmp_path / "none"}, {"mail_password_file": None}):
        with pytest.raises(MailError, match="mail_setting"):
            server_of(settings.model_copy(update=wrong))
