"""An installation that accepts staff mail only with a valid DKIM signature, real keys, a DNS resolver that publishes
them, and one open case."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import dkim  # type: ignore[import-untyped]
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from dkim.canonicalization import CanonicalizationPolicy  # type: ignore[import-untyped]

from config.settings import Settings
from daemon.clock.stepper import Stepper
from daemon.installation import Installation
from daemon.installation_build import load_installation
from daemon.intake.sender_proof import sender_proof
from parsers.sender.tokens import TokenKeys
from storage import cases, inbox, migrate, tickets
from storage.engine import Database
from storage.values import Case, InboxState, Letter, RawMail
from tests.daemon.memory_transport import MemoryTransport

NOW = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)
SUPPORT, ADA, SARA, MAX = "complaints@firm.example", "ada@firm.example", "sara@firm.example", "max@firm.example"
ANNA = "anna@example.it"
KEYS = TokenKeys(current=1, secrets={1: b"a key for tests only, 32 octets.."})
PEOPLE = {
    "technical": {
        "members": [{"name": "Ada Bianchi", "address": ADA}],
        "manager": {"name": "Max Moro", "address": MAX},
    },
    "service": {"members": [{"name": "Sara Conti", "address": SARA}]},
    "reviewers": {"members": [{"name": "Rita Neri", "address": "rita@firm.example"}]},
}
COMPLAINT = (
    b"From: Anna Rossi <anna@example.it>\r\nTo: complaints@firm.example\r\nSubject: Inverter ST-6.0K is dead\r\n"
    b"Date: Tue, 3 Mar 2026 08:00:00 +0000\r\nMessage-ID: <first@example.it>\r\n\r\n"
    b"My inverter ST-6.0K, serial number SN60A2412345, does not switch on any more.\r\n"
    b"I would like a new one.\r\n"
)


@cache
def signing_key(domain: str) -> rsa.RSAPrivateKey:
    """Return the DKIM key of a domain, made on first use."""
    assert domain
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def sign(raw: bytes, domain: str) -> bytes:
    """Add a DKIM signature of the domain, made with dkimpy."""
    pem = signing_key(domain).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    signature: bytes = dkim.sign(raw, b"s1", domain.encode(), pem, canonicalize=(b"relaxed", b"relaxed"))
    return signature + raw


_FIELDS = b"from:to:subject:date:message-id"


def sign_with(
    raw: bytes, domain: str, *, fields: bytes = _FIELDS, tags: bytes = b"", length: int | None = None
) -> bytes:
    """Add a DKIM signature that dkimpy cannot make (RFC 6376 section 3.5): chosen header fields, extra tags, a body
    length."""
    head, _, body = raw.partition(b"\r\n\r\n")
    relaxed = CanonicalizationPolicy.from_c_value(b"relaxed/relaxed")
    digest = base64.b64encode(hashlib.sha256(relaxed.canonicalize_body(body)[:length]).digest())
    listed = [tuple(line.split(b":", 1)) for line in re.split(rb"\r\n(?![ \t])", head)]
    chosen = []
    for field in fields.split(b":"):
        last = next(
            (header for header in reversed(listed) if header[0].lower() == field and header not in chosen), None
        )
        chosen += [last] if last else []
    value = b" v=1; a=rsa-sha256; c=relaxed/relaxed; d=" + domain.encode() + b"; s=s1; h=" + fields
    value += b"; bh=" + digest + tags + (b"" if length is None else b"; l=%d" % length) + b"; b="
    covered = relaxed.canonicalize_headers([(n, v + b"\r\n") for n, v in [*chosen, (b"DKIM-Signature", value)]])
    octets = b"".join(name + b":" + content for name, content in covered).removesuffix(b"\r\n")
    signature = base64.b64encode(signing_key(domain).sign(octets, padding.PKCS1v15(), hashes.SHA256()))
    return b"DKIM-Signature:" + value + signature + b"\r\n" + raw


def resolve(name: bytes, timeout: int = 5) -> bytes | None:
    """Answer a DNS TXT query with the domain's DKIM public key."""
    assert timeout
    domain = name.decode().removeprefix("s1._domainkey.").rstrip(".")
    spki = serialization.PublicFormat.SubjectPublicKeyInfo
    public = signing_key(domain).public_key().public_bytes(serialization.Encoding.DER, spki)
    return b"v=DKIM1; p=" + base64.b64encode(public)


def signed_installation(
    folder: Path, *, hold: int = 0, support: str = SUPPORT, teams: Mapping[str, Any] = PEOPLE, **staff: str
) -> Installation:
    """Load an installation where staff mail must be signed by its own domain; `staff` are further settings of that
    section."""
    table = {
        "folder": folder, "company": {"name": "Firm", "country": "IT"}, "relay": {}, "keys": {},
        "addresses": [{"address": support, "policy": "complaints"}], "staff": {"proof": "dkim", "hold": hold, **staff},
    }  # fmt: skip
    settings = Settings.model_validate(table, context={"folder": folder})
    installation = load_installation(settings, keys=KEYS, extra={"teams": teams})
    return replace(installation, prove_sender=sender_proof(settings, installation.ours, resolve))


class ReclamoWithCase:
    """A running installation with one case, opened by Anna. `notice` is the letter that told Ada about it."""

    def __init__(self, folder: Path, *, hold: int = 0, **staff: str) -> None:
        self.db = Database("sqlite://")
        migrate.upgrade(self.db)
        self.post = MemoryTransport()
        self.stepper = Stepper(self.db, signed_installation(folder, hold=hold, **staff), self.post, NOW)
        self.take(COMPLAINT, sender=ANNA)
        self.notice = self.last("new_case", ADA)
        self._before = len(self.post.letters)

    def take(self, raw: bytes, *, sender: str, to: str = SUPPORT) -> None:
        """Receive a mail in this envelope and process it to the end."""
        self.receive(
            RawMail(raw=raw, received_at=self.stepper.now, source="smtp", envelope_from=sender, recipients=(to,))
        )

    def receive(self, mail: RawMail) -> None:
        """Receive a mail that a listener took in, then advance one minute, so that no two mails share an instant."""
        self.stepper.accept(mail)
        self.stepper.settle()
        self.stepper.now += timedelta(minutes=1)
        self.stepper.settle()

    def last(self, notice: str, reader: str) -> Letter:
        """Return the newest letter of this notice to this recipient."""
        return next(
            letter for letter in reversed(self.post.letters) if (letter.notice, letter.recipient) == (notice, reader)
        )

    def news(self) -> list[tuple[str, str]]:
        """Return (notice, recipient) of the letters sent since the last call."""
        fresh, self._before = self.post.letters[self._before :], len(self.post.letters)
        return [(letter.notice, letter.recipient) for letter in fresh]

    def case(self, reference: str = "C-2026-000001") -> Case:
        """Return a case by its reference."""
        number = tickets.by_reference(self.db, [reference])[reference]
        return cases.load(self.db, [number])[number]

    def set_aside(self) -> list[str]:
        """Return the reasons of the mails in quarantine, newest first."""
        return [line.error for line in inbox.listing(self.db, state=InboxState.QUARANTINED)]

    def read_by(self, reader: str) -> str:
        """Return the bytes of all letters to this recipient, as text."""
        return "\n".join(letter.raw.decode() for letter in self.post.letters if letter.recipient == reader)


MakeReclamo = Callable[..., ReclamoWithCase]
