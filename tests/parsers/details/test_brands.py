"""The brand of a case: from the form, then the text, then the maker's code in the VIN."""

from __future__ import annotations

import pytest

from config.policy import BrandSpec
from parsers.details.brands import detect_brand

BRANDS = {
    "lion": BrandSpec(title="Léon", words=("Leon",), vin_codes=("VF3",)),
    "two": BrandSpec(title="DS", words=("DS Automobiles",), vin_codes=("VR1",)),
    "bolt": BrandSpec(title="Bolt", vin_codes=("W0L", "W0V")),
}


@pytest.mark.parametrize(
    ("form", "text", "vins", "brand"),
    [
        ("Bolt", "my Leon is broken", ("VF3CCHMZ6GT123456",), "bolt"),
        ("léon", "", (), "lion"),
        ("", "my LEON does not connect", ("W0VBD8EL8LG012345",), "lion"),
        ("", "Leon or Bolt, neither works", ("W0VBD8EL8LG012345",), "bolt"),
        ("", "nothing is named", ("w0vbd8el8lg012345",), "bolt"),
        ("", "nothing is named", (), ""),
        ("some other", "nothing is named", (), ""),
        ("", "the DS app", (), "two"),
        ("", "der Test wurde ds", (), ""),
        ("", "write to help@leon.example", (), ""),
        ("", "see www.bolt.example", (), ""),
        ("", "Leonardo", (), ""),
    ],
)
def test_brands(form: str, text: str, vins: tuple[str, ...], brand: str) -> None:
    """The most reliable source counts; two brands in a text, and a name inside a word or an address, count as none."""
    assert detect_brand(BRANDS, form=form, text=text, vins=vins) == brand
