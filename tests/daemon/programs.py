"""Replies as well-known mail programs build them: top-posted, in HTML, with a signature and the notice quoted below.

Each takes the letter answered and the words, and gives the bytes as they leave the program. What is characteristic of
a program is its own: how it leads the quotation in, marks it, and where it puts the signature.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from email.utils import format_datetime, parseaddr
from html import escape

from storage.records import Letter

SIGNATURE = "Ada Bianchi | Technik | Durchwahl 4711"
Program = Callable[..., bytes]


def text_of(letter: Letter) -> str:
    """The letter's plain text."""
    part = message_from_bytes(letter.raw, policy=default).get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def _begun(letter: Letter, sender: str, to: str, mark: str) -> EmailMessage:
    seen = message_from_bytes(letter.raw, policy=default)
    mail = EmailMessage(policy=SMTP)
    mail["From"] = f"Ada Bianchi <{sender}>"
    mail["To"] = to or parseaddr(str(seen["Reply-To"]))[1]
    mail["Subject"] = f"Re: {letter.subject}"
    written = letter.created_at + timedelta(seconds=sum(mark.encode()))  # no two mails at the same second
    mail["Date"] = format_datetime(written)
    mail["Message-ID"] = f"<{mark}@{sender.rpartition('@')[2]}>"
    mail["In-Reply-To"] = f"<{letter.message_id}>"
    mail["References"] = f"<{letter.message_id}>"
    return mail


def _both(mail: EmailMessage, plain: str, html: str) -> bytes:
    mail.set_content(plain, cte="quoted-printable")
    mail.add_alternative(html, subtype="html", cte="quoted-printable")
    return mail.as_bytes()


def _lines(text: str, mark: str = "> ") -> str:
    return "\n".join(f"{mark}{line}".rstrip() for line in text.rstrip().split("\n"))


def _html(text: str) -> str:
    return "".join(f"<div>{escape(line) or '<br>'}</div>" for line in text.split("\n"))


def gmail(letter: Letter, text: str, *, sender: str, mark: str, to: str = "") -> bytes:
    """Gmail on the web: gmail_quote, the signature above the quotation behind "-- "."""
    led = "On Tue, Mar 3, 2026 at 9:00 AM Firm <complaints@firm.example> wrote:"
    quoted = text_of(letter)
    plain = f"{text}\n\n-- \n{SIGNATURE}\n\n\n{led}\n\n{_lines(quoted)}\n"
    html = (
        f'<div dir="ltr">{_html(text)}<div><br></div><span class="gmail_signature_prefix">-- </span><br>'
        f'<div dir="ltr" class="gmail_signature" data-smartmail="gmail_signature">{escape(SIGNATURE)}</div></div><br>'
        f'<div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">{escape(led)}<br></div>'
        f'<blockquote class="gmail_quote" style="margin:0 0 0 .8ex">{_html(quoted)}</blockquote></div>'
    )
    return _both(_begun(letter, sender, to, mark), plain, html)


def outlook(letter: Letter, text: str, *, sender: str, mark: str, to: str = "") -> bytes:
    """Outlook for Windows: no quotation marks at all, a ruled head of From, Sent, To, Subject."""
    head = (
        "From: Firm <complaints@firm.example>\nSent: Tuesday, March 3, 2026 9:00 AM\n"
        f"To: Ada Bianchi <{sender}>\nSubject: {letter.subject}"
    )
    quoted = text_of(letter)
    plain = f"{text}\n\n{SIGNATURE}\n\n________________________________\n{head}\n\n{quoted}\n"
    html = (
        '<html xmlns:o="urn:schemas-microsoft-com:office:office"><body lang="EN-US"><div class="WordSection1">'
        + "".join(f'<p class="MsoNormal">{escape(line) or "<o:p>&nbsp;</o:p>"}</p>' for line in text.split("\n"))
        + f'<p class="MsoNormal"><o:p>&nbsp;</o:p></p><p class="MsoNormal">{escape(SIGNATURE)}</p>'
        '<div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0in 0in 0in">'
        f'<p class="MsoNormal">{"<br>".join(_bold(line) for line in head.split(chr(10)))}</p></div></div>'
        f"{_html(quoted)}</div></body></html>"
    )
    mail = _begun(letter, sender, to, mark)
    mail["Thread-Topic"] = letter.subject
    return _both(mail, plain, html)


def _bold(line: str) -> str:
    name, _, value = line.partition(":")
    return f"<b>{name}:</b>{escape(value)}"


def apple(letter: Letter, text: str, *, sender: str, mark: str, to: str = "") -> bytes:
    """Apple Mail: blockquote type="cite"; the signature stands above the quotation, without a mark before it."""
    led = "On 3. Mar 2026, at 09:00, Firm <complaints@firm.example> wrote:"
    quoted = text_of(letter)
    plain = f"{text}\n\n-- \n{SIGNATURE}\n\n> {led}\n> \n{_lines(quoted)}\n"
    html = (
        '<html><body style="overflow-wrap: break-word; -webkit-nbsp-mode: space;">'
        f'{_html(text)}<br id="lineBreakAtBeginningOfMessage"><div><div>-- </div><div>{escape(SIGNATURE)}</div></div>'
        f'<div><br><blockquote type="cite"><div>{escape(led)}</div><br class="Apple-interchange-newline">'
        f"<div>{_html(quoted)}</div></blockquote></div><br></body></html>"
    )
    return _both(_begun(letter, sender, to, mark), plain, html)


def thunderbird(letter: Letter, text: str, *, sender: str, mark: str, to: str = "") -> bytes:
    """Thunderbird in plain text: format=flowed, the signature at the very end behind "-- "."""
    led = "On 03.03.26 09:00, Firm wrote:"
    mail = _begun(letter, sender, to, mark)
    mail["User-Agent"] = "Mozilla Thunderbird"
    mail.set_content(f"{text}\n\n{led}\n{_lines(text_of(letter), '> ')}\n\n-- \n{SIGNATURE}\n", cte="8bit")
    mail.replace_header("Content-Type", 'text/plain; charset="UTF-8"; format=flowed')
    return mail.as_bytes()


PROGRAMS: dict[str, Program] = {
    "Gmail": gmail,
    "Outlook": outlook,
    "Apple Mail": apple,
    "Thunderbird": thunderbird,
}
