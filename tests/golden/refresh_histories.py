"""Run by hand, this lives the years of every phenotype and writes the histories that come with the library anew."""

import csv

from insulattice.environment import Body, read_phenotypes
from insulattice.environment.known_histories import COLUMNS, FILE
from insulattice.environment.settle import history_key, lived_beta_cells


def main() -> None:
    """Write the table; a history that is in the cache is taken from there."""
    rows = [COLUMNS]
    for name in read_phenotypes():
        body = Body(name, settle=False)
        mass, function = lived_beta_cells(body)
        rows.append((name, history_key(body), repr(mass), repr(function)))
    with FILE.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


if __name__ == "__main__":
    main()
