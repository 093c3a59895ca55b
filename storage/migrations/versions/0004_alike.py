"""Cases of the same product, found by the details that say which it is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "alike",
        *(sa.Column(name, sa.Text, nullable=False) for name in ("policy", "detail", "value")),
        sa.Column(
            "ticket_id", _BIG, sa.ForeignKey("tickets.id", name="fk_alike_ticket_id"), nullable=False,
            autoincrement=False,
        ),
        sa.PrimaryKeyConstraint("policy", "detail", "value", "ticket_id", name="pk_alike"),
    )  # fmt: skip
