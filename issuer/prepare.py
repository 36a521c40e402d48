"""A draft that has passed everything: the only thing that can be signed.

`prepare` is the only maker of `Prepared`, and a `Prepared` gives out its document for signing once. So
nothing unchecked can reach a signer, and nothing checked can be signed twice.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final, NoReturn

from contexts.canonical import canonical_quads, check_no_empty_arrays, filled_quads
from contexts.document import Document, Limits, compose, compose_texts
from contexts.errors import DocumentError
from contexts.pinned import ISSUING
from contexts.schema import Fault, Schema, faults
from credential.issuable import check_issuable
from credential.model import AchievementCredential
from credential.ordinary import remaining_faults
from issuer.draft import CONTEXTS
from issuer.errors import IssuerError
from issuer.glance import is_plain
from issuer.house_rules import HouseRules, house_faults, whole_faults

LIMITS: Final = Limits(max_bytes=229_376, max_nodes=4_950)
"""A credential with all the evidence that may be embedded in it, before its proof: with four proofs it is
still within what anybody reads."""

_CONTEXTS: Final = list(CONTEXTS)
_MINT: Final = object()


class PrepareRefused(IssuerError):  # noqa: N818 - it says what happened; callers read `except PrepareRefused`
    """A draft is not fit to be signed.

    Args:
        faults: What is wrong, at least one, in the order of checking.
    """

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        first = faults[0]
        super().__init__(first.code, first.message, first.pointer)
        self.faults = faults


class AlreadyReleasedError(RuntimeError):
    """A `Prepared` was asked for its document a second time: a mistake in the program, not in the badge."""


class Prepared:
    """A credential without a proof that passed every check. Made by `prepare` alone.

    Attributes:
        credential_id: The credential's `id`.
        raw: Its bytes, to be recorded before it is signed.
    """

    __slots__ = ("_once", "credential_id", "raw")

    credential_id: str
    raw: bytes

    def __init__(self, document: Document, mint: object) -> None:
        if mint is not _MINT:
            raise TypeError("only issuer.prepare.prepare makes a Prepared")
        object.__setattr__(self, "credential_id", str(document.value["id"]))
        object.__setattr__(self, "raw", document.raw)
        object.__setattr__(self, "_once", [document])

    def release(self) -> Document:
        """The document, to be signed. The second call raises.

        Raises:
            AlreadyReleasedError: It has been given out.
        """
        once: list[Document] = object.__getattribute__(self, "_once")
        try:
            return once.pop()  # atomic, also between threads
        except IndexError:
            raise AlreadyReleasedError(
                f"{self.credential_id} has already been given out to be signed"
            ) from None

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a Prepared does not change: {name}")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"a Prepared does not change: {name}")

    def __copy__(self) -> NoReturn:
        raise TypeError("a Prepared is released once, so it has no copy")

    def __deepcopy__(self, memo: object) -> NoReturn:
        raise TypeError("a Prepared is released once, so it has no copy")

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Prepared is released once, so it is not stored")

    def __repr__(self) -> str:
        return f"<Prepared {self.credential_id}>"


def prepare(
    draft: AchievementCredential | Mapping[str, Any],
    *,
    loopback: bool = False,
    withheld: Collection[str] = (),
    numbered: bool = True,
    walked: bool = False,
) -> Prepared:
    """Check everything that can be checked before signing.

    In this order: bytes (strict JSON, size), contexts, house rules, schema and data model (Open Badges 3.0),
    and last the meaning (strict JSON-LD expansion under the issuing contexts), so that the cheap and plain
    refusals come first. All faults of one stage are reported together.

    Args:
        draft: The credential without a proof, from `draft_credential` or as JSON.
        loopback: Whether http addresses on this machine are allowed, as the demo needs.
        withheld: Texts that must not appear in it, such as the student's number and birth date.
        numbered: Whether a licence has its number, as `HouseRules` says.
        walked: Whether its meaning is worked out from itself alone, also where it is like others.

    Raises:
        PrepareRefused: With every fault of the stage that found one.
    """
    try:
        value = draft.to_json() if isinstance(draft, AchievementCredential) else draft
        document = compose_texts(value, LIMITS)
    except DocumentError as error:
        raise PrepareRefused((Fault(error.code, error.pointer, error.message),)) from error
    rules = HouseRules(loopback=loopback, withheld=tuple(withheld), numbered=numbered)
    plain = document.value.get("@context") == _CONTEXTS and is_plain(document, rules)
    if plain:
        _stop_at(tuple(whole_faults(document.value, rules)))
        _stop_at(tuple(remaining_faults(document.value)))
    else:
        try:
            document = compose(value, LIMITS)  # a number or a null may stand in it after all
        except DocumentError as error:
            raise PrepareRefused((Fault(error.code, error.pointer, error.message),)) from error
        _stop_at(tuple(_contexts(document.value)))
        # The house first: its sentences say what to do where a schema can only say what it expected.
        _stop_at(tuple(house_faults(document.value, rules)))
        _stop_at(faults(document, Schema.ACHIEVEMENT_CREDENTIAL))
        _stop_at(check_issuable(document))
    try:
        if not plain:  # what is plain holds no empty array
            check_no_empty_arrays(document)
        (canonical_quads if walked else filled_quads)(document, contexts=ISSUING)
    except DocumentError as error:
        raise PrepareRefused((Fault(error.code, error.pointer, error.message),)) from error
    return Prepared(document, _MINT)


def _contexts(credential: Mapping[str, Any]) -> Iterator[Fault]:
    if credential.get("@context") != _CONTEXTS:
        message = f"@context is exactly {', '.join(CONTEXTS)}: nothing of our own, so that anybody can check."
        yield Fault("context_not_allowed", "/@context", message)


def _stop_at(found: tuple[Fault, ...]) -> None:
    if found:
        raise PrepareRefused(found)
