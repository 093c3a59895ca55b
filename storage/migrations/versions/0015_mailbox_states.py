"""How each IMAP mailbox is being read, as each node sees it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    """Make the table; it fills as mailboxes are read."""
    op.create_table(
        "mailbox_states",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("account", "folder", "node")),
        sa.Column("reported_at", _INSTANT, nullable=False),
        sa.Column("read_at", _INSTANT, nullable=True),
        sa.Column("waiting", sa.Integer(), nullable=True),
        sa.Column("unreadable_since", _INSTANT, nullable=True),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("account", "folder", "node", name="pk_mailbox_states"),
    )
