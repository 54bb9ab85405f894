"""What holds for any cell in any surroundings."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insulattice.agents.arrows import switches
from insulattice.agents.cell_type import CELL_TYPES
from insulattice.agents.kernel import BLOCK
from insulattice.agents.mechanism import SHARED_NAMES, SITE_NAMES
from insulattice.agents.parameters import read_agent_parameters
from insulattice.agents.population import Population

SURROUNDINGS = {
    "insulin": (1e-4, 10.0),
    "glucose": (2.0, 25.0),
    "ffa": (0.02, 3.0),
    "tnf": (0.1, 500.0),
    "il6": (0.1, 500.0),
    "adiponectin": (0.5, 30.0),
    "mcp1": (1.0, 2000.0),
    "glucagon": (1.0, 200.0),
    "catecholamine": (0.5, 10.0),
    "lactate": (0.3, 10.0),
    "glycerol": (0.01, 0.6),
    "triglyceride": (0.3, 8.0),
    "contraction": (0.0, 1.0),
    "activity": (0.3, 2.0),
    "age": (20.0, 90.0),
    "energy_deficit": (-1.0, 1.0),
    "stored_nearby": (300.0, 5000.0),
    "ikk_inhibition": (0.0, 1.0),
    "jnk_inhibition": (0.0, 1.0),
    "pkc_inhibition": (0.0, 1.0),
    "complex_i_inhibition": (0.0, 1.0),
    "ampk_activation": (0.0, 1.0),
    "ppar_gamma": (0.0, 1.0),
    "antioxidant": (0.0, 2.0),
    "chaperone": (0.0, 2.0),
    "antilipolysis": (0.0, 1.0),
    "uncoupling": (0.0, 1.0),
    "il6r_blockade": (0.0, 1.0),
    "endotoxin": (0.0, 5.0),
}
"""From what a body can live with to well beyond."""

POOLS = {
    "receptor_total": ("receptor_bound", "receptor_internal_active", "receptor_internal"),
    "glut4_total": ("glut4_surface",),
    "": ("irs1_tyr", "irs1_s307", "irs1_s312"),
}
"""Shares that together never exceed a total (or 1)."""

TABLE = read_agent_parameters()
seeds = st.integers(0, 2**32 - 1)
few = settings(max_examples=15, deadline=None, derandomize=True)


def drawn(random, low, high, size):
    """Draw numbers between two bounds, evenly on a logarithmic scale where both are positive."""
    return (
        np.exp(random.uniform(np.log(low), np.log(high), size))
        if low > 0
        else random.uniform(low, high, size)
    )


def any_cells(name, seed):
    """Return a block of cells, each in a state of its own, each in surroundings of its own, and what they share."""
    random = np.random.default_rng(seed)
    population = Population(CELL_TYPES[name], TABLE, switches(), BLOCK, "muscle", 1)
    for i, species in enumerate(SITE_NAMES):
        population.site[i] = drawn(random, *SURROUNDINGS[species], BLOCK)
    for state in CELL_TYPES[name].composed.states:
        low, high = population.ranges[state]
        population[state] = np.clip(population[state] * drawn(random, 0.2, 5.0, BLOCK), low, high)
    for total, members in POOLS.items():
        if members[0] in population:
            whole = population[total] if total else np.ones(BLOCK)
            shares = random.dirichlet(np.ones(len(members) + 1), BLOCK).T
            for member, share in zip(members, shares, strict=False):
                population[member] = whole * share
    shared = np.array([drawn(random, *SURROUNDINGS[name], None) for name in SHARED_NAMES])
    if name == "adipocyte":  # these cells are the whole tissue
        shared[SHARED_NAMES.index("stored_nearby")] = population["triglyceride"].mean()
    return population, shared


def resting(name):
    """Return the starting value of every state of a cell type."""
    starts = TABLE.starts(name)
    return {state: starts[state].value for state in CELL_TYPES[name].composed.states}


def live(population, shared, minutes):
    """Let cells live some minutes."""
    for _ in range(minutes):
        population.advance(shared, 1.0, 4, 0, BLOCK)


def assert_sound(population):
    """Fail if a state is out of its range, or members of a pool exceed it."""
    assert population.fault() is None
    for total, members in POOLS.items():
        if members[0] in population:
            whole = population[total] if total else 1.0
            assert np.all(sum(population[member] for member in members) <= whole * (1.0 + 1e-9))


@pytest.mark.parametrize(
    "name",
    [name for name in CELL_TYPES],
)
@given(seed=seeds)
@few
def test_every_state_stays_in_its_range_and_every_pool_within_its_total(name, seed):
    population, shared = any_cells(name, seed)
    for _ in range(40):
        live(population, shared, 3)
        assert_sound(population)


@pytest.mark.parametrize("seed", [1065, 3106, 3130])
def test_fat_cells_of_other_draws_keep_their_acyl(seed):
    population, shared = any_cells("adipocyte", seed)
    for _ in range(40):
        live(population, shared, 3)
        assert_sound(population)


def test_a_liver_cell_full_of_dag_and_poor_in_fatty_acid_does_not_run_out_of_acyl():
    population, shared = any_cells("hepatocyte", 1)
    for name, value in resting("hepatocyte").items():
        population[name] = value
    population["dag"], population["acyl"], population["triglyceride"] = 1.2, 0.15, 7.0
    population.site[SITE_NAMES.index("ffa")] = 0.05
    for _ in range(20):
        live(population, shared, 1)
        assert population.fault() is None


@pytest.mark.parametrize("name", CELL_TYPES)
@given(seed=seeds)
@few
def test_resting_cells_stay_in_range_when_slow_processes_are_accelerated(name, seed):
    population, shared = any_cells(name, seed)
    for state, value in resting(name).items():
        population[state] = value
    for _ in range(40):
        live(population, shared, 250)
        assert_sound(population)


def contents(population):
    """Return the material stored in each cell: fatty acid, glucose, receptor, GLUT4."""
    held = {"fatty acid": population["acyl"] + 3.0 * population["triglyceride"]}
    held["glucose"] = sum(population[state] for state in ("glycogen", "g6p") if state in population)
    if "fat_oxidation" in population.cell_type.composed.fluxes:
        held["fatty acid"] = held["fatty acid"] + 2.0 * population["dag"] + population["ceramide"]
    proteins = [name for name in ("receptor", "glut4") if f"{name}_total" in population]
    return held | {name: population[f"{name}_total"].copy() for name in proteins}


def gains(population):
    """Return what each cell took up less what it gave off over the last minute."""
    names = population.cell_type.composed.fluxes
    flux = {name: population.flux(name) if name in names else 0.0 for name in FLUXES}
    fat = flux["ffa_uptake"] + 3.0 * flux["lipoprotein_uptake"] + flux["lipogenesis"]
    glucose = flux["glucose_uptake"] + flux["gluconeogenesis"] - flux["glucose_output"] - flux["glycolysis"]
    return {
        "fatty acid": fat - flux["fat_oxidation"] - 3.0 * flux["vldl_output"] - flux["ffa_output"],
        "glucose": glucose,
        "receptor": flux["receptor_synthesis"] - flux["receptor_degradation"],
        "glut4": flux["glut4_synthesis"] - flux["glut4_degradation"],
    }


FLUXES = ("ffa_uptake", "lipoprotein_uptake", "lipogenesis", "fat_oxidation", "vldl_output", "ffa_output")
FLUXES += ("glucose_uptake", "gluconeogenesis", "glucose_output", "glycolysis")
FLUXES += ("receptor_synthesis", "receptor_degradation", "glut4_synthesis", "glut4_degradation")


@pytest.mark.parametrize("name", ["myocyte", "adipocyte", "hepatocyte"])
@given(seed=seeds)
@few
def test_what_a_cell_holds_changes_by_what_passes_its_border(name, seed):
    population, shared = any_cells(name, seed)
    for _ in range(20):
        before = contents(population)
        live(population, shared, 1)
        after, gained = contents(population), gains(population)
        for material, amount in before.items():
            np.testing.assert_allclose(
                after[material], amount + gained[material], rtol=1e-12, err_msg=material
            )


@pytest.mark.parametrize("name", ["myocyte", "adipocyte", "hepatocyte"])
@given(seed=seeds)
@few
def test_more_insulin_never_lowers_akt(name, seed):
    population, shared = any_cells(name, seed)
    # One cell in one place, 64 levels of insulin; what is not signalling is held.
    population.rows[:], population.site[:] = population.rows[:, :1], population.site[:, :1]
    population.site[SITE_NAMES.index("insulin")] = np.geomspace(1e-3, 10.0, BLOCK)
    composed = population.cell_type.composed
    held = [i for i, state in enumerate(population.names) if state not in composed.paced["fast"]]
    rest = population.rows[held].copy()
    for _ in range(240):
        live(population, shared, 1)
        population.rows[held] = rest
    assert np.all(np.diff(population["akt_s473_pool"]) >= -1e-6)
    assert population["akt_s473_pool"][-1] > population["akt_s473_pool"][0]
