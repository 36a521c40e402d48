"""Who may do what: the roles of a district and their permissions, as one table.

A role is one line here, and no page decides by a role's name: it asks for a permission. A clerk has the
permissions of one school's desk, for the students of that school alone.
"""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import Final

from issuer.access.errors import AccessError
from issuer.errors import IssuerError


class Permission(StrEnum):
    """One thing that somebody may be allowed to do."""

    READ_CATALOG = "read_catalog"
    """See certifications, badges, the menu and its decisions."""
    EDIT_CATALOG = "edit_catalog"
    """Take a new edition of the catalogue, choose the menu, raise a cut score."""
    READ_STUDENTS = "read_students"
    """See students and what they attained. A clerk: those of one school."""
    EDIT_STUDENTS = "edit_students"
    """Take a roster, change a student's name."""
    RECORD_AWARDS = "record_awards"
    """Record what a student attained, with its evidence; read a sheet."""
    ISSUE = "issue"
    """Sign badges and determinations."""
    WITHDRAW = "withdraw"
    """Withdraw a badge, or replace it by a corrected one."""
    SHARE = "share"
    """Make and stop links and codes on a student's behalf."""
    PROPOSE = "propose"
    """Propose that a certification shows readiness."""
    ENDORSE = "endorse"
    """Record what the committee and members of the industry said of a proposal."""
    DECIDE = "decide"
    """Decide a proposal: English, math, both or neither."""
    APPROVE = "approve"
    """Confirm, as the second person, what another one asked for."""
    READ_REPORTS = "read_reports"
    """See and export reports."""
    READ_CHECKS = "read_checks"
    """See whether everything works: keys, lists, mail, backups."""
    READ_AUDIT = "read_audit"
    """Read the audit trail, and check that it holds."""
    ERASE = "erase"
    """Export everything about a student, place a legal hold, destroy records."""
    MANAGE_PEOPLE = "manage_people"
    """Add people, disable them, change their roles."""
    MANAGE_SETTINGS = "manage_settings"
    """Change what the district asks for: where two people are needed, single sign-on, sharing."""


class Role(StrEnum):
    """What somebody is in the district."""

    ADMINISTRATOR = "administrator"
    REGISTRAR = "registrar"
    COORDINATOR = "coordinator"
    APPROVER = "approver"
    CLERK = "clerk"
    AUDITOR = "auditor"


P = Permission

ROLES: Final = MappingProxyType(
    {
        # Runs the district's console. Does not issue, decide or withdraw: who makes accounts makes no badges.
        Role.ADMINISTRATOR: frozenset(
            {
                P.READ_CATALOG,
                P.READ_STUDENTS,
                P.READ_REPORTS,
                P.READ_CHECKS,
                P.READ_AUDIT,
                P.ERASE,
                P.MANAGE_PEOPLE,
                P.MANAGE_SETTINGS,
                P.APPROVE,
            }
        ),
        Role.REGISTRAR: frozenset(
            {
                P.READ_CATALOG,
                P.READ_STUDENTS,
                P.EDIT_STUDENTS,
                P.RECORD_AWARDS,
                P.ISSUE,
                P.WITHDRAW,
                P.SHARE,
                P.READ_REPORTS,
                P.READ_CHECKS,
            }
        ),
        Role.COORDINATOR: frozenset(
            {
                P.READ_CATALOG,
                P.EDIT_CATALOG,
                P.READ_STUDENTS,
                P.RECORD_AWARDS,
                P.PROPOSE,
                P.ENDORSE,
                P.READ_REPORTS,
            }
        ),
        Role.APPROVER: frozenset({P.READ_CATALOG, P.READ_STUDENTS, P.DECIDE, P.APPROVE, P.READ_REPORTS}),
        Role.CLERK: frozenset({P.READ_CATALOG, P.READ_STUDENTS, P.RECORD_AWARDS}),
        Role.AUDITOR: frozenset({P.READ_CATALOG, P.READ_REPORTS, P.READ_CHECKS, P.READ_AUDIT}),
    }
)
"""What each role may do."""

NAMES: Final = MappingProxyType(
    {
        Role.ADMINISTRATOR: "District administrator",
        Role.REGISTRAR: "Registrar",
        Role.COORDINATOR: "CTE coordinator",
        Role.APPROVER: "Approver",
        Role.CLERK: "Clerk of one school",
        Role.AUDITOR: "Auditor (reads only)",
    }
)
"""What people call each role."""


def may(role: Role, permission: Permission) -> bool:
    """Whether a role may do something."""
    return permission in ROLES[role]


def _spoken(role: Role) -> str:
    """A role's name inside a sentence; an abbreviation keeps its capitals."""
    name = NAMES[role]
    return name if name[:2].isupper() else name[0].lower() + name[1:]


def check_may(role: Role, permission: Permission) -> None:
    """Refuse what a role may not do.

    Raises:
        AccessError: `not_allowed`.
    """
    if not may(role, permission):
        able = " or ".join(_spoken(other) for other in NAMES if may(other, permission))
        raise AccessError("not_allowed", f"as {_spoken(role)} you cannot do this: ask the {able}")


def check_school(role: Role, own_school: str | None, school_code: str | None) -> None:
    """Refuse a clerk everything of another school, as if it were not there.

    Args:
        role: The person's role.
        own_school: The school that a clerk belongs to; None for every other role.
        school_code: The school that is asked for; None where a student belongs to none.

    Raises:
        IssuerError: `not_found`.
    """
    if role is Role.CLERK and (own_school is None or own_school != school_code):
        raise IssuerError("not_found", "there is nothing under that name at your school")
