"""Invitations: letters that we write first, each once for a company record and period."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, RowMapping, delete, select, tuple_, update

from storage.company_record_tables import invitations
from storage.company_record_values import Invitation, InvitationState, Place
from storage.engine import Database, Source, reading
from storage.statements import claim_due, insert_new

_KEY = ("policy", "of", "key", "invitation", "period")
_COLUMNS = [invitations.c[name] for name in _KEY]


def replace_waiting(
    conn: Connection, places: Iterable[Place], rows: Sequence[Invitation], *, kept: Iterable[str]
) -> None:
    """Replace the waiting invitations of these records by `rows`. Those that were written stay, and so do those of the
    invitations named in `kept` (campaigns)."""
    wanted = sorted(set(places))
    if wanted:
        same = tuple_(invitations.c.policy, invitations.c.of, invitations.c.key).in_(wanted)
        stays = invitations.c.invitation.in_(tuple(kept))
        conn.execute(delete(invitations).where(same, invitations.c.ready_at.is_not(None), ~stays))
    add(conn, rows)


def add(conn: Connection, rows: Sequence[Invitation]) -> None:
    """Add rows that are not there yet; those of the same key stay as they are."""
    insert_new(conn, invitations, [_row(invitation) for invitation in rows])


def claim(db: Database, *, now: datetime, limit: int, lease: timedelta) -> list[Invitation]:
    """Lease up to `limit` invitations that are due, until `now + lease`. Committed on return."""
    order = [invitations.c.ready_at, *_COLUMNS]
    with db.write() as conn:
        due = invitations.c.ready_at <= now
        rows = claim_due(conn, invitations, due=due, order=order, limit=limit, change={"ready_at": now + lease})
    return sorted(
        (_invitation(row) for row in rows),
        key=lambda invitation: (invitation.policy, invitation.of, invitation.key, invitation.invitation),
    )


def next_at(source: Source) -> datetime | None:
    """When the next invitation is due, or None."""
    with reading(source) as conn:
        due = select(invitations.c.ready_at).where(invitations.c.ready_at.is_not(None))
        return conn.scalar(due.order_by(invitations.c.ready_at).limit(1))


def postpone(conn: Connection, invitation: Invitation, until: datetime) -> None:
    """Set when a waiting invitation is due."""
    conn.execute(
        update(invitations).where(_same(invitation), invitations.c.ready_at.is_not(None)).values(ready_at=until)
    )


def waits(conn: Connection, invitation: Invitation) -> bool:
    """Whether an invitation still waits; if so no other node can end it before this transaction is over."""
    query = select(invitations.c.policy).where(_same(invitation), invitations.c.ready_at.is_not(None))
    return conn.scalar(query.with_for_update()) is not None


def end(
    conn: Connection,
    invitation: Invitation,
    state: InvitationState,
    *,
    at: datetime,
    ticket_id: int | None = None,
    reason: str = "",
) -> bool:
    """End a waiting invitation: it was written, or must not be. False if another node has ended it meanwhile."""
    change = {"state": state.value, "ready_at": None, "ticket_id": ticket_id, "reason": reason, "ended_at": at}
    done = conn.execute(
        update(invitations).where(_same(invitation), invitations.c.ready_at.is_not(None)).values(change)
    )
    return done.rowcount == 1


def decline(conn: Connection, ticket_id: int, invitation: Invitation, *, at: datetime, reason: str) -> None:
    """Note that the customer does not want it, with their reason."""
    change = {"state": InvitationState.DECLINED.value, "reason": reason, "ended_at": at, "ticket_id": ticket_id}
    conn.execute(update(invitations).where(_same(invitation)).values(change))


def ended(source: Source, policy: str, *, since: datetime, until: datetime) -> tuple[Invitation, ...]:
    """The invitations written, declined or skipped after `since` and up to `until`, in order."""
    mine = (invitations.c.policy == policy) & (invitations.c.ended_at > since) & (invitations.c.ended_at <= until)
    query = select(invitations).where(mine).order_by(invitations.c.ended_at, *_COLUMNS)
    with reading(source) as conn:
        return tuple(_invitation(row) for row in conn.execute(query).mappings())


def about(source: Source, place: Place) -> tuple[Invitation, ...]:
    """The invitations of one record."""
    same = tuple_(invitations.c.policy, invitations.c.of, invitations.c.key).in_([place])
    with reading(source) as conn:
        rows = conn.execute(select(invitations).where(same).order_by(*_COLUMNS)).mappings()
        return tuple(_invitation(row) for row in rows)


def _same(invitation: Invitation) -> ColumnElement[bool]:
    return tuple_(*_COLUMNS).in_([tuple(getattr(invitation, name) for name in _KEY)])


def _row(invitation: Invitation) -> dict[str, object]:
    return {name: getattr(invitation, name) for name in Invitation.__dataclass_fields__} | {
        "state": invitation.state.value
    }


def _invitation(row: RowMapping) -> Invitation:
    fields = {name: row[name] for name in Invitation.__dataclass_fields__}
    return Invitation(**{**fields, "state": InvitationState(row["state"])})
