"""Export all that is held of a case or a person as files (GDPR, Articles 15 and 20)."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from daemon.cases.ticket_document import ticket_json
from daemon.decide.procedure.people import member_at
from daemon.installation import Installation
from storage import cases, company_records, correspondents, held_content, tickets
from storage.engine import Source
from storage.values import Case

ExportedFile = tuple[str, bytes]
"""A file's path, with / between its parts, and its bytes."""


def export_case(source: Source, installation: Installation, case: Case) -> Iterator[ExportedFile]:
    """Yield the files of a case: what is known as JSON, its mails as received, its letters as sent. What staff wrote
    and got is apart from them, under `inside`."""
    policy, folder = installation.policies[case.ticket.policy], case.ticket.reference
    whole = ticket_json(case, policy) | {"remembered": case.ticket.facts.to_json()}
    yield f"{folder}/case.json", _json(whole)
    senders = {message.inbox_id: message.sender for message in case.messages}
    for mail in held_content.mails(source, case.ticket.id):
        inside = member_at(policy, senders.get(mail.number) or mail.party) is not None
        yield f"{folder}/{'inside/' if inside else ''}mails/{mail.number}.eml", mail.raw
    for letter in held_content.letters(source, case.ticket.id):
        inside = member_at(policy, letter.party) is not None
        yield f"{folder}/{'inside/' if inside else ''}letters/{letter.number}.eml", letter.raw


def export_person(source: Source, installation: Installation, address: str) -> Iterator[ExportedFile]:
    """Yield the files of a customer, by address: their cases, open and closed, what is noted of the address, their
    company records, and their mails that belong to no case. Raises LookupError if nothing is held."""
    known = correspondents.get(source, address)
    records = {name: company_records.of_customer(source, name, address) for name in installation.policies}
    person: dict[str, Any] = {
        "address": address,
        "noted": asdict(known) if known else None,
        "records": [{"policy": name, **asdict(record)} for name, rows in records.items() for record in rows],
    }
    lines = tickets.listing(source, open_only=False, customer=address, limit=10_000)
    loose = [(f"mails/{mail.number}.eml", mail.raw) for mail in held_content.of_no_case(source, address)]
    if not (known or lines or person["records"] or loose):
        raise LookupError(address)
    yield "person.json", _json(person)
    yield from loose
    for line in lines:
        yield from export_case(source, installation, cases.load(source, [line.id])[line.id])


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n").encode()


def write_files(files: Iterable[ExportedFile], out: Path) -> int:
    """Write the files into a new folder or, if its name ends in .zip, into one archive, readable by its owner only;
    return how many. Raises FileExistsError rather than overwrite anything."""
    if out.exists():
        raise FileExistsError(out)
    if out.suffix.lower() == ".zip":
        return _as_zip(files, out)
    count = 0
    for name, content in files:
        file = out / name
        _folder(file.parent)
        file.touch(mode=0o600)
        file.write_bytes(content)
        count += 1
    return count


def _folder(folder: Path) -> None:
    """Make a folder, with missing parents, that only its owner can read."""
    if not folder.exists():
        _folder(folder.parent)
        folder.mkdir(mode=0o700)


def _as_zip(files: Iterable[ExportedFile], out: Path) -> int:
    packed, count = io.BytesIO(), 0
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
            count += 1
    out.touch(mode=0o600, exist_ok=False)
    out.write_bytes(packed.getvalue())
    return count
