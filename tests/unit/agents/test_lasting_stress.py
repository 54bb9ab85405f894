"""What lasting stress of a fat cell takes from it: receptors, GLUT4 and with it re-esterification."""

from types import SimpleNamespace

import pytest

from insulattice.agents.arrows import switches
from insulattice.agents.mechanisms import adipose_lipids, feedback, glut4_turnover, receptor_turnover
from insulattice.agents.parameters import read_agent_parameters


def parameters(kind="adipocyte", **changes):
    """The numbers of a cell, no arrow cut but those given as 0."""
    return SimpleNamespace(**(read_agent_parameters().values(kind) | switches(()) | changes))


def loss(stress, p):
    """Share of the largest loss that a remembered stress brings [1]."""
    return feedback.signals(SimpleNamespace(feedback_stress=stress), SimpleNamespace(), p).number_stress


def receptors(stress, kind="adipocyte", **changes):
    """Receptors where they have come to rest without insulin [1]."""
    p = parameters(kind, **changes)
    cell = SimpleNamespace(
        receptor_total=1.0, receptor_internal=0.0, receptor_expression=1.0, number_stress=loss(stress, p)
    )
    fluxes = receptor_turnover.signals(cell, SimpleNamespace(), p)
    return fluxes.receptor_synthesis / fluxes.receptor_degradation


def glut4(stress, kind="adipocyte", **changes):
    """GLUT4 where it has come to rest [1]."""
    p = parameters(kind, **changes)
    cell = SimpleNamespace(glut4_total=1.0, glut4_expression=1.0, ikk=0.0, number_stress=loss(stress, p))
    fluxes = glut4_turnover.signals(cell, SimpleNamespace(activity=1.0), p)
    return fluxes.glut4_synthesis / fluxes.glut4_degradation


def stress_at_rest(chop, kind="adipocyte", **changes):
    """Remembered stress where it has come to rest, with oxidants and JNK at their references [1]."""
    p = parameters(kind, **changes)
    cell = SimpleNamespace(ros=1.0, jnk=0.0, chop=chop, feedback_stress=0.0)
    return feedback.rates(cell, SimpleNamespace(), p).feedback_stress * p.feedback_tau


@pytest.mark.parametrize(
    ("number", "arrow"), [(receptors, "stress_to_receptor_number"), (glut4, "stress_to_glut4")]
)
def test_lasting_stress_lowers_numbers_of_fat_cells_above_a_threshold_and_only_through_its_arrow(
    number, arrow
):
    threshold = parameters().number_stress_reference
    assert number(threshold) == number(0.0)
    assert number(threshold + 0.3) < 0.9 * number(0.0)
    assert number(threshold + 0.6) < number(threshold + 0.3)
    assert number(threshold + 0.3, **{arrow: 0.0}) == number(0.0)


@pytest.mark.parametrize("number", [receptors, glut4])
def test_the_loss_has_a_limit(number):
    threshold, half = parameters().number_stress_reference, parameters().number_stress_half
    lost = [1.0 / number(threshold + times * half) - 1.0 / number(0.0) for times in (1.0, 1e9)]
    assert lost[0] == pytest.approx(0.5 * lost[1])


def test_chop_of_fat_cells_adds_to_lasting_stress_and_only_through_its_arrow():
    assert stress_at_rest(1.0) == stress_at_rest(0.9) == 0.0
    assert stress_at_rest(1.2) == pytest.approx(2.0 * stress_at_rest(1.1))
    assert stress_at_rest(1.1) > parameters().number_stress_reference
    assert stress_at_rest(1.1, chop_to_feedback=0.0) == 0.0
    assert stress_at_rest(1.1, "hepatocyte") == 0.0


@pytest.mark.parametrize("number", [receptors, glut4])
@pytest.mark.parametrize("kind", ["myocyte", "hepatocyte"])
def test_muscle_and_liver_keep_their_numbers(number, kind):
    assert number(5.0, kind) == number(0.0, kind)


def test_a_fat_cell_with_less_glut4_stores_less_under_insulin():
    def stored(number, as160):
        cell = SimpleNamespace(
            acyl=0.2, dag=1.0, ceramide=1.0, as160=as160, ffa_uptake=0.0, ffa_output=0.0,
            lipoprotein_uptake=0.0, glycerol_output=0.0, glut4_total=number,
        )  # fmt: skip
        return adipose_lipids.rates(cell, SimpleNamespace(ppar_gamma=0.0), parameters()).triglyceride

    assert stored(0.5, 0.3) < stored(1.0, 0.3)
    assert stored(0.5, 0.0) == stored(1.0, 0.0)
