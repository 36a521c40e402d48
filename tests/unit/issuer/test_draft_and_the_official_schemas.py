from __future__ import annotations

import json
from pathlib import Path

import jsonschema_rs
import pytest

from issuer.catalog import default_catalogue
from tests.awards import SUBJECT_ID, draft

FILES = ("published/ob_v3p0_achievementcredential_schema.json", "strict-2024-07/achievementcredential.json")


@pytest.mark.specs
@pytest.mark.parametrize("file", FILES)
def test_what_we_draft_fits_the_official_schemas(specs: Path, file: str) -> None:
    schema = json.loads((specs / "schemas" / "ob_v3p0" / file).read_text("utf-8"))
    validator = jsonschema_rs.validator_for(schema)
    for entry in default_catalogue().entries:
        made = draft(
            entry.code,
            score="10",
            evaluator="T. Holloway",
            evidence_url="https://pinon-mesa.example/e/1",
            subject_id=SUBJECT_ID,
            provisional=entry.provisional_until is not None,
        )
        assert [error.message for error in validator.iter_errors(made)] == [], entry.code
