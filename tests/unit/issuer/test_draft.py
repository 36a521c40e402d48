from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest

from credential.errors import CredentialError
from credential.model import Image
from issuer.catalog import default_catalogue
from issuer.draft import AwardFacts, award_facts, draft_credential, last_second, noon
from issuer.prepare import prepare
from tests.awards import CREDENTIAL_ID, DISTRICT, ISSUED_AT, STATUS, SUBJECT_ID, draft, facts, row


def test_a_draft_says_who_issues_who_certifies_and_who_earned() -> None:
    made = draft("CO-CNA", evaluator="T. Holloway")
    subject = made["credentialSubject"]
    assert made["issuer"]["id"] == "did:web:pinon-mesa.example"
    assert subject["achievement"]["creator"]["name"] == "Colorado State Board of Nursing"
    assert subject["achievement"]["creator"]["address"]["addressRegion"] == "CO"
    assert subject["identifier"] == [
        {"type": "IdentityObject", "hashed": False, "identityHash": "Inés Farrow", "identityType": "name"}
    ]
    assert subject["source"]["name"] == "T. Holloway"
    assert subject["licenseNumber"] == "COMP-7"


def test_one_status_entry_stands_at_its_list_and_index() -> None:
    assert draft()["credentialStatus"] == {
        "id": "https://pinon-mesa.example/status/7#90210",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "90210",
        "statusListCredential": "https://pinon-mesa.example/status/7",
    }


def test_the_day_earned_is_the_same_day_in_every_zone_of_the_united_states_and_beyond() -> None:
    for hours in range(-12, 12):
        assert noon(date(2026, 4, 18)).astimezone(timezone(timedelta(hours=hours))).date() == date(
            2026, 4, 18
        )


def test_the_last_day_is_that_day_from_greenwich_to_hawaii() -> None:
    end = datetime.fromisoformat(last_second(date(2028, 1, 31)))
    for hours in range(-10, 1):
        assert end.astimezone(timezone(timedelta(hours=hours))).date() == date(2028, 1, 31)


def test_days_and_moments_are_written_in_utc() -> None:
    award = facts("CO-CNA", last_day=date(2028, 1, 31))
    denver = timezone(timedelta(hours=-6))
    issued = datetime(2026, 5, 31, 23, 59, 58, 999999, tzinfo=denver)
    made = draft_credential(
        award, DISTRICT, credential_id=CREDENTIAL_ID, issued_at=issued, status=STATUS
    ).to_json()
    assert made["validFrom"] == "2026-06-01T05:59:58Z"
    assert made["awardedDate"] == "2026-04-18T12:00:00Z"
    assert made["validUntil"] == "2028-01-31T23:59:59Z"


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        draft_credential(
            facts(),
            DISTRICT,
            credential_id=CREDENTIAL_ID,
            issued_at=datetime(2026, 6, 1),  # noqa: DTZ001 - that is what is refused
            status=STATUS,
        )


def test_an_award_without_an_end_has_none() -> None:
    assert "validUntil" not in draft("CERTIPORT-MOS")


def test_results_point_to_the_achievements_own_descriptions() -> None:
    subject = draft("NHA-CPT", score="88", provisional=True)["credentialSubject"]
    described = {one["id"]: one["resultType"] for one in subject["achievement"]["resultDescription"]}
    score, standing = subject["result"]
    assert (described[score["resultDescription"]], score["value"]) == ("RawScore", "88")
    assert (described[standing["resultDescription"]], standing["status"]) == ("Status", "Provisional")


def test_a_badge_may_go_without_a_name_but_not_without_a_subject() -> None:
    subject = draft(recipient_name=None, subject_id=SUBJECT_ID)["credentialSubject"]
    assert "identifier" not in subject
    assert subject["id"] == SUBJECT_ID


def test_the_same_evaluator_cannot_be_joined_across_two_badges() -> None:
    one, other = (
        draft_credential(
            facts(evaluator="T. Holloway"), DISTRICT, credential_id=own, issued_at=ISSUED_AT, status=STATUS
        ).to_json()["credentialSubject"]["source"]["id"]
        for own in (CREDENTIAL_ID, SUBJECT_ID)
    )
    assert one != other


def test_nothing_of_a_row_but_its_award_reaches_the_credential() -> None:
    award = row().award
    assert award is not None
    made = draft_credential(
        award_facts(award, facts().achievement),
        DISTRICT,
        credential_id=CREDENTIAL_ID,
        issued_at=ISSUED_AT,
        status=STATUS,
    )
    raw = prepare(made, withheld=award.withheld).raw
    for hidden in (b"200000001", b"2008", b"0187", b"B-1"):
        assert hidden not in raw


def test_a_row_can_be_issued_without_the_name() -> None:
    award = row().award
    assert award is not None
    assert award_facts(award, facts().achievement, subject_id=SUBJECT_ID, named=False).recipient_name is None


def test_texts_are_joined_into_their_normal_form() -> None:
    made = draft(recipient_name=" Ine\u0301s Farrow ")
    assert made["credentialSubject"]["identifier"][0]["identityHash"] == "Inés Farrow"


def test_an_image_and_evidence_are_carried() -> None:
    made = draft_credential(
        facts(evidence_url="https://pinon-mesa.example/e/1"),
        DISTRICT,
        credential_id=CREDENTIAL_ID,
        issued_at=ISSUED_AT,
        status=STATUS,
        image=Image(id="https://pinon-mesa.example/i/1.png", caption="A hexagon"),
    ).to_json()
    assert made["image"]["caption"] == "A hexagon"
    assert made["evidence"] == [
        {"id": "https://pinon-mesa.example/e/1", "type": ["Evidence"], "name": "Evidence"}
    ]


def test_what_is_no_achievement_is_refused() -> None:
    broken = AwardFacts(achievement={"type": ["Achievement"]}, date_earned=date(2026, 4, 18))
    with pytest.raises(CredentialError, match="/credentialSubject/achievement"):
        draft_credential(broken, DISTRICT, credential_id=CREDENTIAL_ID, issued_at=ISSUED_AT, status=STATUS)


@pytest.mark.parametrize(("score", "number"), [("Level 2", 2), ("level  1", 1)])
def test_a_rating_names_a_level_of_its_achievement(score: str, number: int) -> None:
    made = draft("WCA-PASSPORT", score=score)
    subject = made["credentialSubject"]
    described = next(
        one
        for one in subject["achievement"]["resultDescription"]
        if one["resultType"] == "RubricCriterionLevel"
    )
    assert subject["result"] == [
        {
            "type": ["Result"],
            "achievedLevel": described["rubricCriterionLevel"][number - 1]["id"],
            "resultDescription": described["id"],
        }
    ]
    assert [level["level"] for level in described["rubricCriterionLevel"]] == ["1", "2"]
    prepare(made)


def test_what_names_no_level_stays_a_score() -> None:
    for code, score in (("WCA-PASSPORT", "14"), ("COMPTIA-A+", "Level 2")):
        made = draft(code, score=score)
        assert made["credentialSubject"]["result"][0]["value"] == score
        prepare(made)


def test_a_provisional_award_with_a_score_says_both() -> None:
    made = draft("NHA-CPT", score="410", provisional=True)
    descriptions = {one["id"]: one for one in made["credentialSubject"]["achievement"]["resultDescription"]}
    said = [
        (descriptions[one["resultDescription"]]["resultType"], one.get("value") or one.get("status"))
        for one in made["credentialSubject"]["result"]
    ]
    assert said == [("RawScore", "410"), ("Status", "Provisional")]
    prepare(made)


ENDS = {
    "none": ("CERTIPORT-MOS", None, None),
    "fixed": ("COMPTIA-A+", None, "2029-04-17T23:59:59Z"),
    "fixed, its term not confirmed": ("NHA-CPT", None, None),
    "fixed, as the sheet says": ("NHA-CPT", "2028-06-30", "2028-06-30T23:59:59Z"),
    "continuity": ("AWS-CW-D1.1", None, None),
    "continuity, as the sheet says": ("AWS-CW-D1.1", "2026-10-01", "2026-10-01T23:59:59Z"),
    "currency": ("FAA-107", None, None),
}
"""Shape of validity to a credential, the last day in the sheet, and the badge's end."""


@pytest.mark.parametrize(("code", "given", "end"), ENDS.values(), ids=ENDS)
def test_a_badge_ends_as_its_kind_of_validity_says(code: str, given: str | None, end: str | None) -> None:
    entry = default_catalogue().get(code)
    assert entry is not None
    last_day = date.fromisoformat(given) if given else entry.validity.last_day(date(2026, 4, 18))
    made = draft(code, last_day=last_day)
    assert made.get("validUntil") == end
    assert made["awardedDate"] == "2026-04-18T12:00:00Z"
    prepare(made)
