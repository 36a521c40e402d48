"""Finding a credential by what people write: a code, a name, a habit, and who certifies."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from issuer.catalog.entry import Edition, Entry, Kind, Label
from issuer.catalog.errors import LookupRefused

_SEPARATORS = re.compile(r"[\s\-_/,()&]+")


def folded(text: str) -> str:
    """A label as it is compared: compatibility forms, case, spaces, hyphens and brackets do not count."""
    return _SEPARATORS.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()


@dataclass(frozen=True, slots=True)
class Found:
    """The credential that was meant.

    Args:
        entry: It.
        warning: What was taken for granted, in a sentence; None where the words were decisive.
    """

    entry: Entry
    warning: str | None = None


class Catalogue:
    """A dated edition of credentials. Immutable; made by `issuer.catalog.load`.

    Args:
        edition: Which edition.
        entries: Its credentials.
        kinds: Every kind of award, by code.
        sources: Title of each source, by key.
    """

    __slots__ = ("_by_code", "_by_label", "_by_name", "_known", "edition", "entries", "kinds", "sources")

    def __init__(
        self,
        edition: Edition,
        entries: Iterable[Entry],
        kinds: Mapping[str, Kind],
        sources: Mapping[str, str],
    ) -> None:
        self.edition = edition
        self.entries = tuple(entries)
        self.kinds = MappingProxyType(dict(kinds))
        self.sources = MappingProxyType(dict(sources))
        self._by_code = {folded(entry.code): entry for entry in self.entries}
        self._by_name: dict[str, list[Entry]] = defaultdict(list)
        self._by_label: dict[str, list[tuple[Entry, Label]]] = defaultdict(list)
        for entry in self.entries:
            self._by_name[folded(entry.name)].append(entry)
            for label in entry.labels:
                self._by_label[folded(label.text)].append((entry, label))
        self._known = {
            **{label: pairs[0][0] for label, pairs in self._by_label.items()},
            **{name: found[0] for name, found in self._by_name.items()},
            **self._by_code,
        }

    def get(self, code: str) -> Entry | None:
        """The credential with exactly this code, or None."""
        return next((entry for entry in self.entries if entry.code == code), None)

    def find(self, *, code: str = "", name: str = "", body: str = "") -> Found:
        """Which credential a row means. Empty text stands for a cell that says nothing.

        A code or full name decides. Any other label decides only together with its certifying body; without
        the body it is taken, with a warning, where just one credential has it, and refused where several do.

        Raises:
            LookupRefused: MISSING_CODE, UNKNOWN_CODE, AMBIGUOUS_CODE, BODY_DIFFERS, NAME_DIFFERS.
        """
        if not folded(code) and not folded(name):
            raise LookupRefused("MISSING_CODE", "Say which credential this is: fill credential_code.")
        found = self._find_by(code if folded(code) else name, body)
        if folded(code) and folded(name):
            self._compare_name(found.entry, name)
        return found

    def _find_by(self, text: str, body: str) -> Found:
        decisive = (
            [self._by_code[folded(text)]]
            if folded(text) in self._by_code
            else self._by_name.get(folded(text), [])
        )
        labelled = [] if decisive else self._by_label.get(folded(text), [])
        candidates = [(entry, Label(text)) for entry in decisive] or labelled
        if not candidates:
            raise LookupRefused("UNKNOWN_CODE", self._unknown(text))
        if folded(body):
            matching = [(entry, label) for entry, label in candidates if _is_body(entry, body)]
            if not matching:
                names = _listed(sorted({entry.body.name for entry, _ in candidates}))
                raise LookupRefused(
                    "BODY_DIFFERS",
                    f"{text} is awarded by {names}, not by {body}. Correct the code or certifying_body.",
                )
            candidates = matching
        if len(candidates) > 1:
            choices = _listed([f"{entry.code} ({entry.body.name})" for entry, _ in candidates])
            raise LookupRefused(
                "AMBIGUOUS_CODE",
                f"{text} can mean {len(candidates)} credentials: {choices}. "
                "Write one of these codes, or fill certifying_body.",
            )
        entry, label = candidates[0]
        if decisive or (folded(body) and label.assumes is None):
            return Found(entry)
        taken = f", {label.assumes}" if label.assumes else ""
        return Found(
            entry, f"We read {text} as {entry.code}{taken}: {entry.name}. If that is wrong, write the code."
        )

    def _compare_name(self, entry: Entry, name: str) -> None:
        """Refuse a name that belongs to another credential; a name that we do not know says nothing."""
        wanted = folded(name)
        named = [*self._by_name.get(wanted, []), *(other for other, _ in self._by_label.get(wanted, []))]
        if wanted in self._by_code:
            named.append(self._by_code[wanted])
        if named and entry not in named:
            raise LookupRefused(
                "NAME_DIFFERS",
                f"The code says {entry.name}, but credential_name says {name}. Correct one of the two.",
            )

    def _unknown(self, text: str) -> str:
        near = difflib.get_close_matches(folded(text)[:100], self._known, n=1, cutoff=0.75)
        advice = f" Did you mean {self._known[near[0]].code} ({self._known[near[0]].name})?" if near else ""
        return f"{text} is not in the catalogue.{advice} Write one of its codes, or add the credential to it."


def _is_body(entry: Entry, body: str) -> bool:
    return folded(body) in {folded(name) for name in (entry.body.code, entry.body.name, *entry.body.aliases)}


def _listed(items: list[str]) -> str:
    return items[0] if len(items) == 1 else ", ".join(items[:-1]) + " or " + items[-1]
