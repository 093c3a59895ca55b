"""What follows a command's word is read by one reader, for the grammar, for intake and for the command itself."""

from __future__ import annotations

from datetime import date

import pytest

from config.files.load_policy import load_policy
from config.policy_shapes.commands import staff_commands
from daemon.decide.refusals import RefusalReason, Refused
from daemon.decide.staff.command_arguments import (
    AddressArgument,
    Argument,
    ArgumentContext,
    DayArgument,
    DetailArgument,
    DetailsArgument,
    NameArgument,
    ReferencesArgument,
    ThirdPartyArgument,
    named_policy,
    named_references,
    read_argument,
)
from parsers.answers.commands import Command

POLICY = load_policy("complaints")
CONTEXT = ArgumentContext(POLICY, {"complaints": POLICY}, "en", date(2026, 5, 18))

READ: list[tuple[str, str, Argument]] = [
    ("decision", "partly  Upheld", NameArgument("partly_upheld")),
    ("policy", "complaints", NameArgument("complaints")),
    ("language", "German", NameArgument("de")),
    ("details", "serial、model,", DetailsArgument(("serial", "model"))),
    ("details", "", DetailsArgument(())),
    ("detail", "serial: S.p.A.", DetailArgument("serial", "S.p.A.")),
    ("detail", "serial：12", DetailArgument("serial", "12")),
    ("detail", "serial 12", DetailArgument("serial", "12")),
    ("detail", "serial", DetailArgument("serial", "")),
    ("third party", "installer", ThirdPartyArgument("installer", "")),
    ("third party", "installer: <lin@maker.example>", ThirdPartyArgument("installer", "lin@maker.example")),
    ("third party", "installer，lin@maker.example。", ThirdPartyArgument("installer", "lin@maker.example")),
    ("member", "ada@firm.example.", AddressArgument("ada@firm.example", "ada@firm.example.")),
    ("address", "anna@right.example。", AddressArgument("anna@right.example", "anna@right.example。")),
    ("address", "Anna", AddressArgument("", "Anna")),
    ("date", "20 May", DayArgument(date(2026, 5, 20))),
    ("reference", "c-2026-000123", ReferencesArgument(("C-2026-000123",), "", "c-2026-000123")),  # type: ignore[arg-type]
]


@pytest.mark.parametrize(("takes", "rest", "argument"), READ, ids=[f"{takes}: {rest}" for takes, rest, _ in READ])
def test_an_argument_is_read(takes: str, rest: str, argument: Argument) -> None:
    """Names in any spelling of the policy, lists with any comma, addresses without the punctuation around them."""
    assert read_argument(takes, rest, CONTEXT) == argument


@pytest.mark.parametrize("rest", ["C-2026-000001 asked for", "C-2026-000001: asked for", "C-2026-000001:asked for"])
def test_the_words_behind_a_reference_are_the_reason(rest: str) -> None:
    """With or without a colon."""
    argument = read_argument("own reference", rest, CONTEXT)
    assert isinstance(argument, ReferencesArgument)
    assert (argument.references, argument.words) == (("C-2026-000001",), "asked for")


REFUSED = [
    ("kind", "", RefusalReason.NOTHING_NAMED),
    ("kind", "nonsense", RefusalReason.UNKNOWN_NAME),
    ("language", "", RefusalReason.NOTHING_NAMED),
    ("language", "Klingon", RefusalReason.UNKNOWN_LANGUAGE),
    ("details", "serial, nonsense", RefusalReason.UNKNOWN_NAME),
    ("third party", "installer a@x.example b@y.example", RefusalReason.UNKNOWN_NAME),
    ("date", "", RefusalReason.NO_DATE),
    ("date", "2026-02-30", RefusalReason.UNREADABLE_DATE),
    ("date", "2026-05-18", RefusalReason.DAY_OUT_OF_RANGE),
    ("policy", "nonsense", RefusalReason.UNKNOWN_NAME),
]


@pytest.mark.parametrize(("takes", "rest", "reason"), REFUSED, ids=[f"{takes}: {rest}" for takes, rest, _ in REFUSED])
def test_what_cannot_be_read_is_refused(takes: str, rest: str, reason: RefusalReason) -> None:
    """An empty argument for another reason than a wrong one."""
    with pytest.raises(Refused) as refused:
        read_argument(takes, rest, CONTEXT)
    assert refused.value.reason is reason


def test_everything_that_a_command_takes_has_a_reader() -> None:
    """For each `takes` of a shipped command an argument is read or refused with a reason."""
    unread = {spec.takes for spec in staff_commands().values() if spec.takes != "nothing" and not _is_read(spec.takes)}
    assert unread == set()


def _is_read(takes: str) -> bool:
    try:
        return read_argument(takes, "x", CONTEXT) is not None
    except Refused as refused:
        return bool(refused.reason)


def test_intake_learns_which_cases_and_which_policy_a_command_names() -> None:
    """Only of commands that take one; the case's own reference behind "erase" is no other case."""
    assert named_references(Command("merge", "c-2026-000123"), POLICY) == ("C-2026-000123",)
    assert named_references(Command("erase", "C-2026-000123"), POLICY) == ()
    assert named_policy(Command("move", "complaints"), CONTEXT) == "complaints"
    assert named_policy(Command("move", "nonsense"), CONTEXT) == ""
    assert named_policy(Command("team", "complaints"), CONTEXT) == ""
