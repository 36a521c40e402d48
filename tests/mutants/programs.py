"""Guards of the interface for programs and of webhooks: what each is without itself, and who must notice."""

from __future__ import annotations

from tests.mutants.mutant import Mutant

A = "tests/unit/issuer/web/api"
IN, VCALM, V1 = f"{A}/test_letting_in.py", f"{A}/test_vcalm.py", f"{A}/test_v1.py"
HOOKS = "tests/unit/issuer/webhooks/test_webhooks.py"
KEYS, CALLING, ONCE = "issuer/api/keys.py", "issuer/web/api/calling.py", "issuer/api/once.py"
CURSOR, RATE, SETTING = "issuer/api/cursor.py", "issuer/web/api/rate.py", "issuer/webhooks/setting.py"
ASKED, SENT = "issuer/web/api/vcalm.py", "issuer/webhooks/delivering.py"
HELD = "tests/unit/issuer/jobs/test_asking.py"

PROGRAMS = (
    Mutant(KEYS, "return not self.waits and self.revoked is None and now < self.ends", "return True", IN),
    Mutant(KEYS, "if scope not in self.scopes:", "if False:", IN),
    Mutant(
        KEYS,
        "row is None or not hmac.compare_digest(row.secret_hash, token_hash(match[2]))",
        "row is None",
        IN,
    ),
    Mutant(KEYS, "if caller.key.id != client_id:", "if False:", IN),
    Mutant(KEYS, "if not wanted or not wanted <= set(caller.scopes):", "if not wanted:", IN),
    Mutant(KEYS, 'secret if secret.startswith(PREFIX) else ""', "secret", IN),
    Mutant(KEYS, "if row is not None and now < row.ends else None", "if row is not None else None", IN),
    Mutant(KEYS, "if not key.two_people and needs_two(policy, {scope}):", "if False:", VCALM),
    Mutant(CALLING, 'return credentials if kind.lower() == "bearer" else ""', "return credentials", IN),
    Mutant(CALLING, 'given[0].partition(" ") if len(given) == 1', 'given[0].partition(" ") if given', IN),
    Mutant(CALLING, "        if len(body) > most:", "        if False:", V1),
    Mutant(CALLING, "len(text) > LONGEST_LIMIT or not 1 <= int(text)", "not 1 <= int(text[:6])", V1),
    Mutant(CALLING, "        if not turn.allowed:", "        if False:", IN),
    Mutant(CALLING, "if api.failures.wait(address, api.steady()) > 0:", "if False:", IN),
    Mutant(ONCE, "        if row.sha256 != sha256:", "        if False:", VCALM),
    Mutant(ONCE, "if len(given) != 1 or not _NAME.fullmatch(given[0]):", "if len(given) != 1:", VCALM),
    Mutant(CURSOR, "if not hmac.compare_digest(mark, _mark(district, of, body)):", "if False:", V1),
    Mutant(CURSOR, "district.id.encode(), of.encode(), body", "district.id.encode(), body", V1),
    Mutant(RATE, "self._open[key] < self._of_key and", "True and", V1),
    Mutant(RATE, "and self._open.total() < self._together", "and True", V1),
    Mutant("issuer/web/api/v1.py", "        streams.give_back(whose)", "        pass", V1),
    Mutant(
        "issuer/web/api/v1.py",
        "if not opens(store, district_id, calling.caller.key.id, now=calling.now):",
        "if False:",
        V1,
    ),
    Mutant(
        "issuer/web/api/v1.py",
        "held_until is not None and one.state == State.SIGNED",
        "held_until is not None",
        f"{A}/test_large_batches.py",
    ),
    Mutant(
        "issuer/api/durable.py",
        "if len(records) <= MOST_AWARDS and not self.hold:",
        "if len(records) <= MOST_AWARDS:",
        f"{A}/test_large_batches.py",
    ),
    Mutant(
        ASKED,
        'if str(entry.get("statusListIndex", row.list_index)) != str(row.list_index):',
        "if False:",
        VCALM,
    ),
    Mutant(ASKED, 'listed.rpartition("/")[2] != row.list_id', "False", VCALM),
    Mutant(SETTING, "if len(webhooks.every(session, district_id)) >= MOST_HOOKS:", "if False:", HOOKS),
    Mutant(SETTING, "now < row.rotated + OVERLAP", "True", HOOKS),
    Mutant(SETTING, "not (parts.username or parts.password or parts.fragment)", "True", HOOKS),
    Mutant(SENT, "if not webhooks.claim(session, one, until=clock() + CLAIMED):", "if False:", HOOKS),
    Mutant(SENT, "delivered = 200 <= status < 300", "delivered = status > 0", HOOKS),
    Mutant(SENT, "due=held or now,", "due=now,", HELD),
    Mutant(SENT, "    if kind != ISSUED:", "    if True:", HELD),
)
