"""What can be earned, and by what results (Open Badges 3.0, B.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from credential.model.part import CompactJws, Language, Names, Number, Part, Uri
from credential.types import (
    AchievementType,
    AlignmentTargetType,
    Extension,
    IdentifierType,
    ResultStatusType,
    ResultType,
)

if TYPE_CHECKING:
    from credential.model.credential import EndorsementCredential
    from credential.model.profile import Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria(Part):
    """How an achievement is earned: a page (`id`), a narrative in Markdown, or both."""

    id: Uri | None = None
    narrative: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Image(Part):
    """A picture by its address or as a `data:` URI. Closed: it has no other members."""

    closed: ClassVar[bool] = True

    id: Uri
    type: Literal["Image"] = "Image"
    caption: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifierEntry(Part):
    """A further identifier of an achievement or a profile. Closed."""

    closed: ClassVar[bool] = True

    type: Literal["IdentifierEntry"] = "IdentifierEntry"
    identifier: str
    identifier_type: IdentifierType | Extension


@dataclass(frozen=True, slots=True, kw_only=True)
class Alignment(Part):
    """A node of a framework that an achievement or a result meets."""

    names: ClassVar[tuple[frozenset[str], ...]] = (frozenset({"Alignment"}),)

    type: Names = ("Alignment",)
    target_code: str | None = None
    target_description: str | None = None
    target_name: str
    target_framework: str | None = None
    target_type: AlignmentTargetType | Extension | None = None
    target_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Related(Part):
    """Another edition of the same achievement: an earlier version, another language."""

    names: ClassVar[tuple[frozenset[str], ...]] = (frozenset({"Related"}),)

    id: Uri
    type: Names = ("Related",)
    in_language: Language | None = None
    version: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RubricCriterionLevel(Part):
    """A step of a rubric; a result's `achieved_level` names one."""

    names: ClassVar[tuple[frozenset[str], ...]] = (frozenset({"RubricCriterionLevel"}),)

    id: Uri
    type: Names = ("RubricCriterionLevel",)
    alignment: tuple[Alignment, ...] = ()
    description: str | None = None
    level: str | None = None
    name: str
    points: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultDescription(Part):
    """A result that can be reached. Allowed values and levels run from low to high, and are signed so."""

    names: ClassVar[tuple[frozenset[str], ...]] = (frozenset({"ResultDescription"}),)

    id: Uri
    type: Names = ("ResultDescription",)
    alignment: tuple[Alignment, ...] = ()
    allowed_value: tuple[str, ...] = ()
    name: str
    required_level: Uri | None = None
    required_value: str | None = None
    result_type: ResultType | Extension
    rubric_criterion_level: tuple[RubricCriterionLevel, ...] = ()
    value_max: str | None = None
    value_min: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Result(Part):
    """A result that somebody reached; it names the description and the level that it is one of."""

    names: ClassVar[tuple[frozenset[str], ...]] = (frozenset({"Result"}),)

    type: Names = ("Result",)
    achieved_level: Uri | None = None
    alignment: tuple[Alignment, ...] = ()
    result_description: Uri | None = None
    status: ResultStatusType | None = None
    value: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Achievement(Part):
    """What can be earned: the same for everybody who earns it."""

    names: ClassVar[tuple[frozenset[str], ...]] = (frozenset({"Achievement"}),)

    id: Uri
    type: Names = ("Achievement",)
    name: str
    description: str
    criteria: Criteria
    achievement_type: AchievementType | Extension | None = None
    alignment: tuple[Alignment, ...] = ()
    creator: Profile | None = None
    credits_available: Number | None = None
    field_of_study: str | None = None
    human_code: str | None = None
    image: Image | None = None
    in_language: Language | None = None
    other_identifier: tuple[IdentifierEntry, ...] = ()
    related: tuple[Related, ...] = ()
    result_description: tuple[ResultDescription, ...] = ()
    specialization: str | None = None
    tag: tuple[str, ...] = ()
    version: str | None = None
    endorsement: tuple[EndorsementCredential, ...] = ()
    endorsement_jwt: tuple[CompactJws, ...] = ()
