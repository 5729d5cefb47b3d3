"""Runs the pieces of a stress campaign in processes, so that Ctrl-C ends it with what is done."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing.synchronize import Event

from sortyard.sim.stress import Outcome, Piece, run_piece

_stop: Event | None = None


def run_campaign(
    pieces: Sequence[Piece], jobs: int | None, on_progress: Callable[[int], None]
) -> tuple[list[Outcome], bool]:
    """The outcomes in the order of the pieces, and whether Ctrl-C ended the campaign before its end."""
    context = multiprocessing.get_context("spawn")
    stop = context.Event()
    workers = min(jobs or os.cpu_count() or 1, len(pieces))
    done: dict[int, Outcome] = {}
    is_partial = False
    with ProcessPoolExecutor(workers, context, _begin, (stop,)) as pool:
        places = {pool.submit(_run, piece): place for place, piece in enumerate(pieces)}
        try:
            for future in as_completed(places):
                done[places[future]] = future.result()
                on_progress(sum(outcome.parcels for outcome in done.values()))
        except KeyboardInterrupt:
            is_partial = True
            stop.set()
            pool.shutdown(wait=True, cancel_futures=True)
            done |= {
                place: future.result()
                for future, place in places.items()
                if future.done() and not future.cancelled()
            }
    return [done[place] for place in sorted(done)], is_partial


def _begin(stop: Event) -> None:
    """In a new process: Ctrl-C is the parent's, which sets `stop`."""
    global _stop
    _stop = stop
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_with_parent()


def end_with_parent() -> None:
    """In a process of a pool: end it with the parent, which says nothing when it is killed."""
    parent = multiprocessing.parent_process()
    assert parent is not None

    def wait() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def _run(piece: Piece) -> Outcome:
    return run_piece(piece, _stop_if_asked)


def _stop_if_asked(_parcels: int) -> None:
    if _stop is not None and _stop.is_set():
        raise KeyboardInterrupt
