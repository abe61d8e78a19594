"""Drives a reconciler in asyncio: the machine on the loop's thread, actions in an executor."""

from __future__ import annotations

import asyncio
from concurrent.futures import Executor
from typing import Any, Dict, List, Optional

from .errors import CancelledError, GitopsError, HeldError, PartialError
from .reconcilers import Action, Reconciler

# While actions are out nothing is due that their answers do not allow: no need to spin.
_IN_FLIGHT_S = 0.005


async def run_async(reconciler: Reconciler, *, forever: bool = False,
                    executor: Optional[Executor] = None) -> None:
    """Reconciler.run for a coroutine: one pass of every unit, or until cancelled.

    Targets are called on the executor's threads (None: the loop's default ones). Cancelling the
    task cancels the reconciler: what is in flight is waited for and recorded first.
    """
    driver = _Driver(reconciler, executor)
    reconciler.add_waker(driver.wake)
    try:
        await driver.run(forever)
    finally:
        reconciler.discard_waker(driver.wake)
    if driver.raised:
        raise driver.raised[0]
    raise_worst(reconciler)


def raise_worst(reconciler: Reconciler) -> None:
    """Raises the gravest result of the units: an error, a failed operation, a held plan."""
    errors: List[GitopsError] = []
    for unit in reconciler.units:
        run = reconciler.result(unit.name)
        error = None if run is None else run.error
        if error is not None:
            errors.append(error)
    if errors:
        raise min(errors, key=_mildness)


def _mildness(error: GitopsError) -> int:
    return 2 if isinstance(error, HeldError) else 1 if isinstance(error, PartialError) else 0


class _Driver:
    def __init__(self, reconciler: Reconciler, executor: Optional[Executor]) -> None:
        self.reconciler = reconciler
        self.executor = executor
        self.loop = asyncio.get_running_loop()
        self.woken = asyncio.Event()
        self.out: Dict["asyncio.Future[None]", Action] = {}
        self.raised: List[BaseException] = []

    def wake(self) -> None:
        """Ends the waiting. Any thread."""
        self.loop.call_soon_threadsafe(self.woken.set)

    async def run(self, forever: bool) -> None:
        self.reconciler.trigger()
        while self.start() and (forever or self.out or not self.reconciler.idle):
            await self.wait()

    def start(self) -> bool:
        """Hands all actions of the moment to the executor. False: cancelled, and all is over."""
        while True:
            try:
                action = self.reconciler.next()
            except CancelledError as error:
                self.raised.append(error)
                return False
            except BaseException as error:  # of the event callback; the reconciler is cancelled
                self.raised.append(error)
                continue
            if action is None:
                return True
            self.out[self.loop.run_in_executor(self.executor, action.execute)] = action

    async def wait(self) -> None:
        """Waits for an answer, for the deadline or to be woken, and takes the answers in."""
        timeout = self.reconciler.timeout()
        if self.out and timeout is not None:
            timeout = max(timeout, _IN_FLIGHT_S)
        self.woken.clear()
        woken: "asyncio.Future[Any]" = asyncio.ensure_future(self.woken.wait())
        try:
            await asyncio.wait([woken, *self.out], timeout=timeout,
                               return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError as error:
            self.raised.append(error)
            self.reconciler.cancel()
        finally:
            woken.cancel()
        for future in [future for future in self.out if future.done()]:
            self.resolve(future)

    def resolve(self, future: "asyncio.Future[None]") -> None:
        action = self.out.pop(future)
        error = future.exception()
        if error is not None:
            self.raised.append(error)
        try:
            self.reconciler.resolve(action)
        except BaseException as problem:
            self.raised.append(problem)
