"""What `reclamo init` asks whoever types it."""

from __future__ import annotations

import sys

from config.files.staff_proof import PROOFS


def ask_for_proof(authserv_id: str = "") -> tuple[str, str]:
    """How staff mail is proven, and the mail server's name where that needs one. Nothing said where nobody is there to
    ask: then the settings do not say it either."""
    if not sys.stdin.isatty():
        return "", authserv_id
    names = list(PROOFS)
    print("How is mail from your staff proven, besides the address that they answer to?")
    for number, name in enumerate(names, 1):
        print(f"  {number}  {name:24}{PROOFS[name]}")
    proof = ""
    while not proof:
        said = input("Number or name [1]: ").strip().casefold()
        proof = names[0] if not said else next((one for one in names if said in (one, str(names.index(one) + 1))), "")
    while proof == "authentication-results" and not authserv_id:
        authserv_id = input("The name your mail server gives in Authentication-Results: ").strip()
    return proof, authserv_id
