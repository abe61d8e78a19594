"""gitops parse: four formats, errors with their places, and files that are all or nothing."""
from program import ProgramTest, config_map, main


class Formats(ProgramTest):
    def test_json_is_a_line_per_document_with_sorted_keys(self):
        self.write("a.yaml", "b: 1\na: {d: 0x10, c: yes}\n---\n# nothing\n---\n- 1.50\n- null\n")
        result = self.expect(0, "parse", "a.yaml")
        self.assertEqual(result.lines[0], '{"a":{"c":true,"d":16},"b":1}')
        self.assertEqual(len(result.lines), 2)
        self.assertEqual(result.err, "")

    def test_json_numbers_are_exact(self):
        self.write("a.json", '[9007199254740993, 123456789012345678901234567890]')
        self.assertEqual(self.expect(0, "parse", "a.json").out,
                         "[9007199254740993,123456789012345678901234567890]\n")

    def test_yaml_is_a_stream_that_reads_back(self):
        self.write("a.yaml", config_map("a", x="1", y="yes", z="multi\nline\n"))
        self.write("b.json", '[{"k": "null"}, "~", 1.5]')
        plain = self.expect(0, "parse", "a.yaml", "b.json")
        stream = self.expect(0, "parse", "--format", "yaml", "a.yaml", "b.json").out
        self.assertEqual(stream.count("\n---\n"), 1)
        self.assertEqual(self.expect(0, "parse", "-", stdin=stream).out, plain.out)

    def test_keys_follow_the_documents(self):
        self.write("a.yaml", config_map("b", namespace="shop", x="1") + "---\n" +
                   "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\n---\n"
                   "apiVersion: v1\nkind: List\nitems:\n"
                   "- {apiVersion: v1, kind: Namespace, metadata: {name: shop}}\n")
        result = self.expect(0, "parse", "--format", "keys", "a.yaml")
        self.assertEqual(result.lines,
                         ["shop/ConfigMap/b", "_/Deployment.apps/a", "_/Namespace/shop"])

    def test_digest_does_not_depend_on_spelling(self):
        self.write("a.yaml", config_map("a", x="1", y="2"))
        self.write("b.yaml", '{"kind": ConfigMap, "data": {y: "2", x: "1"}, # comment\n'
                             ' metadata: {namespace: default, name: a}, apiVersion: v1}\n')
        self.write("c.yaml", config_map("a", x="1", y="3"))
        lines = self.expect(0, "parse", "--format", "digest", "a.yaml", "b.yaml", "c.yaml").lines
        self.assertRegex(lines[0], r"^[0-9a-f]{32}  default/ConfigMap/a$")
        self.assertEqual(lines[0], lines[1])
        self.assertNotEqual(lines[0], lines[2])
        lines = self.expect(0, "parse", "--format", "digest", "--algorithm", "sha256",
                            "a.yaml", "b.yaml").lines
        self.assertRegex(lines[0], r"^[0-9a-f]{64}  default/ConfigMap/a$")
        self.assertEqual(lines[0], lines[1])

    def test_standard_input_and_empty_files(self):
        self.write("empty.yaml", "")
        self.assertEqual(self.expect(0, "parse", "-", "empty.yaml", stdin="a: 1").out,
                         '{"a":1}\n')


class Errors(ProgramTest):
    def test_every_error_has_its_place_and_nothing_is_printed(self):
        self.write("bad.yaml", "a: 1\na: 2\n---\nfine: 1\n---\nb: [1\n")
        result = self.expect(2, "parse", "bad.yaml")
        self.assertEqual(result.out, "")
        self.assertRegex(result.err, r"(?m)^bad\.yaml:2:1: duplicate key")
        self.assertRegex(result.err, r"(?m)^bad\.yaml:[67]:\d+: ")
        self.assertRegex(result.err, r"(?m) \(at /b\)$")

    def test_one_bad_file_does_not_hide_the_others(self):
        self.write("bad.yaml", "{")
        self.write("good.yaml", "a: 1")
        result = self.expect(2, "parse", "good.yaml", "bad.yaml", "missing.yaml", "good.yaml")
        self.assertEqual(result.out, '{"a":1}\n{"a":1}\n')
        self.assertIn("bad.yaml:1:", result.err)
        self.assertIn("cannot open missing.yaml: No such file or directory", result.err)

    def test_keys_need_an_identity(self):
        self.write("a.yaml", config_map("a", x="1") + "---\nkind: ConfigMap\n---\nplain: 1\n")
        result = self.expect(2, "parse", "--format", "keys", "a.yaml")
        self.assertEqual(result.out, "")
        self.assertRegex(result.err, r"(?m)^a\.yaml:9:1: object has no apiVersion")
        self.assertRegex(result.err, r"(?m)^a\.yaml:11:1: ")

    def test_broken_item_of_a_list_has_its_place(self):
        self.write("a.yaml", "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: X}\n")
        result = self.expect(2, "parse", "--format", "digest", "a.yaml")
        self.assertRegex(result.err, r"(?m)^a\.yaml:4:3: object has no metadata\.name")

    def test_directory_is_an_error(self):
        self.assertIn("cannot read .", self.expect(2, "parse", ".").err)


if __name__ == "__main__":
    main()
