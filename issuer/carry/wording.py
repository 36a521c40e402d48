"""A badge's facts as they stand on paper, in English or Spanish. What was signed is repeated as it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from issuer.carry.facts import Facts
from issuer.carry.words import WORDS, spell_day
from issuer.errors import IssuerError
from issuer.render.certificate import MOST_FACTS, Check, Printed

_KINDS: Final = frozenset({"Certification", "License", "CertificateOfCompletion"})


def printed(facts: Facts, language: str, *, card: bool = False) -> Printed:
    """What stands on a certificate, or on a card.

    Args:
        facts: What the badge says.
        language: `en` or `es`.
        card: Whether it is for the card, which has no room for the small print.

    Raises:
        IssuerError: `state_conflict` where a badge says more than a paper has room for.
    """
    words = WORDS[language]
    kind = facts.achievement_type if facts.achievement_type in _KINDS else "other"
    title, language_of_title = facts.title, facts.title_language
    source = words["body"].format(body=facts.body) if facts.body else ""
    if facts.is_readiness:
        kind, language_of_title = "readiness", language
        title = subjects(facts, language)
        if card:  # which has no room for the line before the title
            title = words["readiness.card"].format(subjects=title)
        source = words["readiness.source"].format(district=facts.district)
    lines = tuple(_facts(facts, language))
    if len(lines) > MOST_FACTS:
        raise IssuerError("state_conflict", f"this badge has more results than fit on paper ({MOST_FACTS})")
    return Printed(
        language=language,
        title_language=language_of_title,
        district=facts.district,
        kind=words[f"kind.{kind}"],
        lead=words["lead"],
        recipient=facts.recipient or words["nameless"],
        name_lead=words["readiness.earned" if facts.is_readiness else "earned"],
        title=title,
        source=source,
        facts=lines,
        scan=words["scan"],
        about=words["about.card" if card else "about"].format(district=facts.district),
        attached=words["attached"].format(district=facts.district),
    )


def subjects(facts: Facts, language: str) -> str:
    """What a determination determined, in words; its title where it names no subject."""
    named = [WORDS[language][str(one)] for one in facts.subjects]
    if len(named) > 1:
        return WORDS[language]["and"].format(one=named[0], other=named[1])
    return named[0] if named else facts.title


def check(link: str, host: str, code: str, language: str) -> Check:
    """How the paper is checked: what is scanned, what is typed, and both in words."""
    return Check(link, host, code, WORDS[language]["alt"].format(host=host, code=code))


def _facts(facts: Facts, language: str) -> Iterator[tuple[str, str]]:
    words = WORDS[language]
    yield (
        words["fact.determined" if facts.is_readiness else "fact.earned"],
        spell_day(facts.earned, language),
    )
    if facts.last_day is not None:
        yield words["fact.until"], spell_day(facts.last_day, language)
    elif not facts.is_readiness:
        yield words["fact.until"], words["fact.no-end"]
    if facts.standing:
        yield words["fact.standing"], words.get(f"standing.{facts.standing}", facts.standing)
    if facts.number:
        yield words["fact.number"], facts.number
    yield from facts.results
    yield words["fact.issued"], spell_day(facts.issued.date(), language)
