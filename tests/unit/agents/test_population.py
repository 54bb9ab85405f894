"""Many cells of one type as arrays."""

import numpy as np
import pytest

from insulattice.agents.arrows import switches
from insulattice.agents.cell_type import MACROPHAGE, MYOCYTE
from insulattice.agents.kernel import BLOCK
from insulattice.agents.parameters import ParameterError, ParameterTable
from insulattice.agents.population import Population


def test_rows_are_padded_to_whole_blocks_and_shown_without_the_padding(make):
    count = BLOCK + 6
    population = make(MYOCYTE, count)
    assert population.rows.shape[1] == 2 * BLOCK
    assert len(population) == population["akt_s473_pool"].size == count


def test_writing_a_state_writes_the_array(make):
    population = make(MYOCYTE, 10)
    population["dag"] = 0.5
    population["dag"][3] = 0.7
    assert population.rows[population.names.index("dag"), :5].tolist() == [0.5, 0.5, 0.5, 0.7, 0.5]


def test_an_unknown_state_is_answered_with_the_nearest(make):
    population = make(MYOCYTE, 10)
    assert "dag" in population
    assert "daag" not in population
    with pytest.raises(KeyError, match=r"myocyte has no state 'daag'\. Did you mean dag\?"):
        population["daag"]


def test_cells_differ_by_their_traits_and_a_cell_does_not_depend_on_how_many_there_are(table):
    few = Population(MYOCYTE, table, switches(), 100, "muscle", 1)
    many = Population(MYOCYTE, table, switches(), 1000, "muscle", 1)
    trait = few["receptor_expression"]
    assert np.unique(trait).size == 100
    assert np.array_equal(trait, many["receptor_expression"][:100])
    other = Population(MYOCYTE, table, switches(), 100, "muscle", 2)
    assert not np.any(trait == other["receptor_expression"])


def test_a_state_that_leaves_its_range_is_named_with_cell_value_and_range(make):
    population = make(MYOCYTE, 10)
    assert population.fault() is None
    population["jnk"][7] = 1.5
    assert str(population.fault()) == "state 'jnk' of cell 7 is 1.5, allowed 0 to 1"


def test_what_the_padding_holds_is_no_fault(make):
    population = make(MYOCYTE, 10)
    population.rows[:, 10:] = np.nan
    assert population.fault() is None


def test_a_missing_parameter_is_named(table):
    for name in ("k_jnk_off", "spread_receptor_expression", "jnk"):
        without = ParameterTable([row for row in table if row.name != name], table.files)
        with pytest.raises(
            ParameterError, match=f"'{name}' of the myocyte is missing from .*agents.parameters.csv"
        ):
            Population(MYOCYTE, without, switches(), 10, "muscle", 1)


def test_signals_are_those_of_the_mechanisms(make, shared):
    population = make(MACROPHAGE, 10)
    tnf = population.signals(shared)["tnf_secretion"]
    assert np.allclose(tnf, population.values["macrophage_tnf"] * population["m1"], rtol=1e-14)


def test_memory_per_cell_is_far_below_a_kilobyte(make):
    population = make(MYOCYTE, 10 * BLOCK)
    held = sum(
        array.nbytes for array in (population.rows, population.site, population.fluxes, population.sites)
    )
    assert held / len(population) < 600
