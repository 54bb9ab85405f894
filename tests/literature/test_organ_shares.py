"""Which organ takes the glucose.

Jackson 1984 (J Clin Invest): muscle 13.5 % of fasting disposal; DeFronzo & Tripathy 2009 (Diabetes Care 32:S157):
muscle 80-90 % of what is infused; Virtanen (Diabetes) for uptake per tissue, in the section of the clamp.
"""

import pytest

from insulattice.environment import Body
from insulattice.environment.observe import observe_blood

SECTIONS = ("organ shares",)


def test_an_organ_takes_its_published_share(row, agrees):
    agrees(row)


@pytest.mark.parametrize("phenotype", ["lean", "obese_t2d"])
def test_the_shares_of_all_organs_make_the_whole(phenotype):
    body = Body(phenotype, cells=60, settle=False)
    for _ in range(30):
        body.step()
    found = observe_blood(body)
    organs = {organ: value for (organ, quantity), value in found.items() if quantity == "glucose_uptake"}
    assert sum(organs.values()) == pytest.approx(found["body", "rd"], rel=1e-9)
    assert {"muscle", "fat", "liver", "brain"} < set(organs)
