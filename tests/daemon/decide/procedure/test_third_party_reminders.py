"""Somebody outside who is silent is asked again."""

from __future__ import annotations

from tests.daemon.decide import histories
from tests.daemon.decide.story import expected

A_DESK_IS_CHASED_TWICE = expected("""
    Mon 2026-03-02 10:00
      letter confirmation 1 to anna@example.it answers m1@example [keeps]
      letter new_case 1 to sally@firm.example []
      timer promise:confirm:0:end end Wed 2026-03-04 00:00 confirm 0
    Mon 2026-03-02 10:00
      timer promise:news:0:warn:0 warn Fri 2026-03-06 09:00 news 0
      timer promise:news:0:act act Mon 2026-03-09 09:00 news 0
      timer promise:news:0:end end Tue 2026-03-10 00:00 news 0
      timer promise:confirm:0:end dropped
    Mon 2026-03-02 10:00
      letter dossier_gaps 1 to sally@firm.example answers m2@example [by_person]
      letter transcript 1 to sally@firm.example answers m2@example [by_person]
    Mon 2026-03-02 10:00
      letter dossier 1 to desk@vehicles.example [by_person]
      letter now_with 1 to anna@example.it answers m3@example [keeps, by_person]
      letter transcript 2 to sally@firm.example answers m3@example [by_person]
      timer third:vehicle_desk:chase chase Thu 2026-03-05 09:00 vehicle_desk 0
      timer step:after:10 working days after Tue 2026-03-17 00:00 10 working days 0
      timer promise:news:0:warn:0 dropped
      timer promise:news:0:act dropped
    Mon 2026-03-02 10:00
      timer promise:news:1:warn:0 warn Fri 2026-03-06 09:00 news 1
      timer promise:news:1:act act Mon 2026-03-09 09:00 news 1
      timer promise:news:1:end end Tue 2026-03-10 00:00 news 1
      timer promise:news:0:end dropped
    Thu 2026-03-05 09:00
      letter chase 1 to desk@vehicles.example []
      timer third:vehicle_desk:chase chase Tue 2026-03-10 09:00 vehicle_desk 1
    Fri 2026-03-06 09:00
      letter warning 1@news:1 to sally@firm.example []
      timer promise:news:1:warn:0 dropped
    Mon 2026-03-09 09:00
      letter progress 1 to anna@example.it [keeps]
      letter sent_for_you 1 to sally@firm.example []
      timer promise:news:1:act dropped
    Mon 2026-03-09 09:00
      timer promise:news:2:warn:0 warn Fri 2026-03-13 09:00 news 2
      timer promise:news:2:act act Mon 2026-03-16 09:00 news 2
      timer promise:news:2:end end Tue 2026-03-17 00:00 news 2
      timer promise:news:1:end dropped
    Tue 2026-03-10 09:00
      letter chase 2 to desk@vehicles.example []
      timer third:vehicle_desk:chase dropped
    Tue 2026-03-10 10:00
      letter third_party_wrote 1 to sally@firm.example [by_person]
      letter now_with 2 to anna@example.it [keeps, by_person]
      timer unhandled unhandled Mon 2026-03-16 09:00  0
      timer step:after:10 working days dropped
      timer promise:news:2:warn:0 dropped
      timer promise:news:2:act dropped
    Tue 2026-03-10 10:00
      timer promise:news:3:warn:0 warn Mon 2026-03-16 09:00 news 3
      timer promise:news:3:act act Tue 2026-03-17 09:00 news 3
      timer promise:news:3:end end Wed 2026-03-18 00:00 news 3
      timer promise:news:2:end dropped
    Tue 2026-03-10 10:00
      letter closed 1 to anna@example.it answers m5@example [keeps, by_person]
      letter transcript 3 to sally@firm.example answers m5@example [by_person]
      timer unhandled dropped
      timer promise:news:3:warn:0 dropped
      timer promise:news:3:act dropped
      timer promise:news:3:end dropped
    """)


def test_a_desk_is_chased_twice() -> None:
    """On the morning after two working days, once more after as long, then no more."""
    life = histories.dossier()
    assert life.story("letters", "timers") == A_DESK_IS_CHASED_TWICE


AN_INSTALLER_IS_CHASED_FOR_AS_LONG_AS_IT_IS_SILENT = expected("""
    Tue 2026-03-10 09:00
      letter chase 1 to bob@installer.example []
      timer third:installer:chase dropped
    Tue 2026-03-17 09:00
      letter warning 1@progress:0 to ada@firm.example []
      timer promise:progress:0:warn:0 dropped
    Thu 2026-03-19 09:00
      letter warning 2@progress:0 to ada@firm.example []
      timer promise:progress:0:warn:1 dropped
    Fri 2026-03-20 09:00
      letter progress 1 to anna@example.it [keeps]
      letter sent_for_you 1 to ada@firm.example []
      timer promise:progress:0:act dropped
    Fri 2026-03-20 09:00
      timer promise:progress:1:warn:0 warn Tue 2026-04-07 09:00 progress 1
      timer promise:progress:1:warn:1 warn Thu 2026-04-09 09:00 progress 1
      timer promise:progress:1:act act Fri 2026-04-10 09:00 progress 1
      timer promise:progress:1:end end Sat 2026-04-11 00:00 progress 1
      timer promise:progress:0:end dropped
    Mon 2026-03-30 09:00
      letter warning 3@resolve:0 to ada@firm.example []
      timer promise:resolve:0:warn:0 dropped
    """)


def test_an_installer_is_chased_for_as_long_as_it_is_silent() -> None:
    """Every five working days, where the policy names no number."""
    life = histories.complaint()
    life.staff(f"third installer {histories.INSTALLER}\n\nWhat did you see?")
    life.forget()
    life.days(32)
    assert life.story("letters", "timers") == AN_INSTALLER_IS_CHASED_FOR_AS_LONG_AS_IT_IS_SILENT
