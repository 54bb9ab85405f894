"""Stream: rows on their way to a file. While a run goes on they lie in parts, at its end they become one table.

The parts of ``life.parquet`` lie in ``life.parquet.parts/``; each is whole or not there, so that nothing that was
written is lost if a run is killed, and any of them can be read: ``pandas.read_parquet("life.parquet.parts")``.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..environment import SimulationError
from .record import SCHEMA, check_path, plain, save_whole

if TYPE_CHECKING:
    import pyarrow as pa

PARTS_TOGETHER = 30
"""Parts that make one row group of the final table."""


class Stream:
    """A table that grows on disk.

    Parameters
    ----------
    path : str or Path
        The table at the end, ``.csv`` or ``.parquet``.
    columns : mapping of str to str
        Kind of each column by name: ``number`` or ``word``.
    parts : int, optional
        Go on after so many parts; later ones are dropped. Without it, begin anew.

    Raises
    ------
    ValueError
        If nothing can be written there, or parts of another run lie there.
    """

    def __init__(self, path: str | Path, columns: Mapping[str, str], parts: int | None = None) -> None:
        self.path = check_path(path)
        self.columns = dict(columns)
        self.folder = parts_folder(self.path)
        self.parts = parts or 0
        if parts is None:
            check_free(path)
        missing = [str(part) for part in self._files(self.parts) if not part.exists()]
        if missing:
            raise ValueError(f"{missing[0]} is missing, so that the run cannot go on")
        for part in sorted(self.folder.glob("part-*"))[self.parts :]:
            part.unlink()

    def add(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Write rows as the next part.

        Raises
        ------
        SimulationError
            If they cannot be written; the parts before are as they were.
        """
        if not rows:
            return
        table = self._table(rows)
        try:
            if not self.parts:
                self.folder.mkdir(exist_ok=True)
            save_whole({self._file(self.parts): lambda to: _write_surely(table, to)})
        except OSError as error:
            raise SimulationError(self._failure(error)) from None
        self.parts += 1

    def close(self, provenance: Mapping[str, Any]) -> Path:
        """Join the parts to one table, with its provenance beside it, and remove them.

        Raises
        ------
        SimulationError
            If the table cannot be written; the parts are as they were.
        """
        text = json.dumps(plain(dict(provenance)), indent=2, allow_nan=False) + "\n"
        beside = self.path.with_name(self.path.name + ".provenance.json")
        join = self._join_csv if self.path.suffix.lower() == ".csv" else self._join_parquet
        try:
            save_whole({self.path: join, beside: lambda to: to.write_text(text, encoding="utf-8")})
        except OSError as error:
            raise SimulationError(self._failure(error)) from None
        shutil.rmtree(self.folder, ignore_errors=True)
        return self.path

    def _table(self, rows: Sequence[tuple[Any, ...]]) -> pa.Table:
        import pyarrow as pa

        kinds = {"number": pa.float64(), "word": pa.string()}
        values = zip(*rows, strict=True)
        arrays = [
            pa.array(column, kinds[kind]) for column, kind in zip(values, self.columns.values(), strict=True)
        ]
        table = pa.Table.from_arrays(arrays, names=list(self.columns))
        return table.replace_schema_metadata({b"insulattice_schema": SCHEMA.encode()})

    def _join_parquet(self, to: Path) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        words = [name for name, kind in self.columns.items() if kind == "word"]
        writer = None
        try:
            for first in range(0, self.parts, PARTS_TOGETHER):
                table = pa.concat_tables(self._tables(first, first + PARTS_TOGETHER))
                writer = writer or pq.ParquetWriter(
                    to, table.schema, compression="zstd", use_dictionary=words
                )
                writer.write_table(table)
        finally:
            if writer is not None:
                writer.close()

    def _join_csv(self, to: Path) -> None:
        with to.open("w", encoding="utf-8", newline="") as file:
            for number, table in enumerate(self._tables()):
                table.to_pandas().to_csv(file, index=False, header=number == 0)

    def _tables(self, first: int = 0, stop: int | None = None) -> Iterator[pa.Table]:
        import pyarrow.parquet as pq

        for part in list(self._files(self.parts))[first:stop]:
            with pq.ParquetFile(part) as file:
                yield file.read()

    def _files(self, number: int) -> Iterator[Path]:
        return (self._file(i) for i in range(number))

    def _file(self, number: int) -> Path:
        return self.folder / f"part-{number:06d}.parquet"

    def _failure(self, error: OSError) -> str:
        return f"cannot write {self.path}: {error.strerror or error}{self.kept()}"

    def kept(self) -> str:
        """Return in words where what was written before lies, if it still does."""
        return f"; what came before is in {self.folder}" if self.folder.is_dir() else ""


def parts_folder(path: Path) -> Path:
    """Return the folder in which the parts of a table lie."""
    return path.with_name(path.name + ".parts")


def check_free(path: str | Path) -> None:
    """Raise a ValueError if parts of another run lie where a table is to be written."""
    folder = parts_folder(Path(path))
    if folder.exists():
        raise ValueError(f"{folder} holds a run that was interrupted; resume it, or remove the folder")


def _write_surely(table: pa.Table, path: Path) -> None:
    """Write a part, and wait until it is on the disk."""
    import pyarrow.parquet as pq

    with path.open("wb") as file:
        pq.write_table(table, file)
        file.flush()
        os.fsync(file.fileno())
