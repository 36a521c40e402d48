"""The one error of the package."""

from __future__ import annotations

import pickle
import re
from pathlib import Path

import keys
from keys.errors import CODES, KeyRefused


def test_a_refusal_carries_code_and_sentence_through_pickle() -> None:
    refused = pickle.loads(pickle.dumps(KeyRefused("weak_key", "Too small.")))  # noqa: S301 - our own octets
    assert (refused.code, refused.message, str(refused)) == ("weak_key", "Too small.", "weak_key: Too small.")


def test_the_set_of_codes_is_what_the_package_raises() -> None:
    source = "".join(path.read_text("utf-8") for path in Path(keys.__path__[0]).glob("*.py"))
    assert set(re.findall(r'KeyRefused\(\s*"([a-z_]+)"', source)) == CODES
