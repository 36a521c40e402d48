"""What the district did three years ago. The clock is a parameter, so the product does it as it did then."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from credential.readiness import Subject
from issuer.award import Award
from issuer.badge_files import badge_files
from issuer.commands.desk import Desk
from issuer.commands.judging import judging
from issuer.committee import approving, deciding, proposing
from issuer.determining import assess, candidates, determine
from issuer.district import district_catalogue, offer_readiness
from issuer.issuance import issue
from issuer.roster import read_sheet
from issuer.rule_sets import load_rule_set
from issuer.settings import Settings
from issuer.store import queries
from keys.unlock import secret_from
from tests.demo.committee import KITCHEN, MINUTES, proposal
from tests.demo.district import TAG, YEARS_AGO, Place, write
from tests.demo.servers import DemoFailed
from tests.demo.sheet import lapsed_sheet


@dataclass(frozen=True, slots=True)
class Lapsed:
    """What has lapsed since, and what stands.

    Args:
        badge: A certification that has ended.
        determination: The determination that rests on it.
    """

    badge: Path
    determination: Path


def three_years_ago(place: Place, today: date, menu: dict[str, Any]) -> Lapsed:
    """Choose a menu, decide on a certification for one year, record it for one student, and determine.

    Args:
        place: The district, with its committee.
        today: The day of the story.
        menu: The choice of today, which was the same then.
    """
    desk = Desk(Settings(data=Path(place.issuer_settings["CAIRN_DATA"])), as_json=True)
    try:
        return _as_it_was(place, desk, today, menu)
    finally:
        desk.close()


def _as_it_was(place: Place, desk: Desk, today: date, menu: dict[str, Any]) -> Lapsed:
    then = today - YEARS_AGO
    usual: dict[str, Any] = {"now": datetime.combine(then, time(12), UTC), "actor": "demo"}
    district, store = desk.district(), desk.store()
    heading = menu["ruleSet"] | {"version": f"{TAG}-{then}", "effectiveFrom": then.isoformat()}
    choice = menu | {"ruleSet": heading, "decidedOn": then.isoformat()}
    load_rule_set(store, district.id, json.dumps(choice).encode(), file="menu.json", **usual)
    made = json.dumps(proposal(then, KITCHEN)).encode()
    ref = proposing.propose(store, district.id, made, today=then, **usual)
    for member in ("administrator-1", "faculty-1", "industry-1"):
        approving.approve(
            store, district.id, ref, member_id=member, on=then, today=then, document=MINUTES, **usual
        )
    deciding.decide_go(
        store,
        district.id,
        ref,
        subjects=[Subject.ENGLISH],
        on=then,
        effective_from=then,
        effective_until=then + timedelta(days=364),
        minutes=MINUTES,
        menu_version=heading["version"],
        today=then,
        entropy=desk.entropy,
        **usual,
    )
    offer_readiness(store, district.id, **usual)
    with store.reading() as session:
        catalogue = district_catalogue(session, district.id)
        schools = queries.schools(session, district.id)
    sheet = lapsed_sheet(today)
    checked = read_sheet(
        sheet, run_date=then, catalogue=catalogue, schools=schools, issued={}, date_order=None
    )
    row = checked.rows[0]
    if row.award is None:
        raise DemoFailed(f"the lapsed award was not ready: {row.code} {row.why}")
    signing: dict[str, Any] = usual | {
        "store": store,
        "district_id": district.id,
        "signer": desk.keyring().open(
            desk.records(district)[-1].key_id, secret_from(place.issuer_settings, None)
        ),
        "entropy": desk.entropy,
    }
    badge = issue(Award.from_row(row.award, also_jwt=False), **signing)
    with store.reading() as session:
        (one,) = candidates(session, district.id, students=[row.award.student_id])
        decisions, rules = judging(session, district.id, then, {KITCHEN.code})
    determined = determine(assess(one, decisions, rules, then), **signing)
    if determined.issued is None:
        raise DemoFailed(f"nothing was determined: {determined.code}")
    document = determined.issued.document
    return Lapsed(
        write(place.others / "lapsed", badge.document, badge_files(badge.document, None, None)),
        write(place.others / "lapsed-determination", document, {}),
    )
