"""The typed model and JSON are the same thing twice, and the rules take whatever they are given."""

from __future__ import annotations

import copy
import json
import string
from collections.abc import Callable
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from contexts.schema import Schema, faults
from credential.conformance import check_model, remarks
from credential.dates import format_date_time, parse_date_time
from credential.errors import CODES, CredentialError
from credential.issuable import check_issuable
from credential.model import (
    Achievement,
    AchievementCredential,
    AchievementSubject,
    Address,
    Alignment,
    CredentialSchema,
    CredentialStatus,
    Criteria,
    EndorsementCredential,
    EndorsementSubject,
    Evidence,
    GeoCoordinates,
    IdentifierEntry,
    IdentityObject,
    Image,
    Profile,
    Proof,
    RefreshService,
    Related,
    Result,
    ResultDescription,
    RubricCriterionLevel,
    TermsOfUse,
)
from credential.recipient import email_identity, find_match, identity_hash, matches
from credential.types import (
    AchievementType,
    AlignmentTargetType,
    Extension,
    IdentifierType,
    ResultStatusType,
    ResultType,
)
from tests.good_credential import CREDENTIAL
from tests.vectors.mutations import paths

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)
URI = st.one_of(
    st.uuids().map(lambda found: f"urn:uuid:{found}"),
    st.from_regex(r"https://[a-z]{1,8}\.example/[a-z0-9/#?=-]{0,8}", fullmatch=True),
)
MOMENT = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001 (hypothesis wants naive bounds)
NUMBER = st.one_of(st.integers(-1_000, 1_000), st.floats(-1e6, 1e6))
EXTENSION = st.text(string.ascii_letters + string.digits + "._", min_size=1, max_size=8).map(
    lambda term: Extension(f"ext:{term}")
)
LANGUAGE = st.sampled_from(["en", "es", "en-US", "zh-Hant-TW", "es-419"])
JWS = st.from_regex(r"[A-Za-z0-9_-]{1,5}\.[A-Za-z0-9_-]{0,5}\.[A-Za-z0-9_-]{1,5}", fullmatch=True)
EXTRA = st.dictionaries(st.sampled_from(["ext1", "ext2"]), st.one_of(TEXT, NUMBER, st.booleans()), max_size=1)


def refused(read: Callable[[Any], object], value: Any) -> str | None:
    """The code with which something is refused; None if it is read."""
    try:
        read(value)
    except CredentialError as refusal:
        return refusal.code
    return None


def listed(items: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(items, max_size=2).map(tuple)


def maybe(value: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.none(), value)


def term(vocabulary: type[StrEnum]) -> st.SearchStrategy[Any]:
    return st.one_of(st.sampled_from(list(vocabulary)), EXTENSION)


IMAGE = st.builds(Image, id=URI, caption=maybe(TEXT))
ENTRY = st.builds(IdentifierEntry, identifier=TEXT, identifier_type=term(IdentifierType))
ALIGNMENT = st.builds(
    Alignment,
    target_name=TEXT,
    target_url=TEXT,
    target_code=maybe(TEXT),
    target_type=maybe(term(AlignmentTargetType)),
    extensions=EXTRA,
)
LEVEL = st.builds(RubricCriterionLevel, id=URI, name=TEXT, points=maybe(TEXT), alignment=listed(ALIGNMENT))
DESCRIPTION = st.builds(
    ResultDescription,
    id=URI,
    name=TEXT,
    result_type=term(ResultType),
    allowed_value=listed(TEXT),
    rubric_criterion_level=listed(LEVEL),
    required_level=maybe(URI),
    extensions=EXTRA,
)
RESULT = st.builds(
    Result,
    achieved_level=maybe(URI),
    result_description=maybe(URI),
    status=maybe(st.sampled_from(list(ResultStatusType))),
    value=maybe(TEXT),
    alignment=listed(ALIGNMENT),
)
ADDRESS = st.builds(
    Address,
    address_country_code=maybe(TEXT),
    post_office_box_number=maybe(TEXT),
    geo=maybe(st.builds(GeoCoordinates, latitude=NUMBER, longitude=NUMBER)),
)
PLAIN_PROFILE = st.builds(
    Profile,
    id=URI,
    name=maybe(TEXT),
    image=maybe(IMAGE),
    address=maybe(ADDRESS),
    other_identifier=listed(ENTRY),
    date_of_birth=maybe(st.dates(date(1900, 1, 1))),
    family_name_prefix=maybe(TEXT),
    endorsement_jwt=listed(JWS),
    extensions=EXTRA,
)
PROFILE = st.builds(Profile, id=URI, parent_org=maybe(PLAIN_PROFILE), honorific_prefix=maybe(TEXT))
SURROUNDINGS: dict[str, st.SearchStrategy[Any]] = {
    "id": URI,
    "issuer": st.one_of(URI, PROFILE),
    "valid_from": MOMENT,
    "valid_until": maybe(MOMENT),
    "awarded_date": maybe(MOMENT),
    "description": maybe(TEXT),
    "credential_schema": listed(st.builds(CredentialSchema, id=URI, type=TEXT)),
    "credential_status": maybe(st.builds(CredentialStatus, id=maybe(URI), type=TEXT, extensions=EXTRA)),
    "refresh_service": maybe(st.builds(RefreshService, id=URI, type=TEXT)),
    "terms_of_use": listed(st.builds(TermsOfUse, id=maybe(URI), type=TEXT, extensions=EXTRA)),
    "proof": listed(
        st.builds(
            Proof,
            type=TEXT,
            created=maybe(MOMENT),
            proof_value=maybe(TEXT),
            verification_method=maybe(URI),
            extensions=EXTRA,
        )
    ),
    "extensions": EXTRA,
}
ENDORSEMENT = st.builds(
    EndorsementCredential,
    **SURROUNDINGS,
    name=TEXT,
    credential_subject=st.builds(EndorsementSubject, id=URI, endorsement_comment=maybe(TEXT)),
)
ACHIEVEMENT = st.builds(
    Achievement,
    id=URI,
    name=TEXT,
    description=TEXT,
    criteria=st.builds(Criteria, id=maybe(URI), narrative=maybe(TEXT), extensions=EXTRA),
    achievement_type=maybe(term(AchievementType)),
    alignment=listed(ALIGNMENT),
    creator=maybe(PROFILE),
    credits_available=maybe(NUMBER),
    image=maybe(IMAGE),
    in_language=maybe(LANGUAGE),
    other_identifier=listed(ENTRY),
    related=listed(st.builds(Related, id=URI, in_language=maybe(LANGUAGE), version=maybe(TEXT))),
    result_description=listed(DESCRIPTION),
    tag=listed(TEXT),
    endorsement=listed(ENDORSEMENT),
)
CREDENTIALS = st.builds(
    AchievementCredential,
    **SURROUNDINGS,
    name=maybe(TEXT),
    image=maybe(IMAGE),
    evidence=listed(st.builds(Evidence, id=maybe(URI), genre=maybe(TEXT), extensions=EXTRA)),
    endorsement_jwt=listed(JWS),
    credential_subject=st.builds(
        AchievementSubject,
        id=maybe(URI),
        achievement=ACHIEVEMENT,
        activity_start_date=maybe(MOMENT),
        credits_earned=maybe(NUMBER),
        identifier=listed(
            st.builds(
                IdentityObject,
                hashed=st.booleans(),
                identity_hash=TEXT,
                identity_type=term(IdentifierType),
                salt=maybe(TEXT),
            )
        ),
        result=listed(RESULT),
        source=maybe(PROFILE),
        extensions=EXTRA,
    ),
)
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), TEXT, URI),
    lambda inside: st.one_of(
        st.lists(inside, max_size=3), st.dictionaries(st.sampled_from(list(CREDENTIAL)), inside, max_size=3)
    ),
    max_leaves=8,
)


@given(CREDENTIALS)
@settings(max_examples=60, deadline=None)
def test_model_to_json_and_back_is_the_same_and_fits_our_schema(credential: AchievementCredential) -> None:
    written = json.loads(json.dumps(credential.to_json()))
    assert AchievementCredential.from_json(written) == credential
    assert AchievementCredential.from_json(written).to_json() == written
    assert faults(written, Schema.ACHIEVEMENT_CREDENTIAL) == ()


@given(st.data(), JSON)
@settings(max_examples=150, deadline=None)
def test_rules_and_model_take_any_json_and_raise_nothing_else(data: st.DataObject, value: Any) -> None:
    document = copy.deepcopy(CREDENTIAL)
    *steps, last = data.draw(st.sampled_from([path for path in paths(document) if path]))
    holder: Any = document
    for step in steps:
        holder = holder[step]
    holder[last] = value
    found = (*check_model(document), *remarks(document), *check_issuable(document))
    assert {fault.code for fault in found} <= CODES.keys()
    # What the model reads, our schema accepts: neither is laxer than the other by accident.
    if refused(AchievementCredential.from_json, document) is None:
        assert faults(document, Schema.ACHIEVEMENT_CREDENTIAL) == ()


@given(MOMENT)
@settings(max_examples=100, deadline=None)
def test_dates_that_we_write_are_read_again(moment: datetime) -> None:
    read = parse_date_time(format_date_time(moment))
    assert read.instant == moment.replace(microsecond=0)
    assert not read.assumed_utc


@given(st.text(max_size=40))
@settings(max_examples=200, deadline=None)
def test_no_text_makes_the_date_parser_raise_anything_else(text: str) -> None:
    assert refused(parse_date_time, text) in (None, "bad_date")


@given(TEXT, TEXT, st.binary(min_size=16, max_size=24))
@settings(max_examples=100, deadline=None)
def test_a_hashed_identity_is_found_by_what_was_hashed_and_by_nothing_else(
    collected: str, other: str, salt: bytes
) -> None:
    made = email_identity(collected, salt)
    assert find_match([made], "emailAddress", collected) == 0
    assert matches(made, "emailAddress", other) == (collected == other)
    assert identity_hash(collected, made.salt or "") == made.identity_hash
