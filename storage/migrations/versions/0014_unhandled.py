"""Cases with mail that nobody has dealt with, found without reading the others."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0012"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    """Add the column and its index; on cases that are there already nothing counts as open."""
    op.add_column("tickets", sa.Column("unhandled_since", _INSTANT, nullable=True))
    there = sa.text("unhandled_since IS NOT NULL")
    columns = ["policy", "unhandled_since"]
    op.create_index("ix_tickets_unhandled", "tickets", columns, sqlite_where=there, postgresql_where=there)
