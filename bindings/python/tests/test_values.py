"""Documents, values and their Python objects."""

from __future__ import annotations

import hashlib
import logging
import unittest
from decimal import Decimal

from binding_support import LibraryTest
import gitops
from gitops import Document, Documents, Kind

TEXT = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: a, namespace: shop}
data:
  list: [1, 2.5, x, null, true]
"""


class Parsing(LibraryTest):
    def test_to_python_gives_plain_objects(self) -> None:
        self.assertEqual(self.document(TEXT).to_python(), {
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": {"name": "a", "namespace": "shop"},
            "data": {"list": [1, 2.5, "x", None, True]}})

    def test_integers_are_exact(self) -> None:
        text = "[18446744073709551616, -9223372036854775808]"
        self.assertEqual(self.document(text).to_python(),
                         [18446744073709551616, -9223372036854775808])

    def test_fractions_as_decimal_are_exact(self) -> None:
        value = self.document("[0.1000000000000000055511151231257827]").to_python(Decimal)
        self.assertEqual(value, [Decimal("0.1000000000000000055511151231257827")])

    def test_text_with_nul_and_beyond_ascii_survives(self) -> None:
        value = {"a\0b": "x\0y", "é": "日本"}
        self.assertEqual(Document.from_python(self.context, value).to_python(), value)

    def test_text_is_bytes_or_str(self) -> None:
        self.assertEqual(self.document("é: 1").to_python(),
                         Document.parse(self.context, "é: 1".encode()).to_python())

    def test_not_a_number_is_refused(self) -> None:
        with self.assertRaises(ValueError):
            Document.from_python(self.context, float("nan"))

    def test_broken_text_names_its_place(self) -> None:
        with self.assertRaises(gitops.ParseError) as caught:
            Document.parse(self.context, "a: 1\nb: [\n", "broken.yaml")
        error = caught.exception
        self.assertEqual(error.code, gitops.Code.EPARSE)
        self.assertEqual(error.code_name, "GITOPS_EPARSE")
        self.assertEqual(error.where, "broken.yaml")
        self.assertGreaterEqual(error.line, 2)
        self.assertTrue(str(error).startswith(f"broken.yaml:{error.line}:"))

    def test_duplicate_key_names_its_line(self) -> None:
        with self.assertRaises(gitops.GitopsError) as caught:
            self.document("a: 1\na: 2\n")
        self.assertEqual(caught.exception.line, 2)

    def test_limit_is_an_error(self) -> None:
        with gitops.Context(limits=gitops.Limits(max_depth=3)) as context:
            with self.assertRaises(gitops.LimitError):
                Document.parse(context, "[[[[[1]]]]]")


class Sets(LibraryTest):
    def test_several_documents_are_a_sequence(self) -> None:
        documents = Documents.parse(self.context, "a: 1\n---\nb: 2\n---\n")
        self.assertEqual([d.to_python() for d in documents], [{"a": 1}, {"b": 2}])
        self.assertEqual(documents[-1].to_python(), {"b": 2})
        with self.assertRaises(IndexError):
            documents[2]

    def test_broken_document_raises_with_all_diagnostics(self) -> None:
        text = "a: 1\na: 2\n---\nb: 1\n---\nc: 1\nc: 2\n"
        with self.assertRaises(gitops.GitopsError) as caught:
            Documents.parse(self.context, text, "two.yaml")
        lines = [problem.line for problem in caught.exception.diagnostics]
        self.assertEqual(lines, [2, 7])
        self.assertEqual(caught.exception.diagnostics[0].severity, gitops.Severity.ERROR)
        self.assertEqual(caught.exception.diagnostics[0].file, "two.yaml")

    def test_diagnostics_lead_to_the_value(self) -> None:
        documents = Documents.parse(self.context, "a: 1\n---\nb:\n- {c: 1, c: 2}\n", "two.yaml",
                                    strict=False)
        [problem] = documents.diagnostics
        self.assertEqual((problem.document, problem.pointer, problem.key), (2, "/b/0/c", None))
        self.assertEqual(str(problem), 'two.yaml:4:10: duplicate key "c" in lines 4 and 4 '
                                       "(at /b/0/c)")

    def test_document_knows_its_place(self) -> None:
        documents = Documents.parse(self.context, "---\n---\na: 1\n", "two.yaml")
        self.assertEqual((documents[0].name, documents[0].number), ("two.yaml", 2))

    def test_utf16_is_read(self) -> None:
        documents = Documents.parse(self.context, "a: \u00e9\U0001f600\n".encode("utf-16"))
        self.assertEqual(documents[0].to_python(), {"a": "\u00e9\U0001f600"})

    def test_broken_document_does_not_hide_others(self) -> None:
        documents = Documents.parse(self.context, "a: 1\na: 2\n---\nb: 1\n", strict=False)
        self.assertEqual([d.to_python() for d in documents], [{"b": 1}])
        self.assertEqual(documents.diagnostics.error_count, 1)


class Values(LibraryTest):
    def test_values_have_kinds_and_positions(self) -> None:
        root = self.document(TEXT).root
        self.assertEqual(root.kind, Kind.MAP)
        items = root["data"]["list"]
        self.assertEqual([item.kind for item in items],
                         [Kind.NUMBER, Kind.NUMBER, Kind.STRING, Kind.NULL, Kind.BOOL])
        self.assertEqual((items[0].line, items[0].column), (5, 10))

    def test_values_are_found_by_key_index_and_pointer(self) -> None:
        document = self.document(TEXT)
        self.assertEqual(document.root.keys(), ["apiVersion", "data", "kind", "metadata"])
        found = document.at("/data/list/-1")
        self.assertIsNone(found)
        second = document.at("/data/list/1")
        assert second is not None
        self.assertEqual(second.text, "2.5")
        self.assertEqual(document.root["data"]["list"][-1].to_python(), True)
        self.assertIn("data", document.root)
        self.assertNotIn("spec", document.root)
        with self.assertRaises(KeyError):
            document.root["spec"]
        with self.assertRaises(IndexError):
            document.root["data"]["list"][5]

    def test_null_is_a_value_and_absence_is_none(self) -> None:
        root = self.document("a: null").root
        self.assertTrue(root["a"])
        self.assertEqual(root["a"].kind, Kind.NULL)
        self.assertIsNone(root.get("b"))

    def test_equal_data_is_equal_however_written(self) -> None:
        one, two = self.document("{b: 1, a: [x]}"), self.document("a:\n- x\nb: 1.0\n")
        self.assertEqual(one, two)
        self.assertEqual(one.digest(), two.digest())
        self.assertRegex(one.digest(), "^xxh3:[0-9a-f]{32}$")
        self.assertEqual(self.document("[]").digest(gitops.Digest.SHA256),
                         "sha256:" + hashlib.sha256(b"l\0\0\0\0").hexdigest())
        self.assertEqual(hash(one), hash(two))
        self.assertNotEqual(one, self.document("{b: 2, a: [x]}"))
        self.assertNotEqual(one, {"b": 1, "a": ["x"]})

    def test_emitted_text_reads_back(self) -> None:
        document = self.document(TEXT)
        self.assertEqual(self.document(document.to_yaml()), document)
        self.assertEqual(self.document(document.to_json()), document)
        self.assertEqual(self.document("{b: 1, a: 2}").to_json(), '{"a":2,"b":1}')
        self.assertEqual(self.document("{b: 1, a: 2}").to_yaml(), "a: 2\nb: 1\n")
        self.assertEqual(self.document("{b: 1, a: 2}").to_yaml(gitops.Order.SOURCE),
                         "b: 1\na: 2\n")

    def test_key_names_an_object(self) -> None:
        self.assertEqual(self.document(TEXT).key(), "shop/ConfigMap/a")
        with self.assertRaises(gitops.ParseError):
            self.document("a: 1").key()

    def test_pointer_with_nul_is_refused(self) -> None:
        with self.assertRaises(ValueError):
            self.document(TEXT).at("/a\0b")


class Lifetimes(LibraryTest):
    def test_close_is_idempotent_and_use_after_it_an_error(self) -> None:
        document = self.document(TEXT)
        root = document.root
        document.close()
        document.close()
        self.assertTrue(document.closed)
        for use in (document.to_python, lambda: root.kind, lambda: document.root):
            with self.assertRaises(gitops.StateError):
                use()

    def test_document_outlives_its_set_and_its_context(self) -> None:
        with gitops.Context() as context:
            with Documents.parse(context, "a: 1") as documents:
                document = documents[0]
        self.assertEqual(document.to_python(), {"a": 1})
        with self.assertRaises(gitops.StateError):
            Document.parse(context, "a: 1")

    def test_value_keeps_its_document(self) -> None:
        self.assertEqual(self.document("a: [1]").root["a"].to_python(), [1])

    def test_log_of_a_context_may_fail_or_be_a_logger(self) -> None:
        with gitops.Context(log=logging.getLogger("gitops.test")) as context:
            self.assertEqual(Document.parse(context, "1").to_python(), 1)


class Library(LibraryTest):
    def test_version_is_the_one_expected(self) -> None:
        self.assertRegex(gitops.library_version(), r"^0\.1\.\d+$")

    def test_missing_library_is_an_import_error(self) -> None:
        with self.assertRaises(ImportError) as caught:
            gitops._library.load_library("/nonexistent/libgitops.so")
        self.assertIn("GITOPS_LIBRARY", str(caught.exception))

    def test_another_library_is_refused(self) -> None:
        with self.assertRaisesRegex(gitops.LibraryError, "another version"):
            gitops._library.load_library("libc.so.6")


if __name__ == "__main__":
    unittest.main()
