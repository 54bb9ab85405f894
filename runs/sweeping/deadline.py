"""Deadlines: a run that takes too long ends its process, because nothing else stops it from inside.

The reason is put where the sweep finds it before; a process that cannot even do that ends a while later.
"""

from __future__ import annotations

import faulthandler
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

GRACE = 20.0
"""So long after its deadline a process ends in any case [s]."""


@contextmanager
def deadline(seconds: float, give_up: Callable[[], object]) -> Iterator[None]:
    """End this process if what follows takes too long.

    Parameters
    ----------
    seconds : float
    give_up : callable
        Called before the end, to put down the reason.
    """
    lock, over = threading.Lock(), threading.Event()

    def end() -> None:
        with lock:
            if not over.is_set():
                _leave(give_up)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    faulthandler.dump_traceback_later(seconds + GRACE, exit=True)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        faulthandler.cancel_dump_traceback_later()
        with lock:
            over.set()


def _leave(give_up: Callable[[], object]) -> None:
    try:
        give_up()
    finally:
        os._exit(1)
