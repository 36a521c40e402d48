"""Private keys are made, kept, used and ended, and never shown."""

from __future__ import annotations

import copy
import json
import logging
import os
import pickle
import stat
import traceback
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from keys.custody import KeyRecord, Keyring
from keys.did import assertion_key, assertion_keys, did_web_document
from keys.errors import KeyRefused
from keys.key_record import bound_octets
from keys.multibase import base64url_encode
from keys.public import KeyType
from keys.seal import SMALLEST_SCRYPT_COST, Hidden, Secret, seal
from keys.signer import Signer
from tests.unit.keys.constants import RFC6979_SCALAR, RFC6979_SIGNATURE, ed25519_private

DISTRICT = "did:web:badges.district.example"
OTHER = "did:web:badges.valley.example"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECRET = Secret.from_passphrase(Hidden(b"correct horse battery"))
WRONG = Secret.from_passphrase(Hidden(b"correct horse batterz"))


class Numbered:
    """Octets that are different at each call and the same in each run."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, count: int) -> bytes:
        self.calls += 1
        return self.calls.to_bytes(count, "big")


@pytest.fixture
def keyring(tmp_path: Path) -> Keyring:
    return Keyring(tmp_path / "keys", random=Numbered(), cost=SMALLEST_SCRYPT_COST)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "keys"


def made(keyring: Keyring, key_type: KeyType = KeyType.ED25519, controller: str = DISTRICT) -> KeyRecord:
    return keyring.create(controller, key_type, secret=SECRET, now=NOON)


def file_of(folder: Path, record: KeyRecord) -> Path:
    return folder / f"{record.key_id}.json"


def refusal(keyring: Keyring, record: KeyRecord, secret: Secret = SECRET) -> KeyRefused:
    with pytest.raises(KeyRefused) as refused:
        keyring.open(record.key_id, secret)
    return refused.value


def test_keys_of_one_second_stand_in_the_order_in_which_they_were_made(keyring: Keyring) -> None:
    moments = [NOON + timedelta(milliseconds=step) for step in range(1, 9)]
    made_so = [keyring.create(DISTRICT, KeyType.ED25519, secret=SECRET, now=at).key_id for at in moments]
    assert [record.key_id for record in keyring.keys(DISTRICT)] == made_so
    assert keyring.active(DISTRICT, KeyType.ED25519).key_id == made_so[-1]


@pytest.mark.parametrize("key_type", [KeyType.ED25519, KeyType.P256, KeyType.RSA])
def test_a_key_of_each_type_signs(keyring: Keyring, key_type: KeyType) -> None:
    record = made(keyring, key_type)
    signer = keyring.open(record.key_id, SECRET)
    assert isinstance(signer, Signer)
    assert signer.public_key == record.public_key
    assert record.public_key.key_type is key_type
    assert (signer.controller, signer.verification_method) == (DISTRICT, record.verification_method)
    signature = signer.sign(b"a badge")
    assert record.public_key.verify(signature, b"a badge")
    assert not record.public_key.verify(signature, b"a badge.")
    assert signer.sign(b"a badge") == signature


def test_a_p256_key_signs_as_rfc_6979_says(folder: Path) -> None:
    def scalar(count: int) -> bytes:
        return (RFC6979_SCALAR - 1).to_bytes(40, "big")[-count:]

    keyring = Keyring(folder, random=scalar, cost=SMALLEST_SCRYPT_COST)
    record = made(keyring, KeyType.P256)
    assert keyring.open(record.key_id, SECRET).sign(b"sample") == RFC6979_SIGNATURE


def test_p384_is_checked_but_not_made(keyring: Keyring) -> None:
    with pytest.raises(KeyRefused, match="unsupported_key"):
        made(keyring, KeyType.P384)


def test_a_controller_that_is_no_did_is_refused(keyring: Keyring, folder: Path) -> None:
    with pytest.raises(KeyRefused, match="malformed_did"):
        made(keyring, controller="https://district.example")
    assert list(folder.iterdir()) == []


def test_files_and_folder_are_the_owners_alone(keyring: Keyring, folder: Path) -> None:
    record = made(keyring)
    keyring.retire(record.key_id, at=NOON)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()] == [0o600]


@pytest.mark.parametrize("mode", [0o770, 0o702])
def test_a_folder_that_others_write_to_is_refused(keyring: Keyring, folder: Path, mode: int) -> None:
    folder.chmod(mode)
    with pytest.raises(KeyRefused, match="unsafe_keyring"):
        Keyring(folder)
    folder.chmod(0o750)
    Keyring(folder)


def test_a_keyring_opens_again_in_another_process_view(keyring: Keyring, folder: Path) -> None:
    record = made(keyring)
    again = Keyring(folder)
    assert again.keys() == (record,)
    assert again.get(record.key_id) == record
    assert again.open(record.key_id, SECRET).public_key == record.public_key


def test_a_key_file_opens_as_well_as_a_passphrase(keyring: Keyring) -> None:
    secret = Secret.from_key_file(Hidden(bytes(range(32))))
    record = keyring.create(DISTRICT, KeyType.ED25519, secret=secret, now=NOON)
    assert keyring.open(record.key_id, secret).public_key == record.public_key
    assert refusal(keyring, record, SECRET).code == "wrong_passphrase"


def test_a_wrong_passphrase_changes_nothing(keyring: Keyring, folder: Path) -> None:
    record = made(keyring)
    before = file_of(folder, record).read_bytes()
    refused = refusal(keyring, record, WRONG)
    assert refused.code == "wrong_passphrase"
    assert "try again" in refused.message
    assert file_of(folder, record).read_bytes() == before


def _changed(folder: Path, record: KeyRecord, **members: Any) -> bytes:
    path = file_of(folder, record)
    found = json.loads(path.read_bytes())
    found["sealed"] |= members.pop("sealed", {})
    path.write_text(json.dumps(found | members))
    return path.read_bytes()


def test_a_tampered_file_is_refused_and_left_alone(keyring: Keyring, folder: Path) -> None:
    record = made(keyring)
    written = _changed(folder, record, sealed={"ciphertext": base64url_encode(bytes(64))})
    refused = refusal(keyring, record)
    assert refused.code == "tampered_key_file"
    assert "backup" in refused.message
    assert file_of(folder, record).read_bytes() == written


def test_a_file_made_to_speak_for_another_is_refused(keyring: Keyring, folder: Path) -> None:
    record = made(keyring)
    _changed(folder, record, controller=OTHER)
    assert refusal(keyring, record).code == "tampered_key_file"
    _changed(folder, record, controller=DISTRICT, created="2026-02-01T00:00:00+00:00")
    assert refusal(keyring, record).code == "tampered_key_file"


def test_a_sealed_half_of_another_key_is_refused(keyring: Keyring, folder: Path) -> None:
    record, other = made(keyring), made(keyring)
    _changed(folder, record, sealed=json.loads(file_of(folder, other).read_bytes())["sealed"])
    assert refusal(keyring, record).code == "tampered_key_file"


def test_a_well_sealed_half_of_another_key_is_refused(keyring: Keyring, folder: Path) -> None:
    record = made(keyring)
    octets = ed25519_private(9).private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    sealed = seal(
        Hidden(octets), SECRET, bound=bound_octets(record), random=Numbered(), cost=SMALLEST_SCRYPT_COST
    )
    _changed(folder, record, sealed=sealed)
    assert refusal(keyring, record).code == "tampered_key_file"
    p384 = ec.derive_private_key(7, ec.SECP384R1()).private_bytes(
        Encoding.DER, PrivateFormat.PKCS8, NoEncryption()
    )
    for other in (p384, b"no key"):
        sealed = seal(
            Hidden(other), SECRET, bound=bound_octets(record), random=Numbered(), cost=SMALLEST_SCRYPT_COST
        )
        _changed(folder, record, sealed=sealed)
        assert refusal(keyring, record).code == "tampered_key_file"


@pytest.mark.parametrize("length", [0, 1, 100, 400])
def test_a_truncated_file_is_refused_by_every_door_and_left_alone(
    keyring: Keyring, folder: Path, length: int
) -> None:
    record = made(keyring)
    path = file_of(folder, record)
    path.write_bytes(path.read_bytes()[:length])
    for door in (
        lambda: keyring.open(record.key_id, SECRET),
        keyring.keys,
        lambda: keyring.get(record.key_id),
        lambda: keyring.retire(record.key_id, at=NOON),
        lambda: keyring.compromise(record.key_id, since=NOON),
    ):
        with pytest.raises(KeyRefused, match="malformed_key_file") as refused:
            door()
        assert path.name in refused.value.message
    assert path.stat().st_size == length


def test_a_file_with_megabytes_behind_it_is_refused(keyring: Keyring, folder: Path) -> None:
    record = made(keyring)
    with file_of(folder, record).open("ab") as file:
        file.write(b" " * 70_000)
    with pytest.raises(KeyRefused, match="malformed_key_file"):
        keyring.keys()


def test_names_that_are_no_keys_are_refused(keyring: Keyring) -> None:
    for name in (
        "",
        "key-",
        "../../etc/passwd",
        f"key-{'A' * 43}",
        f"key-{'A' * 42}/",
        "key-" + "A" * 43 + "\n",
    ):
        with pytest.raises(KeyRefused, match="key_not_found"):
            keyring.open(name, SECRET)


def test_the_same_key_is_not_written_twice(folder: Path) -> None:
    def same(count: int) -> bytes:
        return bytes(range(count))

    keyring = Keyring(folder, random=same, cost=SMALLEST_SCRYPT_COST)
    record = made(keyring)
    before = file_of(folder, record).read_bytes()
    with pytest.raises(KeyRefused, match="key_exists"):
        made(keyring, controller=OTHER)
    assert [path.read_bytes() for path in folder.iterdir()] == [before]


def test_a_crash_while_writing_leaves_the_old_file(
    keyring: Keyring, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = made(keyring)
    before = file_of(folder, record).read_bytes()

    def fails(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", fails)
        with pytest.raises(OSError, match="No space"):
            keyring.retire(record.key_id, at=NOON)
        with pytest.raises(OSError, match="No space"):
            made(keyring)
    assert [path.read_bytes() for path in folder.iterdir()] == [before]


def test_leftovers_and_foreign_files_are_not_keys(keyring: Keyring, folder: Path) -> None:
    record = made(keyring)
    (folder / ".abc.new").write_text("half")
    (folder / "README").write_text("ours")
    assert keyring.keys() == (record,)


def test_keys_are_listed_by_controller_and_age(keyring: Keyring) -> None:
    later = keyring.create(DISTRICT, KeyType.ED25519, secret=SECRET, now=NOON + timedelta(days=1))
    first, foreign = made(keyring), made(keyring, controller=OTHER)
    assert keyring.keys(DISTRICT) == (first, later)
    assert keyring.keys(OTHER) == (foreign,)
    assert set(keyring.keys()) == {first, later, foreign}
    assert keyring.active(DISTRICT, KeyType.ED25519) == later
    with pytest.raises(KeyRefused, match="key_not_found"):
        keyring.active(DISTRICT, KeyType.P256)


def test_rotation_makes_one_and_retires_those_of_its_type(keyring: Keyring) -> None:
    old, hardware, foreign = made(keyring), made(keyring, KeyType.P256), made(keyring, controller=OTHER)
    changed = NOON + timedelta(days=365)
    new = keyring.rotate(DISTRICT, KeyType.ED25519, secret=SECRET, now=changed)
    assert keyring.active(DISTRICT, KeyType.ED25519) == new
    assert keyring.get(old.key_id).retired == changed
    assert keyring.get(hardware.key_id) == hardware
    assert keyring.get(foreign.key_id) == foreign
    assert refusal(keyring, old).code == "key_not_active"


def test_what_a_retired_key_signed_stays_checkable(keyring: Keyring) -> None:
    old = made(keyring)
    keyring.rotate(DISTRICT, KeyType.ED25519, secret=SECRET, now=NOON + timedelta(days=1))
    document = did_web_document(DISTRICT, keyring.published(DISTRICT))
    found = assertion_key(document, old.verification_method)
    found.check_use(NOON + timedelta(days=1))
    with pytest.raises(KeyRefused, match="key_expired"):
        found.check_use(NOON + timedelta(days=1, seconds=1))


def test_an_end_within_a_second_does_not_cut_what_was_signed_before_it(keyring: Keyring) -> None:
    record = keyring.retire(made(keyring).key_id, at=NOON + timedelta(milliseconds=900))
    assert record.retired == NOON + timedelta(seconds=1)
    assert keyring.get(record.key_id) == record


def test_a_key_is_retired_once(keyring: Keyring) -> None:
    record = keyring.retire(made(keyring).key_id, at=NOON)
    with pytest.raises(KeyRefused, match="key_not_active"):
        keyring.retire(record.key_id, at=NOON + timedelta(days=1))
    assert keyring.get(record.key_id).retired == NOON


def test_a_compromise_needs_no_secret_and_its_earliest_time_stands(keyring: Keyring) -> None:
    record = made(keyring)
    assert keyring.compromise(record.key_id, since=NOON).compromised_since == NOON
    early = NOON - timedelta(days=3)
    assert keyring.compromise(record.key_id, since=early).compromised_since == early
    assert keyring.compromise(record.key_id, since=NOON).compromised_since == early
    assert refusal(keyring, record).code == "key_not_active"
    document = did_web_document(DISTRICT, keyring.published(DISTRICT))
    assert assertion_keys(document) == ()
    with pytest.raises(KeyRefused, match="key_revoked"):
        assertion_key(document, record.verification_method)


def test_a_retired_key_can_be_compromised_still(keyring: Keyring) -> None:
    record = keyring.retire(made(keyring).key_id, at=NOON)
    ended = keyring.compromise(record.key_id, since=NOON)
    assert (ended.retired, ended.compromised_since) == (NOON, NOON)


def _private_forms(signer: Signer) -> list[bytes]:
    """Every form in which the private octets could show themselves."""
    native = cast("Any", signer)._private
    octets = native.private_bytes_raw()
    return [octets, octets.hex().encode(), base64url_encode(octets).encode(), repr(octets)[2:-1].encode()]


def test_the_private_half_is_nowhere_to_be_seen(
    keyring: Keyring, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    real = Keyring(folder, cost=SMALLEST_SCRYPT_COST)
    record = made(real)
    signer = real.open(record.key_id, SECRET)
    shown = [repr(signer), str(signer), repr(real), repr(record), str(dir(signer)), caplog.text]
    shown += [file_of(folder, record).read_text(), repr(SECRET)]
    for leak in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError) as refused:
            leak(signer)
        shown.append(str(refused.value))
    assert not hasattr(signer, "__dict__")
    assert json.dumps(record.public_key.jwk()) in json.dumps([record.public_key.jwk()])
    for form in _private_forms(signer):
        assert not any(form in text.encode() for text in shown)


def test_a_traceback_with_variables_shows_no_private_octets(folder: Path) -> None:
    """Some tools print the variables of every frame when a command fails."""
    keyring = Keyring(folder, cost=SMALLEST_SCRYPT_COST)
    record, other = made(keyring), made(keyring)
    signer = keyring.open(record.key_id, SECRET)
    forms = _private_forms(signer)
    errors: list[BaseException] = [refusal(keyring, record, WRONG)]
    with pytest.raises(TypeError) as mistaken:
        signer.sign(cast("bytes", "text"))
    errors.append(mistaken.value)
    kept = file_of(folder, record).read_bytes()
    _changed(folder, record, sealed=json.loads(file_of(folder, other).read_bytes())["sealed"])
    errors.append(refusal(keyring, record))
    file_of(folder, record).write_bytes(kept)
    for error in errors:
        shown = traceback.TracebackException.from_exception(error, capture_locals=True)
        own = [frame for frame in shown.stack if "/tests/" not in frame.filename]
        assert own
        text = "".join(traceback.StackSummary.from_list(own).format()) + str(error)
        assert "correct horse" not in text
        assert not any(form in text.encode() for form in forms)


def test_a_failure_inside_the_making_of_a_key_shows_no_private_octets(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyring = Keyring(folder, random=Numbered(), cost=SMALLEST_SCRYPT_COST)

    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("the disk is gone")

    monkeypatch.setattr("keys.custody.seal", fails)
    with pytest.raises(RuntimeError) as failed:
        made(keyring)
    shown = traceback.TracebackException.from_exception(failed.value, capture_locals=True)
    text = "".join(line for line in shown.format() if "/keys/custody.py" in line)
    assert "hidden" in text
    assert repr((1).to_bytes(32, "big"))[2:-1] not in text
