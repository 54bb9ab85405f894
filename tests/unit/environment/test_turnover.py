"""Cells of fat that come, crawl and die, and what the dead leave."""

import time

import numpy as np
import pytest

from insulattice.environment import Body
from insulattice.environment import state as states
from insulattice.environment.adipocytes import bear, birth_rate, bury, die, mean_diameter
from insulattice.environment.compartment import SITE
from insulattice.environment.debris import CROWN, around, count_at
from insulattice.environment.macrophages import attraction, crawl, expected_number, macrophages
from insulattice.environment.observe import observe_cells
from insulattice.environment.response import akt_response, observe_response, resistant

BUSY = {
    "adipocyte_death": 0.3,
    "macrophage_stay": 2.0,
    "debris_clearing": 500.0,
    "debris_release_share": 1.0,
}
"""A life so fast that in a day many cells come and go."""


def make(phenotype="obese", cells=90, **parameters):
    return Body(phenotype, cells=cells, settle=False, parameters=parameters or None)


def live(body, minutes):
    for _ in range(minutes):
        body.step()
    return body


def hours(body, number):
    """Let only the turnover of cells happen."""
    for _ in range(number):
        body.minute += 60.0
        body.turnover.hour(body)
    return body


def set_mcp1(body, values):
    body.fat.grid.values[SITE["mcp1"]] = values


def with_macrophages(body, sites):
    """Let macrophages stand at some sites, and nowhere else."""
    cells = macrophages(body)
    cells.remove(np.arange(cells.count))
    columns = cells.add(len(sites))
    cells.sites[columns] = sites
    return body


@pytest.fixture(scope="module")
def fresh():
    return make()


@pytest.fixture(scope="module")
def busy():
    """Three days of a busy life."""
    body = make(**BUSY)
    body.open_books()
    return live(body, 3 * 1440)


# ---- macrophages --------------------------------------------------------------------------------------------------


def test_recruitment_follows_mcp1():
    body = make(cells=300, macrophage_stay=2.0)
    numbers = []
    for level in (60.0, 125.0, 250.0):
        set_mcp1(body, level)
        hours(body, 24 * 10)
        counts = [hours(body, 6).fat.populations["macrophage"].count for _ in range(60)]
        numbers.append(np.mean(counts))
        assert numbers[-1] == pytest.approx(expected_number(body), rel=0.25, abs=1.0)
    assert numbers[0] < numbers[1] < numbers[2]


def test_numbers_are_not_biased_by_rounding():
    """Where fewer than one macrophage is expected, there is one now and then."""
    body = make("lean", cells=60, macrophage_stay=2.0)
    set_mcp1(body, 58.0)
    counts = [hours(body, 24).fat.populations["macrophage"].count for _ in range(400)]
    assert 0.0 < expected_number(body) < 0.5
    assert np.mean(counts) == pytest.approx(expected_number(body), rel=0.35)


def test_what_is_less_than_a_whole_cell_waits(fresh):
    turnover = fresh.branch().turnover
    counts = [turnover.whole("birth", 0.3) for _ in range(100)]
    assert set(counts) == {0, 1}
    assert sum(counts) in (30, 31)


def test_numbers_of_macrophages_do_not_hang_on_the_seed():
    counts = []
    for seed in range(4):
        body = Body("obese", cells=300, seed=seed, settle=False)
        set_mcp1(body, 150.0)
        counts.append(hours(body, 24 * 20).fat.populations["macrophage"].count)
    assert max(counts) - min(counts) <= 1


def test_crawling_goes_up_a_gradient():
    body = make(cells=300)
    rows, columns = body.fat.grid.shape[1:]
    set_mcp1(body, np.broadcast_to(np.linspace(50.0, 200.0, columns), (rows, columns)))
    with_macrophages(body, np.arange(rows) * columns)
    body.p.macrophage_stay = 1e9
    body.p.macrophage_share_max = 0.0
    strength = attraction(body)
    for hour in range(100):
        crawl(body, strength, f"{hour}")
    place = macrophages(body).sites[: len(macrophages(body))] % columns
    assert place.mean() > 0.7 * (columns - 1)


def test_crawling_without_a_gradient_goes_nowhere_in_particular():
    body = make(cells=300)
    rows, columns = body.fat.grid.shape[1:]
    set_mcp1(body, 100.0)
    with_macrophages(body, np.arange(rows * columns))
    for hour in range(60):
        crawl(body, attraction(body), f"{hour}")
    cells = macrophages(body)
    assert cells.sites[: len(cells)].max() < rows * columns
    assert (cells.sites[: len(cells)] % columns).mean() == pytest.approx((columns - 1) / 2, rel=0.15)


def test_new_macrophages_arrive_where_attraction_is_high_and_are_not_polarised():
    body = make(cells=600, macrophage_stay=0.5)
    rows, columns = body.fat.grid.shape[1:]
    set_mcp1(body, np.broadcast_to(np.linspace(60.0, 240.0, columns), (rows, columns)))
    macrophages(body)["m1"] = 1.0
    body.p.macrophage_speed = 0.0
    hours(body, 96)
    cells = macrophages(body)
    assert len(cells) > 20
    assert (cells.sites[: len(cells)] % columns).mean() > 0.65 * columns
    young = cells.ids[: len(cells)] > 30
    assert np.all(cells["m1"][young] == 0.05)


def test_a_cell_does_as_it_does_whatever_others_do():
    """The same fat with one macrophage less: all others stand where they stood."""
    one, other = (make(cells=300, macrophage_share_max=0.0, macrophage_stay=1e9) for _ in range(2))
    for body in (one, other):
        set_mcp1(body, 100.0 + np.arange(body.fat.sites).reshape(body.fat.grid.shape[1:]))
        with_macrophages(body, np.arange(40))
    macrophages(other).remove(np.array([3]))
    where = []
    for body in (hours(one, 72), hours(other, 72)):
        cells = macrophages(body)
        ids, sites = cells.ids[: len(cells)], cells.sites[: len(cells)]
        where.append(dict(zip(ids.tolist(), sites.tolist(), strict=True)))
    removed = macrophages(one).next_id - 40 + 3
    where[0].pop(removed, None)
    assert where[0] == where[1]
    assert len(where[1]) == 39


# ---- debris -------------------------------------------------------------------------------------------------------


def test_a_crown_forms_around_a_dead_cell_and_clears_it_with_mass_conserved():
    body = make(cells=300, debris_clearing=100.0, adipocyte_death=0.0)
    body.turnover.hour(body)
    dead = np.array([body.fat.main.count // 2])
    site = int(body.fat.main.sites[dead[0]])
    body.open_books()
    bury(body, dead)
    debris = body.turnover.debris
    start, crowned, left = debris.total, False, []
    with_macrophages(body, np.arange(0, body.fat.sites, 5))
    for _ in range(96):
        live(body, 60)
        crowned |= debris.crowns(body.fat) > 0
        left.append(debris.total)
        assert max(map(abs, body.audit().values())) < 1e-12
    assert crowned
    assert left[0] <= start
    assert np.all(np.diff(left) <= 0.0)
    assert left[-1] < 0.5 * start
    assert len(debris) == 0 or debris.sites[0] == site


def test_cleared_fat_appears_in_the_fluid_of_its_site():
    body = make(cells=300, debris_clearing=50.0, adipocyte_death=0.0)
    twin = body.branch()
    site = int(body.fat.main.sites[20])
    for each in (body, twin):
        bury(each, np.array([20]))
        with_macrophages(each, [site] * 6)
    body.turnover.debris.plan(body.fat, body.p)
    live(body, 20), live(twin, 20)
    more = (body.fat.grid["ffa"] - twin.fat.grid["ffa"]).ravel()
    assert more[site] == more.max() > 0.01


def test_debris_that_is_all_but_gone_dissolves(fresh):
    body = fresh.branch()
    body.open_books()
    bury(body, np.array([3]))
    debris = body.turnover.debris
    moved = debris.total * (1.0 - 1e-7)
    debris.triglyceride *= 1e-7
    body.fat.main["triglyceride"] += moved / body.fat.kg_per_cell / body.fat.main.count
    body.turnover.hour(body)
    assert len(debris) == 0
    assert abs(body.audit()["fatty acid"]) < 1e-12


def test_a_macrophage_is_shared_among_the_debris_that_it_reaches(fresh):
    body = fresh.branch()
    bury(body, np.array([0, 1, 2]))
    with_macrophages(body, [1, 1])
    appetite = body.turnover.debris.appetite(body.fat)
    assert appetite.sum() == pytest.approx(2.0)
    assert np.array_equal(body.turnover.debris.near(body.fat), [2, 2, 2])


def test_around_sums_a_site_and_its_neighbours(fresh):
    grid = np.arange(12.0).reshape(3, 4)
    assert around(grid)[5] == grid[:3, :3].sum()
    assert around(grid)[0] == grid[:2, :2].sum()
    assert count_at(fresh.fat, np.array([0, 0, 2])).ravel()[:3].tolist() == [2, 0, 1]


def test_crowns_are_observed(fresh):
    body = fresh.branch()
    bury(body, np.array([5, 9]))
    with_macrophages(body, [int(body.turnover.debris.sites[0])] * CROWN)
    body.turnover.debris.sites[1] = body.fat.sites - 1
    assert observe_cells(body)["fat", "crowns"] == pytest.approx(100.0 / body.fat.main.count)


# ---- fat cells ----------------------------------------------------------------------------------------------------


def test_large_hypoxic_cells_die_first():
    body = make(cells=1200, adipocyte_death=0.02, hypoxic_death_gain=10.0)
    cells = body.fat.main
    cells["hypoxia"] = np.where(np.arange(len(cells)) % 2, 0.9, 0.05)
    before = set(cells.ids[: len(cells)][cells["hypoxia"] > 0.5].tolist())
    number = len(cells)
    die(body, 3.0, "now")
    left = set(cells.ids[: len(cells)].tolist())
    lost = number - len(left)
    assert lost > 40
    assert len(before - left) > 0.7 * lost


def test_large_cells_and_ppar_gamma_raise_births(fresh):
    lean = make("lean")
    assert birth_rate(fresh, 0.0) > birth_rate(lean, 0.0) >= lean.p.adipocyte_death
    assert birth_rate(lean, 1.0) == pytest.approx(birth_rate(lean, 0.0) + 2.0 * lean.p.adipocyte_death)
    cut = Body("obese", cells=90, settle=False, without=["size->adipogenesis", "ppar_gamma->adipogenesis"])
    assert birth_rate(cut, 1.0) == cut.p.adipocyte_death


def test_the_diameter_is_that_of_the_cells_own_signal(fresh):
    body = fresh.branch()
    assert mean_diameter(body) == pytest.approx(body.signals(body.fat.main)["diameter"].mean())


def test_what_a_drug_does_to_ppar_gamma_is_remembered_over_a_day(fresh):
    body = fresh.branch()
    body.affect("ppar_gamma", 0.8)
    for _ in range(1440):
        body.turnover.step(body, 1.0)
    assert body.turnover.ppar_gamma == pytest.approx(0.8 * (1.0 - np.exp(-1.0)), rel=1e-2)


def test_a_new_cell_is_small_different_and_filled_by_the_others(fresh):
    body = fresh.branch()
    body.open_books()
    cells, kg = body.fat.main, body.fat.kg_per_cell
    before, number = body.fat.total("triglyceride"), len(cells)
    bear(body, 2)
    assert len(cells) == number + 2
    assert body.fat.kg_per_cell == pytest.approx(kg, rel=1e-14)
    assert np.all(cells["triglyceride"][-2:] == body.p.newborn_triglyceride)
    assert body.fat.total("triglyceride") == pytest.approx(before, rel=1e-3)
    assert len(set(cells["receptor_expression"].tolist())) == number + 2
    assert max(map(abs, body.audit().values())) < 1e-13


def test_new_cells_stand_where_none_stood():
    body = make(cells=300)
    cells = body.fat.main
    bury(body, np.array([4, 40, 50]))
    gone = set(range(body.fat.sites)) - set(cells.sites[: len(cells)].tolist())
    bear(body, len(gone))
    assert sorted(cells.sites[: len(cells)].tolist()) == list(range(body.fat.sites))
    bear(body, 70)  # more than there are sites, and more than there was room for
    assert len(cells) > body.fat.sites
    assert cells.sites.max() < body.fat.sites


def test_every_account_closes_while_cells_come_and_go(busy):
    assert busy.fat.main.next_id > busy.fat.main.count
    assert busy.accounts["receptor"].sinks["died"] > 1.0
    assert busy.accounts["glut4"].sources["born"] > 1.0
    assert max(map(abs, busy.audit().values())) < 1e-12
    busy.check()


def test_the_number_of_fat_cells_moves_with_the_simulated_ones(busy):
    fat = busy.fat
    assert fat.kg / busy.reference_fat == pytest.approx(fat.main.count / make().fat.main.count, rel=1e-12)


# ---- the same again -----------------------------------------------------------------------------------------------


def equal(one, other):
    return one.keys() == other.keys() and all(np.array_equal(one[name], other[name]) for name in one)


def test_the_same_seed_gives_the_same_bits_and_another_seed_another_life():
    one, same = (live(make(**BUSY), 400) for _ in range(2))
    assert equal(states.pack(one), states.pack(same))
    other = Body("obese", cells=90, seed=2, settle=False, parameters=BUSY)
    ids = [body.fat.main.ids[: body.fat.main.count].tolist() for body in (one, live(other, 400))]
    assert ids[0] != ids[1]


def test_a_busy_body_that_was_packed_goes_on_bit_by_bit(busy, tmp_path):
    one = live(busy.branch(), 25)
    states.write(tmp_path / "body.npz", states.pack(one))
    twin = make(**BUSY)
    states.unpack(twin, states.read(tmp_path / "body.npz"))
    assert len(twin.turnover.debris) == len(one.turnover.debris) > 0
    assert equal(states.pack(live(twin, 100)), states.pack(live(one, 100)))


def test_a_gap_brings_what_its_days_would_have_brought():
    """Number of macrophages and of fat cells after 12 days, lived hour by hour or in one leap."""
    found = []
    for leap in (False, True):
        counts = []
        for seed in range(12):
            body = Body("obese", cells=200, seed=seed, settle=False, parameters={"adipocyte_death": 0.01})
            set_mcp1(body, 150.0)
            if leap:
                body.turnover.skip(body, 12.0)
            else:
                hours(body, 24 * 12)
            counts.append((len(macrophages(body)), body.fat.main.count, body.turnover.debris.total))
        found.append(np.mean(counts, axis=0))
    assert found[0] == pytest.approx(found[1], rel=0.15)


def test_a_gap_keeps_the_fat_of_the_dead():
    body = make(cells=300, adipocyte_death=0.01)
    before = body.stored("fatty acid")
    body.turnover.skip(body, 14.0)
    assert body.fat.main.next_id > body.fat.main.count
    assert body.stored("fatty acid") == pytest.approx(before, rel=1e-12)


@pytest.mark.parametrize("cells", [3000])
def test_turnover_costs_little_beside_the_step(cells):
    body = make(cells=cells)
    live(body, 61)
    bury(body, np.arange(10))
    began = time.process_time()
    live(body, 59)
    stepped = time.process_time() - began
    began = time.process_time()
    hours(body, 5)
    assert (time.process_time() - began) / 5 < 0.15 * stepped


# ---- how cells would answer ---------------------------------------------------------------------------------------


def test_a_cell_without_receptors_is_resistant_and_looking_changes_nothing(fresh):
    body = fresh.branch()
    before = {name: array.copy() for name, array in states.pack(body).items()}
    response = akt_response(body, "muscle")
    assert equal(before, states.pack(body))
    assert response.mean() == pytest.approx(1.0, abs=0.3)
    body.muscle.main["receptor_total"][:5] *= 0.01
    for state in ("receptor_bound", "receptor_internal_active", "receptor_internal"):
        body.muscle.main[state][:5] *= 0.01
    found = resistant(body, "muscle")
    assert found[:5].all()
    assert observe_response(body)["muscle", "resistant"] == pytest.approx(100.0 * found.mean())
