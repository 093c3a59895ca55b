"""The ticket document: all of one ticket, as JSON and as text."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import Any

from config.policy import Policy
from storage.values import Case, Deadline, LedgerEntry, Message, Role


def ticket_json(case: Case, policy: Policy) -> dict[str, Any]:
    """Return a ticket as JSON values; instants and dates are ISO 8601, instants in UTC."""
    ticket = case.ticket
    kind = policy.kinds.get(ticket.kind)
    required = kind.requires if kind else ()
    asked = kind.asks if kind else ()
    customer = next((party for party in case.parties if party.role is Role.CUSTOMER), None)
    return {
        "reference": ticket.reference,
        "policy": ticket.policy,
        "kind": ticket.kind,
        "step": ticket.step,
        "waiting_for": ticket.waiting_for,
        "language": ticket.language,
        "subject": ticket.subject,
        "customer": {"name": customer.name, "address": customer.address} if customer else None,
        "team": ticket.team,
        "assignee": ticket.assignee,
        "details": {
            "found": {
                name: {"value": detail.value, "shown": detail.shown, "by": detail.by, "wrong": detail.wrong}
                for name, detail in ticket.details.items()
            },
            "missing": [name for name in required if _missing(case, name)],
            "missing_if_available": [name for name in asked if _missing(case, name)],
        },
        "received": ticket.received_at.isoformat(),
        "closed": _iso(ticket.closed_at),
        "erased": _iso(ticket.erased_at),
        "outcome": ticket.facts.outcome or None,
        "brand": ticket.brand or None,
        "form": ticket.facts.form or None,
        "numbers": dict(ticket.facts.numbers),
        "dossiers": {name: kept.get("state") for name, kept in ticket.facts.dossiers.items()},
        "deadlines": [_deadline(deadline) for deadline in case.deadlines],
        "parties": [
            {"role": p.role.value, "name": p.name, "address": p.address, "language": p.language, "bounced": p.bounced}
            for p in case.parties
        ],
        "messages": [_message(message) for message in case.messages],
        "ledger": [_entry(entry) for entry in case.history],
    }


def _entry(entry: LedgerEntry) -> dict[str, Any]:
    return {
        "seq": entry.seq,
        "at": entry.at.isoformat(),
        "event": entry.event,
        "by": entry.by,
        "facts": dict(entry.facts),
    }


def _missing(case: Case, name: str) -> bool:
    detail = case.ticket.details.get(name)
    return detail is None or bool(detail.wrong)


def _deadline(deadline: Deadline) -> dict[str, Any]:
    return {
        "promise": deadline.promise,
        "occurrence": deadline.occurrence,
        "due": deadline.due_on.isoformat(),
        "due_at": deadline.due_at.isoformat(),
        "state": deadline.state.value,
        "kept_at": _iso(deadline.kept_at),
        "kept_by": deadline.kept_by,
        "kept_by_itself": deadline.automatic if deadline.kept_at else None,
        "origin": deadline.origin,
        "automatic": deadline.automatic,
        "reason": deadline.reason,
        "paused": deadline.paused_at is not None,
        "derivation": list(deadline.derivation),
    }


def _message(message: Message) -> dict[str, Any]:
    return {
        "direction": message.direction,
        "message_id": message.message_id,
        "from": message.sender,
        "to": list(message.recipients),
        "subject": message.subject,
        "at": message.at.isoformat(),
        "notice": message.notice,
        "thread": message.thread,
        "language": message.language,
        "held": message.held,
        "automatic": message.automatic,
        "text": message.text,
        "attachments": [dict(file) for file in message.attachments],
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def ticket_text(ticket: dict[str, Any], zone: tzinfo) -> str:
    """Return the ticket document as text for a terminal, in this time zone."""
    customer = ticket["customer"] or {"name": "", "address": "nobody"}
    lines = [
        f"{ticket['reference']}  {ticket['subject']}",
        f"{ticket['policy']} / {ticket['kind']}, {ticket['step']}, waiting for {ticket['waiting_for']}",
        _whose(ticket, customer, zone),
        f"team {ticket['team'] or '-'}, assignee {ticket['assignee'] or '-'}",
        f"received {_when(ticket['received'], zone)}",
        *(f"{name} keeps it as {number}" for name, number in ticket["numbers"].items()),
        *(f"dossier {name}: {state}" for name, state in ticket["dossiers"].items()),
        "",
        "details",
        *(f"  {name}: {detail['shown']}{_wrong(detail)}" for name, detail in ticket["details"]["found"].items()),
        *(f"  {name}: missing" for name in ticket["details"]["missing"]),
        "",
        "promises",
        *(f"  {d['due']}  {d['promise']} ({d['origin']}): {d['state']}{_kept(d, zone)}" for d in ticket["deadlines"]),
        "",
        "messages",
        *(f"  {_when(m['at'], zone)}  {_arrow(m)}  {m['subject']}" for m in ticket["messages"]),
        "",
        "ledger",
        *(f"  {_when(e['at'], zone)}  {e['event']}, by {e['by']}" for e in ticket["ledger"]),
    ]
    return "\n".join(lines)


def _whose(ticket: dict[str, Any], customer: dict[str, str], zone: tzinfo) -> str:
    if ticket["erased"]:
        return f"erased {_when(ticket['erased'], zone)}: nobody knows any more whom it was for"
    return f"customer {customer['name']} <{customer['address']}>, writes {ticket['language']}"


def _when(iso: str, zone: tzinfo) -> str:
    return datetime.fromisoformat(iso).astimezone(zone).strftime("%Y-%m-%d %H:%M")


def _wrong(detail: dict[str, Any]) -> str:
    return f" (not right: {detail['wrong']})" if detail["wrong"] else ""


def _kept(deadline: dict[str, Any], zone: tzinfo) -> str:
    if not deadline["kept_at"]:
        return ""
    who = "by itself" if deadline["kept_by_itself"] else "by a person"
    return f", by {deadline['kept_by']} at {_when(deadline['kept_at'], zone)}, {who}"


def _arrow(message: dict[str, Any]) -> str:
    if message["direction"] == "in":
        return f"from {message['from']}{' (held)' if message['held'] else ''}"
    return f"{message['notice']} to {', '.join(message['to'])}"
