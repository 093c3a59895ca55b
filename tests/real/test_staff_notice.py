"""The content of staff notices, the mails that their links open, and the threading of letters."""

from __future__ import annotations

from email import message_from_bytes

import pytest

from daemon.letters.case_summary import bare_subject
from tests.daemon.programs import DISCLAIMER, SIGNATURE, from_link, gmail
from tests.daemon.rendered import as_plain, links, note_address, reply_address, text_of
from tests.daemon.signed import sign
from tests.real.behind_postfix import MakeReclamo

# For each command of a notice's links: the text typed below its line, and the letters that follow from it.
BELOW: dict[str, tuple[str, list[str]]] = {
    "help": ("", []),
    "kind": ("product", ["new_case"]),
    "ask": ("serial, solution", ["ask"]),
    "wait": ("2026-03-10", []),
    "third": ("installer ivo@WORLD\n\nWhat did you see?", ["third_party_question"]),
    "extend": ("2026-05-29\n\nThe part comes from abroad.", ["delay"]),
    "take": ("", []),
    "decide: not upheld": ("\n\nThe seals are broken.", ["decision"]),
}


def test_every_link_of_a_notice(make_reclamo: MakeReclamo) -> None:
    """The mail that a link opens is obeyed when it is complete; otherwise it is refused as it is, and obeyed after the
    argument is typed. Only typed text reaches the customer."""
    reclamo = make_reclamo()
    notice = reclamo.last("new_case", reclamo.ada)
    found = links(notice)
    for number, (command, (below, letters)) in enumerate(BELOW.items()):
        link = next(href for words, href in found.items() if words.startswith(command))
        opened = [("", letters if not below else [])] + ([(below, letters)] if below else [])
        for words, expected in opened:
            typed = words.replace("WORLD", reclamo.servers.world)
            raw = from_link(link, sender=reclamo.ada, mark=f"p{number}{len(words)}", below=typed)
            reclamo.take(sign(raw, reclamo.servers.staff), sender=reclamo.ada, to=reply_address(notice))
            news = reclamo.news()
            assert [name for name, _ in news if name not in ("transcript", "refused")] == expected, command
            assert [name for name, reader in news if reader == reclamo.ada and name != "new_case"] == [
                "transcript" if words or not below else "refused"
            ]
    link = next(href for words, href in found.items() if words == "Write a note")
    raw = from_link(link, sender=reclamo.ada, mark="pn", below="He broke the seals himself.")
    reclamo.take(sign(raw, reclamo.servers.staff), sender=reclamo.ada, to=note_address(notice))
    assert reclamo.news() == [("transcript", reclamo.ada)]
    read = reclamo.read_by(reclamo.anna)
    for inside in ("Sent from", "himself", "decide:", "Ada"):
        assert inside not in read


COMPANY = {
    "signed": SIGNATURE,
    "with a notice": f"{SIGNATURE}\n\n{DISCLAIMER}",
    "with Italian lines": f"{SIGNATURE}\n\nFirm S.r.l. - P.IVA 01234567890\nRegistro Imprese Milano, Cap. Soc.",
    "with German lines": f"{SIGNATURE}\nFirm GmbH, Amtsgericht München, HRB 12345, Geschäftsführer: Max Moro",
}


@pytest.mark.parametrize("company", COMPANY)
def test_a_command_alone_writes_to_nobody(company: str, make_reclamo: MakeReclamo) -> None:
    """A link's mail is sent as opened: the signature and footers that program and server add are not sent on."""
    reclamo = make_reclamo()
    notice = reclamo.last("new_case", reclamo.ada)
    link = next(href for words, href in links(notice).items() if words.startswith("take"))
    raw = from_link(link, sender=reclamo.ada, mark="co", below=COMPANY[company])
    reclamo.take(sign(raw, reclamo.servers.staff), sender=reclamo.ada, to=reply_address(notice))
    assert reclamo.news() == [("transcript", reclamo.ada)]
    assert reclamo.case().ticket.assignee == reclamo.ada


def test_order_of_a_staff_notice(make_reclamo: MakeReclamo) -> None:
    """Text and HTML have, in this order: due dates, the new text, the case, what was done, the possible answers."""
    reclamo = make_reclamo()
    letter = reclamo.last("acknowledgement", reclamo.anna)
    photo = (
        b'--b\r\nContent-Type: image/jpeg\r\nContent-Disposition: attachment; filename="label.jpg"\r\n\r\nxxxx\r\n--b--'
    )
    head = gmail(letter, "x", sender=reclamo.anna, mark="m1").split(b"MIME-Version")[0]
    text = b"--b\r\nContent-Type: text/plain\r\n\r\nThe fan does not turn either.\r\n"
    raw = head + b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + text + photo
    reclamo.take(raw, sender=reclamo.anna, to=reply_address(letter))
    notice = reclamo.last("customer_wrote", reclamo.ada)
    order = [
        "due by Monday, 23 March 2026", "due by Wednesday, 15 April 2026", "The fan does not turn either.", "label.jpg",
        "Product complaint", "SN60A2412345", "message received", "mail received", "Reply",
        "decide: upheld", "take:", "help:",
    ]  # fmt: skip
    for shown in (text_of(notice), as_plain(notice, lambda words, _: words)):
        places = [shown.find(part) for part in order]
        assert -1 not in places, order[places.index(-1)]
        assert places == sorted(places)


def test_a_case_is_one_thread_in_every_program(make_reclamo: MakeReclamo) -> None:
    """All letters to one person have the same first reference, refer to each other, and keep the bare subject, by which
    Gmail, Outlook and Apple Mail group them."""
    reclamo = make_reclamo()
    reclamo.reply(reclamo.last("new_case", reclamo.ada), "We look into it.", program="Outlook", mark="o1")
    reclamo.complain("And now?", subject="AW: [C-2026-000001] Inverter ST-6.0K is dead")
    reclamo.reply(
        reclamo.last("customer_wrote", reclamo.ada), "decide: upheld\n\nA new one.", program="Gmail", mark="o2"
    )
    for reader in (reclamo.ada, reclamo.anna):
        letters = [letter for letter in reclamo.post.letters if letter.recipient == reader]
        heads = [message_from_bytes(reclamo.servers.arrived(letter)) for letter in letters]
        assert len({head["References"].split()[0] for head in heads}) == 1
        assert len({bare_subject(head["Subject"], "C-2026-000001") for head in heads}) == 1
        known = {message_id for head in heads for message_id in (head["Message-ID"], *head["References"].split())}
        assert all(head["In-Reply-To"] in known for head in heads)
