"""A whole installation in a folder, and its daemon as the operator starts it: a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from config.files.starter import write_starter

PEOPLE = """
[teams.service]
members = [{ name = "Sara Blu", address = "sara@STAFF", languages = ["it"] }]
[teams.technical]
members = [{ name = "Ada Bianchi", address = "ada@STAFF", languages = ["en"] }]
manager = { name = "Max Moro", address = "max@STAFF" }
[teams.reviewers]
members = [{ name = "Rita Neri", address = "rita@STAFF" }]
"""
_RECLAMO = [sys.executable, "-c", "from daemon.cli import main; main()"]


class Daemon:
    """A running daemon, heard through its log."""

    def __init__(self, folder: Path) -> None:
        self._process = subprocess.Popen(
            [*_RECLAMO, "run", "--config", str(folder)],
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            env={**os.environ, "RECLAMO_LOG__FORMAT": "json", "RECLAMO_LOG__LEVEL": "info"},
        )
        self._lines: list[dict[str, Any]] = []
        self._news = threading.Condition()
        self._ear = threading.Thread(target=self._listen)
        self._ear.start()
        self._ended = False

    def _listen(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            try:
                said = json.loads(line)
            except ValueError:
                said = {"event": line.decode(errors="replace").rstrip()}
            with self._news:
                self._lines.append(said)
                self._news.notify_all()
        with self._news:
            self._ended = True
            self._news.notify_all()

    def hear(self, event: str, *, seconds: float = 60, count: int = 1) -> list[dict[str, Any]]:
        """Wait until it has said this so many times; what it said then."""

        def heard() -> list[dict[str, Any]]:
            return [line for line in self._lines if event in str(line.get("event", ""))]

        with self._news:
            self._news.wait_for(lambda: len(heard()) >= count or self._ended, timeout=seconds)
            assert len(heard()) >= count, f"never said {event!r}; it said:\n" + self.said()
            return heard()

    def said(self) -> str:
        """All it said."""
        return "\n".join(json.dumps(line, ensure_ascii=False) for line in self._lines)

    def ports(self) -> list[int]:
        """The ports it listens on, once it does."""
        places = self.hear("started")[0]["listening"]
        return [int(place.rpartition(",")[2].strip(" )")) for place in places if place.startswith("(")]

    def kill(self) -> None:
        """SIGKILL, and nothing else."""
        self._process.kill()
        self._end()

    def stop(self) -> int:
        """Ask it to stop, as the service manager does; its exit status."""
        self._process.send_signal(signal.SIGTERM)
        self._end()
        return self._process.returncode

    def _end(self) -> None:
        self._process.wait(timeout=90)
        self._ear.join()
        assert self._process.stderr is not None
        self._process.stderr.close()


class Installation:
    """Settings, people and keys in a folder; commands run on it as an operator would."""

    def __init__(self, folder: Path, settings: str, *, staff: str = "firm.example") -> None:
        self.folder = folder
        write_starter(folder)
        company = '\n[company]\nname = "Firm"\ncountry = "IT"\n'
        (folder / "reclamo.toml").write_text(settings + company, encoding="utf-8")
        (folder / "policies" / "complaints" / "policy.toml").write_text(PEOPLE.replace("STAFF", staff))

    @contextmanager
    def running(self) -> Iterator[Daemon]:
        """The daemon, listening; stopped at the end however that comes."""
        daemon = Daemon(self.folder)
        try:
            daemon.hear("started")
            yield daemon
        finally:
            daemon.stop()

    def says(self, *arguments: str) -> str:
        """What a command prints; it must succeed."""
        done = subprocess.run(
            [*_RECLAMO, *arguments, "--config", str(self.folder)], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def knows(self, *arguments: str) -> Any:
        """What a command prints as JSON."""
        return json.loads(self.says(*arguments, "--json"))


Start = Callable[[str], Installation]
