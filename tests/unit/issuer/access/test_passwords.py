"""What is kept of a password, and which ones are refused."""

from __future__ import annotations

import argon2
import pytest

from issuer.access import passwords
from issuer.access.errors import AccessError
from issuer.access.passwords import check_new, check_password, hash_password, is_outdated

pytestmark = pytest.mark.usefixtures("true_hashes")

OWN = ("Rosa Delgado", "rosa.delgado@riverbend.example", "Riverbend School District")


def test_a_password_is_kept_as_argon2id_with_the_parameters_of_owasp() -> None:
    kept = hash_password("four plain words here")
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert "plain" not in kept
    assert kept != hash_password("four plain words here")
    assert check_password(kept, "four plain words here")
    assert not check_password(kept, "four plain words herE")
    assert not is_outdated(kept)


def test_a_hash_with_other_parameters_is_outdated_and_still_fits() -> None:
    old = argon2.PasswordHasher(time_cost=1, memory_cost=1_024, parallelism=1).hash("four plain words here")
    assert check_password(old, "four plain words here")
    assert is_outdated(old)


def test_nobody_has_no_password() -> None:
    for typed in ("", "nobody has this password, and nobody is asked for it"):
        assert not check_password(None, typed)
    assert not check_password("not a hash", "four plain words here")


def test_an_unknown_person_costs_a_hash_too(monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[str] = []

    class Counting:
        def verify(self, kept: str, _typed: str) -> bool:
            checked.append(kept)
            return True

    known = passwords._nobody()
    monkeypatch.setattr(passwords, "_HASHER", Counting())
    assert not check_password(None, "x")
    assert checked == [known]


def test_two_spellings_of_one_text_are_one_password() -> None:
    assert check_password(hash_password("contraseñas largas"), "contrasen\u0303as largas")


@pytest.mark.parametrize("length", [12, 128])
def test_a_password_at_the_limits_is_taken(length: int) -> None:
    password = ("kayak moth lantern orbit " * 6)[:length]
    check_new(password, own_words=OWN)
    assert check_password(hash_password(password), password)


def test_a_password_beyond_the_limit_is_never_right() -> None:
    kept = hash_password("a1b2 " * 25 + "abc")
    assert check_password(kept, "a1b2 " * 25 + "abc")
    assert not check_password(hash_password("x" * 129), "x" * 129)
    assert not check_password(kept, "x" * 1_000_000)


@pytest.mark.parametrize(
    "password",
    [
        "kayak moth1",
        "k" * 129,
        "aaaaaaaaaaaaaaaa",
        "abababababababab",
        "1234567890123",
        "abcdefghijklmn",
        "PasswordPassword1!",
        "p a s s w o r d 12",
        "Welcome2026!!!!",
        "administrator1",
        "1999123119991",
        "Rosa Delgado!",
        "DelgadoRosa1234",
        "rosa.delgado@riverbend.example",
        "Riverbend2026!",
        "kayak moth\x07lantern",
        "kayak moth\x00lantern",
    ],
)
def test_what_others_would_try_first_is_refused(password: str) -> None:
    with pytest.raises(AccessError, match="password_refused"):
        check_new(password, own_words=OWN)


@pytest.mark.parametrize(
    "password", ["kayak moth lantern", "Rosa likes 3 lanterns", "welcome to the machine", "ελληνικά λόγια"]
)
def test_the_nearest_good_one_is_taken(password: str) -> None:
    check_new(password, own_words=OWN)


def test_hashes_at_once_have_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "LONGEST_WAIT", 0.01)
    for _ in range(passwords.AT_ONCE):
        passwords._TURNS.acquire()
    try:
        with pytest.raises(AccessError, match="sign_in_busy"):
            hash_password("four plain words here")
        passwords._TURNS.release()
        assert hash_password("four plain words here")
        passwords._TURNS.acquire()
    finally:
        for _ in range(passwords.AT_ONCE):
            passwords._TURNS.release()
