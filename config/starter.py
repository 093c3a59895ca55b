"""The folder that `reclamo init` makes: settings that work at once, a place for the company's own words, keys."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from config.keys import create_keys
from config.load_settings import FILE

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


def write_starter(folder: Path) -> list[Path]:
    """Write what is missing of an installation into a folder, and leave what is there. The files written."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = {
        folder / FILE: files("config").joinpath("default.toml").read_text(encoding="utf-8"),
        folder / "policies" / "complaints" / "policy.toml": OVERLAY,
    }
    written = [path for path, text in texts.items() if _write(path, text)]
    keys = folder / "keys"
    if not keys.exists():
        create_keys(keys)
        written.append(keys)
    return written


def _write(path: Path, text: str) -> bool:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        return False
    return True
