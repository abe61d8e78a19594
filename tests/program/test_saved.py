"""gitops plan --out and apply --plan: what was looked at is what is carried out, or nothing is."""
import json
import os

from program import UnitTest, config_map, main
from repository import Repository


class Saved(UnitTest):
    def setUp(self):
        super().setUp()
        self.repository = Repository(self.path("repository"))
        self.write_object("a", "1")
        self.write_object("b", "1")
        self.repository.commit()
        self.apply(0)
        self.write_object("a", "2")
        self.write_object("c", "1")
        self.repository.remove("b.yaml")
        self.commit = self.repository.commit()
        self.file = self.path("the.plan")

    def unit(self):
        return ["--source", self.repository.path, "--target", self.target,
                "--state", self.path("state"), "--max-delete-percent", "100"]

    def write_object(self, name, value):
        self.repository.write(name + ".yaml", config_map(name, x=value))

    def save(self, code=1, *words):
        return self.plan(code, "--out", self.file, *words)

    def carry_out(self, code, *words):
        return self.apply(code, "--plan", self.file, *words)

    def refused(self, *words):
        """Asserts that nothing is done. Returns what is said."""
        before = self.keys(), self.live("default/ConfigMap/a")
        result = self.carry_out(2, *words)
        self.assertEqual(result.out, "")
        self.assertEqual((self.keys(), self.live("default/ConfigMap/a")), before)
        return result.err

    def test_saved_plan_is_that_of_the_json_form_without_values(self):
        plan = self.save(1, "--format", "json").json
        with open(self.file, encoding="utf-8") as file:
            saved = json.load(file)
        for name in "unit", "revision", "digest", "held", "summary":
            self.assertEqual(saved[name], plan[name])
        self.assertEqual([(one["action"], one["key"]) for one in saved["operations"]],
                         [(one["action"], one["key"]) for one in plan["operations"]])
        self.assertEqual(saved["limits"]["max_delete_percent"], 100)
        self.assertEqual(os.listdir(self.home).count("the.plan"), 1)
        self.assertEqual([name for name in os.listdir(self.home) if ".tmp-" in name], [])

    def test_plan_that_holds_is_carried_out(self):
        self.save()
        self.carry_out(0)
        self.assertEqual(self.keys(), ["default/ConfigMap/a", "default/ConfigMap/c"])
        self.assertEqual(self.live("default/ConfigMap/a")["data"], {"x": "2"})

    def test_plan_is_carried_out_at_its_revision(self):
        self.save()
        self.write_object("a", "3")
        self.repository.commit("after it was looked at")
        self.carry_out(0)
        self.assertEqual(self.live("default/ConfigMap/a")["data"], {"x": "2"})
        runs = self.expect(0, "history", "--state", self.path("state"), "--format", "json").json
        self.assertEqual(runs["runs"][0]["revision"], self.commit)
        self.apply(0)
        self.assertEqual(self.live("default/ConfigMap/a")["data"], {"x": "3"})

    def test_target_that_moved_is_told_by_key(self):
        self.save()
        self.write("target/default/ConfigMap/a.yaml", config_map("a", x="9"))
        os.remove(self.path("target/default/ConfigMap/b.yaml"))
        said = self.refused()
        self.assertIn("does not hold any more; nothing was changed", said)
        self.assertIn("  default/ConfigMap/a: update of other content than when it was saved\n", said)
        self.assertIn("  default/ConfigMap/b: delete when it was saved, forget now\n", said)

    def test_plan_that_was_carried_out_does_not_hold_again(self):
        self.save()
        self.carry_out(0)
        self.assertIn("default/ConfigMap/c: create when it was saved, nothing now", self.refused())

    def test_other_limits_are_another_plan(self):
        self.save()
        self.assertIn("policy and limits", self.refused("--max-deletes", "7"))

    def test_revision_that_was_passed_is_a_rewind(self):
        self.save()
        self.write_object("d", "1")
        self.repository.commit()
        self.apply(0)
        self.assertIn("--allow-rewind", self.refused())

    def test_held_plan_needs_its_approval_all_the_same(self):
        limits = ["--max-deletes", "0"]
        digest = self.save(3, *limits, "--format", "json").json["digest"]
        self.carry_out(3, *limits)
        self.assertIn("default/ConfigMap/b", self.keys())
        self.carry_out(0, *limits, "--approve", digest)
        self.assertNotIn("default/ConfigMap/b", self.keys())

    def test_what_is_no_saved_plan_is_refused(self):
        for text in ("", "{}", "not json", self.plan(1, "--format", "json").out):
            self.write("the.plan", text)
            self.assertIn("the.plan", self.refused())
        os.remove(self.file)
        self.assertIn("the.plan", self.refused())

    def test_file_that_cannot_be_written_is_an_error(self):
        self.assertIn("cannot write", self.plan(2, "--out", self.path("no", "such", "file")).err)

    def test_unit_of_another_name_is_refused(self):
        self.save()
        text = self.read("the.plan").replace('"unit":"default"', '"unit":"shop"')
        self.write("the.plan", text)
        self.assertIn("is a plan of unit shop", self.refused())


if __name__ == "__main__":
    main()
