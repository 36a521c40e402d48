"""The guards of who decides: the quorum, endorsements, dates, and two people for one thing."""

from __future__ import annotations

from typing import Final

from tests.mutants.mutant import Mutant

UNIT: Final = "tests/unit/issuer"
APPROVAL, APPROVALS = "issuer/decisions/approval.py", "issuer/access/approvals.py"
PROCESS, MEMBER = "issuer/decisions/process.py", "issuer/decisions/member.py"
ENDORSEMENT, APPROVING = "issuer/decisions/endorsement.py", "issuer/committee/approving.py"
PROPOSING, COMMITTEE = "issuer/committee/proposing.py", "issuer/committee/people.py"
NAMED, POLICY, PEOPLE = "issuer/access/named.py", "issuer/access/policy.py", "issuer/access/people.py"
ENDORSERS, APART_FILE = "issuer/committee/endorsers.py", "issuer/access/apart.py"
ONE, APART = f"{UNIT}/committee/test_one_person.py", f"{UNIT}/access/test_apart.py"
RULES, STEPS = f"{UNIT}/decisions/test_process.py", f"{UNIT}/committee"
SIGNED, TWO, NAMES = (
    f"{UNIT}/decisions/test_endorsement.py",
    f"{UNIT}/access/test_approvals.py",
    f"{UNIT}/access/test_named.py",
)

DECIDING: Final = (
    Mutant(APPROVAL, "if member.kind not in QUORUM_KINDS:", "if False:", RULES),
    Mutant(APPROVAL, "if member.id == proposal.author:", "if False:", RULES),
    Mutant(APPROVAL, "if not member.serves_on(day):", "if False:", RULES),
    Mutant(
        APPROVAL, "if any(one.member_id == member.id for one in before):", "if False:", f"{RULES} {STEPS}"
    ),
    Mutant(APPROVAL, "one.member_id != proposal.author\n            and ", "", RULES),
    Mutant(APPROVAL, "            and one.kind in QUORUM_KINDS\n", "", RULES),
    Mutant(APPROVAL, "            and one.conflict is None\n", "", RULES),
    Mutant(APPROVAL, "            and one.taken_back is None\n", "", RULES),
    Mutant(APPROVAL, "            and (one.document or one.endorsement_id)\n", "", RULES),
    Mutant(APPROVAL, "and proposal.written <= one.on <= on", "and one.on <= on", RULES),
    Mutant(APPROVAL, "and proposal.written <= one.on <= on", "and proposal.written <= one.on", RULES),
    Mutant(APPROVAL, "found.setdefault(one.member_id, one)", "found[str(len(found))] = one", RULES),
    Mutant(APPROVAL, "if len(given) < policy.approvals:", "if len(given) < policy.approvals - 1:", RULES),
    Mutant(APPROVAL, "if len(kinds) < policy.kinds:", "if not kinds:", RULES),
    Mutant(APPROVAL, "sorted(policy.must - kinds))", "sorted(policy.must - kinds)[1:])", RULES),
    Mutant(
        MEMBER, "if not FEWEST_KINDS <= self.kinds <= len(QUORUM_KINDS):", "if False:", f"{UNIT}/decisions"
    ),
    Mutant(
        MEMBER, "if not self.kinds <= self.approvals <= MOST_APPROVALS:", "if False:", f"{UNIT}/decisions"
    ),
    Mutant(MEMBER, "if not self.must <= QUORUM_KINDS or", "if", f"{UNIT}/decisions"),
    Mutant(MEMBER, "and self.must >= other.must", "", f"{UNIT}/web/staff/test_two_people.py"),
    Mutant(PROCESS, "check_counts(entry, training_counts=training_counts)", "pass", RULES),
    Mutant(PROCESS, "check_votable(proposal, signed_off=signed_off)", "pass", RULES),
    Mutant(PROCESS, "    if lacking:\n", "    if False:\n", RULES),
    Mutant(PROCESS, "if beyond:", "if False:", RULES),
    Mutant(PROCESS, "check_reviews(proposal.alignments, on)", "pass", RULES),
    Mutant(PROCESS, "if row.is_overdue_on(day):", "if False:", RULES),
    Mutant(PROCESS, "if row.has_ended_on(day):", "if False:", RULES),
    Mutant(PROCESS, "if on > today:", "if False:", RULES),
    Mutant(PROCESS, "if on < proposal.written:", "if False:", RULES),
    Mutant(PROCESS, "if made.effective_from < made.decided_on:", "if False:", RULES),
    Mutant(PROCESS, "if made.effective_from < today - timedelta(days=MOST_DAYS_LATE):", "if False:", RULES),
    Mutant(PROCESS, "if made.effective_from < today:", "if False:", RULES),
    Mutant(PROCESS, "if last_day < today:", "if False:", RULES),
    Mutant(PROCESS, "last_day >= decision.effective_until:", "False:", RULES),
    Mutant(PROCESS, "if one.subjects and overlaps(former, made):", "if False:", RULES),
    Mutant(PROCESS, "minutes=checked_minutes(minutes),", "minutes=minutes,", RULES),
    Mutant(ENDORSEMENT, "if member.endorser is None or endorser != member.endorser:", "if False:", SIGNED),
    Mutant(ENDORSEMENT, 'if subject["id"] != achievement_id:', "if False:", SIGNED),
    Mutant(ENDORSEMENT, "if not made.holds_at(now):", "if False:", SIGNED),
    Mutant(ENDORSEMENT, "if verified.partial:", "if False:", f"{SIGNED} tests/attacks"),
    Mutant(ENDORSEMENT, "if len(verified.claims) != 1 or verified.notes:", "if False:", SIGNED),
    Mutant(ENDORSEMENT, "if claim.expires is not None and claim.expires <= now:", "if False:", SIGNED),
    Mutant(ENDORSEMENT, "if name in value:", "if False:", SIGNED),
    Mutant(
        ENDORSEMENT,
        "if claim.controller != claim.issuer or claim.issuer != member.endorser:",
        "if False:",
        f"{SIGNED} tests/attacks",
    ),
    Mutant(APPROVING, "check_approver(proposal, member, before, on)", "pass", STEPS),
    Mutant(APPROVING, "if not proposal.written <= on <= today:", "if False:", STEPS),
    Mutant(APPROVING, "if not member.serves_on(today):", "if False:", STEPS),
    Mutant(APPROVING, "if len(standing) >= MOST_ENDORSEMENTS:", "if False:", STEPS),
    Mutant(PROPOSING, "if member.kind is not MemberKind.COUNSELOR or", "if", STEPS),
    Mutant(PROPOSING, 'if row.state != "open":', "if False:", STEPS),
    Mutant(PROPOSING, "check_counts(entry, training_counts=True)", "pass", STEPS),
    Mutant(COMMITTEE, "if not has_left and", "if", STEPS),
    Mutant(COMMITTEE, "_check_is_once(there, name, since)", "pass", STEPS),
    Mutant(APPROVALS, "check_may(person.role, ASKS[kind])", "pass", TWO),
    Mutant(APPROVALS, "    check_may(person.role, Permission.APPROVE)\n    with", "    with", TWO),
    Mutant(APPROVALS, "if row.asked_by == person.id:", "if False:", TWO),
    Mutant(
        APPROVALS, "check_may(person.role, besides)", "pass", f"{TWO} {UNIT}/web/staff/test_two_people.py"
    ),
    Mutant(APPROVALS, "if not hmac.compare_digest(", "if False and not hmac.compare_digest(", TWO),
    Mutant(APPROVALS, "if digest(request.content) != request.sha256:", "if False:", TWO),
    Mutant(APPROVALS, "if not still_true(session, request):", "if False:", TWO),
    Mutant(APPROVALS, "if row.outcome is not None:", "if False:", TWO),
    Mutant(APPROVALS, "if row.ends <= now:", "if False:", TWO),
    Mutant(APPROVALS, "if row.outcome != CONFIRMED:", "if False:", TWO),
    Mutant(APPROVALS, "if not own:\n", "if False:\n", TWO),
    Mutant(NAMED, "if first.id == second.id:", "if False:", NAMES),
    Mutant(NAMED, "check_may(first.role, ASKS[kind])", "pass", NAMES),
    Mutant(NAMED, "check_may(second.role, Permission.APPROVE)", "pass", NAMES),
    Mutant(NAMED, "check_may(second.role, besides)", "pass", f"{NAMES} {UNIT}/test_cli_two_people.py"),
    Mutant(NAMED, "and row.disabled is None:", "and True:", NAMES),
    Mutant(POLICY, "if pair in self.apart and first == second:", "if False:", f"{UNIT}/access"),
    Mutant(APPROVING, "if proposal.author in places:", "if False:", ONE),
    Mutant(APPROVING, "if one.member_id in places:", "if False:", ONE),
    Mutant(APPROVING, "if signed < proposal.written:", "if False:", ONE),
    Mutant(APPROVING, "if on < signed:", "if False:", ONE),
    Mutant(PROPOSING, "if row.author in places_of(session, district_id, member_id):", "if False:", ONE),
    Mutant(PROPOSING, "written <= on <= now.astimezone().date():", "written:", ONE),
    Mutant(COMMITTEE, "_check_is_once(others, row.name, row.since, last_day)", "pass", ONE),
    Mutant(ENDORSERS, " or found in own", "", ONE),
    Mutant(ENDORSERS, "if found is not None and row.endorser and", "if False and", ONE),
    Mutant(ENDORSERS, "if row.endorser == endorser:", "if False:", ONE),
    Mutant(ENDORSERS, "found.thumbprint() in _EXAMPLES:", "False:", ONE),
    Mutant(APPROVALS, "if Kind(row.kind) in FROM_ANOTHER and", "if False and", APART),
    Mutant(APART_FILE, "row.disabled < since", "True", APART),
    Mutant(APART_FILE, "return bool(audit.read(session, row.district_id, wanted))", "return False", APART),
    Mutant(APART_FILE, "return Role.ADMINISTRATOR in _roles(session, row, since)", "return False", APART),
    Mutant(APART_FILE, "in ((one, other), (other, one))", "in ((one, other),)", APART),
    Mutant(PEOPLE, 'if actor == f"person:{person_id}":', "if False:", f"{UNIT}/access/test_people.py"),
    Mutant(
        PEOPLE,
        "if not keeps and administrators == [person_id]:",
        "if False:",
        f"{UNIT}/access/test_people.py",
    ),
)
