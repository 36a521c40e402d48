"""Our schemas against the official ones: every example, and thousands of examples with one thing changed.

Officially there are two sets, and where they disagree with each other nobody is right. Where they agree and
we do not, the difference must be one of `DELIBERATE`, and `docs/divergences.md` must say why.
"""

from __future__ import annotations

import html
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import jsonschema_rs
import pytest

from contexts.schema import Fault, Schema, faults
from credential.conformance import check_model
from credential.model import AchievementCredential, EndorsementCredential, Profile
from tests.vectors.complete import complete
from tests.vectors.mutations import Mutant, every_change, mutate

pytestmark = pytest.mark.specs

MUTANTS = 6_000
DIVERGENCES = Path(__file__).parents[2] / "docs" / "divergences.md"
OFFICIAL = {
    Schema.ACHIEVEMENT_CREDENTIAL: "achievementcredential",
    Schema.ENDORSEMENT_CREDENTIAL: "endorsementcredential",
    Schema.PROFILE: "profile",
}


COMPLETE = (
    (Schema.ACHIEVEMENT_CREDENTIAL, AchievementCredential),
    (Schema.ENDORSEMENT_CREDENTIAL, EndorsementCredential),
    (Schema.PROFILE, Profile),
)

# Dates that RFC 3339 knows and the data model does not, or that no calendar has; and the other way round.
ONLY_THEIRS = (
    "2026-05-01T09:00:00+14:01",
    "2026-05-01t09:00:00z",
    "2026-05-01T23:59:60Z",
    "0000-01-01T00:00:00Z",
    "9999-12-31T23:59:59-14:00",
)
ONLY_OURS = ("2026-05-01T09:00:00", "2026-05-01T24:00:00Z")


@dataclass(frozen=True, slots=True)
class Difference:
    """A row of `docs/divergences.md`: which faults it explains, ours where they accept, theirs where we do.

    Args:
        row: Its id.
        ours: Whether it explains this fault of ours, found at this value.
        theirs: Whether it explains this error of theirs.
    """

    row: str
    ours: Callable[[Fault, Any], bool] = lambda _fault, _value: False
    theirs: Callable[[jsonschema_rs.ValidationError], bool] = lambda _error: False


def is_closed_subject(error: jsonschema_rs.ValidationError) -> bool:
    return error.kind.name == "additionalProperties" and error.instance_path == ["credentialSubject"]


DELIBERATE = (
    Difference("S-1", ours=lambda fault, _: "is not an absolute URI" in fault.message),
    Difference("S-2", ours=lambda _, value: isinstance(value, str) and re.search("ext:.", value) is not None),
    Difference(
        "S-3",
        ours=lambda fault, value: fault.code == "bad_date" and value in ONLY_THEIRS,
        theirs=lambda error: error.kind.name == "format" and error.instance in ONLY_OURS,
    ),
    Difference("S-4", ours=lambda _, value: isinstance(value, dict) and value.keys() <= {"en"}),
    Difference("S-5", ours=lambda fault, value: fault.pointer.endswith("/type") and isinstance(value, str)),
    Difference("S-7", theirs=is_closed_subject),
    Difference("S-6", ours=lambda fault, value: not isinstance(context_beside(fault, value), list)),
)


@dataclass(frozen=True, slots=True)
class Judges:
    published: jsonschema_rs.Draft201909Validator
    strict: jsonschema_rs.Draft201909Validator | None


@pytest.fixture(scope="module")
def judges(specs: Path) -> dict[Schema | str, Judges]:
    folder = specs / "schemas" / "ob_v3p0"

    def validator(name: str) -> jsonschema_rs.Draft201909Validator:
        schema = json.loads((folder / name).read_text("utf-8"))
        return jsonschema_rs.Draft201909Validator(schema, validate_formats=True, offline=True)

    found: dict[Schema | str, Judges] = {
        schema: Judges(
            validator(f"published/ob_v3p0_{name}_schema.json"), validator(f"strict-2024-07/{name}.json")
        )
        for schema, name in OFFICIAL.items()
    }
    found["2019"] = Judges(validator("published/ob_v3p0_anyachievementcredential_schema.json"), None)
    return found


@pytest.fixture(scope="module")
def examples(specs: Path) -> list[tuple[Schema, Any]]:
    found: list[tuple[Schema, Any]] = []
    for page in sorted((specs / "examples" / "ob_v3p0" / "spec-fragments").glob("*.html")):
        for text in re.findall(r"<pre[^>]*>(.*?)</pre\s*>", page.read_text("utf-8"), re.DOTALL):
            document = json.loads(html.unescape(re.sub(r"<[^>]+>", "", text)))
            endorsement = "EndorsementCredential" in document["type"]
            found.append(
                (Schema.ENDORSEMENT_CREDENTIAL if endorsement else Schema.ACHIEVEMENT_CREDENTIAL, document)
            )
    found += [(Schema.PROFILE, profile) for _, document in list(found) for profile in profiles(document)]
    return found


def profiles(part: Any) -> Iterator[Any]:
    if isinstance(part, list):
        for item in part:
            yield from profiles(item)
    elif isinstance(part, dict):
        if part.get("type") == ["Profile"]:
            yield part
        for item in part.values():
            yield from profiles(item)


def on_model_2019(document: Any) -> Any:
    """The same credential as Data Model 1.1 writes it."""
    if isinstance(document, list):
        return [on_model_2019(item) for item in document]
    if not isinstance(document, dict):
        return (
            "https://www.w3.org/2018/credentials/v1"
            if document == "https://www.w3.org/ns/credentials/v2"
            else document
        )
    names = {"validFrom": "issuanceDate", "validUntil": "expirationDate"}
    changed = {names.get(name, name): on_model_2019(value) for name, value in document.items()}
    if "issuanceDate" in changed:
        changed.setdefault("name", "An award")
    return changed


def context_beside(fault: Fault, value: Any) -> Any:
    """The contexts of the credential at fault: its own where the fault is in one of its members."""
    if fault.pointer.endswith("/@context"):
        return value
    return value.get("@context", []) if isinstance(value, dict) else []


def value_at(document: Any, pointer: str) -> Any:
    for step in pointer.split("/")[1:]:
        document = document[int(step)] if isinstance(document, list) else document[step.replace("~1", "/")]
    return document


def our_faults(schema: Schema, document: Any) -> tuple[Fault, ...]:
    """The schema's, and those about dates: the calendar is code and not a schema with us."""
    found = faults(document, schema)
    if isinstance(document, dict) and schema is not Schema.PROFILE:
        found += tuple(fault for fault in check_model(document) if fault.code == "bad_date")
    return found


def test_every_example_fits_ours_and_the_official_schemas(
    examples: list[tuple[Schema, Any]], judges: dict[Schema | str, Judges]
) -> None:
    assert Counter(schema for schema, _ in examples).total() > 20
    for schema, document in examples:
        strict = judges[schema].strict
        assert strict is not None
        assert (faults(document, schema), judges[schema].published.is_valid(document)) == ((), True)
        assert strict.is_valid(document)


def their_errors(judge: Judges, document: Any) -> list[jsonschema_rs.ValidationError]:
    """The strict schema's errors; for Data Model 1.1 those of its branch in the schema for either model."""
    found = list((judge.strict or judge.published).iter_errors(document))
    if judge.strict is None and isinstance(found[0].kind, jsonschema_rs.ValidationErrorKind.AnyOf):
        return found[0].kind.context[0]
    return found


@dataclass
class Ledger:
    """What came of the comparisons."""

    judges: dict[Schema | str, Judges]
    counts: Counter[str] = field(default_factory=Counter)
    used: set[str] = field(default_factory=set)
    unexplained: list[str] = field(default_factory=list)

    def compare(self, schema: Schema, judge: Judges, mutant: Mutant) -> None:
        self.counts["changed"] += 1
        accepted = judge.published.is_valid(mutant.value)
        if judge.strict is not None and judge.strict.is_valid(mutant.value) != accepted:
            self.counts["they disagree"] += 1
            return
        self.counts["they accept" if accepted else "they refuse"] += 1
        ours = our_faults(schema, mutant.value)
        if accepted == (not ours):
            self.counts["agreed"] += 1
            return
        theirs = [] if accepted else their_errors(judge, mutant.value)
        found = (
            [{d.row for d in DELIBERATE if d.ours(f, value_at(mutant.value, f.pointer))} for f in ours]
            if accepted
            else [{d.row for d in DELIBERATE if d.theirs(e)} for e in theirs]
        )
        if all(found):
            self.counts["deliberate"] += 1
            self.used |= set[str]().union(*found)
        else:
            reasons = [str(fault) for fault in ours] or [error.message[-200:] for error in theirs]
            who = "we" if ours else "they"
            self.unexplained.append(f"{schema} {mutant.change}: {who} refuse: {reasons[:2]}")


def test_changed_examples_are_judged_as_the_official_schemas_judge_them(
    examples: list[tuple[Schema, Any]], judges: dict[Schema | str, Judges], capsys: pytest.CaptureFixture[str]
) -> None:
    ledger = Ledger(judges)
    random = Random(20_260_501)
    credentials = [(s, d) for s, d in examples if s is not Schema.PROFILE]
    people = [(s, d) for s, d in examples if s is Schema.PROFILE]
    for number in range(MUTANTS):
        schema, document = random.choice(people if number % 8 == 0 else credentials)
        if number % 5 == 0 and schema is Schema.ACHIEVEMENT_CREDENTIAL:
            ledger.compare(schema, judges["2019"], mutate(on_model_2019(document), random))
        else:
            ledger.compare(schema, judges[schema], mutate(document, random))
    for schema, cls in COMPLETE:
        document = complete(cls).to_json()
        assert faults(document, schema) == ()
        for mutant in every_change(document):
            ledger.compare(schema, judges[schema], mutant)
    for mutant in every_change(on_model_2019(complete(AchievementCredential).to_json())):
        ledger.compare(Schema.ACHIEVEMENT_CREDENTIAL, judges["2019"], mutant)
    with capsys.disabled():
        print(f"\nofficial schemas: {dict(sorted(ledger.counts.items()))}")
    assert ledger.unexplained == []
    documented = DIVERGENCES.read_text("utf-8")
    assert ledger.used == {difference.row for difference in DELIBERATE}
    assert all(f"| {row} |" in documented for row in ledger.used)
    assert ledger.counts["agreed"] > ledger.counts["changed"] // 2
