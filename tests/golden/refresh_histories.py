"""Run by hand, this lives the years of every phenotype and writes the histories that come with the library anew."""

import csv

from insulattice.environment.known_histories import COLUMNS, FILE, fresh_bodies
from insulattice.environment.settle import history_key, lived_beta_cells


def main() -> None:
    """Write the table; a history that is in the cache is taken from there."""
    rows = [COLUMNS]
    for body in fresh_bodies():
        mass, function = lived_beta_cells(body)
        rows.append((body.phenotype.name, history_key(body), repr(mass), repr(function)))
    with FILE.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


if __name__ == "__main__":
    main()
