"""The machine by hand and in asyncio, its events, its threads, and who keeps whom alive."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import threading
import time
import unittest
import weakref
from typing import Any, List, Optional

from binding_support import DictTarget, config_map
from test_reconcilers import A, ReconcilerTest
import gitops
from gitops import ActionType, EventType, Outcome


class Stepping(ReconcilerTest):
    def drive(self, reconciler: gitops.Reconciler, mono_ms: int = 0) -> List[ActionType]:
        """Executes everything there is to do now; returns what it was."""
        done: List[ActionType] = []
        while True:
            action = reconciler.next(mono_ms, 1_700_000_000_000)
            if action is None:
                return done
            done.append(action.type)
            action.execute()
            reconciler.resolve(action, mono_ms)

    def test_steps_equal_the_blocking_run(self) -> None:
        with self.reconciler(interval_ms=60_000) as reconciler:
            self.assertFalse(reconciler.idle)
            done = self.drive(reconciler)
            self.assertTrue(reconciler.idle)
            self.assertEqual(done[:5], [ActionType.NOTES, ActionType.FETCH, ActionType.READ,
                                        ActionType.LEASE, ActionType.LOAD])
            self.assertIn(ActionType.APPLY, done)
            self.assertEqual(self.target.objects, {A: config_map("a", x="1")})
            self.assertEqual(reconciler.deadline, 60_000)
            self.assertEqual(reconciler.timeout(59_000), 1.0)
            self.assertEqual(reconciler.timeout(70_000), 0.0)
            self.assertEqual(self.drive(reconciler, 59_999), [])
            self.assertNotIn(ActionType.APPLY, self.drive(reconciler, 60_000))

    def test_trigger_makes_a_pass_due(self) -> None:
        with self.reconciler() as reconciler:
            self.drive(reconciler)
            self.assertEqual(self.drive(reconciler), [])
            reconciler.trigger("shop")
            self.assertIn(ActionType.FETCH, self.drive(reconciler))
            with self.assertRaises(gitops.NotFoundError):
                reconciler.trigger("other")

    def test_host_may_answer_by_hand(self) -> None:
        class Remote(gitops.Target):
            """Answered by the loop below, not by methods."""

        objects = {}
        with self.reconciler(Remote()) as reconciler:
            for _ in range(100):
                action = reconciler.next(0, 0)
                if action is None:
                    break
                request, answer = action.request, action.answer
                if request is not None and answer is not None:
                    if action.type == ActionType.OBSERVE:
                        self.assertEqual((request.key, request.page), ("", None))
                        answer.listed()
                    elif action.type == ActionType.APPLY:
                        self.assertEqual(request.action, "create")
                        self.assertNotEqual(request.id, 0)
                        objects[request.key] = request.document
                        answer.done(version="7")
                        with self.assertRaises(gitops.InvalidError):
                            answer.done()
                action.execute()
                reconciler.resolve(action, 0)
                if answer is not None:
                    with self.assertRaises(gitops.InvalidError):
                        answer.unknown()
            run = reconciler.result("shop")
        assert run is not None
        self.assertIsNone(run.error)
        self.assertEqual(objects, {A: config_map("a", x="1")})

    def test_rejected_action_is_an_error_with_its_reason(self) -> None:
        with self.reconciler() as reconciler:
            action = reconciler.next(0, 0)
            while action is not None and action.type != ActionType.OBSERVE:
                action.execute()
                reconciler.resolve(action, 0)
                action = reconciler.next(0, 0)
            assert action is not None
            reconciler.reject(action, OSError("no route"), 0)
            run = reconciler.result("shop")
            assert run is not None and run.error is not None
            self.assertIn("no route", run.error.message)
            self.assertEqual(run.error.origin, gitops.Origin.HOST)

    def test_action_is_given_back_once(self) -> None:
        with self.reconciler() as reconciler:
            action = reconciler.next(0, 0)
            assert action is not None
            action.execute()
            with self.assertRaises(gitops.StateError):
                action.execute()
            reconciler.resolve(action, 0)
            for again in (action.execute, lambda: reconciler.resolve(action, 0),
                          lambda: reconciler.reject(action, "", 0)):
                with self.assertRaises(gitops.StateError):
                    again()

    def test_action_under_way_cannot_be_given_back(self) -> None:
        reconciler = self.reconciler()
        inside, tried = threading.Event(), threading.Event()

        class Slow(DictTarget):
            def list(self, page: Optional[str]) -> gitops.targets.Listing:
                inside.set()
                tried.wait(20)
                return {}

        reconciler.add(gitops.Unit(self.context, "slow", gitops.Source.memory(self.context),
                                   Slow()))
        action = reconciler.next(0, 0)
        while action is not None:
            if action.unit == "slow" and action.type == ActionType.OBSERVE:
                break
            action.execute()
            reconciler.resolve(action, 0)
            action = reconciler.next(0, 0)
        assert action is not None
        thread = threading.Thread(target=action.execute)
        thread.start()
        self.assertTrue(inside.wait(20))
        with self.assertRaises(gitops.StateError):
            reconciler.resolve(action, 0)
        for call in (action.execute, reconciler.close):
            with self.assertRaises(gitops.StateError):
                call()
        tried.set()
        thread.join()
        reconciler.resolve(action, 0)
        reconciler.close()

    def test_cancel_after_close_does_nothing(self) -> None:
        reconciler = self.reconciler()
        reconciler.close()
        reconciler.cancel()
        reconciler.wakeup()

    def test_close_takes_actions_back(self) -> None:
        reconciler = self.reconciler()
        action = reconciler.next(0, 0)
        assert action is not None
        reconciler.close()
        reconciler.close()
        with self.assertRaises(gitops.StateError):
            action.execute()
        with self.assertRaises(gitops.StateError):
            reconciler.next(0, 0)


class Events(ReconcilerTest):
    def test_events_tell_a_run(self) -> None:
        seen: List[gitops.Event] = []
        lines = []

        def on_event(event: gitops.Event) -> None:
            seen.append(event)
            lines.append(event.to_dict())

        self.run_once(on_event=on_event)
        self.assertEqual([event.type for event in seen],
                         [EventType.PLANNED, EventType.STARTED, EventType.OUTCOME,
                          EventType.FINISHED])
        self.assertEqual({event.unit for event in seen}, {"shop"})
        planned, started, outcome, finished = seen
        assert planned.plan is not None and planned.plan[0].key == A
        assert started.operation is not None and started.operation.key == A
        self.assertEqual(outcome.outcome, Outcome.DONE)
        assert finished.run is not None
        self.assertTrue(finished.run.touched)
        self.assertEqual(len(lines), 4)
        with self.assertRaises(gitops.StateError):
            planned.to_dict()

    def test_plan_may_be_approved_from_an_event(self) -> None:
        self.run_once()
        self.put("b", x="1")
        self.source.remove("a.json")

        def approve(event: gitops.Event) -> None:
            if event.type == EventType.FINISHED and event.plan is not None and event.plan.held:
                reconciler.approve(event.unit, event.plan.digest)

        with self.reconciler(on_event=approve, max_deletes=gitops.NO_DELETES) as reconciler:
            with self.assertRaises(gitops.HeldError):
                reconciler.run()
            reconciler.run()
        self.assertEqual(list(self.target.objects), ["shop/ConfigMap/b"])

    def test_exception_in_an_event_stops_the_run_and_is_raised(self) -> None:
        def refuse(event: gitops.Event) -> None:
            raise LookupError("not today")

        with self.reconciler(on_event=refuse) as reconciler:
            with self.assertRaisesRegex(LookupError, "not today"):
                reconciler.run()
            with self.assertRaises(gitops.CancelledError):
                reconciler.run()
        self.assertEqual(self.target.objects, {})

    def test_reconciler_cannot_run_or_close_within_itself(self) -> None:
        refused: List[BaseException] = []

        def reenter(event: gitops.Event) -> None:
            for call in (reconciler.run, reconciler.next, reconciler.close):
                try:
                    call()
                except gitops.StateError as error:
                    refused.append(error)

        with self.reconciler(plan_only=True, on_event=reenter) as reconciler:
            reconciler.run()
        self.assertEqual(len(refused), 6)


class Threads(ReconcilerTest):
    def test_cancel_from_another_thread_ends_a_run(self) -> None:
        with self.reconciler() as reconciler:
            timer = threading.Timer(0.1, reconciler.cancel)
            timer.start()
            with self.assertRaises(gitops.CancelledError):
                reconciler.run(forever=True)
            timer.join()
        self.assertIn(A, self.target.objects)

    def test_second_thread_is_refused(self) -> None:
        inside, refused = threading.Event(), threading.Event()

        class Slow(DictTarget):
            def apply(self, request: gitops.Request) -> None:
                inside.set()
                if not refused.wait(20):
                    raise TimeoutError
                super().apply(request)

        target = Slow()
        with self.reconciler(target) as reconciler:
            thread = threading.Thread(target=reconciler.run)
            thread.start()
            self.assertTrue(inside.wait(20))
            for call in (reconciler.run, reconciler.close, reconciler.trigger):
                with self.assertRaises(gitops.StateError):
                    call()
            refused.set()
            thread.join()
        self.assertIn(A, target.objects)

    def interrupt_run(self, **options: Any) -> None:
        """Ctrl-C while a call to the target is under way."""
        class Interrupted(DictTarget):
            def apply(self, request: gitops.Request) -> None:
                os.kill(os.getpid(), signal.SIGINT)
                time.sleep(0.05)
                super().apply(request)

        self.put("b", x="1")
        target = Interrupted()
        with self.reconciler(target) as reconciler:
            with self.assertRaises(KeyboardInterrupt):
                reconciler.run(**options)
        self.assertEqual(list(target.objects), [A])
        self.assertEqual([item.key for item in self.store.inventory("shop")], [A])
        self.assertIs(signal.getsignal(signal.SIGINT), signal.default_int_handler)

    def test_interrupt_finishes_the_call_and_records_it(self) -> None:
        self.interrupt_run()

    def test_interrupt_with_workers(self) -> None:
        self.interrupt_run(workers=1)

    def test_interrupt_ends_the_waiting(self) -> None:
        def interrupt() -> None:
            os.kill(os.getpid(), signal.SIGINT)

        with self.reconciler() as reconciler:
            timer = threading.Timer(0.2, interrupt)
            timer.start()
            with self.assertRaises(KeyboardInterrupt):
                reconciler.run(forever=True)
            timer.join()

    def test_exit_in_a_callback_is_raised_by_run(self) -> None:
        self.target.raises["apply " + A] = SystemExit(3)
        for workers in (0, 2):
            with self.reconciler() as reconciler:
                with self.assertRaises(SystemExit):
                    reconciler.run(workers=workers)


class Asyncio(ReconcilerTest):
    def test_run_async_equals_run(self) -> None:
        with self.reconciler() as reconciler:
            asyncio.run(gitops.run_async(reconciler))
            self.assertEqual(self.target.objects, {A: config_map("a", x="1")})
            self.put("a", x="2")
            asyncio.run(gitops.run_async(reconciler))
        self.assertEqual(self.target.objects, {A: config_map("a", x="2")})

    def test_loop_goes_on_while_the_target_waits(self) -> None:
        released = threading.Event()

        class Slow(DictTarget):
            def apply(self, request: gitops.Request) -> None:
                if not released.wait(20):
                    raise TimeoutError
                super().apply(request)

        async def both(reconciler: gitops.Reconciler) -> None:
            async def release() -> None:
                await asyncio.sleep(0.05)
                released.set()

            await asyncio.gather(gitops.run_async(reconciler), release())

        target = Slow()
        with self.reconciler(target) as reconciler:
            asyncio.run(both(reconciler))
        self.assertIn(A, target.objects)

    def test_failure_is_a_partial_error(self) -> None:
        self.target.raises["apply " + A] = ValueError("no")
        with self.reconciler() as reconciler:
            with self.assertRaises(gitops.PartialError):
                asyncio.run(gitops.run_async(reconciler))

    def test_cancelled_task_finishes_what_is_in_flight(self) -> None:
        inside = threading.Event()

        class Slow(DictTarget):
            def apply(self, request: gitops.Request) -> None:
                inside.set()
                time.sleep(0.1)
                super().apply(request)

        async def cancel(reconciler: gitops.Reconciler) -> None:
            task = asyncio.ensure_future(gitops.run_async(reconciler, forever=True))
            while not inside.is_set():
                await asyncio.sleep(0.01)
            task.cancel()
            await task

        self.put("b", x="1")
        target = Slow()
        with self.reconciler(target) as reconciler:
            with self.assertRaises(asyncio.CancelledError):
                asyncio.run(cancel(reconciler))
        self.assertEqual(list(target.objects), [A])
        self.assertEqual([item.key for item in self.store.inventory("shop")], [A])

    def test_cancel_from_another_thread_wakes_the_loop(self) -> None:
        with self.reconciler() as reconciler:
            timer = threading.Timer(0.2, reconciler.cancel)
            timer.start()
            with self.assertRaises(gitops.CancelledError):
                asyncio.run(gitops.run_async(reconciler, forever=True))
            timer.join()


class Lifetimes(ReconcilerTest):
    def test_everything_may_be_closed_in_any_order(self) -> None:
        with self.reconciler() as reconciler:
            unit = reconciler.units[0]
            for item in (self.source, self.store, unit):
                item.close()
            self.context.close()
            reconciler.run()
            run = reconciler.result("shop")
        assert run is not None
        plan = run.plan
        run.close()
        assert plan is not None
        self.assertEqual(plan[0].key, A)
        self.assertIn(A, plan.to_text())
        self.assertIn(A, self.target.objects)

    def test_reconciler_keeps_the_target_alive(self) -> None:
        target: Optional[DictTarget] = DictTarget()
        objects = target.objects if target else {}
        reconciler = gitops.Reconciler(self.context, self.store)
        reconciler.add(gitops.Unit(self.context, "shop", self.source, target or self.target))
        gone = weakref.ref(target)
        del target
        gc.collect()
        reconciler.run()
        self.assertIn(A, objects)
        del reconciler
        gc.collect()
        self.assertIsNone(gone())

    def test_cycles_through_callbacks_are_collected(self) -> None:
        class Knowing(DictTarget):
            reconciler: Optional[gitops.Reconciler] = None

        target = Knowing()
        reconciler = gitops.Reconciler(self.context, self.store,
                                       on_event=lambda event: reconciler.wakeup())
        reconciler.add(gitops.Unit(self.context, "shop", self.source, target))
        target.reconciler = reconciler
        reconciler.run()
        gone: List[Any] = [weakref.ref(target), weakref.ref(reconciler)]
        del target, reconciler
        gc.collect()
        self.assertEqual([reference() for reference in gone], [None, None])

    def test_target_may_serve_several_units(self) -> None:
        with self.reconciler() as reconciler:
            other = gitops.Source.memory(self.context)
            reconciler.add(gitops.Unit(self.context, "other", other, self.target))
            reconciler.run()
            self.assertEqual([unit.name for unit in reconciler.units], ["shop", "other"])
            self.assertIsNotNone(reconciler.result("other"))


if __name__ == "__main__":
    unittest.main()
