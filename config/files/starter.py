"""Create a new installation (`reclamo init`) and a small new policy (`reclamo policy new`).

The new policy is a copy of config/new_policy, which has the folders of an installation, under another name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from config.faults import Fault, FaultsFound
from config.files.keys import create_keys
from config.files.load_policy import known_policies
from config.files.load_settings import FILE

_STARTER, _ITS_NAME, _ITS_REFERENCE = "new_policy", "new-policy", "NEW"
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_ALLOWED = "letters a to z, digits and single hyphens between them, a letter first, as in lost-books"
_LONGEST = 40

OVERLAY = """\
# Your company's own words over the shipped policy "complaints": who works on its cases, and what you do differently.
# What stands here counts; what does not, stays as it ships. "reclamo policy show complaints" shows what comes of it.

# Who works. Letters to a team go to its members; the manager is told when Reclamo had to act by itself.
# Take the "#" away and put your people in.

#[teams.service]
#address = "service@example.org"
#members = [
#    { name = "Anna Rossi", address = "anna.rossi@example.org", languages = ["it", "en"] },
#    { name = "Bernd Maier", address = "bernd.maier@example.org", substitute = "anna.rossi@example.org" },
#]
#manager = { name = "Carla Neri", address = "carla.neri@example.org" }

#[teams.technical]
#address = "technical@example.org"
#members = [{ name = "Dino Blu", address = "dino.blu@example.org" }]
#manager = { name = "Carla Neri", address = "carla.neri@example.org" }

#[teams.reviewers]
#members = [
#    { name = "Elsa Verdi", address = "elsa.verdi@example.org" },
#    { name = "Franz Huber", address = "franz.huber@example.org" },
#]
#manager = { name = "Gina Bianchi", address = "gina.bianchi@example.org" }

# Days on which you do not work although the country does, and your opening hours.

#calendar = "ours"
#[calendars.ours]
#country = "IT"
#region  = "MI"
#zone    = "Europe/Rome"
#opening = "09:00-13:00, 14:00-18:00"
#closed  = ["2026-08-14"]

# A promise of your own length.

#[promises.progress]
#within = "10 working days"
"""


def write_starter(folder: Path, *, proof: str = "", authserv_id: str = "") -> list[Path]:
    """Write the missing files of an installation into a folder; existing ones are left as they are. Returns the files
    written.

    `proof` is the setting `staff.proof`, empty to leave it unset; `authserv_id` the name of their mail server, which
    "authentication-results" needs.
    """
    folder.mkdir(parents=True, exist_ok=True)
    texts = {
        folder / FILE: _settings(proof, authserv_id),
        folder / "policies" / "complaints" / "policy.toml": OVERLAY,
    }
    written = [path for path, text in texts.items() if _write(path, text)]
    keys = folder / "keys"
    if not keys.exists():
        create_keys(keys)
        written.append(keys)
    return written


def _settings(proof: str, authserv_id: str) -> str:
    text = files("config").joinpath("default.toml").read_text(encoding="utf-8")
    for key, value in (("proof", proof), ("authserv_id", authserv_id)):
        if value:
            shown = json.dumps(value, ensure_ascii=False).replace("\\", r"\\")
            text = re.sub(rf"(?m)^#{key} = .*$", f"{key} = {shown}", text, count=1)
    return text


def write_policy(name: str, folder: Path, *, policies: Path | None = None, templates: Path | None = None) -> list[Path]:
    """Write a small policy of this name, its letters and a scenario into an installation's folder. Returns the files
    written, the policy first.

    `policies` and `templates` are the installation's folders of these, if not the usual ones. Raises FaultsFound, and
    writes nothing, if the name is invalid or taken, or if one of the files exists already.
    """
    places = {"policies": policies or folder / "policies", "templates": templates or folder / "templates"}
    faults = list(_unfit(name, places["policies"]))
    texts = {} if faults else {_placed(path, folder, places): text for path, text in _new_policy(name)}
    faults += [Fault(str(path), "file", "is there already", allowed="another name") for path in texts if path.exists()]
    if faults:
        raise FaultsFound(faults)
    return [path for path, text in texts.items() if _write(path, text)]


def _placed(path: Path, folder: Path, places: Mapping[str, Path]) -> Path:
    return places.get(path.parts[0], folder / path.parts[0]).joinpath(*path.parts[1:])


def _unfit(name: str, known: Path) -> Iterator[Fault]:
    if not _NAME.fullmatch(name):
        yield Fault("policy new", "name", "not a name for a policy", name, _ALLOWED, _like(name))
    elif len(name) > _LONGEST:
        yield Fault("policy new", "name", "is too long", name, f"at most {_LONGEST} signs")
    elif name in known_policies():
        allowed = f"another name; your own words over it go into policies/{name}/policy.toml"
        yield Fault("policy new", "name", "a policy of this name ships with Reclamo", name, allowed)
    elif name in known_policies(known):
        yield Fault("policy new", "name", "you have a policy of this name", name, "another name")


def _like(name: str) -> str:
    """The valid name closest to this one; an empty string when there is none."""
    plain = "-".join(re.findall(r"[a-z0-9]+", name.lower())).lstrip("0123456789-")
    return plain if _NAME.fullmatch(plain) else ""


def _new_policy(name: str) -> Iterator[tuple[Path, str]]:
    """The files of the new policy with its name and its reference (LB for lost-books) filled in."""
    reference = "".join(re.findall(r"(?:^|-)([a-z])", name))[:4].upper()
    for path, file in _files(files("config").joinpath(_STARTER), Path()):
        text = file.read_text(encoding="utf-8").replace(_ITS_NAME, name)
        yield Path(str(path).replace(_ITS_NAME, name)), re.sub(rf"\b{_ITS_REFERENCE}\b", reference, text)


def _files(folder: Traversable, path: Path) -> Iterator[tuple[Path, Traversable]]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            yield from _files(entry, path / entry.name)
        else:
            yield path / entry.name, entry


def _write(path: Path, text: str) -> bool:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        return False
    return True
