"""Fitted numbers go into the tables, and nothing else changes there, byte for byte."""

import shutil

import pytest

from insulattice.agents.parameters import ParameterError, ParameterTable
from insulattice.runs.fitting import tables as fit_tables
from insulattice.runs.fitting.tables import Fitted, changed_text, rounded, source_text, write_fitted

DECAY = Fitted(
    "pkc_hill", 1.71828182, 0.123456, "organ", ("kim1999", "conte2012"), "J Clin Invest 104:733 (1999), x"
)
OF_LIVER = DECAY._replace(label="fat_oxidation_max@hepatocyte", value=0.41, source="unpublished")
OUTER = DECAY._replace(label="ffa_clearance", value=0.0012345678, source="doi:10.1000/x")


@pytest.fixture
def tables(tmp_path):
    """Copies of both tables."""
    files = []
    for number, path in enumerate(fit_tables.TABLES):
        files.append(tmp_path / f"{number}.csv")
        shutil.copy(path, files[-1])
    return files


def read(files):
    return ParameterTable([row for path in files for row in ParameterTable.read(path)])


def lines_of(files):
    return [line for path in files for line in path.read_bytes().split(b"\n")]


def test_values_are_read_back_and_other_rows_stay_byte_for_byte(tables):
    before, table = lines_of(tables), read(tables)
    assert write_fitted([DECAY, OF_LIVER, OUTER], table.fingerprint(), tables) == tables
    now = read(tables)
    row = now.get("pkc_hill")
    assert (row.value, row.kind, row.source) == (1.7183, "fitted", "J Clin Invest 104:733 (1999), x")
    assert row.note.startswith(
        "fit of stage organ to kim1999, conte2012; standard error 0.12; before: by hand to clamps"
    )
    assert (row.low, row.high, row.unit) == (table.get("pkc_hill").low, table.get("pkc_hill").high, "1")
    liver = now.get("fat_oxidation_max", "hepatocyte")
    assert (liver.value, liver.source) == (0.41, table.get("fat_oxidation_max", "hepatocyte").source)
    assert now.get("fat_oxidation_max").value == table.get("fat_oxidation_max").value
    assert now.get("ffa_clearance").value == 0.0012346
    after = lines_of(tables)
    changed = [one for one, other in zip(before, after, strict=True) if one != other]
    assert [line.split(b",")[0] for line in changed] == [b"pkc_hill", b"fat_oxidation_max", b"ffa_clearance"]


def test_a_later_fit_replaces_what_an_earlier_one_said(tables):
    write_fitted([DECAY], read(tables).fingerprint(), tables)
    first = read(tables).get("pkc_hill").note
    again = DECAY._replace(value=2.0, stage="body", studies=("jackson1984",))
    write_fitted([again], read(tables).fingerprint(), tables)
    note = read(tables).get("pkc_hill").note
    assert note.startswith("fit of stage body to jackson1984; standard error 0.12; before: by hand to clamps")
    assert note.partition("before: ")[2] == first.partition("before: ")[2]


def test_tables_that_changed_meanwhile_are_left_alone(tables):
    before = lines_of(tables)
    with pytest.raises(ParameterError, match="changed while the fit ran, nothing is written"):
        write_fitted([DECAY], "another", tables)
    with pytest.raises(ParameterError, match="no row pkc_hill@myocyte"):
        write_fitted([DECAY._replace(label="pkc_hill@myocyte")], read(tables).fingerprint(), tables)
    assert lines_of(tables) == before


def test_both_tables_or_none(tables, monkeypatch):
    before, made_from = lines_of(tables), read(tables).fingerprint()

    def refuse(path):
        raise ParameterError("not a table")

    monkeypatch.setattr(
        fit_tables, "_writer", lambda text: refuse if "ffa_clearance" in text else lambda path: path.touch()
    )
    with pytest.raises(ParameterError, match="not a table"):
        write_fitted([DECAY, OUTER], made_from, tables)
    assert lines_of(tables) == before
    assert not list(tables[0].parent.glob("*.tmp"))


def test_line_ends_and_quotes_are_kept():
    head = "name,cell_type,value,low,high,unit,kind,source,where,note\r\n"
    text = head + 'a,,1,0,3,1,assumed,assumed,akt,"x, ""y"""\r\nb,,1.50,0,3,1,assumed,assumed,akt,z'
    found = changed_text(text, {"a": DECAY._replace(label="a", value=2.0)})
    assert found.startswith(head + "a,,2,0,3,1,fitted,")
    assert found.endswith('before: x, ""y"""\r\nb,,1.50,0,3,1,assumed,assumed,akt,z')


def test_a_rounded_value_stays_in_its_range():
    assert rounded(1.23456789, 0.0, 2.0) == "1.2346"
    assert float(rounded(1.2345678, 1.0, 1.2345678)) == 1.2345678


def test_papers_are_named_so_that_one_can_follow_them():
    assert source_text("PMID:1907557") == "https://pubmed.ncbi.nlm.nih.gov/1907557"
    assert source_text("PMC3196534") == "https://www.ncbi.nlm.nih.gov/pmc/articles/PMC3196534"
    assert source_text("doi:10.1000/x") == "doi:10.1000/x"
