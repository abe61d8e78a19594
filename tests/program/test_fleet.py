"""gitops plan and apply of many units, as the configuration files describe them."""
import os

from program import ProgramTest, config_map, main
from repository import Repository

UNITS = """version: 1
units:
  base: {path: base, target: shop, labels: {team: core}}
  web: {path: web, target: shop, after: [base], labels: {team: web}}
  devices: {path: devices, target: iot, labels: {team: web}}
"""
ALL = ["base", "devices", "web"]


class Fleet(ProgramTest):
    def setUp(self):
        super().setUp()
        self.repository = Repository(self.path("repository"))
        self.repository.write("gitops.yaml", UNITS)
        for unit, name in ("base", "a"), ("web", "b"), ("devices", "c"):
            self.write_object(unit, name, "1")
        self.first = self.repository.commit()
        self.host()

    def host(self, more=""):
        self.write("gitops-host.yaml", "version: 1\nsource: repository\nstate: state\n"
                   "targets: {shop: 'dir:shop', iot: 'dir:iot'}\n" + more)

    def write_object(self, unit, name, value):
        self.repository.write(f"{unit}/{name}.yaml", config_map(name, x=value))

    def files(self):
        return sorted(os.path.relpath(os.path.join(folder, name), self.home)
                      for top in ("shop", "iot") for folder, _, names in os.walk(self.path(top))
                      for name in names if name.endswith(".yaml"))

    def apply(self, code, *words):
        return self.expect(code, "apply", *words)

    def test_all_units_are_planned_and_applied(self):
        plans = self.run_program("plan", "--format", "json")
        self.assertEqual(plans.code, 1)
        self.assertEqual([plan["unit"] for plan in plans.json], ALL)
        self.assertEqual({plan["revision"] for plan in plans.json}, {self.first})
        self.assertEqual(self.files(), [])
        self.apply(0)
        self.assertEqual(self.files(), ["iot/default/ConfigMap/c.yaml",
                                        "shop/default/ConfigMap/a.yaml",
                                        "shop/default/ConfigMap/b.yaml"])
        self.expect(0, "plan")
        self.assertEqual(self.run_program("plan", "--exit-code", "0").code, 0)

    def test_text_names_each_unit(self):
        text = self.expect(1, "plan").out
        for unit in ALL:
            self.assertIn(f"unit {unit}\n", text)
        self.assertIn("+ default/ConfigMap/c", text)

    def test_operands_select_by_name_glob_and_label(self):
        for operand, units in (("we*", ["web"]), ("team=web", ["devices", "web"]),
                               ("*", ALL)):
            plans = self.run_program("plan", "--format", "json", operand).json
            found = [plan["unit"] for plan in plans] if isinstance(plans, list) else \
                [plans["unit"]]
            self.assertEqual(found, units)
        self.assertIn("no unit moon", self.expect(2, "plan", "web", "moon").err)

    def test_one_unit_has_the_form_of_one(self):
        plan = self.expect(1, "plan", "devices", "--format", "json").json
        self.assertEqual(plan["unit"], "devices")
        run = self.apply(0, "devices", "--format", "json").json
        self.assertEqual([one["outcome"] for one in run["operations"]], ["done"])
        self.assertEqual(self.files(), ["iot/default/ConfigMap/c.yaml"])

    def test_unit_waits_for_those_that_come_first(self):
        self.repository.write("base/a.yaml", "kind: [\n")
        self.repository.commit()
        result = self.apply(4)  # devices was applied
        self.assertIn("unit base:", result.err)
        self.assertIn("base/a.yaml:", result.err)
        self.assertEqual(self.files(), ["iot/default/ConfigMap/c.yaml"])

    def test_error_of_the_only_unit_changes_nothing(self):
        self.repository.write("base/a.yaml", "kind: [\n")
        self.repository.commit()
        self.apply(2, "base")
        self.assertEqual(self.files(), [])

    def test_object_that_moves_between_units_stays(self):
        self.apply(0)
        self.repository.git("mv", "web/b.yaml", "base/b.yaml")
        self.write_object("web", "z", "1")
        self.repository.commit()
        plans = self.run_program("plan", "--format", "json").json
        actions = {(plan["unit"], one["action"], one["key"])
                   for plan in plans for one in plan["operations"]}
        self.assertIn(("base", "transfer", "default/ConfigMap/b"), actions)
        self.assertNotIn(("web", "delete", "default/ConfigMap/b"), actions)
        self.apply(0)
        self.assertIn("shop/default/ConfigMap/b.yaml", self.files())
        self.expect(0, "plan")

    def test_held_plan_is_approved_by_the_command_that_it_ends_with(self):
        self.apply(0)
        self.repository.remove("web/b.yaml")
        self.write_object("web", "d", "1")
        self.repository.commit()
        self.host("limits: {max-deletes: 0}\n")
        held = self.expect(3, "plan", "--config", "gitops-host.yaml", "web")
        command = held.lines[-1].split("gitops apply ")[-1].split()
        self.assertEqual(command[:4], ["--config", "gitops-host.yaml", "web", "--approve"])
        self.apply(3)
        self.assertIn("shop/default/ConfigMap/b.yaml", self.files())
        self.apply(2, "--approve", command[4])
        self.apply(0, *command)
        self.assertNotIn("shop/default/ConfigMap/b.yaml", self.files())

    def test_limits_of_the_repository_only_tighten(self):
        self.apply(0)
        self.repository.write("gitops.yaml", UNITS.replace(
            "path: web,", "path: web, policy: {max-deletes: 100, max-delete-percent: 100},"))
        self.repository.remove("web/b.yaml")
        self.write_object("web", "d", "1")
        self.repository.commit()
        self.host("limits: {max-deletes: 0}\n")
        self.apply(3)

    def test_status_is_a_table_worst_first(self):
        self.assertEqual(self.expect(0, "status").out, "")
        self.apply(0)
        self.expect(0, "suspend", "devices", "--reason", "a feast")
        self.write("shop/blocked", "a file")
        self.repository.write("web/e.yaml", config_map("e", namespace="blocked", x="1"))
        self.repository.commit()
        self.apply(4)
        lines = self.expect(0, "status").lines
        self.assertEqual([line.split()[:2] for line in lines],
                         [["UNIT", "CONDITION"], ["web", "failed"], ["devices", "suspended"],
                          ["base", "done"]])
        self.assertIn(self.first[:12], lines[3])
        self.assertIn("suspended until it is resumed by", self.expect(0, "status", "devices").out)
        found = self.run_program("status", "--format", "json").json
        self.assertEqual([one["unit"] for one in found], ALL)
        self.assertEqual(self.expect(0, "status", "we*", "--format", "json").json["unit"], "web")
        self.expect(2, "status", "moon")

    def test_history_is_of_each_unit(self):
        self.apply(0)
        text = self.expect(0, "history").out
        for unit, name in ("base", "a"), ("devices", "c"), ("web", "b"):
            self.assertIn(f"unit {unit}\nrun 1  ", text)
            runs = self.expect(0, "history", unit, "--format", "json").json["runs"]
            self.assertEqual([one["key"] for one in runs[0]["operations"]],
                             ["default/ConfigMap/" + name])

    def test_units_are_spoken_to_by_name(self):
        self.expect(2, "suspend", "web")  # there is no state yet
        self.apply(0)
        self.write_object("web", "b", "2")
        self.write_object("base", "a", "2")
        self.repository.commit()
        self.expect(0, "suspend", "web")
        self.assertIn("unit web is suspended", self.apply(4).err)
        self.expect(0, "resume", "web")
        self.apply(0)
        for words in ("suspend", "moon"), ("suspend", "*"), ("resume", "we*"):
            self.expect(2, *words)

    def test_rollback_is_of_one_unit(self):
        self.apply(0)
        self.write_object("web", "b", "2")
        self.write_object("base", "a", "2")
        self.repository.commit()
        self.apply(0)
        self.expect(0, "rollback", "web", self.first[:8])
        self.apply(0)
        values = [self.expect(0, "parse", self.path("shop", "default", "ConfigMap", name)).json
                  ["data"]["x"] for name in ("a.yaml", "b.yaml")]
        self.assertEqual(values, ["2", "1"])

    def test_flags_that_describe_a_unit_leave_the_files_alone(self):
        self.expect(1, "plan", "--source", "repository", "--path", "web", "--target", "dir:other",
                    "--state", "other.db")
        self.assertIn("--target", self.expect(2, "plan", "--source", "repository").err)

    def test_what_is_for_one_unit_by_flags_is_refused(self):
        self.expect(2, "plan", "--out", "file")
        self.expect(2, "plan", "--format", "html")


if __name__ == "__main__":
    main()
