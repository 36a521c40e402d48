"""The certifying body's own badge: checked as any verifier would, and taken byte for byte."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from contexts.document import compose
from credential.baking.png import bake_png
from credential.embedded import CREDENTIAL, CREDENTIAL_JWT, data_uri
from credential.withdrawal import Reason
from issuer.evidence import badges
from issuer.evidence.badges import badge_item
from issuer.evidence.errors import EvidenceRefused
from issuer.evidence.item import Attached, Place
from tests import trust_lists
from tests.endorsements import BOARD, endorsement, member, record
from tests.evidence_files import photo
from tests.presentations import presentation, signed
from tests.seeded import did_key_signer
from tests.world import NOW, World, keep
from verifier.evidence import Code, Evidence, Fetched, Outcome, Presented
from verifier.policy import Policy
from verifier.trust import TrustEntry, TrustList
from verifier.verify import verify

ADDRESS = "https://badges.riverbend.example/evidence/0b9d8f6e-5f0e-4c56-8d3e-1a2b3c4d5e6f"


def take(world: World, data: bytes | None = None, *, policy: Policy | None = None, **how: Any) -> Attached:
    judged = policy or world.policy

    def gathering(presented: Presented) -> Evidence:
        return world.evidence(presented, now=how.get("now", NOW), policy=judged)

    given: dict[str, Any] = {"gathering": gathering, "policy": judged, "now": NOW}
    return badge_item(world.badge() if data is None else data, **(given | how))


def refused(world: World, data: bytes | None = None, **how: Any) -> EvidenceRefused:
    with pytest.raises(EvidenceRefused) as fault:
        take(world, data, **how)
    return fault.value


def test_a_valid_badge_is_taken_byte_for_byte_with_what_was_found() -> None:
    world = World()
    one = take(world)
    assert one.body == world.badge()
    assert (one.item.media_type, one.item.place) == (CREDENTIAL, Place.EMBEDDED)
    assert one.item.sha256 == hashlib.sha256(world.badge()).hexdigest()
    assert one.item.name == "Badge: Workplace Safety, 10 hours"
    assert one.item.found == {
        "verdict": "valid",
        "issuer": world.did,
        "issuer_name": world.name,
        "level": "trusted",
        "checked_at": "2026-06-01T12:00:00+00:00",
        "holder": "Jordan Rivera",
        "achievement": "Workplace Safety, 10 hours",
    }


def test_the_badge_is_taken_out_of_its_picture() -> None:
    world = World()
    baked = bake_png(photo(form="PNG"), world.badge().decode())
    assert take(world, baked).body == world.badge()


def test_a_token_is_taken_as_a_token() -> None:
    world = World(form="jwt")
    one = take(world)
    assert (one.item.media_type, one.body) == (CREDENTIAL_JWT, world.badge())


def revoked(world: World) -> None:
    world.revoke()


def replaced(world: World) -> None:
    world.revoke(reason=Reason.CORRECTED)


def tampered(world: World) -> None:
    world.tamper["badge"] = lambda made: made.update(name="Another name")


AGAINST: dict[str, tuple[Callable[[World], None], str]] = {
    "tampered": (tampered, "changed after it was signed"),
    "withdrawn": (revoked, "has withdrawn it"),
    "replaced": (replaced, "has replaced it"),
}


@pytest.mark.parametrize(("change", "why"), AGAINST.values(), ids=AGAINST)
def test_a_badge_that_the_check_refuses_is_never_taken(change: Callable[[World], None], why: str) -> None:
    world = World()
    change(world)
    fault = refused(world, accept_unchecked="I know the sender")
    assert (fault.code, why in fault.message) == ("badge_refused", True)


@pytest.mark.parametrize(("years", "why"), [(4, "has expired"), (-1, "not valid yet")])
def test_a_badge_out_of_its_time_is_not_taken(years: int, why: str) -> None:
    world = World()
    world.listed_at += timedelta(days=365 * years)
    fault = refused(world, now=NOW + timedelta(days=365 * years), accept_unchecked="I know the sender")
    assert (fault.code, why in fault.message) == ("badge_refused", True)


@pytest.mark.parametrize("what", ["did_url", "list_url"])
def test_an_open_check_is_taken_with_a_reason_alone(what: str) -> None:
    world = World()
    world.fail[getattr(world, what)] = "timeout"
    fault = refused(world)
    assert fault.code == "badge_unchecked"
    assert "--accept-unchecked" in fault.message
    assert refused(world, accept_unchecked="  ").code == "badge_unchecked"
    assert refused(world, accept_unchecked="turned \u202e").code == "evidence_text"
    found = take(world, accept_unchecked=" Their server is down; seen on their own site. ").item.found
    assert found["unchecked"] == "Their server is down; seen on their own site."
    assert found["verdict"] == "incomplete"
    assert ("holder" in found) is (what == "list_url")


def test_a_badge_whose_words_nobody_could_look_at_is_not_taken_for_any_reason() -> None:
    world = World()
    world.tamper["badge"] = lambda made: made["proof"][0].update(cryptosuite="other-rdfc-2030")
    verdict = world.check(world.badge())
    assert (verdict.outcome, verdict.code) == (Outcome.UNKNOWN, Code.INCOMPLETE)
    assert refused(world, accept_unchecked="I know the sender").code == "badge_unreadable"


def test_an_issuer_that_nobody_lists_is_an_open_check() -> None:
    world = World()
    assert refused(world, policy=Policy()).code == "badge_unchecked"
    found = take(world, policy=Policy(), accept_unchecked="The board's own domain").item.found
    assert (found["verdict"], found["level"], found["issuer"]) == ("issuer_unknown", "domain", world.did)


def test_a_reason_for_an_open_check_is_not_recorded_where_none_was_needed() -> None:
    assert "unchecked" not in take(World(), accept_unchecked="in case").item.found


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"words",
        b"{}",
        b'{"a": 1}',
        photo(form="PNG"),
        photo(),
        b"https://badges.riverbend.example/S/RIVER-ABCDEFGHJKMNPQRSTVWXYZ2345678901",
        b"https://badges.riverbend.example/badge.json",
        b"a" * (10 * 1024 * 1024 + 1),
    ],
    ids=["nothing", "words", "empty", "json", "png", "jpeg", "share", "link", "large"],
)
def test_what_is_no_badge_is_refused_whatever_reason_is_given(data: bytes) -> None:
    code = refused(World(), data, accept_unchecked="I know the sender").code
    assert code in ("badge_unreadable", "evidence_too_large")


def test_a_badge_inside_a_badge_is_kept_and_not_carried() -> None:
    world = World()
    inner = data_uri(CREDENTIAL, world.badge(6))
    world.edit["badge"] = lambda made: made.update(evidence=[{"id": inner, "type": ["Evidence"]}])
    assert refused(world).code == "badge_nested"
    one = take(world, keep=True, address=ADDRESS)
    assert (one.item.place, one.item.url, one.body) == (Place.KEPT, ADDRESS, world.badge())


def test_a_picture_inside_a_badge_is_no_badge() -> None:
    world = World()
    picture = data_uri("image/png", photo(form="PNG"))
    world.edit["badge"] = lambda made: made.update(evidence=[{"id": picture, "type": ["Evidence"]}])
    assert take(world).item.place is Place.EMBEDDED


def test_a_badge_that_tells_a_birth_date_is_not_carried() -> None:
    world = World()
    world.edit["badge"] = lambda made: made["issuer"].update(dateOfBirth="1970-01-01")
    assert refused(world).code == "evidence_private"


def test_a_large_badge_is_kept() -> None:
    world = World()
    long = "A long story. " * 2_400
    world.edit["badge"] = lambda made: made["credentialSubject"].update(narrative=long)
    assert refused(world).code == "evidence_too_large"
    assert take(world, address=ADDRESS).item.place is Place.KEPT


def test_the_archive_answers_like_the_network(tmp_path: Any) -> None:
    world = World()
    held = world.evidence(world.badge())
    keep(tmp_path, [(a.need.url, a.data, a.at) for a in held.gathered if isinstance(a, Fetched)])
    gathering = badges.from_archive(tmp_path, world.policy, NOW)
    found = badge_item(world.badge(), gathering=gathering, policy=world.policy, now=NOW).item.found
    assert (found["verdict"], found["as_of"]) == ("valid", "2026-06-01T12:00:00+00:00")
    with pytest.raises(EvidenceRefused, match="badge_unchecked"):
        badges.from_archive(tmp_path / "nowhere", world.policy, NOW)


def test_a_trust_list_that_cannot_be_used_is_said() -> None:
    assert badges.trusting(None, now=NOW) == Policy()
    listed = compose({"version": 1, "name": "List", "issued": "2026-01-01", "entries": []}).raw
    assert badges.trusting(listed, now=NOW).trust.name == "List"
    with pytest.raises(EvidenceRefused, match="the trust list cannot be used"):
        badges.trusting(b"{}", now=NOW)


def test_a_signed_trust_list_is_taken_by_its_publishers_key_alone() -> None:
    listed = trust_lists.signed()
    key = trust_lists.SIGNER.public_key.multikey()
    assert badges.trusting(listed, key, now=NOW).trust.name == trust_lists.listing().names["en"]
    for other in ("", did_key_signer("a stranger").public_key.multikey(), "no key"):
        with pytest.raises(EvidenceRefused, match="badge_unchecked"):
            badges.trusting(listed, other, now=NOW)
    plain = compose({"version": 1, "name": "List", "issued": "2026-01-01", "entries": []}).raw
    with pytest.raises(EvidenceRefused, match="the trust list cannot be used"):
        badges.trusting(plain, key, now=NOW)


@pytest.mark.parametrize("what", ["an endorsement", "a learner record"])
def test_a_valid_credential_that_is_no_award_is_not_taken_for_any_reason(what: str) -> None:
    world = World()
    board = BOARD.controller
    data = {
        "an endorsement": compose(endorsement(f"{world.origin}/achievements/safety-10")).raw,
        "a learner record": record(world, member(world)),
    }[what]
    policy = replace(
        world.policy,
        trust=TrustList("List", None, (TrustEntry(world.did, world.name), TrustEntry(board, "Board"))),
    )
    verdict = verify(world.evidence(data, policy=policy), policy, NOW)
    assert verdict.outcome is Outcome.VALID  # so that nothing but its kind stands against it
    fault = refused(
        world, data, policy=policy, accept_unchecked="I know the sender", keep=True, address=ADDRESS
    )
    assert (fault.code, what in fault.message) == ("badge_refused", True)


def test_what_holds_up_several_badges_is_none() -> None:
    fault = refused(World(), signed(presentation(member(World()))))
    assert (fault.code, "each badge by itself" in fault.message) == ("badge_unreadable", True)
