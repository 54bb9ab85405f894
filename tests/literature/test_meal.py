"""A mixed meal and a drink of glucose.

Dalla Man, Rizza & Cobelli 2007 (doi:10.1109/TBME.2007.893506): 204 normal subjects, triple tracer. Glucose, insulin,
production, appearance and utilisation within one standard deviation at 80 % of the points. The drink: definitions of
glucose tolerance, and insulin in microdialysis (see the table of targets).
"""

SECTIONS = ("meal", "glucose drink")


def test_a_meal_or_a_drink_is_as_published(row, agrees):
    agrees(row)
