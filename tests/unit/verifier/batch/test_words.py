from __future__ import annotations

import re
from pathlib import Path

from verifier.batch.applicants import By
from verifier.batch.table import COLUMNS
from verifier.batch.words import BATCH

SOURCES = (Path(__file__).parents[4] / "verifier" / "batch").glob("*.py")


def test_every_language_has_the_same_sentences_with_the_same_blanks() -> None:
    first, *others = BATCH.values()
    for other in others:
        assert first.keys() == other.keys()
        for key, sentence in first.items():
            assert sorted(re.findall(r"\{(\w+)\}", sentence)) == sorted(
                re.findall(r"\{(\w+)\}", other[key])
            ), key


def test_every_code_has_its_sentence_and_every_sentence_is_said() -> None:
    source = "".join(path.read_text("utf-8") for path in SOURCES)
    words = BATCH["en"]
    said = set(re.findall(r'Said\(\s*"([a-z_.]+)"', source)) | set(
        re.findall(r'"(look\.[a-z_]+)" if', source)
    )
    said |= set(re.findall(r'else "(look\.[a-z_]+|because\.[a-z_]+)"', source))
    said |= set(re.findall(r'"(because\.[a-z_]+)" if', source))
    said |= {"not.record", "not.endorsement"}
    faults = set(re.findall(r'Fault\(\s*"([a-z0-9_]+)"', source))
    faults |= set(re.findall(r'_fault\([^()]*"([a-z_]+)"\)', source)) | {"cell_empty", "bad_credits"}
    assert {f"sheet.{code}" for code in faults} <= words.keys()
    assert said <= words.keys()
    assert {f"match.{by}" for by in By} | {f"column.{name}" for name in COLUMNS} <= words.keys()
    kinds = {
        key for key in words if key.split(".")[0] in {"not", "because", "caution", "look"} and "." in key
    }
    assert kinds == said
