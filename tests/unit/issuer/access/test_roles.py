"""Who may do what."""

from __future__ import annotations

import pytest

from issuer.access.errors import AccessError
from issuer.access.roles import NAMES, ROLES, Permission, Role, check_may, check_school, may
from issuer.errors import IssuerError


def test_every_role_is_in_the_table_and_has_a_name() -> None:
    assert set(ROLES) == set(NAMES) == set(Role)


def test_every_permission_is_somebodys() -> None:
    assert set().union(*ROLES.values()) == set(Permission)


@pytest.mark.parametrize(
    ("permission", "roles"),
    [
        (Permission.MANAGE_PEOPLE, {Role.ADMINISTRATOR}),
        (Permission.MANAGE_SETTINGS, {Role.ADMINISTRATOR}),
        (Permission.ISSUE, {Role.REGISTRAR}),
        (Permission.WITHDRAW, {Role.REGISTRAR}),
        (Permission.DECIDE, {Role.APPROVER}),
        (Permission.PROPOSE, {Role.COORDINATOR}),
        (Permission.APPROVE, {Role.ADMINISTRATOR, Role.APPROVER}),
        (Permission.READ_AUDIT, {Role.ADMINISTRATOR, Role.AUDITOR}),
        (Permission.RECORD_AWARDS, {Role.REGISTRAR, Role.COORDINATOR, Role.CLERK}),
    ],
)
def test_what_weighs_most_is_given_to_few(permission: Permission, roles: set[Role]) -> None:
    assert {role for role in Role if may(role, permission)} == roles


def test_who_makes_accounts_makes_no_badges_and_an_auditor_only_reads() -> None:
    assert not ROLES[Role.ADMINISTRATOR] & {Permission.ISSUE, Permission.WITHDRAW, Permission.DECIDE}
    assert all(one.value.startswith("read_") for one in ROLES[Role.AUDITOR])


def test_a_role_is_refused_what_it_may_not_do() -> None:
    check_may(Role.REGISTRAR, Permission.ISSUE)
    with pytest.raises(AccessError, match="as auditor"):
        check_may(Role.AUDITOR, Permission.ISSUE)


def test_a_clerk_has_one_school() -> None:
    check_school(Role.CLERK, "0187", "0187")
    check_school(Role.REGISTRAR, None, "0187")
    check_school(Role.REGISTRAR, None, None)
    for own, asked in (("0187", "0188"), ("0187", None), (None, None), (None, "0187")):
        with pytest.raises(IssuerError, match="not_found"):
            check_school(Role.CLERK, own, asked)


def test_who_may_not_is_told_whom_to_ask() -> None:
    with pytest.raises(AccessError, match="as CTE coordinator you cannot do this: ask the registrar"):
        check_may(Role.COORDINATOR, Permission.ISSUE)
