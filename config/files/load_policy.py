"""Load a policy from its layers: the shipped file, the operator's overlay, and what a rehearsal adds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from config.faults import Fault, FaultsFound, nearest
from config.files.partial_validation import ValidPart, validate_partially
from config.files.toml_layers import Key, Source, Table, dotted, file_of, key_in, merged, read_source
from config.files.validation_errors import validate
from config.policy import Policy

FILE = "policy.toml"
_SHIPPED = ("policies",)


def load_policy(name: str | Path, *, overlay: Path | None = None, extra: Table | None = None) -> Policy:
    """Load the policy of this name. Raises FaultsFound with every fault in its files.

    `name` is a policy's name or, as a Path, its folder. `overlay` is the operator's folder of policies:
    `<overlay>/<name>/policy.toml` overrides the shipped file (tables merge key by key; lists and values replace), or
    stands alone when no policy of this name ships. `extra` overrides both.
    """
    sources = _sources(name, overlay, extra)
    return validate(Policy, sources, {"name": _own_name(name)})


def load_valid_part(
    name: str | Path, *, overlay: Path | None = None, extra: Table | None = None
) -> ValidPart[Policy] | None:
    """Load the policy without its malformed parts; None when too little is left. Raises FaultsFound when its files
    cannot be read."""
    return validate_partially(Policy, _sources(name, overlay, extra), {"name": _own_name(name)})


def key_locator(
    name: str | Path, *, overlay: Path | None = None, extra: Table | None = None
) -> Callable[[Key], tuple[str, str]]:
    """A function for the checks that gives, for a key of this policy, its file and the key as written there."""
    sources = _sources(name, overlay, extra)
    table = merged(sources)

    def place(key: Key) -> tuple[str, str]:
        written = key_in(table, key)
        return file_of(sources, written), dotted(written)

    return place


def _sources(name: str | Path, overlay: Path | None, extra: Table | None) -> list[Source]:
    sources = [read_source(path, shown) for path, shown in _files(name, overlay)]
    if not sources:
        raise FaultsFound([_unknown(_own_name(name), overlay)])
    if extra:
        sources.append(Source("laid over by the scenario", extra))
    faults = [_named(source) for source in sources if "name" in source.table]
    if faults:
        raise FaultsFound(faults)
    return sources


def _own_name(name: str | Path) -> str:
    return name.name if isinstance(name, Path) else name


def known_policies(overlay: Path | None = None) -> list[str]:
    """The names of all policies, shipped ones and the operator's, sorted."""
    folders: list[Traversable | Path] = [files("config").joinpath(*_SHIPPED)]
    if overlay is not None:
        folders.append(overlay)
    return sorted({name for folder in folders for name in _names_in(folder)})


def _names_in(folder: Traversable | Path) -> Iterator[str]:
    if folder.is_dir():
        yield from (entry.name for entry in folder.iterdir() if entry.joinpath(FILE).is_file())


def _files(name: str | Path, overlay: Path | None) -> list[tuple[Path | Traversable, str]]:
    """The files of this policy, the overriding one last, each with the name that faults show."""
    own_name = _own_name(name)
    first: tuple[Path | Traversable, str]
    if isinstance(name, Path):
        first = (name / FILE, str(name / FILE))
    else:
        first = (files("config").joinpath(*_SHIPPED, name, FILE), "/".join(("config", *_SHIPPED, name, FILE)))
    found = [first] if first[0].is_file() else []
    if overlay is not None and (overlay / own_name / FILE).is_file():
        found.append((overlay / own_name / FILE, str(overlay / own_name / FILE)))
    return found


def _unknown(name: str, overlay: Path | None) -> Fault:
    known = known_policies(overlay)
    where = str(overlay) if overlay is not None else "config/policies"
    return Fault(where, "policy", "no such policy", name, ", ".join(known), nearest(name, known))


def _named(source: Source) -> Fault:
    value = str(source.table["name"])
    return Fault(source.file, "name", "a policy is named by its folder; leave this out", value)
