"""What Alembic runs: the steps, on the connection that `migrate` opened."""

from __future__ import annotations

from alembic import context

from issuer.store import all_tables  # noqa: F401 - every table is part of the metadata
from issuer.store.tables import Base

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata)
with context.begin_transaction():
    context.run_migrations()
