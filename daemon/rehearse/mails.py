"""Build the mails of a scenario as mail programs and mail servers build them: complete MIME messages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from mimetypes import guess_type
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import format_datetime as format_localised

from config.faults import nearest
from daemon.rehearse.received_letter import ReceivedLetter
from daemon.rehearse.scenario import MailContent, Person, ReportDelivery
from templates.filters import locale_of

RETURNED = "Undelivered Mail Returned to Sender"
_LONGEST_LINE = 900  # RFC 5322 section 2.1.1: 998 octets
# The attribution line that common mail programs put above a quotation: the date's format, then the line.
_ATTRIBUTIONS = {
    "it": ("'Il giorno' EEE d MMM y 'alle ore' HH:mm", "{when} {who} ha scritto:"),
    "de": ("'Am' EE, d. MMM y 'um' HH:mm 'Uhr'", "{when} schrieb {who}:"),
    "en": ("'On' EEE, d MMM y 'at' HH:mm", "{when}, {who} wrote:"),
}
_MAGIC_BYTES = {
    "image/jpeg": b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00",
    "image/png": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
    "application/pdf": b"%PDF-1.4\n",
    "video/mp4": b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom",
}
_AUTOMATIC_REPLIES = {
    "it": ("Risposta automatica: ", "Sono assente dall'ufficio fino a lunedì e leggerò il messaggio al mio ritorno."),
    "de": ("Automatische Antwort: ", "Ich bin bis Montag nicht im Büro und lese Ihre Nachricht nach meiner Rückkehr."),
    "en": ("Automatic reply: ", "I am out of the office until Monday and will read your message when I am back."),
}


class NoSuchLabel(Exception):
    """The letter has no line with this label to fill in."""


class MailProgram:
    """Builds mails and numbers them, so that the same scenario has the same Message-IDs.

    Attached files are read from `folder` if they exist there, and made up otherwise.
    """

    def __init__(self, zone: ZoneInfo, folder: Path) -> None:
        self.zone = zone
        self._folder = folder
        self._count = 0

    def new_mail(self, person: Person, to: Sequence[str], content: MailContent, now: datetime) -> bytes:
        """Build a new mail."""
        mail = self._mail(person, content.sender, ", ".join(to), content.subject, now)
        return self._to_bytes(mail, content.text, content)

    def reply(self, person: Person, received: ReceivedLetter, to: str, content: MailContent, now: datetime) -> bytes:
        """Build a reply to a letter: in its thread, with its subject, its text quoted below. Raises NoSuchLabel."""
        subject = content.subject or _reply_subject(received.letter.subject)
        mail = self._mail(person, content.sender, to, subject, now)
        _thread(mail, received)
        text = content.text
        if content.quotes or content.fill_in:
            text = (
                f"{text}\n\n{self._attribution(received)}\n\n{_quote(_fill_in(received.text, content.fill_in))}".lstrip(
                    "\n"
                )
            )
        return self._to_bytes(mail, text, content)

    def automatic_reply(self, person: Person, received: ReceivedLetter, content: MailContent, now: datetime) -> bytes:
        """Build the automatic reply of a mail program whose owner is away (RFC 3834)."""
        lead, usual = _AUTOMATIC_REPLIES.get(received.letter.language, _AUTOMATIC_REPLIES["en"])
        mail = self._mail(person, "", received.reply_to, content.subject or lead + received.letter.subject, now)
        _thread(mail, received)
        mail["Auto-Submitted"] = "auto-replied"
        return self._to_bytes(mail, content.text or usual, content)

    def delivery_report(self, received: ReceivedLetter, act: ReportDelivery, to_us: str, now: datetime) -> bytes:
        """Build the report of a mail server that could not deliver a letter (RFC 3464).

        If the report is to return nothing of the letter, it is plain text.
        """
        lasting, to = act.permanent, act.names_recipient or received.letter.recipient
        host = received.letter.recipient.rpartition("@")[2]
        server = Person("Mail Delivery System", f"mailer-daemon@{host}")
        mail = self._mail(server, "", to_us, act.subject or RETURNED, now)
        mail["Auto-Submitted"] = "auto-replied"
        status, action = ("5.1.1", "failed") if lasting else ("4.4.1", "delayed")
        why = "550 5.1.1 no such mailbox" if lasting else "451 4.4.1 the server does not answer"
        text = f"Your message could not be delivered to {to}.\n\n{why}\n"
        fields = (
            f"Reporting-MTA: dns; mx.{host}\n\nFinal-Recipient: rfc822; {to}\nAction: {action}\nStatus: {status}\n"
            f"Diagnostic-Code: smtp; {why}\n"
        )
        if not act.returns_letter:
            mail.set_content(text)
            return mail.as_bytes()
        return _report_bytes(mail, text, fields, received.letter.raw)

    def _mail(self, person: Person, sender: str, to: str, subject: str, now: datetime) -> EmailMessage:
        self._count += 1
        mail = EmailMessage(policy=SMTP)
        address = sender or person.address
        mail["From"] = Address(person.name, addr_spec=address)
        mail["To"] = to
        mail["Subject"] = subject
        mail["Date"] = format_datetime(now.astimezone(self.zone))
        mail["Message-ID"] = f"<{now:%Y%m%d%H%M%S}.{self._count}@{address.rpartition('@')[2]}>"
        return mail

    def _to_bytes(self, mail: EmailMessage, text: str, content: MailContent) -> bytes:
        long_line = any(len(line.encode()) > _LONGEST_LINE for line in text.splitlines())
        mail.set_content(text + "\n", cte="quoted-printable" if long_line or not text.isascii() else "7bit")
        for name in content.attach:
            main, _, sub = (guess_type(name)[0] or "application/octet-stream").partition("/")
            mail.add_attachment(self._file_content(name), maintype=main, subtype=sub, filename=Path(name).name)
        for name, value in content.headers:
            del mail[name]
            mail[name] = value
        return mail.as_bytes()

    def _file_content(self, name: str) -> bytes:
        file = self._folder / name
        if file.is_file():
            return file.read_bytes()
        beginning = _MAGIC_BYTES.get(guess_type(name)[0] or "", b"")
        return beginning + f"{name}, of a scenario\n".encode() * 40

    def _attribution(self, received: ReceivedLetter) -> str:
        language = received.letter.language.partition("-")[0]
        when, line = _ATTRIBUTIONS.get(language, _ATTRIBUTIONS["en"])
        locale = locale_of(language if language in _ATTRIBUTIONS else "en")
        date = format_localised(received.at.astimezone(self.zone), when, tzinfo=self.zone, locale=locale)
        return line.format(when=date, who=received.sender)


def _reply_subject(subject: str) -> str:
    return subject if re.match(r"(?i)(re|aw|r)\s*:", subject) else f"Re: {subject}"


def _thread(mail: EmailMessage, received: ReceivedLetter) -> None:
    earlier = " ".join(str(received.mail["References"] or "").split())
    own = f"<{received.letter.message_id.strip('<>')}>"
    mail["In-Reply-To"] = own
    mail["References"] = f"{earlier} {own}".strip()


def _fill_in(text: str, fill: Sequence[tuple[str, str]]) -> str:
    lines = text.splitlines()
    for label, value in fill:
        index = next((index for index, line in enumerate(lines) if _is_blank(line, label)), None)
        if index is None:
            blanks = [line.strip().rstrip(":：*") for line in lines if line.rstrip(" *").endswith((":", "："))]
            near = nearest(label, blanks)
            raise NoSuchLabel(f"no line {label!r} to fill in" + (f"; did you mean {near!r}?" if near else ""))
        lines[index] = f"{lines[index].rstrip()} {value}"
    return "\n".join(lines)


def _is_blank(line: str, label: str) -> bool:
    plain = line.strip().strip("*_ ")
    return plain.endswith((":", "：")) and plain[:-1].strip("*_ \u00a0").casefold().endswith(label.casefold())


def _quote(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.rstrip("\n").split("\n"))


def _report_bytes(mail: EmailMessage, text: str, fields: str, original: bytes) -> bytes:
    # EmailMessage cannot build a multipart/report.
    head = re.split(rb"\r?\n\r?\n", original, maxsplit=1)[0]
    parts = (
        (b"text/plain; charset=utf-8", text.encode()),
        (b"message/delivery-status", fields.encode()),
        (b"text/rfc822-headers", head + b"\r\n"),
    )
    body = b"".join(
        b"--=_report\r\nContent-Type: " + content_type + b"\r\n\r\n" + content + b"\r\n"
        for content_type, content in parts
    )
    mail["MIME-Version"] = "1.0"
    mail["Content-Type"] = 'multipart/report; report-type=delivery-status; boundary="=_report"'
    raw = mail.as_bytes().split(b"\r\n\r\n", 1)[0] + b"\r\n\r\n" + body + b"--=_report--\r\n"
    return raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
