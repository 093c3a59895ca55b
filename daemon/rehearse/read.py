"""Parse a scenario file.

All its faults are reported together, each with its line, what is allowed, and the nearest word.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

from config.faults import Fault, FaultsFound, Wrong, nearest
from daemon.rehearse.blocks import Block, WrongLine, split_blocks
from daemon.rehearse.people import ScenarioPeople
from daemon.rehearse.scenario import Act, AdvanceClock, PolicyAddress, Scenario
from daemon.rehearse.sentences import read_act

_HEAD_FORMS = (
    "Scenario",
    "Policy",
    "Zone",
    "Company",
    "Country",
    "Hold",
    "Confirmation",
    "Worklists",
    "Team NAME",
    "Third NAME",
    "Person",
)
_HEAD = re.compile(
    r"(?P<head>Scenario|Policy|Zone|Company|Country|Hold|Confirmation|Worklists|Person"
    r"|(?:Team (?P<team>\w+)|Third (?P<third>\w+))(?: of (?P<of>[\w-]+))?):\s*(?P<rest>.*)"
)
_POLICY = re.compile(r"(?P<policy>[\w-]+)(?: at (?P<address>\S+@[^\s,]+))?(?:,? calendar (?P<calendar>\w+))?")


def read_scenario(path: Path) -> Scenario:
    """Read the scenario in this file. Raises FaultsFound."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise FaultsFound([Fault(str(path), "file", f"cannot be read: {why}")]) from None
    return parse_scenario(text, path)


def parse_scenario(text: str, path: Path) -> Scenario:
    """Parse the text of a scenario. Raises FaultsFound.

    `path` is shown in faults; its folder holds the files that the scenario mentions.
    """
    draft = _Draft(path)
    try:
        all_blocks = split_blocks(text)
    except ValueError as error:
        raise FaultsFound([draft.fault("line 1", error, "")]) from None
    heads = [block for block in all_blocks if _HEAD.fullmatch(block.line.text)]
    # The zone first: lines with a time cannot be read without it.
    for block in sorted(heads, key=lambda block: not block.line.text.startswith("Zone")):
        draft.attempt(block, draft.head)
    draft.complete()
    for block in all_blocks:
        if block not in heads:
            draft.attempt(block, draft.act)
    if draft.faults:
        raise FaultsFound(draft.faults)
    return draft.script()


@dataclass
class _Draft:
    path: Path
    title: str = ""
    company: str = "Firm"
    country: str = "IT"
    hold: int = 0
    worklists: bool = False
    confirms: bool = False
    zone: str = ""
    people: ScenarioPeople = field(default_factory=lambda: ScenarioPeople(ZoneInfo("UTC")))
    acts: list[Act] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def attempt(self, block: Block, read: object) -> None:
        """Read a block, and record its fault if it has one."""
        try:
            read(block)  # type: ignore[operator]
        except ValueError as error:
            self.faults.append(self.fault(f"line {block.line.number}", error, block.source_line))

    def head(self, block: Block) -> None:
        """Read one line of the head. Raises Wrong."""
        match = _HEAD.fullmatch(block.line.text)
        assert match is not None, "called for heads only"
        rest = match["rest"].strip()
        if match["team"]:
            people = [part for part in rest.split(";") if part.strip()] + [line.text for line in block.indented]
            for person in people:
                self.people.add(person.strip(), match["team"], policy=match["of"] or "")
            return
        if match["third"]:
            self.people.add(rest, third=match["third"], policy=match["of"] or "")
            return
        match match["head"]:
            case "Scenario":
                self.title = rest
            case "Company":
                self.company = rest
            case "Country":
                self.country = rest
            case "Worklists":
                self.worklists = _yes_or_no(rest)
            case "Confirmation":
                self.confirms = _yes_or_no(rest)
            case "Hold":
                self.hold = _minutes(rest)
            case "Zone":
                self.zone = rest
                self.people.zone = _zone(rest)
            case "Person":
                self.people.add(rest)
            case "Policy":
                self.people.addresses.append(_policy_address(rest, block.line.number))

    def act(self, block: Block) -> None:
        """Read one sentence. Raises Wrong."""
        head = block.line.text.partition(":")[0]
        if ":" in block.line.text and nearest(head, _HEAD_FORMS) and " " not in head:
            raise Wrong("no such head", ", ".join(_HEAD_FORMS), nearest(head, _HEAD_FORMS))
        act = read_act(self.people, block)
        if not self.acts and not isinstance(act, AdvanceClock):
            self.acts.append(AdvanceClock(line=act.line, source_line="", at=datetime.min.replace(tzinfo=UTC)))
            raise Wrong("nothing can happen before a time is set", "At Mon 2 Mar 2026 10:00")
        times = [earlier_act.at for earlier_act in self.acts if isinstance(earlier_act, AdvanceClock)]
        if isinstance(act, AdvanceClock) and times and act.at < times[-1]:
            raise Wrong("time goes forward only", "a time after the one above")
        self.acts.append(act)

    def complete(self) -> None:
        """Record a fault for each required head that is missing, and for people of policies that are not played."""
        for name, value, allowed in (
            ("Scenario", self.title, "Scenario: and what it is about"),
            ("Zone", self.zone, "Zone: Europe/Rome, where the times are read"),
            ("Policy", "".join(address.policy for address in self.people.addresses), "Policy: complaints"),
        ):
            if not value:
                self.faults.append(Fault(str(self.path), name, "is missing", "", allowed))

        policies = list(dict.fromkeys(address.policy for address in self.people.addresses))
        for name in dict.fromkeys(
            person.policy for person in self.people.known if person.policy not in ("", *policies)
        ):
            near = nearest(name, policies)
            self.faults.append(
                Fault(str(self.path), f"of {name}", "no such policy is played", name, ", ".join(policies), near)
            )

    def fault(self, key: str, error: ValueError, value: str) -> Fault:
        """Make a fault of this file: at `key`, where `value` stands, or at the line that the error names."""
        if isinstance(error, WrongLine):
            key, value = f"line {error.line.number}", error.line.text
        wrong = Wrong.from_error(error)
        return Fault(str(self.path), key, wrong.problem, value, wrong.allowed, wrong.near)

    def script(self) -> Scenario:
        """Return the complete scenario."""
        return Scenario(
            file=self.path,
            title=self.title,
            zone=self.people.zone,
            addresses=tuple(self.people.addresses),
            company=self.company,
            country=self.country,
            people=tuple(self.people.known),
            acts=tuple(self.acts),
            hold=self.hold,
            worklists=self.worklists,
            confirms=self.confirms,
        )


def _yes_or_no(text: str) -> bool:
    if text not in ("yes", "no"):
        raise Wrong("neither yes nor no", "yes, no")
    return text == "yes"


def _minutes(text: str) -> int:
    match = re.fullmatch(r"(\d{1,3}) minutes?", text)
    if match is None:
        raise Wrong("not a number of minutes", "Hold: 2 minutes")
    return int(match[1])


def _zone(name: str) -> ZoneInfo:
    if name not in available_timezones():
        near = nearest(name, available_timezones())
        raise Wrong("no such time zone", "a name as in Europe/Rome", near)
    return ZoneInfo(name)


def _policy_address(text: str, line: int) -> PolicyAddress:
    match = _POLICY.fullmatch(text)
    if match is None:
        raise Wrong("not a policy", "complaints at complaints@firm.example, calendar IT")
    address = (match["address"] or f"{match['policy']}@firm.example").lower()
    return PolicyAddress(match["policy"], address, match["calendar"] or "", line)
