"""A district's menu as a `ceterms:Collection` of the Credential Transparency Description Language.

Credential Engine's pattern for approval lists: one collection with a first day, and its members. Nobody has
held the class `AssessmentProfile` and the properties of occupations and owners against the published schema.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from credential.readiness import Subject
from issuer.catalog.district_menu import DistrictMenu, Offer
from issuer.catalog.entry import Entry
from issuer.catalog.menu import DecidedBy
from issuer.catalog.validity import Shape
from issuer.catalog.wording import in_words

CONTEXT: Final = "https://credreg.net/ctdl/schema/context/json"

_LANGUAGE = "en-US"
_CLASSES = {
    "Certification": "ceterms:Certification",
    "License": "ceterms:License",
    "CertificateOfCompletion": "ceterms:CertificateOfCompletion",
    "Certificate": "ceterms:Certificate",
    "MicroCredential": "ceterms:MicroCredential",
    "SecondarySchoolDiploma": "ceterms:SecondarySchoolDiploma",
}
_SUBJECTS = {Subject.ENGLISH: "English", Subject.MATH: "Math"}


def collection(
    choice: DistrictMenu, authorised: Sequence[Entry], *, district: str, url: str
) -> dict[str, Any]:
    """The district's menu, and every certification that it has authorised, as one JSON-LD graph.

    Args:
        choice: What the district offers.
        authorised: The certifications that count by an active decision; each once.
        district: The district's name.
        url: The district's own pages.
    """
    options = [_option(offer) for offer in choice.offers.values() if _is_test(offer)]
    certifications = [_certification(entry) for entry in authorised]
    members = [*options, *certifications]
    made = {
        "@id": "_:menu",
        "@type": "ceterms:Collection",
        "ceterms:name": {_LANGUAGE: f"Graduation menu of {district}, {choice.heading.version}"},
        "ceterms:description": {_LANGUAGE: choice.heading.about},
        "ceterms:ownedBy": ["_:district"],
        "ceterms:startDate": choice.heading.effective_from.isoformat(),
        "ceterms:hasMember": [member["@id"] for member in members],
    }
    owner = _organisation("_:district", district, url)
    return {"@context": CONTEXT, "@graph": [made, owner, *members, *_bodies(authorised)]}


def listing(entries: Sequence[Entry], *, name: str, since: date) -> dict[str, Any]:
    """A whole catalogue as one collection, for registries and for other districts.

    Args:
        entries: Its credentials.
        name: What the collection is called.
        since: The day on which the edition is dated.
    """
    certifications = [_certification(entry) for entry in entries]
    made = {
        "@id": "_:catalogue",
        "@type": "ceterms:Collection",
        "ceterms:name": {_LANGUAGE: name},
        "ceterms:startDate": since.isoformat(),
        "ceterms:hasMember": [one["@id"] for one in certifications],
    }
    return {"@context": CONTEXT, "@graph": [made, *certifications, *_bodies(entries)]}


def _bodies(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """Who certifies them, each once."""
    bodies = {entry.body.code: entry.body for entry in entries}
    return [_organisation(f"_:body-{body.code}", body.name, body.url) for body in bodies.values()]


def _is_test(offer: Offer) -> bool:
    """Certifications are members themselves; the option that lets them count is no thing of its own."""
    return offer.option.decided_by is not DecidedBy.DECISIONS


def _option(offer: Offer) -> dict[str, Any]:
    wanted = [f"{_SUBJECTS[subject]}: {in_words(node)}" for subject, node in offer.criteria.items()]
    wanted += [
        f"{_SUBJECTS[subject]}, besides: {in_words(node)}" for subject, node in offer.conditions.items()
    ]
    return {
        "@id": f"_:option-{offer.option.code}",
        "@type": "ceterms:AssessmentProfile",
        "ceterms:name": {_LANGUAGE: offer.option.name},
        "ceterms:codedNotation": offer.option.code,
        "ceterms:description": {_LANGUAGE: ". ".join(wanted) + "."},
    }


def _certification(entry: Entry) -> dict[str, Any]:
    made: dict[str, Any] = {
        "@id": f"_:credential-{entry.code}",
        "@type": _CLASSES.get(entry.kind.achievement_type, "ceterms:Certification"),
        "ceterms:name": {_LANGUAGE: entry.name},
        "ceterms:codedNotation": entry.code,
        "ceterms:description": {_LANGUAGE: entry.description},
        "ceterms:ownedBy": [f"_:body-{entry.body.code}"],
    }
    if entry.occupations:
        made["ceterms:occupationType"] = [
            {
                "@type": "ceterms:CredentialAlignmentObject",
                "ceterms:codedNotation": occupation.code,
                "ceterms:frameworkName": {_LANGUAGE: occupation.framework},
                "ceterms:targetNode": occupation.url,
                "ceterms:targetNodeName": {_LANGUAGE: occupation.name},
            }
            for occupation in entry.occupations
        ]
    if entry.validity.shape is Shape.FIXED and entry.validity.confirmed:
        made["ceterms:renewalFrequency"] = f"P{entry.validity.months}M"
    return made


def _organisation(node: str, name: str, url: str | None) -> dict[str, Any]:
    made: dict[str, Any] = {"@id": node, "@type": "ceterms:Organization", "ceterms:name": {_LANGUAGE: name}}
    if url:
        made["ceterms:subjectWebpage"] = url
    return made
