#!/usr/bin/env python3
"""Health as Argo CD's tests expect it, of kinds with a built-in rule and of hundreds without.

Every verdict of ours that is another one is explained by a rule below, and the number of cases that
each of them explains is known: a new difference fails, and so does one that is gone.

GITOPS_LIBRARY names the library, GITOPS_CORPORA the folder of corpora.
"""
import collections
import os
import pathlib
import sys
import unittest

import gitops
from gitops import Health, HealthBasis

ROOT = pathlib.Path(__file__).resolve().parents[2]
CORPORA = pathlib.Path(os.environ.get("GITOPS_CORPORA", ROOT / "../shared/corpora"))
ARGO = CORPORA / "real/argoproj+argo-cd"
ENGINE = ARGO / "gitops-engine/pkg/health/testdata"
CUSTOM = ARGO / "resource_customizations"

# What the tests of gitops-engine expect of their files. The Pod of a hook is judged as one.
ENGINE_EXPECTS = {
    "apiservice-v1-false": "progressing", "apiservice-v1-true": "healthy",
    "apiservice-v1beta1-false": "progressing", "apiservice-v1beta1-true": "healthy",
    "daemonset-ondelete": "healthy", "deployment-degraded": "degraded",
    "deployment-progressing": "progressing", "deployment-suspended": "suspended",
    "hpa-v1-degraded": "degraded", "hpa-v1-degraded-failedgetobjectmetric": "degraded",
    "hpa-v1-healthy": "healthy", "hpa-v1-healthy-toofew": "healthy",
    "hpa-v1-progressing": "progressing", "hpa-v1-progressing-with-no-annotations": "progressing",
    "hpa-v2-degraded": "degraded", "hpa-v2-healthy": "healthy", "hpa-v2-progressing": "progressing",
    "ingress": "healthy", "ingress-nonemptylist": "healthy", "ingress-unassigned": "progressing",
    "job-failed": "degraded", "job-running": "progressing", "job-succeeded": "healthy",
    "job-suspended": "suspended", "pod-crashloop": "degraded", "pod-deletion": "progressing",
    "pod-error": "degraded", "pod-failed": "degraded", "pod-imagepullbackoff": "degraded",
    "pod-pending": "progressing", "pod-running-not-ready": "progressing",
    "pod-running-restart-always": "healthy", "pod-running-restart-never": "progressing",
    "pod-running-restart-never-with-ignore-annotation": "healthy",
    "pod-running-restart-never-with-ignore-annotation-backoff": "degraded",
    "pod-running-restart-never-hook-with-ignore-annotation": "progressing",
    "pod-running-restart-onfailure": "progressing", "pod-succeeded": "healthy",
    "pvc-bound": "healthy", "pvc-pending": "progressing", "statefulset": "healthy",
    "statefulset-ondelete": "healthy", "svc-clusterip": "healthy", "svc-loadbalancer": "healthy",
    "svc-loadbalancer-nonemptylist": "healthy", "svc-loadbalancer-unassigned": "progressing",
}
# Kinds that gitops-engine has no rule for: it ignores them, here they are healthy by nothing.
ENGINE_IGNORES = {"application-degraded", "application-healthy", "knative-service"}

# Cases of kinds with a rule of ours where we mean it otherwise.
MEANT = {
    "batch/CronJob/testdata/degraded.yaml": "a Job that failed has a health of its own",
    "policy/PodDisruptionBudget/testdata/degraded.yaml":
        "two conditions of one type, which a server refuses: the first counts",
}

# How many cases each rule explains.
EXPLAINED = {
    # The library does not know the kind, and the object has no condition Ready: a host's table says
    # what such a kind means (docs/health.md).
    "unknown kind": 574,
    # Ready is false or unknown, and theirs says degraded or suspended: ours is progressing, because
    # that is how everything starts. A table says which reasons are failures.
    "not ready is no failure": 89,
    # Ready is true, and theirs reads other fields as well. The same.
    "ready is believed": 34,
    # Theirs judges objects that are being deleted by their conditions.
    "being deleted": 8,
    # Theirs believes a status of an older generation.
    "older generation": 2,
    "meant otherwise": len(MEANT),
    # A file with a duplicate key is an error here.
    "unreadable": 1,
}


def explain(name, document, theirs, ours):
    if name in MEANT:
        return "meant otherwise"
    if ours.basis == HealthBasis.NOTHING:
        return "unknown kind"
    if ours.basis == HealthBasis.OBJECT and ours.health == Health.PROGRESSING:
        deleted = document["metadata"].get("deletionTimestamp")
        return "being deleted" if deleted else "older generation"
    if ours.basis == HealthBasis.CONDITION and ours.health == Health.PROGRESSING:
        return "not ready is no failure" if theirs in ("degraded", "suspended") else None
    if ours.basis == HealthBasis.CONDITION and ours.health == Health.HEALTHY:
        return "ready is believed"
    return None


@unittest.skipUnless(ARGO.is_dir(), "no corpora")
class Cases(unittest.TestCase):
    def setUp(self):
        self.context = gitops.Context()
        self.addCleanup(self.context.close)

    def read(self, path):
        return gitops.Document.parse(self.context, path.read_bytes(), path.name)

    def test_gitops_engine_every_file(self):
        unread = []
        for path in sorted(ENGINE.glob("*.yaml")):
            name = path.stem
            try:
                document = self.read(path)
            except gitops.DuplicateError:
                unread.append(name)
                continue
            with self.subTest(name):
                verdict = gitops.assess(self.context, document, hook="-hook-" in name)
                if name in ENGINE_IGNORES:
                    self.assertEqual(verdict.basis, HealthBasis.NOTHING)
                else:
                    self.assertEqual(verdict.health.name.lower(), ENGINE_EXPECTS[name])
        self.assertEqual(unread, ["statefulset-ondelete"])

    def cases(self):
        for tests in sorted(CUSTOM.rglob("health_test.yaml")):
            for case in self.read(tests).to_python().get("tests") or []:
                path = tests.parent / (case.get("inputPath") or case["inputpath"])
                yield path, case["healthStatus"].get("status", "").lower()

    def test_argo_cd_every_case_agrees_or_is_explained(self):
        explained, agreed = collections.Counter(), 0
        for path, theirs in self.cases():
            name = str(path.relative_to(CUSTOM))
            try:
                document = self.read(path)
            except gitops.DuplicateError:
                explained["unreadable"] += 1
                continue
            ours = gitops.assess(self.context, document)
            if ours.health.name.lower() == theirs:
                agreed += 1
                self.assertNotIn(name, MEANT)
                continue
            why = explain(name, document.to_python(), theirs, ours)
            self.assertIsNotNone(why, f"{name}: {theirs}, not {ours}")
            explained[why] += 1
        print(f"{agreed} cases agree, explained: {dict(explained)}", file=sys.stderr)
        self.assertEqual(dict(explained), EXPLAINED)


if __name__ == "__main__":
    if not ARGO.is_dir():
        print("skipped: no corpora")
        sys.exit(77)
    unittest.main()
