"""What students say is wrong: the registrar answers on a page that says who reads the answer."""

from __future__ import annotations

from collections.abc import Callable

from issuer.access.roles import Role
from issuer.claiming import problems
from issuer.store import claims
from tests.house import House
from tests.unit.issuer.web.staff.browser import Browser

At = Callable[..., Browser]


def test_whoever_answers_is_told_that_the_student_reads_it(at: At, house: House) -> None:
    problems.report(
        house.store,
        house.district.id,
        "100000001",
        None,
        what="name",
        said="My name is Okafor-Lee.",
        now=house.time,
        entropy=house.entropy,
    )
    browser = at(Role.REGISTRAR)
    shown = browser.get("/staff/problems").text
    assert "My name is Okafor-Lee." in shown
    assert "The student reads your answer under About me" in shown
    assert "Your answer, which the student reads" in shown
    with house.store.of(house.district.id).reading() as session:
        (row,) = claims.problems(session, house.district.id, most=5)
    browser.post(f"/staff/problems/{row.id}/answer", {"answer": "We wrote it anew."})
    assert "Answered: <bdi>We wrote it anew.</bdi>" in browser.get("/staff/problems").text
