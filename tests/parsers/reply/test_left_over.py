"""What a mail says besides the answers and details read from it; if anything, it reaches a person."""

from __future__ import annotations

import pytest

from parsers.reply.left_over import says_more


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("My serial number is SN60A2412345.", ["SN60A2412345"]),
        (
            "Guten Tag,\n\ndie Seriennummer lautet SN60A2412345.\n\nMit freundlichen Grüßen\nJürgen Groß",
            ["SN60A2412345"],
        ),
        ("2", ["2"]),
        ("Yes, thank you!\nAnna Rossi", ["Yes"]),
        ("您好，序列号是 SN60A2412345。\n谢谢\n王芳", ["SN60A2412345"]),
        ("Grazie mille, cordiali saluti\nAnna Rossi", []),
        ("It does not switch on.\nIt smells.", ["It does not switch on. It smells."]),
        ("", []),
    ],
)
def test_nothing_is_left_over(text: str, taken: list[str]) -> None:
    """What was read, the words that introduce it, small talk and a name."""
    assert not says_more(text, taken)


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("My serial number is SN60A2412345. To which address do I send it?", ["SN60A2412345"]),
        ("2\nPlease ring at the back door", ["2"]),
        ("Sí, acepto. Pero llámenme antes de las diez.", ["acepto", "Sí"]),
        ("Spedito oggi con 1Z999AA10123456784. Manca il cavo", ["1Z999AA10123456784"]),
        ("好的，2。但是请从后门进来，门铃坏了", ["2"]),
        ("Please call me", []),
        ("I wrote to you, please read this.", []),
        ("?", []),
        ("SN60A2412345, and the fuse of the whole house blew when we tried again", ["SN60A2412345"]),
    ],
)
def test_something_is_left_over(text: str, taken: list[str]) -> None:
    """A question, a wish, any separate sentence."""
    assert says_more(text, taken)


def test_a_mail_beyond_the_limit_says_more() -> None:
    """A mail longer than the limit is never considered fully understood."""
    assert says_more("thanks " * 2000)
