"""How Hypothesis finds its examples: the same ones each time, however slow the machine is.

A run says whether something has changed. Who wants other examples than the usual ones asks for them:
`pytest --hypothesis-profile=searching tests/property`.
"""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile("searching", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("usual", settings.get_profile("searching"), derandomize=True, database=None)
# Before any test is read: what a test says for itself goes on top of this.
settings.load_profile("usual")
