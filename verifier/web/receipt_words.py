"""What a receipt says, in words, for its page and for its sheet of paper. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from verifier.evidence import CheckOutcome
from verifier.receipt import Receipt, marked, receipt_file
from verifier.receipt_code import ReceiptStub, receipt_number
from verifier.report import family_of, spoken_answer
from verifier.web.plain import moment, plain
from verifier.web.words import PAGES
from verifier.words import LOCALES

LONGEST: Final = 400
LONGEST_PRINTED: Final = 160
"""Characters of one text on paper, so that a receipt is one sheet. The signed receipt has them all."""


@dataclass(frozen=True, slots=True)
class AnswerTold:
    """One of the questions: the outcome, the question and its answer in words, and what was shown then."""

    outcome: CheckOutcome
    question: str
    answer: str
    said: str


@dataclass(frozen=True, slots=True)
class ReceiptTold:
    """A receipt in words.

    Args:
        family: How the verdict looks.
        headline: The verdict.
        spoken: The language of `headline` and of what the answers say.
        facts: Names and values, in order.
        answers: The questions; empty for the short form.
        photo: What is said of a photo ID.
        number: The receipt's number, in groups of four.
    """

    family: str
    headline: str
    spoken: str
    facts: tuple[tuple[str, str], ...]
    answers: tuple[AnswerTold, ...]
    photo: str
    number: str


def receipt_told(receipt: Receipt, token: str, locale: str) -> ReceiptTold:
    """The whole receipt in words.

    Args:
        receipt: What it says.
        token: Itself, for its number.
        locale: The language of everything but what was shown then.
    """
    words, said = PAGES[locale], LOCALES[locale]
    listed = words["receipt.on_list"].format(list=receipt.trust_list)
    issuer = f"{receipt.issuer_name}, {listed}" if receipt.issuer_name and receipt.trust_list else ""
    strange = f"{receipt.issuer_name or receipt.issuer}, {words['receipt.not_listed']}"
    facts = [
        (words["receipt.badge"], receipt.badge),
        (words["receipt.issuer"], (issuer or receipt.issuer_name or strange) if receipt.issuer else ""),
        (words["receipt.issuer_id"], receipt.issuer if receipt.issuer_name else ""),
        (words["receipt.checked_at"], moment(receipt.checked_at, locale)),
        (words["receipt.past"], moment(receipt.as_of, locale) if receipt.as_of else ""),
        (words["receipt.checked_by"], receipt.verifier),
        (words["receipt.made_at"], moment(receipt.made_at, locale)),
        (words["receipt.digest"], receipt.digest),
    ]
    return ReceiptTold(
        family=family_of(receipt.code, past=receipt.as_of is not None),
        headline=receipt.headline,
        spoken=receipt.locale if receipt.locale in PAGES else "en",
        facts=tuple((name, plain(value, LONGEST)) for name, value in facts if value),
        answers=tuple(
            AnswerTold(
                one.answer,
                said.get(f"check.{one.check}", one.check),
                spoken_answer(one.check, one.answer, said),
                plain(one.said, LONGEST),
            )
            for one in receipt.checks
        ),
        photo=words["receipt.photo_yes" if receipt.photo_id else "receipt.photo_no"],
        number=_groups(receipt_number(token)),
    )


def stub_told(stub: ReceiptStub, locale: str) -> ReceiptTold:
    """The short form in words."""
    words = PAGES[locale]
    facts = [
        (words["receipt.badge"], stub.badge),
        (words["receipt.issuer"], stub.issuer_name),
        (words["receipt.checked_at"], moment(stub.checked_at, locale)),
        (words["receipt.past"], words["receipt.past_day"] if stub.past else ""),
    ]
    return ReceiptTold(
        family=family_of(stub.code, past=stub.past),
        headline=words[f"code.{stub.code}"],
        spoken=locale,
        facts=tuple((name, plain(value, LONGEST)) for name, value in facts if value),
        answers=(),
        photo=words["receipt.photo_yes" if stub.photo_id else "receipt.photo_no"],
        number=_groups(stub.number),
    )


def sheet(receipt: Receipt, token: str, qr: str, locale: str) -> dict[str, Any]:
    """The receipt as `verifier.render.receipt_pdf` draws it.

    Args:
        receipt: What it says.
        token: Itself.
        qr: The QR code with the short form, as SVG.
        locale: The language of the sheet.
    """
    words, told = PAGES[locale], receipt_told(receipt, token, locale)
    made = receipt.made_at
    return {
        "title": words["receipt.title"],
        "lang": locale,
        "family": told.family,
        "day": [made.year, made.month, made.day],
        "mark": marked(token),
        "file": receipt_file(token).decode("ascii"),
        "attached": words["receipt.attached"],
        "headline": plain(told.headline, LONGEST_PRINTED),
        "under": [words["receipt.is_for_moment"]],
        "about": words["receipt.about"],
        "facts": [[name, plain(value, LONGEST_PRINTED)] for name, value in told.facts],
        "asked": words["checks"],
        "checks": [[one.question, one.answer, plain(one.said, LONGEST_PRINTED)] for one in told.answers],
        "qr": qr,
        "qr_alt": words["receipt.qr"],
        "qr_text": words["receipt.qr_text"],
        "whose": words["receipt.whose"],
        "whose_hint": words["receipt.whose_hint"],
        "small": [
            told.photo,
            f"{words['receipt.number']}: {told.number}",
            words["receipt.digest_hint"],
        ],
        "unprintable": words["receipt.unprintable"],
    }


def _groups(number: str) -> str:
    return " ".join(number[at : at + 4] for at in range(0, len(number), 4))
