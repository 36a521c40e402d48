"""A committee of a district with its proposals and decisions, for the console's tests."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from issuer.district import default_files, take_catalogue
from issuer.rule_sets import load_rule_set
from issuer.store import decisions
from tests.committee import Committee, proposal
from tests.house import House
from tests.rule_sets import choice


def own_code(house: House) -> str:
    """A certification that this district alone has."""
    return f"{house.district.tag}-X"


def take_own(house: House) -> None:
    """Let the district have a catalogue with a certification of its own beside the nursing assistant's."""
    certifications, kinds = default_files()
    value: dict[str, Any] = json.loads(certifications)
    kept = {one["code"]: one for one in value["entries"] if one["code"] in ("CO-CNA", "OSHA10-GI")}
    own = kept["CO-CNA"] | {"code": own_code(house), "name": f"Canary of {house.district.id}", "labels": []}
    college = kept["OSHA10-GI"] | {
        "code": "COLLEGE-WELD",
        "name": "Certificate in welding",
        "kind": "COLLEGE_CERTIFICATE",
        "labels": [],
    }
    value["entries"] = [*kept.values(), college, own]
    take_catalogue(
        house.store, house.district.id, json.dumps(value).encode(), kinds, now=house.time, actor="test"
    )


@dataclass
class Decided:
    """What a committee has done: one certification decided, one proposed.

    Attributes:
        committee: Its members.
        decided: The proposal of what counts.
        decision: The decision's id.
        open: A proposal that waits for approvals.
    """

    committee: Committee
    decided: str
    decision: str
    open: str

    @classmethod
    def of(cls, house: House, code: str = "CO-CNA") -> Decided:
        committee = Committee.build(house)
        decided = committee.approved(proposal(code=code))
        made = committee.decide(decided)
        return cls(committee, decided, made.id, committee.propose(proposal(code=code)))


def choose_menu(house: House, *offers: dict[str, Any], **members: Any) -> None:
    """Let the district have chosen its menu, as of today."""
    made = choice(*offers, version=f"{house.district.tag}-0", **members)
    made["ruleSet"]["effectiveFrom"] = made["decidedOn"] = house.time.date().isoformat()
    load_rule_set(
        house.store,
        house.district.id,
        json.dumps(made).encode(),
        file="choice.json",
        now=house.time,
        actor="test",
    )


def states(house: House) -> dict[str, str]:
    """The state of every proposal."""
    with house.store.reading() as session:
        return {one.id: one.state for one in decisions.proposals(session, house.district.id)}
