"""Check dossiers: their recipient, the source of each field, and that labels are unambiguous."""

from __future__ import annotations

from config.checks.finding import Finding, Findings, check_name
from config.files.toml_layers import Key
from config.policy import Policy, all_words
from config.policy_shapes.builtin_names import DOSSIER_FACTS
from config.policy_shapes.commands import command_words
from config.policy_shapes.dossiers import DossierSpec


def check_dossiers(policy: Policy) -> Findings:
    """Faults of dossiers."""
    for name, dossier in policy.dossiers.items():
        key: Key = ("dossiers", name)
        yield from check_name((*key, "to"), dossier.to, policy.third_parties, "third party")
        for field in ("notice", "gaps"):
            yield from check_name((*key, field), getattr(dossier, field), policy.notices, "notice")
        yield from _fields(policy, key, dossier)
        if (
            not any("dossier_sent" in step.moves for step in policy.steps.values())
            and "dossier_sent" not in policy.always
        ):
            yield Finding(key, "no step says where a case goes with it", allowed="moves.dossier_sent in a step")
    for name, third in policy.third_parties.items():
        if third.dossier:
            yield from check_name(("third_parties", name, "dossier"), third.dossier, policy.dossiers, "dossier")


def _fields(policy: Policy, key: Key, dossier: DossierSpec) -> Findings:
    commands = {word.casefold() for words in command_words().values() for word in words}
    meant: dict[str, str] = {}
    for name, field in dossier.fields.items():
        here: Key = (*key, "fields", name)
        if field.detail:
            yield from check_name((*here, "detail"), field.detail, policy.details, "detail")
        if field.fact:
            yield from check_name((*here, "fact"), field.fact, list(DOSSIER_FACTS), "fact of a case")
        for word in (*field.label.values(), *all_words(field.labels)):
            plain = " ".join(word.casefold().split())
            if plain in commands:
                yield Finding((*here, "label"), "is a command of staff", word, "another word")
            if meant.setdefault(plain, name) != name:
                yield Finding((*here, "label"), f"means {meant[plain]} as well", word, "a label for one of them only")
