"""gitops build: every object of a directory, or every problem."""
import json

from program import ProgramTest, config_map, main


class Build(ProgramTest):
    def test_objects_come_in_the_order_of_their_keys(self):
        self.write("d/z.yaml", config_map("a", x="1"))
        self.write("d/sub/a.yml", config_map("c", x="1") + "---\n" + config_map("b", x="1"))
        self.write("d/b.json", {"apiVersion": "v1", "kind": "Namespace",
                                "metadata": {"name": "shop"}})
        self.write("d/readme.txt", "no manifest")
        result = self.expect(0, "build", "d", "--format", "json")
        names = [json.loads(line)["metadata"]["name"] for line in result.lines]
        self.assertEqual(names, ["shop", "a", "b", "c"])

    def test_yaml_is_one_stream(self):
        self.write("d/a.yaml", config_map("a", x="1"))
        self.write("d/b.yaml", config_map("b", x="2"))
        result = self.expect(0, "build", "d")
        self.assertEqual(result.out.count("---\n"), 1)
        keys = self.expect(0, "parse", "--format", "keys", "-", stdin=result.out)
        self.assertEqual(keys.lines, ["default/ConfigMap/a", "default/ConfigMap/b"])

    def test_all_problems_are_named_and_nothing_is_printed(self):
        self.write("d/good.yaml", config_map("a", x="1"))
        self.write("d/one.yaml", "a: [")
        self.write("d/two.yaml", "kind: ConfigMap\n")
        result = self.expect(2, "build", "d")
        self.assertEqual(result.out, "")
        self.assertRegex(result.err, r"(?m)^one\.yaml:\d+:\d+: ")
        self.assertRegex(result.err, r"(?m)^two\.yaml:1:1: ")
        self.assertIn("2 errors in the manifests; nothing was printed", result.err)

    def test_duplicate_names_both_places(self):
        self.write("d/one.yaml", config_map("a", x="1"))
        self.write("d/two.yaml", "# a comment\n" + config_map("a", x="2"))
        result = self.expect(2, "build", "d")
        self.assertIn("one.yaml", result.err)
        self.assertIn("two.yaml", result.err)

    def test_missing_directory(self):
        self.assertIn("nowhere", self.expect(2, "build", "nowhere").err)


if __name__ == "__main__":
    main()
