"""Units: what people write, and the factor to the canonical unit."""

from __future__ import annotations

import pytest

from jiqun.cluster import TABLES, JiqunError
from jiqun.ingest.units import SCALES, UNITS, factor

MONEY = "currency of the source"


@pytest.mark.parametrize(
    ("unit", "canonical", "expected"),
    [
        ("km", "km", 1.0),
        ("m", "km", 0.001),
        ("公里", "km", 1.0),
        ("miles", "km", 1.609344),
        ("hectare", "km²", 0.01),
        ("公顷", "km²", 0.01),
        ("亩", "km²", 1 / 1500),
        ("万亩", "km²", 10000 / 1500),
        ("m2", "km²", 1e-6),
        ("万平方米", "km²", 0.01),
        ("sq mi", "km²", 2.589988110336),
        ("acres", "km²", 0.0040468564224),
        ("人", "person", 1.0),
        ("万人", "person", 1e4),
        ("千人", "person", 1e3),
        ("thousand people", "person", 1e3),
        ("thousand", "", 1e3),
        ("万", "", 1e4),
        ("million", "", 1e6),
        ("亿", "", 1e8),
        ("%", "", 0.01),
        ("％", "", 0.01),
        ("元", MONEY, 1.0),
        ("万元", MONEY, 1e4),
        ("万美元", MONEY, 1e4),
        ("亿元", MONEY, 1e8),
        ("million USD", MONEY, 1e6),
        ("USD million", MONEY, 1e6),
        ("thousand", MONEY, 1e3),
        ("microdegree", "degree", 1e-6),
    ],
)
def test_a_unit_gives_the_factor_to_the_canonical_unit(unit, canonical, expected):
    assert factor(unit, canonical) == pytest.approx(expected, rel=1e-15)


def test_an_area_is_the_square_of_the_length_it_is_named_after():
    for length, area in (("m", "m²"), ("km", "km²"), ("mile", "mi²"), ("ft", "ft²")):
        assert factor(area, "km²") == pytest.approx(factor(length, "km") ** 2, rel=1e-12)


def test_fifteen_mu_are_a_hectare_and_an_acre_is_the_640th_part_of_a_square_mile():
    assert 15 * factor("亩", "km²") == pytest.approx(factor("公顷", "km²"))
    assert 640 * factor("acre", "km²") == pytest.approx(factor("mi²", "km²"))


@pytest.mark.parametrize("unit", sorted(UNITS))
def test_every_known_unit_fits_some_canonical_column(unit):
    fits = 0
    for canonical in {c.unit for t in TABLES.values() for c in t.columns}:
        try:
            fits += factor(unit, canonical) > 0
        except JiqunError:
            continue
    assert fits


@pytest.mark.parametrize("scale", sorted(s for s in SCALES if s))
def test_every_scale_reads_alone_and_before_a_currency(scale):
    assert factor(scale, MONEY) == SCALES[scale]
    assert factor(f"{scale} USD", MONEY) == SCALES[scale]


def test_an_unknown_unit_names_the_known_ones_and_the_nearest():
    with pytest.raises(JiqunError, match=r"'hectar' is not known. Did you mean 'hectare'\? Known for km².*公顷"):
        factor("hectar", "km²")


def test_a_unit_of_another_kind_is_refused():
    with pytest.raises(JiqunError, match="measures length; the column is in km² \\(area\\)"):
        factor("m", "km²")
    with pytest.raises(JiqunError, match="measures money; the column is in person"):
        factor("万元", "person")


def test_a_bare_scale_is_refused_where_it_could_mean_anything():
    with pytest.raises(JiqunError, match="say of what"):
        factor("thousand", "km²")


def test_money_is_not_taken_for_a_length_by_its_first_letter():
    assert factor("m", "km") == 1e-3
    with pytest.raises(JiqunError):
        factor("m", MONEY)
