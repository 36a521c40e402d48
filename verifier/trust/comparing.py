"""What one version of a list changed against another: who came, who went, and what is said differently."""

from __future__ import annotations

from dataclasses import dataclass, fields

from credential.trust_list import ListedIssuer, TrustListCredential


@dataclass(frozen=True, slots=True)
class Changed:
    """One issuer of which the later list says something else.

    Args:
        before: What was said.
        after: What is said now.
        members: The members that differ, by name.
        wider: Whether it may be recognised for something for which it was not before.
    """

    before: ListedIssuer
    after: ListedIssuer
    members: tuple[str, ...]
    wider: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """The difference between two lists.

    Args:
        follows: Whether the later one names the earlier one's digest as its previous.
        rises: Whether its version is higher.
        same_list: Whether both are the same list by its identifier.
        added: Issuers that were not named before.
        changed: Issuers of which something else is said.
        withdrawn: Issuers that are withdrawn now and were not.
        gone: Issuers that are not named any more.
    """

    follows: bool
    rises: bool
    same_list: bool
    added: tuple[ListedIssuer, ...]
    changed: tuple[Changed, ...]
    withdrawn: tuple[ListedIssuer, ...]
    gone: tuple[ListedIssuer, ...]


def compare(old: TrustListCredential, new: TrustListCredential, old_digest: str) -> Comparison:
    """Hold two lists against each other. An issuer is the same where one of its identifiers is.

    Args:
        old: The earlier one.
        new: The later one.
        old_digest: The earlier one's `credential.trust_list.digest`.
    """
    before = {issuer_id: one for one in old.issuers for issuer_id in one.ids}
    after = {issuer_id for one in new.issuers for issuer_id in one.ids}
    added, changed, withdrawn = [], [], []
    for one in new.issuers:
        was = next((before[issuer_id] for issuer_id in one.ids if issuer_id in before), None)
        if was is None:
            added.append(one)
        elif one.withdrawn and not was.withdrawn:
            withdrawn.append(one)
        elif members := tuple(f.name for f in fields(one) if getattr(one, f.name) != getattr(was, f.name)):
            changed.append(Changed(was, one, members, _wider(was, one)))
    return Comparison(
        follows=new.previous == old_digest,
        rises=new.version > old.version,
        same_list=new.id == old.id,
        added=tuple(added),
        changed=tuple(changed),
        withdrawn=tuple(withdrawn),
        gone=tuple(one for one in old.issuers if after.isdisjoint(one.ids)),
    )


def _wider(was: ListedIssuer, one: ListedIssuer) -> bool:
    """Whether something may count now that did not: an identifier more, fewer pins, or a recognition that is
    not wholly inside one of before.
    """
    if set(one.ids) - set(was.ids) or (was.withdrawn and not one.withdrawn):
        return True
    if was.keys and not (one.keys and one.keys <= was.keys):
        return True
    return not all(
        any(
            _within(new.types, old.types)
            and _within(new.certifications, old.certifications)
            and _within(new.determinations, old.determinations)
            and (old.starts is None or (new.starts is not None and new.starts >= old.starts))
            and (old.last is None or (new.last is not None and new.last <= old.last))
            for old in was.recognised
        )
        for new in one.recognised
    )


def _within(new: frozenset[str] | None, old: frozenset[str] | None) -> bool:
    return old is None or (new is not None and new <= old)
