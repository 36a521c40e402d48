"""What is under `deploy/` runs without rights, on a root file system that is read-only."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

DEPLOY = Path(__file__).parents[2] / "deploy"
CONTAINERS = sorted(DEPLOY.glob("Containerfile.*"))
UNITS = sorted((DEPLOY / "systemd").glob("*.*"))
CHART = DEPLOY / "helm" / "cairn"


@pytest.mark.parametrize("file", CONTAINERS, ids=lambda path: path.name)
def test_a_container_is_small_in_rights_and_says_whether_it_is_well(file: Path) -> None:
    text = file.read_text("utf-8")
    last = text.rpartition("\nFROM ")[2]
    assert re.search(r"^USER 10001:10001$", last, re.MULTILINE)
    assert "HEALTHCHECK" in last
    assert "--require-hashes" in text
    assert ":latest" not in text
    for line in re.findall(r"^(?:CMD|ENTRYPOINT) (.*)$", last, re.MULTILINE):
        assert all(isinstance(word, str) for word in json.loads(line)), "the form that needs no shell"
    for copied in re.findall(r"^COPY (?!--)(.*) \S+$", text, re.MULTILINE):
        for name in copied.split():
            assert (DEPLOY.parent / name).exists(), name
    assert len(CONTAINERS) == 2


def test_compose_gives_no_more_than_is_needed() -> None:
    read = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
    for name in ("issuer", "verifier", "mail"):
        service = read["services"][name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert all(port.startswith("127.0.0.1:") for port in service["ports"])
    used = {one for service in read["services"].values() for one in service.get("secrets", [])}
    assert used == set(read["secrets"])
    volumes = {one.split(":")[0] for s in read["services"].values() for one in s.get("volumes", [])}
    assert {one for one in volumes if not one.startswith(".")} == set(read["volumes"])
    assert not re.search(r"PASSWORD: |SECRET: ", (DEPLOY / "compose.yaml").read_text("utf-8"))


def rendered(template: str, values: dict[str, Any]) -> list[Any]:
    """The documents of a template that takes values and quotes them, and does nothing else."""

    def value(found: re.Match[str]) -> str:
        at: Any = values
        for name in found[1].split("."):
            at = at[name]
        return json.dumps(at)

    text = re.sub(r"\{\{ \.Values\.([a-z.]+)(?: \| quote)? \}\}", value, template)
    assert "{{ " not in text
    return list(yaml.safe_load_all(text))


@pytest.mark.parametrize("file", sorted((CHART / "templates").glob("*.yaml")), ids=lambda path: path.stem)
def test_the_chart_runs_without_rights(file: Path) -> None:
    values = yaml.safe_load((CHART / "values.yaml").read_text("utf-8"))
    assert yaml.safe_load((CHART / "Chart.yaml").read_text("utf-8"))["apiVersion"] == "v2"
    deployment, service = rendered(file.read_text("utf-8"), values)
    pod = deployment["spec"]["template"]["spec"]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["automountServiceAccountToken"] is False
    (container,) = pod["containers"]
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    assert container["securityContext"]["allowPrivilegeEscalation"] is False
    assert container["livenessProbe"]["httpGet"]["path"] == "/healthz"
    assert container["readinessProbe"]["httpGet"]["path"] == "/readyz"
    assert {one["name"] for one in container["volumeMounts"]} == {one["name"] for one in pod["volumes"]}
    assert service["spec"]["selector"] == deployment["spec"]["selector"]["matchLabels"]
    assert deployment["spec"]["template"]["metadata"]["labels"] == service["spec"]["selector"]


@pytest.mark.parametrize("file", [path for path in UNITS if path.suffix == ".service"], ids=lambda p: p.name)
def test_a_unit_runs_without_rights(file: Path, tmp_path: Path) -> None:
    text = file.read_text("utf-8")
    for needed in ("NoNewPrivileges=yes", "ProtectSystem=strict", "UMask=0077", "CapabilityBoundingSet=\n"):
        assert needed in text, needed
    assert re.search(r"^User=cairn", text, re.MULTILINE)
    program = shutil.which("systemd-analyze")
    if program is None:
        return
    # It looks whether the program is there: here it stands for the installed one.
    unit = tmp_path / file.name
    unit.write_text(
        re.sub(r"/opt/cairn/bin/[a-z-]+", "/bin/true", text)
        .replace("User=cairn-verify", "User=root")
        .replace("User=cairn", "User=root"),
        "utf-8",
    )
    done = subprocess.run(
        [program, "verify", str(unit)], capture_output=True, text=True, timeout=60, check=False
    )
    said = [line for line in done.stderr.splitlines() if file.name in line]
    assert said == []
