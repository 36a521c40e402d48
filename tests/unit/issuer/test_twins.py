"""Two references for one student, one certification and one day: one badge, however close they come."""

from __future__ import annotations

import multiprocessing
import os
from datetime import date
from typing import Any

import pytest

from credential.withdrawal import Reason
from issuer import many
from issuer.award import Award
from issuer.issuance import Issued
from issuer.many import NotIssued, issue_many
from issuer.revocation import revoke_in
from issuer.store import queries
from issuer.store.session import Store
from tests.house import House
from tests.jobs_worker import signer

COUNT = 24


def give(house: House, *awards: Award, once: bool = True) -> list[Issued | NotIssued]:
    return issue_many(
        awards,
        store=house.store,
        district_id=house.district.id,
        signer=house.signer,
        now=house.time,
        entropy=house.entropy,
        actor="test",
        once=once,
    )


def award(house: House, ref: str, **changes: Any) -> Award:
    return house.award(ref, **{"student_id": "200000001", "number": f"N-{ref}", **changes})


def signed(house: House) -> int:
    with house.store.reading() as session:
        return len(queries.signed_ids(session, house.district.id))


def codes(found: list[Issued | NotIssued]) -> list[str]:
    return ["" if isinstance(one, Issued) else one.code for one in found]


def test_the_second_reference_is_refused_and_says_under_which_the_first_stands(house: House) -> None:
    assert codes(give(house, award(house, "A-1"))) == [""]
    (found,) = give(house, award(house, "B-1"))
    assert not isinstance(found, Issued)
    assert (found.code, "as A-1" in str(found)) == ("award_held", True)
    assert codes(give(house, award(house, "A-1"))) == [""]  # the first is still the first's answer
    assert signed(house) == 1


def test_of_two_that_come_together_the_first_reference_stays(house: House) -> None:
    assert codes(give(house, award(house, "B-1"), award(house, "A-1"))) == ["award_held", ""]
    assert signed(house) == 1


@pytest.mark.parametrize("changes", [{"student_id": "200000002"}, {"date_earned": date(2026, 4, 17)}])
def test_another_student_or_day_is_no_twin(house: House, changes: dict[str, Any]) -> None:
    assert codes(give(house, award(house, "A-1"), award(house, "B-1", **changes))) == ["", ""]


def test_what_was_withdrawn_holds_nothing_up(house: House) -> None:
    (first,) = give(house, award(house, "A-1"))
    assert isinstance(first, Issued)
    with house.store.transaction() as session:
        revoke_in(
            session,
            house.district.id,
            first.credential_id,
            reason=next(iter(Reason)),
            note="",
            now=house.time,
            actor="test",
        )
    assert codes(give(house, award(house, "B-1"))) == [""]


def test_who_takes_the_place_of_another_is_not_asked(house: House) -> None:
    """A correction is issued beside what it corrects, which is withdrawn after it."""
    give(house, award(house, "A-1"))
    assert codes(give(house, award(house, "B-1"), once=False)) == [""]


def test_a_twin_that_comes_between_looking_and_preparing_is_seen(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, inside = many._Part._prepare, list[str]()

    def meanwhile(part: Any, waiting: Any) -> Any:
        made = whole(part, waiting)
        if not inside:
            inside.append("")
            inside.extend(codes(give(house, award(house, "A-1"))))
        return made

    monkeypatch.setattr(many._Part, "_prepare", meanwhile)
    assert codes(give(house, award(house, "B-1"))) == ["award_held"]
    assert inside == ["", ""]
    assert signed(house) == 1


def one_process(where: tuple[str, str, str], awards: list[Award], begin: Any, time: Any) -> None:
    """Issue them one by one, as soon as the other process is there."""
    url, district_id, did = where
    store = Store.open(url).of(district_id)
    begin.wait(300)
    for one in awards:
        issue_many(
            [one],
            store=store,
            district_id=district_id,
            signer=signer(district_id, did),
            now=time,
            entropy=os.urandom,
            actor="test",
            once=True,
        )
    store.close()


def test_two_processes_give_each_student_one_badge(house: House, database: str) -> None:
    context = multiprocessing.get_context("spawn")
    begin = context.Barrier(2)
    processes = []
    for prefix in ("A", "B"):
        awards = [award(house, f"{prefix}-{n}", student_id=f"2000{n:05}") for n in range(COUNT)]
        args = ((database, house.district.id, house.district.did), awards, begin, house.time)
        processes.append(context.Process(target=one_process, args=args))
    for one in processes:
        one.start()
    for one in processes:
        one.join(300)
    assert [one.exitcode for one in processes] == [0, 0]
    assert signed(house) == COUNT
