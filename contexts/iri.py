"""Identifiers: absolute, well-formed, of a scheme that a badge may use."""

from __future__ import annotations

import re
from typing import Final

SCHEMES: Final = ("did", "urn", "http", "https", "mailto", "tel", "data")
"""The schemes that an identifier in a document may have."""

# RFC 3987, section 2.2: what may stand in an IRI, less white space and the bidirectional marks that its
# section 4.1 forbids; `[` and `]`, which it keeps for numeric hosts, are left out.
_CHARACTERS: Final = (
    r"[!$&-;=?-Z_a-z~\u00A1-\u167F\u1681-\u1FFF\u200B-\u200D\u2010-\u2027\u2030-\u205E\u2060-\u2065\u206A-\u2FFF"
    r"\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFEFE\uFF00-\uFFEF\U00010000-\U000EFFFF]*"
)
_PART: Final = rf"{_CHARACTERS}(?:%[0-9A-Fa-f]{{2}}{_CHARACTERS})*"
_BODY: Final = rf"(?!#|\Z){_PART}(?:\#{_PART})?"

is_identifier: Final = re.compile(
    rf"(?ai:did:|urn:|https?://(?![/?#]|\Z)|mailto:|tel:|data:){_BODY}"
).fullmatch
"""Whether a text is an identifier that a document may use (RFC 3987; `http` and `https` with a host)."""

is_iri: Final = re.compile(rf"[A-Za-z][A-Za-z0-9+.-]*:{_BODY}").fullmatch
"""Whether a text is an absolute IRI of any scheme, as contexts give them to terms."""
