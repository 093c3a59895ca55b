"""Verbs about policies and calendars: show and check policies, explain dates."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter

from config.faults import Fault, FaultsFound
from daemon.cli.base import Config, Json, app, fail, read_instant
from daemon.cli.output import print_json

policy = App(name="policy", help="Policies: list, show, check and create them.")
calendar = App(name="calendar", help="Working days, holidays and due dates.")


def register() -> None:
    """Add these verbs to the command line."""
    policy.command(policy_list, name="list")
    policy.command(policy_check, name="check")
    policy.command(policy_show, name="show")
    policy.command(policy_new, name="new")
    policy.command(policy_keys, name="keys")
    calendar.command(calendar_due, name="due")
    app.command(policy)
    app.command(calendar)


def _places(config: Path | None) -> tuple[Path | None, Path | None]:
    """Return the operator's folders of policies and of templates, None for one that does not exist."""
    from daemon.cli.base import settings_if_any

    settings = settings_if_any(config)
    if settings is None:
        return None, None
    policies = settings.policies if settings.policies.is_dir() else None
    return policies, settings.templates if settings.templates.is_dir() else None


def _load(name: str, config: Path | None) -> tuple[Any, Path | None]:
    from config.files.load_policy import load_policy

    overlay, letters = _places(config)
    folder = Path(name)
    return load_policy(folder.resolve() if folder.is_dir() else name, overlay=overlay), letters


def policy_list(*, json: Json = False, config: Config = None) -> None:
    """List the policies, shipped and your own."""
    from config.files.load_policy import known_policies, load_policy
    from config.policy import in_language

    overlay, _ = _places(config)
    rows = []
    for name in known_policies(overlay):
        loaded = load_policy(name, overlay=overlay)
        rows.append({"name": name, "title": in_language(loaded.title, "en"), "languages": list(loaded.languages)})
    if json:
        print_json(rows)
        return
    for row in rows:
        print(f"{row['name']:24} {', '.join(row['languages']):16} {row['title']}")


def policy_check(
    names: Annotated[tuple[str, ...], Parameter(help="Names, or folders; all by default.")] = (),
    *,
    json: Json = False,
    config: Config = None,
) -> None:
    """Check whole policies; print all faults with file, key, value, allowed values and the nearest spelling."""
    from config.files.load_policy import known_policies

    wanted = names or tuple(known_policies(_places(config)[0]))
    faults: list[Fault] = []
    for name in wanted:
        faults.extend(_faults(name, config))
    if json:
        print_json(faults)
        sys.exit(1 if faults else 0)
    if faults:
        raise FaultsFound(faults)
    for name in wanted:
        for warning in _warnings(name, config):
            print(f"warning: {warning}")
    print(f"sound: {', '.join(wanted)}")


def _warnings(name: str, config: Path | None) -> list[Fault]:
    from config.checks import satisfaction_warnings
    from config.files.load_policy import key_locator

    overlay, _ = _places(config)
    folder = Path(name)
    where = key_locator(folder.resolve() if folder.is_dir() else name, overlay=overlay)
    return satisfaction_warnings(_load(name, config)[0], where=where)


def _faults(name: str, config: Path | None) -> list[Fault]:
    from config.checks import checked_policy, slow_pattern_faults
    from daemon.installation_build import letter_faults
    from templates.render import Templates

    overlay, letters = _places(config)
    templates, folder = Templates(letters), Path(name)
    place = folder.resolve() if folder.is_dir() else name
    own = place.name if isinstance(place, Path) else name
    try:
        loaded = checked_policy(place, overlay=overlay, notices=lambda notice, code: templates.has(own, code, notice))
    except FaultsFound as found:
        return list(found.faults)
    return [*slow_pattern_faults(loaded), *letter_faults(loaded, templates)]


def policy_show(
    name: str,
    *,
    mermaid: Annotated[bool, Parameter(negative="", help="The steps as a graph, in the text of Mermaid.")] = False,
    dot: Annotated[bool, Parameter(negative="", help="The steps as a graph, in the text of Graphviz (DOT).")] = False,
    svg: Annotated[bool, Parameter(negative="", show=False)] = False,
    json: Json = False,
    language: str = "en",
    config: Config = None,
) -> None:
    """Show a policy: its steps and what moves them as text, as a graph, or all of it as JSON."""
    from config.diagrams.graph_text import as_dot, as_mermaid
    from config.diagrams.text_diagram import as_text

    if svg:
        fail(_NO_SVG.format(name=name))
    loaded, _ = _load(name, config)
    if json:
        print(loaded.model_dump_json(indent=2, by_alias=True))
    elif mermaid:
        print(as_mermaid(loaded, language), end="")
    elif dot:
        print(as_dot(loaded, language), end="")
    else:
        print(as_text(loaded, language))


_NO_SVG = """--svg is gone: Reclamo prints the graph of the steps, and other programs draw it. One of:
  reclamo policy show {name} --mermaid > {name}.mmd     then paste it where Mermaid is drawn, or use mermaid-cli
  reclamo policy show {name} --dot | dot -Tsvg > {name}.svg     with Graphviz"""


def policy_new(
    name: Annotated[str, Parameter(help="Letters a to z, digits, hyphens.")],
    *,
    folder: Annotated[
        Path | None, Parameter(name="--in", help="The folder of the installation; the one in use by default.")
    ] = None,
) -> None:
    """Create a small policy to start from, with its letters and a scenario that passes. Overwrites nothing.

    A folder that is not an installation yet is made one, as by init.
    """
    from config.files.load_settings import FILE
    from config.files.starter import write_policy, write_starter
    from daemon.app import settings_path

    in_use = settings_path(None)
    place = folder if folder is not None else in_use.parent if in_use.exists() else Path()
    settings = place / FILE if place.is_dir() or not place.exists() else place
    policies, letters = _places(settings) if settings.exists() else (None, None)
    written = write_policy(name, place, policies=policies, templates=letters)
    if not settings.exists():
        written += write_starter(place)
    for path in written:
        print(path)
    print(_NEXT.format(name=name, place=place, policy=written[0], settings=settings))


_NEXT = """
Next: read {policy} from top to bottom; change a line, and try it:
  reclamo policy check {name} --config {place}
  reclamo rehearse {place}/scenarios/{name}/first.scenario --config {place}
  reclamo policy show {name} --config {place}
To go live, put your people into [teams.desk] there, and an address with policy = "{name}" into
{settings}; then reclamo check --config {place}"""


def policy_keys(
    place: Annotated[str, Parameter(help="A sort of thing, as in steps or things.slots; all by default.")] = "",
    *,
    json: Json = False,
) -> None:
    """List every key that a policy may have, with type, default and meaning."""
    from config.diagrams.key_reference import as_markdown, key_sections
    from config.faults import nearest

    known = {section.place: section for section in key_sections()}
    if place and place not in known:
        near = nearest(place, known)
        hint = f"; did you mean {near!r}?" if near else ""
        fail(f"{place!r} is no sort of thing; allowed: {', '.join(known)}{hint}")
    wanted = [section for name, section in known.items() if place in ("", name)]
    if json:
        print_json(wanted)
        return
    print("\n\n".join(f"{section.place}\n\n{as_markdown(section)}" for section in wanted))


def calendar_due(
    period: str,
    *,
    from_: Annotated[str, Parameter(name="--from", help="The instant to count from, ISO 8601.")],
    calendar: Annotated[str, Parameter(help="A country, or a calendar of --policy.")] = "IT",
    policy: Annotated[str, Parameter(help="The policy that defines the calendar.")] = "",
    json: Json = False,
    config: Config = None,
) -> None:
    """Print when a period ends, and how the date is computed: which days do not count, and why."""
    from config.policy_shapes.periods import read_period
    from config.working_time.calendars import load_calendar

    calendars = _load(policy, config)[0].calendars if policy else {}
    try:
        length = read_period(period)
        counted = load_calendar(calendar, calendars)
    except (ValueError, LookupError) as error:
        fail(str(error.args[0] if error.args else error))
    start = read_instant(from_)
    if "+" not in from_[10:] and "Z" not in from_ and "-" not in from_[10:]:
        start = start.replace(tzinfo=counted.zone)
    due = counted.due(start, length)
    if json:
        print_json({"due": due.on, "due_at": due.at, "derivation": due.derivation})
        return
    print(due.on.isoformat())
    for line in due.derivation:
        print(f"  {line}")
