"""Organizations and people (Open Badges 3.0, B.1: Profile; B.2: Address, GeoCoordinates)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, ClassVar, Literal

from credential.model.achievement import IdentifierEntry, Image
from credential.model.part import CompactJws, Names, Number, Part, Uri

if TYPE_CHECKING:
    from credential.model.credential import EndorsementCredential


@dataclass(frozen=True, slots=True, kw_only=True)
class GeoCoordinates(Part):
    """A point on the globe, in degrees."""

    type: Literal["GeoCoordinates"] = "GeoCoordinates"
    latitude: Number
    longitude: Number


@dataclass(frozen=True, slots=True, kw_only=True)
class Address(Part):
    """Where somebody is."""

    names: ClassVar[tuple[frozenset[str], ...]] = (frozenset({"Address"}),)

    type: Names = ("Address",)
    address_country: str | None = None
    address_country_code: str | None = None
    address_region: str | None = None
    address_locality: str | None = None
    street_address: str | None = None
    post_office_box_number: str | None = None
    postal_code: str | None = None
    geo: GeoCoordinates | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile(Part):
    """An organization or a person: issuer, creator of an achievement, assessor, endorser.

    A name here is what somebody calls themselves; trust never rests on it.
    """

    names: ClassVar[tuple[frozenset[str], ...]] = (frozenset({"Profile"}),)

    id: Uri
    type: Names = ("Profile",)
    name: str | None = None
    url: str | None = None
    phone: str | None = None
    description: str | None = None
    image: Image | None = None
    email: str | None = None
    address: Address | None = None
    other_identifier: tuple[IdentifierEntry, ...] = ()
    official: str | None = None
    parent_org: Profile | None = None
    family_name: str | None = None
    given_name: str | None = None
    additional_name: str | None = None
    patronymic_name: str | None = None
    honorific_prefix: str | None = None
    honorific_suffix: str | None = None
    family_name_prefix: str | None = None
    date_of_birth: date | None = None
    endorsement: tuple[EndorsementCredential, ...] = ()
    endorsement_jwt: tuple[CompactJws, ...] = ()
