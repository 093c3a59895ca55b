"""Where each mail came from, so that a flood under made-up names is counted as one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column and its index; of mails that are there already nobody asks any more."""
    op.add_column("inbox", sa.Column("origin", sa.Text(), nullable=False, server_default=""))
    op.create_index("ix_inbox_origin", "inbox", ["origin", "received_at"])
