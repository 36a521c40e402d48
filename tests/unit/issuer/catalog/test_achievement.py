from __future__ import annotations

from credential.model import Achievement
from issuer.catalog import default_catalogue
from issuer.catalog.achievement import achievement, slug
from issuer.catalog.entry import Entry

ID = "https://pinon-mesa.example/achievements/x"


def entry(code: str) -> Entry:
    found = default_catalogue().get(code)
    assert found is not None
    return found


def test_every_entry_is_an_achievement_of_open_badges() -> None:
    for one in default_catalogue().entries:
        made = achievement(one, ID)
        assert Achievement.from_json(made).to_json().keys() == made.keys()


def test_the_certifying_body_is_the_creator_and_a_licence_says_where_it_holds() -> None:
    made = achievement(entry("CO-CNA"), ID)
    assert made["achievementType"] == "License"
    assert made["creator"]["name"] == "Colorado State Board of Nursing"
    assert made["creator"]["address"] == {
        "type": ["Address"],
        "addressCountryCode": "US",
        "addressRegion": "CO",
    }


def test_osha_training_is_a_completion_and_says_what_it_is_not() -> None:
    made = achievement(entry("OSHA10-GI"), ID)
    assert made["achievementType"] == "CertificateOfCompletion"
    assert "neither a certification nor a license" in made["criteria"]["narrative"]


def test_occupations_name_their_taxonomy() -> None:
    (aligned,) = achievement(entry("CO-CNA"), ID)["alignment"]
    assert aligned == {
        "type": ["Alignment"],
        "targetName": "Nursing Assistants",
        "targetUrl": "https://www.onetonline.org/link/summary/31-1131.00",
        "targetCode": "31-1131.00",
        "targetFramework": "O*NET-SOC 2019",
        "targetType": "ext:ONET",
    }
    assert "alignment" not in achievement(entry("ARC-FA"), ID)


def test_what_only_the_body_knows_is_said() -> None:
    assert (
        "only American Welding Society can say"
        in achievement(entry("AWS-CW-D1.1"), ID)["criteria"]["narrative"]
    )
    assert (
        "ask National Restaurant Association"
        in achievement(entry("SERVSAFE-MGR"), ID)["criteria"]["narrative"]
    )
    assert "ask" not in achievement(entry("CERTIPORT-MOS"), ID)["criteria"]["narrative"]


def test_a_provisional_award_has_a_standing_to_point_to() -> None:
    kinds = [one["resultType"] for one in achievement(entry("NHA-CPT"), ID)["resultDescription"]]
    assert kinds == ["RawScore", "Status"]


def test_code_and_tags_are_carried() -> None:
    made = achievement(entry("COMPTIA-A+"), ID)
    assert made["humanCode"] == "COMPTIA-A+"
    assert made["otherIdentifier"][0]["identifier"] == "COMPTIA-A+"


def test_an_image_is_carried_where_there_is_one() -> None:
    image = {"id": "https://pinon-mesa.example/x.png", "type": "Image"}
    assert achievement(entry("CO-CNA"), ID, image=image)["image"] == image


def test_no_two_entries_share_an_address_or_a_body_an_id() -> None:
    entries = default_catalogue().entries
    assert len({slug(one.code) for one in entries}) == len(entries)
    assert slug("COMPTIA-A+") == "comptia-a-plus"
    assert slug("AWS-CW-D1.1") == "aws-cw-d1-1"
    bodies = {one.body.code: one.body.id for one in entries}
    assert len(set(bodies.values())) == len(bodies)
