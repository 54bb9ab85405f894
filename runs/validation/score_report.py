"""What the document of a validation, and the screen, say of studies: score card, failures, and every row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import isfinite
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from ...analysis import compare, score_card
from ...analysis.expectations import NO_EFFECT
from .score_groups import LEVELS, SETS, TISSUES

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TARGETS = {"calibration": 80.0, "validation": 65.0}
"""Share inside the observed interval that is asked of the model [%]."""
TISSUE_WORDS = {"blood": "blood, whole body"}
FIGURES = {
    "effects": "Observed and predicted effects of all studies in percent, with 95 % intervals",
    "groups": "Share of expectations inside the observed interval, by level and tissue",
    "calibration": "Every calibration expectation: distance from the observation",
    "validation": "Every validation expectation: distance from the observation",
}
GUIDE = """*Inside*: share of expectations whose prediction lies in the observed 95 % interval; behind it the 95 %
interval of that share, as if expectations were independent. *Right sign*: of effects that were not observed as exactly
none. *Median abs(z)*: distance in standard errors of both. *Rank correlation*: Spearman's, of observed and predicted
changes in percent (ratios as percent). *No effect*: the same for saying that nothing ever has an effect, which speaks
of effects only; beside it the model on the effects alone."""
NEGATIVE = """Effects whose observed interval holds none. Predicted as about nothing: no larger than half of the width
of that interval, and than 15 points of percent or 0.15 of a ratio."""

Line = Mapping[Any, Any]
"""One row, by column."""


class Data(NamedTuple):
    """What the number of fitted parameters stands beside: expectations, targets and points that they may be fitted to.

    ``cell_fitted`` of the parameters are fitted to the ``cell_points`` of the isolated adipocyte's curves.
    """

    fitted: int
    expectations: int
    studies: int
    targets: int
    cell_fitted: int
    cell_points: int


# ---- tables in words ------------------------------------------------------------------------------------------------


def score_table(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the score card, one line for each set and prediction."""
    lines = score_card.score_lines(rows)
    table = pd.DataFrame({"set": lines["set"], "prediction": lines["prediction"]} | _shown(lines))
    targets = [TARGETS.get(name) for name in lines["set"]]
    plain = lines["prediction"] == score_card.MODEL
    table["asked"] = [
        f"{target:g} %" if target is not None and first else ""
        for target, first in zip(targets, plain, strict=True)
    ]
    return table


def _shown(lines: pd.DataFrame) -> dict[str, list[str]]:
    """Return the figures of cards as columns of words."""
    return {
        "expectations": [str(int(value)) for value in lines["expectations"]],
        "inside": [_share(row) for row in lines.to_dict("records")],
        "right sign": [_percent(value) for value in lines["right_sign"]],
        "median abs(z)": [_number(value) for value in lines["median_z"]],
        "rank correlation": [_number(value, 2) for value in lines["rank_correlation"]],
    }


def _share(row: Line) -> str:
    if not isfinite(row["inside"]):
        return "–"
    return f"{row['inside']:.0f} % ({row['inside_low']:.0f} to {row['inside_high']:.0f})"


def _percent(value: float) -> str:
    return f"{value:.0f} %" if isfinite(value) else "–"


def _number(value: float, digits: int = 3) -> str:
    return f"{value:.{digits}g}" if isfinite(value) else "–"


def gap_words(rows: pd.DataFrame) -> str:
    """Return the gap between the sets in one sentence; nothing if only one was run."""
    gaps = score_card.gap(score_card.score_lines(rows), *SETS)
    if not gaps:
        return ""
    forms = {
        "inside": "inside {:+.0f} points", "right_sign": "right sign {:+.0f} points",
        "median_z": "median abs(z) {:+.2f}", "rank_correlation": "rank correlation {:+.2f}",
    }  # fmt: skip
    words = [form.format(gaps[name]) for name, form in forms.items() if isfinite(gaps[name])]
    return f"Gap, calibration less validation: {', '.join(words)}." if words else ""


def group_table(rows: pd.DataFrame, by: str) -> pd.DataFrame:
    """Return the score card by level or tissue."""
    lines = score_card.group_lines(rows, by, LEVELS if by == "level" else TISSUES)
    names = [TISSUE_WORDS.get(str(name), str(name)) for name in lines[by]]
    effects = [int(value) for value in lines["effects"]]
    none = [
        f"{share:.0f} % of {number}" if number else "–"
        for share, number in zip(lines["no_effect"], effects, strict=True)
    ]
    return pd.DataFrame({by: names, "set": lines["set"]} | _shown(lines) | {"inside by no effect": none})


def study_table(rows: pd.DataFrame) -> pd.DataFrame:
    """Return one line for each study."""
    lines = score_card.study_lines(rows)
    counts = zip(lines["agree"], lines["expectations"], strict=True)
    return pd.DataFrame({
        "set": lines["set"], "study": lines["study"], "agree": [f"{agree} of {number}" for agree, number in counts],
        "right sign": [_percent(value) for value in lines["right_sign"]],
        "median abs(z)": [_number(value) for value in lines["median_z"]],
    })  # fmt: skip


def row_table(rows: pd.DataFrame, study: bool = False) -> pd.DataFrame:
    """Return expectations in words, with both intervals; the study and its set in front if asked for."""
    records = rows.to_dict("records")
    table = pd.DataFrame({
        "": [_verdict(row) for row in records],
        "test": [", ".join(word for word in (row["test"], row["when"]) if word) for row in records],
        "arm": [" vs ".join(word for word in (row["arm"], row["versus"]) if word) for row in records],
        "quantity": [_quantity(row) for row in records],
        "observed": [_interval(row, "observed") for row in records],
        "predicted": [_interval(row, "predicted") for row in records],
        "z": [_number(row["z"]) for row in records],
    })  # fmt: skip
    if study:
        table.insert(0, "study", [f"{row['study']} ({row['set']})" for row in records])
    return table


def _verdict(row: Line) -> str:
    if pd.isna(row["predicted"]):
        return "failed"
    return "agrees" if row["agrees"] else "**miss**"


def _quantity(row: Line) -> str:
    kind = str(row["as"]).replace("_", " ")
    unit = {"percent change": "%", "ratio": ""}.get(kind, str(row["unit"]))
    unit = "" if unit == "1" else unit
    what = {"percent change": "change", "value": ""}.get(kind, kind)
    words = [str(row["quantity"]), *([f"({what})"] if what else []), *([f"[{unit}]"] if unit else [])]
    return " ".join(words)


def _interval(row: Line, name: str) -> str:
    value, low, high = (row[f"{name}{end}"] for end in ("", "_low", "_high"))
    if pd.isna(value):
        return "–"
    words = compare.short(value)
    return (
        words if pd.isna(low) or pd.isna(high) else f"{words} ({compare.short(low)} to {compare.short(high)})"
    )


# ---- the document ---------------------------------------------------------------------------------------------------


def data_words(data: Data) -> str:
    """Return the number of fitted parameters beside that of the data, in words."""
    number = data.expectations + data.targets
    return (
        f"Fitted parameters: {data.fitted}. Data of the calibration set: {number} ({data.expectations} expectations of "
        f"{data.studies} studies, and {data.targets} calibration rows of the measurements, some of the same papers). "
        f"{data.cell_fitted} of the parameters are fitted to the isolated adipocyte instead, to {data.cell_points} "
        f"points on curves, which are not independent; the other {data.fitted - data.cell_fitted} stand beside the "
        f"{number}."
    )


def document(rows: pd.DataFrame, data: Data, figures: Mapping[str, str]) -> str:
    """Return the part of the document that is about studies.

    Parameters
    ----------
    rows : DataFrame
        One for each expectation, as :func:`.study_scores.scored` gives them.
    data : Data
    figures : mapping
        Path of each figure of ``FIGURES`` that was drawn.
    """
    parts = [
        "## Score card of studies\n",
        GUIDE + "\n",
        compare.markdown(score_table(rows)) + "\n",
        gap_words(rows) + "\n",
    ]
    parts += [data_words(data) + "\n", *_figure("effects", figures)]
    for by in ("level", "tissue"):
        parts += [f"By {by}:\n", compare.markdown(group_table(rows, by)) + "\n"]
    parts += [*_figure("groups", figures), *_failures(rows), *_wrong_signs(rows), *_negative_trials(rows)]
    return "\n".join([*parts, *_studies(rows, figures)])


def _figure(name: str, figures: Mapping[str, str]) -> list[str]:
    return [f"![{FIGURES[name]}]({figures[name]})\n"] if name in figures else []


def _failures(rows: pd.DataFrame) -> Iterator[str]:
    failed = rows[rows["error"] != ""]
    if len(failed):
        yield "Expectations without a prediction:\n"
        for study, error in dict.fromkeys(zip(failed["study"], failed["error"], strict=True)):
            number = int(((failed["study"] == study) & (failed["error"] == error)).sum())
            yield f"* {study} ({number}): {error}"
        yield ""


def _wrong_signs(rows: pd.DataFrame) -> Iterator[str]:
    wrong, known = score_card.wrong_signs(rows), score_card.effects(rows)
    able = len(known) - int(score_card.spans_none(known).sum())
    yield f"### Effects with the wrong sign\n\n{len(wrong)} of {able} effects whose observed interval excludes none.\n"
    if len(wrong):
        yield compare.markdown(row_table(wrong, study=True)) + "\n"


def _negative_trials(rows: pd.DataFrame) -> Iterator[str]:
    found = score_card.negative_trials(rows)
    number = int(found["about_nothing"].sum())
    yield f"### Negative trials\n\n{NEGATIVE} This is so for {number} of {len(found)}.\n"
    if len(found):
        table = row_table(found, study=True)
        table.insert(1, "about nothing", found["about_nothing"].map({True: "yes", False: "**no**"}).tolist())
        yield compare.markdown(table) + "\n"


def _studies(rows: pd.DataFrame, figures: Mapping[str, str]) -> Iterator[str]:
    """Give one line for each study, then each with all its rows."""
    yield "## Studies, one by one\n"
    yield compare.markdown(study_table(rows)) + "\n"
    for name in SETS:
        yield from _figure(name, figures)
    for (group, study), own in rows.groupby(["set", "study"], sort=False):
        title = str(own["title"].iloc[0])
        yield f"### {study} ({group}){f': {title}' if title else ''}\n"
        yield compare.markdown(row_table(own)) + "\n"
        yield from _reasons(own)


def _reasons(rows: pd.DataFrame) -> Iterator[str]:
    missed = rows[rows["reason"] != ""]
    for reason, own in missed.groupby("reason", sort=False):
        yield f"* {'; '.join(dict.fromkeys(own['quantity']))}: {reason}."
    if len(missed):
        yield ""


# ---- figures and data -----------------------------------------------------------------------------------------------


def figures(rows: pd.DataFrame) -> dict[str, Figure]:
    """Return the figures of what was run."""
    from ...analysis.score_figures import distances, observed_against_predicted, shares_inside

    drawn: dict[str, Figure] = {}
    ran = rows[rows["predicted"].notna()]
    if len(ran[ran["as"].isin(list(score_card.PERCENT_OF))]):
        drawn["effects"] = observed_against_predicted(ran)
    if len(rows):
        panels = {
            by: score_card.group_lines(rows, by, order).replace({by: TISSUE_WORDS})
            for by, order in (("level", LEVELS), ("tissue", TISSUES))
        }
        drawn["groups"] = shares_inside(panels, TARGETS)
    for name in SETS:
        own = ran[ran["set"] == name]
        if len(own):
            drawn[name] = distances(own.assign(label=_labels(own)))
    return drawn


def _labels(rows: pd.DataFrame) -> list[str]:
    """Return what a figure calls each expectation."""
    names = []
    for row in rows.to_dict("records"):
        kind = {"percent_change": " [%]", "difference": " (diff.)", "ratio": " (ratio)"}.get(row["as"], "")
        what, _, name = row["versus"].partition(":")
        whom = f"vs {name}" if what == "phenotype" else row["arm"]
        words = [row["quantity"], whom if row["as"] in NO_EFFECT else "", row["when"]]
        names.append(", ".join(word for word in words if word) + kind)
    return names


def screen_tables(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return what the screen shows, by title."""
    wrong, negative = score_card.wrong_signs(rows), score_card.negative_trials(rows)
    tables = {"studies": study_table(rows)}
    tables |= {f"score card by {by}": group_table(rows, by) for by in ("level", "tissue")}
    if len(wrong):
        tables["effects with the wrong sign"] = row_table(wrong, study=True)
    about = negative.groupby("set", sort=False)["about_nothing"].agg(["size", "sum"]).reset_index()
    counts = about.astype(str).set_axis(["set", "negative trials", "predicted as about nothing"], axis=1)
    if len(counts):
        tables["negative trials"] = counts
    return tables | {"score card": score_table(rows)}


def as_data(rows: pd.DataFrame) -> dict[str, object]:
    """Return the score card as plain data."""
    lines = score_card.score_lines(rows)
    groups = {
        by: score_card.group_lines(rows, by, order) for by, order in (("level", LEVELS), ("tissue", TISSUES))
    }
    negative = score_card.negative_trials(rows)
    return {
        "sets": lines.to_dict("records"),
        "gap": score_card.gap(lines, *SETS),
        "by": {by: table.to_dict("records") for by, table in groups.items()},
        "wrong_signs": len(score_card.wrong_signs(rows)),
        "negative_trials": len(negative),
        "predicted_as_about_nothing": int(negative["about_nothing"].sum()),
    }
