"""How results hang on the achievement that they are results of (Open Badges 3.0, Result)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from contexts.errors import pointer
from contexts.schema import Fault

Steps: TypeAlias = tuple[str | int, ...]
Linked: TypeAlias = tuple[Mapping[str, Any], Mapping[str, Any] | None, Steps]
"""A result, the description that it links, and its place."""


def result_faults(subject: Mapping[str, Any], achievement: Mapping[str, Any], at: Steps) -> Iterator[Fault]:
    """What is wrong with a subject's results: they name only what the asserted achievement describes.

    Args:
        subject: The `credentialSubject`.
        achievement: Its `achievement`.
        at: Where the subject stands in the document.

    Yields:
        `result_reference`, `result_level`, `result_status`.
    """
    yield from _faults(achievement, _linked(subject, achievement, at))


def results_at_fault(
    subject: Mapping[str, Any], achievement: Mapping[str, Any], at: Steps
) -> Iterator[Fault]:
    """The faults of `result_faults` and those of `misplaced_levels`, looked for together."""
    if "result" in subject:
        found = list(_linked(subject, achievement, at))
        yield from _faults(achievement, found)
        yield from _misplaced(achievement, found)


def _faults(achievement: Mapping[str, Any], linked: Iterable[Linked]) -> Iterator[Fault]:
    for result, description, here in linked:
        if description is None:
            message = "the achievement describes no such result: use the id of one of its resultDescription"
            yield Fault("result_reference", pointer(*here, "resultDescription"), message)
            continue
        level = result.get("achievedLevel")
        if level is not None and not (level in _levels(description) or level in _all_levels(achievement)):
            message = "the achievement has no such level: use the id of a level of the linked description"
            yield Fault("result_level", pointer(*here, "achievedLevel"), message)
        if description.get("resultType") == "Status" and result.get("status") is None:
            message = "a result of type Status says which status: Completed, InProgress or another"
            yield Fault("result_status", pointer(*here), message)


def misplaced_levels(
    subject: Mapping[str, Any], achievement: Mapping[str, Any], at: Steps
) -> Iterator[Fault]:
    """Levels of this achievement, but of another result description than the linked one (`result_level`).

    Never issued. Read with a remark, because the specification's own complete example has one.
    """
    yield from _misplaced(achievement, _linked(subject, achievement, at))


def _misplaced(achievement: Mapping[str, Any], linked: Iterable[Linked]) -> Iterator[Fault]:
    for result, description, here in linked:
        level = result.get("achievedLevel")
        if level is None or description is None or level in _levels(description):
            continue
        if level in _all_levels(achievement):
            message = "the level belongs to another result description than the linked one"
            yield Fault("result_level", pointer(*here, "achievedLevel"), message)


def _linked(subject: Mapping[str, Any], achievement: Mapping[str, Any], at: Steps) -> Iterator[Linked]:
    """Each result with its description, an empty one where it links none, None where it links one amiss."""
    described = {
        item["id"]: item
        for item in _objects(achievement.get("resultDescription"))
        if isinstance(item.get("id"), str)
    }
    for index, result in enumerate(_objects(subject.get("result"))):
        named = result.get("resultDescription")
        if named is None:
            yield result, {}, (*at, "result", index)
        else:
            description = described.get(named) if isinstance(named, str) else None
            yield result, description, (*at, "result", index)


def _levels(description: Mapping[str, Any]) -> list[Any]:
    return [item.get("id") for item in _objects(description.get("rubricCriterionLevel"))]


def _all_levels(achievement: Mapping[str, Any]) -> list[Any]:
    return [level for item in _objects(achievement.get("resultDescription")) for level in _levels(item)]


def _objects(value: object) -> list[Mapping[str, Any]]:
    listed = value if isinstance(value, list) else [value]
    return [item for item in listed if item.__class__ is dict or isinstance(item, Mapping)]
