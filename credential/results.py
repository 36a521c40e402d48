"""How results hang on the achievement that they are results of (Open Badges 3.0, Result)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from contexts.errors import pointer
from contexts.schema import Fault


def result_faults(
    subject: Mapping[str, Any], achievement: Mapping[str, Any], at: tuple[str | int, ...]
) -> Iterator[Fault]:
    """What is wrong with a subject's results: they name only what the asserted achievement describes.

    Args:
        subject: The `credentialSubject`.
        achievement: Its `achievement`.
        at: Where the subject stands in the document.

    Yields:
        `result_reference`, `result_level`, `result_status`.
    """
    described = {
        item["id"]: item
        for item in _objects(achievement.get("resultDescription"))
        if isinstance(item.get("id"), str)
    }
    for index, result in enumerate(_objects(subject.get("result"))):
        here = (*at, "result", index)
        named = result.get("resultDescription")
        description = described.get(named, {}) if isinstance(named, str) else {}
        if named is not None and not description:
            message = "the achievement describes no such result: use the id of one of its resultDescription"
            yield Fault("result_reference", pointer(*here, "resultDescription"), message)
            continue
        level = result.get("achievedLevel")
        levels = [item.get("id") for item in _objects(description.get("rubricCriterionLevel"))]
        if level is not None and level not in levels:
            message = "the linked result description has no such level: use the id of one of its levels"
            yield Fault("result_level", pointer(*here, "achievedLevel"), message)
        if description.get("resultType") == "Status" and result.get("status") is None:
            message = "a result of type Status says which status: Completed, InProgress or another"
            yield Fault("result_status", pointer(*here), message)


def _objects(value: object) -> list[Mapping[str, Any]]:
    listed = value if isinstance(value, list) else [value]
    return [item for item in listed if isinstance(item, Mapping)]
