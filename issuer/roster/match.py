"""Which column is which: by its name, by a name that is nearly one, and by what stands in it."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from issuer.roster.columns import EXACT, Vocabulary, folded
from issuer.roster.dates import is_serial, plain, slashed
from issuer.roster.errors import SheetError, SheetQuestion
from issuer.roster.grid import letter
from issuer.roster.questions import Choice, Question
from issuer.roster.report import Student
from issuer.roster.words import said

SURE: Final = 1.0
NEARLY: Final = 0.8
BY_CONTENT: Final = 0.6
"""How sure a match by name, by a name that is nearly one, and by content is."""

_SAMPLES = 3
_PROBED = 200
_MOST = 0.6
_ALIKE = 0.88

_WEAK: Final = frozenset(
    {"id", "date", "fecha", "code", "codigo", "name", "student", "estudiante", "alumno", "number", "numero",
     "exam", "certificate", "certificado", "cert", "badge", "insignia", "result", "license", "licencia",
     "reference", "ref", "school", "escuela", "certification", "certificacion", "credential", "credencial",
     "link", "url", "body", "teacher", "instructor", "first", "last", "given", "family", "earned",
     "completed",     "exp", "year"}
)  # fmt: skip
"""Names so general that they give way where another column has a name of its own for the same."""

_ELSE: Final = {"credential_code": "credential_name"}
"""What a general name means beside a column with a name of its own: the code stands beside the name."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the district knows, by which content is recognised.

    Args:
        schools: Name by code.
        roster: Students by number, or None where there is no roster.
        is_credential: Whether a text is a code, a name or a habit of the catalogue.
        remembered: Columns by folded name, as somebody of the district chose before.
    """

    schools: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    roster: Mapping[str, Student] | None = None
    is_credential: Callable[[str], bool] = lambda _: False
    remembered: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Match:
    """A column that was recognised.

    Args:
        column: One of the vocabulary's.
        place: Where it stands, from 0.
        name: What the sheet calls it.
        by: `answer`, `remembered`, `name`, `nearly` or `content`.
        confidence: From 0 to 1.
        samples: Up to three of its values.
    """

    column: str
    place: int
    name: str
    by: str
    confidence: float
    samples: tuple[str, ...]


def match_columns(
    names: Sequence[str],
    values: Sequence[Sequence[str]],
    vocabulary: Vocabulary,
    known: Known,
    answers: Mapping[str, str] = MappingProxyType({}),
) -> tuple[Match, ...]:
    """The columns that are recognised, in the sheet's order.

    Args:
        names: The column names, as written.
        values: The values of each column, without the empty ones.
        vocabulary: What columns are called.
        known: What the district knows.
        answers: `column.NAME` to a name or a letter of the sheet, or `none`.

    Raises:
        SheetQuestion: DUPLICATE_COLUMNS where two columns have names for the same and nobody has said which.
        SheetError: BAD_ANSWER where an answer names no column.
    """
    found: dict[str, tuple[int, str, float]] = {}
    refused = _answered(names, vocabulary, answers, found)
    _by_memory(names, vocabulary, known, found)
    _by_name(names, values, vocabulary, found, refused)
    _by_likeness(names, vocabulary, found, refused)
    _by_content(names, values, vocabulary, known, found=found, refused=refused)
    return tuple(
        Match(column, place, names[place], by, sure, tuple(dict.fromkeys(values[place]))[:_SAMPLES])
        for column, (place, by, sure) in sorted(found.items(), key=lambda pair: pair[1][0])
    )


def missing(columns: Mapping[str, int], vocabulary: Vocabulary, *, optional: frozenset[str]) -> list[str]:
    """What no column was found for, as `credential_code or credential_name`."""
    has = set(columns)
    if "full_name" in has:
        has |= {"given_name", "family_name"}
    return [
        " or ".join(group)
        for group in vocabulary.decisive
        if not has & set(group) and not optional & set(group)
    ]


def place_of(text: str, names: Sequence[str]) -> int | None:
    """Where a column stands that somebody names by its name or its letter."""
    for at, name in enumerate(names):
        if name and folded(name) == folded(text):
            return at
    letters = [letter(at) for at in range(len(names))]
    return letters.index(text.strip().upper()) if text.strip().upper() in letters else None


def _answered(
    names: Sequence[str],
    vocabulary: Vocabulary,
    answers: Mapping[str, str],
    found: dict[str, tuple[int, str, float]],
) -> frozenset[str]:
    """What somebody has said; the columns that they said are not there."""
    refused = set()
    for key, answer in answers.items():
        column = key.removeprefix("column.")
        if column == key:
            continue
        place = place_of(answer, names)
        if column not in vocabulary.columns or (place is None and answer != "none"):
            raise SheetError("BAD_ANSWER", f"{key}={answer} names no column. The sheet has {_listed(names)}.")
        if place is None:
            refused.add(column)
        else:
            found[column] = (place, "answer", SURE)
    return frozenset(refused)


def _by_memory(
    names: Sequence[str], vocabulary: Vocabulary, known: Known, found: dict[str, tuple[int, str, float]]
) -> None:
    for at, name in enumerate(names):
        column = known.remembered.get(folded(name), "")
        if column in vocabulary.columns and column not in found and not _taken(at, found):
            found[column] = (at, "remembered", SURE)


def _by_name(
    names: Sequence[str],
    values: Sequence[Sequence[str]],
    vocabulary: Vocabulary,
    found: dict[str, tuple[int, str, float]],
    refused: frozenset[str],
) -> None:
    wanted: dict[str, list[int]] = {}
    for at, name in enumerate(names):
        column = vocabulary.synonyms.get(folded(name), "")
        if column and column not in refused and not _taken(at, found):
            wanted.setdefault(column, []).append(at)
    clear = {column: at for column, at in wanted.items() if column not in EXACT or len(at) == 1}
    for column, places in clear.items():
        if column in found:
            continue
        own = [at for at in places if folded(names[at]) not in _WEAK]
        general = [at for at in places if at not in own]
        chosen = own or general
        if len(chosen) > 1:
            raise _which(column, chosen, names, values)
        found[column] = (chosen[0], "name", SURE)
        other = _ELSE.get(column, "")
        if own and len(general) == 1 and other and other not in wanted and other not in found:
            found[other] = (general[0], "nearly", NEARLY)
    if "preferred_given_name" in found and not found.keys() & {"given_name", "full_name"}:
        found["given_name"] = found.pop("preferred_given_name")
    if "given_name" in found and "family_name" not in found and "full_name" not in found:
        at = found["given_name"][0]
        if folded(names[at]) in ("nombre", "nombres", "given"):
            found["full_name"] = found.pop("given_name")


def _by_likeness(
    names: Sequence[str],
    vocabulary: Vocabulary,
    found: dict[str, tuple[int, str, float]],
    refused: frozenset[str],
) -> None:
    """Names that say more than ours, or that are misspelt; only where one column alone could be meant."""
    likely: dict[str, list[int]] = {}
    for at, name in enumerate(names):
        key = folded(name)
        if not key or _taken(at, found) or key in vocabulary.synonyms or len(key) > 60:  # noqa: PLR2004 - no sentence
            continue
        words = set(key.split())
        meant = {
            column
            for known_name, column in vocabulary.synonyms.items()
            if column not in EXACT
            and (
                (len(parts := known_name.split()) > 1 and words.issuperset(parts))
                or (len(key) > 4 and difflib.SequenceMatcher(None, key, known_name).ratio() >= _ALIKE)  # noqa: PLR2004 - shorter words are alike by chance
            )
        }
        if len(meant) == 1:
            likely.setdefault(meant.pop(), []).append(at)
    for column, places in likely.items():
        if len(places) == 1 and column not in found and column not in refused:
            found[column] = (places[0], "nearly", NEARLY)


def _by_content(
    names: Sequence[str],
    values: Sequence[Sequence[str]],
    vocabulary: Vocabulary,
    known: Known,
    *,
    found: dict[str, tuple[int, str, float]],
    refused: frozenset[str],
) -> None:
    roster = known.roster or {}
    codes = frozenset(known.schools)
    tests: dict[str, Callable[[str], bool]] = {
        "external_id": roster.__contains__,
        "credential_code": known.is_credential,
        "school_code": lambda text: text in codes,
        "date_earned": _is_day,
    }
    for column, test in tests.items():
        beside = "credential_name" in found and column == "credential_code"
        if column in found or column in refused or column not in vocabulary.columns or beside:
            continue
        places = [
            at
            for at in range(len(names))
            if not _taken(at, found) and _share(values[at][:_PROBED], test) >= _MOST
        ]
        if len(places) == 1:
            found[column] = (places[0], "content", BY_CONTENT)


def _is_day(text: str) -> bool:
    return plain(text) is not None or slashed(text) is not None or is_serial(text)


def _share(values: Sequence[str], test: Callable[[str], bool]) -> float:
    return sum(map(test, values)) / len(values) if values else 0.0


def _taken(place: int, found: Mapping[str, tuple[int, str, float]]) -> bool:
    return any(place == at for at, _, _ in found.values())


def _listed(names: Sequence[str]) -> str:
    return ", ".join(repr(name[:40]) for name in names[:20] if name) or "no names"


def _which(
    column: str, places: Sequence[int], names: Sequence[str], values: Sequence[Sequence[str]]
) -> SheetQuestion:
    choices = tuple(
        Choice(letter(at), f"{letter(at)} {names[at]}: {', '.join(values[at][:_SAMPLES])}"[:120])
        for at in places
    )
    first, second = names[places[0]], names[places[1]]
    question = Question(
        "DUPLICATE_COLUMNS",
        f"column.{column}",
        choices,
        said("ask.duplicate", first=first, second=second, column=column),
    )
    return SheetQuestion(
        "DUPLICATE_COLUMNS",
        f"The columns {first!r} and {second!r} both mean {column}. Remove one, or say which with "
        f"--answer column.{column}={choices[0].value}.",
        question,
    )
