"""Run the code that builds regular expressions from words, policies and mails, so that seen.py records them.

Import this module only after `re` is watched.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from config.checks import check_policy
from config.files.load_policy import load_policy
from config.files.starter import write_policy, write_starter
from config.policy import Policy, all_words
from config.policy_shapes.commands import staff_commands
from daemon.decide.staff.command_grammar import grammar_of
from daemon.letters.case_summary import bare_subject
from daemon.rehearse import rehearse
from parsers.answers.answers import read_answer
from parsers.answers.commands import read_commands
from parsers.answers.stance import LANGUAGES as STANCE_LANGUAGES
from parsers.answers.stance import PolicyAnswers, read_stance
from parsers.answers.wait_requests import read_wait_request
from parsers.details.brands import detect_brand
from parsers.details.choices import whole_words_pattern
from parsers.details.classify import detect_kind
from parsers.details.company_patterns import numbers_in
from parsers.details.detail_types import label_words
from parsers.details.details import find_details
from parsers.details.future_dates import find_future_days
from parsers.details.people_named import names_person
from parsers.details.places import find_places, zone_of_place
from parsers.details.statutory import mentions_statutory_deadline
from parsers.details.times import find_moments
from parsers.details.web_forms import read_form
from parsers.limits import ReadingLimits
from parsers.mail import read_mail
from parsers.mime.danger import danger_of
from parsers.reply.left_over import says_more
from parsers.sender.own_identity import OwnIdentity
from parsers.wordlists import wordlist
from tests.house.source import ROOT

TODAY = date(2026, 5, 4)


def exercise_patterns() -> None:
    """Build the patterns that depend on words, policies and mails, once for every policy that ships."""
    policies = [load_policy(folder.name) for folder in sorted((ROOT / "config" / "policies").iterdir())]
    for number, path in enumerate(sorted((ROOT / "tests" / "mail").rglob("*.eml"))):
        if number % 8 == 0 or path.parent.name == "charset":
            read_mail(path.read_bytes(), ours=OwnIdentity(prefixes=("C",)))
    read_mail(_every_header())
    for policy in policies:
        _by_policy(policy)
    for language in (
        "en",
        "it",
        "de",
        "fr",
        "es",
        "zh-Hans",
        "zh-Hant",
        "ja",
        "ko",
        "nl",
        "pl",
        "sv",
        "hu",
        "fi",
        "pt",
    ):
        find_future_days("3 May", languages=(language,), today=TODAY)
        find_moments("tomorrow at 3", languages=(language,), today=TODAY)
    names_person("x", "Ada Bianchi", "ada@firm.example")
    names_person("x", "王小明", "")
    for place in ("Bari", "Austin, TX 78701", "Queensland"):
        zone_of_place(place, country="US", languages=("en",))
    list(find_places("I live in Bari", whole_words_pattern(("I live in",)), languages=("en",)))
    for title in ("Re: [C-2026-000001] x", "Re: x"):
        bare_subject(title, "C-2026-000001")
    danger_of("a.pdf.exe", b"", "application/pdf", ReadingLimits())
    with TemporaryDirectory() as folder:
        write_policy("some-name", Path(folder))
        write_starter(Path(folder), proof="authentication-results", authserv_id="mx.example.org")
    mentions_statutory_deadline("Complaint to the ombudsman: reply within 14 days")
    says_more("Yes, the serial number is 12345678", ("12345678", "编号"))
    for language in STANCE_LANGUAGES:
        read_stance("No. I do not agree.", (language,), policy_answers=PolicyAnswers(("yes, fine",), ("no, not fine",)))
    for path in sorted((ROOT / "tests" / "scenarios").rglob("01-*.scenario"))[:1]:
        rehearse(path)


def _by_policy(policy: Policy) -> None:
    check_policy(policy, notices=lambda _notice, _language: True)
    specs = [*policy.kinds.values()]
    text = "\n".join(word for spec in specs for word in all_words(spec.words))
    for language in policy.languages:
        detect_kind(text, policy.kinds, language)
        for question in policy.questions.values():
            read_answer("no", "", question.answers, languages=(language, *policy.languages))
    detect_brand(policy.brands, text="x")
    for line in ("note he is rude", "Please ask Anna Rossi.", "take, please", "Hi Anna,\n\nclose it"):
        read_commands(line, grammar_of(policy), customer="Anna Rossi")
    lines = [f"{label}: 12345678" for spec in policy.details.values() for label in label_words(spec)]
    head = b"From: a@kunde.example\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    for body in ("\n".join(lines), text[:2000], "I'm in Berlin since yesterday"):
        reading = read_mail(head + body.encode(), languages=policy.languages)
        find_details(reading, policy.details, languages=policy.languages, today=TODAY, country="IT")
    for form in policy.forms.values():
        read_form(
            read_mail(head + "\n".join(f"{label}: x" for label in all_words(form.fields)).encode()),
            form,
            policy.languages,
        )
    words = all_words(staff_commands()["wait"].customer)
    read_wait_request("please wait until 3 May", words, languages=policy.languages, today=TODAY)
    for third in policy.third_parties.values():
        list(numbers_in(third.number, "x"))


def _every_header() -> bytes:
    fields = wordlist("automatic")["fields"]
    return "".join(f"{name}: no\r\n" for name in fields).encode() + b"\r\nhello"
