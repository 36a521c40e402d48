"""Every way in which a badge can be refused, each with a stable code.

A code is for programs and for tables; the message is for the person who must do something about it.
The set is closed: a test finds each code that the packages raise and looks it up in `CODES`.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

CODES: Final = MappingProxyType(
    {
        # The data model, where no schema can say it
        "association": "an association of a learner record joins what is not in it",
        "assumed_utc": "a remark: a date names no time zone, and UTC was read",
        "bad_date": "a date is not written as the data model demands, or names no moment that exists",
        "bad_member": "a member of a class of the data model is missing or has the wrong kind of value",
        "bad_type": "`type` lacks a name that the class must have",
        "context_order": "`@context` does not begin with the two contexts in their order",
        "credential_schema": "`credentialSchema` names the schema of another kind of credential",
        "criteria_empty": "the criteria have neither a page nor a narrative",
        "endorsement_malformed": "an endorsement does not name what it endorses, or is nested too deep",
        "endorsement_target": "an endorsement speaks of something else than what it is attached to",
        "extension_context": "a type is used whose meaning is in a context that is not listed",
        "legacy_data_model": "a new credential uses the data model of 2019",
        "mixed_data_model": "members of both versions of the data model are mixed",
        "multiple_subjects": "the credential is about more than one subject",
        "not_array": "a member that we issue as an array is a single value",
        "related_resource": "a related resource has no id or no digest, or is named twice",
        "related_resource_digest": "a related resource that is at hand is not the one that its digest names",
        "result_level": "a result's level is not one of its description's levels",
        "result_reference": "a result names a description that the achievement does not have",
        "result_status": "a result for a description of type Status has no status",
        "status_entry": "the status entry cannot be found again: it has no id",
        "subject_empty": "the subject carries no claim",
        "subject_unnamed": "the subject has neither an id nor an identifier",
        "unknown_schema": "a remark: a schema is named that is not known here, so it was not used",
        "valid_period": "the credential would end before it begins",
        # What was published and kept
        "archive_malformed": "the index of an archive is not written as it should be",
        # Who holds it
        "identity_hash": "an identity hash is not one of the two forms of the data model",
        "salt_too_short": "a salt is shorter than 128 bits",
        # Proofs inside the document
        "alg_key_mismatch": "the algorithm does not fit the key",
        "bad_signature": "the signature does not fit the document",
        "issuer_key_mismatch": "the key belongs to somebody else than the issuer that the document names",
        "base_proof": "the proof is for whoever holds the credential only, and is shown to nobody",
        "proof_chain": "a proof stands on an earlier one that is not there, or not once",
        "proof_domain": "the proof was made for one recipient or as an answer to a challenge",
        "proof_expired": "the proof's own end has passed",
        "proof_malformed": "the proof is not written as its suite demands",
        "proof_missing": "the credential carries no proof",
        "proof_pointer": "a JSON pointer of a selective disclosure leads to nothing that can be shown",
        "proof_purpose": "the proof was made for another purpose",
        "too_many_proofs": "the credential carries more proofs than anybody needs",
        "unsupported_cryptosuite": "the proof is made by a suite that is not supported",
        # Proofs around the document
        "alg_not_allowed": "the token's algorithm is not one of RS256, ES256, ES384 and EdDSA",
        "bad_numeric_date": "`nbf`, `exp` or `iat` is not a whole number of seconds since 1970",
        "duplicate_key": "a JSON object names a member twice",
        "envelope_malformed": "an enveloped credential is not written as the data model demands",
        "envelope_mismatch": "the token's claims and the credential in it disagree",
        "header_not_allowed": "the token's header has a member that Open Badges does not allow",
        "key_not_bound_to_issuer": "the key is not one that the issuer publishes",
        "malformed_jwt": "the text is not a compact JWS over a JSON object",
        "not_a_credential": "the token is of another kind: a presentation, a sign-in, a status list's token",
        "unsupported_envelope": "the credential is enveloped in a form that is not read here",
        "too_large": "the text is longer than any badge",
        # Status lists
        "RANGE_ERROR": "the status index lies outside the list",
        "STATUS_LIST_LENGTH_ERROR": "the status list is shorter than privacy allows",
        "STATUS_VERIFICATION_ERROR": "the status list does not answer for this entry",
        "status_malformed": "the status entry or list is not written as its specification demands",
        "status_too_large": "the status list unpacks to more than is allowed",
        "status_type_unknown": "the status is of a type that is not read here: it could not be checked",
        # Withdrawal notes beside a list: withdrawal.py
        "notes_malformed": "the withdrawal notes are not written as they must be",
        "notes_not_of_list": "the withdrawal notes speak for another list or another issuer",
        "notes_too_large": "the withdrawal notes are longer than a full list could need",
        # Trust lists: trust_list/
        "trust_list_malformed": "the trust list is not written as it must be, or says what is not known here",
        "trust_list_too_large": "the trust list is longer than any list needs",
        # Badges in pictures: baking/
        "badge_not_bakeable": "the text is not a credential that a picture can carry",
        "badge_too_large": "the picture carries more text than any badge has",
        "compressed_badge": "the badge in the picture is compressed, which Open Badges forbids",
        "multiple_badges": "the picture carries more than one badge",
        "not_png": "the file is not a PNG picture",
        "png_checksum": "a part of the PNG picture does not fit its checksum",
        "png_malformed": "the PNG picture is not put together as its specification demands",
        "png_too_large": "the PNG picture is larger than is read here",
        "png_too_many_chunks": "the PNG picture has more parts than any badge needs",
        "svg_doctype": "the SVG picture declares a document type, which could hide other files in it",
        "svg_include": "the SVG picture asks for other files",
        "svg_malformed": "the SVG picture is not put together as its specification demands",
        "svg_too_deep": "the SVG picture is nested deeper than any badge",
        "svg_too_large": "the SVG picture is larger than is read here",
        "too_many_pixels": "the picture has more pixels than are read here",
        # Readiness rules: rule/
        "bad_rule": "the rule is not written in the rule language",
        "rule_too_large": "the rule is deeper, longer or asks for more work than any rule needs",
        # What is embedded in a badge: embedded.py
        "embedded_malformed": "what is embedded is not written as one strict data: URI",
        "embedded_too_large": "what is embedded is larger than a badge may carry",
        # Links and codes: qr.py
        "code_malformed": "a code has twelve letters and digits",
        "code_typo": "the code has a typo: its last character does not fit the others",
        "link_malformed": "the text is not a link or a code for a badge",
    }
)
"""Every code of a `CredentialError`, and of the faults of the rules, with what it means."""


class CredentialError(ValueError):
    """A badge was refused.

    Args:
        code: One of `CODES`.
        message: One sentence that says what is wrong and what to do.
        pointer: A JSON pointer (RFC 6901) to the member at fault, "" for the whole document.
    """

    def __init__(self, code: str, message: str, pointer: str = "") -> None:
        self.code = code
        self.message = message
        self.pointer = pointer
        super().__init__(f"{code}: {message}" + (f" (at {pointer})" if pointer else ""))
