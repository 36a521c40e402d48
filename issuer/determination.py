"""A readiness determination as an award: what is signed when a student has shown readiness.

It is one more kind of award, and goes through the same transaction. Its reference follows from the student
and the subjects, so that nobody is given the same determination twice.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from contexts.document import parse
from credential.digest import digest_of
from credential.embedded import CREDENTIAL, MOST_TOGETHER, ONE, data_uri
from credential.model import Evidence, Result
from credential.readiness import READINESS_TYPE, RESULT_FRAGMENTS, Subject
from credential.rule import RULE_MEDIA_TYPE, compose_rule, judge, parse_rule
from credential.types import ResultStatusType
from issuer.award import Award, Determined
from issuer.errors import IssuerError
from issuer.readiness import Readiness, disclosed, embedded_in

ACHIEVEMENT_ID: Final = "readiness"
"""The district's achievement for determinations, as the last step of its address."""

CODE: Final = "READINESS"
"""Its code. No catalogue has it, so no sheet can order one."""

MOST_CREDENTIALS: Final = 8
"""How many certification credentials one determination may rest on: what a verifier opens."""

_NAMES: Final = {Subject.ENGLISH: "Readiness in English", Subject.MATH: "Readiness in math"}
_RULE_NAME: Final = "The rule that was applied, and what it was applied to"


def readiness_achievement(
    address: str, did: str, name: str, image: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The Achievement that every determination of a district carries. Here the district is the creator.

    Args:
        address: Its absolute address, at which the issuer serves it.
        did: The district's DID.
        name: The district's name.
        image: An Open Badges Image, or None.
    """
    shown = {"image": dict(image)} if image else {}
    return {
        "id": address,
        "type": ["Achievement"],
        "achievementType": READINESS_TYPE,
        "name": "Graduation readiness determination",
        "description": "The district has determined that the student has shown readiness for what comes "
        "after high school, in the subjects that are named.",
        "criteria": {
            "narrative": "The student met an option of the district's menu on the day of the "
            "determination. The rule that was applied is part of this badge, and so is each certification "
            "badge that it rests on. It is a decision of its date: a certification that lapses later does "
            "not undo it."
        },
        "creator": {"id": did, "type": ["Profile"], "name": name},
        "humanCode": CODE,
        "inLanguage": "en-US",
        **shown,
        "resultDescription": [
            {
                "id": address + fragment,
                "type": ["ResultDescription"],
                "name": _NAMES[subject],
                "resultType": "Status",
            }
            for subject, fragment in RESULT_FRAGMENTS.items()
        ],
    }


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a determination is for, as far as it needs to know.

    Args:
        student_id: The number. It stays in the records.
        name: The name on the badge, or None for one without.
        withheld: Texts that must not enter the badge.
        adult_on: The day from which on the student alone decides on sharing; None where nobody knows it.
    """

    student_id: str
    name: str | None
    withheld: tuple[str, ...] = ()
    adult_on: date | None = None


def determination_award(
    readiness: Readiness, subjects: Sequence[Subject], person: Person, *, number: int = 1
) -> Award:
    """Order the determination for subjects that are met.

    Args:
        readiness: As judged today.
        subjects: Which of those that are met; a subject that was determined before is left out by the caller.
        person: Whom it is for.
        number: 1, or more where earlier ones for these subjects were withdrawn.

    Raises:
        IssuerError: `names_differ` where a certification badge bears another name; `too_much_evidence`.
    """
    document = disclosed(readiness, subjects)
    rests_on = embedded_in(readiness, document)
    for one in rests_on:
        if one.recipient_name != person.name:
            raise IssuerError(
                "names_differ",
                f"the badge for {one.code} bears another name than the determination would: correct and "
                "replace that badge first",
            )
    if len(rests_on) > MOST_CREDENTIALS:
        raise IssuerError(
            "too_much_evidence", f"it would rest on more than {MOST_CREDENTIALS} certification badges"
        )
    rule = compose_rule(document)
    if not all(one.met for one in judge(parse_rule(rule)).values()):
        raise IssuerError("state_conflict", "what would be disclosed does not bear out the determination")
    named = tuple(subject for subject in Subject if subject in document.subjects)
    return Award(
        award_ref=determination_ref(person.student_id, named, number),
        student_id=person.student_id,
        achievement_id=ACHIEVEMENT_ID,
        date_earned=document.judged_on,
        recipient_name=person.name,
        withheld=person.withheld,
        adult_on=person.adult_on,
        determined=Determined(
            subjects=tuple(str(subject) for subject in named),
            rule=rule.decode("utf-8"),
            credentials=tuple((one.credential_id, one.digest) for one in rests_on),
        ),
    )


def determination_ref(student_id: str, subjects: Sequence[Subject], number: int) -> str:
    """The reference of a determination: the same student and subjects always have the same.

    >>> determination_ref("100000001", [Subject.ENGLISH], 1)
    'READY-ENG-GGOZDZKTV32TLIANGP2V-1'
    """
    digest = hashlib.sha256(json.dumps(["readiness", student_id]).encode()).digest()
    return f"READY-{'-'.join(subjects)}-{base64.b32encode(digest)[:20].decode('ascii')}-{number}"


def results(determined: Determined, achievement_id: str) -> tuple[Result, ...]:
    """A result with the status Completed for each subject, and nothing for any other."""
    return tuple(
        Result(
            result_description=achievement_id + RESULT_FRAGMENTS[Subject(name)],
            status=ResultStatusType.COMPLETED,
        )
        for name in determined.subjects
    )


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a determination rests on, as its credential carries it.

    Args:
        evidence: The certification credentials, and last the rule.
        linked: What is too large to be embedded, as `relatedResource` has it (VC Data Model 2.0, 5.3).
    """

    evidence: tuple[Evidence, ...]
    linked: tuple[dict[str, str], ...] = ()


def grounds(determined: Determined, signed: Mapping[str, bytes]) -> Grounds:
    """The evidence of a determination: each certification credential byte for byte as it was signed.

    One that does not fit is named by its id, with its digest beside it.

    Args:
        determined: What was determined.
        signed: Digest to the stored bytes.

    Raises:
        IssuerError: `state_conflict` where stored bytes are not those that were judged.
    """
    rule = determined.rule.encode("utf-8")
    room = MOST_TOGETHER - len(rule)
    evidence: list[Evidence] = []
    linked: list[dict[str, str]] = []
    for credential_id, digest in determined.credentials:
        data = signed.get(digest)
        if data is None or digest_of(data) != digest:
            raise IssuerError(
                "state_conflict", f"the bytes of {credential_id} are not those that were judged"
            )
        name = str(parse(data).value.get("name") or "Certification")
        if len(data) <= min(room, ONE.max_bytes):
            room -= len(data)
            evidence.append(Evidence(id=data_uri(CREDENTIAL, data), name=name))
        else:
            evidence.append(Evidence(id=credential_id, name=name))
            linked.append({"id": credential_id, "digestSRI": digest})
    evidence.append(Evidence(id=data_uri(RULE_MEDIA_TYPE, rule), name=_RULE_NAME))
    return Grounds(tuple(evidence), tuple(linked))
