"""Jobs: in order of rank, each once, and a failure leaves the others alone."""

import threading

import pytest

from insulattice.runs.scheduler import Job, Scheduler


def double(number):
    """Twice a number; 3 fails."""
    if number == 3:
        raise ValueError("3 cannot be doubled")
    return 2 * number


def done(numbers, jobs=1):
    """What became of some jobs, in the order in which they were done."""
    found = []
    scheduler = Scheduler(jobs)
    for number in numbers:
        scheduler.add(number, Job(number, double, (number,)), lambda future: found.append(result(future)))
    scheduler.run()
    return found


def result(future):
    """A result, or the words of an error."""
    return str(future.exception() or future.result())


def test_the_lowest_rank_comes_first():
    assert done([5, 1, 4]) == ["2", "8", "10"]


def test_a_failure_leaves_the_others_alone():
    assert done([2, 3, 4]) == ["4", "3 cannot be doubled", "8"]


def test_equal_keys_are_done_once():
    calls, found = [], []
    scheduler = Scheduler(1)
    job = Job("same", lambda: calls.append(1) or len(calls), ())

    def again(future):
        found.append(future.result())
        scheduler.add(0, job, lambda late: found.append(late.result()))

    scheduler.add(0, job, again)
    scheduler.add(0, job, lambda future: found.append(future.result()))
    scheduler.run()
    assert (found, calls) == ([1, 1, 1], [1])


def test_progress_knows_what_is_to_come():
    seen = []
    scheduler = Scheduler(1, lambda done, whole: seen.append((done, whole)))
    scheduler.expect(2)
    for number in (1, 2):
        scheduler.add(0, Job(number, double, (number,)), lambda future: None)
    scheduler.run()
    assert seen == [(1, 2), (2, 2)]


def test_one_job_works_in_this_process():
    places = []
    scheduler = Scheduler(1)
    scheduler.add(0, Job(1, threading.get_native_id, ()), lambda future: places.append(future.result()))
    scheduler.run()
    assert len(places) == 1


@pytest.mark.slow
def test_several_processes_give_the_same():
    assert sorted(done([1, 2, 3, 4], jobs=2)) == sorted(done([1, 2, 3, 4]))


@pytest.mark.slow
def test_a_process_that_dies_is_a_failure_of_its_jobs():
    import os

    found = []
    scheduler = Scheduler(2)
    scheduler.add(0, Job("dies", os._exit, (1,)), lambda future: found.append(result(future)))
    scheduler.add(1, Job("late", double, (2,)), lambda future: found.append(result(future)))
    scheduler.run()
    assert len(found) == 2
    assert any("terminated abruptly" in text or "not usable" in text for text in found)


def dies_once(marker):
    """End this process at the first call."""
    import os

    if not marker.exists():
        marker.touch()
        os._exit(1)
    return "alive"


@pytest.mark.slow
def test_a_process_that_is_killed_is_replaced_and_its_job_done_again(tmp_path):
    found = []
    scheduler = Scheduler(2)
    job = Job("once", dies_once, (tmp_path / "marker",))
    scheduler.add(0, job, lambda future: found.append(result(future)))
    for number in (1, 2, 4):
        scheduler.add(number, Job(number, double, (number,)), lambda future: found.append(result(future)))
    scheduler.run()
    assert sorted(found) == ["2", "4", "8", "alive"]
