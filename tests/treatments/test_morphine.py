"""The daily dose in morphine equivalents, only where the title states it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from imr_rules.data_folders import rules_folder
from imr_rules.errors import PackErrors
from imr_rules.treatments.catalogue import Catalogue
from imr_rules.treatments.from_title import parse_request
from imr_rules.treatments.morphine import (
    ConversionFactors,
    DrugNotInTableError,
    factors_on,
    load_conversion_factors,
    morphine_equivalent_mg_per_day,
)

TABLES = load_conversion_factors(rules_folder())
FIRST, OLD, NEW = TABLES


@pytest.mark.parametrize(
    ("title", "old", "new"),
    [
        ("Norco 10/325mg 1 tab by mouth every 6 hours #120", 40.0, 40.0),
        ("Norco 10/325mg #120 day supply: 30", 40.0, 40.0),
        ("Norco 10/325mg #120", None, None),
        ("Percocet 5/325mg take 1 tab every 6 hours as needed #20", None, None),
        ("Oxycodone 20 mg BID", 60.0, 60.0),
        ("Tramadol 50mg #60 day supply: 15", 20.0, 40.0),
        ("Dilaudid 2 mg one by mouth four times a day", 32.0, 40.0),
        ("Methadone 10 mg 3 tablets twice a day", 600.0, 282.0),
        ("Fentanyl patch 25 mcg/hr #10", 60.0, 60.0),
        ("Butrans 10 mcg/hr patch #4", None, None),
        ("Soma 350 mg tid", None, None),
        ("MRI of the knee", None, None),
    ],
)
def test_dose(catalogue: Catalogue, title: str, old: float | None, new: float | None) -> None:
    """The dose follows the table in force, and is None where the title leaves it open."""
    request = parse_request(title, catalogue)
    assert (old, new) == (
        pytest.approx(morphine_equivalent_mg_per_day(request, OLD)),
        pytest.approx(morphine_equivalent_mg_per_day(request, NEW)),
    )


def test_a_rest_in_dispute_has_the_dose_of_the_whole(catalogue: Catalogue) -> None:
    """What the administrator granted of a prescription is still taken each day."""
    title = "Oxycodone 10mg day supply: 30, remaining 30 of 90 (60 authorized)"
    request = parse_request(title, catalogue)
    assert morphine_equivalent_mg_per_day(request, NEW) == 45.0


def test_the_first_table_leaves_out_what_it_does_not_name(catalogue: Catalogue) -> None:
    """The chapter of 2009 converts oxycodone, and says nothing of tramadol."""
    doses = [
        morphine_equivalent_mg_per_day(parse_request(title, catalogue), FIRST)
        for title in ("Oxycodone 20 mg BID", "Tramadol 50mg #60 day supply: 15")
    ]
    assert [60.0, None] == doses


def test_the_table_is_that_of_the_day() -> None:
    """No table before the first; each from its own day on."""
    assert None is factors_on(TABLES, date(2009, 7, 17))
    assert FIRST is factors_on(TABLES, date(2016, 3, 17))
    assert OLD is factors_on(TABLES, date(2022, 11, 3))
    assert NEW is factors_on(TABLES, date(2022, 11, 4))


def test_every_opioid_product_is_converted_or_left_out_on_purpose(catalogue: Catalogue) -> None:
    """No drug of the catalogue's opioids is missing from a table."""
    opioids = [d for d in catalogue.drugs if d.drug_class == "opioid"]
    missing = {
        (table.in_force_from, i.name)
        for drug in opioids
        for i in drug.ingredients
        for table in TABLES
        if not table.knows(i.name)
    }
    assert len(opioids) >= 20
    assert set() == missing


def test_a_drug_without_a_factor_is_an_error(catalogue: Catalogue) -> None:
    """A gap in a table must not pass as a dose of zero."""
    empty = ConversionFactors(date(2020, 1, 1), "none", "background", "opioid", per_mg={})
    with pytest.raises(DrugNotInTableError, match="hydrocodone"):
        morphine_equivalent_mg_per_day(parse_request("Norco 10/325mg tid", catalogue), empty)


def test_a_band_without_its_factor_is_refused(tmp_path: Path) -> None:
    """A band is a dose with the factor up to it."""
    path = tmp_path / "treatments" / "opioid_conversion.yaml"
    path.parent.mkdir()
    shipped = (rules_folder() / "treatments" / path.name).read_text(encoding="utf-8")
    path.write_text(shipped.replace("[20, 4.0]", "[20]", 1), encoding="utf-8")
    with pytest.raises(PackErrors, match=r"tables\.0\.bands\.methadone\.0\.1 is missing\."):
        load_conversion_factors(tmp_path)
