"""Simulate a year of service invitations for a number of cars: the daemon's own code, a database in memory, a simulated
clock.

    python -m benchmarks.dealer_year 1000

It prints how long the year took, and how many letters of each notice went out on how many days.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from config.settings import Settings
from daemon.cases.records_import import ImportResult, import_records
from daemon.clock.stepper import Stepper
from daemon.installation_build import load_installation
from parsers.details.identifiers import vin_check_digit
from parsers.sender.tokens import TokenKeys
from storage import migrate
from storage.engine import Database
from storage.values import Letter

START = datetime(2026, 1, 1, 1, tzinfo=UTC)
_POLICY = "dealer-service"
_HEAD = "VIN,owner,email,language,model,plate,sale date,last service,mileage,mileage read"


class Counting:
    """A transport that records notice, recipient and date of each letter."""

    def __init__(self) -> None:
        self.letters: list[tuple[str, str, date]] = []

    def deliver(self, letter: Letter) -> None:
        """Record the letter."""
        self.letters.append((letter.notice, letter.recipient, letter.created_at.date()))

    def close(self) -> None:
        """Do nothing: there is no connection."""


@dataclass(frozen=True, slots=True)
class Year:
    """The result: that of the import, every letter (notice, recipient, date in UTC), and the seconds it took."""

    brought: ImportResult
    letters: tuple[tuple[str, str, date], ...]
    seconds: float


def rows(count: int) -> list[str]:
    """The lines of a CSV file of cars: a third sold recently, the others serviced months ago; three rows are wrong."""
    lines = [_HEAD]
    for number in range(count):
        bare = f"LSVAA49J0{number % 10}2{number:06d}"
        vin = bare[:8] + vin_check_digit(bare) + bare[9:]
        sold, served, read = date(2025, 12, 20), "", ""
        if number % 3:
            sold = date(2024, 3, 1) + timedelta(days=number % 200)
            served = (date(2025, 9, 1) + timedelta(days=number % 120)).isoformat()
            read = f"{12000 + number % 4000},{served}"
        language = ("en", "zh-Hant", "zh-Hans")[number % 3]
        model = f"Aurora {number % 9}"
        lines.append(
            f"{vin},Owner {number},owner{number}@example.com,{language},{model},A{number:05d},"
            f"{sold.isoformat()},{served},{read or ','}"
        )
    lines[-1] = lines[-1].replace("@", " at ")
    lines[-2] = "LSVAA49J1,Nobody,nobody@example.com,en,Aurora 1,A1,2025-12-01,,,"
    lines[-3] = lines[-3].replace(",A", ",A,A,A,A", 1)
    return lines


def play(count: int, days: int = 365) -> Year:
    """Import this many cars and simulate the days."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "cars.csv"
        file.write_text("\n".join(rows(count)) + "\n", encoding="utf-8")
        db = Database("sqlite://")
        migrate.upgrade(db)
        installation = load_installation(_settings(Path(folder)), keys=TokenKeys(current=1, secrets={1: b"k" * 32}))
        post = Counting()
        stepper = Stepper(db, installation, post, START)
        brought = import_records(db, installation.policies[_POLICY], "vehicle", file, START, country="CN")
        stepper.advance(START + timedelta(days=days))
        db.close()
    return Year(brought, tuple(post.letters), time.monotonic() - began)


def _settings(folder: Path) -> Settings:
    table = {
        "folder": folder, "policies": folder / "none", "templates": folder / "none",
        "company": {"name": "Dealer", "country": "CN", "zone": "Asia/Shanghai"},
        "addresses": [{"address": "service@dealer.example", "policy": _POLICY}], "relay": {}, "keys": {},
    }  # fmt: skip
    return Settings.model_validate(table, context={"folder": folder})


def main() -> None:
    """Simulate the year and print the result."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    year = play(count)
    print(f"{count} cars, {year.brought.new} in, {len(year.brought.wrong)} rows wrong, a year in {year.seconds:.1f} s")
    for notice, number in sorted(Counter(notice for notice, _, _ in year.letters).items()):
        spread = len({day for name, _, day in year.letters if name == notice})
        print(f"  {notice}: {number} letters on {spread} days")


if __name__ == "__main__":
    main()
