"""Where a sweep runs: processes of this machine that start by themselves, or any Dask cluster.

Everything that listens does so at 127.0.0.1, unless the cluster is the caller's own.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from distributed import Client

LOOPBACK = "127.0.0.1"
CONNECT_S = 20.0
"""So long a scheduler is waited for [s]."""
TOLD_S = 1.0
"""So long it takes at most until a scheduler has heard something [s]."""
TIMED_OUT = "insulattice-timed-out"
"""Topic of events about runs that took too long."""

ENVIRONMENT = {
    # Dask's own setting gives memory back at once, which makes NumPy ask for it again all the time.
    "MALLOC_TRIM_THRESHOLD_": str(128 * 2**20),
    "MALLOC_MMAP_THRESHOLD_": str(32 * 2**20),
    **dict.fromkeys(
        (
            "INSULATTICE_THREADS",
            "NUMBA_NUM_THREADS",
            "OMP_NUM_THREADS",
            "MKL_NUM_THREADS",
            "OPENBLAS_NUM_THREADS",
        ),
        "1",
    ),
}
"""Of a local worker: one thread each."""


class NoCluster(ValueError):
    """There is no cluster to run on; the message says why."""


def check_dask() -> None:
    """Raise a NoCluster if Dask is not installed."""
    if find_spec("distributed") is None or find_spec("filelock") is None:
        raise NoCluster("distributed is not installed; install it with: pip install 'insulattice[sweep]'")


@contextmanager
def connected(scheduler: Any, workers: int) -> Iterator[Client]:
    """Give a client of a cluster.

    Parameters
    ----------
    scheduler : str, Client or None
        An address such as ``tcp://10.0.0.1:8786``, a client of Dask, or None for processes of this machine.
    workers : int
        Processes of this machine.

    Raises
    ------
    NoCluster
        If there is no scheduler at that address.
    """
    check_dask()
    from distributed import Client

    if isinstance(scheduler, Client):
        yield scheduler
    elif scheduler is None:
        with _local(workers) as client:
            yield client
    elif isinstance(scheduler, str):
        with _remote(scheduler) as client:
            yield client
    else:
        raise NoCluster(
            f"scheduler is {scheduler!r}, allowed: an address such as tcp://HOST:8786, or a client"
        )


@contextmanager
def _local(workers: int) -> Iterator[Client]:
    """Start processes on this machine, and end them."""
    import dask
    from distributed import Client, LocalCluster

    settings = {
        "distributed.nanny.pre-spawn-environ": ENVIRONMENT,
        # Else a worker that is killed is given up for good if it is not back within 15 s, or is killed again then.
        "distributed.deploy.lost-worker-timeout": "365 days",
        # A run that ends its process twice is tried again alone, so that more tries among others are no use.
        "distributed.scheduler.allowed-failures": 1,
        # Dask's own profiler looks at every worker a hundred times a second.
        "distributed.worker.profile.enabled": False,
        # What it looks at besides, many times a second, costs several percent of a core in each process.
        "distributed.admin.tick.interval": "1 s",
        "distributed.admin.system-monitor.interval": "5 s",
        "distributed.worker.memory.monitor-interval": "1 s",
        "distributed.scheduler.work-stealing-interval": "1 s",
        # A machine under load may take long to start a process; without any for long, the sweep stops and says so.
        "distributed.comm.timeouts.connect": "300 s",
        "distributed.scheduler.no-workers-timeout": "900 s",
    }
    with (
        dask.config.set(settings),
        LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            host=LOOPBACK,
            dashboard_address=f"{LOOPBACK}:0",
            silence_logs=logging.CRITICAL,
        ) as cluster,
        Client(cluster) as client,
    ):
        yield client


@contextmanager
def _remote(address: str) -> Iterator[Client]:
    from distributed import Client

    try:
        client = Client(address, timeout=CONNECT_S)
    except (OSError, ValueError, TypeError) as error:
        words = " ".join(str(error).split())
        raise NoCluster(f"there is no scheduler at {address!r}: {words or type(error).__name__}") from None
    with client:
        yield client


def address_of(client: Client) -> str:
    """Return the address of a client's scheduler."""
    return str(client.scheduler_info(n_workers=0)["address"])


def threads_of(client: Client) -> int:
    """Return how many runs a cluster does at once."""
    return sum(client.nthreads().values())


def check_nannies(client: Client) -> None:
    """Raise a NoCluster if a worker's process cannot be started again when it is ended."""
    workers = client.scheduler_info(n_workers=-1)["workers"]
    bare = [address for address, facts in workers.items() if not facts.get("nanny")]
    if bare:
        raise NoCluster(f"worker {bare[0]} has no nanny, so that no timeout can be held; start it with one")


def last_words(key: str) -> Callable[[], None]:
    """Return what tells the scheduler that a run took too long, from the process of a worker that is to end."""
    from distributed import get_worker

    worker = get_worker()

    def tell() -> None:
        worker.log_event(TIMED_OUT, key)
        time.sleep(TOLD_S)

    return tell


def timed_out_on(client: Client) -> set[str]:
    """Return the keys of runs of which a worker said that they took too long."""
    return {str(key) for _, key in client.get_events(TIMED_OUT)}
