"""A deadline remembers what it was promised under, so that it outlives the policy its case leaves."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; deadlines that are there already are their policy's own."""
    op.add_column("deadlines", sa.Column("terms", sa.JSON, nullable=False, server_default=sa.text("'{}'")))
