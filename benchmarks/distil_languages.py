"""Make parsers/words/latin.bin, the small model that distinguishes languages in Latin letters, from py3langid's.

py3langid (BSD licence; its notice is kept in the output) knows 140 languages in 100,000 features and needs numpy and
about 100 MB. We keep the features that distinguish our languages, each with its log-likelihoods in steps of 1/16. Run
it again only when a language is added: python benchmarks/distil_languages.py
"""

from __future__ import annotations

import json
import sys
import zlib
from collections import deque
from pathlib import Path

import numpy as np
from py3langid.langid import MODEL_FILE, LanguageIdentifier

LANGUAGES = [
    "en",
    "it",
    "de",
    "fr",
    "es",
    "pt",
    "nl",
    "pl",
    "ro",
    "sv",
    "da",
    "no",
    "fi",
    "cs",
    "tr",
    "hu",
    "sk",
    "hr",
    "sl",
    "ca",
    "et",
    "lv",
    "lt",
    "sq",
    "is",
    "ga",
    "eu",
    "gl",
]
ALSO = {"no": ("nn",), "hr": ("bs",)}
FEATURES = 20_000
STEP = 1 / 16
NOTICE = (
    "Derived from py3langid, Copyright (c) 2011 Marco Lui, (c) 2021 Adrien Barbaresi, BSD-3-Clause: "
    "redistribution in source and binary forms, with or without modification, is permitted provided that this "
    "copyright notice, the conditions and the disclaimer of warranty of that licence are kept."
)
TARGET = Path(__file__).parent.parent / "parsers" / "words" / "latin.bin"


def features(model: LanguageIdentifier) -> dict[int, bytes]:
    """The byte string of every feature: the shortest path from the start of the automaton to its state."""
    paths, waiting = {0: b""}, deque([0])
    while waiting:
        state = waiting.popleft()
        row = model._rowbase[state]
        for byte in range(256):
            target = model.tk_nextmove[row + byte]
            if target not in paths:
                paths[target] = paths[state] + bytes([byte])
                waiting.append(target)
    return {model.tk_output[state]: path for state, path in paths.items() if model.tk_output[state] >= 0}


def main() -> None:
    """Write the file and print its size."""
    model = LanguageIdentifier.from_model_file(MODEL_FILE)
    chances = np.exp(np.asarray(model.nb_ptc, dtype=np.float64))
    columns = [
        [at for at, name in enumerate(model.nb_classes) if name in (code, *ALSO.get(code, ()))] for code in LANGUAGES
    ]
    ours = np.stack([chances[:, column].max(axis=1) for column in columns], axis=1)
    logs = np.log(ours)
    telling = (ours * (logs - np.log(ours.mean(axis=1))[:, None])).sum(axis=1)
    names = features(model)
    chosen = sorted((int(at) for at in np.argsort(-telling)[:FEATURES]), key=lambda at: names[at])
    steps = np.clip(np.round((logs.max(axis=1)[:, None] - logs) / STEP), 0, 255).astype(np.uint8)
    head = json.dumps({"languages": LANGUAGES, "step": STEP, "features": len(chosen), "notice": NOTICE}).encode()
    strings = b"".join(bytes([len(names[at])]) + names[at] for at in chosen)
    packed = zlib.compress(strings + b"".join(steps[at].tobytes() for at in chosen), 9)
    TARGET.write_bytes(len(head).to_bytes(4, "big") + head + packed)
    sys.stdout.write(f"{len(chosen)} features of {len(LANGUAGES)} languages: {TARGET.stat().st_size} octets\n")


if __name__ == "__main__":
    main()
