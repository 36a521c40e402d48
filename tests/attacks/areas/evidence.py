"""What is inside a determination: embedded badges, the rule, and the claims that are to rest on them.

An input is a saved case. The district's own badge around it is always well signed, unless the attack is on
that: whoever signs it may still have been deceived, or be deceiving.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from functools import lru_cache
from typing import Any

from contexts.document import compose
from credential.embedded import ONE, data_uri
from credential.rule.document import LIMITS
from credential.rule.nodes import MOST_DEPTH, MOST_NODES
from credential.withdrawal import Reason
from tests.attacks.framework import Case, Recipe
from tests.attacks.replay import POLICY, compact
from tests.determinations import CERTIFICATION, CODE, ENGLISH, Story, both_subjects
from tests.rules import DECISION, digest
from tests.world import NOW, World
from verifier.evidence import Evidence, Outcome
from verifier.verify import verify

AREA = "evidence"


def judge(data: bytes, _suffix: str) -> str:
    """Replay a case: "ok" if it is valid, else what speaks against it, the rule's own reason where it can."""
    held = Evidence.from_json(data.decode())
    verdict = verify(held, POLICY, held.asked_at or NOW)
    if verdict.outcome is Outcome.VALID:
        return "ok"
    why = {finding.code for finding in verdict.findings if finding.outcome == "no"}
    if why & {"evidence_altered"}:
        return f"{verdict.outcome}: evidence_altered"
    if why - {"rule_does_not_hold"}:
        return f"{verdict.outcome}: {min(why)}"
    if verdict.rule is None:
        return f"{verdict.outcome}: {verdict.code}"
    leaves = [
        part.reason.code for one in verdict.rule.judgements.values() for part in one.parts if not one.met
    ]
    named = [code for code in leaves if code != "no_score"] if verdict.rule.code == "not_met" else []
    return f"{verdict.outcome}: {named[0] if named else verdict.rule.code}"


def play(name: str) -> bytes:
    """The saved case of one attack, or of the twin."""
    story, badge = (ATTACKS | {"twin": _twin})[name]()
    return compact(story.world.evidence(badge, policy=POLICY))


RECIPES: dict[str, Callable[..., bytes]] = {"play": lru_cache(maxsize=64)(play)}


def cases() -> Iterator[Case]:
    """Every attack; the twin is the determination as the district gives it out."""
    for name, expect in EXPECTED.items():
        yield Case(name, Recipe("play", {"name": name}), "json", expect, Recipe("play", {"name": "twin"}))


Played = tuple[Story, bytes]


def _twin() -> Played:
    story = Story()
    return story, story.signed()


def _inside(change: Callable[[bytes], bytes]) -> Callable[[], Played]:
    def play_() -> Played:
        story = Story(inside=change)
        return story, story.signed()

    return play_


def _rule(change: Callable[[dict[str, Any]], Any]) -> Callable[[], Played]:
    def play_() -> Played:
        story = Story(rule=change)
        return story, story.signed()

    return play_


def _certification(change: Callable[[dict[str, Any]], Any]) -> Callable[[], Played]:
    def play_() -> Played:
        story = Story(certification=change)
        return story, story.signed()

    return play_


def _badge(change: Callable[[dict[str, Any]], Any]) -> Callable[[], Played]:
    def play_() -> Played:
        story = Story(badge=change)
        return story, story.signed()

    return play_


def _holding(make: Callable[[Story, bytes], list[tuple[str, bytes]]]) -> Callable[[], Played]:
    """A determination with other evidence, made from the story and the signed certification."""

    def play_() -> Played:
        story = Story()
        return story, story.signed_with(*make(story, story.signed_certification()))

    return play_


def _rule_bytes(story: Story, held: bytes, **changes: Any) -> bytes:
    return json.dumps(story.rule_value(held) | changes, separators=(",", ":")).encode()


def _one_byte(data: bytes) -> bytes:
    return data.replace(b"NA-000123", b"NA-000124")


def _broken(data: bytes) -> bytes:
    return data[:-1]


def _cut_proof(data: bytes) -> bytes:
    value = json.loads(data)
    value.pop("proof")
    return compose(value).raw


def _another_student(made: dict[str, Any]) -> None:
    made["credentialSubject"]["identifier"][0]["identityHash"] = "Robin Vale"


def _college(made: dict[str, Any]) -> None:
    made["credentialSubject"]["achievement"]["achievementType"] = "Certificate"


def _foreign() -> Played:
    """A badge by another issuer than the rule says."""
    body = World(host="body.example", name="Example Body", signing="body")
    held = Story(body).signed_certification()
    story = Story()
    story.world.serve[body.did_url] = body.did_document()
    story.world.serve[body.list_url] = body.status_list(body.list_url, [], "revocation")
    rule = _rule_bytes(story, held)
    return story, story.signed_with(("application/vc", held), ("application/json", rule))


def _withdrawn_before() -> Played:
    story = Story()
    story.world.revoke(CERTIFICATION, Reason.ISSUED_IN_ERROR, date(2026, 4, 30))
    return story, story.signed()


def _weaker_by_a_stranger() -> Played:
    """The cut score is lowered and everything is signed again, by a stranger in the district's name."""
    story = Story(rule=lambda value: value["subjects"]["ENG"]["any_of"][0]["score"].update(at_least="100"))
    held = story.signed_certification()
    value = story.badge_value([("application/vc", held), ("application/json", _rule_bytes(story, held))])
    stranger = World(signing="stranger")
    return story, stranger.sign(compose(value)).raw


def _weaker_in_place() -> Played:
    """The same, with the district's own proof left where it stood."""
    story = Story()
    value = json.loads(story.signed())
    rule = Story(rule=lambda made: made["subjects"]["ENG"]["any_of"][0]["score"].update(at_least="100"))
    value["evidence"][1]["id"] = data_uri("application/json", _rule_bytes(rule, story.signed_certification()))
    return story, compose(value).raw


def _nested() -> Played:
    """A determination that rests on a determination."""
    story = Story()
    inner = Story().signed()
    rule = _rule_bytes(story, inner)
    return story, story.signed_with(("application/vc", inner), ("application/json", rule))


def _nested_address(story: Story, held: bytes) -> list[tuple[str, bytes]]:
    """A data address whose content is a data address."""
    inner = data_uri("application/vc", held).encode()
    return [("application/vc", inner), ("application/json", _rule_bytes(story, inner))]


def _nine(story: Story, held: bytes) -> list[tuple[str, bytes]]:
    others = [("application/vc", story.signed_certification(20 + number)) for number in range(8)]
    return [("application/vc", held), *others, ("application/json", _rule_bytes(story, held))]


def _oversize(story: Story, held: bytes) -> list[tuple[str, bytes]]:
    large = held + b" " * (ONE.max_bytes + 1 - len(held))
    return [("application/vc", large), ("application/json", _rule_bytes(story, large))]


def _oversize_together(story: Story, held: bytes) -> list[tuple[str, bytes]]:
    files = [("application/pdf", b"%PDF-" + bytes([65 + n]) * (ONE.max_bytes - 5)) for n in range(4)]
    return [("application/vc", held), *files, ("application/json", _rule_bytes(story, held))]


def _deep(depth: int) -> dict[str, Any]:
    rule: dict[str, Any] = ENGLISH
    for _ in range(depth):
        rule = {"all_of": [rule]}
    return rule


def _large_rule(story: Story, held: bytes) -> list[tuple[str, bytes]]:
    rule = _rule_bytes(story, held)
    return [("application/vc", held), ("application/json", rule + b" " * (LIMITS.max_bytes + 1 - len(rule)))]


def _points(*parts: dict[str, Any]) -> Callable[[dict[str, Any]], None]:
    whole = {"points": "90", "from": [{"points": "45", "when": part} for part in parts]}

    def change(value: dict[str, Any]) -> None:
        value["subjects"]["ENG"] = {"all_of": [whole]}

    return change


HELD = {"certification": {"code": CODE}}


def _twice_recorded(value: dict[str, Any]) -> None:
    _points(HELD, HELD)(value)
    value["inputs"].append(value["inputs"][0] | {"earned": "2026-04-19"})


def _math_too(value: dict[str, Any]) -> None:
    value["subjects"]["MTH"] = {"any_of": [HELD]}


def _claims_math() -> Played:
    story = Story(rule=_math_too, badge=both_subjects)
    return story, story.signed()


def _pdf_as_badge(story: Story, held: bytes) -> list[tuple[str, bytes]]:
    return [("application/vc", b"%PDF-1.7"), ("application/json", _rule_bytes(story, held))]


def _badge_as_pdf(story: Story, held: bytes) -> list[tuple[str, bytes]]:
    return [("application/pdf", held), ("application/json", _rule_bytes(story, held))]


def _badge_as_json(story: Story, held: bytes) -> list[tuple[str, bytes]]:
    return [("application/json", held), ("application/json", _rule_bytes(story, held))]


def _two_rules(story: Story, held: bytes) -> list[tuple[str, bytes]]:
    other = _rule_bytes(story, held, version="another")
    rule = _rule_bytes(story, held)
    return [("application/vc", held), ("application/json", rule), ("application/json", other)]


def _set(*path: str | int, to: Any) -> Callable[[dict[str, Any]], None]:
    def change(value: Any) -> None:
        for step in path[:-1]:
            value = value[step]
        value[path[-1]] = to

    return change


ATTACKS: dict[str, Callable[[], Played]] = {
    "EVI-01-one-byte": _inside(_one_byte),
    "EVI-01-cut-short": _inside(_broken),
    "EVI-01-without-proof": _inside(_cut_proof),
    "EVI-01-weaker-rule-in-place": _weaker_in_place,
    "EVI-01-weaker-rule-by-a-stranger": _weaker_by_a_stranger,
    "EVI-02-another-student": _certification(_another_student),
    "EVI-02-another-issuer": _foreign,
    "EVI-02-another-issuer-that-the-rule-names": _rule(
        _set("inputs", 0, "issuer", to="did:web:body.example")
    ),
    "EVI-02-withdrawn-before": _withdrawn_before,
    "EVI-02-lapsed-before": _certification(
        lambda made: made.update(validFrom="2026-04-20T09:00:00Z", validUntil="2026-04-30T23:59:59Z")
    ),
    "EVI-02-college-certificate": _certification(_college),
    "EVI-02-another-code": _certification(_set("credentialSubject", "achievement", "humanCode", to="CO-EMT")),
    "EVI-02-another-day": _certification(_set("awardedDate", to="2026-04-19T12:00:00Z")),
    "EVI-03-named-and-not-embedded": _rule(_set("inputs", 0, "evidence", to=digest("another"))),
    "EVI-03-nothing-embedded": _holding(lambda story, held: [("application/json", _rule_bytes(story, held))]),
    "EVI-03-no-rule": _holding(lambda _, held: [("application/vc", held)]),
    "EVI-03-two-rules": _holding(_two_rules),
    "EVI-03-same-input-twice": _rule(lambda value: value["inputs"].append(dict(value["inputs"][0]))),
    "EVI-04-no-decision": _rule(_set("decisions", to=[])),
    "EVI-04-decision-not-begun": _rule(_set("decisions", 0, "from", to="2026-05-02")),
    "EVI-04-decision-over": _rule(_set("decisions", 0, "until", to="2026-04-30")),
    "EVI-04-decided-later": _rule(_set("decisions", 0, "decidedOn", to="2026-05-02")),
    "EVI-04-decided-for-math": _rule(_set("decisions", 0, "subjects", to=["MTH"])),
    "EVI-04-decided-for-another": _rule(_set("decisions", 0, "code", to="CO-EMT")),
    "EVI-04-another-decision": _rule(_set("inputs", 0, "decision", to=DECISION[:-1] + "9")),
    "EVI-04-claims-math-too": _claims_math,
    "EVI-04-math-without-a-rule": _badge(both_subjects),
    "EVI-04-judged-for-another-day": _rule(_set("judgedOn", to="2026-04-30")),
    "EVI-05-determination-inside": _nested,
    "EVI-05-address-inside": _holding(_nested_address),
    "EVI-05-nine-badges": _holding(_nine),
    "EVI-05-oversize": _holding(_oversize),
    "EVI-05-oversize-together": _holding(_oversize_together),
    "EVI-06-pdf-as-badge": _holding(_pdf_as_badge),
    "EVI-06-badge-as-pdf": _holding(_badge_as_pdf),
    "EVI-06-badge-as-json": _holding(_badge_as_json),
    "EVI-07-too-deep": _rule(_set("subjects", "ENG", to=_deep(MOST_DEPTH - 1))),
    "EVI-07-too-many-parts": _rule(_set("subjects", "ENG", to={"any_of": [HELD] * MOST_NODES})),
    "EVI-07-too-large": _holding(_large_rule),
    "EVI-07-all-of-nothing": _rule(_set("subjects", "ENG", to={"all_of": []})),
    "EVI-07-none-of-two": _rule(_set("subjects", "ENG", to={"at_least": 0, "of": [HELD, HELD]})),
    "EVI-07-another-language": _rule(_set("language", to="cairn-rule/2")),
    "EVI-08-points-twice": _rule(_points(HELD, HELD)),
    "EVI-08-points-twice-hidden": _rule(_points({"any_of": [HELD]}, {"all_of": [HELD]})),
    "EVI-08-recorded-twice": _rule(_twice_recorded),
    "EVI-08-points-below-zero": _rule(
        _set("subjects", "ENG", to={"points": "-1", "from": [{"points": "1", "when": HELD}]})
    ),
}
"""Id to the play."""

EXPECTED: dict[str, str] = {
    "EVI-01-one-byte": "invalid: evidence_altered",
    "EVI-01-cut-short": "unknown: evidence_not_checkable",
    "EVI-01-without-proof": "invalid: evidence_altered",
    "EVI-01-weaker-rule-in-place": "invalid: bad_signature",
    "EVI-01-weaker-rule-by-a-stranger": "invalid: key_not_in_document",
    "EVI-02-another-student": "invalid: holder_differs",
    "EVI-02-another-issuer": "invalid: issuer_differs",
    "EVI-02-another-issuer-that-the-rule-names": "invalid: issuer_differs",
    "EVI-02-withdrawn-before": "invalid: withdrawn",
    "EVI-02-lapsed-before": "invalid: lapsed",
    "EVI-02-college-certificate": "invalid: college_certificate",
    "EVI-02-another-code": "invalid: code_differs",
    "EVI-02-another-day": "invalid: date_differs",
    "EVI-03-named-and-not-embedded": "invalid: not_embedded",
    "EVI-03-nothing-embedded": "invalid: not_embedded",
    "EVI-03-no-rule": "unknown: no_rule",
    "EVI-03-two-rules": "unknown: several_rules",
    "EVI-03-same-input-twice": "unknown: bad_rule",
    "EVI-04-no-decision": "invalid: no_decision",
    "EVI-04-decision-not-begun": "invalid: decision_not_active",
    "EVI-04-decision-over": "invalid: decision_not_active",
    "EVI-04-decided-later": "invalid: decision_not_active",
    "EVI-04-decided-for-math": "invalid: decided_for_another_subject",
    "EVI-04-decided-for-another": "invalid: no_decision",
    "EVI-04-another-decision": "invalid: no_decision",
    "EVI-04-claims-math-too": "invalid: decided_for_another_subject",
    "EVI-04-math-without-a-rule": "invalid: no_rule_for_subject",
    "EVI-04-judged-for-another-day": "invalid: judged_on_another_day",
    "EVI-05-determination-inside": "unknown: evidence_not_checkable",
    "EVI-05-address-inside": "unknown: evidence_not_checkable",
    "EVI-05-nine-badges": "unknown: too_many_embedded",
    "EVI-05-oversize": "unknown: evidence_not_checkable",
    "EVI-05-oversize-together": "unknown: embedded_too_much",
    "EVI-06-pdf-as-badge": "invalid: not_embedded",
    "EVI-06-badge-as-pdf": "invalid: not_embedded",
    "EVI-06-badge-as-json": "invalid: not_embedded",
    "EVI-07-too-deep": "unknown: rule_too_large",
    "EVI-07-too-many-parts": "unknown: rule_too_large",
    "EVI-07-too-large": "unknown: too_large",
    "EVI-07-all-of-nothing": "unknown: bad_rule",
    "EVI-07-none-of-two": "unknown: bad_rule",
    "EVI-07-another-language": "unknown: bad_rule",
    "EVI-08-points-twice": "invalid: points_short",
    "EVI-08-points-twice-hidden": "invalid: points_short",
    "EVI-08-recorded-twice": "invalid: points_short",
    "EVI-08-points-below-zero": "unknown: bad_rule",
}
"""Id to the answer: the outcome, and what speaks against it."""
