"""What a case can be found again by is found by its case, too, without reading what all others are."""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the index."""
    op.create_index("ix_alike_ticket", "alike", ["ticket_id"])
