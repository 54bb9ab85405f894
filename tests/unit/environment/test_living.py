"""Days of meals, and slow states that are carried over days that are not lived."""

import numpy as np
import pytest

from insulattice.environment import Body, CalorieRestriction, Exercise, Overfeeding
from insulattice.environment.clock import DAY
from insulattice.environment.energy import stored_energy
from insulattice.environment.leap import DRIFT_KEPT, Leap, _change, _followed, _slower
from insulattice.environment.living import live_in_leaps, live_minutes, under


def make(phenotype="obese", cells=60, settle=False, **parameters):
    return Body(phenotype, cells=cells, settle=settle, parameters=parameters or None)


def test_the_change_of_a_day_is_taken_cell_by_cell_though_columns_move():
    """Cell 1 died, cell 3 moved into its column, and cell 9 is new."""
    ids, ids_now = np.array([0.0, 1.0, 2.0, 3.0]), np.array([0.0, 3.0, 2.0, 9.0])
    found = _change(np.array([1.0, 2.0, 3.0, 4.0]), np.array([1.5, 4.5, 4.0, 7.0]), ids, ids_now)
    assert found == pytest.approx([0.5, 0.5, 1.0, 2.0 / 3.0])


def test_a_week_of_bouts_is_carried_by_its_mean():
    """Three bouts a week: the last day of it, which has none, does not stand for those to come."""
    lost = []
    for blocks in ([(7, 21)], [(28, 0)]):
        body = make(cells=120, settle=True)
        before = body.anatomy.fat_mass
        with under(body, [Exercise(bouts_per_week=3, minutes=60, intensity=0.7)]):
            live_in_leaps(body, 28, blocks)
        lost.append(before - body.anatomy.fat_mass)
    assert lost[1] > 0.1
    assert lost[0] == pytest.approx(lost[1], rel=0.15)


def test_overfed_fat_grows_by_what_is_eaten_beyond_need():
    body = make("lean")
    rules = [Overfeeding(percent=40)]
    body.live(6, rules)
    before, energy = body.anatomy.fat_mass, body.energy
    energy.look_anew()
    body.live(4, rules)
    surplus = energy.intake_seen - energy.spent_seen
    stored = surplus * (1.0 - energy.lean_share(before)) / stored_energy(body.p)
    assert body.anatomy.fat_mass - before == pytest.approx(stored, rel=0.1)
    assert body.accounts["fatty acid"].sources["returned"] > 0.0
    assert max(map(abs, body.audit().values())) < 1e-12


def test_accelerated_living_goes_through_deaths_and_births():
    body = make(adipocyte_death=0.01)
    body.live(days=9, accelerated=True)
    assert body.fat.main.next_id > body.fat.main.count or len(body.turnover.debris)
    body.check()


def test_fat_cells_share_out_a_gap_as_they_would_have_lived_it():
    """Each goes on by its own change; their sum goes by the energy balance."""
    body = make(cells=120, settle=True)
    body.live(10, [CalorieRestriction(percent=30)])
    with under(body, [CalorieRestriction(percent=30)]):
        leap = Leap()
        leap.begin(body)
        live_minutes(body, DAY)
        leap.learn(body)
        before = body.fat.main["triglyceride"].copy()
        lived = body.branch()
        live_minutes(lived, 4 * DAY)
        leap.carry(body, 4)
    count = min(before.size, body.fat.main.count, lived.fat.main.count)
    carried, true = (one.fat.main["triglyceride"][:count] - before[:count] for one in (body, lived))
    assert np.abs(carried - true).sum() < 0.1 * np.abs(true).sum()
    assert carried.sum() == pytest.approx(true.sum(), rel=0.01)


def test_an_aim_moves_on_only_if_it_moved_the_same_way_twice():
    assert _slower(0.02, 0.01) == _slower(0.01, 0.02) == 0.01
    assert _slower(-0.02, -0.01) == -0.01
    assert _slower(0.02, -0.01) == _slower(0.0, 0.01) == 0.0


def test_a_state_follows_an_aim_that_moves_on():
    """As day by day: the aim moves, ever more slowly, and the state makes good a part of what it is short of."""
    kept, level, aim = 0.8, 0.0, 0.0
    for day in range(9):
        aim += DRIFT_KEPT**day
        level += (1.0 - kept) * (aim - level)
    assert _followed(kept, 9) == pytest.approx(level)
