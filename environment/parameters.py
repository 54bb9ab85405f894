"""The table of the environment's parameters, and what its functions see of it."""

from pathlib import Path
from typing import Protocol

from ..agents.parameters import ParameterTable

ENVIRONMENT_PARAMETERS = Path(__file__).with_name("parameters.csv")


class Numbers(Protocol):
    """A namespace of named numbers, such as ``ParameterTable.namespace()`` returns."""

    def __getattribute__(self, name: str, /) -> float: ...


def read_environment_parameters() -> ParameterTable:
    """Return the table of the environment's parameters."""
    return ParameterTable.read(ENVIRONMENT_PARAMETERS)
