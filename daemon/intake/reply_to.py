"""The address to answer (RFC 5322 section 3.6.2): Reply-To, if there is one.

A known customer and a member of staff are always answered at From, so that a forged Reply-To cannot redirect what
belongs to them.
"""

from __future__ import annotations

from dataclasses import replace

from config.policy import Policy
from daemon.decide.procedure.people import member_at
from daemon.installation import Installation
from daemon.intake.incoming_mail import IncomingMail
from daemon.intake.lookups import sender_history
from daemon.intake.spam_marks import why_spam
from parsers.reading import Mailbox
from parsers.sender.authentication import is_aligned
from parsers.sender.unattended_addresses import is_unattended
from storage.engine import Source


def with_addressee(source: Source, installation: Installation, incoming: IncomingMail, policy: Policy) -> IncomingMail:
    """The mail with the person to answer, and what other cases tell about them."""
    incoming = replace(incoming, history=sender_history(source, incoming))
    if not incoming.history.related:  # a spam mark does not stop somebody who has an open case
        incoming = replace(incoming, spam_reason=why_spam(incoming.reading, installation.spam_marks, installation.ours))
    if incoming.row.customer:
        person: Mailbox | None = Mailbox(incoming.row.customer, "", fallback="the operator")
    else:
        person = _named_in_reply_to(installation, incoming, policy)
    if person is None:
        return incoming
    incoming = replace(incoming, person=person)
    return replace(incoming, history=sender_history(source, incoming))


def _named_in_reply_to(installation: Installation, incoming: IncomingMail, policy: Policy) -> Mailbox | None:
    """Whom Reply-To names instead of From; None if it names nobody else, or must not be followed."""
    reading, sender = incoming.reading, incoming.reading.sender
    if incoming.form or sender.fallback or incoming.history.customer or member_at(policy, sender.address) is not None:
        return None
    for box in reading.reply_to:
        address = box.address.lower()
        if "@" not in address or address == sender.address.lower() or is_unattended(address):
            continue
        if not installation.ours.is_own_sender(address) and member_at(policy, address) is None:
            return Mailbox(box.address, box.name or _same_name(sender, address), fallback="Reply-To")
    return None


def _same_name(sender: Mailbox, address: str) -> str:
    """The display name in From, if the other address seems to belong to the same person or company."""
    (mine, _, here), (theirs, _, there) = sender.address.lower().rpartition("@"), address.rpartition("@")
    return sender.name if mine == theirs or is_aligned(here, there) else ""
