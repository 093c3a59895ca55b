"""`reclamo demo`."""

from __future__ import annotations

import re
import shutil
from io import StringIO

from rich.console import Console

from daemon.demo import demo


def test_the_demo_ends_well_and_says_where_to_look() -> None:
    """Three rehearsals pass; the real daemon acknowledges three mails, each in its language, and stops."""
    out = StringIO()
    status = demo(Console(file=out, width=200, color_system=None, highlight=False))
    output = out.getvalue()
    folder = re.search(r"/\S*reclamo-demo-\w+", output)
    assert folder is not None
    shutil.rmtree(folder.group())
    assert status == 0, output
    assert output.count("0 of them not met") == 3
    for address, language in (("anna@example.it", "it"), ("j.gross@example.de", "de"), ("john@example.co.uk", "en")):
        assert re.search(rf"{re.escape(address)}\s+{language}\s+Re: \[C-\d+-00000\d\]", output), output
    assert "letters/new" in output
