"""The specifications' own canonical documents: ours are byte-equal, or nothing of ours interoperates."""

from __future__ import annotations

import html
import json
import re
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from contexts.canonical import canonical_quads
from contexts.document import compose
from contexts.pinned import CHECKING, ContextSet
from contexts.rdfc import DigestName

EXTRA = ("https://www.w3.org/ns/credentials/examples/v2", "https://w3id.org/citizenship/v4rc1")
pytestmark = pytest.mark.specs


def wider(specs: Path) -> ContextSet:
    """Our contexts and the two that only the specifications' examples use."""
    index = json.loads((specs / "contexts/index.json").read_text("utf-8"))
    extra = {url: json.loads((specs / index[url]["file"]).read_text("utf-8")) for url in EXTRA}
    return ContextSet("vectors", {url: CHECKING.get(url) for url in CHECKING.urls} | extra)


def read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found


FOLDERS = (
    "vc-di-eddsa/eddsa-rdfc-2022",
    "vc-di-eddsa/eddsa-rdfc-2022/employ",
    "vc-di-eddsa/Ed25519Signature2020",
    "vc-di-ecdsa/ecdsa-rdfc-2019-p256",
    "vc-di-ecdsa/ecdsa-rdfc-2019-p256/employ",
    "vc-di-ecdsa/ecdsa-rdfc-2019-p384",
    "vc-di-ecdsa/ecdsa-rdfc-2019-p384/employ",
)


@pytest.mark.parametrize("folder", FOLDERS)
def test_document_and_proof_options_of_the_w3c_vectors(specs: Path, folder: str) -> None:
    here = specs / "vectors" / folder
    contexts = wider(specs)
    digest: DigestName = "sha384" if "p384" in folder else "sha256"
    document = read(next(here.glob("signed*.json")))
    del document["proof"]
    options = read(next(here.glob("proofConfig*.json")))
    wanted_document = next(here.glob("canonDoc*.txt")).read_bytes()
    wanted_options = next(here.glob("proofCanon*.txt")).read_bytes()
    assert canonical_quads(compose(document), contexts=contexts, digest=digest) == wanted_document
    assert canonical_quads(compose(options), contexts=contexts, digest=digest) == wanted_options


def test_the_open_badge_of_the_implementation_guide(specs: Path) -> None:
    here = specs / "vectors/ob-impl-guide"
    page = (here / "linked-data-proof-ob.html").read_text("utf-8")
    text = html.unescape(re.sub(r"<[^>]*>", "", page))
    start = text.index('{\n            "@context"')
    document, _ = json.JSONDecoder().raw_decode(text[start:])
    options = {
        "@context": document["@context"],
        "type": "DataIntegrityProof",
        "created": "2010-01-01T19:23:24Z",
        "verificationMethod": document["issuer"]["id"] + "#z6MkjZRZv3aez3r18pB1RBFJR1kwUVJ5jHt92JmQwXbd5hwi",
        "cryptosuite": "eddsa-rdfc-2022",
        "proofPurpose": "assertionMethod",
    }
    assert canonical_quads(compose(document)) == (here / "obv3p0/document-canon.txt").read_bytes()
    assert canonical_quads(compose(options)) == (here / "obv3p0/proof-canon.txt").read_bytes()


def test_the_carried_contexts_say_what_the_specifications_files_say(specs: Path) -> None:
    index = json.loads((specs / "contexts/index.json").read_text("utf-8"))
    newer = "contexts/purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.1edtech-validator-2026-06.json"
    here = files("contexts")
    for pin in tomllib.loads(here.joinpath("pins.toml").read_text("utf-8"))["context"]:
        official = newer if "newer" in pin["file"] else index[pin["url"]]["file"]
        carried = json.loads(here.joinpath("documents", pin["file"]).read_text("utf-8"))
        assert carried == read(specs / official), pin["file"]


EXAMPLES = (
    "achievementAlignmentCase",
    "achievementAlignmentCe",
    "basicOpenBadgeCredential",
    "fullOpenBadge",
    "skillAssertionCase",
    "skillAssertionCtdl",
)


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_specifications_examples_lose_nothing(specs: Path, name: str) -> None:
    from contexts import reference

    page = (specs / f"examples/ob_v3p0/spec-fragments/{name}.html").read_text("utf-8")
    text = html.unescape(re.sub("<[^>]+>", "", page))
    document = compose(json.JSONDecoder().raw_decode(text[text.index("{") :])[0])
    assert canonical_quads(document) == reference.canonical_quads(document)
