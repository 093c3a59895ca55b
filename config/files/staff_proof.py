"""The ways to verify mail from staff, and the warning when none is configured."""

from __future__ import annotations

from config.settings import Settings

PROOFS = {
    "confirmation": "one word in answer to a mail to their own address, for what decides, extends or erases",
    "dkim": "the signature of their domain, checked here",
    "authentication-results": "what your own mail server found (RFC 8601)",
    "token": "nothing more: whoever sees a letter to your staff can decide in their name",
}
"""What each value of the setting `staff.proof` requires, first the one that needs no support by a mail server."""


def unset_proof_warning(settings: Settings) -> str:
    """The warning for settings without `staff.proof`; empty when it is set."""
    if "proof" in settings.staff.model_fields_set:
        return ""
    choices = ", ".join(f'"{name}"' for name in PROOFS)
    return (
        "staff.proof is not set: mail of staff is known by its token and address alone, so decisions, extensions and "
        f"erasing wait for one word in answer to a mail to their own address; allowed: {choices}"
    )
