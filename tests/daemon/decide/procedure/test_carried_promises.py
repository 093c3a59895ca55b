"""Promises that outlive the policy they were made under."""

from __future__ import annotations

from datetime import timedelta

from tests.daemon.decide import histories
from tests.daemon.decide.story import expected

ANNA = "anna@example.it"


WHAT_WAS_PROMISED_STAYS_PROMISED_UNDER_ANOTHER_POLICY = expected("""
    Mon 2026-03-02 10:00
      letter new_case 2 to sally@firm.example [by_person]
      letter moved 1 to anna@example.it [keeps, by_person]
      letter moved_away 1 to ada@firm.example [by_person]
      promise acknowledge:0 kept due Wed 2026-03-11 23:59:59 (2026-03-11) from Mon 2026-03-02 10:00
          received kept Mon 2026-03-02 10:00 by acknowledgement
      promise resolve:0 open due Tue 2026-04-14 23:59:59 (2026-04-14) from Mon 2026-03-02 10:00 received
      promise progress:0 open due Fri 2026-03-20 23:59:59 (2026-03-20) from Mon 2026-03-02 10:00
          acknowledge
      promise confirm:0 open due Tue 2026-03-03 23:59:59 (2026-03-03) from Mon 2026-03-02 10:00 received
    Mon 2026-03-02 10:00
      promise confirm:0 kept due Tue 2026-03-03 23:59:59 (2026-03-03) from Mon 2026-03-02 10:00 received
          kept Mon 2026-03-02 10:00 by moved
      promise news:0 open due Mon 2026-03-09 23:59:59 (2026-03-09) from Mon 2026-03-02 10:00 confirm
    Thu 2026-03-05 09:00
      letter reminder 1 to anna@example.it []
    Fri 2026-03-06 09:00
      letter warning 1@news:0 to sally@firm.example []
    Mon 2026-03-09 09:00
      letter progress 1 to anna@example.it [keeps]
      letter sent_for_you 1 to sally@firm.example []
    Mon 2026-03-09 09:00
      promise progress:0 kept due Fri 2026-03-20 23:59:59 (2026-03-20) from Mon 2026-03-02 10:00
          acknowledge kept Mon 2026-03-09 09:00 by progress
      promise news:0 kept due Mon 2026-03-09 23:59:59 (2026-03-09) from Mon 2026-03-02 10:00 confirm
          kept Mon 2026-03-09 09:00 by progress
      promise news:1 open due Mon 2026-03-16 23:59:59 (2026-03-16) from Mon 2026-03-09 09:00 news
    Tue 2026-03-10 09:00
      letter reminder 2 to anna@example.it []
    Fri 2026-03-13 09:00
      letter warning 2@news:1 to sally@firm.example []
    Mon 2026-03-16 09:00
      letter progress 2 to anna@example.it [keeps]
      letter sent_for_you 2 to sally@firm.example []
    Mon 2026-03-16 09:00
      promise news:1 kept due Mon 2026-03-16 23:59:59 (2026-03-16) from Mon 2026-03-09 09:00 news kept
          Mon 2026-03-16 09:00 by progress
      promise news:2 open due Mon 2026-03-23 23:59:59 (2026-03-23) from Mon 2026-03-16 09:00 news
    Tue 2026-03-17 00:00
      letter waiting_over 1 to sally@firm.example not before Tue 2026-03-17 09:00 []
    Fri 2026-03-20 09:00
      letter warning 3@news:2 to sally@firm.example []
    Mon 2026-03-23 09:00
      letter progress 3 to anna@example.it [keeps]
      letter sent_for_you 3 to sally@firm.example []
    Mon 2026-03-23 09:00
      promise news:2 kept due Mon 2026-03-23 23:59:59 (2026-03-23) from Mon 2026-03-16 09:00 news kept
          Mon 2026-03-23 09:00 by progress
      promise news:3 open due Mon 2026-03-30 23:59:59 (2026-03-30) from Mon 2026-03-23 09:00 news
    Fri 2026-03-27 09:00
      letter warning 4@news:3 to sally@firm.example []
    Mon 2026-03-30 09:00
      letter progress 4 to anna@example.it [keeps]
      letter sent_for_you 4 to sally@firm.example []
    Mon 2026-03-30 09:00
      promise news:3 kept due Mon 2026-03-30 23:59:59 (2026-03-30) from Mon 2026-03-23 09:00 news kept
          Mon 2026-03-30 09:00 by progress
      promise news:4 open due Tue 2026-04-07 23:59:59 (2026-04-07) from Mon 2026-03-30 09:00 news
    Mon 2026-03-30 09:00
      letter warning 5@resolve:0 to sally@firm.example []
    Fri 2026-04-03 09:00
      letter warning 6@news:4 to sally@firm.example []
    Tue 2026-04-07 09:00
      letter progress 5 to anna@example.it [keeps]
      letter sent_for_you 5 to sally@firm.example []
    Tue 2026-04-07 09:00
      promise news:4 kept due Tue 2026-04-07 23:59:59 (2026-04-07) from Mon 2026-03-30 09:00 news kept
          Tue 2026-04-07 09:00 by progress
      promise news:5 open due Tue 2026-04-14 23:59:59 (2026-04-14) from Tue 2026-04-07 09:00 news
    Tue 2026-04-07 09:00
      letter warning 7@resolve:0 to sally@firm.example []
    Mon 2026-04-13 09:00
      letter warning 8@news:5 to sally@firm.example []
    Mon 2026-04-13 09:00
      letter warning 9@resolve:0 to sally@firm.example []
    Tue 2026-04-14 09:00
      letter progress 6 to anna@example.it [keeps]
      letter sent_for_you 6 to sally@firm.example []
    Tue 2026-04-14 09:00
      promise news:5 kept due Tue 2026-04-14 23:59:59 (2026-04-14) from Tue 2026-04-07 09:00 news kept
          Tue 2026-04-14 09:00 by progress
      promise news:6 open due Tue 2026-04-21 23:59:59 (2026-04-21) from Tue 2026-04-14 09:00 news
    Tue 2026-04-14 09:00
      letter promised 1@resolve:1 to anna@example.it [keeps]
      letter sent_for_you 7 to sally@firm.example []
      promise resolve:1 open due Tue 2026-04-28 23:59:59 (2026-04-28) from Tue 2026-04-14 09:00
          extension by itself
    Wed 2026-04-15 00:00
      promise resolve:0 broken due Tue 2026-04-14 23:59:59 (2026-04-14) from Mon 2026-03-02 10:00
          received
    Mon 2026-04-20 09:00
      letter warning 10@news:6 to sally@firm.example []
    Tue 2026-04-21 09:00
      letter progress 7 to anna@example.it [keeps]
      letter sent_for_you 8 to sally@firm.example []
    Tue 2026-04-21 09:00
      promise news:6 kept due Tue 2026-04-21 23:59:59 (2026-04-21) from Tue 2026-04-14 09:00 news kept
          Tue 2026-04-21 09:00 by progress
      promise news:7 open due Tue 2026-04-28 23:59:59 (2026-04-28) from Tue 2026-04-21 09:00 news
    Tue 2026-04-21 09:00
      letter warning 11@resolve:1 to sally@firm.example []
    """)


def test_what_was_promised_stays_promised_under_another_policy() -> None:
    """The dates told stand; a letter of the new policy, or the decision, keeps each."""
    life = histories.complaint()
    life.forget()
    histories.move_to_services(life)
    life.deliver()
    life.run(histories.MONDAY + timedelta(days=50))
    assert life.story("letters", "promises", "facts") == WHAT_WAS_PROMISED_STAYS_PROMISED_UNDER_ANOTHER_POLICY
