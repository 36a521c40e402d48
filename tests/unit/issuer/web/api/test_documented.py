"""What `docs/issuing-api.md` shows is sent as it stands there, and works."""

from __future__ import annotations

import base64
import re
from pathlib import Path

from issuer.api.errors import CODES
from issuer.api.keys import Scope
from issuer.webhooks.events import TYPES
from tests.programs import Program

PAPER = (Path(__file__).parents[5] / "docs" / "issuing-api.md").read_text("utf-8")
EXPECTED = {
    "POST /oauth/token": 200,
    "POST /credentials/issue": 201,
    "GET /credentials/SIS-1": 200,
    "POST /credentials/status": 200,
    "POST /v1/batches": 202,
    "GET /v1/awards?status=active&limit=50": 200,
}


def test_each_request_of_the_paper_is_answered_as_it_says(program: Program) -> None:
    key = program.key
    client = base64.b64encode(f"{key.key.id}:{key.text}".encode()).decode()
    filled = {"{CLIENT}": client, "{KEY}": key.text, "{ORIGIN}": program.house.district.origin}
    seen = {}
    for block in re.findall(r"```http\n(.*?)```", PAPER, re.DOTALL):
        text = block
        for name, value in filled.items():
            text = text.replace(name, value)
        head, _, body = text.partition("\n\n")
        first, *lines = head.strip().split("\n")
        method, path = first.split(" ")
        headers = dict(line.split(": ", 1) for line in lines)
        answer = program.client.request(method, path, headers=headers, content=body.strip())
        seen[first] = answer.status_code
    assert seen == EXPECTED


def test_the_paper_names_what_there_is() -> None:
    for name in (*Scope, *TYPES):
        assert f"`{name}`" in PAPER, name
    for code in re.findall(r"with `([a-z_]+)`:", PAPER):
        assert code in CODES
