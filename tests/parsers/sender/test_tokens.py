"""Tokens: only our own are accepted, whatever happened to the letters on the way."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.sender.tokens import (
    LONGEST_LOCAL_PART,
    NONCE_LIMIT,
    TOKEN_LENGTH,
    Audience,
    Token,
    TokenKeys,
    recipient_nonce,
    seal,
    token_message_id,
    token_of_message_id,
    tokens_in,
    unseal,
)

KEYS = TokenKeys(current=1, secrets={0: b"old secret", 1: b"new secret"})
NUMBERS = st.integers(0, NONCE_LIMIT - 1)
TOKENS = st.builds(Token, st.integers(0, 2**32 - 1), st.sampled_from(Audience), st.integers(0, 2**15 - 1), NUMBERS)


@given(TOKENS)
def test_a_sealed_token_is_read_back(token: Token) -> None:
    """A sealed token can be unsealed, in upper case too, and fits after support+ within 64 octets."""
    sealed = seal(token, KEYS)
    assert (TOKEN_LENGTH, sealed.lower()) == (len(sealed), sealed)
    assert token == unseal(sealed, KEYS)
    assert token == unseal(sealed.upper(), KEYS)
    assert len(f"support+{sealed}") <= LONGEST_LOCAL_PART


@given(TOKENS, st.integers(0, TOKEN_LENGTH - 2), st.sampled_from("abcdefghijklmnopqrstuvwxyz234567"))
def test_a_changed_token_is_refused(token: Token, place: int, letter: str) -> None:
    """A token with one changed character is rejected."""
    sealed = seal(token, KEYS)
    changed = sealed[:place] + letter + sealed[place + 1 :]
    assert (token if changed == sealed else None) == unseal(changed, KEYS)


@given(TOKENS, NUMBERS)
def test_a_token_never_leads_to_another_ticket_of_its_number(token: Token, nonce: int) -> None:
    """Whatever else is equal, the nonce is preserved, and the MAC covers it."""
    other = replace(token, nonce=nonce)
    assert (unseal(seal(token, KEYS), KEYS) == other) is (token == other)
    assert (seal(token, KEYS) == seal(other, KEYS)) is (token == other)
    mixed = seal(token, KEYS)[:16] + seal(other, KEYS)[16:]  # the content of the one with the seal of the other
    assert unseal(mixed, KEYS) in ((token,) if token == other else (None,))


@given(st.integers(0, 2**40 - 1), st.sampled_from(list(Audience)[:4]), st.integers(0, 2**16 - 1), st.integers(0, 1))
def test_tokens_of_before_there_were_nonces(ticket: int, audience: Audience, party: int, version: int) -> None:
    """Letters in people's mailboxes can still be answered: their tokens are accepted, without a nonce."""
    content = bytes((version << 2 | audience,)) + ticket.to_bytes(5, "big") + party.to_bytes(2, "big")
    mac = hmac.new(KEYS.secrets[version], b"token\0" + content, hashlib.sha256).digest()[:10]
    old = base64.b32encode(content + mac).decode().rstrip("=").lower()
    assert unseal(old, KEYS) == Token(ticket, audience, party, 0)
    assert token_of_message_id(f"<{old}.abcdefghijklmnop@firm.example>", KEYS) == Token(ticket, audience, party, 0)


@pytest.mark.parametrize(
    "token",
    [
        Token(2**32, Audience.CUSTOMER, 1),
        Token(1, Audience.CUSTOMER, 2**15),
        Token(1, Audience.CUSTOMER, 1, NONCE_LIMIT),
        Token(-1, Audience.CUSTOMER, 1),
    ],
)
def test_numbers_that_do_not_fit(token: Token) -> None:
    """They are rejected rather than truncated to another number."""
    with pytest.raises(ValueError, match="a ticket below"):
        seal(token, KEYS)


def test_an_envelope_sender_names_one_address() -> None:
    """The nonce is the same for all letters to one address in any case, and different for another address or ticket."""
    first = recipient_nonce(77, "anna@home.example")
    assert first == recipient_nonce(77, "Anna@Home.Example")
    assert 0 <= first < NONCE_LIMIT
    assert first not in (recipient_nonce(77, "anna@work.example"), recipient_nonce(78, "anna@home.example"))


@given(st.text(max_size=40))
def test_any_text_is_refused_quietly(text: str) -> None:
    """Any text that is no token gives None and raises no exception."""
    assert unseal(text, KEYS) is None


def test_old_keys_are_still_read() -> None:
    """A token sealed with a previous key is accepted; one of a removed key is not."""
    token = Token(123, Audience.CUSTOMER, 1)
    sealed = seal(token, TokenKeys(0, KEYS.secrets))
    assert token == unseal(sealed, KEYS)
    assert unseal(sealed, TokenKeys(1, {1: b"new secret"})) is None


def test_letters_for_figures_when_retyped() -> None:
    """Digits that base32 does not have stand for the letters they look like."""
    token = next(t for t in (Token(n, Audience.CUSTOMER, 1) for n in range(500)) if "o" in seal(t, KEYS))
    assert token == unseal(seal(token, KEYS).replace("o", "0"), KEYS)


def test_message_id_is_the_same_each_time_and_carries_the_token() -> None:
    """The same letter always has the same Message-ID, two letters have two, and mail programs may wrap them."""
    token = Token(123, Audience.STAFF_NOTE, 7)
    written = token_message_id(token, KEYS, "ack:1", "firm.example")
    assert written == token_message_id(token, KEYS, "ack:1", "firm.example")
    assert written != token_message_id(token, KEYS, "ack:2", "firm.example")
    assert len(written.partition("@")[0]) - 1 <= 64
    assert token == token_of_message_id(written, KEYS)
    assert token == token_of_message_id(f"Your mail {written.upper()} of Monday", KEYS)
    assert token_of_message_id("<abc@firm.example>", KEYS) is None


@given(
    TOKENS,
    st.sampled_from(
        [
            "support+{}@firm.example", "mailto:support%2B{}@firm.example?subject=x", "=2B{}=40firm", "<{}.abc@firm>",
            "{}", "\u8bf7\u5199\u4fe1\u81f3{}\u3002",
        ]
    ),
    st.integers(1, TOKEN_LENGTH - 1),
    st.sampled_from(["", "\r\n", "\n> ", "=\r\n", " \n| "]),
    st.sampled_from([str.upper, str.lower]),
)  # fmt: skip
def test_a_token_is_found_wherever_it_stands(
    token: Token, around: str, place: int, broken: str, case: Callable[[str], str]
) -> None:
    """In links, in Message-IDs, alone, in any case, broken over lines, and in UTF-16."""
    sealed = case(seal(token, KEYS))
    text = f"See {around.format(sealed[:place] + broken + sealed[place:])} there."
    assert tokens_in(text, KEYS) == (token,)
    assert tokens_in(text.encode("utf-16-le"), KEYS) == (token,)


@given(TOKENS, st.text(max_size=60))
def test_nothing_else_is_a_token(token: Token, text: str) -> None:
    """Neither other text, nor a token with characters removed or added."""
    sealed = seal(token, KEYS)
    assert tokens_in(f"{text} {sealed[1:]} {sealed[:-1]} x{sealed}x", KEYS) == ()
