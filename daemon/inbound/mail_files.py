"""Mail out of files: single mails, mbox files, maildirs, standard input. Bytes are kept as they are.

Received is when the caller says so, or what the source itself knows: the line before a mail in an mbox, the time of a
file in a maildir. Never the Date header.
"""

from __future__ import annotations

import mailbox
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from config.faults import GiveUp
from storage.values import RawMail

_FROM_TIMES = ("%a %b %d %H:%M:%S %Y", "%a %b %d %H:%M:%S %Y %z", "%a %b %d %H:%M:%S %z %Y")


def mails_in(
    names: Iterable[str], *, now: datetime, stdin: BinaryIO, mbox: bool = False, maildir: bool = False
) -> Iterator[RawMail]:
    """The mails of all these sources, one at a time, in order; `-` is standard input.

    Single mails are received at `now`. Raises GiveUp at the source that cannot be read.
    """
    for name in names:
        if mbox:
            yield from from_mbox(Path(name))
        elif maildir:
            yield from from_maildir(Path(name))
        elif name == "-":
            yield from_stream(stdin, now)
        else:
            yield from_file(Path(name), now)


def from_file(path: Path, received_at: datetime) -> RawMail:
    """One mail out of one file; raises GiveUp when it cannot be read."""
    try:
        raw = path.read_bytes()
    except OSError as failure:
        raise GiveUp(f"{path}: {failure.strerror}") from failure
    return RawMail(raw=raw, received_at=received_at, source="file")


def from_stream(stream: BinaryIO, received_at: datetime) -> RawMail:
    """One mail out of a pipe, as a mail server hands it over; a `From ` line on top is the server's."""
    raw = stream.read()
    if raw.startswith(b"From "):
        raw = raw.partition(b"\n")[2]
    return RawMail(raw=raw, received_at=received_at, source="file")


def from_mbox(path: Path, received_at: datetime | None = None) -> Iterator[RawMail]:
    """The mails of an mbox file in order; raises GiveUp when there is no such file.

    Received when its `From ` line says, in UTC (RFC 4155), unless `received_at` is given. Lines that were written as
    `>From` stay so: nothing tells whether the sender or the file's writer put the sign there.
    """
    try:
        box = mailbox.mbox(str(path), create=False)
    except mailbox.NoSuchMailboxError as failure:
        raise GiveUp(f"{path}: no such file") from failure
    try:
        for key in box.iterkeys():
            whole = box.get_bytes(key, from_=True)
            line, _, raw = whole.partition(b"\n")
            yield RawMail(
                raw=raw,
                received_at=received_at or _from_time(line) or _file_time(path),
                source="file",
            )
    finally:
        box.close()


def from_maildir(folder: Path, received_at: datetime | None = None) -> Iterator[RawMail]:
    """The mails of a maildir, new and read, in the order in which they came; raises GiveUp when it is none.

    They stay where they are. Received when the file was written, unless `received_at` is given.
    """
    places = [folder / "new", folder / "cur"]
    if not all(place.is_dir() for place in places):
        raise GiveUp(f"{folder}: not a maildir")
    found = [path for place in places for path in place.iterdir() if not path.name.startswith(".")]
    times = {path: _file_time(path) for path in found}
    for path in sorted(found, key=lambda path: (times[path], path.name)):
        yield from_file(path, received_at or times[path])


def _file_time(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _from_time(line: bytes) -> datetime | None:
    """The time in `From anna@example.net Mon Mar  2 10:00:00 2026`, or None."""
    words = line.decode("ascii", "replace").split()
    for form in _FROM_TIMES:
        text = " ".join(words[-len(form.split()) :])
        try:
            found = datetime.strptime(text, form)  # noqa: DTZ007  RFC 4155: without a zone it is UTC
        except ValueError:
            continue
        return found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)
    return None
