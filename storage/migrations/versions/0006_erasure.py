"""Cases that were erased, those that wait for it, and the mails of a case."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    """Add the column and the indexes."""
    op.add_column("tickets", sa.Column("erased_at", _INSTANT, nullable=True))
    kept = sa.text("closed_at IS NOT NULL AND erased_at IS NULL")
    op.create_index("ix_tickets_kept", "tickets", ["policy", "closed_at"], sqlite_where=kept, postgresql_where=kept)
    op.create_index("ix_inbox_ticket", "inbox", ["ticket_id"])
