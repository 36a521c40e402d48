"""Certifications in the console: found, proposed, approved, decided, ended."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from html import unescape
from typing import Any

import pytest

from credential.readiness import Subject
from issuer.access import policy
from issuer.access.policy import Apart, Kind, Policy
from issuer.access.roles import Role
from issuer.committee import proposing
from issuer.decisions.proposal import QUESTIONS
from issuer.store import decisions
from issuer.store.access_tables import ApprovalRequest
from tests.committee import MINUTES, Committee, data, proposal
from tests.house import House
from tests.staff import Staff
from tests.unit.issuer.web.staff.browser import Browser
from tests.unit.issuer.web.staff.committee import Decided, own_code, states, take_own

At = Callable[..., Browser]
PLACE = "/staff/certifications"
CNA = f"{PLACE}/CO-CNA"
_INPUT = re.compile(r'<(?:input|select|button)[^>]*\bname="([^"]+)"')


@pytest.fixture
def committee(house: House) -> Committee:
    return Committee.build(house)


def filled(**changes: Any) -> dict[str, Any]:
    """The form of a proposal that can be voted on."""
    row = {
        "target_type": "CFItem",
        "framework": "Colorado Academic Standards 2020",
        "code": "RWC.HS.3.1",
        "name": "Write for a purpose",
        "url": "https://standards.example/RWC.HS.3.1",
        "strength": "full",
        "subject": "ENG",
        "next_review": "",
        "item_ended": "",
        "note": "",
        "author": "",
        "date": "",
    }
    form: dict[str, Any] = {
        "do": "propose",
        "author": "cte-1",
        "origin": "program",
        "subjects": "ENG",
        "next_review": "2027-06-01",
        "recognition.body": "Colorado State Board of Nursing",
        "course_content.statements.0.text": "Health science 1 and 2.",
        "course_content.statements.0.url": "",
        "cte_program.waived": "The program is under review.",
        "industry_need.demand.0.source": "State labor office",
        "industry_need.demand.0.year": "2025",
        "industry_need.demand.0.occupation": "31-1131.00",
        "industry_need.demand.0.openings": "640",
        "industry_need.demand.0.url": "",
        "postsecondary.statements.0.text": "The college counts it.",
        "postsecondary.statements.0.url": "",
    }
    return form | {f"standards.alignments.0.{name}": text for name, text in row.items()} | changes


def vote(**changes: Any) -> dict[str, Any]:
    return {"outcome": "go", "subjects": "ENG", "minutes": MINUTES, "on": "2026-06-01"} | changes


def faults(text: str) -> dict[str, str]:
    """What the summary of a page says, by field."""
    found = re.search(r'<section class="band bad faults".*?</section>', text, re.DOTALL)
    assert found is not None, text
    return {field: unescape(said) for field, said in re.findall(r'<a href="#([^"]+)">([^<]+)</a>', found[0])}


def test_every_certification_has_its_state(at: At, house: House) -> None:
    take_own(house)
    Decided.of(house)
    browser = at(Role.CLERK)
    text = browser.get(PLACE).text
    rows = {
        found[1]: found[0] for found in re.findall(r"(<tr>.*?<code>([^<]+)</code>.*?</tr>)", text, re.DOTALL)
    }
    assert "Counts for English" in rows["CO-CNA"]
    assert "Proposed again." in rows["CO-CNA"]
    assert "Not an industry certification" in rows["COLLEGE-WELD"]
    assert "No decision" in rows["OSHA10-GI"]
    assert 'href="/staff/certifications/CO-CNA"' in text


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("q=weld", {"COLLEGE-WELD"}),
        ("q=nurse+aide+cna", {"CO-CNA"}),
        ("q=osha&state=none", {"OSHA10-GI", "COLLEGE-WELD"} - {"COLLEGE-WELD"}),
        ("state=cannot", {"COLLEGE-WELD"}),
        ("state=english", set()),
        ("q=" + "x" * 5_000, set()),
    ],
)
def test_certifications_are_found_by_what_people_call_them(
    at: At, house: House, query: str, codes: set[str]
) -> None:
    take_own(house)
    text = at(Role.AUDITOR).get(f"{PLACE}?{query}").text
    found = set(re.findall(r"<code>([^<]+)</code></th>", text)) - {own_code(house)}
    assert found == codes
    assert ("Nothing fits" in text) == (not codes)


def test_a_college_certificate_is_not_an_industry_certification_and_says_why(
    at: At, house: House, committee: Committee
) -> None:
    take_own(house)
    text = at(Role.COORDINATOR).get(f"{PLACE}/COLLEGE-WELD").text
    assert "This is not an industry certification" in text
    assert "C.R.S. 23-5-145.6" in text
    assert "/propose" not in text
    answer = at(Role.COORDINATOR).post(f"{PLACE}/COLLEGE-WELD/propose", filled())
    assert answer.status_code == 422
    assert "a college certificate says that courses were completed" in answer.text
    assert states(house) == {}


def test_one_certification_says_what_it_is_and_where_it_leads(at: At, house: House) -> None:
    Decided.of(house)
    text = unescape(at(Role.REGISTRAR).get(CNA).text)
    for said in (
        "License from a state",
        "Nursing Assistants (O*NET-SOC 2019, 31-1131.00)",
        "Leads to",
        "From June 1, 2026",
        "Minutes of June 1, 2026",
        "Colorado Academic Standards 2020 RWC.HS.3.1",
        "Counts today",
    ):
        assert said in text, said
    assert "MA.HS.N-Q.A.1" not in text  # the decision is for English alone


def test_a_row_is_added_without_scripts_and_nothing_typed_is_lost(
    at: At, house: House, committee: Committee
) -> None:
    browser = at(Role.COORDINATOR)
    answer = browser.post(f"{CNA}/propose", filled(do="add standards alignments", author=""))
    assert answer.status_code == 200
    names = _INPUT.findall(answer.text)
    assert "standards.alignments.1.url" in names
    assert "standards.alignments.2.url" not in names
    for typed in ("Health science 1 and 2.", "RWC.HS.3.1", "640", "The program is under review."):
        assert typed in answer.text, typed
    assert states(house) == {}


def test_no_more_rows_are_added_than_fit(at: At, committee: Committee) -> None:
    def with_rows(number: int) -> dict[str, Any]:
        rows = {f"postsecondary.statements.{index}.text": f"No. {index}" for index in range(number)}
        return filled(do="add postsecondary statements", **rows)

    browser = at(Role.COORDINATOR)
    assert browser.post(f"{CNA}/propose", with_rows(39)).status_code == 200
    answer = browser.post(f"{CNA}/propose", with_rows(40))
    assert faults(answer.text) == {
        "postsecondary.statements.0.text": "At most 40 rows fit here. Leave one out first."
    }
    assert browser.post(f"{CNA}/propose", with_rows(40) | {"do": "propose"}).status_code == 303
    over = browser.post(f"{CNA}/propose", with_rows(41) | {"do": "propose"})
    assert over.status_code == 422
    assert "at most 40 are read" in over.text


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"author": ""}, ("author", "Choose a member")),
        ({"author": "cte-9"}, ("author", "Choose a member")),
        ({"subjects": ""}, ("subjects", "Fill this in")),
        ({"origin": "moon"}, ("origin", "none of")),
        ({"next_review": "soon"}, ("next_review", "")),
        ({"next_review": "2026-06-01"}, ("next_review", "after the day of the proposal")),
        ({"standards.alignments.0.url": "http://x.example"}, ("standards.alignments.0.url", "https address")),
        ({"standards.alignments.0.name": ""}, ("standards.alignments.0.name", "Fill this in.")),
        ({"standards.alignments.0.name": "a\u202eb"}, ("standards.alignments.0.name", "turns the reading")),
        ({"standards.alignments.0.name": "a" * 501}, ("standards.alignments.0.name", "at most 500")),
        ({"industry_need.demand.0.openings": "many"}, ("industry_need.demand.0.openings", "whole number")),
        ({"industry_need.demand.0.year": "9" * 400}, ("industry_need.demand.0.year", "whole number")),
        ({"postsecondary.waived": "No."}, ("postsecondary.waived", "not both")),
        ({"recognition.body": "", "recognition.list": "A list"}, ("recognition.body", "Fill this in.")),
    ],
)
def test_what_is_wrong_with_a_proposal_stands_at_its_field(
    at: At, house: House, committee: Committee, changes: dict[str, str], fault: tuple[str, str]
) -> None:
    field, said = fault
    answer = at(Role.COORDINATOR).post(f"{CNA}/propose", filled(**changes))
    assert answer.status_code == 422
    found = faults(answer.text)
    assert list(found) == [field]
    assert said in found[field]
    assert "Health science 1 and 2." in answer.text
    assert "proposal.json" not in answer.text
    assert states(house) == {}


def test_a_proposal_is_made_changed_and_withdrawn(at: At, house: House, committee: Committee) -> None:
    browser = at(Role.COORDINATOR)
    made = browser.post(f"{CNA}/propose", filled())
    assert made.headers["location"].startswith(f"{PLACE}/proposals/CO-CNA.1")
    with house.store.reading() as session:
        kept = decisions.as_proposal(session, decisions.proposal_row(session, "riverbend", "CO-CNA.1"))
    assert kept.alignments[0].author == "cte-1"
    assert kept.alignments[0].next_review == date(2027, 6, 1)
    page = browser.get(f"{CNA}/propose?from=CO-CNA.1").text
    assert "Write for a purpose" in page
    assert 'name="from" value="CO-CNA.1"' in page
    browser.post(f"{CNA}/propose", filled(**{"from": "CO-CNA.1", "subjects": ["ENG", "MTH"]}))
    assert states(house) == {"CO-CNA.1": "withdrawn", "CO-CNA.2": "open"}
    text = browser.get(f"{PLACE}/proposals/CO-CNA.2").text
    assert "no math standard is aligned" in text
    assert browser.post(f"{PLACE}/proposals/CO-CNA.2/withdraw").status_code == 422
    browser.post(f"{PLACE}/proposals/CO-CNA.2/withdraw", {"withdrawn_why": "Not now."})
    assert states(house)["CO-CNA.2"] == "withdrawn"


def test_a_needs_assessment_goes_along_when_a_proposal_is_made_again(at: At, committee: Committee) -> None:
    answers = {key: {"answer": "yes"} for key in QUESTIONS}
    committee.propose(proposal(needs_assessment={"answers": answers, "outcome": "no-go"}))
    browser = at(Role.COORDINATOR)
    browser.post(f"{CNA}/propose", filled(**{"from": "CO-CNA.1"}))
    assert "this one says no go" in browser.get(f"{PLACE}/proposals/CO-CNA.2").text


def test_the_form_of_another_certification_s_proposal_is_not_there(at: At, committee: Committee) -> None:
    committee.propose()
    browser = at(Role.COORDINATOR)
    for code in ("OSHA10-GI", "nothing"):
        assert browser.get(f"{PLACE}/{code}/propose?from=CO-CNA.1").status_code == 404
        assert browser.post(f"{PLACE}/{code}/propose", filled(**{"from": "CO-CNA.1"})).status_code == 404


def test_members_approve_step_aside_and_take_it_back(at: At, house: House, committee: Committee) -> None:
    ref = committee.propose()
    place = f"{PLACE}/proposals/{ref}"
    browser = at(Role.APPROVER)
    form = {"member": "faculty-1", "document": MINUTES}
    assert browser.post(f"{place}/approve", form).status_code == 303
    assert faults(browser.post(f"{place}/approve", form).text)["member"].startswith("A faculty member, ")
    browser.post(
        f"{place}/approve", {"member": "administrator-1"}, files={"paper": ("minutes.pdf", b"%PDF minutes")}
    )
    browser.post(f"{place}/approve", {"member": "industry-1", "conflict": "We sell the course."})
    browser.post(f"{place}/take-back", {"taking": "faculty-1", "taken_why": "New facts."})
    with house.store.reading() as session:
        given = {one.member_id: one for one in decisions.approvals(session, "riverbend", ref)}
    assert given["administrator-1"].document is not None
    assert given["administrator-1"].document.startswith("sha256:")
    assert given["industry-1"].conflict == "We sell the course."
    assert given["faculty-1"].taken_back == house.time.date()
    assert "because they have something to gain: We sell the course." in browser.get(place).text


@pytest.mark.parametrize(
    ("form", "field", "said"),
    [
        ({"member": ""}, "member", "Choose a member"),
        ({"member": "faculty-1"}, "document", "Show the approval with a paper or with a signed endorsement"),
        ({"member": "cte-1", "document": MINUTES}, "member", "proposed this"),
        ({"member": "counselor-1", "document": MINUTES}, "member", "does not vote"),
        ({"member": "faculty-1", "document": "sha256:" + "0" * 64}, "document", "https address"),
        (
            {"member": "faculty-1", "document": MINUTES, "approved_on": "2026-13-01"},
            "approved_on",
            "not a day",
        ),
        ({"member": "faculty-1", "document": MINUTES, "approved_on": "2026-06-02"}, "approved_on", "future"),
    ],
)
def test_an_approval_that_cannot_be_taken_is_refused_at_its_field(
    at: At, committee: Committee, form: dict[str, str], field: str, said: str
) -> None:
    ref = committee.propose()
    answer = at(Role.COORDINATOR).post(f"{PLACE}/proposals/{ref}/approve", form)
    assert answer.status_code == 422
    assert said in faults(answer.text)[field]
    assert "cairn" not in faults(answer.text)[field]


def test_what_a_student_asked_for_is_signed_off(at: At, house: House, committee: Committee) -> None:
    ref = committee.approved(proposal(origin="student"))
    place = f"{PLACE}/proposals/{ref}"
    browser = at(Role.COORDINATOR)
    assert "A counselor&#39;s sign-off" in browser.get(place).text
    answer = at(Role.APPROVER).post(f"{place}/decide", vote())
    assert answer.status_code == 422
    assert "cairn" not in answer.text.lower().replace("cairn-", "").partition("<main")[2]
    assert browser.post(f"{place}/sign-off", {"counselor": "faculty-1"}).status_code == 422
    assert browser.post(f"{place}/sign-off", {"counselor": "counselor-1"}).status_code == 303
    assert at(Role.APPROVER).post(f"{place}/decide", vote()).status_code == 303
    assert len(committee.active()) == 1


def test_a_vote_for_english_counts_and_badges_say_it(at: At, house: House, committee: Committee) -> None:
    ref = committee.approved()
    answer = at(Role.APPROVER).post(f"{PLACE}/proposals/{ref}/decide", vote())
    assert answer.headers["location"] == f"{PLACE}/proposals/{ref}?notice=decided"
    [made] = committee.active()
    assert made.subjects == frozenset({Subject.ENGLISH})
    assert made.minutes == MINUTES
    assert made.menu_version == "state-menu-2021+"
    actions = [action for _, action, _ in Staff(house).audited()]
    assert actions[-2:] == ["decision.made", "achievements.offered"]


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"outcome": ""}, "outcome", "for it or against it"),
        ({"subjects": ""}, "subjects", "for English, for math or for both"),
        ({"minutes": ""}, "minutes", "the https address of its minutes."),
        ({"minutes": "javascript:alert(1)"}, "minutes", "https address"),
        ({"effective_from": "2026-05-31"}, "effective_from", "cannot take effect"),
        ({"effective_until": "2026-05-31"}, "on", "its last day lies before"),
        ({"on": "2026-06-02"}, "on", "when it has been held"),
        ({"on": "1899-01-01"}, "on", "no state menu"),
        ({"on": "x" * 10_000}, "on", "not a day"),
        ({"supersedes": "urn:uuid:other"}, "supersedes", "no decision"),
        ({"outcome": "no-go"}, "why", "reason"),
    ],
)
def test_a_vote_that_cannot_be_recorded_is_refused_at_its_field(
    at: At, committee: Committee, changes: dict[str, str], field: str, said: str
) -> None:
    ref = committee.approved()
    answer = at(Role.APPROVER).post(f"{PLACE}/proposals/{ref}/decide", vote(**changes))
    assert answer.status_code == 422
    found = faults(answer.text)
    assert said.casefold() in found[field].casefold()
    assert "--" not in found[field]
    assert committee.active() == []


def test_without_a_quorum_nothing_is_decided(at: At, committee: Committee) -> None:
    ref = committee.propose()
    answer = at(Role.APPROVER).post(f"{PLACE}/proposals/{ref}/decide", vote())
    assert answer.status_code == 422
    assert "Lacking: 3 more of 3 approvals" in answer.text
    assert committee.active() == []


def test_a_no_is_recorded_and_a_decision_ends(at: At, house: House) -> None:
    made = Decided.of(house)
    browser = at(Role.APPROVER)
    no = {"outcome": "no-go", "why": "Too few openings."}
    assert browser.post(f"{PLACE}/proposals/{made.open}/decide", no).status_code == 303
    assert "Too few openings." in browser.get(CNA).text
    place = f"{PLACE}/proposals/{made.decided}/end"
    late = browser.post(place, {"last_day": "2026-05-31", "ended_why": "Retired."})
    assert "ends today or later" in faults(late.text)["last_day"]
    assert browser.post(place, {"last_day": "2026-06-30"}).status_code == 422
    assert browser.post(place, {"last_day": "2026-06-30", "ended_why": "Retired."}).status_code == 303
    assert "Ends on June 30, 2026." in browser.get(PLACE).text
    assert browser.post(f"{PLACE}/proposals/{made.open}/end", {"last_day": "2026-06-30"}).status_code == 422


def test_a_decision_replaces_another_only_expressly(at: At, house: House) -> None:
    made = Decided.of(house)
    made.committee.approve(made.open, "administrator-1", "faculty-1", "industry-1")
    browser = at(Role.APPROVER)
    place = f"{PLACE}/proposals/{made.open}/decide"
    answer = browser.post(place, vote())
    assert "or choose it under “Replaces”" in faults(answer.text)["supersedes"]
    form = vote(supersedes=made.decision, effective_from="2026-07-01")
    assert browser.post(place, form).status_code == 303
    text = browser.get(CNA).text
    assert "From June 1, 2026 to June 30, 2026" in text
    assert "A decision begins on July 1, 2026." in text


def test_a_second_person_confirms_a_vote_where_the_district_asks(
    at: At, house: House, committee: Committee
) -> None:
    policy.change(house.store, "riverbend", Policy(frozenset({Kind.DECIDE})), now=house.time, actor="test")
    ref = committee.approved()
    answer = at(Role.APPROVER).post(f"{PLACE}/proposals/{ref}/decide", vote())
    place = answer.headers["location"].partition("?")[0]
    assert place.startswith("/staff/approvals/")
    assert committee.active() == []
    second = at(Role.ADMINISTRATOR)
    text = second.get(place).text
    for said in (ref, "English", "June 1, 2026", MINUTES, "administrator-1, faculty-1, industry-1"):
        assert said in text, said
    seen = re.search(r'name="seen" value="([^"]+)"', text)
    assert seen is not None
    assert second.post(f"{place}/confirm", {"seen": seen[1]}).status_code == 303
    assert len(committee.active()) == 1
    assert at(Role.APPROVER).post(f"{PLACE}/proposals/{ref}/decide", vote()).status_code == 422


def test_what_a_vote_rests_on_must_still_be_so_when_it_is_confirmed(
    at: At, house: House, committee: Committee
) -> None:
    policy.change(house.store, "riverbend", Policy(frozenset({Kind.DECIDE})), now=house.time, actor="test")
    ref = committee.approved()
    committee.approve(ref, "postsecondary-1")
    place = at(Role.APPROVER).post(f"{PLACE}/proposals/{ref}/decide", vote()).headers["location"]
    at(Role.COORDINATOR).post(
        f"{PLACE}/proposals/{ref}/take-back", {"taking": "postsecondary-1", "taken_why": "New facts."}
    )
    with house.store.reading() as session:
        seen = session.query(ApprovalRequest).one().content_sha256
    answer = at(Role.ADMINISTRATOR).post(f"{place.partition('?')[0]}/confirm", {"seen": seen})
    assert answer.status_code == 409
    assert "has changed since it was asked for" in answer.text
    assert committee.active() == []


def test_a_vote_that_grew_too_old_while_it_waited_is_not_confirmed(
    at: At, house: House, committee: Committee
) -> None:
    policy.change(house.store, "riverbend", Policy(frozenset({Kind.DECIDE})), now=house.time, actor="test")
    ref = committee.propose()
    committee.approve(ref, "administrator-1", "faculty-1", "industry-1", on=date(2026, 5, 1))
    house.later(days=10)
    old = vote(on="2026-05-01", effective_from="2026-05-01")
    place = at(Role.APPROVER).post(f"{PLACE}/proposals/{ref}/decide", old).headers["location"]
    house.later(days=5)
    with house.store.reading() as session:
        seen = session.query(ApprovalRequest).one().content_sha256
    answer = at(Role.ADMINISTRATOR).post(f"{place.partition('?')[0]}/confirm", {"seen": seen})
    assert answer.status_code == 409
    with house.store.reading() as session:
        assert session.query(ApprovalRequest).one().outcome is None
    assert committee.active() == []


def test_a_confirmed_vote_is_recorded_once(at: At, house: House, staff: Staff, committee: Committee) -> None:
    policy.change(house.store, "riverbend", Policy(frozenset({Kind.DECIDE})), now=house.time, actor="test")
    ref = committee.approved()
    place = at(Role.APPROVER).post(f"{PLACE}/proposals/{ref}/decide", vote()).headers["location"]
    second = staff.person(Role.ADMINISTRATOR)
    with house.store.transaction() as session:
        row = session.query(ApprovalRequest).one()
        row.outcome, row.settled_by, row.settled_at = "confirmed", second.id, house.time
    committee.decide(ref)  # as if the program had stopped between the decision and its note
    assert at(Role.ADMINISTRATOR).post(f"{place.partition('?')[0]}/finish").status_code == 303
    assert len(committee.active()) == 1


def test_who_proposes_does_not_decide_where_the_district_asks(
    at: At, house: House, staff: Staff, committee: Committee
) -> None:
    asked = Policy(frozenset(), frozenset({Apart.PROPOSE_AND_DECIDE}))
    policy.change(house.store, "riverbend", asked, now=house.time, actor="test")
    approver = staff.person(Role.APPROVER)
    ref = proposing.propose(
        house.store,
        "riverbend",
        data(proposal()),
        today=house.time.date(),
        now=house.time,
        actor=approver.actor,
    )
    committee.approve(ref, "administrator-1", "faculty-1", "industry-1")
    answer = at(Role.APPROVER).post(f"{PLACE}/proposals/{ref}/decide", vote())
    assert answer.status_code == 403
    assert "ask a colleague" in answer.text
    assert at(Role.APPROVER, 2).post(f"{PLACE}/proposals/{ref}/decide", vote()).status_code == 303


@pytest.mark.parametrize(
    ("role", "step"),
    [
        (Role.REGISTRAR, "approve"),
        (Role.CLERK, "withdraw"),
        (Role.AUDITOR, "review"),
        (Role.COORDINATOR, "decide"),
        (Role.COORDINATOR, "end"),
        (Role.APPROVER, "withdraw"),
        (Role.ADMINISTRATOR, "sign-off"),
    ],
)
def test_a_step_is_refused_to_a_role_that_may_not(
    at: At, committee: Committee, role: Role, step: str
) -> None:
    ref = committee.propose()
    browser = at(role)
    assert browser.post(f"{PLACE}/proposals/{ref}/{step}").status_code == 403
    assert f"{ref}/{step}" not in browser.get(f"{PLACE}/proposals/{ref}").text


def test_an_alignment_is_looked_at_again(at: At, committee: Committee) -> None:
    ref = committee.propose()
    browser = at(Role.COORDINATOR)
    place = f"{PLACE}/proposals/{ref}"
    form = {"row": "1", "reviewer": "faculty-1", "following": "2028-06-01", "item_ended": "2026-05-31"}
    for row in ("", "0", "99", "x", "1" * 50, "²"):
        assert browser.post(f"{place}/review", form | {"row": row}).status_code == 422, row
    assert browser.post(f"{place}/review", form).status_code == 303
    assert "Its framework ends it on May 31, 2026." in browser.get(place).text


def test_the_committee_is_written_down(at: At, house: House) -> None:
    browser = at(Role.COORDINATOR)
    place = f"{PLACE}/committee"
    assert "Nobody is on the committee yet" in browser.get(place).text
    form = {"name": "Ines Calder", "kind": "industry", "organization": "Quail Creek", "since": "2026-01-01"}
    assert browser.post(place, form).status_code == 303
    for changes, field in (
        ({"kind": "wizard"}, "kind"),
        ({"name": ""}, "name"),
        ({"name": "a\u202eb"}, "name"),
        ({"since": ""}, "since"),
    ):
        answer = browser.post(place, form | changes)
        assert list(faults(answer.text)) == [field]
    assert "Ines Calder" in browser.get(place).text
    assert (
        browser.post(f"{place}/end", {"leaving": "industry-1", "last_day": "2025-01-01"}).status_code == 422
    )
    assert browser.post(f"{place}/end", {"leaving": "nobody", "last_day": "2026-06-30"}).status_code == 422
    assert (
        browser.post(f"{place}/end", {"leaving": "industry-1", "last_day": "2026-06-30"}).status_code == 303
    )
    assert at(Role.CLERK).post(place, form).status_code == 403


def test_what_was_typed_is_shown_as_text(at: At, committee: Committee) -> None:
    evil = "<script>alert(1)</script>"
    browser = at(Role.COORDINATOR)
    refused = browser.post(f"{CNA}/propose", filled(author="", **{"standards.alignments.0.name": evil}))
    browser.post(f"{CNA}/propose", filled(**{"standards.alignments.0.name": evil}))
    for text in (refused.text, browser.get(f"{PLACE}/proposals/CO-CNA.1").text):
        assert "&lt;script&gt;alert(1)" in text
        assert "<script>" not in text
