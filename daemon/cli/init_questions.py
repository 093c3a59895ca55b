"""The questions that `reclamo init` asks."""

from __future__ import annotations

import sys

from config.files.staff_proof import PROOFS


def ask_for_staff_proof(authserv_id: str = "") -> tuple[str, str]:
    """Ask how staff mail is proven, and for the mail server's name if that needs one; return both.

    Returns "" as the proof when standard input is no terminal: the settings are then written without staff.proof.
    """
    if not sys.stdin.isatty():
        return "", authserv_id
    names = list(PROOFS)
    print("How is mail from your staff proven, besides the address that they answer to?")
    for number, name in enumerate(names, 1):
        print(f"  {number}  {name:24}{PROOFS[name]}")
    proof = ""
    while not proof:
        answer = input("Number or name [1]: ").strip().casefold()
        proof = _chosen(names, answer) if answer else names[0]
    while proof == "authentication-results" and not authserv_id:
        authserv_id = input("The name your mail server gives in Authentication-Results: ").strip()
    return proof, authserv_id


def _chosen(names: list[str], answer: str) -> str:
    """Return the name that was typed, or whose number was; "" when it is neither."""
    numbers = {str(number): name for number, name in enumerate(names, 1)}
    return answer if answer in names else numbers.get(answer, "")
