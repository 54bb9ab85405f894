"""The five bodies after a night: levels, production, and their cells.

Kruszynska (Metabolism), Gastaldelli 2007 (Gastroenterology) and 2017 (Diabetes 66:815), Int J Obes 27:88 (2003),
Kelley 2002 (Diabetes 51:2944), Cancello 2005 (Diabetes 54:2277), Bergman (Diabetologia), Adams 2004 (Diabetes 53:25)
and others, each in its row of the table of targets.
"""

SECTIONS = ("fasting", "cells")


def test_a_body_after_the_night_is_as_published(row, agrees):
    agrees(row)
