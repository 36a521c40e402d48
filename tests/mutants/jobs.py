"""Guards of jobs: what each is without itself, and whose tests must notice."""

from __future__ import annotations

from tests.mutants.mutant import Mutant

ASKED, WORKED = "tests/unit/issuer/jobs/test_asking.py", "tests/unit/issuer/jobs/test_worker.py"
ASKING, WORK, JOBS = "issuer/jobs/asking.py", "issuer/jobs/work.py", "issuer/store/jobs.py"
STEERING = "issuer/jobs/steering.py"
SECURED = "tests/unit/issuer/test_many_alike.py tests/unit/issuer/test_issuance.py"
BULK, WRITTEN = "issuer/store/bulk.py", "tests/unit/issuer/store/test_bulk.py"

JOBS_MUTANTS = (
    Mutant(ASKING, 'if known.asks.get("sha256") != digest:', "if False:", ASKED),
    Mutant(ASKING, "if not 0 < len(wanted) <= MOST_ROWS:", "if not wanted:", ASKED),
    Mutant(
        STEERING, "if row.held_until is None or row.held_until <= now:", "if row.held_until is None:", ASKED
    ),
    Mutant(STEERING, "max(row.held_until, now + timedelta(days=1))", "row.held_until", ASKED),
    Mutant(STEERING, "if row.kind == ISSUE and jobs.of_subject(", "if False and jobs.of_subject(", ASKED),
    Mutant(WORK, "    if batch.state == FAILED:", "    if False:", ASKED),
    Mutant(WORK, "        if batch.state in LIVE:", "        if False:", ASKED),
    Mutant(JOBS, ".where(JobRow.run == run, JobRow.state == RUNNING)", "", ASKED),
    Mutant(JOBS, "JobRow.held_until > now,", "JobRow.held_until.is_not(None),", ASKED),
    Mutant(BULK, ".where(table.c.state == State.RESERVED.value)", "", WRITTEN),
    Mutant(BULK, ".where(Credential.state == State.PREPARED.value)", "", WRITTEN),
    Mutant(
        "issuer/store/held.py",
        'sorted(session.execute(query), key=attrgetter("award_ref"))',
        "session.execute(query.order_by(Award.award_ref))",
        WRITTEN,
    ),
    Mutant("issuer/store/workers.py", 'AND {self._now} - beat >= :lost"', 'AND :lost >= 0"', WORKED),
    Mutant("issuer/store/workers.py", "(where != machine or _is_alive(holder))", "_is_alive(holder)", WORKED),
    Mutant("issuer/securing.py", 'walked_quads(without(signed, "proof"), contexts=CHECKING)', "", SECURED),
    Mutant("issuer/securing.py", "if any(one.raw != document.raw for one in said):", "if False:", SECURED),
)
