from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from contexts.canonical import canonical_quads
from contexts.document import STATUS_LIST_LIMITS, Document, compose
from contexts.pinned import ISSUING
from credential.errors import CredentialError
from credential.status import (
    Bitstring,
    RevocationListEntry,
    StatusEntry,
    list_credential,
    read_entries,
    read_entry,
    read_list,
    read_status,
    withdrawn_in_revocation_list,
)

URL = "https://badges.example.edu/status/3"
ENTRY = StatusEntry("revocation", 23, URL)
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def made(indices: tuple[int, ...] = (23,), **changes: Any) -> dict[str, Any]:
    arguments: dict[str, Any] = {
        "url": URL,
        "issuer": "did:web:badges.example.edu",
        "valid_from": NOW,
        "valid_until": NOW + timedelta(days=1),
        "time_to_live": timedelta(minutes=5),
    }
    return list_credential(Bitstring.of(indices), **(arguments | changes))


def document(value: dict[str, Any], **subject: Any) -> Document:
    value["credentialSubject"] |= subject
    return compose(value, STATUS_LIST_LIMITS)


def code_of(entry: object) -> str:
    with pytest.raises(CredentialError) as refused:
        read_entry(entry)
    return refused.value.code


def refusal(value: Document, entry: StatusEntry = ENTRY) -> str:
    with pytest.raises(CredentialError) as refused:
        read_status(value, entry)
    return refused.value.code


def test_an_entry_reads_as_it_was_written() -> None:
    assert read_entry(ENTRY.to_json()) == ENTRY
    assert ENTRY.to_json()["statusListIndex"] == "23"
    assert ENTRY.to_json()["id"] == f"{URL}#23"
    wide = StatusEntry("message", 3, URL, 2, messages=FOUR, references=("https://badges.example.edu/why",))
    assert read_entry(wide.to_json()) == wide
    assert [wide.message(value) for value in range(4)] == list(FOUR)
    assert read_entry(wide.to_json() | {"statusReference": "https://badges.example.edu/why"}) == wide


FOUR = ("in order", "asked for", "late", "lost")


def told(*values: Any) -> list[dict[str, Any]]:
    return [{"status": value, "message": "m"} for value in values]


@pytest.mark.parametrize(
    "messages",
    [
        None,
        [],
        told("0x0", "0x1"),
        told("0x0", "0x1", "0x2"),
        told("0x0", "0x1", "0x2", "0x3", "0x4"),
        told("0x0", "0x1", "0x2", "0x2"),
        told("0x0", "0x1", "0x2", "0x3", "0x3"),
        told("0x0", "0x1", "0x2", "0x4"),
        told("0x0", "0x1", "0x2", 3),
        told("0", "1", "2", "3"),
        told("0x0", "0x1", "0x2", "0x003"),
        [*told("0x0", "0x1", "0x2"), {"status": "0x3"}],
        [*told("0x0", "0x1", "0x2"), "0x3"],
        {"0x0": "m"},
    ],
)
def test_an_entry_of_several_bits_says_what_each_value_means_and_each_once(messages: Any) -> None:
    entry = StatusEntry("message", 3, URL, 2, messages=FOUR).to_json()
    assert isinstance(read_entry(entry | {"statusMessage": told("0x3", "0x2", "0x1", "0x0")}), StatusEntry)
    assert code_of(entry | {"statusMessage": messages}) == "status_malformed"


def test_the_messages_and_references_of_an_entry_are_bounded() -> None:
    entry = StatusEntry("message", 3, URL, messages=("m" * 1_000, "n")).to_json()
    assert isinstance(read_entry(entry), StatusEntry)
    entry["statusMessage"][1]["message"] = "m" * 1_001
    assert code_of(entry) == "status_malformed"
    assert isinstance(read_entry(ENTRY.to_json() | {"statusReference": [URL] * 8}), StatusEntry)
    for references in ([URL] * 9, [5], {"id": URL}, ""):
        assert code_of(ENTRY.to_json() | {"statusReference": references}) == "status_malformed"
    most = StatusEntry("message", 3, URL, 8, messages=tuple(str(n) for n in range(256)))
    assert read_entry(most.to_json()) == most
    assert code_of(ENTRY.to_json() | {"statusSize": 9}) == "status_malformed"


def test_one_bit_without_messages_is_unset_or_set() -> None:
    entry = StatusEntry("message", 3, URL)
    assert (entry.message(0), entry.message(1), entry.message(2)) == ("unset", "set", "")


def test_an_entry_of_two_kinds_is_of_none() -> None:
    for second in ("BitstringStatusListEntry", "StatusList2021Entry"):
        assert code_of(ENTRY.to_json() | {"type": ["1EdTechRevocationList", second]}) == "status_type_unknown"


def test_an_entry_without_an_id_is_read() -> None:
    entry = ENTRY.to_json()
    del entry["id"]
    assert read_entry(entry) == ENTRY


@pytest.mark.parametrize("index", ["0", "5", "131071", "9999999999"])
def test_an_index_is_digits_without_a_leading_zero(index: str) -> None:
    assert read_entry(ENTRY.to_json() | {"statusListIndex": index}) == StatusEntry(
        "revocation", int(index), URL
    )


@pytest.mark.parametrize(
    "index",
    [
        "-1",
        "1.0",
        "1e5",
        " 5",
        "5 ",
        "5\n",
        "05",
        "+5",
        "٥",
        "５",
        "",
        "0x5",
        "1_0",
        "9" * 400,
        5,
        5.0,
        True,
        None,
        ["5"],
    ],
)
def test_anything_else_is_no_index(index: object) -> None:
    assert code_of(ENTRY.to_json() | {"statusListIndex": index}) == "status_malformed"


@pytest.mark.parametrize("member", ["statusPurpose", "statusListCredential", "statusListIndex"])
@pytest.mark.parametrize("value", [None, "", 7, ["x"], {}])
def test_each_member_must_be_text(member: str, value: object) -> None:
    assert code_of(ENTRY.to_json() | {member: value}) == "status_malformed"


@pytest.mark.parametrize("size", [0, -1, 9, "1", True, 1.5, None])
def test_an_entry_has_one_to_eight_bits(size: object) -> None:
    assert code_of(ENTRY.to_json() | {"statusSize": size}) == "status_malformed"


def test_an_entry_whose_id_is_the_lists_url_is_refused() -> None:
    assert code_of(ENTRY.to_json() | {"id": URL}) == "status_malformed"


@pytest.mark.parametrize(
    "kind", [None, "StatusList2022Entry", "bitstringstatuslistentry", [], ["Unknown"], 5]
)
def test_a_type_that_is_not_known_is_said_to_be_unknown(kind: object) -> None:
    assert code_of(ENTRY.to_json() | {"type": kind}) == "status_type_unknown"


def test_two_types_at_once_are_unknown() -> None:
    both = ["BitstringStatusListEntry", "StatusList2021Entry"]
    assert code_of(ENTRY.to_json() | {"type": both}) == "status_type_unknown"


@pytest.mark.parametrize("entry", [None, "x", [], 5])
def test_an_entry_is_an_object(entry: object) -> None:
    assert code_of(entry) == "status_malformed"


def test_one_entry_and_an_array_of_entries_are_both_read() -> None:
    suspension = StatusEntry("suspension", 5, f"{URL}b")
    assert read_entries(ENTRY.to_json()) == (ENTRY,)
    assert read_entries([ENTRY.to_json(), suspension.to_json()]) == (ENTRY, suspension)
    assert len(read_entries([ENTRY.to_json()] * 8)) == 8


@pytest.mark.parametrize("count", [0, 9, 1_000])
def test_no_entry_and_too_many_entries_are_refused(count: int) -> None:
    with pytest.raises(CredentialError, match="status_malformed"):
        read_entries([ENTRY.to_json()] * count)


def test_one_unknown_entry_among_known_ones_is_not_passed_over() -> None:
    with pytest.raises(CredentialError, match="status_type_unknown"):
        read_entries([ENTRY.to_json(), {"type": "SomethingElse"}])


def test_the_bit_of_the_entry_is_read() -> None:
    assert read_status(document(made((23,))), ENTRY) == 1
    assert read_status(document(made((22, 24))), ENTRY) == 0


def test_every_word_of_a_list_is_covered_by_its_contexts() -> None:
    quads = canonical_quads(document(made(purposes=("revocation", "suspension"))), contexts=ISSUING).decode()
    for term in ("encodedList", "statusPurpose", "ttl", "validUntil"):
        assert term in quads
    assert quads.count("statusPurpose") == 2


def test_the_times_of_a_list_are_written_in_utc_and_milliseconds() -> None:
    value = made(valid_from=datetime(2026, 11, 22, 6, 0, tzinfo=timezone(timedelta(hours=-6))))
    assert value["validFrom"] == "2026-11-22T12:00:00Z"
    assert value["credentialSubject"]["ttl"] == 300_000


def test_a_list_without_purpose_or_with_its_period_turned_round_is_not_made() -> None:
    for changes in ({"purposes": ()}, {"valid_until": NOW}):
        with pytest.raises(CredentialError, match="status_malformed"):
            made(**changes)


def test_a_list_of_several_purposes_answers_for_each_of_them() -> None:
    both = document(made(purposes=("revocation", "suspension")))
    assert read_status(both, ENTRY) == 1
    assert read_status(both, StatusEntry("suspension", 22, URL)) == 0
    assert refusal(both, StatusEntry("refresh", 22, URL)) == "STATUS_VERIFICATION_ERROR"


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"type": ["VerifiableCredential"]}, id="no list credential"),
        pytest.param(
            {"type": ["VerifiableCredential", "StatusList2021Credential"]}, id="the old kind of list"
        ),
        pytest.param({"id": f"{URL}b"}, id="another list"),
        pytest.param({"credentialSubject": "x"}, id="no subject"),
    ],
)
def test_a_document_that_is_not_the_entrys_list_does_not_answer(change: dict[str, Any]) -> None:
    assert refusal(compose(made() | change, STATUS_LIST_LIMITS)) == "STATUS_VERIFICATION_ERROR"


@pytest.mark.parametrize(
    "subject",
    [{"type": "StatusList2021"}, {"type": []}, {"statusPurpose": "suspension"}, {"statusPurpose": 5}],
)
def test_a_subject_that_is_not_the_entrys_list_does_not_answer(subject: dict[str, Any]) -> None:
    assert refusal(document(made(), **subject)) == "STATUS_VERIFICATION_ERROR"


def test_a_list_that_names_no_id_is_read() -> None:
    value = made()
    del value["id"]
    assert read_status(document(value), ENTRY) == 1


def test_a_list_below_the_minimum_is_refused_and_two_bit_entries_need_twice_as_much() -> None:
    short = Bitstring(bytes(16_383)).encode()
    assert refusal(document(made(), encodedList=short)) == "STATUS_LIST_LENGTH_ERROR"
    assert refusal(document(made()), StatusEntry("revocation", 5, URL, size=2)) == "STATUS_LIST_LENGTH_ERROR"
    double = document(made(), encodedList=Bitstring(bytes([0b00_01_00_00]) + bytes(32_767)).encode())
    assert read_status(double, StatusEntry("revocation", 1, URL, size=2)) == 1


def test_an_index_beyond_the_list_is_a_range_error() -> None:
    assert refusal(document(made()), StatusEntry("revocation", 131_072, URL)) == "RANGE_ERROR"


@pytest.mark.parametrize(
    ("ttl", "read"),
    [
        (300_000, timedelta(minutes=5)),
        (0, timedelta()),
        (86_400_001, timedelta(hours=24)),
        (315_576_000_000, timedelta(hours=24)),
        (9_007_199_254_740_991, timedelta(hours=24)),
    ],
)
def test_the_time_to_live_is_read_and_capped(ttl: int, read: timedelta) -> None:
    assert read_list(document(made(), ttl=ttl), ENTRY).time_to_live == read


@pytest.mark.parametrize("ttl", ["300000", -1, 1.5, True])
def test_a_time_to_live_that_is_no_count_of_milliseconds_is_refused(ttl: object) -> None:
    assert refusal(document(made(), ttl=ttl)) == "status_malformed"


def test_a_list_without_a_time_to_live_names_none() -> None:
    value = made()
    del value["credentialSubject"]["ttl"]
    assert read_list(document(value), ENTRY).time_to_live is None


def test_an_old_list_is_read_without_the_prefix() -> None:
    old = StatusEntry("revocation", 23, URL, type="StatusList2021Entry")
    value = made() | {"type": ["VerifiableCredential", "StatusList2021Credential"]}
    subject = {"type": "StatusList2021", "encodedList": value["credentialSubject"]["encodedList"][1:]}
    assert read_entry(old.to_json()) == old
    assert read_status(document(value, **subject), old) == 1
    assert refusal(document(made()), old) == "STATUS_VERIFICATION_ERROR"


REVOCATION_LIST = "https://badges.example.edu/revoked.json"


def test_a_list_of_both_kinds_answers_alike_whoever_asks_first() -> None:
    value = made()
    value["type"].append("StatusList2021Credential")
    both = document(value, type=["BitstringStatusList", "StatusList2021"])
    old = StatusEntry("revocation", 23, URL, type="StatusList2021Entry")
    assert refusal(both, old) == "status_malformed"
    assert read_status(both, ENTRY) == 1
    assert refusal(both, old) == "status_malformed"


def test_a_revocation_list_entry_is_its_url() -> None:
    entry = {"id": REVOCATION_LIST, "type": "1EdTechRevocationList"}
    assert read_entry(entry) == RevocationListEntry(REVOCATION_LIST)
    assert code_of({"type": "1EdTechRevocationList"}) == "status_malformed"


@pytest.mark.parametrize(
    ("rows", "withdrawn"),
    [
        ([{"id": "urn:a"}], ""),
        ([{"id": "urn:a", "revoked": True, "revocationReason": "by mistake"}], "by mistake"),
        ([{"id": "urn:a", "revoked": False}], None),
        ([{"id": "urn:a", "revoked": False}, {"id": "urn:a"}], ""),
        ([{"id": "urn:ab"}, {"id": "urn:A"}], None),
        ([{"id": " urn:%61\n"}], ""),
        ([], None),
    ],
)
@pytest.mark.parametrize("member", ["revokedCredential", "revokedCredentials"])
def test_a_revocation_list_names_withdrawn_credentials(
    member: str, rows: list[dict[str, Any]], withdrawn: str | None
) -> None:
    listed = compose({"id": REVOCATION_LIST, member: rows})
    assert withdrawn_in_revocation_list(listed, RevocationListEntry(REVOCATION_LIST), "urn:a") == withdrawn


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ({}, "status_malformed"),
        ({"revokedCredential": {}}, "status_malformed"),
        ({"revokedCredential": [], "revokedCredentials": "x"}, "status_malformed"),
        ({"revokedCredential": ["urn:a"]}, "status_malformed"),
        ({"revokedCredential": [{"revoked": True}]}, "status_malformed"),
        ({"revokedCredential": [{"id": "urn:a", "revoked": "no"}]}, "status_malformed"),
        ({"id": "https://other.example/", "revokedCredential": []}, "STATUS_VERIFICATION_ERROR"),
    ],
)
def test_a_revocation_list_that_cannot_be_read_never_means_that_all_is_well(
    value: dict[str, Any], code: str
) -> None:
    with pytest.raises(CredentialError) as refused:
        withdrawn_in_revocation_list(compose(value), RevocationListEntry(REVOCATION_LIST), "urn:a")
    assert refused.value.code == code


def test_a_revocation_list_may_spell_a_number_in_capitals() -> None:
    entry = RevocationListEntry(REVOCATION_LIST)
    rows = [{"id": "URN:UUID:6B2F1C52-5A7E-4F0E-9D53-000000000005"}]
    listed = compose({"revokedCredential": rows})
    name = "urn:uuid:6b2f1c52-5a7e-4f0e-9d53-000000000005"
    assert withdrawn_in_revocation_list(listed, entry, name) == ""
    assert withdrawn_in_revocation_list(listed, entry, f"{name[:-1]}6") is None
