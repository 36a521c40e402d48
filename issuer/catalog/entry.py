"""What a catalogue holds: certifying bodies, kinds of award, and the credentials themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from issuer.catalog.validity import Shape, Validity


class Counts(StrEnum):
    """Whether a kind of award is an industry certification."""

    YES = "yes"
    BY_DECISION = "by decision"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of award, and what Open Badges calls it.

    Args:
        code: The catalogue's code, such as `EXAM_ONLY`.
        title: In words.
        achievement_type: Open Badges 3.0 AchievementType.
        counts: Whether it is an industry certification.
        needs_number: Whether a badge needs the body's number.
        needs_jurisdiction: Whether the body must say where its permission holds.
        may_end: False where the law knows no end (a college certificate is never renewed).
        why: Why it is no industry certification, in sentences; None where it is one.
    """

    code: str
    title: str
    achievement_type: str
    counts: Counts
    needs_number: bool = False
    needs_jurisdiction: bool = False
    may_end: bool = True
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    """Where a licence holds: ISO 3166-1 country, and the region's postal code within it."""

    country: str
    region: str | None = None


@dataclass(frozen=True, slots=True)
class Body:
    """Who certifies.

    Args:
        code: The catalogue's code.
        id: A `urn:uuid` that stays the same in every district. Not the body's own address: we describe the
            body, it does not speak here.
        name: As shown.
        url: Its pages, where known.
        aliases: Other names found in sheets.
        jurisdiction: Where its licences hold.
    """

    code: str
    id: str
    name: str
    url: str | None = None
    aliases: tuple[str, ...] = ()
    jurisdiction: Jurisdiction | None = None


@dataclass(frozen=True, slots=True)
class Occupation:
    """An occupation by its code in a taxonomy, which is named because codes change between editions."""

    code: str
    name: str
    framework: str
    url: str


@dataclass(frozen=True, slots=True)
class Label:
    """What people write instead of a code. `assumes` says what we take for granted when they do."""

    text: str
    assumes: str | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """The scale of a result; bounds are text, as Open Badges 3.0 ResultDescription has them."""

    unit: str | None = None
    minimum: str | None = None
    maximum: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One credential of a catalogue.

    Args:
        code: Its one code.
        name: Its full name.
        mark: A few capitals or figures for its picture.
        body: Who certifies.
        kind: What sort of award it is.
        cluster: Career cluster, in words.
        cluster_code: Career cluster, its short code.
        occupations: Where it leads.
        validity: How long it lasts.
        description: One sentence on what it is about.
        criteria: What the holder did to earn it.
        number_label: What the body calls its number, or None where it gives none that we know of.
        labels: Other spellings in sheets; several entries may share one.
        provisional_until: Until when an award to a student stays provisional, or None.
        score: The scale of its result, or None.
        levels: The levels at which it is rated, rising; a sheet writes one of them as the score.
        versioned: Whether an award names a program or version.
        notes: Facts for staff.
        sources: Keys of the catalogue's sources.
        unverified: JSON pointers within the entry of what nobody confirmed.
        renewed_by: Codes of higher credentials of the same body: earning one of them renews this one.
    """

    code: str
    name: str
    mark: str
    body: Body
    kind: Kind
    cluster: str
    cluster_code: str
    occupations: tuple[Occupation, ...]
    validity: Validity
    description: str
    criteria: str
    number_label: str | None = None
    labels: tuple[Label, ...] = ()
    provisional_until: str | None = None
    score: Score | None = None
    levels: tuple[str, ...] = ()
    versioned: bool = False
    notes: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    unverified: tuple[str, ...] = ()
    renewed_by: tuple[str, ...] = ()

    @property
    def needs_expiry(self) -> bool:
        """Whether a sheet must state the last day: a licence with a term, whose board fixes the date."""
        return self.kind.achievement_type == "License" and self.validity.shape is Shape.FIXED

    @property
    def takes_expiry(self) -> bool:
        """Whether a sheet may state a last day."""
        return self.kind.may_end and self.validity.shape in (Shape.FIXED, Shape.CONTINUITY)


@dataclass(frozen=True, slots=True)
class Edition:
    """Which edition of a catalogue this is; every judgement made under it records this."""

    name: str
    version: str
    dated: date
    about: str
