"""The store: what is kept is found again, and what is not whole is not there."""

import os

import pandas as pd
import pytest

from insulattice.runs import sources
from insulattice.runs.store import OLD_TEMPORARY, Kept, Store, key_of

ENTRY = Kept(
    pd.DataFrame({"quantity": ["m"], "value": [2.5]}),
    {
        "a/b table": pd.DataFrame({"x": [1, 2], "words": ["one", "two"]}),
        "other": pd.DataFrame({"y": [float("nan")]}),
    },
    {"notes": ["3 of 4 match"], "whens": ["", "step 1"]},
)


@pytest.fixture
def store(tmp_path):
    """An empty store."""
    return Store(tmp_path / "kept")


def test_what_is_kept_is_found_again_table_by_table(store):
    store.keep("lean, 300 cells", "k1", ENTRY)
    found = store.find("lean, 300 cells", "k1")
    pd.testing.assert_frame_equal(found.table, ENTRY.table, check_flags=False)
    assert list(found.tables) == list(ENTRY.tables)
    for name, table in ENTRY.tables.items():
        pd.testing.assert_frame_equal(found.tables[name], table)
    assert found.facts == ENTRY.facts
    assert ENTRY.table.attrs == {}


def test_another_key_or_name_is_missing(store):
    store.keep("lean", "k1", ENTRY)
    assert store.find("lean", "k2") is None
    assert store.find("obese", "k1") is None


def test_a_fresh_store_reads_nothing_but_keeps(store):
    fresh = Store(store.folder, fresh=True)
    fresh.keep("lean", "k1", ENTRY)
    assert fresh.find("lean", "k1") is None
    assert store.find("lean", "k1") is not None


@pytest.mark.parametrize("which", ["first", "other"])
def test_a_damaged_entry_counts_as_missing(store, which):
    store.keep("lean", "k1", ENTRY)
    path = store.folder / ("lean_k1.parquet" if which == "first" else "lean_k1.1.parquet")
    path.write_bytes(path.read_bytes()[:40])
    assert store.find("lean", "k1") is None
    path.unlink()
    assert store.find("lean", "k1") is None


@pytest.mark.parametrize("failing", [1, 2, 3])
def test_a_crash_while_writing_leaves_nothing_half(store, failing, monkeypatch, caplog):
    written, real = [], pd.DataFrame.to_parquet

    def to_parquet(frame, path, **options):
        written.append(path)
        if len(written) == failing:
            path.write_bytes(b"half")
            raise OSError(28, "No space left on device")
        real(frame, path, **options)

    monkeypatch.setattr(pd.DataFrame, "to_parquet", to_parquet)
    store.keep("lean", "k1", ENTRY)
    assert list(store.folder.iterdir()) == []
    assert store.find("lean", "k1") is None
    assert "No space left" in caplog.text


def test_a_stop_between_the_files_leaves_no_entry(store, monkeypatch):
    renamed, real = [], os.replace

    def replace(one, other):
        renamed.append(other)
        if len(renamed) == 3:  # the first table, which names the others, comes last
            raise KeyboardInterrupt
        real(one, other)

    monkeypatch.setattr(os, "replace", replace)
    with pytest.raises(KeyboardInterrupt):
        store.keep("lean", "k1", ENTRY)
    assert store.find("lean", "k1") is None


def test_what_a_killed_process_left_is_swept_up_and_what_another_writes_is_not(store):
    store.folder.mkdir()
    old, new = store.folder / "a.parquet.1.tmp", store.folder / "b.parquet.2.tmp"
    for path in (old, new):
        path.write_bytes(b"half")
    os.utime(old, (0, old.stat().st_mtime - 2 * OLD_TEMPORARY))
    Store(store.folder)
    assert [path.name for path in store.folder.iterdir()] == [new.name]


def test_keys_follow_every_fact():
    assert key_of("a", {"x": 1, "y": 2}) == key_of("a", {"y": 2, "x": 1})
    assert len({key_of("a", 1), key_of("a", 2), key_of("b", 1), key_of("a", 1.5)}) == 4


# ---- sources --------------------------------------------------------------------------------------------------------


def names(module):
    """The files that a module depends on."""
    return {path.relative_to(sources.ROOT).as_posix() for path in sources.sources_of(module)}


def test_rows_of_studies_depend_on_the_model_and_on_what_runs_them():
    found = names("runs.study.running")
    assert {
        "agents/parameters.csv", "environment/phenotypes.toml", "environment/interventions/metformin.py",
        "runs/study/subjects.py", "runs/study/life.py", "runs/data/subject_spread.csv", "analysis/expectations.py",
    } <= found  # fmt: skip
    assert (
        not {
            "runs/cli.py",
            "runs/validation/report.py",
            "runs/data/validation_targets.csv",
            "analysis/figures.py",
        }
        & found
    )


def test_measurements_depend_on_their_trials_and_data():
    found = names("runs.validation.jobs")
    assert {
        "runs/validation/trials.py",
        "runs/validation/life_trials.py",
        "runs/data/rule_doses.csv",
        "analysis/compare.py",
    } <= found
    assert not {"runs/study/subjects.py", "runs/data/validation_targets.csv"} & found


def test_the_hash_changes_with_a_file_far_down(tmp_path, monkeypatch):
    (tmp_path / "runs" / "data").mkdir(parents=True)
    (tmp_path / "analysis").mkdir()
    files = {
        "runs/top.py": "from . import middle\n", "runs/middle.py": "from ..analysis.low import x\n",
        "analysis/low.py": 'FILE = "numbers.csv"\n', "runs/apart.py": "", "runs/data/numbers.csv": "1",
        "runs/data/no.csv": "",
    }  # fmt: skip
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(sources, "ROOT", tmp_path)
    monkeypatch.setattr(sources, "DATA", tmp_path / "runs" / "data")
    digest, found = sources.digest_of.__wrapped__, names("runs.top")
    assert found == {"runs/top.py", "runs/middle.py", "analysis/low.py", "runs/data/numbers.csv"}
    before = digest("runs.top")
    (tmp_path / "runs/apart.py").write_text("x = 1")
    assert digest("runs.top") == before
    (tmp_path / "runs/data/numbers.csv").write_text("2")
    assert digest("runs.top") != before
