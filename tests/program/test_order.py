"""The order of plans by what objects say of themselves: waves, dependencies, and what is wrong."""
import os

from program import UnitTest, main


def annotated(kind, name, annotations, namespace="shop"):
    """An object with annotations; of no namespace when that is empty."""
    lines = ["apiVersion: v1", f"kind: {kind}", "metadata:", f"  name: {name}"]
    lines += [f"  namespace: {namespace}"] if namespace else []
    lines += ["  annotations:"] + [f"    {key}: '{value}'" for key, value in annotations.items()]
    return "\n".join(lines) + "\n"


class Order(UnitTest):
    def put_object(self, name, annotations, kind="ConfigMap", namespace="shop"):
        self.write(f"source/{name}.yaml", annotated(kind, name, annotations, namespace))

    def operations(self):
        return [(o["action"], o["key"], o["phase"], o["wave"])
                for o in self.plan(1, "--format", "json").json["operations"]]

    def test_waves_phases_and_namespaces_order_a_plan_and_its_deletes(self):
        self.put_object("shop", {"gitops/wave": "4"}, "Namespace", "")
        self.put_object("first", {"argocd.argoproj.io/sync-wave": "-1"})
        self.put_object("middle", {})
        self.put_object("last", {"gitops/wave": "2"})
        self.assertEqual(self.operations(), [
            ("create", "_/Namespace/shop", "sync", -1),
            ("create", "shop/ConfigMap/first", "sync", -1),
            ("create", "shop/ConfigMap/middle", "sync", 0),
            ("create", "shop/ConfigMap/last", "sync", 2)])
        self.apply(0)
        for name in ("shop", "first", "last"):
            os.remove(self.path(f"source/{name}.yaml"))
        result = self.expect(3, "plan", *self.unit(), "--format", "json")
        self.assertEqual([(o["key"], o["phase"], o["wave"]) for o in result.json["operations"]], [
            ("shop/ConfigMap/last", "prune", 2),
            ("shop/ConfigMap/first", "prune", -1),
            ("_/Namespace/shop", "prune", -1)])

    def test_dependencies_order_a_plan(self):
        self.put_object("a", {"gitops/depends-on": "shop/ConfigMap/b"})
        self.put_object("b", {"config.kubernetes.io/depends-on": "/namespaces/shop/ConfigMap/c"})
        self.put_object("c", {})
        self.assertEqual([key for _, key, _, _ in self.operations()],
                         ["shop/ConfigMap/c", "shop/ConfigMap/b", "shop/ConfigMap/a"])
        self.apply(0)
        self.plan(0)

    def test_circle_ends_plan_and_apply_before_any_change(self):
        self.put_object("a", {"gitops/depends-on": "shop/ConfigMap/b"})
        self.put_object("b", {"gitops/depends-on": "shop/ConfigMap/a"})
        for result in (self.plan(2), self.apply(2)):
            self.assertEqual(result.out, "")
            self.assertIn("objects wait for each other: shop/ConfigMap/a (a.yaml:1) -> "
                          "shop/ConfigMap/b (b.yaml:1) -> shop/ConfigMap/a (a.yaml:1)",
                          result.err)
        self.assertEqual(self.keys(), [])

    def test_missing_dependency_ends_plan_and_apply_before_any_change(self):
        self.put_object("a", {"gitops/depends-on": "shop/ConfigMap/nowhere"})
        for result in (self.plan(2), self.apply(2)):
            self.assertIn("a.yaml:1: shop/ConfigMap/a (a.yaml:1) depends on "
                          "shop/ConfigMap/nowhere, which is not in this unit", result.err)
        self.assertEqual(self.keys(), [])

    def test_dependency_on_what_leaves_git_counts_while_it_is_kept(self):
        self.put_object("a", {"gitops/depends-on": "shop/ConfigMap/b"})
        self.put_object("b", {})
        self.apply(0)
        os.remove(self.path("source/b.yaml"))
        self.put_object("c", {})
        self.assertIn("which is removed", self.plan(2).err)
        self.plan(1, "--no-prune")


if __name__ == "__main__":
    main()
