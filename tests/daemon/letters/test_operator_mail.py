"""Letters to operators and managers that have no template."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

from config.policy import Member, Policy
from daemon.letters.operator_mail import manager_of, operator_or_manager, plain_letter
from tests.templates.made import policy, writing

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def managed(team: str, address: str) -> Policy:
    """Return the policy with this manager of one team and no other."""
    known = policy()
    teams = {name: spec.model_copy(update={"manager": None}) for name, spec in known.teams.items()}
    teams[team] = teams[team].model_copy(update={"manager": Member(name="", address=address)})
    return known.model_copy(update={"teams": teams})


def test_a_plain_letter_reads_the_same_in_both_parts_and_bounces_to_nobody() -> None:
    """Text and HTML show the same words; the envelope sender is null (RFC 5321 section 4.5.5)."""
    letter = plain_letter(
        writing().sender_identity, notice="failing", key="k/1", to="ops@firm.example", subject="Fehler: größer",
        text="a < b\n", now=AT, language="de",
    )  # fmt: skip
    mail = message_from_bytes(letter.raw, policy=default)
    text, html = (mail.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert html is not None
    assert (text.get_content().strip(), html.get_content().strip()) == ("a < b", "<pre>a &lt; b\r\n</pre>")
    assert (letter.sender, letter.recipient, mail["To"]) == ("", "ops@firm.example", "ops@firm.example")
    assert (mail["Subject"], mail["Content-Language"], mail["Auto-Submitted"]) == (
        "Fehler: größer", "de", "auto-generated",
    )  # fmt: skip
    assert mail["Message-ID"] == f"<{letter.message_id}>"


def test_the_manager_of_the_team_for_unknown_mail_comes_first_then_any_other() -> None:
    """The manager of the team for unclassified mail; if that team has none, another team's."""
    fallback = next(spec.team for spec in policy().kinds.values() if spec.fallback)
    other = next(name for name in policy().teams if name != fallback)
    for team in (fallback, other):
        found = manager_of(managed(team, "boss@firm.example"))
        assert found is not None
        assert found.address == "boss@firm.example"


def test_without_an_operator_a_manager_is_written_to_and_without_both_nobody() -> None:
    """The operator address of the settings comes first."""
    fallback = next(spec.team for spec in policy().kinds.values() if spec.fallback)
    with_manager = managed(fallback, "boss@firm.example")
    teams = {name: spec.model_copy(update={"manager": None}) for name, spec in with_manager.teams.items()}
    without = with_manager.model_copy(update={"teams": teams})
    assert operator_or_manager("ops@firm.example", [with_manager]) == "ops@firm.example"
    assert operator_or_manager("", [without, with_manager]) == "boss@firm.example"
    assert operator_or_manager("", [without]) == ""
