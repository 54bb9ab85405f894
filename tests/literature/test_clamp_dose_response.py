"""Insulin on the whole body: doses, clamps, and three steps in obesity.

Rizza, Mandarino & Gerich 1981 (Am J Physiol 240:E630), Nurjhan 1986 (Diabetes 35:1326), Conte 2012 (Diabetes Care
35:1316, PMC3357234), Kim 1999 (J Clin Invest 104:733), Lim 2011 (doi:10.1007/s00125-011-2204-7), Int J Obes 27:88
(2003) and others, each in its row of the table of targets.
"""

SECTIONS = ("dose-response", "clamp", "three steps in obesity")


def test_a_dose_response_or_clamp_is_as_published(row, agrees):
    agrees(row)


def test_resistance_has_the_published_order(predict):
    """Lean > obese > obese type 2 (Conte 2012, Kim 1999)."""
    m_value = {}
    for name in ("lean", "obese", "obese_t2d"):
        row = {"phenotype": name, "versus": "", "test": "clamp", "quantity": "m_value_mg_kg_min"}
        m_value[name] = predict(row | {"low": 0.0, "high": 99.0})["predicted"]
    assert m_value["lean"] > m_value["obese"] > m_value["obese_t2d"] > 0.0
