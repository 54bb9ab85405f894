"""Checkpoints: a run split anywhere is the whole run bit for bit, and no file can do harm."""

import json
import os
import random
import zipfile
from dataclasses import dataclass, replace

import numpy as np
import pytest

from insulattice.environment import Body, OralGlucose, checkpoint, find_phenotype, observe, read_rule, settle
from insulattice.environment import state as states
from insulattice.environment.interventions import registry
from insulattice.runs import simulate

DAY = 1440


@dataclass(frozen=True)
class Breakfasts:
    """A drink every six hours, counted in the body's memory, and an infusion between."""

    grams: float = 20.0

    def act(self, body, dt):
        """Eat, count, infuse."""
        memory = body.memory(self)
        began = memory.setdefault("began", body.minute)
        if (body.minute - began) % 360 == 10:
            memory["drinks"] = memory.get("drinks", 0.0) + 1.0
            body.eat(self.grams + memory["drinks"], liquid=True)
        if body.minute % 500 < 100:
            body.infusions["glucose"] = body.infusions.get("glucose", 0.0) + 0.3
        body.contraction = 0.3 if body.minute % 700 < 30 else 0.0


class Syrup:
    """A drug in mid-absorption."""

    def __init__(self, body):
        self.p = body.p
        self.gut, self.plasma, self.shares, self.queue = 0.0, 0.0, {"liver": 0.0}, [0.0, 0.0]

    def act(self, body, dt):
        """Move, and hold down lipolysis."""
        moved = 0.01 * self.gut * dt
        self.gut -= moved
        self.queue = [moved, *self.queue[:-1]]
        self.plasma += self.queue[-1] - 0.003 * self.plasma * dt
        self.shares["liver"] += 0.02 * (self.plasma - self.shares["liver"])
        body.affect("ampk_activation", self.shares["liver"] / 100.0)


@dataclass(frozen=True)
class Doses:
    """A spoon of syrup every eight hours."""

    milligrams: float = 30.0

    def act(self, body, dt):
        """Dose."""
        if body.minute % 480 == 7:
            drug = body.drugs.setdefault("syrup", Syrup(body))
            drug.gut += self.milligrams


RULES = (Breakfasts(), Doses())


@pytest.fixture(autouse=True)
def syrup(monkeypatch):
    """The registry knows the drug of these tests."""
    known = registry.make_drug
    monkeypatch.setattr(
        registry, "make_drug", lambda name, body: Syrup(body) if name == "syrup" else known(name, body)
    )


def plain(**inputs):
    return Body(**({"phenotype": "obese", "cells": 60, "settle": False} | inputs))


def same_bits(one, other):
    mine, theirs = states.pack(one), states.pack(other)
    numbers = [json.loads(str(arrays.pop("numbers"))) for arrays in (mine, theirs)]
    same = mine.keys() == theirs.keys() and all(np.array_equal(mine[name], theirs[name]) for name in mine)
    return same and numbers[0] == numbers[1]


@pytest.fixture(scope="module")
def two_days():
    """A body that has lived two days without a stop."""
    body = plain()
    body.live(2, RULES)
    return body


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A checkpoint in the middle of a day."""
    body = plain()
    body.live(0.4, RULES)
    return body.save(tmp_path_factory.mktemp("checkpoint") / "body.checkpoint")


# ---- exactness ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(4))
def test_a_run_split_anywhere_is_the_whole_run_to_the_last_bit(two_days, tmp_path, seed):
    cuts = sorted(random.Random(seed).sample(range(1, 2 * DAY), 3))
    body, lived = plain(), 0
    for cut in [*cuts, 2 * DAY]:
        body.live((cut - lived) / DAY, RULES)
        body = Body.load(body.save(tmp_path / "body.npz"))
        lived = cut
    assert same_bits(body, two_days)
    assert observe(body) == observe(two_days)
    assert body.accounts == two_days.accounts
    assert vars(body.drugs["syrup"]).keys() == vars(two_days.drugs["syrup"]).keys()


MANY = (
    "metformin dose_mg_per_day=2000", "exercise bouts_per_week=7", "salicylate", "thiazolidinedione",
    "anti_tnf drug=infliximab", "endotoxin", "knockout arrow=dag->pkc start_day=0.3", "chemical_chaperone",
    "insulin_infusion start_day=0.2", "lipid_infusion start_day=0.5 stop_day=0.6", "antioxidant", "acipimox",
    "il1_blockade", "calorie_restriction",
)  # fmt: skip


def test_every_intervention_goes_on_after_a_checkpoint(tmp_path):
    rules = [read_rule(text) for text in MANY]
    whole, split = plain(), plain()
    whole.live(1.2, rules)
    for days in (0.27, 0.31, 0.62):
        split.live(days, rules)
        split = Body.load(split.save(tmp_path / "b"))
    assert same_bits(split, whole)
    assert split.drugs.keys() == whole.drugs.keys()
    assert len(split.drugs) > 4


def test_1_3_and_then_0_7_days_are_2_days(two_days):
    body = plain()
    body.live(1.3, RULES)
    body.live(0.7, RULES)
    assert same_bits(body, two_days)


def test_a_branch_of_a_body_that_lived_has_the_same_future(two_days):
    body = plain()
    body.live(1.3, RULES)
    twin = body.branch()
    body.live(0.7, RULES)
    twin.live(0.7, RULES)
    assert same_bits(twin, body)
    assert same_bits(body, two_days)


def test_a_test_on_a_branch_leaves_a_body_in_mid_life_as_it_was():
    body = plain()
    body.live(0.4, RULES)
    before = {name: array.copy() for name, array in states.pack(body).items()}
    record = simulate(body, OralGlucose(hours=0.5), rules=RULES)
    after = states.pack(body)
    assert all(np.array_equal(before[name], after[name]) for name in before)
    assert body.rules == []
    assert record.body.minute > body.minute


def test_rules_end_with_the_call():
    body = plain()
    body.live(0.1, RULES)
    assert body.rules == []
    began = body.memory(RULES[0])["began"]
    body.live(0.1)
    body.live(0.1, RULES)
    assert body.memory(RULES[0])["began"] > began


def test_inputs_come_along(tmp_path):
    phenotype = replace(find_phenotype("lean"), name="mine", known_fat_mass=17.0, known_beta_cells=(1.1, 0.9))
    body = plain(phenotype=phenotype, seed=9, without="dag->pkc", parameters={"digestion_share": 0.11})
    twin = Body.load(body.save(tmp_path / "b"))
    assert (twin.phenotype, twin.cells, twin.seed, twin.without) == (phenotype, 60, 9, ("dag->pkc",))
    assert twin.table.fingerprint() == body.table.fingerprint()
    assert twin.p.digestion_share == 0.11


def test_notes_come_along(tmp_path):
    path = checkpoint.save(plain(), tmp_path / "b", {"day": 3, "seen": [0.1, "x"]})
    assert checkpoint.read_notes(path) == {"day": 3, "seen": [0.1, "x"]}


# ---- files --------------------------------------------------------------------------------------------------------


def test_the_file_has_exactly_the_name_asked_for(saved):
    assert [path.name for path in saved.parent.iterdir()] == ["body.checkpoint"]


def test_a_checkpoint_that_cannot_be_written_keeps_the_older_one(saved, tmp_path, monkeypatch):
    path = tmp_path / "b"
    path.write_bytes(saved.read_bytes())

    def full(file, **_):
        file.write(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", full)
    with pytest.raises(ValueError, match=r"cannot write .*b: No space left on device"):
        plain().save(path)
    assert path.read_bytes() == saved.read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["b"]


@pytest.mark.parametrize("place", ["none/b", "."])
def test_a_place_where_no_file_can_be_is_refused(tmp_path, place):
    with pytest.raises(ValueError, match=r"cannot write .*(folder)"):
        plain().save(tmp_path / place)


def rewritten(saved, path, **changes):
    """Write a copy of a checkpoint with another header."""
    arrays = states.read(saved)
    header = json.loads(str(arrays["header"])) | changes
    states.write(path, arrays | {"header": np.array(json.dumps(header))})
    return path


def refusal(path):
    with pytest.raises(ValueError) as caught:
        Body.load(path)
    message = str(caught.value)
    assert "\n" not in message
    assert str(path) in message
    return message


def test_a_file_of_another_version_is_refused_with_both_versions(saved, tmp_path):
    ours = checkpoint.version("insulattice")
    message = refusal(rewritten(saved, tmp_path / "old", version="0.0.1", format=0))
    assert "insulattice 0.0.1 (format 0" in message
    assert f"this is insulattice {ours} (format {checkpoint.FORMAT}" in message


def test_a_file_of_other_code_is_refused(saved, tmp_path):
    assert "code 123abc" in refusal(rewritten(saved, tmp_path / "old", code="123abc"))
    assert settle.code_digest()[:12] in refusal(tmp_path / "old")


def test_a_file_of_other_parameter_tables_is_refused(saved, tmp_path):
    assert "parameter tables" in refusal(rewritten(saved, tmp_path / "old", parameters="0" * 16))


@pytest.mark.parametrize(
    "change",
    [
        {"cells": 120}, {"cells": "many"}, {"seed": -1}, {"phenotype": {}}, {"phenotype": None}, {"notes": 3},
        {"without": 5}, {"without": ["a->b"]}, {"parameters_changed": {"k_aktt": 1.0}}, {"kind": "other"},
    ],
    ids=str,
)  # fmt: skip
def test_a_header_that_makes_no_body_is_refused(saved, tmp_path, change):
    refusal(rewritten(saved, tmp_path / "odd", **change))


@pytest.mark.parametrize("text", [b"", b"hello", b"PK\x05\x06" + 18 * b"\0", b"\x93NUMPY\x01\x00"], ids=repr)
def test_a_foreign_file_is_refused(tmp_path, text):
    (tmp_path / "foreign").write_bytes(text)
    assert "no checkpoint" in refusal(tmp_path / "foreign")


def test_a_missing_file_is_named(tmp_path):
    assert "there is no checkpoint" in refusal(tmp_path / "none")
    assert "there is no checkpoint" in refusal(tmp_path)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_a_file_cut_short_is_refused(saved, tmp_path, share):
    whole = saved.read_bytes()
    (tmp_path / "cut").write_bytes(whole[: int(share * len(whole))])
    refusal(tmp_path / "cut")


def test_a_file_with_a_wrong_byte_is_refused_or_the_same(saved, tmp_path):
    whole = bytearray(saved.read_bytes())
    dice = random.Random(1)
    sound = states.pack(Body.load(saved))
    for _ in range(40):
        damaged = whole.copy()
        damaged[dice.randrange(len(whole))] ^= 1 << dice.randrange(8)
        (tmp_path / "damaged").write_bytes(damaged)
        try:
            body = Body.load(tmp_path / "damaged")
        except ValueError as error:
            assert "\n" not in str(error)
        else:  # a byte that says nothing, such as the date of a member
            assert all(np.array_equal(array, sound[name]) for name, array in states.pack(body).items())


def test_a_pickled_object_is_never_loaded(saved, tmp_path):
    trap = tmp_path / "sprung"

    class Trap:
        def __reduce__(self):
            return os.mkdir, (str(trap),)

    arrays = states.read(saved)
    with (tmp_path / "evil").open("wb") as file:
        np.savez(
            file, **arrays | {"shared": np.array([Trap()], dtype=object), "header": np.array(Trap(), object)}
        )
    refusal(tmp_path / "evil")
    assert not trap.exists()


def test_a_packed_archive_is_refused(saved, tmp_path):
    with zipfile.ZipFile(saved) as old, zipfile.ZipFile(tmp_path / "z", "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    refusal(tmp_path / "z")


@pytest.mark.parametrize("name", ["muscle.fields", "fat.macrophage.rows", "liver.hepatocyte.fluxes"])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_no_finite_number_is_refused(saved, tmp_path, name, value):
    arrays = states.read(saved)
    arrays[name] = arrays[name].copy()
    arrays[name].flat[0] = value
    states.write(tmp_path / "odd", arrays)
    assert f"{name} holds what is no finite number" in refusal(tmp_path / "odd")


def test_a_file_that_asks_for_more_memory_than_it_holds_is_refused(saved, tmp_path):
    arrays = states.read(saved)
    states.write(tmp_path / "odd", arrays | {"fat.macrophage.ids": np.zeros(50_000_000, np.int8)})
    assert "fat.macrophage.ids has 50000000 cells" in refusal(tmp_path / "odd")
    states.write(tmp_path / "odd", arrays | {"debris.sites": np.zeros(9, np.int8)})
    assert "debris.sites has shape" in refusal(tmp_path / "odd")
    assert "has room for" in refusal(rewritten(saved, tmp_path / "odd", cells=5_000_000))


def test_cells_outside_their_tissue_are_refused(saved, tmp_path):
    arrays = states.read(saved)
    arrays["muscle.myocyte.sites"] = arrays["muscle.myocyte.sites"] + 10_000
    states.write(tmp_path / "odd", arrays)
    assert "outside muscle" in refusal(tmp_path / "odd")


def test_an_unknown_drug_is_refused(saved, tmp_path):
    arrays = states.read(saved)
    numbers = json.loads(str(arrays["numbers"]))
    numbers["drugs"] = {"potion": {}}
    states.write(tmp_path / "odd", arrays | {"numbers": np.array(json.dumps(numbers))})
    assert "potion" in refusal(tmp_path / "odd")


def test_what_killed_processes_left_beside_a_checkpoint_is_cleared_and_nothing_else(tmp_path):
    path = tmp_path / "life.checkpoint"
    theirs = ["life.checkpoint", "life.parquet", "lives.tmp", "life_of_another.tmp"]
    for name in [*theirs, "life0ko5loxu.tmp", "lifeab_cd_12.tmp"]:
        (tmp_path / name).touch()
    checkpoint.clear_unfinished(path)
    assert sorted(file.name for file in tmp_path.iterdir()) == sorted(theirs)
