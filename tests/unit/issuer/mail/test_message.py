"""What a mail is made of: its headers, its two forms, and nothing that anybody could put into it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from issuer.mail import message, wording
from issuer.mail.errors import MailError
from issuer.store.outbox import Purpose

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
VALUES = {
    "given": "Maya",
    "district": "Riverbend School District",
    "badge": "Nurse <Aide> & Co",
    "until": "June 1, 2026",
    "code": "1234 5678",
}
LINK = "https://badges.riverbend.example/my/claim/TOKEN?lang=es"


def compose(written: message.Written, **changes: str) -> EmailMessage:
    facts = {
        "to": "maya@riverbend.example",
        "sender": "badges@riverbend.example",
        "sender_name": "Riverbend School District",
        "message_id": "abc-1",
    }
    return message.compose(written, now=NOW, **(facts | changes))


@pytest.mark.parametrize("language", wording.LANGUAGES)
@pytest.mark.parametrize("purpose", [*(one.value for one in Purpose), "test"])
def test_every_mail_has_two_forms_and_nothing_to_load(purpose: str, language: str) -> None:
    written = wording.write(purpose, language, VALUES, LINK)
    sent = message_from_bytes(compose(written).as_bytes(), policy=policy.default)
    assert [part.get_content_type() for part in sent.iter_parts()] == ["text/plain", "text/html"]
    assert "<img" not in written.html
    assert re.findall(r"https?://[^\s\"<]+", written.html.replace("&amp;", "&")) == [LINK, LINK]
    assert "{" not in written.text + written.html + written.subject
    assert "Maya" not in written.subject
    assert sent["Auto-Submitted"] == "auto-generated"
    assert sent["Message-ID"] == "<abc-1@riverbend.example>"
    assert sent["Date"].datetime == NOW
    assert sent["From"].addresses[0].addr_spec == "badges@riverbend.example"
    assert all(len(line) <= 998 for line in compose(written).as_bytes().split(b"\r\n"))


def test_both_languages_say_the_same_things() -> None:
    english, spanish = (wording.words(one) for one in wording.LANGUAGES)
    assert {name: set(said) for name, said in english.items()} == {
        name: set(said) for name, said in spanish.items()
    }


def test_names_are_escaped_in_the_page_and_one_line_in_the_text() -> None:
    written = wording.write("new-badge", "en", VALUES | {"given": "Ma\r\nBcc: x@y.example\u2028ya"}, LINK)
    assert "Nurse &lt;Aide&gt; &amp; Co" in written.html
    assert "Ma Bcc: x@y.example ya" in written.text


@pytest.mark.parametrize(
    "changes",
    [
        {"to": "maya@riverbend.example\r\nBcc: eve@evil.example"},
        {"to": "maya@riverbend.example, eve@evil.example"},
        {"to": "Maya <maya@riverbend.example>"},
        {"sender": "badges@riverbend.example\nX: y"},
        {"sender_name": "Riverbend\r\nBcc: eve@evil.example"},
        {"sender_name": "R" * 121},
        {"sender_name": ""},
        {"message_id": "a>\r\nX: y"},
    ],
)
def test_a_header_cannot_be_put_in(changes: dict[str, str]) -> None:
    written = wording.write("test", "en", VALUES)
    assert compose(written)["To"] == "maya@riverbend.example"
    with pytest.raises(MailError, match="mail_broken"):
        compose(written, **changes)


def test_a_subject_is_one_line() -> None:
    for subject in ("A\r\nBcc: eve@evil.example", "A\x00", "", "A" * 121):
        with pytest.raises(MailError, match="mail_broken"):
            compose(message.Written(subject, "text", "<p>", "en"))
