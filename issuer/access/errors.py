"""Every way in which a person is refused, each with a stable code."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from issuer.errors import IssuerError

CODES: Final = MappingProxyType(
    {
        # Signing in
        "sign_in_refused": "e-mail and password do not fit, or the person is disabled: nobody is told which",
        "sign_in_slowed": "too many attempts failed: wait",
        "sign_in_busy": "too many people sign in at this moment: try again",
        "sign_on_refused": "the district's single sign-on did not vouch for a person whom the district knows",
        "sign_on_unreachable": "the district's single sign-on did not answer",
        "link_ended": "a link to set a password was used before, or is too old",
        "not_signed_in": "nobody is signed in at this browser, or no longer",
        # What is asked for
        "password_refused": "a password is too short, too long, too common or made of the person's own name",
        "person_refused": "a person cannot be added or changed like this",
        "forged_form": "a form did not come from this site's own page, or the page is too old",
        "not_allowed": "the person's role may not do this",
        "same_person": "another person must do this",
        "two_people": "the district asks two people for this, and they were not named",
        "approval_refused": "what is to be confirmed has changed, has ended or was settled before",
        "draft_refused": "a sheet in work does not allow this step, or not any more",
        "cannot_sign_here": "the key of the district is not open to this process",
    }
)
"""Code to what it means."""


class AccessError(IssuerError):
    """A person is refused.

    Args:
        code: One of `CODES`.
        message: One sentence that says what is wrong and what to do.
        field: The form's field at fault, "" where none fits.
    """

    def __init__(self, code: str, message: str, field: str = "") -> None:
        super().__init__(code, message, field)
        self.field = field
