"""Which attempts with a mail ended without anybody telling how, and how often a timer failed, and by what."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns and their indexes. A mail that waits with many attempts may owe them to a database that was
    away: it is tried again, alone, before anybody sets it aside."""
    op.add_column("inbox", sa.Column("unfinished", sa.Integer(), nullable=False, server_default="0"))
    op.execute("UPDATE inbox SET attempts = 1 WHERE state = 'new' AND attempts > 1")
    _partial("ix_inbox_tried", "inbox", ["attempts", "id", "ready_at"], "state = 'new' AND attempts > 0")
    op.add_column("timers", sa.Column("tries", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("timers", sa.Column("failure", sa.Text(), nullable=False, server_default=""))
    op.add_column("timers", sa.Column("told", sa.Boolean(), nullable=False, server_default=sa.false()))
    _partial("ix_timers_moved", "timers", ["ready_at"], "ready_at != at")
    _partial("ix_timers_stuck", "timers", ["ticket_id"], "failure != ''")


def _partial(name: str, table: str, columns: list[str], where: str) -> None:
    condition = sa.text(where)
    op.create_index(name, table, columns, sqlite_where=condition, postgresql_where=condition)
