"""One cell as SBML: valid, with every unit, and the very equations of the mechanisms."""

from types import SimpleNamespace

import libsbml
import numpy as np
import pytest
from scipy.integrate import solve_ivp

from insulattice.agents.arrows import switches
from insulattice.agents.cell_type import CELL_TYPES
from insulattice.agents.mechanism import evaluate
from insulattice.agents.parameters import read_agent_parameters
from insulattice.runs.export.annotate import IDENTIFIERS_FILE, identifiers, papers_in
from insulattice.runs.export.one_cell import OneCell, one_cell
from insulattice.runs.export.sbml import InsulinStep, check, to_sbml
from insulattice.runs.export.surroundings import SURROUNDING_UNITS

LOCAL = dict.fromkeys(SURROUNDING_UNITS, 0.1) | {
    "insulin": 0.06, "glucose": 5.0, "ffa": 0.5, "tnf": 2.0, "il6": 1.0, "adiponectin": 8.0, "mcp1": 100.0,
    "glucagon": 20.0, "catecholamine": 1.1, "lactate": 1.0, "glycerol": 0.06, "triglyceride": 1.0, "activity": 1.0,
    "age": 40.0, "energy_deficit": 0.1, "stored_nearby": 900.0,
}  # fmt: skip
STEP = InsulinStep(1.0, 30.0)
TIMES = np.linspace(0.0, 120.0, 9)


def a_cell(name: str, without: tuple[str, ...] = ()) -> OneCell:
    """A cell at the starting values of the table, its traits off 1."""
    table, cell_type = read_agent_parameters(), CELL_TYPES[name]
    starts = table.starts(name)
    values = {state: starts[state].value for state in cell_type.composed.states}
    values |= dict.fromkeys(cell_type.composed.traits, 1.1)
    return OneCell(
        cell_type, values, LOCAL, table.values(name) | switches(without), table, f"{name} of a test"
    )


def step_for(cell: OneCell) -> InsulinStep | None:
    """A step of insulin, for a cell that senses it."""
    return None if cell.cell_type.name == "macrophage" else STEP


def integrated(cell: OneCell) -> np.ndarray:
    """The states at the times, by the mechanisms' own functions."""
    states, p = cell.cell_type.composed.states, SimpleNamespace(**cell.parameters)

    def slope(_: float, values: np.ndarray, local: dict[str, float]) -> list[float]:
        now = {**cell.values, **dict(zip(states, values, strict=True))}
        rates, _signals = evaluate(cell.cell_type.mechanisms, now, local, p)
        return [rates[state] for state in states]

    found = [[cell.values[state] for state in states]]
    for first, last, insulin in ((0.0, STEP.minute, LOCAL["insulin"]), (STEP.minute, TIMES[-1], STEP.level)):
        wanted = TIMES[(first < TIMES) & (last >= TIMES)]
        solution = solve_ivp(
            slope, (first, last), found[-1], "LSODA", wanted, args=(LOCAL | {"insulin": insulin},), rtol=1e-9,
            atol=1e-12,
        )  # fmt: skip
        found += solution.y.T.tolist()
    return np.array(found)


def simulated(text: str, states: tuple[str, ...]) -> np.ndarray:
    """The states at the times, by another program that knows nothing but the file."""
    roadrunner = pytest.importorskip(
        "roadrunner", reason="NO LIBROADRUNNER: what is written as SBML was not simulated by another program"
    )
    runner = roadrunner.RoadRunner(text)
    runner.integrator.relative_tolerance, runner.integrator.absolute_tolerance = 1e-10, 1e-13
    return np.array(runner.simulate(0.0, TIMES[-1], len(TIMES), list(states)))


@pytest.mark.parametrize(
    "name",
    [
        "myocyte",
        "macrophage",
        pytest.param("adipocyte", marks=pytest.mark.slow),
        pytest.param("hepatocyte", marks=pytest.mark.slow),
    ],
)
def test_another_program_finds_the_trajectories_of_the_mechanisms(name):
    cell = a_cell(name)
    states = cell.cell_type.composed.states
    found, expected = simulated(to_sbml(cell, step_for(cell)), states), integrated(cell)
    assert np.ptp(expected, axis=0).max() > 0.05  # something happens
    worst = np.abs(found - expected).max(axis=0) / np.maximum(np.abs(expected).max(axis=0), 1e-9)
    assert dict(zip(states, worst, strict=True)) == pytest.approx(dict.fromkeys(states, 0.0), abs=1e-6)


@pytest.fixture(scope="module", params=list(CELL_TYPES))
def written(request):
    """A cell, and the model in the file that was written of it."""
    cell = a_cell(request.param)
    document = libsbml.readSBMLFromString(to_sbml(cell, step_for(cell)))
    return cell, document, document.getModel()


def test_a_file_is_valid_and_every_unit_fits(written):
    _, document, _ = written
    document.checkConsistency()
    assert [document.getError(i).getMessage() for i in range(document.getNumErrors())] == []
    assert (document.getLevel(), document.getVersion()) == (3, 2)


def test_a_file_has_the_states_parameters_and_surroundings_of_the_cell(written):
    cell, _, model = written
    composed = cell.cell_type.composed
    assert [species.getId() for species in model.getListOfSpecies()] == list(composed.states)
    for species in model.getListOfSpecies():
        assert species.getInitialAmount() == pytest.approx(cell.values[species.getId()], rel=1e-14)
    for name in composed.parameters:
        assert model.getParameter(name).getValue() == pytest.approx(cell.parameters[name], rel=1e-14)
    assert all(parameter.isSetUnits() for parameter in model.getListOfParameters())
    assert {p.getId() for p in model.getListOfParameters()} >= {*composed.traits, *composed.signal_names}


def test_a_file_names_sources_and_what_things_are():
    model = libsbml.readSBMLFromString(to_sbml(a_cell("myocyte"))).getModel()
    k_akt = model.getParameter("k_akt_t308")
    assert "https://identifiers.org/doi:10.1074/jbc.M112.432062" in k_akt.getAnnotationString()
    assert "fitted" in k_akt.getNotesString() and "1/min" in k_akt.getNotesString()
    assert k_akt.getUnits() == "per_min"
    assert "uniprot:P35568" in model.getSpecies("irs1_tyr").getAnnotationString()
    assert "uniprot:P01308" in model.getParameter("local_insulin").getAnnotationString()
    assert model.getSpecies("glycogen").getSubstanceUnits() == "mmol"
    assert model.getNumEvents() == 0


def test_a_cut_arrow_is_a_switch_at_0():
    model = libsbml.readSBMLFromString(to_sbml(a_cell("myocyte", ("dag->pkc",)))).getModel()
    assert model.getParameter("dag_to_pkc").getValue() == 0.0
    assert "arrow dag->pkc" in model.getParameter("dag_to_pkc").getName()


def test_what_invalid_is_names_the_first_error():
    document = libsbml.readSBMLFromString(to_sbml(a_cell("macrophage")))
    document.getModel().getSpecies(0).setCompartment("nowhere")
    with pytest.raises(ValueError, match="not valid SBML, 1 errors; line"):
        check(document)


def test_a_step_for_a_cell_that_does_not_sense_insulin_is_refused():
    with pytest.raises(ValueError, match="a macrophage does not sense insulin"):
        to_sbml(a_cell("macrophage"), STEP)


def test_table_of_identifiers_names_only_what_there_is():
    known = {("cell type", name) for name in CELL_TYPES} | {("surroundings", n) for n in SURROUNDING_UNITS}
    for cell_type in CELL_TYPES.values():
        composed = cell_type.composed
        known |= {("quantity", name) for name in (*composed.states, *composed.signal_names)}
    rows = [line.split(",")[:2] for line in IDENTIFIERS_FILE.read_text(encoding="utf-8").splitlines()[1:]]
    assert [tuple(row) for row in rows if tuple(row) not in known] == []
    assert identifiers("quantity", "nothing") == []


def test_papers_are_found_in_texts():
    found = papers_in("doi:10.1186/1752-0509-7-41 (rates), BIOMD0000000703.")
    assert [reference.address.removeprefix("https://identifiers.org/") for reference in found] == [
        "doi:10.1186/1752-0509-7-41",
        "biomodels.db:BIOMD0000000703",
    ]


def test_a_cell_of_a_body_is_the_mean_or_one_of_the_table(lean_body):
    from insulattice.runs import cell_table

    body = lean_body.branch()
    table = cell_table(body)
    rows = table[table["type"] == "hepatocyte"]
    chosen = rows.iloc[3]
    mean, one = one_cell(body, "hepatocyte"), one_cell(body, "hepatocyte", cell=int(chosen["id"]))
    assert mean.values["glycogen"] == pytest.approx(rows["glycogen"].mean())
    assert mean.local["insulin"] == pytest.approx(rows["local_insulin"].mean())
    assert one.values["glycogen"] == chosen["glycogen"]
    assert one.local["glucose"] == chosen["local_glucose"]
    with pytest.raises(ValueError, match=f"is no hepatocyte in liver, allowed: {rows['id'].iloc[0]} to"):
        one_cell(body, "hepatocyte", cell=0)
    with pytest.raises(ValueError, match="no myocyte lives in liver, allowed: muscle"):
        one_cell(body, "myocyte", "liver")
