"""Fuzz the mail reader with mutated golden mails: no exception, bounded time, text that a database can store.

Run: python -m tests.fuzz.fuzz_read_mail --minutes 30 [--seed N] [--keep FOLDER]
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

from parsers.mail import read_mail
from parsers.reading_json import as_json, explanation

MAILS = Path(__file__).parent.parent / "mail"
SLOW = 2.0
"""Seconds that no mail may take."""

PIECES = (
    b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n", b"--x--\r\n", b"\r\n\r\n", b"\x00",
    b"=?utf-8?Q?=", b"=?gb2312?B?xOO6?=", b"Content-Transfer-Encoding: base64\r\n", b"\xed\xa0\x80",
    b"\xff\xfe", b"\x1b$B", b"begin 644 a\r\n", b"<html><div><table><tr><td>", b"<!--", b"<blockquote>",
    b"; name*0*=utf-8''%E5", b'"', b"(", b"<", b"> ", b"----", b"Message-ID: <a@b>\r\n",
    b"Content-Type: message/rfc822\r\n\r\n", b"charset=iso-2022-jp", b"charset=utf-7", b"+AAA-",
    b"Content-Type: text/plain; format=flowed; delsp=yes\r\n", b"-----BEGIN PGP SIGNED MESSAGE-----\r\n",
    b"Date: \r\n", b"Content-Type: message/delivery-status\r\n\r\nFinal-Recipient: rfc822; a@b\r\n",
    b"From: \r\n", b"\r", b"\n", b'Content-Type: application/ms-tnef\r\n\r\nx\x9f>"', b"PK\x03\x04",
    b"PK\x05\x06", b"charset=x-unknown",
)  # fmt: skip


def seeds() -> list[bytes]:
    """Return the golden mails with LF and with CRLF line ends."""
    raws = [path.read_bytes() for path in sorted(MAILS.rglob("*.eml"))]
    return raws + [raw.replace(b"\n", b"\r\n") for raw in raws if b"\r" not in raw]


def mutants(raws: list[bytes], seed: int) -> Iterator[bytes]:
    """Yield mutated mails without end; the same seed yields the same mails."""
    chance = random.Random(seed)
    changes: tuple[Callable[[bytearray, random.Random, list[bytes]], None], ...] = (
        _flip, _insert, _delete, _repeat, _splice, _swap_lines, _cut,
    )  # fmt: skip
    while True:
        mail = bytearray(chance.choice(raws))
        for _ in range(chance.randint(1, 8)):
            chance.choice(changes)(mail, chance, raws)
        yield bytes(mail[:200_000])


def _place(mail: bytearray, chance: random.Random) -> int:
    return chance.randrange(len(mail) + 1)


def _flip(mail: bytearray, chance: random.Random, raws: list[bytes]) -> None:
    for _ in range(min(len(mail), chance.randint(1, 20))):
        mail[chance.randrange(len(mail))] = chance.randrange(256)


def _insert(mail: bytearray, chance: random.Random, raws: list[bytes]) -> None:
    place = _place(mail, chance)
    mail[place:place] = chance.choice(PIECES) * chance.choice((1, 1, 1, 2, 50, 2000))


def _delete(mail: bytearray, chance: random.Random, raws: list[bytes]) -> None:
    place = _place(mail, chance)
    del mail[place : place + chance.randint(1, 60)]


def _repeat(mail: bytearray, chance: random.Random, raws: list[bytes]) -> None:
    place = _place(mail, chance)
    mail[place:place] = mail[place : place + chance.randint(1, 200)] * chance.choice((1, 3, 300))


def _splice(mail: bytearray, chance: random.Random, raws: list[bytes]) -> None:
    other = chance.choice(raws)
    place = chance.randrange(len(other) + 1)
    mail[_place(mail, chance) :] = other[place:]


def _swap_lines(mail: bytearray, chance: random.Random, raws: list[bytes]) -> None:
    lines = bytes(mail).split(b"\n")
    chance.shuffle(lines)
    mail[:] = b"\n".join(lines)


def _cut(mail: bytearray, chance: random.Random, raws: list[bytes]) -> None:
    del mail[_place(mail, chance) :]


def fault(raw: bytes) -> str:
    """Return what is wrong with how a mail was read, or an empty string."""
    started = time.process_time()  # not the wall clock: others may use the machine
    try:
        reading = read_mail(raw)
        shown = json.dumps(as_json(reading), ensure_ascii=False) + explanation(reading)
        shown.encode("utf-8")
    except Exception:
        return traceback.format_exc()
    seconds = time.process_time() - started
    if "\\u0000" in shown or "\x00" in explanation(reading):
        return "NUL in the reading"
    return f"{seconds:.1f} s" if seconds > SLOW else ""


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--minutes", type=float, default=30.0)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--keep", type=Path, default=Path("fuzz-found"))
    chosen = options.parse_args()
    until = time.monotonic() + 60 * chosen.minutes
    count = found = 0
    for raw in mutants(seeds(), chosen.seed):
        if time.monotonic() > until:
            break
        count += 1
        wrong = fault(raw)
        if wrong:
            found += 1
            name = hashlib.sha256(raw).hexdigest()[:16]
            chosen.keep.mkdir(parents=True, exist_ok=True)
            (chosen.keep / f"{name}.eml").write_bytes(raw)
            (chosen.keep / f"{name}.txt").write_text(wrong, encoding="utf-8")
            print(f"{name}: {wrong.strip().splitlines()[-1]}", flush=True)
    print(f"{count} mails read, {found} faults")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
