"""How both sites fill in their templates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined


def environment_of(package: str, filters: Mapping[str, Callable[..., Any]]) -> Environment:
    """The templates of a site and those of both: escaped, and loud about what is missing.

    Args:
        package: The site's package.
        filters: By name, what its templates write values with.
    """
    made = Environment(
        loader=ChoiceLoader([PackageLoader(package), PackageLoader("issuer.web.look")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= filters
    return made
