"""gitops lint: both configuration files and the manifests of all units, without a target."""
import os

from program import ProgramTest, config_map, main
from repository import Repository

UNITS = """version: 1
units:
  base: {path: base, target: shop}
  web:
    path: web
    target: shop
    after: [base]
    schema: schema.yaml
    environments: [production]
"""


class Lint(ProgramTest):
    def setUp(self):
        super().setUp()
        self.repository = Repository(self.path("repository"))
        self.repository.write("gitops.yaml", UNITS)
        self.repository.write("schema.yaml", "ignore: [/status]\n")
        self.repository.write("base/a.yaml", config_map("a", x="1"))
        self.repository.write("web/b.yaml", config_map("b", x="1"))
        self.repository.commit()
        self.host("environment: production\n")

    def host(self, more=""):
        self.write("gitops-host.yaml", "version: 1\nsource: repository\nstate: state\n"
                   "targets: {shop: dir:target}\n" + more)

    def change(self, name, text):
        self.repository.write(name, text)
        self.repository.commit()

    def assert_problems(self, *lines, words=()):
        result = self.expect(2, "lint", *words)
        for line in lines:
            self.assertIn(line, result.err)
        return result

    def test_sound_files_are_counted(self):
        self.assertEqual(self.expect(0, "lint").lines,
                         ["unit base: 1 object", "unit web: 1 object",
                          "2 units, 2 objects: no problem"])
        self.assertEqual(sorted(os.listdir(self.home)), ["gitops-host.yaml", "repository"])

    def test_file_is_found_by_option_and_environment(self):
        os.rename(self.path("gitops-host.yaml"), self.path("other.yaml"))
        self.assert_problems("gitops-host.yaml")
        self.expect(0, "lint", "--config", "other.yaml")
        self.expect(0, "lint", env={"GITOPS_CONFIG": "other.yaml"})

    def test_units_of_other_environments_are_not_the_host_s(self):
        self.host()
        self.assertEqual(self.expect(0, "lint").lines[-1], "1 unit, 1 object: no problem")

    def test_repository_by_itself_has_all_units(self):
        os.remove(self.path("gitops-host.yaml"))
        self.assertEqual(self.expect(0, "lint", "--source", self.repository.path).lines[-1],
                         "2 units, 2 objects: no problem")
        self.expect(2, "lint", "--source", self.repository.path, "--config", "x")

    def test_problems_of_the_host_s_file_are_told_at_once(self):
        self.write("gitops-host.yaml", "version: 1\nsource: [a]\nstate: s\ncommand: rm\n")
        self.assert_problems("gitops-host.yaml:2:9: text of one line is expected here\n",
                             "gitops-host.yaml:4:10: there is no member \"command\" here\n")

    def test_problems_of_the_repository_s_file_are_told_at_once(self):
        self.change("gitops.yaml", UNITS.replace("target: shop\n", "target: moon\n") +
                    "    exec: rm -rf\n")
        self.assert_problems("gitops.yaml:6:13: the host has no target \"moon\"\n",
                             "gitops.yaml:10:11: there is no member \"exec\" here\n")

    def test_missing_file_is_named(self):
        self.repository.remove("gitops.yaml")
        self.repository.commit()
        self.assert_problems("gitops.yaml")

    def test_every_broken_manifest_and_schema_is_named(self):
        self.repository.write("base/a.yaml", "kind: [\n")
        self.repository.write("web/c.yaml", "apiVersion: v1\nkind: ConfigMap\n")
        self.change("schema.yaml", "ignored: [/status]\n")
        result = self.assert_problems("base/a.yaml:", "web/c.yaml:", "schema.yaml:", "3 problems")
        self.assertEqual(result.out, "")

    def test_object_of_two_units_is_a_problem(self):
        self.change("web/c.yaml", config_map("a", x="2"))
        self.assert_problems("web/c.yaml:1: default/ConfigMap/a is claimed by unit web, and by "
                             "unit base at base/a.yaml:1\n", "1 problem\n")


if __name__ == "__main__":
    main()
