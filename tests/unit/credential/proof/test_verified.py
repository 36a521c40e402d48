"""Nobody makes a `Verified` but the two checkers."""

from __future__ import annotations

import ast
import copy
import dataclasses
import pickle
from pathlib import Path

import pytest

from contexts.document import compose
from credential.proof.data_integrity import check_proof
from credential.proof.verified import Verified
from tests.attacks.badges import ED25519, signed

ROOT = Path(__file__).parents[4]
PACKAGES = ("contexts", "keys", "credential", "issuer", "verifier")


@pytest.fixture
def verified() -> Verified:
    return check_proof(compose(signed()), lambda _: ED25519.public_key)


def test_it_has_no_public_constructor(verified: Verified) -> None:
    with pytest.raises(TypeError, match="check_proof and check_jwt"):
        Verified()
    with pytest.raises(TypeError, match="check_proof and check_jwt"):
        Verified(verified.document, verified.claims, verified.notes)


def test_it_has_no_subclasses() -> None:
    with pytest.raises(TypeError, match="no subclasses"):
        type("Forged", (Verified,), {})


def test_it_does_not_change(verified: Verified) -> None:
    for name in ("document", "_document", "claims", "_notes", "anything"):
        with pytest.raises(AttributeError):
            setattr(verified, name, None)
        with pytest.raises(AttributeError):
            delattr(verified, name)
    assert not hasattr(verified, "__dict__")


def test_no_copy_says_something_else(verified: Verified) -> None:
    assert copy.copy(verified) is verified
    assert copy.deepcopy(verified) is verified
    assert not dataclasses.is_dataclass(verified)
    if hasattr(copy, "replace"):  # Python 3.13
        with pytest.raises(TypeError):
            copy.replace(verified, notes=())


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_it_is_not_stored_and_not_restored(verified: Verified, protocol: int) -> None:
    with pytest.raises(TypeError, match="check it again"):
        pickle.dumps(verified, protocol)
    with pytest.raises(TypeError, match="check the credential again"):
        verified.__setstate__({"_notes": ()})
    with pytest.raises(TypeError):
        pickle.loads(b"\x80\x04\x8c\x19credential.proof.verified\x8c\x08Verified\x93)\x81.")  # noqa: S301  # the forgery itself


def test_it_does_not_follow_what_it_was_made_from() -> None:
    document = compose(signed())
    verified = check_proof(document, lambda _: ED25519.public_key)
    document.value["name"] = "Changed afterwards"
    assert verified.document.value["name"] == "Welding, level one"
    assert b"Changed" not in verified.document.raw


def test_its_representation_shows_no_claims_of_the_badge(verified: Verified) -> None:
    assert repr(verified) == "<Verified: 1 proof(s), 0 note(s)>"


def test_only_the_two_checkers_seal() -> None:
    """Whoever else could call `sealed` could say that anything was verified."""
    users: set[tuple[str, str]] = set()
    for path in (path for package in PACKAGES for path in (ROOT / package).rglob("*.py")):
        text = path.read_text("utf-8")
        if "sealed" not in text or path.name == "verified.py":
            continue
        tree = ast.parse(text)
        imports = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
        if not any(node.module == "credential.proof.verified" for node in imports):
            assert "proof import verified" not in text
            continue
        for node in tree.body:
            if "sealed" in {getattr(part, "id", "") for part in ast.walk(node)}:
                users.add((path.relative_to(ROOT).as_posix(), getattr(node, "name", "")))
    assert users == {
        ("credential/proof/data_integrity.py", "check_proof"),
        ("credential/proof/vc_jwt.py", "check_jwt"),
    }
