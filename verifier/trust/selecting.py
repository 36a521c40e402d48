"""What the lists say of one issuer, for one badge, at its times. Fails closed: whatever is not plainly
recognised is not recognised.

The rules, in their order:

1. The lists are asked in the operator's order. The first that names the issuer decides; none below it is
asked. 2. A list that cannot be used (never fetched, refused, past its end) stops the search: it could have
named the
   issuer, to recognise it or to withdraw it.
3. A withdrawn issuer is not recognised, from the day of the withdrawal on, whatever its recognitions say.
4. A recognition counts if it holds now and held when the badge says that it was signed, and if it is for this
   type and this achievement, or for every subject of this determination.
5. Where the list pins keys, only they sign for the issuer.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from typing import Final

from verifier.trust.model import Trust, TrustEntry, TrustList

TRUSTED: Final = "trusted"
UNLISTED: Final = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked about an issuer.

    Args:
        issuer_id: Its whole identifier.
        kind: The achievement type that the badge names, or None.
        codes: The codes and identifiers that the badge gives its achievement.
        subjects: What its determination speaks of.
        made: When the badge says that it was signed, aware.
        now: The moment that is asked about, aware.
        today: The time of the check itself, where another moment is asked about. A list that has ended by
            then vouches for no moment: the one that follows it may say otherwise.
        keys: RFC 7638 thumbprints of every key that signed; None where that is not known.
    """

    issuer_id: str
    kind: str | None
    made: datetime
    now: datetime
    codes: frozenset[str] = frozenset()
    subjects: frozenset[str] = frozenset()
    keys: frozenset[str] | None = None
    today: datetime | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What the lists say.

    Args:
        code: "trusted"; "" where no list names the issuer; else why it is not recognised.
        entry: The recognition that counts, only where it is trusted.
        on: The list that decided; None where none did.
        facts: For the words: "date", "reason", "source".
    """

    code: str
    entry: TrustEntry | None = None
    on: TrustList | None = None
    facts: dict[str, str] = field(default_factory=dict)


def stand(trust: Trust, asked: Asked) -> Standing:
    """Ask the lists about an issuer.

    Returns:
        `trusted` with the entry, or one of "", `trust_list_missing`, `trust_list_expired`,
        `recognition_withdrawn`, `recognition_ended`, `not_recognised_for`, `not_recognised_then`,
        `key_not_pinned`, without.
    """
    for one in trust.lists:
        if one.problem:
            return Standing("trust_list_missing", None, one)
        if one.ends is not None and one.expired(asked.today or asked.now):
            return Standing("trust_list_expired", None, one, {"date": one.ends.date().isoformat()})
        if entries := one.of(asked.issuer_id):
            return _decided(one, entries, asked)
    return Standing(UNLISTED)


def _decided(one: TrustList, entries: tuple[TrustEntry, ...], asked: Asked) -> Standing:
    listed = entries[0].listed
    if listed and listed.withdrawn:
        since = datetime.combine(listed.withdrawn.on, time(), UTC)
        if since <= asked.now:
            said = {"date": listed.withdrawn.on.isoformat(), "reason": listed.withdrawn.reason}
            return Standing("recognition_withdrawn", None, one, said)
    fitting = [e for e in entries if e.recognises(asked.kind, asked.codes, asked.subjects)]
    if not fitting:
        return Standing("not_recognised_for", None, one)
    holding = [e for e in fitting if e.covers(asked.now) and e.covers(asked.made)]
    if not holding:
        over = all(e.ends is not None and e.ends <= asked.now for e in fitting)
        return Standing("recognition_ended" if over else "not_recognised_then", None, one)
    if listed and listed.keys and not (asked.keys and asked.keys <= listed.keys):
        return Standing("key_not_pinned", None, one)
    return Standing(TRUSTED, holding[0], one)
