"""Replies as well-known mail programs write them, byte for byte: Gmail, Outlook, Apple Mail, Thunderbird.

Each function takes the letter that is answered and the reply's text, and returns a whole mail: with the program's own
headers, attribution line, quotation marks, HTML quotation and signature position, and with the company server's
disclaimer where that program's users have one. `from_link` builds the mail that a phone sends from a mailto link.
"""

from __future__ import annotations

import base64
import binascii
import textwrap
from collections.abc import Callable
from datetime import timedelta
from email.utils import format_datetime
from html import escape
from urllib.parse import parse_qsl, unquote, urlsplit

from storage.values import Letter
from tests.daemon.rendered import as_plain, body_html, reply_address, text_of

SIGNATURE = "Ada Bianchi | Technik | Durchwahl 4711"
DISCLAIMER = (
    "CONFIDENTIALITY NOTICE: This e-mail and any attachments are confidential and intended solely for the addressee. "
    "If you are not the intended recipient, please notify the sender and delete it. Firm S.r.l., VAT IT01234567890."
)
Program = Callable[..., bytes]
Part = tuple[str, str, str]  # content type with parameters, transfer encoding, text


def _mail(letter: Letter, headers: dict[str, str], mark: str, sender: str, boundary: str, parts: list[Part]) -> bytes:
    """Return the mail's bytes; the program's headers replace the usual ones of the same name and follow the others."""
    written = letter.created_at + timedelta(seconds=sum(mark.encode()))  # no two mails at the same second
    usual = {
        "From": f"Ada Bianchi <{sender}>",
        "To": reply_address(letter),
        "Date": format_datetime(written),
        "Subject": f"Re: {letter.subject}",
        "Message-ID": f"<{mark}@{sender.rpartition('@')[2]}>",
        "In-Reply-To": f"<{letter.message_id}>",
        "References": f"<{letter.message_id}>",
        "MIME-Version": "1.0",
    }
    alternative = f'multipart/alternative;\r\n boundary="{boundary}"'
    lines = [f"{name}: {headers.get(name, value)}" for name, value in usual.items()]
    lines += [f"{name}: {value}" for name, value in headers.items() if name not in usual]
    if len(parts) == 1:
        kind, encoding, text = parts[0]
        lines += [f"Content-Type: {kind}", f"Content-Transfer-Encoding: {encoding}", ""]
        return "\r\n".join(lines).encode() + b"\r\n" + _encoded(text, kind, encoding)
    raw = "\r\n".join([*lines, f"Content-Type: {alternative}", "", ""]).encode()
    for kind, encoding, text in parts:
        head = f"--{boundary}\r\nContent-Type: {kind}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
        raw += head.encode() + _encoded(text, kind, encoding) + b"\r\n"
    return raw + f"--{boundary}--\r\n".encode()


def _encoded(text: str, kind: str, encoding: str) -> bytes:
    charset = kind.lower().partition("charset=")[2].partition(";")[0].strip('"') or "ascii"
    octets = text.replace("\n", "\r\n").encode(charset, "replace")
    if encoding == "base64":
        return base64.encodebytes(octets).replace(b"\n", b"\r\n")
    if encoding == "quoted-printable":
        return b"\r\n".join(binascii.b2a_qp(line) for line in octets.split(b"\r\n")).replace(b"=\n", b"=\r\n")
    return octets


def _marked(text: str, mark: str = "> ") -> str:
    return "\n".join(f"{mark}{line}".rstrip() for line in text.rstrip().split("\n"))


def _divs(text: str, style: str = "") -> str:
    return "".join(f"<div{style}>{escape(line) or '<br>'}</div>" for line in text.split("\n"))


def _wrapped(text: str, width: int = 76) -> str:
    """Wrap lines, as Gmail and Apple's web mail do in plain text."""
    return "\n".join(
        "\n".join(textwrap.wrap(line, width, break_long_words=False, break_on_hyphens=False)) or ""
        for line in text.split("\n")
    )


def gmail(letter: Letter, text: str, *, sender: str, mark: str, to: str = "") -> bytes:
    """Gmail on the web: gmail_quote, lines wrapped at 76, a narrow no-break space in the time, "-- " signature."""
    led = f"On Tue, Mar 3, 2026 at 9:00\u202fAM Firm <{letter.sender}> wrote:"
    quoted = _wrapped(as_plain(letter, lambda words, href: f"{words} <{href}>"))
    plain = f"{_wrapped(text)}\n\n-- \n{SIGNATURE}\n\n\n{_wrapped(led)}\n\n{_marked(quoted)}\n"
    at = escape(letter.sender)
    html = (
        f'<div dir="ltr">{_divs(text)}<div><br clear="all"></div><div><div dir="ltr" class="gmail_signature" '
        f'data-smartmail="gmail_signature"><div dir="ltr">{escape(SIGNATURE)}</div></div></div><br></div><br>'
        '<div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">On Tue, Mar 3, 2026 at '
        f'9:00\u202fAM Firm &lt;<a href="mailto:{at}">{at}</a>&gt; wrote:<br></div><blockquote class="gmail_quote" '
        'style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex">'
        f"<u></u>{body_html(letter)}</blockquote></div>\n"
    )
    headers = {"X-Gm-Features": "AbW1kvZ7r0Qk", "Message-ID": f"<CAF{mark}+x1=Zq@mail.gmail.com>"} | _to(to)
    utf8 = 'charset="UTF-8"'
    parts = [(f"text/plain; {utf8}", "quoted-printable", plain), (f"text/html; {utf8}", "quoted-printable", html)]
    return _mail(letter, headers, mark, sender, f"000000000000{mark:0>16}"[:28], parts)


def gmail_android(letter: Letter, text: str, *, sender: str, mark: str, to: str = "") -> bytes:
    """Gmail on a phone, in Italian: dir="auto", no signature, HTML in base64."""
    led = f"Il mar 3 mar 2026, 09:00 Firm <{letter.sender}> ha scritto:"
    quoted = _wrapped(as_plain(letter, lambda words, href: f"{words} <{href}>"))
    plain = f"{_wrapped(text)}\n\n{led}\n\n{_marked(quoted)}\n"
    at = escape(letter.sender)
    html = (
        f'{_divs(text, " dir=" + chr(34) + "auto" + chr(34))}<br><div class="gmail_quote gmail_quote_container">'
        f'<div dir="ltr" class="gmail_attr">Il mar 3 mar 2026, 09:00 Firm &lt;<a href="mailto:{at}">{at}</a>&gt; ha '
        'scritto:<br></div><blockquote class="gmail_quote" style="margin:0 0 0 .8ex;border-left:1px #ccc solid;'
        f'padding-left:1ex">{body_html(letter)}</blockquote></div>'
    )
    headers = {"Message-ID": f"<CAJ{mark}=Tw@mail.gmail.com>"} | _to(to)
    utf8 = 'charset="UTF-8"'
    parts = [(f"text/plain; {utf8}", "base64", plain), (f"text/html; {utf8}", "base64", html)]
    return _mail(letter, headers, mark, sender, f"00000000000{mark:0>16}a"[:28], parts)


def _to(address: str) -> dict[str, str]:
    return {"To": address} if address else {}


def _exchange(letter: Letter, mark: str, to: str) -> dict[str, str]:
    """Headers that Exchange writes: "RE:", Thread-Topic, and Thread-Index (22 octets, plus 5 for each reply)."""
    index = base64.b64encode(b"\x01\xdb" + mark.encode().ljust(20, b"\0")[:20] + b"\0\0\x10\x23\x01").decode()
    return {
        "Subject": f"RE: {letter.subject}",
        "Thread-Topic": letter.subject,
        "Thread-Index": index,
        "Message-ID": f"<DB7PR04MB4618{mark.upper()}@DB7PR04MB4618.eurprd04.prod.outlook.com>",
        "Accept-Language": "en-GB, en-US",
        "Content-Language": "en-GB",
        "X-MS-Has-Attach": "",
        "X-MS-TNEF-Correlator": "",
    } | _to(to)


def _head(letter: Letter, sender: str) -> list[tuple[str, str]]:
    return [
        ("From", f"Firm <{letter.sender}>"),
        ("Sent", "Tuesday, March 3, 2026 9:00 AM"),
        ("To", f"Ada Bianchi <{sender}>"),
        ("Subject", letter.subject),
    ]


def _outlook_plain(letter: Letter, above: str, sender: str, rule: str) -> str:
    head = "\n".join(f"{name}: {value}" for name, value in _head(letter, sender))
    quoted = as_plain(letter, lambda words, href: f"{words}<{href}>")
    return f"{above}\n\n{rule}{head}\n\n{quoted}\n\n{DISCLAIMER}\n"


def outlook(letter: Letter, text: str, *, sender: str, mark: str, to: str = "") -> bytes:
    """Outlook for Windows: Word HTML, no quotation marks, a ruled header block; the server's disclaimer at the very
    end."""
    head = "<br>".join(f"<b>{name}:</b> {escape(value)}" for name, value in _head(letter, sender))
    blank = '<p class="MsoNormal"><o:p>&nbsp;</o:p></p>'
    said = "".join(
        f'<p class="MsoNormal">{escape(line)}<o:p></o:p></p>' if line else blank for line in text.split("\n")
    )
    html = (
        '<html xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
        'xmlns:w="urn:schemas-microsoft-com:office:word" xmlns="http://www.w3.org/TR/REC-html40"><head>'
        '<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1"><style><!-- p.MsoNormal '
        '{margin:0cm; font-size:11.0pt;} --></style></head><body lang="EN-GB" link="#467886" style="word-wrap:'
        f'break-word"><div class="WordSection1">{said}{blank}<p class="MsoNormal">{escape(SIGNATURE)}<o:p></o:p></p>'
        f'{blank}<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p '
        f'class="MsoNormal">{head}<o:p></o:p></p></div>{blank}{body_html(letter)}</div>'
        f'<p style="font-size:9pt">{escape(DISCLAIMER)}</p></body></html>'
    )
    plain = _outlook_plain(letter, f"{text}\n\n{SIGNATURE}", sender, "")
    kind = 'text/{}; charset="utf-8"'
    parts = [(kind.format("plain"), "base64", plain), (kind.format("html"), "base64", html)]
    return _mail(letter, _exchange(letter, mark, to), mark, sender, f"_000_DB7PR04MB4618{mark}_", parts)


def _reference(letter: Letter, sender: str) -> str:
    head = "<br>".join(f"<b>{name}:</b> {escape(value)}" for name, value in _head(letter, sender))
    return (
        '<hr style="display:inline-block;width:98%" tabindex="-1"><div id="divRplyFwdMsg" dir="ltr"><font '
        f'face="Calibri, sans-serif" style="font-size:11pt" color="#000000">{head}</font><div>&nbsp;</div></div>'
        f"<div>{body_html(letter, prefix='x_')}</div>"
    )


_RULE = "________________________________\n"


def outlook_web(letter: Letter, text: str, *, sender: str, mark: str, to: str = "") -> bytes:
    """Outlook on the web: elementToProof, appendonsend, divRplyFwdMsg, class names with x_, a rule in plain text."""
    style = ' class="elementToProof" style="font-family: Aptos, Calibri, sans-serif; font-size: 12pt;"'
    html = (
        '<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"><style type="text/css" '
        'style="display:none;"> P {margin-top:0;margin-bottom:0;} </style></head><body dir="ltr">'
        f'{_divs(text, style)}<div id="Signature" class="elementToProof"><p>{escape(SIGNATURE)}</p></div>'
        f'<div id="appendonsend"></div>{_reference(letter, sender)}<p>{escape(DISCLAIMER)}</p></body></html>'
    )
    plain = _outlook_plain(letter, f"{text}\n\n{SIGNATURE}\n", sender, _RULE)
    kind = 'text/{}; charset="utf-8"'
    parts = [(kind.format("plain"), "quoted-printable", plain), (kind.format("html"), "quoted-printable", html)]
    return _mail(letter, _exchange(letter, mark, to), mark, sender, f"_000_AM0PR04MB{mark}_", parts)


def outlook_ios(letter: Letter, text: str, *, sender: str, mark: str, to: str = "") -> bytes:
    """Outlook on an iPhone: "Get Outlook for iOS" above a rule and the header block."""
    html = (
        '<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"></head><body><div><div '
        f'dir="ltr">{_divs(text, " dir=" + chr(34) + "ltr" + chr(34))}</div></div>'
        '<div id="ms-outlook-mobile-body-separator-line"><br></div><div dir="ltr" id="ms-outlook-mobile-signature">'
        'Get <a href="https://aka.ms/o0ukef">Outlook for iOS</a></div><div id="mail-editor-reference-message-'
        'container"><div class="ms-outlook-mobile-reference-message skipProofing">&nbsp;</div>'
        f"{_reference(letter, sender)}</div></body></html>"
    )
    above = f"{text}\n\nGet Outlook for iOS<https://aka.ms/o0ukef>"
    plain = _outlook_plain(letter, above, sender, _RULE)
    kind = 'text/{}; charset="utf-8"'
    parts = [(kind.format("plain"), "base64", plain), (kind.format("html"), "base64", html)]
    return _mail(letter, _exchange(letter, mark, to), mark, sender, f"_000_PAXPR04MB{mark}_", parts)


def apple(letter: Letter, text: str, *, sender: str, mark: str, to: str = "") -> bytes:
    """Apple Mail: blockquote type="cite", in plain text the attribution line is quoted too; signature after "-- "."""
    led = f"On 3 Mar 2026, at 09:00, Firm <{letter.sender}> wrote:"
    quoted = as_plain(letter, lambda words, href: f"{words} <{href}>")
    plain = f"{text}\n\n-- \n{SIGNATURE}\n\n> {led}\n> \n{_marked(quoted)}\n\n"
    html = (
        '<html aria-label="message body"><head><meta http-equiv="content-type" content="text/html; charset=utf-8">'
        '</head><body style="overflow-wrap: break-word; -webkit-nbsp-mode: space; line-break: after-white-space;">'
        f'{_divs(text)}<br id="lineBreakAtBeginningOfMessage"><div><meta charset="UTF-8"><div dir="auto"><div>--&nbsp;'
        f'</div><div>{escape(SIGNATURE)}</div></div></div><div><br><blockquote type="cite"><div>{escape(led)}</div>'
        f'<br class="Apple-interchange-newline"><div>{body_html(letter)}</div></blockquote></div><br></body></html>'
    )
    headers = {
        "MIME-Version": "1.0 (Mac OS X Mail 16.0 \\(3826.400.131.1.6\\))",
        "X-Mailer": "Apple Mail (2.3826.400.131.1.6)",
        "Message-ID": f"<7B1F0C52-9A1E-4A4E-8C1D-{mark.upper()}@{sender.rpartition('@')[2]}>",
    } | _to(to)
    kind = "text/{};\r\n\tcharset=utf-8"
    parts = [(kind.format("plain"), "quoted-printable", plain), (kind.format("html"), "quoted-printable", html)]
    return _mail(letter, headers, mark, sender, f"Apple-Mail=_7B1F0C52-{mark.upper()}", parts)


def iphone(letter: Letter, text: str, *, sender: str, mark: str, to: str = "") -> bytes:
    """Mail on an iPhone: "Sent from my iPhone", attribution inside the blockquote, a byte order mark before the
    quotation."""
    led = f"On 3 Mar 2026, at 09:00, Firm <{letter.sender}> wrote:"
    quoted = as_plain(letter, lambda words, href: words)
    plain = f"{text}\n\nSent from my iPhone\n\n> {led}\n> \n> \ufeff{_marked(quoted)[2:]}\n"
    html = (
        '<html><head><meta http-equiv="content-type" content="text/html; charset=utf-8"></head><body dir="auto">'
        f'{_divs(text)}<br id="lineBreakAtBeginningOfSignature"><div dir="ltr">Sent from my iPhone</div><div '
        f'dir="ltr"><br><blockquote type="cite">{escape(led)}<br><br></blockquote></div><blockquote type="cite"><div '
        f'dir="ltr">\ufeff{body_html(letter)}</div></blockquote></body></html>'
    )
    headers = {
        "MIME-Version": "1.0 (1.0)",
        "X-Mailer": "iPhone Mail (22D72)",
        "Message-ID": f"<0C52AA11-33C1-4A4E-8C1D-{mark.upper()}@{sender.rpartition('@')[2]}>",
    } | _to(to)
    parts = [("text/plain; charset=utf-8", "base64", plain), ("text/html; charset=utf-8", "base64", html)]
    return _mail(letter, headers, mark, sender, f"Apple-Mail-0C52AA11-{mark.upper()}", parts)


def thunderbird(letter: Letter, text: str, *, sender: str, mark: str, to: str = "") -> bytes:
    """Thunderbird in plain text: format=flowed, signature after "-- " at the very end."""
    led = "On 03.03.26 09:00, Firm wrote:"
    plain = f"{text}\n\n{led}\n{_marked(text_of(letter))}\n\n-- \n{SIGNATURE}\n"
    headers = {"User-Agent": "Mozilla Thunderbird", "Content-Language": "en-US"} | _to(to)
    return _mail(letter, headers, mark, sender, "", [("text/plain; charset=UTF-8; format=flowed", "8bit", plain)])


def thunderbird_html(letter: Letter, text: str, *, sender: str, mark: str, to: str = "") -> bytes:
    """Thunderbird in HTML: moz-cite-prefix, cite="mid:…", moz-signature below the quotation."""
    led = "On 03.03.26 09:00, Firm wrote:"
    quoted = as_plain(letter, lambda words, href: f"{words} <{href}>")
    plain = f"{text}\n\n{led}\n{_marked(quoted)}\n\n-- \n{SIGNATURE}\n"
    html = (
        '<!DOCTYPE html>\n<html>\n  <head>\n    <meta http-equiv="Content-Type" content="text/html; charset=UTF-8">\n'
        f"  </head>\n  <body>\n    <p>{escape(text).replace(chr(10), '<br>' + chr(10))}</p>\n    <div class="
        f'"moz-cite-prefix">{led}<br>\n    </div>\n    <blockquote type="cite" cite="mid:{letter.message_id}">\n'
        f"{body_html(letter)}\n    </blockquote>\n    "
        f'<pre class="moz-signature" cols="72">-- \n{escape(SIGNATURE)}</pre>\n'
        "  </body>\n</html>\n"
    )
    headers = {"User-Agent": "Mozilla Thunderbird", "Content-Language": "en-US"} | _to(to)
    kind = "text/{}; charset=UTF-8"
    parts = [(f"{kind.format('plain')}; format=flowed", "8bit", plain), (kind.format("html"), "quoted-printable", html)]
    return _mail(letter, headers, mark, sender, f"------------{mark:0>16}", parts)


def from_link(link: str, *, sender: str, mark: str, below: str = "", name: str = "Ada Bianchi") -> bytes:
    """The mail that a phone sends from a mailto link (RFC 6068): no thread headers, "Sent from my iPhone" below."""
    parts = urlsplit(link)
    fields = dict(parse_qsl(parts.query.replace("+", "%2B"), strict_parsing=True))
    text = fields.get("body", "").replace("\r\n", "\n") + below
    encoded = base64.encodebytes(f"{text}\n\nSent from my iPhone".replace("\n", "\r\n").encode()).decode()
    subject = base64.b64encode(fields["subject"].encode()).decode()
    lines = [
        f"From: {name} <{sender}>", f"To: {unquote(parts.path)}", f"Subject: =?utf-8?B?{subject}?=",
        "Date: Tue, 3 Mar 2026 09:01:00 +0000", f"Message-Id: <{mark.upper()}-4C52@{sender.rpartition('@')[2]}>",
        "Mime-Version: 1.0 (1.0)", "X-Mailer: iPhone Mail (22D72)", "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: base64", "", encoded.replace("\n", "\r\n"),
    ]  # fmt: skip
    return "\r\n".join(lines).encode()


PROGRAMS: dict[str, Program] = {
    "Gmail": gmail,
    "Gmail on Android": gmail_android,
    "Outlook": outlook,
    "Outlook on the web": outlook_web,
    "Outlook on iOS": outlook_ios,
    "Apple Mail": apple,
    "iPhone Mail": iphone,
    "Thunderbird": thunderbird,
    "Thunderbird in HTML": thunderbird_html,
}
