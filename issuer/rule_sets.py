"""The rule sets of a district: load a version, and find the one that applies on a day.

What comes with Cairn applies until the district loads something newer. A version is never changed, so that
what was judged under it can be judged again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib import resources
from typing import Final

from issuer.catalog.catalogue import Catalogue
from issuer.catalog.clusters import Clusters, load_clusters
from issuer.catalog.compiled import RuleSet, compiled
from issuer.catalog.district_menu import DistrictMenu, load_district_menu
from issuer.catalog.endorsements import Endorsements, load_endorsements
from issuer.catalog.errors import CatalogueError
from issuer.catalog.heading import Heading, RuleSetName, heading_at, name_at
from issuer.catalog.incentive_file import load_incentives
from issuer.catalog.incentives import Incentives
from issuer.catalog.load import default_catalogue, place_of
from issuer.catalog.menu import Menu, load_menu
from issuer.catalog.pathway_file import load_pathways
from issuer.catalog.pathways import Pathways
from issuer.catalog.place import Place
from issuer.catalog.retention import Schedule, load_retention
from issuer.catalog.suppression import SuppressionRules, load_suppression
from issuer.decisions.decision import Decision
from issuer.district import district_catalogue
from issuer.errors import IssuerError
from issuer.store import audit
from issuer.store import rule_sets as queries
from issuer.store.rule_set_table import LoadedRuleSet
from issuer.store.session import Session, Store

LARGEST: Final = 1_048_576
"""Bytes in a rule set's file."""

_OWN = (RuleSetName.DISTRICT_MENU,)
"""What only the district itself can say: nothing comes with Cairn."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A version of a rule set, as bytes, and how it came here.

    Args:
        heading: Which.
        body: The file.
        file: What errors and lists call it.
        loaded_at: When the district loaded it; None for what comes with Cairn.
    """

    heading: Heading
    body: bytes
    file: str
    loaded_at: datetime | None = None


@cache
def packaged(name: RuleSetName) -> Stored | None:
    """The version that comes with Cairn, or None where only the district can say."""
    if name in _OWN:
        return None
    file = f"{name.value}.json"
    body = (resources.files("issuer.catalog") / "data" / file).read_bytes()
    return Stored(heading_at(place_of(body, file), name), body, file)


def load_rule_set(
    store: Store, district_id: str, data: bytes, *, file: str, now: datetime, actor: str
) -> Heading:
    """Take a version of a rule set, if all of it can be used. Loading the same file again changes nothing.

    Raises:
        CatalogueError: A fault of the file, with its place; nothing has changed.
        IssuerError: `rule_set_reused` where the version is there with other content.
    """
    if len(data) > LARGEST:
        raise CatalogueError("too_large", file, "", f"a rule set has at most {LARGEST} bytes")
    with store.transaction() as session:
        heading = _checked(session, district_id, place_of(data, file), data)
        _refuse_other(session, district_id, heading, hashlib.sha256(data).hexdigest())
        if heading.name is RuleSetName.DISTRICT_MENU:
            # The menu that it was chosen from must be found after a newer one has come with Cairn.
            chosen_from = _state_menu(session, district_id, place_of(data, file)).heading
            ours = packaged(RuleSetName.MENU)
            if ours is not None and ours.heading.version == chosen_from.version:
                _write(session, district_id, chosen_from, ours.body, now=now, actor=actor)
        _write(session, district_id, heading, data, now=now, actor=actor)
    return heading


def _write(
    session: Session, district_id: str, heading: Heading, body: bytes, *, now: datetime, actor: str
) -> None:
    """Store a version and say so in the audit, unless it is stored."""
    if _known(session, district_id, heading):
        return
    digest = hashlib.sha256(body).hexdigest()
    row = LoadedRuleSet(
        district_id=district_id,
        name=heading.name.value,
        version=heading.version,
        effective_from=heading.effective_from,
        body=body,
        sha256=digest,
        loaded_at=now,
    )
    if not queries.add_rule_set(session, row):
        _refuse_other(session, district_id, heading, digest)
        return
    audit.record(
        session,
        district_id,
        at=now,
        actor=actor,
        action="rule_set.loaded",
        subject=heading.name.value,
        facts={
            "version": heading.version,
            "effective_from": heading.effective_from.isoformat(),
            "sha256": digest,
        },
    )


def _known(session: Session, district_id: str, heading: Heading) -> bool:
    return queries.rule_set(session, district_id, heading.name.value, heading.version) is not None


def loaded(session: Session, district_id: str) -> tuple[Stored, ...]:
    """Every version that the district has, and those that come with Cairn, by name and first day."""
    own = [_stored(row) for row in queries.rule_sets(session, district_id)]
    found: list[Stored] = []
    for name in RuleSetName:
        versions = [one for one in own if one.heading.name is name]
        ours = packaged(name)
        if ours is not None and ours.heading.version not in {one.heading.version for one in versions}:
            versions.insert(0, ours)
        found += sorted(versions, key=lambda one: one.heading.effective_from)
    return tuple(found)


def in_force(session: Session, district_id: str, name: RuleSetName, day: date) -> Stored:
    """The version of a rule set that applies on a day; of two from one day on, the district's own.

    Raises:
        IssuerError: `no_rule_set` where none does.
    """
    row, ours = queries.rule_set_on(session, district_id, name.value, day), packaged(name)
    own = None if row is None else _stored(row)
    usable = [one for one in (own, ours) if one is not None and one.heading.effective_from <= day]
    if not usable:
        raise IssuerError("no_rule_set", f"there is no {name.value} for {day}: {_ADVICE[name in _OWN]}")
    return max(usable, key=lambda one: one.heading.effective_from)


_ADVICE = {
    True: "the district has not chosen its menu for that day; see `cairn catalog menu --template`, and take "
    "the choice with `cairn catalog menu --choose FILE`",
    False: "load the version that applied then with `cairn catalog load FILE`",
}


def version(session: Session, district_id: str, name: RuleSetName, wanted: str) -> Stored:
    """One version of a rule set, whether it still applies or not.

    Raises:
        IssuerError: `not_found`.
    """
    row, ours = queries.rule_set(session, district_id, name.value, wanted), packaged(name)
    if row is not None:
        return _stored(row)
    if ours is not None and ours.heading.version == wanted:
        return ours
    raise IssuerError(
        "not_found", f"the district has no {name.value} of version {wanted[:60]!r}: see `cairn catalog rules`"
    )


def menu_on(session: Session, district_id: str, day: date) -> Menu:
    """The state's menu that applies on a day."""
    found = in_force(session, district_id, RuleSetName.MENU, day)
    return load_menu(found.body, file=found.file)


def district_menu_on(session: Session, district_id: str, day: date) -> DistrictMenu:
    """What the district offers on a day, held against the edition of the state's menu that it chose from."""
    found = in_force(session, district_id, RuleSetName.DISTRICT_MENU, day)
    chosen_from = place_of(found.body, found.file).at("menu").text()
    state = version(session, district_id, RuleSetName.MENU, chosen_from)
    return load_district_menu(found.body, load_menu(state.body, file=state.file), file=found.file)


def rules_on(
    session: Session,
    district_id: str,
    decisions: Sequence[Decision],
    day: date,
    *,
    codes: Collection[str] | None = None,
) -> RuleSet:
    """What counted in the district on a day: its menu and its decisions, put together.

    Args:
        session: A reading transaction.
        district_id: Whose.
        decisions: The district's decisions.
        day: The day that is judged.
        codes: Only certifications of these codes; None for all.

    Raises:
        IssuerError: `no_rule_set` where the district had not chosen, or a newer state menu applies than the
            one that it chose from; `rule_too_large`.
    """
    menu, choice = menu_on(session, district_id, day), district_menu_on(session, district_id, day)
    return compiled(menu, choice, decisions, day, codes=codes)


def clusters_on(session: Session, district_id: str, day: date) -> Clusters:
    """The career clusters that apply on a day."""
    found = in_force(session, district_id, RuleSetName.CLUSTERS, day)
    return load_clusters(found.body, file=found.file)


def pathways_on(session: Session, district_id: str, day: date) -> Pathways:
    """The pathways that apply on a day, over the district's catalogue."""
    found = in_force(session, district_id, RuleSetName.PATHWAYS, day)
    return load_pathways(found.body, *_catalogues(session, district_id), file=found.file)


def incentives_on(session: Session, district_id: str, day: date) -> Incentives:
    """The incentive programmes' rules that apply on a day."""
    found = in_force(session, district_id, RuleSetName.INCENTIVES, day)
    return load_incentives(found.body, file=found.file)


def endorsements_on(session: Session, district_id: str, day: date) -> Endorsements:
    """The endorsements of a diploma that apply on a day."""
    found = in_force(session, district_id, RuleSetName.ENDORSEMENTS, day)
    return load_endorsements(found.body, file=found.file)


def suppression_on(session: Session, district_id: str, day: date) -> SuppressionRules:
    """The rules of hiding that apply on a day."""
    found = in_force(session, district_id, RuleSetName.SUPPRESSION, day)
    return load_suppression(found.body, file=found.file)


def retention_on(session: Session, district_id: str, day: date) -> Schedule:
    """How long each class of record is kept, by the rules that apply on a day."""
    found = in_force(session, district_id, RuleSetName.RETENTION, day)
    return load_retention(found.body, file=found.file)


def _stored(row: LoadedRuleSet) -> Stored:
    name = RuleSetName(row.name)
    file = f"{row.name} {row.version}"
    return Stored(heading_at(place_of(row.body, file), name), row.body, file, row.loaded_at)


def _refuse_other(session: Session, district_id: str, heading: Heading, digest: str) -> None:
    """Refuse a version that is known with other content.

    Raises:
        IssuerError: `rule_set_reused`.
    """
    name, wanted = heading.name, heading.version
    row, ours = queries.rule_set(session, district_id, name.value, wanted), packaged(name)
    there = None if row is None else row.sha256
    if there is None and ours is not None and ours.heading.version == wanted:
        there = hashlib.sha256(ours.body).hexdigest()
    if there is not None and there != digest:
        raise IssuerError(
            "rule_set_reused",
            f"the version {wanted} of {name.value} is there already and is not the same: "
            "give the changed file a version of its own",
        )


def _checked(session: Session, district_id: str, root: Place, data: bytes) -> Heading:
    """The heading of a file that can be used as a whole."""
    name, file = name_at(root), root.file
    if name is RuleSetName.DISTRICT_MENU:
        return load_district_menu(data, _state_menu(session, district_id, root), file=file).heading
    if name is RuleSetName.PATHWAYS:
        return load_pathways(data, *_catalogues(session, district_id), file=file).heading
    return _READERS[name](data, file)


def _state_menu(session: Session, district_id: str, root: Place) -> Menu:
    place = root.at("menu")
    wanted = place.text()
    try:
        found = version(session, district_id, RuleSetName.MENU, wanted)
    except IssuerError as fault:
        raise place.refuse(
            "unknown_reference",
            f"there is no state menu of version {place.value!r}: load it first with `cairn catalog load`",
        ) from fault
    return load_menu(found.body, file=found.file)


def _catalogues(session: Session, district_id: str) -> tuple[Catalogue, Catalogue]:
    """The district's catalogue, and ours: a pathway may lead beyond what the district awards."""
    return district_catalogue(session, district_id), default_catalogue()


def _suppression_heading(data: bytes, file: str) -> Heading:
    heading = load_suppression(data, file=file).heading
    if heading is None:  # pragma: no cover - rules that were read from a file have one
        raise AssertionError(file)
    return heading


_READERS: Final[dict[RuleSetName, Callable[[bytes, str], Heading]]] = {
    RuleSetName.MENU: lambda data, file: load_menu(data, file=file).heading,
    RuleSetName.CLUSTERS: lambda data, file: load_clusters(data, file=file).heading,
    RuleSetName.INCENTIVES: lambda data, file: load_incentives(data, file=file).heading,
    RuleSetName.ENDORSEMENTS: lambda data, file: load_endorsements(data, file=file).heading,
    RuleSetName.SUPPRESSION: _suppression_heading,
    RuleSetName.RETENTION: lambda data, file: load_retention(data, file=file).heading,
}
