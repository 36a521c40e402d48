"""The console's pages, each named once. Importing one is what makes it join the navigation."""

from __future__ import annotations

from typing import Final

from issuer.web.staff import (
    approvals,
    audit,
    badge_maker,
    badges,
    certifications,
    check_ups,
    committee,
    decide,
    files,
    home,
    issue,
    issue_check,
    issue_review,
    menu,
    people,
    proposals,
    records,
    reports,
    settings,
    sign_in,
    sign_on,
    students,
    withdrawing,
)

ROUTERS: Final = (
    files.router,
    sign_in.router,
    sign_on.router,
    home.router,
    approvals.router,
    people.router,
    settings.router,
    audit.router,
    issue.router,
    issue_check.router,
    issue_review.router,
    records.router,
    students.router,
    badges.router,
    withdrawing.router,
    reports.router,
    menu.router,
    committee.router,
    proposals.router,
    decide.router,
    badge_maker.router,
    certifications.router,
    check_ups.router,
)
"""In the order in which their routes are tried."""
