"""What alembic runs. The connection, inside its transaction, comes from storage.migrate and from nowhere else."""

from __future__ import annotations

from alembic import context

from storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite changes a table by building it anew
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
