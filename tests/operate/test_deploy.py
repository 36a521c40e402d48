"""What is under `deploy/` runs without rights, on a root file system that is read-only."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic_settings import BaseSettings

from issuer.mail.set_up import server_of
from issuer.mail.smtp import LOOPBACK, Tls
from issuer.settings import Settings
from verifier.settings import Settings as VerifierSettings

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


@pytest.mark.parametrize("file", CONTAINERS, ids=lambda path: path.name)
def test_other_peoples_rules_find_nothing_in_a_container(file: Path, tmp_path: Path) -> None:
    linter = Path(sys.executable).with_name("hadolint")
    if not linter.exists():
        pytest.skip("hadolint comes as a wheel for Linux on x86-64 alone")
    done = subprocess.run([linter, "--no-color", file], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, ""), done.stdout
    # It would say so: the same file with a base image of no version.
    loose = tmp_path / "Containerfile"
    loose.write_text(
        re.sub(r"^FROM (\S+?):\S+", r"FROM \1:latest", file.read_text("utf-8"), flags=re.MULTILINE)
    )
    found = subprocess.run([linter, "--no-color", loose], capture_output=True, text=True, check=False)
    assert found.returncode == 1
    assert "DL3007" in found.stdout


def test_compose_gives_no_more_than_is_needed() -> None:
    read = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
    for name in ("issuer", "verifier", "mail"):
        service = read["services"][name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))
    used = {one for service in read["services"].values() for one in service.get("secrets", [])}
    assert used == set(read["secrets"])
    volumes = {one.split(":")[0] for s in read["services"].values() for one in s.get("volumes", [])}
    assert {one for one in volumes if not one.startswith(".")} == set(read["volumes"])
    assert not re.search(r"PASSWORD: |SECRET: ", (DEPLOY / "compose.yaml").read_text("utf-8"))


def test_what_is_mailed_in_a_try_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """The issuer's settings there are ones that it takes, and lead to the catcher beside it."""
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))["services"]
    assert services["mail"]["network_mode"] == "service:issuer"
    assert "127.0.0.1:8025:8025" in services["issuer"]["ports"]
    for name, value in services["issuer"]["environment"].items():
        if name.startswith("CAIRN_MAIL_"):
            monkeypatch.setenv(name, value)
    server = server_of(Settings())
    assert server is not None
    assert (server.host, server.port, server.tls) == ("localhost", 1025, Tls.NONE)
    assert server.host in LOOPBACK


def keys_of(settings: type[BaseSettings]) -> set[str]:
    prefix = str(settings.model_config.get("env_prefix", ""))
    return {prefix + name.upper() for name in settings.model_fields}


NOT_SETTINGS = {"CAIRN_KEY", "CAIRN_KEY_PASSPHRASE", "CAIRN_WEBHOOK_KEY"}
"""Secrets, which are read by those alone who need them."""


@pytest.mark.parametrize(
    "file", sorted(path for path in DEPLOY.rglob("*") if path.is_file()), ids=lambda path: path.name
)
def test_every_variable_that_is_set_is_one_that_is_read(file: Path) -> None:
    """A name that is written wrongly would be left unread in silence."""
    known = keys_of(Settings) | keys_of(VerifierSettings) | NOT_SETTINGS
    for name in re.findall(r"CAIRN_[A-Z_]+", file.read_text("utf-8")):
        assert name.removesuffix("_FILE") in known or name in known, name


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
        [program, "verify", str(unit)], capture_output=True, text=True, timeout=300, check=False
    )
    said = [line for line in done.stderr.splitlines() if file.name in line]
    assert said == []
