"""Every way in which the issuer says no, each with a stable code.

A code is for programs; the message says what is wrong and what to do. `web/problems.py` turns a code into an
HTTP answer and `cli.py` into an exit code; nothing else catches.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

CODES: Final = MappingProxyType(
    {
        # What is asked for
        "award_ref_reused": "the same award reference was used for an award with other content",
        "award_held": "the student has it already, of the same day, under another reference",
        "bad_reason": "a revocation names no reason of the closed list",
        "held": "a badge of a batch that can still be undone does not leave the house yet",
        "key_reused": "the same key was used to ask for something else",
        "bad_request": "the request's body is not what the route takes",
        "bad_setting": "a setting is missing or cannot be used",
        "names_differ": "a certification badge bears another name than the determination would",
        "needs_decision": "a completed training counts only where the district decided so",
        "no_rule_set": "no rule set applies on that day",
        "not_a_certification": "this kind of award is no industry certification",
        "not_agreed": "a badge of somebody under 18 is shared only when a guardian agrees",
        "not_found": "there is nothing under that name",
        "not_shared": "nothing is shared under that link or code",
        "not_executable": "nobody has written this rule down in a form that can be judged",
        "not_signed": "the credential has not been signed yet",
        "no_consent": "an outcome is counted only with the consent that allows it",
        "not_filled": "the state's file asks for something that cannot be filled",
        "rule_set_reused": "the version of a rule set was used for other content",
        "rule_too_large": "more is asked of one rule than it can hold",
        "share_ended": "the share has ended",
        "share_stopped": "the holder has stopped this share",
        "sharing_refused": "the district's policy, or a guardian, does not allow this share",
        "too_many_shares": "a badge has as many shares as it may have",
        "too_many_made": "as many links and codes were made of a badge as may ever be",
        "not_ready": "the student has not shown readiness on that day",
        "too_many_requests": "too many attempts: wait and try again",
        "too_many_copies": "so many copies were made of one badge that no more are",
        "too_much_to_pack": "one packet of files would be too large",
        "too_much_evidence": "a determination would rest on more badges than a verifier opens",
        # What may not be written
        "bad_text": "a text has a character that no database may be given",
        "bad_time": "a time has no zone or lies outside the years 1 to 9998",
        "bad_number": "a number is not finite",
        "irreversible": "a revocation cannot be taken back",
        "on_hold": "a legal hold forbids that records of this student are destroyed",
        "not_erasable": "records cannot be destroyed now: something must be finished or decided first",
        # What went wrong inside
        "audit_broken": "the audit chain does not hold: a record was changed or removed",
        "clock_went_back": "the clock is behind what has been published: set it right, then publish",
        "database_busy": "the database did not answer in time: try again",
        "database_failed": "the database cannot be used: its disk, its rights, its file or its server",
        "key_not_usable": "there is no key to sign with",
        "migrations_missing": "the database is not at the step that this program needs",
        "withdrawals_forgotten": "after a restore it is not settled which badges were withdrawn meanwhile",
        "published_refused": "what was published cannot be taken back in: it is damaged, or not ours",
        "backup_failed": "a backup cannot be made, or does not hold what its manifest says",
        "place_differs": "a place for public documents has other bytes under the same version",
        "place_failed": "a folder or bucket for public documents cannot be used",
        "report_broken": "figures of a report do not belong together: nothing was shown",
        "publish_contended": "others kept publishing the same document: try again",
        "signature_failed": "a signature that was just made does not check: nothing was recorded",
        "state_conflict": "the record is not in the state that this step needs",
    }
)
"""Code to what it means."""


class IssuerError(ValueError):
    """The issuer refuses, or cannot.

    Args:
        code: One of `CODES`.
        message: One sentence that says what is wrong and what to do.
        pointer: A JSON pointer (RFC 6901) to the member at fault, "" where none fits.
    """

    def __init__(self, code: str, message: str, pointer: str = "") -> None:
        self.code = code
        self.message = message
        self.pointer = pointer
        super().__init__(f"{code}: {message}" + (f" (at {pointer})" if pointer else ""))
