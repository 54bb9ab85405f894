"""Challenges of a lean body over hours: fatty acids held high, lipid by grade, TNF-alpha, IL-6 and endotoxin.

Roden 1996 (J Clin Invest 97:2859), Itani 2002 (Diabetes 51:2005), Belfort 2005 (Diabetes 54:1640), Plomgaard 2008
(J Clin Endocrinol Metab 93:543) and others, each in its row of the table of targets.
"""

SECTIONS = ("lipid infusion", "challenges", "challenges by dose")


def test_a_challenge_does_what_was_published(row, agrees):
    agrees(row)
