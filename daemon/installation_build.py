"""Build the installation from the settings. All faults of settings and policies are reported together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from config.checks import HasNotice, checked_policy
from config.faults import Fault, FaultsFound, nearest
from config.files.keys import read_keys
from config.files.load_policy import known_policies
from config.files.numbers_file import numbers_files
from config.policy import Policy
from config.settings import Settings
from config.working_time.calendars import load_calendar
from daemon.case_numbers import Numbering
from daemon.installation import Installation, LetterRetries, SupportAddress, WorkSettings
from daemon.intake.sender_proof import sender_proof
from daemon.letters.operator_mail import quarantine_mail
from daemon.letters.reply_addresses import FromAddress, SenderIdentity
from daemon.letters.variables import NAMES
from daemon.outbound.transports import MaildirTransport, Transport
from daemon.staff.set_aside_list import NOTICE as NOT_TAKEN
from parsers.limits import ReadingLimits
from parsers.sender.own_identity import OwnIdentity
from parsers.sender.tokens import TokenKeys
from templates.render import Templates

Extra = Mapping[str, Any] | Callable[[str], Mapping[str, Any]]
"""Keys merged over every policy, or a function that returns those for a policy's name."""


def load_installation(settings: Settings, *, keys: TokenKeys | None = None, extra: Extra | None = None) -> Installation:
    """Return the installation of these settings. `extra` is merged over the policies, as the people of a scenario are.

    `keys` replace those of the keys file; case numbers are then kept in the database only. Raises FaultsFound with
    every fault of every policy and calendar.
    """
    templates = Templates(settings.templates if settings.templates.is_dir() else None)
    policies = load_policies(settings, templates, extra)
    numbering = Numbering()
    if keys is None:
        read = read_keys(settings.keys.file)
        keys = TokenKeys(current=read.current, secrets=read.secrets)
        numbering = Numbering(numbers_files(settings.keys.file, settings.state))
    addresses = {address.address.lower(): _support(address, settings) for address in settings.addresses}
    ours = _own_identity(settings, policies)
    sender_identity = _sender_identity(settings, keys)
    installation = Installation(
        policies=policies,
        addresses=addresses,
        ours=ours,
        keys=keys,
        templates=templates,
        sender_identity=sender_identity,
        prove_sender=sender_proof(settings, ours),
        letter_retries=_letter_retries(settings),
        limits=ReadingLimits(**settings.limits.model_dump()),
        numbering=numbering,
        hold=timedelta(minutes=settings.staff.hold),
        spam_marks=settings.spam.marks,
        operator=settings.alarm.address or "",
        work=_pace(settings),
    )
    return replace(installation, tell_of_quarantine=quarantine_mail(settings, sender_identity))


def replace_keys(installation: Installation, keys: TokenKeys) -> Installation:
    """Return the installation with other keys."""
    return replace(installation, keys=keys, sender_identity=replace(installation.sender_identity, keys=keys))


def _pace(settings: Settings) -> WorkSettings:
    work = settings.work
    return WorkSettings(work.batch, timedelta(seconds=work.lease), work.attempts, batch_bytes=work.batch_bytes)


def load_policies(settings: Settings, templates: Templates, extra: Extra | None = None) -> dict[str, Policy]:
    """Return, by name, every policy that an address of the settings names. Raises FaultsFound."""
    overlay = settings.policies if settings.policies.is_dir() else None
    policies: dict[str, Policy] = {}
    faults: list[Fault] = []
    for number, address in enumerate(settings.addresses):
        if address.policy in policies:
            continue
        known = known_policies(overlay)
        if address.policy not in known:
            key = f"addresses[{number}].policy"
            near = nearest(address.policy, known)
            faults.append(Fault("reclamo.toml", key, "no such policy", address.policy, ", ".join(known), near))
            continue
        try:
            notices = _notices(address.policy, templates)
            overlaid = _extra_for(extra, address.policy)
            policy = checked_policy(address.policy, overlay=overlay, extra=overlaid, notices=notices)
        except FaultsFound as found:
            faults.extend(found.faults)
            continue
        policies[address.policy] = policy
        if settings.templates.is_dir():  # the shipped letters are covered by tests
            faults.extend(letter_faults(policy, templates))
    faults.extend(_calendar_faults(settings, policies))
    if faults:
        raise FaultsFound(faults)
    return policies


def letter_faults(policy: Policy, templates: Templates) -> list[Fault]:
    """Return the faults inside the letters and pages of a policy, each once."""
    pages = [thing.document for thing in policy.things.values() if thing.document]
    written = [(code, name) for name in (*policy.notices, *pages, NOT_TAKEN) for code in policy.languages]
    found = [
        templates.faults(policy.name, code, name, NAMES)
        for code, name in written
        if templates.has(policy.name, code, name)
    ]
    return list(dict.fromkeys(fault for faults in found for fault in faults))


def _extra_for(extra: Extra | None, policy: str) -> dict[str, Any] | None:
    given = extra(policy) if callable(extra) else extra
    return dict(given) if given else None


def _notices(policy: str, templates: Templates) -> HasNotice:
    return lambda notice, language: templates.has(policy, language, notice)


def _calendar_faults(settings: Settings, policies: Mapping[str, Policy]) -> list[Fault]:
    faults: list[Fault] = []
    for number, address in enumerate(settings.addresses):
        if not address.calendar or address.policy not in policies:
            continue
        try:
            load_calendar(address.calendar, policies[address.policy].calendars)
        except (LookupError, ValueError) as error:
            key = f"addresses[{number}].calendar"
            faults.append(
                Fault("reclamo.toml", key, str(error), address.calendar, "a country, or a calendar of the policy")
            )
    return faults


def _support(address: Any, settings: Settings) -> SupportAddress:
    return SupportAddress(
        address=address.address.lower(),
        policy=address.policy,
        name=address.name or settings.company.name,
        calendar=address.calendar,
        country=address.country or settings.company.country,
    )


def _domain(settings: Settings) -> str:
    return settings.addresses[0].address.rpartition("@")[2].lower()


def _own_identity(settings: Settings, policies: Mapping[str, Policy]) -> OwnIdentity:
    return OwnIdentity(
        support=tuple(address.address.lower() for address in settings.addresses),
        separator=settings.delimiter,
        message_id_domain=_domain(settings),
        lists=settings.staff.list_ids,
        prefixes=tuple(dict.fromkeys(policy.reference for policy in policies.values())),
        authserv_ids=(settings.staff.authserv_id,) if settings.staff.authserv_id else (),
    )


def _sender_identity(settings: Settings, keys: TokenKeys) -> SenderIdentity:
    by_policy: dict[str, tuple[FromAddress, ...]] = {}
    for address in settings.addresses:
        from_address = FromAddress(address.address, address.name or settings.company.name)
        by_policy[address.policy] = (*by_policy.get(address.policy, ()), from_address)
    return SenderIdentity(
        company=settings.company.name,
        from_addresses=by_policy,
        domain=_domain(settings),
        keys=keys,
        bounces=settings.addresses[0].address,
        separator=settings.delimiter,
    )


def transport_of(settings: Settings) -> Transport:
    """Return the transport of the settings: a maildir, or the SMTP relay."""
    relay = settings.relay
    if relay.transport == "maildir":
        return MaildirTransport(Path(relay.folder))
    from daemon.outbound.from_settings import relay_connection
    from daemon.outbound.smtp_relay import SmtpRelay

    return SmtpRelay(relay_connection(settings))


_WAITS = 10  # replies waited for from connecting until a letter is accepted


def _letter_retries(settings: Settings) -> LetterRetries:
    """Return how letters are tried again; the lease covers a relay that takes `timeout` for every reply."""
    relay = settings.relay
    longest = relay.timeout * _WAITS if relay.transport == "smtp" else 0
    lease = timedelta(seconds=max(settings.work.lease, longest))
    return LetterRetries(give_up=timedelta(days=relay.give_up_after), lease=lease)
