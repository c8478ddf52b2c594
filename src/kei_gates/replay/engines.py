"""Where batches of calls are judged: here, in processes of this machine, or on a Dask cluster.

Each engine gives the same: pairs in the order of the calls. So many batches as `_AHEAD` for each
worker are read ahead, no more: an archive of any size takes the same memory.
"""

from __future__ import annotations

import os
import signal
from collections import deque
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import chain, islice
from multiprocessing import parent_process
from threading import Thread
from typing import TYPE_CHECKING

from kei_gates.model import Fault
from kei_gates.replay.judging import judge_batch
from kei_gates.replay.plan import OtherVersionError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import Any

    from kei_gates.replay.judging import Pair
    from kei_gates.replay.plan import Plan
    from kei_gates.replay.reading import Recorded

    Batch = Sequence[Recorded]
    Answered = Iterator[tuple[Batch, list[Pair]]]

BATCH = 200
"""Calls that are handed over at once."""

_LARGEST = 1 << 20
"""Characters of text that a batch holds, roughly, before it is handed over."""
_AHEAD = 4


def batches(calls: Iterable[Recorded]) -> Iterator[Batch]:
    """Cut calls into batches, by their number and by the text in them."""
    batch: list[Recorded] = []
    size = 0
    for call in calls:
        batch.append(call)
        size += sum(len(one) for one in call.given.values() if isinstance(one, str))
        if len(batch) >= BATCH or size >= _LARGEST:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def here(plan: Plan, given: Iterable[Batch]) -> Answered:
    """Judge in this process."""
    for batch in given:
        yield batch, judge_batch(plan, batch)


def local(plan: Plan, given: Iterable[Batch], workers: int) -> Answered:
    """Judge in processes of this machine; what fits into one batch, or one worker, here.

    Raises `Fault` where one of them ends too early.
    """
    given = iter(given)
    first = list(islice(given, 2))
    if len(first) < 2 or workers < 2:  # noqa: PLR2004 -- two batches for two workers
        yield from here(plan, chain(first, given))
        return
    pool = ProcessPoolExecutor(workers, initializer=_begin, initargs=(plan,))
    try:
        yield from _ordered(
            lambda batch: pool.submit(_judge, batch), chain(first, given), _AHEAD * workers
        )
    except BrokenProcessPool:
        raise Fault(
            "a process that judges calls has ended too early",
            "see whether memory ran out, or try `--workers 1`",
        ) from None
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def dask(plan: Plan, given: Iterable[Batch], scheduler: str) -> Answered:
    """Judge on the Dask cluster at an address. Raises `Fault`.

    Its workers need the same kei-gates and Python, and the same files, `HOME` and `PATH`.
    """
    try:
        from distributed import Client  # noqa: PLC0415 -- an extra

        connect: Any = Client  # without types of its own
    except ImportError:
        raise Fault(
            "Dask is not installed", "install the extra: `pip install 'kei-gates[dask]'`"
        ) from None
    try:
        client = connect(scheduler, timeout=_PATIENCE)
    except (OSError, ValueError) as error:
        raise Fault(f"there is no scheduler at `{scheduler}`: {error}", "start it first") from None
    with client:
        at_once = sum(client.nthreads().values())
        if not at_once:
            raise Fault(f"the scheduler at `{scheduler}` has no workers", "start some first")
        shared = client.scatter(plan, broadcast=True)
        yield from _ordered(
            lambda batch: client.submit(judge_batch, shared, batch, pure=False),
            given,
            _AHEAD * at_once,
            _from_cluster,
        )


def _from_cluster(future: Any) -> list[Pair]:
    """Give what a cluster has answered. Raises `Fault`."""
    try:
        answered: list[Pair] = future.result()
    except OtherVersionError:
        raise Fault(
            "a worker has another version of kei-gates or of Python than this", _SAME
        ) from None
    except Exception as error:  # noqa: BLE001 -- judging raises nothing: it is the cluster's
        raise Fault(f"the Dask cluster failed: {type(error).__name__}: {error}", _SAME) from None
    return answered


_SAME = "see that each of its workers runs, with the same kei-gates and Python as here"


_PATIENCE = 10
"""Seconds that a scheduler has to answer."""


def _ordered(
    submit: Callable[[Batch], Any],
    given: Iterable[Batch],
    ahead: int,
    result: Callable[[Any], list[Pair]] = lambda future: future.result(),
) -> Answered:
    """Hand batches over, and give their answers in order, with at most so many under way."""
    under_way: deque[tuple[Batch, Any]] = deque()
    for batch in given:
        under_way.append((batch, submit(batch)))
        if len(under_way) >= ahead:
            first, future = under_way.popleft()
            yield first, result(future)
    for first, future in under_way:
        yield first, result(future)


# --- in a worker of this machine ----------------------------------------------------------------

_plan: Plan


def _begin(plan: Plan) -> None:
    """Keep the plan of this process, leave an interruption to who started it, and end with that."""
    global _plan  # noqa: PLW0603 -- what a process pool has for what all tasks share
    _plan = plan
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """Wait until the process that started this one is gone: its pool would wait for ever."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _judge(batch: Batch) -> list[Pair]:
    return judge_batch(_plan, batch)
