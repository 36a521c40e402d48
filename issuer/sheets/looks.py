"""What was read and checked of the sheets in work, kept in this process so that a page need not do it again.

Kept is what `look_at` would give, for as long as all that it rests on is as it was: the sheet, what was said
about it, the day, and everything of the district that rows are checked against, for which the audit trail
stands. After a correction only the rows that it touches are checked again. Nothing that is issued rests on
this: the order of a sheet looks anew.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from issuer.roster import Fixes, SheetError, SheetRules, check_instead
from issuer.sheets.draft import Draft
from issuer.sheets.look import Look, read_and_check, rules, said
from issuer.store import audit, queries, sheet_drafts, students
from issuer.store.session import Session

MOST_SHEETS: Final = 4
"""Sheets of which one process keeps what it found: at 20,000 rows some fifty megabytes each."""
BESIDE: Final = ("sheet", "session", "sign-in", "approval", "share", "person")
"""What is done under these words changes no rule that a row is checked against. All else does, for us."""

Rests = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class _Kept:
    rests_on: Rests
    sheet: Rests
    fixes: Fixes
    look: Look

    def can_serve(self, fixes: Fixes) -> bool:
        """Whether what it says about other corrections can be worked out from it."""
        return self.look.checked is not None or self.fixes == fixes


@dataclass
class Looks:
    """What one process keeps. Threads share it; two that miss at once both look."""

    _kept: OrderedDict[tuple[str, str], _Kept] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def at(
        self,
        session: Session,
        district_id: str,
        draft: Draft,
        *,
        run_date: date,
        sheet: bytes | None = None,
        answers: Mapping[str, str] | None = None,
        fixes: Fixes | None = None,
    ) -> Look:
        """As `look_at`, whose arguments these are; nothing is written."""
        layout = students.remembered(session, district_id, "awards")
        given = said(draft, answers)
        wanted = draft.fixes if fixes is None else fixes
        rests_on: Rests = (
            draft.school,
            run_date,
            audit.latest(session, district_id, beside=BESIDE),
            tuple(sorted(queries.schools(session, district_id).items())),
        )
        sha256 = draft.sha256 if sheet is None else hashlib.sha256(sheet).hexdigest()
        which: Rests = (sha256, tuple(sorted(given.items())), tuple(sorted(layout.items())))
        before = self._find((district_id, draft.id), rests_on)
        against = (
            before.look.against
            if before
            else rules(session, district_id, school=draft.school, run_date=run_date)
        )
        if not sha256:
            return Look(against)
        if before is not None and before.sheet == which and before.can_serve(wanted):
            look = _again(before, wanted)
        else:
            data = sheet or sheet_drafts.draft(session, district_id, draft.id, whole=True).sheet or b""
            # Somebody may have given another sheet since the draft was read.
            which = (hashlib.sha256(data).hexdigest(), *which[1:])
            look = read_and_check(data, against, layout, given, wanted)
        self._keep((district_id, draft.id), _Kept(rests_on, which, wanted, look))
        return look

    def _find(self, key: tuple[str, str], rests_on: Rests) -> _Kept | None:
        with self._lock:
            found = self._kept.get(key)
            if found is None or found.rests_on != rests_on:
                return None
            self._kept.move_to_end(key)
            return found

    def _keep(self, key: tuple[str, str], kept: _Kept) -> None:
        with self._lock:
            self._kept[key] = kept
            self._kept.move_to_end(key)
            while len(self._kept) > MOST_SHEETS:
                self._kept.popitem(last=False)


def _again(before: _Kept, fixes: Fixes) -> Look:
    """The same sheet with other corrections."""
    look = before.look
    if look.checked is None or before.fixes == fixes:
        return look
    against: SheetRules = look.against
    try:
        return Look(against, check_instead(look.checked, fixes, against))
    except SheetError as fault:
        return Look(against, refused=fault)
