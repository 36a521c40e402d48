"""The guards of the students' pages: whose badge, which district, what a stranger can tell apart, when."""

from __future__ import annotations

from typing import Final

from tests.mutants.mutant import Mutant

UNIT: Final = "tests/unit/issuer"
ROUTES: Final = f"{UNIT}/web/student/test_every_route.py -k sqlite"
ALIKE: Final = f"{UNIT}/web/test_constant_answers.py -k sqlite"
INSIDE: Final = f"{UNIT}/jobs/test_in_house.py -k sqlite"
COMING: Final = " ".join(
    [f"{UNIT}/web/student/test_{name}.py" for name in ("claiming", "coming_back", "door")] + ["-k sqlite"]
)
TELLING: Final = f"{UNIT}/web/staff/test_telling.py -k sqlite"
CONTACTS: Final = f"{UNIT}/claiming/test_contacts.py -k sqlite"
PEOPLE: Final = f"{UNIT}/roster/test_people.py"
PAGES, STORE = "issuer/web/student", "issuer/store"
DOSSIER, CLAIMS, JOBS = f"{STORE}/dossier.py", f"{STORE}/claims.py", f"{STORE}/jobs.py"
FORMS, SITE = "issuer/web/forms.py", f"{PAGES}/site.py"
CLAIMING, CODES = "issuer/claiming/claims.py", "issuer/claiming/codes.py"
QUEUEING, TAKEN = "issuer/mail/queueing.py", "issuer/claiming/contacts.py"
SESSIONS: Final = "issuer/claiming/sessions.py"
_GIVEN: Final = "    given = _hash(district, address, code)\n"
_TRY: Final = (
    "    with store.of(district.id).transaction() as session:\n"
    "        rows = ways_back.try_codes(session, district.id, purpose, address, now=now, most=MOST_TRIES)\n"
)

STUDENTS: Final = (
    # Whose.
    Mutant(DOSSIER, "Award.student_id == student_id, Credential.signed_at", "Credential.signed_at", ROUTES),
    Mutant(
        f"{STORE}/sharing.py",
        ", Share.id == share_id, Award.student_id == student_id)",
        ", Share.id == share_id)",
        ROUTES,
    ),
    Mutant(
        f"{STORE}/ways_back.py",
        "            StudentPasskey.student_id == student_id,\n            StudentPasskey.id == passkey_id,",
        "            StudentPasskey.id == passkey_id,",
        ROUTES,
    ),
    Mutant(
        f"{STORE}/student_sessions.py",
        "    return session.get(StudentSessionRow, (district_id, token_hash))",
        "    return session.scalars(\n"
        "        select(StudentSessionRow).where(StudentSessionRow.token_hash == token_hash)\n"
        "    ).one_or_none()",
        ROUTES,
    ),
    Mutant(
        CLAIMS,
        "Claim.district_id == district_id, Claim.secret_hash == secret_hash, Claim.kind == kind",
        "Claim.secret_hash == secret_hash, Claim.kind == kind",
        f"{ALIKE} {ROUTES}",
    ),
    Mutant(
        f"{STORE}/queries.py",
        "select(Share).where(Share.district_id == district_id, Share.token_hash == token_hash)",
        "select(Share).where(Share.token_hash == token_hash)",
        ALIKE,
    ),
    Mutant(
        f"{STORE}/wallet_offers.py",
        "WalletOffer.district_id == district_id, WalletOffer.reference_hash == reference_hash",
        "WalletOffer.reference_hash == reference_hash",
        ALIKE,
    ),
    # What a stranger can tell apart.
    Mutant(
        CODES,
        _GIVEN + _TRY,
        _TRY + f'    {_GIVEN.rstrip()} if rows else b""\n',
        ALIKE,
    ),
    Mutant(
        CLAIMING,
        "        return code_hash(code.code, district.code_salt)\n",
        '        return code_hash(code.code, district.code_salt) if code.code[0] != "0" else bytes(32)\n',
        ALIKE,
    ),
    Mutant(CLAIMING, 'code.tag not in ("", district.tag)', "False", COMING),
    # Once, and in time.
    Mutant(CLAIMING, "if not claims.use(session, district.id, offered.claim_id, now):", "if False:", COMING),
    Mutant(
        CLAIMING,
        "if row.stopped is not None or row.ends <= now or withdrawn:",
        "if row.ends <= now or withdrawn:",
        COMING,
    ),
    Mutant(
        CLAIMING,
        "if row.stopped is not None or row.ends <= now or withdrawn:",
        "if row.stopped is not None or withdrawn:",
        COMING,
    ),
    Mutant(
        CLAIMING,
        "if row.stopped is not None or row.ends <= now or withdrawn:",
        "if row.stopped is not None or row.ends <= now:",
        COMING,
    ),
    Mutant(f"{STORE}/ways_back.py", "            StudentCode.ends > now,\n", "", COMING),
    Mutant(f"{STORE}/ways_back.py", "            StudentCode.tries < most,\n", "", COMING),
    Mutant(CODES, "and only in (None, student_id)", "", COMING),
    Mutant(CODES, "hmac.compare_digest(kept, given)", "True", COMING),
    Mutant(
        CODES,
        "            if _too_many(session, district_id, one.student_id, now):\n",
        "            if False:\n",
        COMING,
    ),
    Mutant(SESSIONS, "row is None or row.ended is not None or", "row is None or", COMING),
    Mutant(SESSIONS, "now >= row.created + LONGEST or now", "now", COMING),
    Mutant(SESSIONS, " or now >= row.last_seen + IDLE", "", COMING),
    # Whose form.
    Mutant(SITE, "dependencies=[Depends(posted)]", "dependencies=[]", ROUTES),
    Mutant(FORMS, "    _check_sender(request, origin)\n", "", ROUTES),
    Mutant(FORMS, "if not key or not fits_form(key, form.text(FORM_FIELD)):", "if not key:", ROUTES),
    # What stays in the house.
    Mutant(
        DOSSIER,
        "Credential.signed_at.is_not(None), ~jobs.stayed_in(now)",
        "Credential.signed_at.is_not(None)",
        INSIDE,
    ),
    Mutant(CLAIMS, "Status.revoked_at >= since, ~jobs.stayed_in(now)", "Status.revoked_at >= since", INSIDE),
    Mutant(JOBS, "                JobRow.held_until > Status.revoked_at,\n", "", INSIDE),
    Mutant("issuer/retention/export.py", 'table.name != "secured" or', "True or", INSIDE),
    # Who is told.
    Mutant(QUEUEING, "if award is None or row.signed_at is None or gone:", "if award is None:", TELLING),
    Mutant(
        QUEUEING,
        "elif mail.settled is None or now < mail.settled + AGAIN:",
        "elif mail.settled is None:",
        TELLING,
    ),
    Mutant(QUEUEING, "elif mail.settled is None or now < mail.settled + AGAIN:", "elif False:", TELLING),
    Mutant(
        QUEUEING,
        "if jobs.held_until(session, district_id, row.award_ref, now=now) is not None:",
        "if False:",
        TELLING,
    ),
    Mutant(CLAIMS, ".where(SheetDraftRow.draft_id == batch)", "", TELLING),
    Mutant(TAKEN, "if often[one] <= MOST_SHARING}", "}", CONTACTS),
    Mutant(TAKEN, "if row is not None and row.school_email == address:", "if False:", CONTACTS),
    Mutant(
        "issuer/roster/match.py",
        "            if column not in EXACT\n            and (",
        "            if (",
        PEOPLE,
    ),
    Mutant("issuer/roster/match.py", "if column not in EXACT or len(at) == 1}", "}", PEOPLE),
)
