"""What became of each mail, and what is set aside for whom and why. Rows that are there already stay as they are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns and their indexes; of what is set aside already people were told when it was."""
    for name in ("ending", "desk", "why", "way", "customer"):
        op.add_column("inbox", sa.Column(name, sa.Text(), nullable=False, server_default=""))
    for name in ("urgent", "untold"):
        op.add_column("inbox", sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
    untold, by_a_way = sa.column("untold").is_(sa.true()), sa.text("way != ''")
    op.create_index("ix_inbox_untold", "inbox", ["desk", "id"], sqlite_where=untold, postgresql_where=untold)
    op.create_index("ix_inbox_way", "inbox", ["desk", "received_at"], sqlite_where=by_a_way, postgresql_where=by_a_way)
