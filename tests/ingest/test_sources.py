"""Each kind of file comes in as it is: workbooks, map files, databases, files of installed packages."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import polars as pl
import pyarrow as pa
import pyogrio
import pytest
import shapely

import jiqun
from jiqun import JiqunError
from jiqun.ingest import Ingested, sources
from jiqun.ingest.sources.delimited import sniff_delimiter

Take = Callable[..., Ingested]
ACTORS = '[[actors]]\nfrom = "f"\n[actors.columns]\nactor_id = "id"\n'
PLACES = (
    '[[places]]\nfrom = "f"\n[places.columns]\nplace_id = "id"\nlon = "geometry_lon"\nlat = "geometry_lat"\n'
    'geometry = "geometry"\n'
)


def file(path: str, extra: str = "") -> str:
    return f'[files.f]\npath = "{path}"\n{extra}\n'


def actors(folder: Path) -> list[tuple[Any, ...]]:
    return jiqun.open(folder / "out").polars("actors").rows()


def test_every_kind_states_its_facts() -> None:
    for name, kind in sources.kinds().items():
        assert kind.name == name
        assert kind.title.en
        assert kind.title.zh
        assert all(extension.startswith(".") for extension in kind.extensions)
    extensions = [e for kind in sources.kinds().values() for e in kind.extensions]
    assert len(extensions) == len(set(extensions))


@pytest.mark.parametrize("name", ["f.csv", "f.tsv", "f.parquet", "f.xlsx"])
def test_the_same_table_comes_in_the_same_from_every_kind_of_file(tmp_path: Path, take: Take, name: str) -> None:
    frame = pl.DataFrame({"id": ["007", "é", "中文"], "n": [1.0, 2.5, None]})
    if name.endswith("csv"):
        frame.write_csv(tmp_path / name)
    elif name.endswith("tsv"):
        frame.write_csv(tmp_path / name, separator="\t")
    elif name.endswith("parquet"):
        frame.write_parquet(tmp_path / name)
    else:
        book = openpyxl.Workbook()
        for row in [("id", "n"), *frame.rows()]:
            book.active.append(row)
        book.save(tmp_path / name)
    take(file(name) + ACTORS + 'size = "n"\n')
    assert actors(tmp_path) == [("007", 1.0), ("é", 2.5), ("中文", None)]


@pytest.fixture
def workbook(tmp_path: Path) -> Iterator[Any]:
    book = openpyxl.Workbook()
    yield book
    book.save(tmp_path / "f.xlsx")


def test_cells_of_a_workbook_come_as_they_would_be_typed(tmp_path: Path, take: Take) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["企业名录"])
    sheet.append(["id", "since", "n", "web"])
    sheet.append([1001, date(2013, 1, 5), 3.25, True])
    sheet.append([])
    sheet.append(["A-7", "2013年1月5日", "３", "否"])
    sheet.append([1002.5, 41279, "?", None])
    sheet["C6"].data_type = "e"
    sheet["C6"].value = "#DIV/0!"
    sheet["C6"].data_type = "e"
    book.save(tmp_path / "f.xlsx")
    done = take(
        file("f.xlsx", "header_row = 2") + ACTORS
        + 'founded = "since"\nsize = "n"\ndigital_native = "web"\n'
    )  # fmt: skip
    day = date(2013, 1, 5)
    assert actors(tmp_path) == [("1001", day, 3.25, True), ("A-7", day, 3.0, False), ("1002.5", None, None, None)]
    assert {f.column: f.examples for f in done.findings} == {"founded": ("B6: 41279",), "size": ("C6: #DIV/0!",)}
    assert {f.line for f in done.findings} == {6}


@pytest.mark.parametrize(
    ("make", "extra", "said"),
    [
        (lambda b: b.create_sheet("二"), "", "has 2 sheets: Sheet, 二. Say which"),
        (lambda b: b.active.append(["id"]), 'sheet = "Shet"', "Did you mean Sheet?"),
        (lambda b: b.active.append(["id", "n"]), "", "has a header but 0 rows"),
        (lambda b: None, "", "is empty"),
        (lambda b: b.active.append(["id"]), "header_row = 9", "header_row = 9 lies below"),
        (lambda b: (b.active.append(["id", "n", None]), b.active.append([1, 2, 3]), b.active.merge_cells("B1:C1")), "",
         "the header cells B1:C1 are merged"),
        (lambda b: (b.active.append([None, None]), b.active.append([1, 2])), "", "row 1 is blank and names no column"),
    ],
)  # fmt: skip
def test_a_workbook_that_is_not_a_table_is_refused(
    tmp_path: Path, take: Take, make: Callable[[Any], Any], extra: str, said: str
) -> None:
    book = openpyxl.Workbook()
    make(book)
    book.save(tmp_path / "f.xlsx")
    with pytest.raises(JiqunError) as caught:
        take(file("f.xlsx", extra) + ACTORS)
    assert said in str(caught.value)


SQUARE = [[[0, 0], [0, 2], [2, 2], [2, 0], [0, 0]]]


def geojson(path: Path, crs: str | None = None, shapes: list[Any] | None = None) -> None:
    shapes = shapes or [
        {"type": "Point", "coordinates": [120, 30, 9]},
        {"type": "Polygon", "coordinates": SQUARE},
        None,
    ]
    features = [{"type": "Feature", "properties": {"id": f"p{n}"}, "geometry": g} for n, g in enumerate(shapes)]
    collection: dict[str, Any] = {"type": "FeatureCollection", "features": features}
    if crs:
        collection["crs"] = {"type": "name", "properties": {"name": crs}}
    path.write_text(json.dumps(collection))


def test_shapes_come_with_a_point_each(tmp_path: Path, take: Take) -> None:
    geojson(tmp_path / "f.geojson")
    take(file("f.geojson") + PLACES)
    frame = jiqun.open(tmp_path / "out").polars("places")
    assert frame.select("place_id", "lon", "lat").rows() == [("p0", 120.0, 30.0), ("p1", 1.0, 1.0), ("p2", None, None)]
    shapes = shapely.from_wkb(frame["geometry"].to_list())
    assert shapes[0].equals(shapely.Point(120, 30))
    assert shapes[1].equals(shapely.Polygon(SQUARE[0]))
    assert shapes[2] is None


def test_a_geopackage_is_read_by_layer(tmp_path: Path, take: Take) -> None:
    for layer, shift in (("old", 0), ("new", 10)):
        points = shapely.to_wkb(shapely.points([[120 + shift, 30], [121 + shift, 31]]))
        table = pa.table({"id": ["a", "b"], "geometry": pa.array(list(points), pa.binary())})
        pyogrio.raw.write_arrow(
            table, tmp_path / "f.gpkg", layer=layer, geometry_name="geometry", geometry_type="Point", crs="EPSG:4326",
            append=layer == "new",
        )  # fmt: skip
    with pytest.raises(JiqunError, match=r"has 2 layers: old, new\. Say which"):
        take(file("f.gpkg") + PLACES)
    take(file("f.gpkg", 'layer = "new"') + PLACES)
    assert jiqun.open(tmp_path / "out").polars("places")["lon"].to_list() == [130.0, 131.0]


def test_web_mercator_becomes_degrees(tmp_path: Path, take: Take) -> None:
    # 20037508.342789244 metres are 180 degrees; the latitude is a published example of EPSG (Guidance Note 7-2).
    geojson(tmp_path / "f.geojson", "urn:ogc:def:crs:EPSG::3857",
            [{"type": "Point", "coordinates": [-11169055.58, 2800000.00]}])  # fmt: skip
    take(file("f.geojson") + PLACES)
    row = jiqun.open(tmp_path / "out").polars("places").row(0, named=True)
    assert np.allclose((row["lon"], row["lat"]), (-100.0 - 20 / 60, 24.0 + 22 / 60 + 54.433 / 3600), atol=1e-6)


def test_another_coordinate_system_is_refused_by_name(tmp_path: Path, take: Take) -> None:
    geojson(tmp_path / "f.geojson", "urn:ogc:def:crs:EPSG::27700", [{"type": "Point", "coordinates": [530000, 180000]}])
    with pytest.raises(JiqunError, match="Export it in EPSG:4326"):
        take(file("f.geojson") + PLACES)


def test_degrees_that_are_none_are_refused(tmp_path: Path, take: Take) -> None:
    geojson(tmp_path / "f.geojson", None, [{"type": "Point", "coordinates": [530000, 180000]}])
    with pytest.raises(JiqunError, match="says its coordinates are degrees"):
        take(file("f.geojson") + PLACES)


def test_shapes_in_chinese_map_coordinates_are_moved_whole(tmp_path: Path, take: Take) -> None:
    geojson(tmp_path / "f.geojson", None, [{"type": "Point", "coordinates": [120.1551, 30.2741]}])
    take(file("f.geojson") + PLACES.replace('from = "f"', 'from = "f"\ncrs = "GCJ-02"'))
    row = jiqun.open(tmp_path / "out").polars("places").row(0, named=True)
    point = shapely.from_wkb(row["geometry"])
    assert (row["lon"], row["lat"]) == pytest.approx((point.x, point.y), abs=1e-9)
    assert abs(row["lon"] - 120.1551) > 0.003


def test_a_cut_map_file_is_refused(tmp_path: Path, take: Take) -> None:
    geojson(tmp_path / "f.geojson")
    (tmp_path / "f.geojson").write_text((tmp_path / "f.geojson").read_text()[:150])
    with pytest.raises(JiqunError, match=r"f\.geojson cannot be read as a map"):
        take(file("f.geojson") + PLACES)


def test_a_file_of_an_installed_package_is_read(tmp_path: Path, take: Take, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "site" / "a_data_package"
    (package / "data").mkdir(parents=True)
    (package / "__init__.py").write_text("raise RuntimeError('not to be run')")
    (package / "data" / "firms.csv").write_text("id\n1\n")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    done = take(file("data/firms.csv", 'package = "a_data_package"') + ACTORS)
    assert done.manifest.sources[0].path == "a_data_package/data/firms.csv"
    assert "a_data_package" not in sys.modules
    for path, said in (("../../out/manifest.json", "leaves the package"), ("data/x.csv", "has no file data/x.csv")):
        with pytest.raises(JiqunError, match=said):
            take(file(path, 'package = "a_data_package"') + ACTORS)
    with pytest.raises(JiqunError, match=r"not installed. Install the examples: pip install 'jiqun\[examples\]'"):
        take(file("a.csv", 'package = "surely_not_installed"') + ACTORS)


@pytest.mark.parametrize(
    ("head", "delimiter"),
    [("a,b\n1,2\n", ","), ("a;b;c\n1,5;2,5;3\n", ";"), ("a\tb\nx, y\tz\n", "\t"), ("a|b\n1|2\n", "|"), ("a\n1\n", ","),
     ('a;b\n"x,y";2\n', ";"), ("name,text\n1,a;b;c\n2,d;e\n", ",")],
)  # fmt: skip
def test_the_delimiter_is_the_one_that_splits_every_line_alike(head: str, delimiter: str) -> None:
    assert sniff_delimiter(head) == delimiter
