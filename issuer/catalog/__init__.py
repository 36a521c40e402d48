"""What a district may recognise, and by which rules: credentials, the menu, pathways, endorsements.

Everything here is dated data with its sources; what nobody confirmed is marked `unverified`.
"""

from issuer.catalog.catalogue import Catalogue, Found
from issuer.catalog.compiled import RuleSet, compiled
from issuer.catalog.counting import check_counts_as_certification
from issuer.catalog.district_menu import DistrictMenu, Offer, load_district_menu
from issuer.catalog.entry import Body, Edition, Entry, Kind
from issuer.catalog.errors import CatalogueError, LookupRefused
from issuer.catalog.load import default_catalogue, load_catalogue
from issuer.catalog.menu import Menu, Option, default_menu, load_menu
from issuer.catalog.schools import DistrictSchools, colorado_districts, example_district, load_schools
from issuer.catalog.validity import Shape, Validity

__all__ = [
    "Body",
    "Catalogue",
    "CatalogueError",
    "DistrictMenu",
    "DistrictSchools",
    "Edition",
    "Entry",
    "Found",
    "Kind",
    "LookupRefused",
    "Menu",
    "Offer",
    "Option",
    "RuleSet",
    "Shape",
    "Validity",
    "check_counts_as_certification",
    "colorado_districts",
    "compiled",
    "default_catalogue",
    "default_menu",
    "example_district",
    "load_catalogue",
    "load_district_menu",
    "load_menu",
    "load_schools",
]
