"""Errors of runs, whatever they are, in one line."""

from __future__ import annotations

import traceback
from types import TracebackType

LONGEST = 500
"""Letters of a message."""


class Caught:
    """Holds an error that a run raises, whatever it is, in words; to be used by ``with``.

    Attributes
    ----------
    words : str
        Empty as long as nothing was raised.
    """

    words = ""

    def __enter__(self) -> Caught:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if not isinstance(error, (Exception, SystemExit)):
            return False
        self.words = words_of(error)
        return True


def words_of(error: BaseException) -> str:
    """Return an error in one line, with the place it came from."""
    told = traceback.TracebackException.from_exception(error)  # also of an error that cannot say what it is
    text = " ".join(str(told).split())[:LONGEST].encode("utf-8", "replace").decode()
    # By name, because a function that was sent to another process has lost its file.
    where = f" (in {told.stack[-1].name}, line {told.stack[-1].lineno})" if told.stack else ""
    return f"{type(error).__name__}{f': {text}' if text else ''}{where}"
