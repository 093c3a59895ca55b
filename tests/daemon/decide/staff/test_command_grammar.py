"""What staff may write: every command in every language, as people's keyboards write it, and what is no command."""

from __future__ import annotations

from dataclasses import astuple
from typing import Any

import pytest

from config.files.load_policy import known_policies, load_policy
from config.policy import Policy
from config.policy_shapes.commands import command_words, staff_commands
from daemon.decide.staff.command_grammar import BEFORE_WORDS, grammar_of
from parsers.answers.commands import Command, StaffText, nearest_command, read_commands

SPOKEN = [(name, code) for name in known_policies() for code in dict.fromkeys((*load_policy(name).languages, "en"))]
DECISIONS = {
    "upheld": {"title": {"en": "upheld", "zh-Hans": "支持"}},
    "partly": {"title": {"en": "partly upheld", "zh-Hans": "部分支持"}, "words": {"zh-Hans": ["部分"]}},
}
DE, ZH = load_policy("complaints"), load_policy("field-repair", extra={"decisions": DECISIONS})
FR = load_policy("connected-services")


def read(text: str, policy: Policy) -> StaffText:
    """A reply as the policy's staff wrote it."""
    return read_commands(text, grammar_of(policy))


def sample(takes: str, policy: Policy) -> str:
    """Something that a command can take under a policy."""
    groups: dict[str, Any] = {
        "kind": policy.kinds, "team": policy.teams, "decision": policy.decisions, "details": policy.details,
        "dossier": policy.dossiers, "third party": policy.third_parties,
    }  # fmt: skip
    if takes in groups:
        return next(iter(groups[takes]), "")
    return {
        "nothing": "", "date": "2026-05-20", "member": "ada@firm.example", "address": "anna@right.example",
        "language": policy.languages[-1], "detail": f"{next(iter(policy.details))}: 12", "quote": "",
        "reference": "C-2026-000123", "own reference": "C-2026-000123", "policy": "complaints",
    }[takes]  # fmt: skip


@pytest.mark.parametrize(("name", "language"), SPOKEN)
def test_every_word_of_every_language_is_understood(name: str, language: str) -> None:
    """With a colon of either width, with a slash, and without either where what follows makes sense."""
    policy = load_policy(name)
    for command, words in command_words((language,)).items():
        rest = sample(staff_commands()[command].takes, policy)
        for word in words:
            for line in (f"{word}: {rest}", f"{word}：{rest}", f"/{word} {rest}", f"／{word.upper()}　{rest}"):
                if command == BEFORE_WORDS:
                    assert read(f"{line}\n\ntake", policy) == StaffText(text="take", confirmed=True), line
                    continue
                (one,) = read(f"{line}\n\nWords.", policy).commands or ("",)
                assert astuple(one)[:2] == (command, rest), line


@pytest.mark.parametrize("name", known_policies())
def test_words_of_a_language_that_is_not_the_policys_are_words(name: str) -> None:
    """Staff speak English and the languages of their policy."""
    policy = load_policy(name)
    for code, line in (("it", "riapri"), ("de", "Hilfe"), ("fr", "rouvrir"), ("zh-Hans", "重开"), ("zh-Hant", "幫助")):
        assert bool(read(line, policy).commands) == (code in policy.languages)


LINES: list[tuple[Policy, str, str, str, str]] = [
    (ZH, "决定 部分支持", "decide", "部分支持", ""),
    (ZH, "决定部分支持", "decide", "部分支持", ""),
    (ZH, "决定：部分支持，屏幕是摔坏的。", "decide", "部分支持", "屏幕是摔坏的。"),
    (ZH, "裁定支持", "decide", "支持", ""),
    (ZH, "延期：2026-05-20", "extend", "2026-05-20", ""),
    (ZH, "延期2026-05-20", "extend", "2026-05-20", ""),
    (ZH, "延期　２０２６－０５－２０", "extend", "2026-05-20", ""),
    (ZH, "延期至5月20日，配件未到", "extend", "5月20日", "配件未到"),
    (ZH, "延期：2026年5月20日：配件未到。", "extend", "2026年5月20日", "配件未到。"),
    (ZH, "提醒 下周一 给客户打电话", "remind", "下周一", "给客户打电话"),
    (ZH, "备注：已电话联系客户", "note", "", "已电话联系客户"),
    (ZH, "备注 已电话联系，客户同意", "note", "", "已电话联系，客户同意"),
    (ZH, "结案。", "close", "", ""),
    (ZH, "接手", "take", "", ""),
    (ZH, "询问 serial、model", "ask", "serial、model", ""),
    (ZH, "询问：机器是哪天购买的？", "ask", "", "机器是哪天购买的？"),
    (ZH, "资料 serial：SN１２３", "detail", "serial:SN123", ""),
    (ZH, "指派ada@firm.example", "assign", "ada@firm.example", ""),
    (ZH, "第三方 manufacturer lin@maker.example，请寄配件", "third", "manufacturer lin@maker.example", "请寄配件"),
    (ZH, "语言 英语", "language", "英语", ""),
    (ZH, "合并到C-2026-000123", "merge", "C-2026-000123", ""),
    (ZH, "等到周五", "wait", "周五", ""),
    (
        DE,
        "decide: partly upheld, because the display is worn",
        "decide",
        "partly upheld",
        "because the display is worn",
    ),
    (DE, "entscheiden nicht stattgegeben", "decide", "nicht stattgegeben", ""),
    (DE, "extend 20 May 2026", "extend", "20 May 2026", ""),
    (DE, "proroga il 20 maggio: aspettiamo il ricambio", "extend", "il 20 maggio", "aspettiamo il ricambio"),
    (DE, "verlangern 2026-05-20", "extend", "2026-05-20", ""),
    (DE, "wait until Friday", "wait", "Friday", ""),
    (DE, "remind me 2026-05-20: call the laboratory", "remind", "2026-05-20", "call the laboratory"),
    (DE, "extend 2026-02-30", "extend", "2026-02-30", ""),
    (DE, "schließen: Danke für Ihre Geduld.", "close", "", "Danke für Ihre Geduld."),
    (DE, "SCHLIESSEN", "close", "", ""),
    (DE, "Close.", "close", "", ""),
    (DE, "vulnerable: she depends on a ventilator", "vulnerable", "", "she depends on a ventilator"),
    (DE, "lingua tedesco", "language", "tedesco", ""),
    (DE, "detail serial: S.p.A.", "detail", "serial: S.p.A.", ""),
    (FR, "attendre jusqu’au 20 mai 2026", "wait", "20 mai 2026", ""),
    (FR, "decider:", "decide", "", ""),
    (FR, "equipe technical", "team", "technical", ""),
    (FR, "prorrogar 20 de mayo de 2026, falta la pieza", "extend", "20 de mayo de 2026", "falta la pieza"),
]


@pytest.mark.parametrize(("policy", "line", "name", "rest", "words"), LINES, ids=[line[1] for line in LINES])
def test_a_line_is_read(policy: Policy, line: str, name: str, rest: str, words: str) -> None:
    """The command, what it takes, and the words behind that are the command's own."""
    said = read(line, policy)
    assert (said.commands, said.text, said.unknown) == ((Command(name, rest, line, words),), "", ())


PROSE = [
    (DE, "Close the valve first."),
    (DE, "Note that the warranty has ended,\nas we wrote."),
    (DE, "Ask your dealer for the new firmware, please."),
    (DE, "Kind regards,\nAda"),
    (DE, "Wait until the lamp is green, then press the button"),
    (ZH, "您好：\n维修已完成。"),
    (ZH, "等到5月20日我们会再联系您。"),
    (ZH, "关闭阀门后再开机。"),
    (ZH, "我来处理这件事，请放心。"),
    (ZH, "取消订单后款项会退回。"),
]


@pytest.mark.parametrize(("policy", "text"), PROSE, ids=[text for _, text in PROSE])
def test_a_sentence_is_no_command(policy: Policy, text: str) -> None:
    """It goes to the customer as the words it is."""
    assert read(text, policy) == StaffText(text=text)


def test_a_decision_never_goes_out_as_words() -> None:
    """Whatever stands behind it on the line, and however it ends: it is a command, and is obeyed or refused."""
    for line in (
        "decide upheld we replace it",
        "decide upheld we replace the inverter because it was defective when it left our house.",
        "Decide not to open the device before our technician is there.",
    ):
        (command,) = read(f"{line}\n\nWords.", DE).commands
        assert (command.name, command.rest) == ("decide", line.split(maxsplit=1)[1])


MEANT = [
    (DE, "/foo bar"),
    (DE, "decde upheld"),
    (DE, "decyde: upheld"),
    (DE, "decide perhaps"),
    (DE, "assign bob"),
    (DE, "extend a bit"),
    (DE, "close case"),
    (ZH, "／结束"),
    (ZH, "决订：部分支持"),
    (ZH, "指派小王"),
    (ZH, "结安"),
    (ZH, "延期到年底"),
]


@pytest.mark.parametrize(("policy", "line"), MEANT, ids=[line for _, line in MEANT])
def test_a_line_that_was_meant_as_a_command_is_told(policy: Policy, line: str) -> None:
    """On its own, above words for the customer, and below a command: nothing of it may go out."""
    for above in ("", "take\n" if policy is DE else "接手\n"):
        said = read(f"{above}{line}\n\nWe replace it.", policy)
        assert (said.unknown, said.text) == ((line,), "We replace it.")


@pytest.mark.parametrize(
    "line", ["ask: " + "a, " * 20_000, "/" + "d" * 60_000, "/decide " + "x" * 60_000, "延" * 60_000]
)
def test_a_line_without_end_is_read_all_the_same(line: str) -> None:
    """What nobody types takes no time."""
    said = read(line, DE)
    assert said.commands or said.unknown or said.text
    assert nearest_command(line, command_words(DE.languages)) in {"", *staff_commands()}


@pytest.mark.parametrize("line", ["take", "note he is rude", "-", "/x"])
def test_a_mail_of_thousands_of_commands_is_refused(line: str) -> None:
    """Nobody means so many: it is told, none of it is sent, and it takes no longer than a hundred of them."""
    said = read("\n".join([line] * 100_000), DE)
    assert said.unknown
    assert len(said.commands) + len(said.unknown) <= 101
