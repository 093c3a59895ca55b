"""Staff who are away, and what their lists of work are made from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    """Make the table and the indexes."""
    op.create_table(
        "absences",
        *_texts("address_key", "address", "why"),
        sa.Column("since", _INSTANT, nullable=False),
        sa.Column("moves_at", _INSTANT, nullable=False),
        sa.Column("until", _INSTANT, nullable=True),
        sa.Column("times", sa.Integer, nullable=False),
        sa.Column("told", sa.Boolean, nullable=False),
        sa.Column("ready_at", _INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("address_key", name="pk_absences"),
    )
    op.create_index("ix_absences_ready", "absences", ["ready_at"])
    _partial("ix_tickets_held", "tickets", ["policy", "team", "assignee", "id"], "closed_at IS NULL")
    _partial("ix_deadlines_missed", "deadlines", ["ticket_id"], "state = 'broken' AND kept_at IS NULL")


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _partial(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
