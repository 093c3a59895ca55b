"""Records, invitations, what cases await, and daily rounds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_INSTANT = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    _records()
    _invitations()
    op.create_table(
        "awaited",
        *_texts("policy", "what"),
        sa.Column(
            "ticket_id",
            _BIG,
            sa.ForeignKey("tickets.id", name="fk_awaited_ticket_id"),
            autoincrement=False,
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("policy", "what", "ticket_id", name="pk_awaited"),
    )
    op.create_table(
        "rounds",
        *_texts("policy", "name"),
        sa.Column("at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("policy", "name", name="pk_rounds"),
    )


def _records() -> None:
    op.create_table(
        "records",
        *_texts("policy", "of", "key", "address_key"),
        sa.Column("content", sa.JSON, nullable=False),
        sa.Column("updated_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("policy", "of", "key", name="pk_records"),
    )
    op.create_index("ix_records_address", "records", ["policy", "address_key"])


def _invitations() -> None:
    op.create_table(
        "invitations",
        *_texts("policy", "of", "key", "invitation", "period", "state"),
        sa.Column("ready_at", _INSTANT, nullable=True),
        sa.Column("ticket_id", _BIG, sa.ForeignKey("tickets.id", name="fk_invitations_ticket_id"), nullable=True),
        *_texts("reason"),
        sa.Column("ended_at", _INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("policy", "of", "key", "invitation", "period", name="pk_invitations"),
    )
    op.create_index("ix_invitations_ready", "invitations", ["ready_at"])
    op.create_index("ix_invitations_ended", "invitations", ["policy", "ended_at"])


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]
