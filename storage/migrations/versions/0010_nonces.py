"""Something random for each ticket, which its tokens hold. Those that are there already have none, as their tokens."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("tickets", sa.Column("nonce", sa.Integer(), nullable=False, server_default="0"))
