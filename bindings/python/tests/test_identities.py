"""Objects named by pointers, by a function, or one for each file."""

from __future__ import annotations

import logging
import unittest
from typing import Any, Dict, Optional

from binding_support import DictTarget, LibraryTest
import gitops
from gitops import Identity, Manifest, Source


class Identities(LibraryTest):
    def read(self, files: Dict[str, Any], identity: Identity, path: str = "") -> Dict[str, Any]:
        snapshot = Source.memory(self.context, files).fetch()
        manifest = Manifest.read(self.context, snapshot, path, identity=identity)
        return {key: document.to_python() for key, document in manifest.items()}

    def test_files_are_objects_with_mode_and_content(self) -> None:
        source = Source.memory(self.context, {"etc/motd": "hi\r\n", "etc/logo": b"\x89\0"})
        source.put("etc/run", "#!/bin/sh\n", executable=True)
        manifest = Manifest.read(self.context, source.fetch(), "etc",
                                 identity=Identity.file(self.context))
        self.assertEqual({key: document.to_python() for key, document in manifest.items()}, {
            "_/File/logo": {"base64": "iQA=", "mode": "0644"},
            "_/File/motd": {"content": "hi\r\n", "mode": "0644"},
            "_/File/run": {"content": "#!/bin/sh\n", "mode": "0755"}})

    def test_keys_of_files_can_be_undone(self) -> None:
        for path in ("motd", "nginx/conf.d/a b.conf", ".env", "_/_", "caf\u00e9", "\udcff"):
            key = gitops.file_key(self.context, path)
            self.assertEqual(gitops.file_key_path(self.context, key), path)
        self.assertEqual(gitops.file_key(self.context, "a/b/.c d"), "a%2Fb/File/%2Ec%20d")
        with self.assertRaises(gitops.InvalidError):
            gitops.file_key(self.context, "../a")
        with self.assertRaises(gitops.InvalidError):
            gitops.file_key_path(self.context, "_/ConfigMap/a")

    def test_pointers_name_objects(self) -> None:
        identity = Identity.pointers(self.context, "/id", namespace="/site", kind="/type",
                                     group="/vendor", default_kind="Thing", skip_others=True)
        self.assertEqual(list(self.read({"a.yaml": "{id: 1, site: x, type: Router, vendor: z}\n---\n"
                                                   "{id: 2}\n---\nnote: 1\n"}, identity)),
                         ["_/Thing/2", "x/Router.z/1"])
        with self.assertRaises(gitops.ParseError) as caught:
            self.read({"a.yaml": "note: 1"}, Identity.pointers(self.context, "/id"))
        self.assertIn("/id", str(caught.exception))
        with self.assertRaises(gitops.InvalidError):
            Identity.pointers(self.context, "id")

    def test_function_names_objects(self) -> None:
        def identify(document: Any, file: str) -> Optional[str]:
            if "serial" not in document:
                return None
            return f"{file.split('/')[0]}/Device/{document['serial']}"

        identity = Identity.callback(self.context, identify, rule="serials 1")
        files = {"paris/a.yaml": "serial: 1\n---\nnote: x\n", "rome/a.yaml": "serial: 1\n"}
        self.assertEqual(list(self.read(files, identity)), ["paris/Device/1", "rome/Device/1"])

    def test_exception_and_bad_key_are_errors_of_the_document(self) -> None:
        def raises(document: Any, file: str) -> Optional[str]:
            raise ValueError("no serial\nnumber")

        logging.getLogger("gitops").setLevel(logging.CRITICAL)
        self.addCleanup(logging.getLogger("gitops").setLevel, logging.NOTSET)
        answers: Any = (raises, lambda document, file: "a/b",
                        lambda document, file: "_/A/\0", lambda document, file: 7)
        texts = ("ValueError: no serial number", "the host gives", "NUL", "TypeError")
        for identify, text in zip(answers, texts):
            with self.assertRaises(gitops.ParseError) as caught:
                self.read({"a.yaml": "\nserial: 1\n"}, Identity.callback(self.context, identify))
            self.assertIn(text, str(caught.exception))
            [problem] = caught.exception.diagnostics
            self.assertEqual(str(problem)[:8], "a.yaml:2")

    def test_unit_of_files_is_reconciled(self) -> None:
        source = Source.memory(self.context, {"motd": "one"})
        target: Any = DictTarget()
        unit = gitops.Unit(self.context, "files", source, target,
                           identity=Identity.file(self.context), max_delete_percent=100)
        with gitops.Store.memory(self.context) as store:
            with gitops.Reconciler(self.context, store) as reconciler:
                reconciler.add(unit)
                reconciler.run()
        self.assertEqual(list(target.objects), ["_/File/motd"])


if __name__ == "__main__":
    unittest.main()
