"""What this server takes beyond badges, the product does not: not as a library, not by its command line, not
by HTTP, and by no setting.
"""

from __future__ import annotations

import ast
import dataclasses
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from contexts import pinned
from contexts.document import compose
from contexts.pinned import CHECKING, ISSUING, ContextSet
from credential.errors import CredentialError
from credential.proof.data_integrity import add_proof
from tests.conformance.contexts import EXAMPLES, VDL, w3c
from tests.conformance.forging import STRANGER, forged
from tests.conformance.profile import examine
from tests.conformance.samples import PLAIN, RICH, WRITTEN
from tests.site import ask, make_site
from tests.world import NOW, World
from verifier.cli import main
from verifier.evidence import Evidence, Failure, Outcome, Presented, PresentedKind
from verifier.policy import Policy
from verifier.settings import Settings
from verifier.verify import verify

ROOT = Path(__file__).parents[2]
PRODUCT = ("contexts", "keys", "credential", "issuer", "verifier")


def product_files() -> Iterator[Path]:
    for package in PRODUCT:
        yield from (ROOT / package).rglob("*.py")


def badge(**members: Any) -> dict[str, Any]:
    """A badge that the world's verifier would call valid, but for its issuer and its proof."""
    value = World().badge_value()
    value.pop("credentialStatus", None)
    return value | members


def loosened() -> dict[str, dict[str, Any]]:
    """What this server verifies and the product must not."""
    own = {"issuer": {"id": STRANGER.controller, "type": ["Profile"], "name": "Anybody"}}
    contexts = badge()["@context"]
    words = {"Bees": "urn:example:Bees"}
    foreign = badge()["issuer"]
    return {
        "no badge at all": forged(PLAIN),
        "the examples' words": forged(RICH),
        "a context of its own": forged(WRITTEN),
        "a badge with the examples' context": forged(badge(**own, **{"@context": [*contexts, EXAMPLES]})),
        "a badge with a context of its own": forged(badge(**own, **{"@context": [*contexts, words]})),
        "a badge in another's name, by a stranger's key": forged(badge(issuer=foreign)),
        "a badge that tells no more than whose it is": forged(
            badge(**own, credentialSubject={"id": "did:example:noor"})
        ),
        "a badge without a beginning": forged(
            {name: part for name, part in badge(**own).items() if name != "validFrom"}
        ),
    }


CASES = sorted(loosened())


def nobody(need: Any) -> Failure:
    return Failure(need, "not_kept_here", "nobody is asked", NOW)


@pytest.mark.parametrize("case", CASES)
def test_the_servers_own_profile_takes_it(case: str) -> None:
    assert examine(loosened()[case], nobody, datetime.now(UTC)).outcome is Outcome.VALID


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("trusting", [False, True], ids=["knowing nobody", "knowing the district"])
def test_the_products_check_does_not(case: str, *, trusting: bool) -> None:
    data = compose(loosened()[case]).raw
    world = World()
    if trusting:
        verdict = world.check(data)
    else:
        evidence = Evidence(Presented(PresentedKind.DOCUMENT, data, source="json"), asked_at=NOW)
        verdict = verify(evidence, Policy(), datetime.now(UTC))
    assert verdict.outcome is not Outcome.VALID
    assert verdict.outcome is Outcome.INVALID or verdict.credential is None or "another" not in case


@pytest.mark.parametrize("case", CASES)
def test_neither_does_its_http(case: str, tmp_path: Path) -> None:
    site = make_site(World(), tmp_path)
    for options in ({}, {"returnCredential": True}):
        body = {"verifiableCredential": loosened()[case], "options": options}
        answer = ask(site, "/credentials/verify", "POST", json=body)
        assert answer.json().get("verified") is not True
    for option in ("profile", "contexts", "w3c", "checks"):
        body = {"verifiableCredential": loosened()[case], "options": {option: "w3c"}}
        assert ask(site, "/credentials/verify", "POST", json=body).status_code == 400


GOOD = "a badge like any other"
"""The twin of all of them: what the product's check takes from the same stranger."""


@pytest.mark.parametrize("case", [GOOD, *CASES])
def test_neither_does_its_command_line(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "badge.json"
    issuer = {"id": STRANGER.controller, "type": ["Profile"], "name": "Anybody"}
    sent = (loosened() | {GOOD: forged(badge(issuer=issuer))})[case]
    file.write_text(json.dumps(sent), "utf-8")
    trust = tmp_path / "trust.json"
    entry = {"id": STRANGER.controller, "name": "Somebody else"}
    trust.write_text(json.dumps({"version": 1, "name": "List", "entries": [entry]}), "utf-8")
    monkeypatch.setattr("sys.argv", ["cairn-verify", "check", str(file), "--trust", str(trust)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert (ended.value.code in (0, None)) is (case == GOOD), capsys.readouterr().out


@pytest.mark.parametrize("value", [PLAIN | {"@context": [*PLAIN["@context"], EXAMPLES]}, WRITTEN])
@pytest.mark.parametrize("contexts", [ISSUING, CHECKING], ids=["issuing", "checking"])
def test_the_products_sets_sign_none_of_it(value: dict[str, Any], contexts: ContextSet) -> None:
    document = compose(value | {"issuer": STRANGER.controller})
    with pytest.raises(ValueError, match=r"^(inline_context|context_not_allowed)"):
        add_proof(document, STRANGER, created=NOW, contexts=contexts)


def test_the_product_signs_in_nobody_elses_name() -> None:
    with pytest.raises(CredentialError, match=r"^issuer_key_mismatch"):
        add_proof(compose(PLAIN | {"issuer": "https://bees.example/keeper"}), STRANGER, created=NOW)


def test_no_pin_and_no_set_of_the_product_is_beyond_badges() -> None:
    assert {name for name, value in vars(pinned).items() if isinstance(value, ContextSet)} == {
        "ISSUING",
        "CHECKING",
    }
    assert not ISSUING.written_in
    assert not CHECKING.written_in
    for url in (EXAMPLES, VDL):
        assert url not in ISSUING
        assert url not in CHECKING
        assert url in w3c() or url == VDL
    with pytest.raises(AttributeError):
        CHECKING.written_in = True


def test_no_line_of_the_product_makes_a_set_or_allows_what_is_written_in() -> None:
    """The one seam is a parameter; nothing that is delivered gives it."""
    made: list[str] = []
    for file in product_files():
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                called = node.func.id if isinstance(node.func, ast.Name) else ""
                if called == "ContextSet" or any(word.arg == "written_in" for word in node.keywords):
                    made.append(f"{file.relative_to(ROOT)}: {ast.unparse(node)}")
    assert made == [
        "contexts/pinned.py: ContextSet('issuing', _SETS['issuing'])",
        "contexts/pinned.py: ContextSet('checking', _SETS['checking'])",
    ]


def test_no_policy_and_no_setting_speaks_of_it() -> None:
    named = {one.name for one in dataclasses.fields(Policy)} | set(Settings.model_fields)
    assert not {name for name in named if "profile" in name or "context" in name}


def test_nothing_of_the_product_knows_these_tests() -> None:
    for file in product_files():
        assert "tests.conformance" not in file.read_text("utf-8"), file
