"""Reconciling into Python classes, with the blocking run."""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
import time
import unittest
from typing import Any, Dict, Iterator, List, Optional

from binding_support import DictTarget, LibraryTest, config_map
import gitops
from gitops import OperationAction, Outcome

A, B = "shop/ConfigMap/a", "shop/ConfigMap/b"


class HalfTarget(gitops.Target):
    """What cannot be listed or asked cannot be reconciled."""

    def apply(self, request: gitops.Request) -> None:
        raise AssertionError("never called")


class ReconcilerTest(LibraryTest):
    """One unit "shop" from files in memory into a dict."""

    def setUp(self) -> None:
        super().setUp()
        self.source = gitops.Source.memory(self.context)
        self.target: Any = DictTarget()
        self.store = gitops.Store.memory(self.context)
        self.put("a", x="1")

    def put(self, name: str, **data: str) -> None:
        self.source.put(name + ".json", json.dumps(config_map(name, **data)))

    def reconciler(self, target: Optional[gitops.Target] = None, *, plan_only: bool = False,
                   on_event: Any = None, **policy: Any) -> gitops.Reconciler:
        reconciler = gitops.Reconciler(self.context, self.store, plan_only=plan_only,
                                       on_event=on_event)
        self.addCleanup(reconciler.close)
        reconciler.add(gitops.Unit(self.context, "shop", self.source, target or self.target,
                                   **policy))
        return reconciler

    def run_once(self, target: Optional[gitops.Target] = None, **options: Any) -> gitops.Run:
        with self.reconciler(target, **options) as reconciler:
            try:
                reconciler.run()
            except (gitops.PartialError, gitops.HeldError):
                pass
            run = reconciler.result("shop")
        assert run is not None
        return run


class Running(ReconcilerTest):
    def test_objects_are_created_updated_and_deleted(self) -> None:
        self.put("b", x="1")
        self.run_once()
        self.assertEqual(self.target.objects, {A: config_map("a", x="1"),
                                               B: config_map("b", x="1")})
        self.put("a", x="2")
        self.source.remove("b.json")
        self.run_once()
        self.assertEqual(self.target.objects, {A: config_map("a", x="2")})

    def test_order_follows_what_the_host_adds(self) -> None:
        self.put("b", x="1")
        plan = self.run_once(dependencies=[(A, B), (A, "shop/Nothing/n")],
                             kinds=["*", "Namespace"]).plan
        assert plan is not None
        self.assertEqual([(o.key, o.phase, o.wave) for o in plan],
                         [(B, "sync", 0), (A, "sync", 0)])

    def test_circle_is_an_order_error(self) -> None:
        self.put("b", x="1")
        with self.reconciler(dependencies=[(A, B), (B, A)]) as reconciler:
            with self.assertRaises(gitops.OrderError) as caught:
                reconciler.run()
        self.assertIn(f"{A} (a.json:1) -> {B} (b.json:1) -> {A}", str(caught.exception))
        self.assertEqual(self.target.objects, {})

    def test_second_run_has_nothing_to_do(self) -> None:
        self.run_once()
        self.target.calls.clear()
        run = self.run_once()
        self.assertEqual(self.target.calls, ["list"])
        assert run.plan is not None
        self.assertEqual(len(run.plan), 0)
        self.assertTrue(run.plan)
        self.assertEqual(run.plan.summary[OperationAction.NONE], 1)
        self.assertFalse(run.touched)

    def test_drift_is_healed_and_foreign_fields_stay(self) -> None:
        self.run_once()
        self.target.objects[A]["data"] = {"x": "drifted", "theirs": "stays"}
        run = self.run_once()
        self.assertEqual(self.target.objects[A]["data"], {"x": "1", "theirs": "stays"})
        [result] = run.results
        self.assertEqual(result.operation.action, OperationAction.UPDATE)
        self.assertEqual(result.outcome, Outcome.DONE)
        assert result.operation.changes is not None
        [change] = result.operation.changes
        self.assertEqual((change.path, change.live, change.merged, change.drift),
                         ("/data/x", "drifted", "1", True))

    def test_plan_says_where_and_why(self) -> None:
        run = self.run_once(plan_only=True)
        self.assertEqual(self.target.objects, {})
        assert run.plan is not None
        [operation] = run.plan
        self.assertEqual((operation.action, operation.key, operation.phase),
                         (OperationAction.CREATE, A, "sync"))
        self.assertEqual((operation.file, operation.line), ("a.json", 1))
        self.assertTrue(operation.reason and operation.reason_code)
        self.assertEqual(run.plan.unit, "shop")
        self.assertEqual(run.plan.revision, self.source.fetch().revision)
        self.assertRegex(run.plan.digest, "^[0-9a-f]{64}$")

    def test_reports_are_text_and_dicts(self) -> None:
        run = self.run_once()
        assert run.plan is not None
        self.assertIn(A, run.plan.to_text())
        plan = run.plan.to_dict()
        self.assertEqual((plan["unit"], plan["digest"]), ("shop", run.plan.digest))
        self.assertEqual(run.to_dict()["operations"][0]["outcome"], "done")
        self.assertIn("<title>Plan of ", run.plan.to_html(approve_command="gitops apply"))
        self.assertIn("<title>Run of ", run.to_html(full=True))
        self.assertIn(A, run.to_text())

    def test_inventory_and_history_are_kept(self) -> None:
        run = self.run_once()
        [item] = self.store.inventory("shop")
        self.assertEqual((item.key, item.open_intent), (A, False))
        self.assertEqual(item.sent, config_map("a", x="1"))
        [past] = self.store.history("shop")
        assert run.plan is not None
        self.assertEqual((past.result, past.digest), ("done", run.plan.digest))
        [operation] = past.operations
        self.assertEqual((operation.key, operation.action, operation.outcome, operation.error),
                         (A, "create", "done", None))
        self.assertEqual(self.store.inventory("other"), ())

    def test_state_file_lasts(self) -> None:
        path = self.folder / "state.db"
        with gitops.Store.open(self.context, path) as self.store:
            self.run_once()
        with gitops.Store.open(self.context, path, read_only=True) as store:
            self.assertEqual([item.key for item in store.inventory("shop")], [A])

    def test_state_file_has_one_writer(self) -> None:
        path = self.folder / "state.db"
        with gitops.Store.open(self.context, path) as self.store:
            with self.reconciler() as first:
                first.run()
                with gitops.Store.open(self.context, path) as self.store:
                    with self.reconciler() as second, self.assertRaises(gitops.LockedError):
                        second.run()

    def test_broken_manifest_stops_the_unit_with_all_problems(self) -> None:
        self.run_once()
        self.source.put("b.yaml", "a: [")
        self.source.put("c.yaml", "a: {")
        with self.reconciler() as reconciler:
            with self.assertRaises(gitops.ParseError):
                reconciler.run()
            run = reconciler.result("shop")
            assert run is not None and run.diagnostics is not None
            self.assertEqual(sorted({problem.file for problem in run.diagnostics}),
                             ["b.yaml", "c.yaml"])
            self.assertIsNone(run.plan)
            self.assertIsInstance(run.error, gitops.ParseError)
            with self.assertRaises(gitops.ParseError):
                run.raise_for_error()
        self.assertEqual(list(self.target.objects), [A])

    def test_plan_beyond_a_limit_is_held_until_approved(self) -> None:
        self.put("b", x="1")
        self.run_once()
        self.source.remove("b.json")
        with self.reconciler(max_deletes=gitops.NO_DELETES) as reconciler:
            with self.assertRaises(gitops.HeldError):
                reconciler.run()
            run = reconciler.result("shop")
            assert run is not None and run.plan is not None
            [held] = run.plan.held
            self.assertEqual((held.allowed, held.asked), (0, 1))
            self.assertIn(B, self.target.objects)
            reconciler.approve("shop", run.plan.digest, who="ann", reason="it moved")
            reconciler.run()
        self.assertEqual(list(self.target.objects), [A])
        self.assertEqual([(run.approved, run.approver, run.approval_reason)
                          for run in self.store.history("shop")],
                         [(True, "ann", "it moved"), (False, "", "")])

    def test_approval_in_the_store_is_for_the_next_process(self) -> None:
        self.put("b", x="1")
        self.run_once()
        self.source.remove("b.json")
        with self.reconciler(max_deletes=gitops.NO_DELETES) as reconciler:
            with self.assertRaises(gitops.HeldError):
                reconciler.run()
            run = reconciler.result("shop")
            assert run is not None and run.plan is not None
            self.store.approve("shop", run.plan.digest, who="ann", reason="it moved")
        with self.assertRaises(gitops.InvalidError):
            self.store.approve("shop", "abc")
        with self.reconciler(max_deletes=gitops.NO_DELETES) as reconciler:
            reconciler.run()
        self.assertEqual(list(self.target.objects), [A])
        self.assertEqual(self.store.history("shop")[0].approver, "ann")
        self.assertEqual(self.store.units(), ("shop",))

    def test_saved_plan_tells_what_moved(self) -> None:
        plan = self.run_once(plan_only=True).plan
        assert plan is not None
        unit = gitops.Unit(self.context, "shop", self.source, self.target)
        text = plan.save(unit)
        saved = gitops.SavedPlan.read(self.context, text, "the.plan")
        self.assertEqual((saved.unit, saved.revision, saved.digest),
                         (plan.unit, plan.revision, plan.digest))
        self.assertEqual(saved.operations, ((gitops.OperationAction.CREATE, A),))
        self.assertIsNone(saved.compare(plan, unit))
        self.put("b", x="1")
        now = self.run_once(plan_only=True).plan
        assert now is not None
        self.assertEqual(saved.compare(now, unit),
                         (gitops.Move(B, gitops.OperationAction.NONE,
                                      gitops.OperationAction.CREATE),))
        self.assertFalse(saved.limits_moved)
        with self.assertRaises(gitops.ParseError):
            gitops.SavedPlan.read(self.context, b"[]")

    def test_suspended_unit_is_told_of_until_it_is_resumed(self) -> None:
        self.run_once()
        self.store.suspend("shop", until_unix_ms=5000, who="ann", reason="a feast", unix_ms=1000)
        self.store.pin("shop", "0" * 40, who="bob", unix_ms=2000)
        standing = self.store.standing("shop", 3000)
        self.assertEqual(standing.suspended, gitops.Said("", "ann", "a feast", 1000))
        self.assertEqual(standing.suspended_until_unix_ms, 5000)
        self.assertEqual(standing.pinned, gitops.Said("0" * 40, "bob", "", 2000))
        self.assertEqual((standing.failed, standing.approved), ((), ()))
        self.assertIsNone(self.store.standing("shop", 5000).suspended)
        with self.assertRaises(gitops.InvalidError):
            self.store.pin("shop", "main")
        self.store.suspend("shop")
        with self.assertRaises(gitops.SuspendedError):
            self.run_once()
        self.store.resume("shop")
        self.run_once()

    def test_approval_of_another_plan_carries_nothing_out(self) -> None:
        with self.reconciler() as reconciler:
            reconciler.approve("shop", "0" * 64)
            with self.assertRaises(gitops.NotFoundError):
                reconciler.run()
        self.assertEqual(list(self.target.objects), [])

    def test_drift_that_is_reported_is_left_alone(self) -> None:
        self.run_once()
        self.target.objects[A] = config_map("a", x="9")
        plan = self.run_once(drift=gitops.Drift.REPORT).plan
        assert plan is not None
        self.assertEqual([(o.key, o.reason_code) for o in plan.drift], [(A, "drifted")])
        self.assertEqual((len(plan), plan.left_alone), (0, 1))
        self.put("a", x="2")
        with self.reconciler(conflict=gitops.Conflict.FAIL) as reconciler:
            with self.assertRaises(gitops.ConflictError):
                reconciler.run()
            run = reconciler.result("shop")
            assert run is not None and run.plan is not None
            [conflict] = run.plan.conflicts
        self.assertEqual(conflict.key, A)

    def test_only_a_whole_commit_can_be_allowed(self) -> None:
        with self.reconciler() as reconciler:
            reconciler.allow_rewind("shop", "a" * 40)
            with self.assertRaises(gitops.InvalidError):
                reconciler.allow_rewind("shop", "main")
            with self.assertRaises(gitops.NotFoundError):
                reconciler.allow_rewind("other", "a" * 40)

    def test_adopted_object_is_forgotten_when_it_leaves_git(self) -> None:
        self.put("b", x="1")
        self.target.objects[B] = config_map("b", x="1")
        self.run_once()
        self.assertEqual([(o.key, o.owned, o.adopted) for o in self.store.inventory("shop")],
                         [(A, True, False), (B, True, True)])
        self.source.remove("b.json")
        plan = self.run_once().plan
        assert plan is not None
        self.assertEqual([o.action for o in plan], [OperationAction.FORGET])
        self.assertIn(B, self.target.objects)

    def test_unit_name_is_taken_once(self) -> None:
        with self.reconciler() as reconciler:
            with self.assertRaises(gitops.DuplicateError):
                reconciler.add(gitops.Unit(self.context, "shop", self.source, DictTarget()))
            with self.assertRaises(gitops.NotFoundError):
                reconciler.approve("other", "0" * 64)
            self.assertIsNone(reconciler.result("shop"))

    def test_bad_unit_is_invalid(self) -> None:
        with self.assertRaises(gitops.InvalidError):
            gitops.Unit(self.context, "no such name", self.source, self.target)
        with self.assertRaises(gitops.InvalidError):
            gitops.Unit(self.context, "shop", self.source, HalfTarget())


class Targets(ReconcilerTest):
    def failure(self) -> str:
        [result] = self.run_once().results
        self.assertEqual(result.outcome, Outcome.FAILED)
        assert result.error is not None
        return result.error

    def test_exception_in_apply_fails_with_its_message(self) -> None:
        self.target.raises["apply " + A] = RuntimeError("no\nway\0")
        with self.assertLogs("gitops", "WARNING") as logs:
            self.assertIn("RuntimeError: no way", self.failure())
        self.assertIn("Traceback", logs.output[0])
        self.target.raises.clear()
        self.run_once()
        self.assertIn(A, self.target.objects)

    def test_run_with_a_failure_raises_partial_error(self) -> None:
        self.target.raises["apply " + A] = gitops.TargetFailed("disk full", 28)
        with self.reconciler() as reconciler:
            with self.assertRaises(gitops.PartialError):
                reconciler.run()

    def test_exception_in_list_stops_before_any_change(self) -> None:
        self.run_once()
        self.source.remove("a.json")
        self.target.raises["list"] = ConnectionError("gone")
        with self.reconciler() as reconciler:
            with self.assertRaises(gitops.TargetError) as caught:
                reconciler.run()
        self.assertIn("ConnectionError: gone", str(caught.exception))
        self.assertIn(A, self.target.objects)

    def test_listing_that_breaks_off_deletes_and_creates_nothing(self) -> None:
        self.put("b", x="1")
        self.run_once()
        self.source.remove("b.json")

        class Breaking(DictTarget):
            def list(self, page: Optional[str]) -> Iterator[gitops.Object]:
                yield gitops.Object(A, self.objects[A])
                raise OSError("connection lost")

        target = Breaking()
        target.objects = self.target.objects
        with self.reconciler(target) as reconciler:
            with self.assertRaises(gitops.TargetError):
                reconciler.run()
        self.assertEqual(sorted(target.objects), [A, B])
        self.assertEqual(target.calls, [])

    def test_unknown_apply_is_read_again(self) -> None:
        class Lossy(DictTarget):
            def apply(self, request: gitops.Request) -> None:
                super().apply(request)
                raise gitops.TargetUnknown("no answer in time")

        target = Lossy()
        [result] = self.run_once(target).results
        self.assertEqual(result.outcome, Outcome.UNKNOWN)
        assert result.error is not None
        self.assertIn("no answer in time", result.error)
        again = self.run_once(target)
        assert again.plan is not None
        self.assertEqual([operation.action for operation in again.plan
                          if operation.action != OperationAction.ADOPT], [])

    def test_what_apply_returns_is_what_the_target_holds(self) -> None:
        class Defaulting(DictTarget):
            def apply(self, request: gitops.Request) -> gitops.Object:
                held = dict(request.document, status="new")
                self.objects[request.key] = held
                return gitops.Object(request.key, held, version="1")

        target = Defaulting()
        self.run_once(target)
        run = self.run_once(target)
        assert run.plan is not None
        self.assertEqual(len(run.plan), 0)

    def test_apply_that_returns_no_document_is_unknown(self) -> None:
        class Wrong(DictTarget):
            def apply(self, request: gitops.Request) -> Any:
                super().apply(request)
                return {"not": object()}

        [result] = self.run_once(Wrong()).results
        self.assertEqual(result.outcome, Outcome.UNKNOWN)

    def test_listing_in_pages(self) -> None:
        for name in "bcd":
            self.put(name, x="1")

        class Paged(DictTarget):
            def list(self, page: Optional[str]) -> gitops.Page:
                self.calls.append(f"list {page}")
                keys = sorted(self.objects)
                start = int(page or 0)
                objects = [gitops.Object(key, json.dumps(self.objects[key]))
                           for key in keys[start:start + 2]]
                return gitops.Page(objects, str(start + 2) if start + 2 < len(keys) else None)

        target = Paged()
        self.run_once(target)
        self.assertEqual(len(target.objects), 4)
        target.calls.clear()
        run = self.run_once(target)
        self.assertEqual(target.calls, ["list None", "list 2"])
        assert run.plan is not None
        self.assertEqual(run.plan.summary[OperationAction.NONE], 4)

    def test_target_without_list_is_asked_for_each_object(self) -> None:
        class Single(gitops.Target):
            def __init__(self) -> None:
                self.objects: Dict[str, Any] = {}
                self.asked: List[str] = []

            def get(self, key: str) -> Any:
                self.asked.append(key)
                return self.objects.get(key)

            def apply(self, request: gitops.Request) -> None:
                self.objects[request.key] = request.document

            def delete(self, request: gitops.Request) -> None:
                del self.objects[request.key]

        target = Single()
        self.run_once(target)
        self.assertEqual(list(target.objects), [A])
        self.source.remove("a.json")
        self.put("b", x="1")
        self.put("c", x="1")
        self.run_once(target, max_delete_percent=100)
        self.assertIn(A, target.asked)
        self.assertNotIn(A, target.objects)

    def test_staged_changes_are_committed_or_dropped(self) -> None:
        class Staged(DictTarget):
            def __init__(self) -> None:
                super().__init__()
                self.staged: Dict[str, Any] = {}

            def apply(self, request: gitops.Request) -> None:
                self.staged[request.key] = request.document

            def commit(self) -> None:
                self._called("commit")
                self.objects.update(self.staged)

            def abort(self) -> None:
                self._called("abort")
                self.staged.clear()

        target = Staged()
        self.run_once(target)
        self.assertEqual(list(target.objects), [A])
        self.assertEqual(target.calls.count("commit"), 1)
        self.put("a", x="2")
        target.raises["commit"] = ValueError("refused")
        [result] = self.run_once(target).results
        self.assertEqual(result.outcome, Outcome.FAILED)
        self.assertEqual(target.objects[A], config_map("a", x="1"))

    def test_check_refuses_before_any_change(self) -> None:
        class Checked(DictTarget):
            def check(self, request: gitops.Request) -> None:
                self._called("check " + request.key)

        self.put("b", x="1")
        target = Checked()
        target.raises["check " + B] = gitops.TargetFailed("quota reached")
        with self.reconciler(target) as reconciler:
            with self.assertRaises(gitops.GitopsError) as caught:
                reconciler.run()
        self.assertIn("quota reached", str(caught.exception))
        self.assertEqual(target.objects, {})

    def test_state_is_bound_to_the_fingerprint(self) -> None:
        class Named(DictTarget):
            name = "first"

            def fingerprint(self) -> str:
                return self.name

        target = Named()
        self.run_once(target)
        target.name = "second"
        with self.reconciler(target) as reconciler:
            with self.assertRaises(gitops.ForeignError):
                reconciler.run()

    def test_workers_call_the_target_on_other_threads(self) -> None:
        for name in "bcdefgh":
            self.put(name, x="1")

        class Threaded(DictTarget):
            max_in_flight = 4
            meeting = threading.Barrier(2, timeout=20)
            threads = set()

            def apply(self, request: gitops.Request) -> None:
                self.threads.add(threading.get_ident())
                self.meeting.wait()
                super().apply(request)

        target = Threaded()
        with self.reconciler(target) as reconciler:
            reconciler.run(workers=4)
        self.assertEqual(len(target.objects), 8)
        self.assertNotIn(threading.get_ident(), target.threads)
        self.assertGreaterEqual(len(target.threads), 2)


class Confirming(LibraryTest):
    """A unit from a Git repository, whose past it can go back to."""

    def setUp(self) -> None:
        super().setUp()
        if shutil.which("git") is None:
            self.skipTest("there is no git")
        self.repository = self.folder / "repository"
        self.repository.mkdir()
        self.git("init", "-q", "-b", "main")
        self.target: Any = DictTarget()
        self.store = gitops.Store.memory(self.context)
        self.reconciler = gitops.Reconciler(self.context, self.store)
        self.addCleanup(self.reconciler.close)
        source = gitops.Source.git(self.context, self.repository)
        self.reconciler.add(gitops.Unit(self.context, "shop", source, self.target, confirm_ms=1))

    def git(self, *words: str) -> None:
        names = ["-c", "user.name=n", "-c", "user.email=e@x", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", "-C", str(self.repository), *names, *words], check=True,
                       stdout=subprocess.DEVNULL)

    def commit(self, x: str) -> None:
        (self.repository / "a.json").write_text(json.dumps(config_map("a", x=x)), encoding="utf-8")
        self.git("add", "-A")
        self.git("commit", "-q", "-m", x)

    def run_later(self) -> str:
        """Runs when the time to confirm is over; what the target has then."""
        time.sleep(0.005)
        self.reconciler.run()
        return str(self.target.objects[A]["data"]["x"])

    def test_what_nobody_confirms_is_taken_back_until_the_unit_is_resumed(self) -> None:
        self.commit("1")
        self.assertEqual(self.run_later(), "1")
        self.commit("2")
        self.assertEqual(self.run_later(), "2")
        self.assertEqual(self.run_later(), "1")
        self.assertEqual(self.run_later(), "1")
        self.reconciler.resume("shop")
        self.assertEqual(self.run_later(), "2")
        self.reconciler.confirm("shop")
        for _ in range(3):
            self.assertEqual(self.run_later(), "2")

    def test_what_fails_is_taken_back(self) -> None:
        self.commit("1")
        self.assertEqual(self.run_later(), "1")
        self.commit("2")
        self.target.raises["apply " + A] = gitops.TargetFailed("no")
        with self.assertRaises(gitops.PartialError):
            self.run_later()
        self.target.raises.clear()
        self.assertEqual(self.run_later(), "1")

    def test_a_pinned_unit_stays_where_it_is(self) -> None:
        self.commit("1")
        self.assertEqual(self.run_later(), "1")
        first = subprocess.run(["git", "-C", str(self.repository), "rev-parse", "HEAD"],
                               check=True, capture_output=True, text=True).stdout.strip()
        self.reconciler.pin("shop", first, "it is good")
        self.commit("2")
        self.assertEqual(self.run_later(), "1")
        with self.assertRaises(gitops.InvalidError):
            self.reconciler.pin("shop", "main")


if __name__ == "__main__":
    unittest.main()
