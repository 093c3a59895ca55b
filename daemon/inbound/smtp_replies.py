"""The texts of SMTP replies with enhanced codes (RFC 3463), and the addresses in commands. Pure.

daemon/inbound/smtp_session.py sends them. aiosmtpd words its own replies to malformed commands; with_enhanced_code()
gives those their codes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

GREETING = "Reclamo"  # aiosmtpd sends "220 <hostname> <this>"
LOGIN_USERNAME, LOGIN_PASSWORD = "Username:", "Password:"  # sent in base64 after 334 (AUTH LOGIN)

TAKEN = "250 2.6.0 Message accepted"
SENDER_OK = "250 2.1.0 Sender ok"
RECIPIENT_OK = "250 2.1.5 Recipient ok"
HELP = "214 2.0.0 See RFC 5321"
CANNOT_VERIFY = "252 2.5.2 Not verified; send the mail and see"
SEND_DATA = "354 End data with <CR><LF>.<CR><LF>"

BUSY = "421 4.3.2 Too many connections, try again later"
STOPPING = "421 4.3.2 Shutting down, try again later"
TOO_MANY_STRANGERS = "421 4.7.0 Too many unknown recipients"
TOO_MANY_LOGINS = "421 4.7.0 Too many failed logins"
TRY_AGAIN = "451 4.3.0 Not taken, try again later"
NO_ROOM = "452 4.3.1 Not enough memory at the moment, try again later"
TOO_MANY_RECIPIENTS = "452 4.5.3 Too many recipients"

NEED_RECIPIENT = "503 5.5.1 Send RCPT first"
BAD_SYNTAX = "501 5.5.4 No argument is allowed here"
TLS_ALREADY = "503 5.5.1 TLS is on already"
LOGGED_IN = "235 2.7.0 Authentication successful"
LOGIN_WRONG = "535 5.7.8 Authentication credentials invalid"
LOGIN_FIRST = "530 5.7.0 Authentication required"
ENCRYPT_FIRST = "538 5.7.11 Encryption required for authentication"
LOGIN_UNKNOWN_HERE = "502 5.5.1 Authentication is not offered here"
UNKNOWN_RECIPIENT = "550 5.1.1 No such recipient here"
TOO_LARGE = "552 5.3.4 Message too large"
BAD_SENDER = "553 5.1.7 Malformed sender address"
BAD_RECIPIENT = "553 5.1.3 Malformed recipient address"
REFUSED = "554 5.6.0 Message refused"

_REWORDED = {"250 OK": "250 2.0.0 Ok", "221 Bye": "221 2.0.0 Bye"}
_CODE = re.compile(r"[45]\d\d (?!\d\.\d{1,3}\.\d{1,3}(?: |$))")
_ENHANCED = {  # for the replies that aiosmtpd words itself (RFC 2034 wants a code in every one of them)
    "454": "4.7.0",
    "500": "5.5.2",
    "501": "5.5.4",
    "502": "5.5.1",
    "503": "5.5.1",
    "504": "5.5.4",
    "530": "5.7.0",
    "552": "5.3.4",
    "553": "5.1.3",
    "554": "5.7.0",
    "555": "5.5.4",
}
_PLAIN_PATH = re.compile(r"<([\w.+=&*/?^{}|~!#$%'`-]+@[A-Za-z0-9.-]+)>(.*)", re.ASCII | re.DOTALL)
_AUTH_PARAMETER = re.compile(r"(?<!\s)\s++AUTH=\S+", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


def with_enhanced_code(reply: str) -> str:
    """Return the reply with an enhanced status code, if it has none and needs one (RFC 2034 §4)."""
    if _CODE.match(reply) is None:
        return _REWORDED.get(reply, reply)
    return f"{reply[:3]} {_ENHANCED.get(reply[:3], f'{reply[0]}.0.0')} {reply[4:]}"


def per_recipient(reply: str, recipients: int) -> str:
    """Return the reply once for each accepted recipient, as LMTP answers DATA (RFC 2033 §4.2)."""
    return "\r\n".join([reply] * recipients)


def ehlo_reply(lines: Iterable[str], *, login: bool) -> str:
    """Return the EHLO or LHLO reply: the extensions aiosmtpd offers, those we add, and AUTH when `login` is true."""
    host, *offered = [line[4:] for line in lines]
    kept = [host, *(word for word in offered if not word.startswith(("AUTH", "HELP")))]
    kept += ["PIPELINING", "ENHANCEDSTATUSCODES"]
    if login:
        kept.append("AUTH LOGIN PLAIN")
    return "\r\n".join([f"250-{word}" for word in kept[:-1]] + [f"250 {kept[-1]}"])


def plain_path(argument: str) -> tuple[str, str] | None:
    """Return (address, parameters) of the usual `<local@domain>`, or None for rarer forms.

    Those are left to the full grammar of RFC 5322, which takes 0.1 ms, longer than the rest of the command.
    """
    match = _PLAIN_PATH.fullmatch(argument)
    return (match[1], match[2]) if match else None


def without_auth_parameter(argument: str) -> str:
    """Return MAIL's argument without AUTH=, which a server with AUTH must accept and may ignore (RFC 4954 §5)."""
    return _AUTH_PARAMETER.sub("", argument)


def is_storable(address: str) -> bool:
    """Return whether the database can hold the address: no control characters, no bytes that are not UTF-8."""
    return _CONTROL.search(address) is None
