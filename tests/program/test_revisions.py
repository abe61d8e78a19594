"""gitops diff REV..REV: what a change to the repository would send, without a target."""
import os
import re

from program import ProgramTest, config_map, main
from repository import Repository

DEPLOYMENT = ("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: shop}\n"
              "spec:\n  replicas: %d\n  template:\n    spec:\n      containers:\n"
              "        - name: web\n          image: web:%d\n")
SECRET = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {password: canary-%d}\n"


class RevisionsTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.repo = Repository(self.path("repo"))
        self.repo.write("deploy/web.yaml", DEPLOYMENT % (2, 1))
        self.repo.write("deploy/old.yaml", config_map("old", x="1"))
        self.repo.write("deploy/same.yaml", config_map("same", x="1"))
        self.repo.write("deploy/secret.yaml", SECRET % 1)
        self.repo.write("other/broken.yaml", "a: [")
        self.first = self.repo.commit()
        self.repo.git("tag", "v1")
        self.repo.git("checkout", "-q", "-b", "feature/x")
        self.repo.write("deploy/web.yaml", DEPLOYMENT % (5, 2))
        self.repo.write("deploy/new.yaml", config_map("new", x="1"))
        self.repo.write("deploy/secret.yaml", SECRET % 2)
        self.repo.remove("deploy/old.yaml")
        self.second = self.repo.commit()

    def diff(self, code, revisions, *words, path="deploy"):
        return self.expect(code, "diff", revisions, "--source", self.path("repo"),
                           "--path", path, *words)


class Text(RevisionsTest):
    def test_reads_like_a_plan(self):
        self.assertEqual(self.diff(1, "main..feature/x").lines, [
            "- default/ConfigMap/old  removed from Git",
            "~ _/Secret/s  changed in Git  deploy/secret.yaml:1",
            "    ~ /data/password: *** (before) -> *** (after)  deploy/secret.yaml:4",
            "+ default/ConfigMap/new  new in Git  deploy/new.yaml:1",
            "~ shop/Deployment.apps/web  changed in Git  deploy/web.yaml:1",
            "    ~ /spec/replicas: 2 -> 5  deploy/web.yaml:5",
            '    ~ /spec/template/spec/containers/[name=web]/image: "web:1" -> "web:2"  '
            "deploy/web.yaml:10", "",
            "Plan: 1 to create, 2 to update, 1 to delete."])

    def test_nothing_prints_nothing(self):
        self.assertEqual(self.diff(0, "main..v1").out, "")
        self.repo.write("README", "no manifest")
        self.repo.commit()
        self.assertEqual(self.diff(0, self.second + "..feature/x").out, "")

    def test_backwards_is_the_way_back(self):
        self.assertIn("Plan: 1 to create, 2 to update, 1 to delete.",
                      self.diff(1, "feature/x..main").out)

    def test_full_shows_what_is_created(self):
        self.assertNotIn("/data/x", self.diff(1, "main..feature/x").out)
        self.assertIn('+ /data/x: "1"', self.diff(1, "main..feature/x", "--full").out)

    def test_unit_flags_choose_what_is_compared(self):
        out = self.diff(1, "main..feature/x", "--exclude", "web.yaml", "--no-prune").out
        self.assertIn("Plan: 1 to create, 1 to update, 0 to delete.", out)
        self.diff(1, "main..feature/x", "default")
        self.assertIn("there is no unit shop", self.diff(2, "main..feature/x", "shop").err)

    def test_new_directory_creates_all_and_a_missing_one_is_an_error(self):
        self.repo.write("fresh/a.yaml", config_map("a", x="1"))
        self.repo.commit()
        self.assertIn("Plan: 1 to create, 0 to update, 0 to delete.",
                      self.diff(1, "main..feature/x", path="fresh").out)
        result = self.diff(2, "feature/x..main", path="fresh")
        self.assertEqual(result.out, "")
        self.assertIn("main cannot be read:", result.err)

    def test_no_state_or_target_is_needed_or_made(self):
        before = sorted(os.listdir(self.home))
        self.diff(1, "main..feature/x", "--state", "state", "--target", "dir:target")
        self.assertEqual(sorted(os.listdir(self.home)), before)


class Revisions(RevisionsTest):
    def test_branches_tags_refs_and_commits(self):
        expected = self.diff(1, "main..feature/x").out
        for revisions in ("v1..refs/heads/feature/x", self.first + ".." + self.second,
                          "main..", "refs/tags/v1..feature/x"):
            self.assertEqual(self.diff(1, revisions).out, expected, revisions)
        self.assertEqual(self.diff(0, "..feature/x").out, "")

    def test_other_forms_are_refused(self):
        for revisions, message in (("main", "expected REV..REV"), ("..", "expected REV..REV"),
                                   ("main...v1", "expected REV..REV"),
                                   ("a..b..c", "expected REV..REV"),
                                   ("main~1..main", "is not the name of"),
                                   ("HEAD@{1}..main", "is not the name of"),
                                   (":/x..main", "is not the name of"),
                                   ("main..nowhere", "nowhere")):
            result = self.diff(2, revisions)
            self.assertEqual(result.out, "", revisions)
            self.assertIn(message, result.err, revisions)

    def test_options_of_the_other_form_are_refused(self):
        for words in (["--base", "x"], ["--schema", "none"], ["--ref", "main"]):
            self.assertIn("is not for a diff of two revisions",
                          self.diff(2, "main..feature/x", *words).err)
        self.assertIn("--format merged", self.diff(2, "main..v1", "--format", "merged").err)

    def test_directory_has_no_revisions(self):
        result = self.expect(2, "diff", "a..b", "--source", "dir:" + self.path("repo"))
        self.assertIn("a directory has no refs", result.err)
        self.assertIn("--source is needed", self.expect(2, "diff", "a..b").err)

    def test_broken_manifest_is_named_with_its_revision(self):
        for revisions, name in (("main..feature/x", "main"), ("main..", "main")):
            result = self.diff(2, revisions, path="other")
            self.assertIn(f"{name} cannot be read:", result.err)
            self.assertIn("other/broken.yaml:2:1: ", result.err)


class Json(RevisionsTest):
    def test_units_are_plans_without_a_target(self):
        review = self.diff(1, "main..feature/x", "--format", "json").json
        self.assertEqual((review["from"], review["to"]), (self.first, self.second))
        self.assertEqual([unit["unit"] for unit in review["units"]], ["default"])
        unit = review["units"][0]
        self.assertEqual({action: number for action, number in unit["summary"].items() if number},
                         {"create": 1, "update": 2, "delete": 1, "none": 1})
        self.assertEqual([o["action"] for o in unit["operations"]],
                         ["update", "create", "update", "delete"])
        self.assertNotIn("canary", str(review))

    def test_untouched_unit_is_not_listed(self):
        self.assertEqual(self.diff(0, "main..v1", "--format", "json").json["units"], [])


class Markdown(RevisionsTest):
    def markdown(self):
        return self.diff(1, "main..feature/x", "--format", "markdown").out

    def test_totals_and_folded_objects(self):
        out = self.markdown()
        self.assertIn(f"<code>{self.first}</code> to <code>{self.second}</code>", out)
        self.assertIn("| `default` | 1 | 2 | 0 | 1 |\n", out)
        self.assertIn("<details><summary>~ <code>shop/Deployment.apps/web</code>", out)
        self.assertIn("\n-   /spec/replicas: 2\n+   /spec/replicas: 5\n", out)
        self.assertNotIn("canary", out)

    def test_no_value_can_leave_its_block(self):
        text = "a\n@@ x @@\n```\n# b\n</details>\n1\n"
        self.repo.write("deploy/same.yaml", config_map("same", x="1", text=text))
        self.first = self.repo.commit()
        self.repo.git("branch", "-f", "main")
        self.repo.write("deploy/same.yaml", config_map(
            "same", x="```", text=text.replace("1", "2")))
        self.repo.commit()
        out = self.markdown()
        self.assertIn("\n    ```\n", out)
        inside = False
        for line in out.splitlines():
            if re.match(r" {0,3}```", line):
                inside = not inside
                self.assertIn(line, ("```diff", "```"))
            elif inside:
                self.assertRegex(line, r"^(    |[-+!]   |@@  )", line)
            else:
                self.assertRegex(line, r"^(<p>|</?details>|\| |$)", line)
        self.assertFalse(inside)

    def test_hostile_file_names_are_escaped(self):
        self.repo.write("deploy/<img src=x>`|.yaml", config_map("z", x="1"))
        self.repo.commit()
        self.assertIn("<code>deploy/&lt;img src=x&gt;`|.yaml:1</code>", self.markdown())


if __name__ == "__main__":
    main()
