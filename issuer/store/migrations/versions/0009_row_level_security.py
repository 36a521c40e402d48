"""On PostgreSQL, no row of another district can be seen or written, whatever a query forgets to ask.

Every table with a `district_id` gets a policy: its rows are there for a transaction that has said
`cairn.district`, and for no other. The policy binds the owner of the tables too (FORCE); only a superuser
or a role with BYPASSRLS is above it, so the program works as neither. A table that a later step makes needs
its policy from that step: a test looks at every table.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from issuer.store.migrations.guards import OWN, on_postgresql, own_rows

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    if not on_postgresql():
        return
    looked_at = sa.inspect(op.get_bind())
    for table in sorted(looked_at.get_table_names()):
        if any(column["name"] == "district_id" for column in looked_at.get_columns(table)):
            own_rows(table)
    # Which districts there are is public, and must be known before one is chosen; each writes its own row.
    op.execute("ALTER TABLE district ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE district FORCE ROW LEVEL SECURITY")
    op.execute("CREATE POLICY everybody_reads ON district FOR SELECT USING (true)")
    own_row = OWN.replace("district_id", "id")
    op.execute(f"CREATE POLICY one_district ON district USING ({own_row}) WITH CHECK ({own_row})")
