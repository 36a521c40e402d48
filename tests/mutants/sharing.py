"""The guards of what leaves the house: shares, agreements, copies, wallets, and what is destroyed."""

from __future__ import annotations

from typing import Final

from tests.mutants.mutant import Mutant

UNIT: Final = "tests/unit/issuer"
SHARES, STUDENT, CONSENTS = "issuer/shares.py", "issuer/student_sharing.py", "issuer/consents.py"
POLICY, AGES, TERMS = "issuer/sharing/policy.py", "issuer/sharing/ages.py", "issuer/sharing/terms.py"
DERIVED, KEPT, LEDGER = "issuer/derived.py", "issuer/store/derived.py", "issuer/store/sharing.py"
INTO, OFFERS, NONCES = "issuer/into_wallets.py", "issuer/store/wallet_offers.py", "issuer/wallet/nonces.py"
DERIVATION, OFFERING = "issuer/derivation.py", "issuer/wallet_offering.py"
PROOFS, LINKEDIN = "issuer/wallet/proofs.py", "issuer/linkedin.py"
PLAN, GOING, PERSONAL = "issuer/retention/plan.py", "issuer/retention/erasure.py", "issuer/store/personal.py"
OWN, SCHOOL = f"{UNIT}/test_student_sharing.py {UNIT}/test_sharing_bounds.py", f"{UNIT}/test_shares.py"
BOUNDS, COPIES = f"{UNIT}/test_sharing_bounds.py", f"{UNIT}/test_derived.py"
JUDGED, PURE = f"{UNIT}/test_derived_as_verified.py", f"{UNIT}/sharing"
WALLET, RACES = f"{UNIT}/web/test_wallet.py", f"{UNIT}/web/test_wallet_races.py"
HIDES, LOOKS = f"{UNIT}/test_what_shares_hide.py", f"{UNIT}/mail/test_looking.py"
LOOKING, QUEUEING, CLAIMS = "issuer/mail/looking.py", "issuer/mail/queueing.py", "issuer/store/claims.py"
PAGES, BUTTON = f"{UNIT}/web/student/test_sharing_pages.py", f"{UNIT}/test_linkedin.py"
ERASED, EVERY = f"{UNIT}/retention/test_erasure.py", f"{UNIT}/retention/test_every_table.py"

SHARING: Final = (
    # What the school shares
    Mutant(SHARES, "        _check_allowed(session, row, now, agreed=agreed)\n", "", SCHOOL),
    Mutant(SHARES, "if why in {Refusal.OFF, Refusal.AUDIENCE}:", "if False:", SCHOOL),
    Mutant(SHARES, "    if why is not None:\n        unknown", "    if False:\n        unknown", SCHOOL),
    Mutant(SHARES, "        if row.ended_at is not None:\n            continue\n", "", OWN),
    Mutant(SHARES, "if share.stopped is not None:\n        raise", "if False:\n        raise", SCHOOL),
    Mutant(SHARES, "share.ends <= now:", "share.ends < now:", SCHOOL),
    Mutant(SHARES, ">= sharing.MOST_MADE:", "> sharing.MOST_MADE:", BOUNDS),
    Mutant(SHARES, "if terms is not None and terms.derived_id is not None:", "if False:", OWN),
    Mutant(SHARES, "hashed = code_hash(code, district.code_salt) if", "hashed = code.encode() if", SCHOOL),
    Mutant(SHARES, "token_hash=token_hash(token),", "token_hash=token.encode(),", SCHOOL),
    # What the student shares
    Mutant(STUDENT, "if ends is not None and ends <= now:", "if False:", BOUNDS),
    Mutant(STUDENT, "_check(session, district, row, award, terms, now)\n        deriv", "deriv", BOUNDS),
    Mutant(
        STUDENT,
        "        _check(session, queries.district(session, district.id), row,",
        "        (row,",
        BOUNDS,
    ),
    Mutant(STUDENT, "queries.district(session, district.id), row,", "district, row,", BOUNDS),
    Mutant(STUDENT, "        audit.hold(session, district.id)\n", "", BOUNDS),
    Mutant(STUDENT, "if award.determined is not None:", "if False:", BOUNDS),
    Mutant(STUDENT, "(terms.evidence or not has_evidence(row.prepared))", "True", OWN),
    Mutant(
        STUDENT, " and bool(award.recipient_name or award.number)", " and bool(award.recipient_name)", HIDES
    ),
    Mutant(STUDENT, "terms, share_id)", "terms, '')", OWN),
    Mutant(STUDENT, "if credential_id is None:", "if False:", OWN),
    Mutant(STUDENT, "    if award.student_id != student_id:", "    if False:", OWN),
    Mutant(STUDENT, "    if why is not None:\n", "    if False:\n", OWN),
    Mutant(STUDENT, "if queries.status(session, district.id, row.id) is not None:", "if False:", OWN),
    Mutant(STUDENT, "if len(rows) >= MOST_MADE:", "if len(rows) > MOST_MADE:", BOUNDS),
    Mutant(STUDENT, "if len(is_open) >= MOST_OPEN:", "if len(is_open) > MOST_OPEN:", BOUNDS),
    Mutant(STUDENT, " and (one.ends is None or one.ends > now)", "", BOUNDS),
    Mutant(LEDGER, ", Award.student_id == student_id)\n    )", ")\n    )", OWN),
    # Who decides
    Mutant(POLICY, "    if standing.adult:\n        return None\n", "", PURE),
    Mutant(POLICY, "if policy.minors is Minors.OFF:", "if False:", PURE),
    Mutant(POLICY, "    if not offered:\n", "    if False:\n", PURE),
    Mutant(POLICY, "    if standing.opted_out:\n", "    if False:\n", PURE),
    Mutant(POLICY, "if policy.minors is Minors.GUARDIAN else None", "if False else None", PURE),
    Mutant(
        AGES,
        "return born is not None and coming_of_age(born) <= day",
        "return born is None or coming_of_age(born) <= day",
        PURE,
    ),
    Mutant(AGES, "coming_of_age(born) <= day_in", "coming_of_age(born) < day_in", PURE),
    Mutant(AGES, "timedelta(hours=-12)", "timedelta(hours=12)", PURE),
    Mutant(TERMS, "if evidence and asked.name == NameShown.SHORT:", "if False:", PURE),
    Mutant(TERMS, "if self.evidence and self.name is NameShown.SHORT:", "if False:", PURE),
    Mutant(TERMS, "elif length(label) > LONGEST_LABEL:", "elif False:", PURE),
    Mutant(TERMS, "if applicant and not (audience is Audience.COLLEGE and", "if applicant and not (", PURE),
    # Agreements
    Mutant(CONSENTS, "if given_on > day_in(", "if False and given_on > day_in(", f"{UNIT}/test_consents.py"),
    Mutant(CONSENTS, "if row.kind not in (GUARDIAN, OPT_OUT):", "if False:", f"{UNIT}/test_consents.py"),
    Mutant(
        CONSENTS, "        if row.ended_at is not None:\n            return\n", "", f"{UNIT}/test_consents.py"
    ),
    Mutant(
        CONSENTS,
        "_stop_refused(session, district_id, student_id, now=now, actor=actor)\n\n\ndef choose",
        "pass\n\n\ndef choose",
        OWN,
    ),
    Mutant(
        CONSENTS,
        "_stop_refused(session, district_id, student_id, now=now, actor=actor)\n    return",
        "pass\n    return",
        OWN,
    ),
    Mutant(
        CONSENTS,
        "if not audiences or not set(audiences) <= set(CHOSEN) or how not in HOW:",
        "if False:",
        f"{UNIT}/test_consents.py",
    ),
    Mutant(CONSENTS, ").adult:", ").adult and False:", OWN),
    Mutant(
        LEDGER,
        "if found is None or found.student_id != student_id:",
        "if found is None:",
        f"{UNIT}/test_consents.py",
    ),
    # Copies
    Mutant(DERIVED, "if row.prepared != prepared.raw:", "if False:", COPIES),
    Mutant(DERIVED, "            if row.withdrawn_at is not None:\n", "            if False:\n", COPIES),
    Mutant(DERIVED, ">= MOST_DERIVED:", "> MOST_DERIVED:", COPIES),
    Mutant(DERIVED, "if original.state not in _SIGNED or not original.prepared:", "if False:", COPIES),
    Mutant(
        DERIVED,
        "if queries.status(session, original.district_id, original.id) is not None:",
        "if False:",
        COPIES,
    ),
    Mutant(DERIVED, "original.valid_until <= now:", "original.valid_until < now:", COPIES),
    Mutant(
        DERIVED,
        "        check_stands(session, original, now)\n        if not derived.advance",
        "        if not derived.advance",
        COPIES,
    ),
    Mutant(
        DERIVATION,
        "for name, part in value.items() if name in OF_THE_BADGE",
        "for name, part in value.items()",
        HIDES,
    ),
    Mutant(
        DERIVATION,
        "for name, part in subject.items() if name in OF_THE_AWARD",
        "for name, part in subject.items()",
        HIDES,
    ),
    Mutant(
        DERIVATION,
        '{"id", "type", "achievement", "result", "source"}',
        '{"id", "type", "achievement", "result", "source", "licenseNumber"}',
        HIDES,
    ),
    Mutant(DERIVED, "*award.withheld, *_hidden(award, derivation)", "*award.withheld", HIDES),
    Mutant(DERIVED, "if one and not holds_withheld(shown, (one,))", "if one", HIDES),
    Mutant(DERIVED, 'normal(award.recipient_name or ""), normal', 'normal(""), normal', HIDES),
    Mutant(DERIVED, 'normal(award.number or "")', 'normal("")', HIDES),
    Mutant(DERIVED, "loopback=True, numbered=False)", "loopback=True)", HIDES),
    Mutant(
        "issuer/house_rules.py",
        'kind == "License" and rules.numbered and',
        'kind == "License" and False and',
        f"{UNIT}/test_house_rules.py",
    ),
    Mutant("issuer/web/student/sharing.py", '    if form.text("look"):', "    if False:", PAGES),
    Mutant(DERIVATION, '        value.pop("evidence", None)\n', "", COPIES),
    Mutant(DERIVATION, '        value.pop("relatedResource", None)\n', "", f"{COPIES} {OWN}"),
    Mutant(
        DERIVED,
        "    status_lists.count_change(session, district_id, row.list_id)\n    audit",
        "    audit",
        f"{COPIES} {JUDGED}",
    ),
    Mutant(DERIVED, "withheld = (award.student_id, *award.withheld, ", "withheld = (*(), ", COPIES),
    Mutant(
        KEPT,
        "        ends.append((original.revoked_at, original.reason))",
        "        pass",
        f"{COPIES} {JUDGED}",
    ),
    Mutant(
        KEPT,
        "        ends.append((row.withdrawn_at, row.withdrawn_reason))",
        "        pass",
        f"{COPIES} {JUDGED}",
    ),
    # Wallets
    Mutant(OFFERING, "if not timedelta(0) < lifetime <= offers.LONGEST_OFFER:", "if False:", WALLET),
    Mutant(OFFERING, "        check_stands(session, row, now)\n", "", WALLET),
    Mutant(
        OFFERING,
        "        wallet_offers.end_others(session, district_id, credential_id, now=now)\n",
        "",
        RACES,
    ),
    Mutant(
        OFFERING,
        "row.ends <= now or row.redeemed is not None or row.tries >= offers.MOST_TRIES",
        "False",
        WALLET,
    ),
    Mutant(
        INTO,
        "if row is None or row.ends <= now or row.redeemed is not None:\n        raise _no",
        "if row is None:\n        raise _no",
        WALLET,
    ),
    Mutant(INTO, "if row.tx_hash is not None and hashed is None:", "if False:", WALLET),
    Mutant(INTO, "if row.tx_hash is None and hashed is not None:", "if False:", WALLET),
    Mutant(INTO, "if not (counted and fits):", "if not fits:", WALLET),
    Mutant(INTO, "if not (counted and fits):", "if not counted:", WALLET),
    Mutant(INTO, "    if not taken:\n        raise _no_grant()\n", "", WALLET),
    Mutant(
        INTO,
        "    if ends is None:\n",
        "    ends = ends or now.replace(year=2099)\n    if ends is None:\n",
        WALLET,
    ),
    Mutant(INTO, "    if not fresh:\n", "    if False:\n", RACES),
    Mutant(INTO, "    if not bound:\n", "    if False:\n", RACES),
    Mutant(INTO, "row.token_ends is None or row.token_ends <= now:", "row.token_ends is None:", WALLET),
    Mutant(INTO, "or not row.waits or row.holder is None:", "or row.holder is None:", WALLET),
    Mutant(INTO, "if not offers.same(transaction, offers.transaction_id(token)) or", "if", WALLET),
    Mutant(INTO, "or not offers.same(named, offers.notification_id(token)):", ":", WALLET),
    Mutant(INTO, "if event not in EVENTS:", "if False:", WALLET),
    Mutant(INTO, "subject_id=holder, also_jwt", "also_jwt", WALLET),
    Mutant(OFFERS, "WalletOffer.tries < most,", "WalletOffer.tries >= 0,", WALLET),
    Mutant(
        OFFERS,
        "WalletOffer.redeemed.is_(None) & (WalletOffer.ends > now),",
        "WalletOffer.ends > now,",
        WALLET,
    ),
    Mutant(
        OFFERS,
        "        WalletOffer.holder.is_(None)\n        |",
        "        WalletOffer.waits.is_not(None)\n        |",
        RACES,
    ),
    Mutant(OFFERS, " & (WalletOffer.configuration == configuration)", "", WALLET),
    Mutant(
        OFFERS,
        "    except IntegrityError:\n        return False",
        "    except IntegrityError:\n        return True",
        RACES,
    ),
    Mutant(NONCES, "or not hmac.compare_digest(mac, _mac(secret, body)):", ":", WALLET),
    Mutant(NONCES, "if made <= now < made + NONCE_LIFETIME else None", "", WALLET),
    Mutant(PROOFS, 'if claims.get("aud") not in (issuer, [issuer]):', "if False:", WALLET),
    Mutant(PROOFS, " or not key.verify(jws.signature, jws.signing_input):", ":", WALLET),
    Mutant(PROOFS, 'if jws.header.get("typ") != PROOF_TYPE:', "if False:", WALLET),
    Mutant(PROOFS, "if said.domains != (issuer,):", "if False:", WALLET),
    Mutant(PROOFS, "if said.holder is not None and said.holder != holder:", "if False:", WALLET),
    Mutant(
        PROOFS,
        "            check_authentication(read, key)\n".replace("            ", "        ", 1),
        "",
        WALLET,
    ),
    Mutant(PROOFS, "if len(proofs) > BATCH:", "if False:", WALLET),
    # LinkedIn
    Mutant(
        LINKEDIN,
        "    if born is None:\n        return Hidden.UNKNOWN_AGE\n",
        "    if born is None:\n        return None\n",
        BUTTON,
    ),
    Mutant(
        LINKEDIN,
        "years_between(born, today) >= YOUNGEST",
        "years_between(born, today) >= YOUNGEST - 1",
        BUTTON,
    ),
    Mutant(LINKEDIN, "- timedelta(hours=12)", "", BUTTON),
    Mutant("issuer/web/student/sharing.py", "        if not why_hidden:\n", "        if True:\n", PAGES),
    Mutant("issuer/web/student/sharing.py", "if terms.audience is Audience.ANYONE:", "if True:", PAGES),
    # What a sender looks at
    Mutant(LOOKING, "before is None or not before.at <= now < before.again or", "before is None or", LOOKS),
    Mutant(LOOKING, "before.at <= now < before.again", "now < before.again", LOOKS),
    Mutant(LOOKING, " or number < before.number:", ":", LOOKS),
    Mutant(LOOKING, "whole = len(lines) > MOST_LINES", "whole = False", LOOKS),
    Mutant(LOOKING, "            whole = True\n", "            pass\n", LOOKS),
    Mutant(LOOKING, "            signed.append(subject)\n", "            pass\n", LOOKS),
    Mutant(
        LOOKING,
        "(), Mark(number, now, _soonest(now + WHOLE, until)))",
        "(), Mark(number, now, now + WHOLE))",
        LOOKS,
    ),
    Mutant(QUEUEING, "replace(look.mark, again=now) if left_some else look.mark", "look.mark", LOOKS),
    Mutant(
        "issuer/mail/sending.py",
        "    marks[district_id] = mark",
        "    pass",
        LOOKS,
    ),
    Mutant(
        CLAIMS,
        "or_(StudentContact.own_email.is_not(None), StudentContact.school_email.is_not(None))",
        "True",
        LOOKS,
    ),
    Mutant(CLAIMS, ", ~_told_of(Purpose.NEW_BADGE))", ")", LOOKS),
    Mutant(
        CLAIMS,
        "        .where(~_told_of(Purpose.WITHDRAWN, Purpose.REPLACED))\n",
        "",
        f"{UNIT}/mail/test_sending.py",
    ),
    Mutant(
        CLAIMS,
        ".where(Credential.signed_at >= since, ~_told",
        ".where(~_told",
        f"{UNIT}/mail/test_sending.py",
    ),
    # Forgetting
    Mutant(GOING, "if seen is not None and found.digest != seen:", "if False:", ERASED),
    Mutant(GOING, "        found.check()\n", "", ERASED),
    Mutant(GOING, "        _withdraw(session, district_id, found, now=now, actor=actors[-1])\n", "", ERASED),
    Mutant(PLAN, "    if held is not None:\n", "    if False:\n", ERASED),
    Mutant(PLAN, "    if others:\n", "    if False:\n", f"{UNIT}/retention"),
    Mutant(
        PLAN,
        "going[RecordClass.SHARES] = (True,",
        "going[RecordClass.SHARES] = (going[RecordClass.SHARES][0],",
        f"{UNIT}/retention",
    ),
    Mutant(
        PERSONAL,
        '"credential": {"prepared": b"", "subject_id": ""},\n        "derived',
        '"credential": {"prepared": b""},\n        "derived',
        ERASED,
    ),
    Mutant(PERSONAL, '        "status": {"note": ""},', '        "status": {"reason": "requested"},', EVERY),
    Mutant(
        PERSONAL,
        '        "approval_request": {"content": {}},',
        '        "approval_request": {"ends": None},',
        EVERY,
    ),
    Mutant(PERSONAL, "            row.facts = emptied(row.facts, pseudonym)\n", "", EVERY),
)
