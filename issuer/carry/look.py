"""A district's colours on paper: chosen once, kept with the district, the house's own until then."""

from __future__ import annotations

from datetime import datetime

from issuer.render.certificate import Look
from issuer.render.colour import Colour
from issuer.store import audit, queries
from issuer.store.session import Store
from issuer.store.tables import District

_KEY = "colours"


def look_of(district: District) -> Look:
    """How the district's papers look."""
    chosen = district.profile.get(_KEY)
    if not chosen:
        return Look()
    return Look(Colour.read(chosen["ground"]), Colour.read(chosen["accent"]))


def choose_look(store: Store, district_id: str, look: Look, *, now: datetime, actor: str) -> None:
    """Make colours the district's, for every paper that is made from now on."""
    colours = {"ground": str(look.ground), "accent": str(look.accent)}
    with store.transaction() as session:
        row = queries.district(session, district_id)
        if row.profile.get(_KEY) == colours:
            return
        row.profile = row.profile | {_KEY: colours}
        audit.record(
            session,
            district_id,
            at=now,
            actor=actor,
            action="district.coloured",
            subject=district_id,
            facts=colours,
        )
