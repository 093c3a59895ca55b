"""A complete installation in a folder, and its daemon in a process of its own, started as an operator would."""

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
    """A running daemon, observed through its log."""

    def __init__(self, folder: Path) -> None:
        self._process = subprocess.Popen(
            [*_RECLAMO, "run", "--config", str(folder)],
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            env={**os.environ, "RECLAMO_LOG__FORMAT": "json", "RECLAMO_LOG__LEVEL": "info"},
        )
        self._lines: list[dict[str, Any]] = []
        self._changed = threading.Condition()
        self._reader = threading.Thread(target=self._read_log)
        self._reader.start()
        self._ended = False

    def _read_log(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            try:
                entry = json.loads(line)
            except ValueError:
                entry = {"event": line.decode(errors="replace").rstrip()}
            with self._changed:
                self._lines.append(entry)
                self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def wait_for_log(self, event: str, *, seconds: float = 60, count: int = 1) -> list[dict[str, Any]]:
        """Wait until it has logged this event so many times; return these log lines."""

        def logged() -> list[dict[str, Any]]:
            return [line for line in self._lines if event in str(line.get("event", ""))]

        with self._changed:
            self._changed.wait_for(lambda: len(logged()) >= count or self._ended, timeout=seconds)
            assert len(logged()) >= count, f"never logged {event!r}; its log:\n" + self.log()
            return logged()

    def log(self) -> str:
        """Its whole log."""
        return "\n".join(json.dumps(line, ensure_ascii=False) for line in self._lines)

    def ports(self) -> list[int]:
        """Wait until it listens; return its TCP ports."""
        places = self.wait_for_log("started")[0]["listening"]
        return [int(place.rpartition(",")[2].strip(" )")) for place in places if place.startswith("(")]

    def kill(self) -> None:
        """Send SIGKILL and wait for the end."""
        self._process.kill()
        self._end()

    def stop(self) -> int:
        """Send SIGTERM, as the service manager does; return the exit status."""
        self._process.send_signal(signal.SIGTERM)
        self._end()
        return self._process.returncode

    def _end(self) -> None:
        self._process.wait(timeout=90)
        self._reader.join()
        assert self._process.stderr is not None
        self._process.stderr.close()


class Installation:
    """Settings, people and keys in a folder; runs commands on it as an operator would."""

    def __init__(self, folder: Path, settings: str, *, staff: str = "firm.example") -> None:
        self.folder = folder
        write_starter(folder)
        company = '\n[company]\nname = "Firm"\ncountry = "IT"\n'
        (folder / "reclamo.toml").write_text(settings + company, encoding="utf-8")
        (folder / "policies" / "complaints" / "policy.toml").write_text(PEOPLE.replace("STAFF", staff))

    @contextmanager
    def running(self) -> Iterator[Daemon]:
        """Run the daemon; it is stopped at the end, also after an exception."""
        daemon = Daemon(self.folder)
        try:
            daemon.wait_for_log("started")
            yield daemon
        finally:
            daemon.stop()

    def run_command(self, *arguments: str) -> str:
        """Run a command of the command line, which must succeed; return its output."""
        done = subprocess.run(
            [*_RECLAMO, *arguments, "--config", str(self.folder)], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def query(self, *arguments: str) -> Any:
        """Run a command with --json; return the parsed output."""
        return json.loads(self.run_command(*arguments, "--json"))


Start = Callable[[str], Installation]
