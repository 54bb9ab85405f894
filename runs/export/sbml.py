"""One cell's network as SBML, Level 3 Version 2: states as species, signals as assignment rules, rates as rate rules.

The equations are the statements that :mod:`insulattice.agents.compose` reads from the source of the mechanisms. What
surrounds the cell stands still, but for a step of insulin if one is asked for: in the body cells change their
surroundings, and in the file they do not.
"""

from __future__ import annotations

import ast
from typing import Any, NamedTuple

import libsbml

from ...agents.arrows import read_arrows
from ...agents.compose import Statement
from ...agents.parameters import Parameter
from ...analysis.style import printed_name
from .annotate import annotate, describe, identifiers, papers_in, papers_of
from .mathml import law_id, law_to_math, to_math
from .one_cell import OneCell
from .surroundings import SURROUNDING_UNITS
from .units import BASES, PURE, Unit, read_unit, times, unit_name, unit_of

LEVEL, VERSION = 3, 2
CELL = "cell"
INSULIN = "local_insulin"
RATE = "d_"
PER_KG = read_unit("1/kg")
NOTE = (
    "Written by Insulattice from the source of its mechanisms. What surrounds the cell stands still: in the body, "
    "cells change their surroundings. Quantities are per kg of cells, shares and relative levels have no unit; time is "
    "in minutes."
)


class InsulinStep(NamedTuple):
    """Insulin around the cell: ``level`` [nM] from ``minute`` [min] on."""

    level: float
    minute: float = 0.0


def to_sbml(cell: OneCell, step: InsulinStep | None = None) -> str:
    """Return the network of a cell as the text of an SBML file.

    Parameters
    ----------
    cell : OneCell
        Where it starts and what surrounds it.
    step : InsulinStep, optional
        A step of insulin, as an event.

    Raises
    ------
    ValueError
        If something in a mechanism has no word in SBML, or what came out is not valid.
    """
    return _Network(cell, step).text()


class _Network:
    """A document on its way."""

    def __init__(self, cell: OneCell, step: InsulinStep | None) -> None:
        self.cell, self.composed = cell, cell.cell_type.composed
        self.document = libsbml.SBMLDocument(LEVEL, VERSION)
        self.model = self.document.createModel()
        self.units: dict[str, Unit | None] = {}
        self.written: set[Unit] = set()
        self.rows = {row.name: row for row in cell.table if row.cell_type in ("", cell.cell_type.name)}
        self.rows |= {row.name: row for row in cell.table if row.cell_type == cell.cell_type.name}
        self.starts = cell.table.starts(cell.cell_type.name)
        wanted = [f"{RATE}{state}" for state in self.composed.states]
        self.statements = self.composed.needed([*wanted, *self.composed.signal_names])
        self.ids = self._short_ids()
        self._head()
        self._laws()
        self._states()
        self._constants()
        self._surroundings()
        self._equations()
        if step is not None:
            self._step(step)

    def _short_ids(self) -> dict[str, str]:
        """Return the identifiers of laws and parameters: their names, where nothing else is called so."""
        laws = {law.__name__: law_id(law.__name__) for law in self.composed.laws}
        taken = {*self.composed.states, *self.composed.traits, *(s.target for s in self.statements), CELL}
        taken |= {*laws.values()}
        short = {f"p_{name}": f"p_{name}" if name in taken else name for name in self.composed.parameters}
        return laws | short

    def _head(self) -> None:
        model, name = self.model, self.cell.cell_type.name
        model.setId(f"insulattice_{name}")
        model.setName(f"Insulattice: {self.cell.about}")
        model.setTimeUnits(self._unit_id(read_unit("min")))
        model.setSubstanceUnits(self._unit_id(read_unit("mmol")))
        model.setExtentUnits(self._unit_id(read_unit("mmol")))
        describe(model, f"It starts as: {self.cell.about}.", NOTE)
        annotate(model, identifiers("cell type", name))
        annotate(model, papers_of(self.cell.cell_type), of_model=True)
        compartment = model.createCompartment()
        compartment.setId(CELL)
        compartment.setName(f"1 kg of {name}s")
        compartment.setSize(1.0)
        compartment.setUnits("kilogram")
        compartment.setConstant(True)

    def _laws(self) -> None:
        for law in self.composed.laws:
            function = self.model.createFunctionDefinition()
            function.setId(law_id(law.__name__))
            function.setMath(law_to_math(law))
            describe(
                function,
                (law.__doc__ or "")
                .replace("``", "")
                .replace("Return the", "The", 1)
                .replace("Return", "", 1),
            )

    def _states(self) -> None:
        for state in self.composed.states:
            row = self.starts[state]
            unit = self.units[state] = read_unit(row.unit)
            species = self.model.createSpecies()
            species.setId(state)
            species.setName(printed_name(state))
            species.setCompartment(CELL)
            species.setHasOnlySubstanceUnits(not unit)
            species.setSubstanceUnits(self._unit_id(times(unit, PER_KG, -1.0) if unit else PURE))
            species.setInitialAmount(self.cell.values[state])
            species.setBoundaryCondition(False)
            species.setConstant(False)
            describe(species, f"State of {self._owner(state)}, {row.low:g} to {row.high:g} {row.unit}.")
            annotate(species, identifiers("quantity", state))

    def _owner(self, name: str) -> str:
        """Return the mechanism that owns a state, a trait or a signal."""
        return next(
            f"mechanism {m.name}"
            for m in self.cell.cell_type.mechanisms
            if name in (*m.states, *m.traits, *m.signal_names)
        )

    def _constants(self) -> None:
        for trait in self.composed.traits:
            parameter = self._parameter(trait, trait, self.cell.values[trait], PURE)
            describe(parameter, f"Trait of the cell, read by {self._owner(trait)}; 1 in the mean over cells.")
        arrows = {arrow.parameter: arrow for arrow in read_arrows().values()}
        for name in self.composed.parameters:
            value, place = self.cell.parameters[name], self.ids[f"p_{name}"]
            if name in arrows:
                parameter = self._parameter(f"p_{name}", place, value, PURE, f"arrow {arrows[name].name}")
                describe(parameter, f"{arrows[name].effect}: 1, or 0 if cut.", arrows[name].source)
                annotate(parameter, papers_in(arrows[name].source))
            else:
                row = self.rows[name]
                parameter = self._parameter(f"p_{name}", place, value, read_unit(row.unit))
                describe(parameter, *_told(row))
                annotate(parameter, papers_in(row.source))

    def _surroundings(self) -> None:
        for name, unit in SURROUNDING_UNITS.items():
            if not any(f"local_{name}" in statement.uses for statement in self.statements):
                continue
            place = f"local_{name}"
            shown = f"{name.replace('_', ' ')} around the cell"
            parameter = self._parameter(place, place, self.cell.local[name], read_unit(unit), shown)
            parameter.setConstant(False)
            describe(parameter, "Surroundings: held where they were; change it, or let an event do so.")
            annotate(parameter, identifiers("surroundings", name))

    def _parameter(
        self, name: str, place: str, value: float | None, unit: Unit | None, shown: str = ""
    ) -> Any:
        """Add a parameter; ``name`` is what equations call it, ``place`` its identifier."""
        parameter = self.model.createParameter()
        parameter.setId(place)
        parameter.setName(shown or place.replace("_", " "))
        if value is not None:
            parameter.setValue(value)
        if unit is not None:
            parameter.setUnits(self._unit_id(unit))
        parameter.setConstant(value is not None)
        self.units[name] = unit
        return parameter

    def _equations(self) -> None:
        for statement in self.statements:
            if statement.target.startswith(RATE) and statement.target[2:] in self.composed.states:
                rule = self.model.createRateRule()
                rule.setVariable(statement.target.removeprefix(RATE))
            else:
                self._quantity(statement)
                rule = self.model.createAssignmentRule()
                rule.setVariable(statement.target)
            rule.setMath(to_math(statement.expression, self.ids))

    def _quantity(self, statement: Statement) -> None:
        """Add what a statement finds: a signal, or a step on the way to one or to a rate."""
        name = statement.target
        function, _, inner = name.partition("__")
        shown = (
            printed_name(name)
            if not inner
            else f"{inner.replace('_', ' ')} (in {function.replace('_', ' ')})"
        )
        parameter = self._parameter(name, name, None, unit_of(statement.expression, self.units), shown)
        if not inner:
            describe(parameter, f"Signal of {self._owner(name)}.")
            annotate(parameter, identifiers("quantity", name))

    def _step(self, step: InsulinStep) -> None:
        if INSULIN not in self.units:
            raise ValueError(f"a {self.cell.cell_type.name} does not sense insulin; leave the step out")
        unit = read_unit(SURROUNDING_UNITS["insulin"])
        level = self._parameter("step", "insulin_step", step.level, unit, "insulin after the step")
        describe(level, "Insulin around the cell, from the step on.")
        minute = self._parameter(
            "start", "insulin_step_time", step.minute, read_unit("min"), "time of the step"
        )
        describe(minute, "When insulin steps up.")
        event = self.model.createEvent()
        event.setId("step_of_insulin")
        event.setName("Step of insulin")
        event.setUseValuesFromTriggerTime(True)
        trigger = event.createTrigger()
        trigger.setInitialValue(False)
        trigger.setPersistent(True)
        reached = libsbml.ASTNode(libsbml.AST_RELATIONAL_GEQ)
        now = libsbml.ASTNode(libsbml.AST_NAME_TIME)
        now.setName("time")
        reached.addChild(now)
        reached.addChild(to_math(ast.Name("insulin_step_time"), {}))
        trigger.setMath(reached)
        change = event.createEventAssignment()
        change.setVariable(INSULIN)
        change.setMath(to_math(ast.Name("insulin_step"), {}))

    def _unit_id(self, unit: Unit) -> str:
        """Return the identifier of a unit, which is defined when it is first asked for."""
        if unit and unit not in self.written:
            self.written.add(unit)
            definition = self.model.createUnitDefinition()
            definition.setId(unit_name(unit))
            for symbol, power in unit:
                base, part = BASES[symbol], definition.createUnit()
                part.setKind(libsbml.UnitKind_forName(base.kind))
                part.setExponent(power)
                part.setScale(base.scale)
                part.setMultiplier(base.multiplier)
        return unit_name(unit)

    def text(self) -> str:
        """Return the file, checked."""
        check(self.document)
        return str(libsbml.writeSBMLToString(self.document))


def _told(row: Parameter) -> tuple[str, str]:
    """Return what the table says of a parameter."""
    source = "" if row.source == row.kind else f", {row.source}"
    return (
        f"{row.kind}{source}; range {row.low:g} to {row.high:g} {row.unit}; mechanism {row.where}.",
        row.note,
    )


def check(document: Any) -> None:
    """Raise a ValueError, which names the first, if a document has errors; warnings pass."""
    document.checkConsistency()
    problems = [document.getError(i) for i in range(document.getNumErrors())]
    errors = [problem for problem in problems if problem.getSeverity() >= libsbml.LIBSBML_SEV_ERROR]
    if errors:
        raise ValueError(
            f"what was written is not valid SBML, {len(errors)} errors; line {errors[0].getLine()}: "
            f"{errors[0].getMessage()}"
        )
