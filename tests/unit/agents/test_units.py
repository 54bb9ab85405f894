"""Units fit the equations: the very same functions, run on quantities with the units of the table.

A quantity knows its unit, so a sum of unlike things, a rate in the wrong unit or a hidden factor of a thousand (nM for
mM) cannot pass: the derivative must have the unit of its state per minute, and the value that plain numbers give.
"""

from types import SimpleNamespace

import pint
import pytest

from insulattice.agents.arrows import switches
from insulattice.agents.cell_type import CELL_TYPES
from insulattice.agents.mechanism import evaluate

SURROUNDINGS = {
    "insulin": (0.06, "nM"),
    "glucose": (6.0, "mM"),
    "ffa": (0.5, "mM"),
    "tnf": (2.0, "pg/mL"),
    "il6": (1.0, "pg/mL"),
    "adiponectin": (8.0, "ug/mL"),
    "mcp1": (100.0, "pg/mL"),
    "glucagon": (20.0, "pM"),
    "catecholamine": (1.2, "1"),
    "lactate": (1.0, "mM"),
    "glycerol": (0.06, "mM"),
    "triglyceride": (1.0, "mM"),
    "contraction": (0.1, "1"),
    "activity": (0.9, "1"),
    "age": (45.0, "year"),
    "energy_deficit": (0.5, "1"),
    "stored_nearby": (900.0, "mmol/kg"),
    "ikk_inhibition": (0.2, "1"),
    "jnk_inhibition": (0.2, "1"),
    "pkc_inhibition": (0.2, "1"),
    "complex_i_inhibition": (0.1, "1"),
    "ampk_activation": (0.1, "1"),
    "ppar_gamma": (0.3, "1"),
    "antioxidant": (0.2, "1"),
    "chaperone": (0.2, "1"),
    "antilipolysis": (0.2, "1"),
    "uncoupling": (0.1, "1"),
    "il6r_blockade": (0.2, "1"),
    "endotoxin": (0.1, "ng/mL"),
}
"""As the environment keeps them."""

EXCHANGED = {field: "mmol/kg/min" for field in ("glucose", "ffa", "glycerol", "triglyceride", "lactate")}
EXCHANGED |= {field: "pg/g/min" for field in ("tnf", "il6", "mcp1")} | {"adiponectin": "ug/g/min"}
"""What the environment takes a flux to be, by the field it enters."""

UNITS = pint.UnitRegistry(cache_folder=None)


def quantity(value, unit):
    return UNITS.Quantity(value, "dimensionless" if unit == "1" else unit)


def units_and_values(cell_type, table):
    """Everything the functions read: ``{name: (value, unit)}`` for cell, surroundings and parameters."""
    # Off the starting values, so that no driver is at its reference and drops out.
    cell = {s: (1.1 * row.value + 1e-3, row.unit) for s, row in table.starts(cell_type.name).items()}
    cell = {s: cell[s] for s in cell_type.composed.states} | {
        t: (1.1, "1") for t in cell_type.composed.traits
    }
    p = {name: (value, "1") for name, value in switches().items()}
    p |= {n: (row.value, row.unit) for n in table.values() if (row := table.get(n, cell_type.name))}
    p |= {
        n: (row.value, row.unit)
        for n in table.values(cell_type.name)
        if (row := table.get(n, cell_type.name))
    }
    return cell, SURROUNDINGS, p


def run(cell_type, cell, local, p, value):
    """Run the mechanisms with each (number, unit) turned into a value."""
    cell, local, p = ({name: value(*pair) for name, pair in names.items()} for names in (cell, local, p))
    return evaluate(cell_type.mechanisms, cell, local, SimpleNamespace(**p))


@pytest.fixture(scope="module", params=list(CELL_TYPES))
def runs(request, table):
    """A cell type, the units of its states, and its rates and signals as quantities and as numbers."""
    cell_type = CELL_TYPES[request.param]
    cell, local, p = units_and_values(cell_type, table)
    units = {name: unit for name, (_, unit) in cell.items()}
    return (
        cell_type,
        units,
        run(cell_type, cell, local, p, quantity),
        run(cell_type, cell, local, p, lambda v, u: v),
    )


def value_in(found, unit):
    """Return the number of a quantity in a unit; a plain number has none."""
    return (
        UNITS.Quantity(found)
        .to(unit.replace("1/", "dimensionless/", 1) if unit.startswith("1/") else unit)
        .magnitude
    )


def test_every_derivative_has_the_unit_of_its_state_per_minute_and_the_value_of_plain_numbers(runs):
    _, units, (rates, _), (numbers, _) = runs
    wrong = []
    for state, rate in rates.items():
        try:
            value = value_in(rate, f"{units[state]}/min")
        except pint.DimensionalityError as error:
            wrong.append(f"{state} [{units[state]}]: {error}")
            continue
        if value != pytest.approx(numbers[state], rel=1e-9, abs=1e-15):
            wrong.append(f"{state}: {value} with units, {numbers[state]} without")
    assert not wrong


def test_every_flux_has_the_unit_in_which_the_environment_takes_it(runs):
    cell_type, _, (_, signals), (_, numbers) = runs
    for mechanism in cell_type.mechanisms:
        for signal, (field, _) in mechanism.exchanges.items():
            value = value_in(signals[signal], EXCHANGED[field])
            assert value == pytest.approx(numbers[signal], rel=1e-9), signal


def test_a_wrong_unit_would_be_found(table):
    cell_type = CELL_TYPES["myocyte"]
    cell, local, p = units_and_values(cell_type, table)
    local = local | {"insulin": (0.06, "mg")}
    with pytest.raises(pint.DimensionalityError):
        run(cell_type, cell, local, p, quantity)


def test_every_unit_of_the_table_is_one_that_pint_knows(table):
    for row in table:
        quantity(1.0, row.unit)
