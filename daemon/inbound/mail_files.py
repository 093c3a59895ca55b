"""Read mail from files: single mails, mbox files, maildirs, standard input. The bytes are kept as they are.

The time of receipt is the caller's, or the source's: the From line in an mbox, the file's time in a maildir. It is
never the Date header's.
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
    """Yield the mails of these files, mboxes or maildirs, in order; `-` is standard input.

    Single mails get `now` as their time of receipt. Raises GiveUp for the first source that cannot be read.
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
    """Read one mail from a file. Raises GiveUp when it cannot be read."""
    try:
        raw = path.read_bytes()
    except OSError as failure:
        raise GiveUp(f"{path}: {failure.strerror}") from failure
    return RawMail(raw=raw, received_at=received_at, source="file")


def from_stream(stream: BinaryIO, received_at: datetime) -> RawMail:
    """Read one mail from a pipe, as a mail server delivers it; a `From ` line on top is the server's and left out."""
    raw = stream.read()
    if raw.startswith(b"From "):
        raw = raw.partition(b"\n")[2]
    return RawMail(raw=raw, received_at=received_at, source="file")


def from_mbox(path: Path, received_at: datetime | None = None) -> Iterator[RawMail]:
    """Yield the mails of an mbox file, in order. Raises GiveUp when there is no such file.

    The time of receipt is that of the `From ` line, in UTC (RFC 4155), unless `received_at` is given. Lines that begin
    with `>From` stay as they are: it is not known whether the sender or the file's writer added the sign.
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
    """Yield the mails of a maildir, new and read, by time of receipt. Raises GiveUp when it is not a maildir.

    The files stay where they are. The time of receipt is the file's, unless `received_at` is given.
    """
    folders = [folder / "new", folder / "cur"]
    if not all(path.is_dir() for path in folders):
        raise GiveUp(f"{folder}: not a maildir")
    found = [path for each in folders for path in each.iterdir() if not path.name.startswith(".")]
    times = {path: _file_time(path) for path in found}
    for path in sorted(found, key=lambda path: (times[path], path.name)):
        yield from_file(path, received_at or times[path])


def _file_time(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _from_time(line: bytes) -> datetime | None:
    """Return the time in `From anna@example.net Mon Mar  2 10:00:00 2026`, or None."""
    words = line.decode("ascii", "replace").split()
    for pattern in _FROM_TIMES:
        text = " ".join(words[-len(pattern.split()) :])
        try:
            found = datetime.strptime(text, pattern)  # noqa: DTZ007  RFC 4155: without a zone it is UTC
        except ValueError:
            continue
        return found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)
    return None
