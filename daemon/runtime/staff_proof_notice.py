"""Tell the operator by mail, once, that the settings do not say how mail of staff is proven (staff.proof)."""

from __future__ import annotations

from datetime import datetime

from config.files.staff_proof import PROOFS, unset_proof_warning
from config.settings import Settings
from daemon.installation import Installation
from daemon.letters.operator_mail import operator_or_manager, plain_letter
from storage import outbox
from storage.engine import Database

NOTICE = "staff_proof"


def ask_operator_once(db: Database, settings: Settings, installation: Installation, now: datetime) -> None:
    """Write the mail if staff.proof is not set: to the operator, else to a manager. The outbox has a key of each letter
    once, so that this one is never written again."""
    to = operator_or_manager(installation.operator, installation.policies.values())
    if not unset_proof_warning(settings) or not to:
        return
    choices = "".join(f'  proof = "{name}"\n      {what}\n' for name, what in PROOFS.items())
    text = (
        "The settings do not say how mail of your staff is proven. It is known by the address that it answers to and\n"
        "by its From alone; whoever sees a letter to your staff knows both. So decisions, extensions and erasing wait\n"
        "for one word in answer to a mail to the member's own address. All else works as before.\n\n"
        f"Say in reclamo.toml, under [staff], what you want:\n\n{choices}\n"
        'With "confirmation" all stays as it is now. You are told once.\n'
    )
    subject = "Reclamo: how is mail of your staff proven?"
    letter = plain_letter(
        installation.sender_identity, notice=NOTICE, key=NOTICE, to=to, subject=subject, text=text, now=now
    )
    with db.write() as conn:
        outbox.add(conn, [letter])
