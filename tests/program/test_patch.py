"""gitops patch: both kinds of patch, over the corpora too."""
import json

from program import ProgramTest, corpus_json, main


class Patch(ProgramTest):
    def patch(self, code, kind, patch, document):
        self.write("patch.json", json.dumps(patch))
        self.write("document.json", json.dumps(document))
        return self.expect(code, "patch", "--type", kind, "--patch", "patch.json",
                           "document.json")

    def test_json_patch_prints_one_line(self):
        patch = [{"op": "add", "path": "/b", "value": {"d": 1, "c": 2}},
                 {"op": "remove", "path": "/a"}]
        self.assertEqual(self.patch(0, "json", patch, {"a": 1}).out, '{"b":{"c":2,"d":1}}\n')

    def test_merge_patch_removes_with_null(self):
        self.assertEqual(self.patch(0, "merge", {"a": None, "c": [1]}, {"a": 1, "b": 2}).out,
                         '{"b":2,"c":[1]}\n')

    def test_patch_that_does_not_fit_prints_nothing(self):
        result = self.patch(2, "json", [{"op": "add", "path": "/x", "value": 1},
                                        {"op": "test", "path": "/a", "value": 2}], {"a": 1})
        self.assertEqual(result.out, "")
        self.assertNotEqual(result.err, "")

    def test_malformed_patch(self):
        self.patch(2, "json", [{"op": "explode", "path": ""}], {})
        self.patch(2, "json", {"op": "add"}, {})

    def test_options_are_needed(self):
        self.write("a.json", "{}")
        self.assertIn("patch needs --type and --patch", self.expect(2, "patch", "a.json").err)

    def test_patch_and_document_may_be_yaml(self):
        self.write("patch.yaml", "a: null\n")
        self.assertEqual(self.expect(0, "patch", "--type", "merge", "--patch", "patch.yaml", "-",
                                     stdin="a: 1\nb: yes\n").out, '{"b":true}\n')

    def test_corpus_of_rfc_7386(self):
        for case in corpus_json("rfc7386", "appendix_a.json"):
            result = self.patch(0, "merge", case["patch"], case["target"])
            self.assertEqual(result.json, case["expected"], case)


if __name__ == "__main__":
    main()
