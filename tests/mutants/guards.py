"""The verifier's guards: where each stands, what it is without itself, and whose tests must notice."""

from __future__ import annotations

from tests.mutants.mutant import Mutant

U, C = "tests/unit/verifier", "verifier/checks"
SEAMS = "tests/attacks/test_attacks.py -k seams"
VERIFY, OUTCOME, FETCH = "verifier/verify.py", "verifier/outcome.py", "verifier/fetch.py"
TURNS, DESK, CACHE, GUARD = (
    "verifier/turns.py",
    "verifier/checking/desk.py",
    "verifier/cache.py",
    "verifier/web/guard.py",
)

MUTANTS = (
    Mutant(
        "verifier/picture.py",
        "or verdict.issuer_level is not IssuerLevel.TRUSTED",
        "or False",
        f"{U}/web/test_pictures.py",
    ),
    Mutant(
        "verifier/picture.py",
        "or verdict.code not in SHOWN",
        "or False",
        f"{U}/web/test_pictures.py",
    ),
    Mutant(
        "verifier/web/pictures.py",
        "if not drawn.startswith(_PNG) or len(drawn) > LARGEST:",
        "if not drawn:",
        f"{U}/web/test_pictures.py",
    ),
    Mutant(
        "verifier/web/again.py",
        "if item is None or not _is_same(item, items):",
        "if item is None:",
        f"{U}/web/test_again.py",
    ),
    Mutant(
        "verifier/batch/rows.py",
        "outcome=Outcome.UNKNOWN if shows_nothing else judged.outcome,",
        "outcome=judged.outcome,",
        f"{U}/batch/test_rows.py",
    ),
    Mutant(
        "issuer/successor.py",
        "if status is None or status.reason != Reason.CORRECTED:",
        "if False:",
        "tests/unit/issuer/test_shares.py",
    ),
    Mutant(
        OUTCOME,
        "Check.PROOF: frozenset({CheckOutcome.YES}),",
        "Check.PROOF: frozenset({CheckOutcome.YES, CheckOutcome.COULD_NOT_CHECK}),",
        f"{U}/test_outcome.py",
    ),
    Mutant(
        OUTCOME,
        "Check.STATUS: frozenset({CheckOutcome.YES, CheckOutcome.NOT_APPLICABLE}),",
        "Check.STATUS: frozenset(CheckOutcome),",
        f"{U}/test_outcome.py",
    ),
    Mutant(OUTCOME, "if all(finding.outcome in", "if any(finding.outcome in", f"{U}/test_outcome.py"),
    Mutant(
        OUTCOME,
        'or Finding(check, CheckOutcome.NO, "not_reached") for',
        'or Finding(check, CheckOutcome.YES, "not_reached") for',
        f"{U}/test_outcome.py",
    ),
    Mutant(
        OUTCOME,
        "given.setdefault(finding.check, finding)\n    complete = tuple(\n        [given",
        "given[finding.check] = finding\n    complete = tuple(\n        [given",
        f"{U}/test_outcome.py",
    ),
    Mutant(
        OUTCOME,
        'PresentationFinding(check, CheckOutcome.NO, "not_reached")',
        'PresentationFinding(check, CheckOutcome.YES, "not_reached")',
        f"{U}/test_outcome_total.py",
    ),
    Mutant(
        OUTCOME,
        "if not against:\n        return Outcome.VALID, PresentationCode",
        "if len(against) < 2:\n        return Outcome.VALID, PresentationCode",
        f"{U}/test_outcome_total.py",
    ),
    Mutant(
        VERIFY,
        "if self.verified is None or not passed:",
        "if self.verified is None:",
        f"{U}/test_outcome_total.py",
    ),
    Mutant(
        VERIFY,
        "decisive = (Check.SHAPE, Check.MEANING, Check.PROOF)",
        "decisive = (Check.MEANING, Check.PROOF)",
        f"{U}/test_verify.py",
    ),
    Mutant(VERIFY, "check_names(secured.issuer_id, secured.claims)", "pass", f"{U}/test_verify.py"),
    Mutant(
        VERIFY,
        "if policy.at is not None and policy.at > now:",
        "if policy.at is not None and policy.at > now and False:",
        f"{U}/test_as_of.py",
    ),
    Mutant(
        VERIFY,
        "issuer_name=self.listed.name if self.listed else None",
        "issuer_name=self.issuer_id",
        f"{U}/test_verify.py",
    ),
    Mutant(FETCH, "if not checked or None in checked:", "if not checked:", f"{U}/test_fetch.py"),
    Mutant(
        FETCH,
        'if status // 100 == 3 or "Refresh" in headers:',
        "if status // 100 == 3:",
        f"{U}/test_fetch.py",
    ),
    Mutant(FETCH, '!= "identity":', '== "never":', f"{U}/test_fetch.py"),
    Mutant(FETCH, "if len(body) > max_bytes:", "if len(body) > max_bytes * 9:", f"{U}/test_fetch.py"),
    Mutant(
        FETCH,
        "async with asyncio.timeout(self._limits.exchange), self._slots:",
        "async with self._slots:",
        f"{U}/test_fetch.py",
    ),
    Mutant(FETCH, "context.hostname_checks_common_name = False", "pass", f"{U}/test_fetch.py"),
    Mutant(
        FETCH,
        "_CheckedBackend(addresses, self._dialer, until), self._tls)",
        "_CheckedBackend(addresses, self._dialer, until), ssl._create_unverified_context())",
        f"{U}/test_fetch.py",
    ),
    Mutant(
        "verifier/gather.py",
        "if asked > policy.max_fetches:",
        "if asked > policy.max_fetches + 1:",
        f"{U}/test_gather.py",
    ),
    Mutant("verifier/gather.py", "if size > policy.max_gathered_bytes:", "if False:", f"{U}/test_gather.py"),
    Mutant(
        "verifier/gather.py",
        "key=lambda seen: seen.valid_from)",
        "key=lambda seen: -seen.valid_from.timestamp())",
        f"{U}/test_gather.py",
    ),
    Mutant(
        "verifier/gather.py", "while len(self._newest) > self._most:", "while False:", f"{U}/test_gather.py"
    ),
    Mutant(CACHE, "while self._bytes > self._most_bytes:", "while False:", f"{U}/test_cache.py"),
    Mutant(
        CACHE,
        "while len(self._failed) > self._most_bytes // _OVERHEAD // 8:",
        "while False:",
        f"{U}/test_cache.py",
    ),
    Mutant(CACHE, "return await asyncio.shield(task)", "return await task", f"{U}/test_cache.py"),
    Mutant(
        "verifier/web/rate.py",
        "while len(self._next) > MOST_ADDRESSES:",
        "while False:",
        f"{U}/web/test_rate.py",
    ),
    Mutant(TURNS, "and self._running[who] < self._each", "", f"{U}/test_turns.py"),
    Mutant(TURNS, "waiting >= self._waiting or", "", f"{U}/test_turns.py"),
    Mutant(TURNS, "self._lines.move_to_end(following)", "pass", f"{U}/test_turns.py"),
    Mutant(DESK, "left -= worked.seconds", "pass", f"{U}/checking"),
    Mutant(GUARD, "if self._held > MAX_HELD:", "if False:", f"{U}/web/test_guard.py"),
    Mutant(GUARD, "if size > most:", "if False:", f"{U}/web/test_guard.py"),
    Mutant("verifier/receipt.py", "if report.code in NOTHING_CHECKED:", "if False:", f"{U}/test_receipt.py"),
    Mutant(
        "verifier/intake/packed.py", "if count > MOST_ENTRIES:", "if False:", f"{U}/intake/test_packed.py"
    ),
    Mutant(
        "verifier/intake/packed.py",
        "if entry.size > MAX_ENTRY or total > MAX_UNPACKED:",
        "if entry.size > MAX_ENTRY:",
        f"{U}/intake/test_packed.py",
    ),
    Mutant("verifier/workers/child.py", "(resource.RLIMIT_AS, memory),", "", f"{U}/workers"),
    Mutant(f"{C}/status_then.py", " and _knows(dated, entry, moment):", ":", SEAMS),
    Mutant(
        f"{C}/rule.py",
        '"evidence_not_checkable" if badge.partial else ""',
        '""',
        SEAMS,
    ),
    Mutant(VERIFY, "        check_as_signed(document, verified)", "        pass", SEAMS),
    Mutant(
        "keys/controller_document.py",
        " or _revoked_elsewhere(document, public_key)",
        "",
        "tests/unit/keys/test_controller_document.py",
    ),
    Mutant(
        "keys/jwk_set.py", " or next(map(_revoked, given_up), None)", "", "tests/unit/keys/test_jwk_set.py"
    ),
    Mutant(
        f"{C}/members.py",
        "issuer_id(member) == issuer_id(record) and ",
        "",
        f"{U}/checks/test_members.py",
    ),
    Mutant(
        "credential/proof/presentation.py",
        '_moment(claims, "nbf"))',
        "None)",
        f"{U}/test_presentation.py",
    ),
)
