"""Mails from files, pipes, mboxes and maildirs, byte for byte."""

from __future__ import annotations

import io
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from config.faults import GiveUp
from daemon.inbound.mail_files import from_file, from_maildir, from_mbox, from_stream, mails_in

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
RAW = b"Subject: \xff\r\n\r\nbody\nwith bare ends\r\n"


def test_a_file(tmp_path: Path) -> None:
    """The bytes are unchanged and the time of receipt is the caller's; a missing file is named in the error."""
    path = tmp_path / "mail.eml"
    path.write_bytes(RAW)
    mail = from_file(path, NOW)
    assert (mail.raw, mail.received_at, mail.source) == (RAW, NOW, "file")
    with pytest.raises(GiveUp, match=r"other\.eml: No such file"):
        from_file(tmp_path / "other.eml", NOW)


@pytest.mark.parametrize("before", [b"", b"From anna@example.net Mon Mar  2 10:00:00 2026\n"])
def test_a_pipe(before: bytes) -> None:
    """A mail from a pipe may begin with the mail server's "From " line."""
    assert from_stream(io.BytesIO(before + RAW), NOW).raw == RAW


def test_an_mbox(tmp_path: Path) -> None:
    """Mails come in order, ">From" lines stay, times are those of the "From " lines."""
    path = tmp_path / "box"
    path.write_bytes(
        b"From anna@example.net Mon Mar  2 10:00:00 2026\nSubject: 1\n\n>From here on \xff\n\n"
        b"From bert@example.net Tue Mar  3 10:00:00 2026 +0100\nSubject: 2\n\nbody\n\n"
        b"From MAILER-DAEMON\nSubject: 3\n\n\n"
    )
    os.utime(path, (NOW.timestamp(), NOW.timestamp()))
    mails = list(from_mbox(path))
    assert [mail.raw for mail in mails] == [
        b"Subject: 1\n\n>From here on \xff\n",
        b"Subject: 2\n\nbody\n",
        b"Subject: 3\n\n",
    ]
    assert [mail.received_at for mail in mails] == [
        datetime(2026, 3, 2, 10, tzinfo=UTC),
        datetime(2026, 3, 3, 9, tzinfo=UTC),
        NOW,
    ]
    assert {mail.received_at for mail in from_mbox(path, NOW)} == {NOW}
    with pytest.raises(GiveUp, match="no such file"):
        list(from_mbox(tmp_path / "none"))


def test_a_maildir(tmp_path: Path) -> None:
    """Mails from new and cur come in order of arrival and stay where they are."""
    for name in ("new", "cur", "tmp"):
        (tmp_path / name).mkdir()
    for number, name in enumerate(["cur/2:2,S", "new/1", "cur/0:2,"]):
        (tmp_path / name).write_bytes(f"Subject: {number}\n\n".encode())
        os.utime(tmp_path / name, (NOW.timestamp() + number, NOW.timestamp() + number))
    (tmp_path / "tmp" / "half").write_bytes(b"Subj")
    mails = list(from_maildir(tmp_path))
    assert [mail.raw for mail in mails] == [b"Subject: 0\n\n", b"Subject: 1\n\n", b"Subject: 2\n\n"]
    assert [mail.received_at.second for mail in mails] == [0, 1, 2]
    assert len(list(from_maildir(tmp_path, NOW))) == 3
    with pytest.raises(GiveUp, match="not a maildir"):
        list(from_maildir(tmp_path / "new"))


def test_many_sources(tmp_path: Path) -> None:
    """Sources are read in the order given, each in its own format."""
    (tmp_path / "one.eml").write_bytes(RAW)
    (tmp_path / "box").write_bytes(b"From a Mon Mar  2 10:00:00 2026\nSubject: 1\n\n")
    for name in ("new", "cur"):
        (tmp_path / "dir" / name).mkdir(parents=True)
    pipe = io.BytesIO(b"Subject: 0\n\n")
    singles = mails_in(["-", str(tmp_path / "one.eml")], now=NOW, stdin=pipe)
    assert [mail.raw for mail in singles] == [b"Subject: 0\n\n", RAW]
    assert [mail.raw for mail in mails_in([str(tmp_path / "box")], now=NOW, stdin=pipe, mbox=True)] == [b"Subject: 1\n"]
    assert list(mails_in([str(tmp_path / "dir")], now=NOW, stdin=pipe, maildir=True)) == []
