"""The students' pages, each router named once."""

from __future__ import annotations

from typing import Final

from issuer.web.look.files import files_of
from issuer.web.student import claiming, coming_back, my_badges, sharing, wallet, way_in, ways_back

ROUTERS: Final = (
    files_of("issuer.web.student"),
    way_in.router,
    wallet.router,
    claiming.router,
    coming_back.router,
    ways_back.router,
    my_badges.router,
    sharing.router,
)
"""In the order in which their routes are tried."""
