"""Manifests as warehouses export them: what is safe is read, what is not is refused with every reason."""

from array import array
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sortyard.config.manifest import Manifest, parse_columns, read_manifest, write_manifest
from sortyard.config.numbers import NumberReader, Quantity
from sortyard.errors import Finding, InputError

HEADER = "barcode,length_mm,width_mm,height_mm,weight_g,arrival_s\n"
ROW = "RB123456785GB,300,200,100,500,1.5\n"


def _write(folder: Path, content: str | bytes) -> Path:
    path = folder / "manifest.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def _findings(folder: Path, content: str | bytes, **options: object) -> list[Finding]:
    with pytest.raises(InputError) as caught:
        read_manifest(_write(folder, content), **options)  # pyright: ignore[reportArgumentType]
    return list(caught.value.findings)


def test_a_clean_manifest(tmp_path: Path) -> None:
    manifest = read_manifest(_write(tmp_path, HEADER + ROW + ",120,110,20,0,1.50025\n"))
    assert manifest.barcode == [b"RB123456785GB", b""]
    assert manifest.length_mm == array("q", [300, 120])
    assert manifest.width_mm == array("q", [200, 110])
    assert manifest.height_mm == array("q", [100, 20])
    assert manifest.weight_g == array("q", [500, 0])
    assert manifest.arrival_us == array("q", [1_500_000, 1_500_250])
    assert manifest.findings == []


def test_an_export_with_other_habits_reads_the_same(tmp_path: Path) -> None:
    clean = read_manifest(_write(tmp_path, HEADER + ROW + "X1,1200,200,100,1500,61.25\n"))
    export = (
        "\ufeffArrival S;WEIGHT_G;Height-mm;Width (mm);Length_MM;Zone; Barcode ;\r\n"
        "1,5;500;100;200;300;A;RB123456785GB;\r\n"
        "\r\n"
        '61,25;"1,5 kg";10 cm;0,2 m;1.200,0;"B;C"; X1 ;\r\n'
    )
    assert read_manifest(_write(tmp_path, export)) == clean
    assert read_manifest(_write(tmp_path, export.replace('"B;C"', "B").replace(";", "\t"))) == clean


def test_a_column_may_have_its_own_unit_and_name(tmp_path: Path) -> None:
    text = "Nummer,length_cm,width_mm,height_in,Gewicht kg,arrival_ms\nA,30,200,4,0.5,1500\n"
    manifest = read_manifest(_write(tmp_path, text), {"barcode": "nummer", "weight_g": "Gewicht KG"})
    assert (manifest.length_mm[0], manifest.height_mm[0]) == (300, 102)
    assert (manifest.weight_g[0], manifest.arrival_us[0]) == (500, 1_500_000)


def test_gaps_become_arrivals_by_the_speed_of_the_belt(tmp_path: Path) -> None:
    rows = "A,500,200,100,500,{}\nB,250,200,100,500,{}\nC,250,200,100,500,{}\n"
    by_mm = HEADER.replace("arrival_s", "gap_mm") + rows.format(0, 1000, 250)
    by_s = HEADER.replace("arrival_s", "gap_s") + rows.format(0, 0.5, 0.125)
    for text in (by_mm, by_s):
        manifest = read_manifest(_write(tmp_path, text), speed_mm_s=2000)
        assert manifest.arrival_us == array("q", [0, 750_000, 1_000_000])
    (finding,) = _findings(tmp_path, by_mm)
    assert (finding.key, finding.remedy) == ("gap_mm", "give arrival_s")


def test_every_damage_of_an_export_is_told_at_once(tmp_path: Path) -> None:
    rows = [
        b"UA640175721CN;300;200;100;500;0.322",
        b"A1;300;-120;100;500;1.0",
        b"A2;;200;100;500;1.1",
        b"A3;300;200;100;1,5 kg;0.1",
        b"A\x0012;300;200;100;500;1.2",
        b"A5;300;200;100",
        b"A6;784000;200;100;500;1.3",
        b"A7\xff\xfe;300;200;100;500;1.4",
        b"UA640175721CN;300;200;100;500;1.5",
        b"4.20E+29;300;200;100;500;1.6",
        b"A9;300;200;100;5 oxen;1.7",
        b"A10;3 kg;200;100;500;1.8",
        b"A11;abc;200;100;500;1.9",
        b"A12;300;200;100;500;2.0;surplus",
        b"B" * 65 + b";300;200;100;500;2.1",
        "Ä1;300;200;100;500;2.2".encode(),
    ]
    content = (
        b"\xef\xbb\xbf" + HEADER.replace(",", ";").strip().encode() + b"\r\n" + b"\r\n".join(rows) + b"\r\n"
    )
    findings = _findings(tmp_path, content)
    told = {(f.line, f.key): f for f in findings}
    assert set(told) == {
        (3, "width_mm"),
        (4, "length_mm"),
        (5, "arrival_s"),
        (6, "barcode"),
        (7, ""),
        (8, "length_mm"),
        (9, "barcode"),
        (10, "barcode"),
        (11, "barcode"),
        (12, "weight_g"),
        (13, "length_mm"),
        (14, "length_mm"),
        (15, ""),
        (16, "barcode"),
        (17, "barcode"),
    }
    assert told[3, "width_mm"].reason == "found -120; allowed: 1 to 5000 mm"
    assert told[4, "length_mm"].reason == "the value is missing"
    assert "before the one above it (1.1 s)" in told[5, "arrival_s"].reason
    assert r"'A\x0012'" in told[6, "barcode"].reason
    assert told[7, ""].reason == "the row has 4 values; allowed: 6 as in the header"
    assert r"b'A7\xff\xfe' is not UTF-8" in told[9, "barcode"].reason
    assert told[10, "barcode"].severity == "warning"
    assert "(lines 2, 10)" in told[10, "barcode"].reason
    assert "format the column as text" in told[11, "barcode"].remedy
    assert 'the unit "oxen"; allowed: g, kg' in told[12, "weight_g"].reason
    assert [f.line for f in findings] == sorted(f.line or 0 for f in findings)


def test_a_parcel_that_comes_twice_is_only_a_warning(tmp_path: Path) -> None:
    manifest = read_manifest(_write(tmp_path, HEADER + ROW * 7))
    assert len(manifest) == 7
    (warning,) = manifest.findings
    assert (warning.line, warning.severity) == (3, "warning")
    assert "7 times (lines 2, 3, 4, 5, 6, ...)" in warning.reason


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        (b"", None, "the file is empty"),
        (b"\r\n\r\n", None, "the file is empty"),
        (HEADER.encode(), 1, "the manifest has no parcels"),
        (HEADER.encode("utf-16"), 1, "the file is UTF-16 text"),
        (b"PK\x03\x04\x14\0\x06\0\x08\0\0\0!\0\n[Content_Types].xml", 1, "the file is a spreadsheet"),
        (b"\x7fELF\x02\x01\x01\0\n" + ROW.encode(), 1, "the file is no text"),
        ((HEADER + 'A,"300,200\n' + ROW).encode(), 2, "the row cannot be read"),
        (HEADER.replace("weight_g", "length_mm").encode(), 1, 'the column "length_mm" is there 2 times'),
        (HEADER.replace("\n", ",gap_mm\n").encode(), 1, "the file has arrival_s and gap_mm"),
    ],
)
def test_a_file_that_is_no_manifest(tmp_path: Path, content: bytes, line: int | None, reason: str) -> None:
    first = _findings(tmp_path, content)[0]
    assert first.line == line
    assert reason in first.reason


def test_missing_columns_are_told_with_what_to_do(tmp_path: Path) -> None:
    findings = _findings(tmp_path, "barcod,lenght_mm,width_mm,height_mm\nA,1,2,3\n")
    assert [f.key for f in findings] == ["barcode", "length_mm", "weight_g", "arrival_s"]
    assert 'did you mean "lenght_mm"? ' in findings[1].remedy
    assert "--column length_mm=FILE_COLUMN" in findings[1].remedy
    assert "gap_mm" in findings[3].remedy


def test_a_column_that_was_named_wrongly(tmp_path: Path) -> None:
    findings = _findings(tmp_path, HEADER + ROW, columns={"length_mm": "lenght_mm", "speed": "x"})
    assert [f.key for f in findings] == ["speed", "lenght_mm"]
    assert "is no column of a manifest" in findings[0].reason
    assert 'did you mean "length_mm"? correct --column length_mm=lenght_mm' in findings[1].remedy


def test_columns_are_named_as_on_the_command_line() -> None:
    assert parse_columns(["length_mm=Laenge", "barcode=No=1"]) == {"length_mm": "Laenge", "barcode": "No=1"}
    with pytest.raises(InputError) as caught:
        parse_columns(["length_mm", "=x", "weight_g=", "barcode=a", "barcode=b"])
    assert [f.key for f in caught.value.findings] == ["--column"] * 4
    assert "names a column again" in caught.value.findings[3].reason


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read_manifest(tmp_path / "no.csv")
    assert caught.value.findings[0].reason == "there is no such file"


@pytest.mark.parametrize(
    ("cells", "value"),
    [
        (["1500"], 1500),
        (["1.500"], 1.5),  # a point is decimal where nothing says otherwise
        (["1,500"], None),
        (["1,500", "0,5"], 1.5),
        (["1.500", "0,5"], None),
        (["1,500", "0.5"], None),
        (["1.500,5"], 1500.5),
        (["1,500.5"], 1500.5),
        (["1.500.000"], 1_500_000),
        (["12,5"], 12.5),
        ([".5"], 0.5),
        (["+3"], 3),
        (["1.2.3"], None),
        (["1,2,3"], None),
        (["nan"], None),
        (["1e3"], None),
    ],
)
def test_a_number_is_read_only_where_there_is_one_way(cells: list[str], value: float | None) -> None:
    found, reason = NumberReader(cells).read(cells[0], Quantity("mm", 0, 10**7), "mm")
    assert (None if reason else found) == value


_ROWS = st.tuples(
    st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=20).filter(
        lambda text: not NumberReader.is_scientific(text)
    ),
    st.integers(1, 5000),
    st.integers(1, 5000),
    st.integers(1, 5000),
    st.integers(0, 10**6),
    st.integers(0, 10**9),
)


@given(rows=st.lists(_ROWS, min_size=1, max_size=8))
def test_what_is_written_is_read_back(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple]) -> None:
    columns = list(zip(*rows, strict=True))
    sizes = [array("q", column) for column in columns[1:5]]
    barcodes = [text.encode() for text in columns[0]]
    manifest = Manifest(barcodes, sizes[0], sizes[1], sizes[2], sizes[3], array("q", sorted(columns[5])))
    path = tmp_path_factory.mktemp("written") / "m.csv"
    write_manifest(path, manifest)
    read = read_manifest(path)
    read.findings = []
    assert read == manifest
