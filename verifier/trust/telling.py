"""What a finding about an issuer says in one language: the list's names, and a warning about a name that is
too like another's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from verifier.trust.model import TrustEntry, TrustList

if TYPE_CHECKING:
    from verifier.evidence import Finding, Verdict

DEFAULT = "en"


def name_facts(entry: TrustEntry | None, on: TrustList | None) -> dict[str, str]:
    """The names in every language that the list gives, as facts: "name", "name_es", "list", "list_es"."""
    facts: dict[str, str] = {}
    if on is not None:
        facts["list"] = on.name
        if on.credential:
            facts |= {f"list_{code}": name for code, name in on.credential.names.items() if code != DEFAULT}
    if entry is not None:
        facts["name"] = entry.name
        if entry.listed:
            facts |= {f"name_{code}": name for code, name in entry.listed.names.items() if code != DEFAULT}
    return facts


def in_language(verdict: Verdict, locale: str) -> Verdict:
    """The verdict with the names of lists and issuers as the lists give them in this language."""
    findings = tuple(_told(finding, locale) for finding in verdict.findings)
    name = verdict.listed.named(locale) if verdict.listed else verdict.issuer_name
    return replace(verdict, findings=findings, issuer_name=name)


def warning(verdict: Verdict, words: Mapping[str, str]) -> str:
    """A sentence where an issuer that no list names goes by a listed one's name, or one that looks like
    it.
    """
    for finding in verdict.findings:
        if "resembles" in finding.facts:
            return words["warning.name_resembles"].format(name=finding.facts["resembles"])
    return ""


def _told(finding: Finding, locale: str) -> Finding:
    named = {
        name: finding.facts[f"{name}_{locale}"]
        for name in ("name", "list")
        if f"{name}_{locale}" in finding.facts
    }
    return replace(finding, facts={**finding.facts, **named}) if named else finding
