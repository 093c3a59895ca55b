"""From settings to the parts of a running daemon. Faults of settings and policies are told all at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from config.checks import HasNotice, checked_policy
from config.faults import Fault, FaultsFound, nearest
from config.files.keys import read_keys
from config.files.load_policy import policies_known
from config.files.numbers_file import places
from config.policy import Policy
from config.settings import Settings
from config.working_time.calendars import load_calendar
from daemon.case_numbers import Numbering
from daemon.installation import Installation, Pace, Prove, SupportAddress
from daemon.letters.operator_mail import quarantine_mail
from daemon.letters.reply_addresses import FromAddress, SenderIdentity
from daemon.letters.variables import NAMES
from daemon.outbound.sender import Patience
from daemon.outbound.transports import MaildirTransport, Transport
from daemon.staff.set_aside_list import NOTICE as NOT_TAKEN
from parsers.limits import ReadingLimits
from parsers.reading import Reading
from parsers.sender.authentication import DnsTxt, Proof, prove, written_to_us
from parsers.sender.own_identity import OwnIdentity
from parsers.sender.tokens import Keys
from storage.values import InboxRow
from templates.render import Templates

Extra = Mapping[str, Any] | Callable[[str], Mapping[str, Any]]
"""What is laid over every policy, or over each by its name."""


def load_installation(settings: Settings, *, keys: Keys | None = None, extra: Extra | None = None) -> Installation:
    """The office of an installation. `extra` is laid over the policies, as a scenario's people are.

    Raises FaultsFound with every fault of every policy and calendar.
    """
    templates = Templates(settings.templates if settings.templates.is_dir() else None)
    policies = load_policies(settings, templates, extra)
    numbering = Numbering()
    if keys is None:
        read = read_keys(settings.keys.file)
        keys = Keys(current=read.current, secrets=read.secrets)
        numbering = Numbering(places(settings.keys.file, settings.state))
    addresses = {one.address.lower(): _support(one, settings) for one in settings.addresses}
    ours = _house(settings, policies)
    sender_identity = _desk(settings, keys)
    installation = Installation(
        policies=policies,
        addresses=addresses,
        ours=ours,
        keys=keys,
        templates=templates,
        sender_identity=sender_identity,
        prove=proving(settings, ours),
        limits=ReadingLimits(**settings.limits.model_dump()),
        numbering=numbering,
        hold=timedelta(minutes=settings.staff.hold),
        spam_marks=settings.spam.marks,
        operator=settings.alarm.address or "",
        pace=_pace(settings),
    )
    return replace(installation, tell_of_quarantine=quarantine_mail(settings, sender_identity))


def with_keys(installation: Installation, keys: Keys) -> Installation:
    """The office with other keys."""
    return replace(installation, keys=keys, sender_identity=replace(installation.sender_identity, keys=keys))


def _pace(settings: Settings) -> Pace:
    work = settings.work
    return Pace(work.batch, timedelta(seconds=work.lease), work.attempts, batch_bytes=work.batch_bytes)


def load_policies(settings: Settings, templates: Templates, extra: Extra | None = None) -> dict[str, Policy]:
    """Every policy that an address of the settings names. Raises FaultsFound."""
    overlay = settings.policies if settings.policies.is_dir() else None
    policies: dict[str, Policy] = {}
    faults: list[Fault] = []
    for number, address in enumerate(settings.addresses):
        if address.policy in policies:
            continue
        known = policies_known(overlay)
        if address.policy not in known:
            key = f"addresses[{number}].policy"
            near = nearest(address.policy, known)
            faults.append(Fault("reclamo.toml", key, "no such policy", address.policy, ", ".join(known), near))
            continue
        try:
            notices = _notices(address.policy, templates)
            laid = _laid_over(extra, address.policy)
            policy = checked_policy(address.policy, overlay=overlay, extra=laid, notices=notices)
        except FaultsFound as found:
            faults.extend(found.faults)
            continue
        policies[address.policy] = policy
        if settings.templates.is_dir():  # those that ship are tested
            faults.extend(letter_faults(policy, templates))
    faults.extend(_calendar_faults(settings, policies))
    if faults:
        raise FaultsFound(faults)
    return policies


def letter_faults(policy: Policy, templates: Templates) -> list[Fault]:
    """What is wrong inside the letters and pages of a policy that are written, each fault once."""
    pages = [thing.document for thing in policy.things.values() if thing.document]
    written = [(code, one) for one in (*policy.notices, *pages, NOT_TAKEN) for code in policy.languages]
    found = [templates.faults(policy.name, *one, NAMES) for one in written if templates.has(policy.name, *one)]
    return list(dict.fromkeys(fault for faults in found for fault in faults))


def _laid_over(extra: Extra | None, policy: str) -> dict[str, Any] | None:
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


def _house(settings: Settings, policies: Mapping[str, Policy]) -> OwnIdentity:
    return OwnIdentity(
        support=tuple(one.address.lower() for one in settings.addresses),
        separator=settings.delimiter,
        message_id_domain=_domain(settings),
        lists=settings.staff.list_ids,
        prefixes=tuple(dict.fromkeys(policy.reference for policy in policies.values())),
        authserv_ids=(settings.staff.authserv_id,) if settings.staff.authserv_id else (),
    )


def _desk(settings: Settings, keys: Keys) -> SenderIdentity:
    rooms: dict[str, tuple[FromAddress, ...]] = {}
    for one in settings.addresses:
        from_address = FromAddress(one.address, one.name or settings.company.name)
        rooms[one.policy] = (*rooms.get(one.policy, ()), from_address)
    return SenderIdentity(
        company=settings.company.name,
        from_addresses=rooms,
        domain=_domain(settings),
        keys=keys,
        bounces=settings.addresses[0].address,
        separator=settings.delimiter,
    )


def proving(settings: Settings, ours: OwnIdentity, resolver: DnsTxt | None = None) -> Prove:
    """How a staff member's mail is proven: as the settings ask for. Authenticated submission always counts."""

    def proof(row: InboxRow, reading: Reading) -> Proof:
        sender = reading.sender.address.lower()
        if reading.sender.fallback:
            return Proof(False, why_not="From has no address")
        if row.mail.submitted_by and row.mail.submitted_by.lower() == sender:
            return Proof(True, how="authenticated submission")
        if settings.staff.proof in ("token", "confirmation"):
            return Proof(True, how="token and address", by_token=settings.staff.proof == "confirmation")
        if not written_to_us(row.mail.raw, reading, ours):
            return Proof(False, why_not="not written to this address of ours")
        dns = (resolver or _dns()) if settings.staff.proof == "dkim" else None
        return prove(row.mail.raw, sender, ours, dns)

    return proof


def _dns() -> Any:
    from dkim.dnsplug import get_txt  # type: ignore[import-untyped]

    return get_txt


def transport_of(settings: Settings) -> Transport:
    """The transport that letters leave by."""
    relay = settings.relay
    if relay.transport == "maildir":
        return MaildirTransport(Path(relay.folder))
    from daemon.outbound.from_settings import relay_connection
    from daemon.outbound.smtp_relay import SmtpRelay

    return SmtpRelay(relay_connection(settings))


_WAITS = 10  # from connecting to the reply that takes a letter


def lease_of(settings: Settings) -> timedelta:
    """How long a sender may have one letter in hand: a relay may make it wait for `timeout` at every step."""
    relay = settings.relay
    longest = relay.timeout * _WAITS if relay.transport == "smtp" else 0
    return timedelta(seconds=max(settings.work.lease, longest))


def patience_of(settings: Settings) -> Patience:
    """How long a letter is tried."""
    return Patience(give_up=timedelta(days=settings.relay.give_up_after))
