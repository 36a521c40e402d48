"""What a district may recognise: credentials, who certifies them, how long they last, and its schools.

Everything here is dated data with its sources; what nobody confirmed is marked `unverified`.
"""

from issuer.catalog.catalogue import Catalogue, Found
from issuer.catalog.entry import Body, Edition, Entry, Kind
from issuer.catalog.errors import CatalogueError, LookupRefused
from issuer.catalog.load import default_catalogue, load_catalogue
from issuer.catalog.schools import DistrictSchools, colorado_districts, example_district, load_schools
from issuer.catalog.validity import Shape, Validity

__all__ = [
    "Body",
    "Catalogue",
    "CatalogueError",
    "DistrictSchools",
    "Edition",
    "Entry",
    "Found",
    "Kind",
    "LookupRefused",
    "Shape",
    "Validity",
    "colorado_districts",
    "default_catalogue",
    "example_district",
    "load_catalogue",
    "load_schools",
]
