"""A dossier as its letters show it: rows of its fields, in the reader's language."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from babel import Locale

from config.policy import say
from daemon.decide.staff.dossiers import gaps, value_of, wrong_in
from daemon.letters.letter_input import LetterInput
from daemon.letters.reply_addresses import is_staff
from storage.values import Role
from templates.words import locale_of, long_date

Row = dict[str, Any]


def dossier(letter_input: LetterInput) -> Row | None:
    """The dossier that a letter is about: name, title, rows, missing. None for whoever must not see inside one."""
    name = str(letter_input.about.get("dossier", ""))
    spec = letter_input.policy.dossiers.get(name)
    outside = (
        letter_input.party.role is Role.THIRD_PARTY and spec is not None and letter_input.party.third_party == spec.to
    )
    if spec is None or not (outside or is_staff(letter_input.party)):
        return None
    rows = [_row(letter_input, name, field) for field in spec.fields]
    missing = set(gaps(letter_input.case, letter_input.policy, name))
    return {
        "name": name,
        "title": say(spec.title, letter_input.language),
        "rows": [row for row in rows if row["value"] and row["name"] not in missing],
        "missing": [row for row in rows if row["name"] in missing],
    }


def _row(letter_input: LetterInput, dossier_name: str, name: str) -> Row:
    spec = letter_input.policy.dossiers[dossier_name].fields[name]
    detail = letter_input.policy.details.get(spec.detail)
    wrong = wrong_in(letter_input.ticket, dossier_name).get(name, {})
    value = value_of(letter_input.case, letter_input.policy, dossier_name, name)
    if isinstance(value, datetime):
        value = long_date(value, letter_input.language, letter_input.zone)
    elif spec.fact == "country":
        value = country(value, letter_input.language)
    return {
        "name": name,
        "label": say(spec.label, letter_input.language),
        "value": value,
        "question": "",
        "example": detail.example if detail else "",
        "given": wrong.get("given", ""),
        "wrong": ((say(detail.wrong, letter_input.language) if detail else "") or wrong["why"]) if wrong else "",
    }


def country(code: str, language: str) -> str:
    """The name of a country in a language; what is no code as it is."""
    known: Locale = locale_of(language)
    return str(known.territories.get(code, code))
