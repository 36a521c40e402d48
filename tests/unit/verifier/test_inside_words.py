"""Endorsements, learner records and presentations in words: every code, both languages, nothing unsigned."""

from __future__ import annotations

import json
from itertools import product

import pytest
from jinja2 import Environment

from contexts.document import compose
from credential.types import AssociationType
from tests.endorsements import endorsement, endorsement_value, member, record
from tests.presentations import presentation, signed
from tests.unit.verifier.checks.test_endorsements import ACHIEVEMENT, badge, changed
from tests.unit.verifier.test_presentation import ASKED, FORMS, check
from tests.world import NOW, World
from verifier.evidence import CheckOutcome, Code, Outcome, Verdict
from verifier.grounds import EndorsementItem, EvidenceOutcome
from verifier.inside_words import endorsement_lines
from verifier.presentation_report import explain_presentation, presentation_json
from verifier.presented import PresentationCheck, PresentationCode, PresentationFinding, PresentationVerdict
from verifier.report import as_json, explain
from verifier.web.site import for_strangers
from verifier.words import LOCALES

CODES = (
    "intact",
    "lapsed",
    "withdrawn",
    "altered",
    "unsigned",
    "not_checked",
    "not_yet_valid",
    "other_target",
    "not_an_endorsement",
    "too_many_endorsements",
)
PLACES = ("credential", "subject", "achievement", "issuer", "creator", "other")


@pytest.mark.parametrize(("code", "of"), [*product(CODES, ("credential",)), *product(("intact",), PLACES)])
def test_every_endorsement_has_words_in_both_languages(code: str, of: str) -> None:
    facts = {"date": "2026-04-01", "until": "2027-04-01"}
    notes = ("issuer_not_known", "own_issuer")
    item = EndorsementItem(EvidenceOutcome.INTACT, code, of, facts, notes)
    verdict = Verdict(Outcome.VALID, Code.VALID, (), NOW, endorsements=(item,))
    said = {endorsement_lines(verdict, words)[0].sentence for words in LOCALES.values()}
    assert len(said) == len(LOCALES)
    assert not any("{" in sentence or not sentence for sentence in said)


def test_every_association_has_words() -> None:
    for kind, words in product(AssociationType, LOCALES.values()):
        assert words[f"association.{kind}"].format(source="A", target="B")


def test_an_endorsement_alone_says_what_it_is_and_of_what() -> None:
    world = World()
    verdict = world.check(compose(endorsement(ACHIEVEMENT, world.signer)).raw)
    report = explain(verdict)
    assert report.headline == "This endorsement is valid"
    assert (report.kind, report.endorses) == ("endorsement", ACHIEVEMENT)
    assert report.badge is not None
    assert report.badge.description == "Meets our standard for new hires."
    told = as_json(verdict)
    assert (told["kind"], told["endorses"]) == ("endorsement", ACHIEVEMENT)


def test_a_changed_endorsement_shows_nothing_of_itself() -> None:
    world = World()
    verdict = world.check(badge(world, changed(ACHIEVEMENT)))
    told = json.dumps(as_json(verdict) | {"credential": None})
    assert "The best there is" not in told
    assert "Trades Board" not in told
    assert explain(verdict).what_to_do.startswith("It carries an endorsement that the endorser did not sign")


def test_a_record_is_told_with_a_report_for_each_badge() -> None:
    world = World()
    world.revoke(6)
    verdict = world.check(record(world, member(world, 5), member(world, 6)))
    report = explain(verdict)
    assert [one.code for one in report.members] == [Code.VALID, Code.REVOKED]
    assert report.what_to_do.startswith("The issuer of a badge in this record has withdrawn")
    assert [one["code"] for one in as_json(verdict)["members"]] == ["valid", "revoked"]
    good = World()
    assert explain(good.check(record(good, member(good)))).headline == "This learner record is valid"


def test_what_did_not_answer_inside_a_record_is_kept_from_strangers_too() -> None:
    world = World()
    world.fail[world.list_url] = "private_address"
    verdict = world.check(record(world, member(world)))
    assert "private_address" in json.dumps(as_json(verdict))
    assert "private_address" not in json.dumps(as_json(for_strangers(verdict)))


def test_every_presentation_has_words_in_both_languages() -> None:
    codes = {
        "presentation_unsigned",
        "holder_signed",
        "holder_unreachable",
        "holder_did_not_sign",
        "made_for_somebody",
        "not_asked",
        "challenge_differs",
        "domain_differs",
        "answered",
        "nothing_presented",
        "credential_fails",
        "credential_not_checked",
        "too_many_credentials",
        "holder_is_subject",
        "holder_not_named",
        "nobody_signed",
    }
    for locale, words in LOCALES.items():
        assert all(words[f"presentation.answer.{code}"] for code in codes)
        for code, outcome in product(PresentationCode, CheckOutcome):
            findings = tuple(PresentationFinding(one, outcome, "whatever") for one in PresentationCheck)
            verdict = PresentationVerdict(Outcome.UNKNOWN, code, findings, NOW)
            report = explain_presentation(verdict, locale)
            assert all((report.headline, report.what_to_do, *(line.sentence for line in report.checks)))


@pytest.mark.parametrize("make", FORMS)
def test_a_presentation_is_told_for_programs(make: object) -> None:
    assert callable(make)
    verdict = check(World(), make(World()), **ASKED)
    told = json.loads(json.dumps(presentation_json(verdict, "es")))
    assert list(told) == [
        "outcome",
        "code",
        "headline",
        "what_to_do",
        "holder",
        "checks",
        "findings",
        "credentials",
        "key",
        "suite",
        "as_of",
        "checked_at",
        "kind",
    ]
    assert {one["code"] for one in told["credentials"]} == {"valid"}
    assert told["headline"] == "Todo lo presentado es válido"


def test_a_changed_presentation_shows_nothing_of_itself() -> None:
    world = World()
    made = json.loads(signed(presentation(member(world)), **ASKED)) | {"holder": "did:example:1"}
    told = json.dumps(presentation_json(check(world, compose(made).raw, **ASKED)))
    assert "Workplace" not in told
    assert "Jordan" not in told


@pytest.mark.parametrize("locale", LOCALES)
def test_the_page_shows_endorsements_and_the_badges_of_a_record(locale: str) -> None:
    from verifier.web.site import _templates  # the very templates that the site serves
    from verifier.web.words import PAGES

    templates: Environment = _templates()
    world = World()
    endorsed = explain(
        world.check(
            badge(
                world,
                endorsement(ACHIEVEMENT),
                endorsement_value(ACHIEVEMENT, id="urn:uuid:5d7f4a40-0000-4000-8000-0000000000e9"),
            )
        ),
        locale,
    )
    text = '{% from "icons.html" import icon %}{% include "grounds.html" %}'
    page = templates.from_string(text).render(
        report=endorsed, words=PAGES[locale], locale=locale, n="", top=2
    )
    assert "Meets our standard for new hires." in page
    assert page.count("<h3>") == 2
    held = explain(world.check(record(world, member(world, 5), member(world, 6))), locale)
    page = templates.from_string(text).render(report=held, words=PAGES[locale], locale=locale, n="", top=2)
    assert page.count("Workplace Safety, 10 hours") == 2
