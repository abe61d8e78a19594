"""What is in the source and cannot be read as manifests is named, and never looks like less."""
import os

from program import UnitTest, config_map, main
from repository import Repository

SKIPPED = "documents are no objects and were skipped"


class Unread(UnitTest):
    """The same files as a plain directory; Git has a class of its own below."""

    def setUp(self):
        super().setUp()
        self.top = self.path("source")
        for name in "abcd":
            self.put(name, x="1")

    def commit(self):
        pass

    def link(self, to, name):
        os.makedirs(os.path.dirname(os.path.join(self.top, name)), exist_ok=True)
        os.symlink(to, os.path.join(self.top, name))

    def put_raw(self, name, content):
        path = os.path.join(self.top, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content)

    def test_manifest_that_became_a_link_is_an_error(self):
        self.commit()
        self.apply(0)
        os.rename(self.path("source/a.yaml"), self.path("source/a.txt"))
        self.link("a.txt", "a.yaml")
        self.commit()
        for command in self.plan, self.apply:
            result = command(2)
            self.assertEqual(result.out, "")
            self.assertIn("a.yaml: is a symbolic link, submodule or device", result.err)
        self.assertEqual(len(self.keys()), 4)
        self.plan(3, "--exclude", "a.yaml", "--max-deletes", "0")  # on purpose: it is to go

    def test_linked_directory_is_named_once_and_holds_deletes(self):
        self.link("nowhere", "dir")
        self.commit()
        result = self.apply(0)
        self.assertEqual(result.err.count("dir: warning: is a symbolic link"), 1)
        self.plan(0)
        os.remove(self.path("source/a.yaml"))
        self.commit()
        plan = self.plan(3, "--format", "json").json
        self.assertEqual(plan["held"], [{"limit": "unread", "allowed": 0, "asked": 1}])
        self.assertEqual(plan["unread"], 1)
        self.put("b", x="2")
        self.commit()
        self.apply(0, "--exclude", "dir")
        self.assertEqual(len(self.keys()), 3)

    def test_link_can_be_excluded_as_a_file_or_as_a_directory(self):
        self.link("nowhere", "x/dir")
        self.link("a.yaml", "x/link.yaml")
        self.commit()
        self.plan(2)
        for words in ["x/"], ["x/dir", "*/link.yaml"], ["/x/dir/", "link.yaml"]:
            result = self.plan(1, *[word for glob in words for word in ("--exclude", glob)])
            self.assertEqual(result.err, "")

    def test_pointer_of_lfs_and_encrypted_file_are_named(self):
        self.put_raw("big.yaml", b"version https://git-lfs.github.com/spec/v1\n"
                                 b"oid sha256:4d7a214614ab2935c943f9e0ff69d22e\nsize 12345\n")
        self.put_raw("deep/er/secret.yaml", b"\0GITCRYPT\0\x01\x02\xff")
        self.commit()
        err = self.plan(2).err
        self.assertIn("big.yaml:1:1: is a pointer of Git LFS", err)
        self.assertIn("deep/er/secret.yaml:1:1: is encrypted by git-crypt", err)
        self.assertIn("2 errors in the manifests", err)

    def test_documents_that_are_no_objects_are_counted(self):
        self.put_raw("values.yaml", b"replicas: 1\n---\nother: 2\n")
        self.commit()
        result = self.apply(0, "--format", "json")
        self.assertEqual(result.json["skipped"], 2)
        self.assertIn("gitops: 2 " + SKIPPED, result.err)
        self.assertIn("gitops: 2 " + SKIPPED, self.plan(0).err)
        self.assertEqual(self.plan(0, "--exclude", "values.yaml").err, "")

    def test_backslash_in_a_name_matters_only_where_the_file_would_be_used(self):
        self.put_raw("deep/er/notes\\draft.txt", b"text")
        self.commit()
        self.assertEqual(self.plan(1).err, "")
        self.put_raw("deep/er/a\\b.yaml", config_map("z", x="1").encode())
        self.commit()
        self.assertIn("deep/er/a\\b.yaml: has a backslash in its path", self.plan(2).err)
        self.assertEqual(self.plan(1, "--exclude", "deep").err, "")
        self.assertEqual(self.plan(1, "--exclude", "*\\\\*.yaml").err, "")


class UnreadInGit(Unread):
    def setUp(self):
        super().setUp()
        self.repository = Repository(self.top)

    def unit(self):
        return ["--source", self.top, "--target", self.target, "--state", self.path("state")]

    def commit(self):
        self.repository.commit()

    def test_submodule_is_named(self):
        tip = self.repository.commit()
        self.repository.git("update-index", "--add", "--cacheinfo", f"160000,{tip},vendor")
        self.repository.git("commit", "-q", "-m", "a submodule")
        self.assertIn("vendor: warning: is a symbolic link, submodule or device",
                      self.plan(1).err)
        self.assertEqual(self.plan(1, "--exclude", "vendor/").err, "")

    def test_malformed_tree_names_the_directory_and_the_entry(self):
        blob = self.repository.git("hash-object", "-w", "--stdin")
        raw = b"100644 .GIT\0" + bytes.fromhex(blob)
        self.put_raw("tree", raw)
        tree = self.repository.git("hash-object", "--literally", "-w", "-t", "tree", "tree")
        os.remove(os.path.join(self.top, "tree"))
        inner = self.tree("040000", tree, "er")
        top = self.tree("040000", inner, "deep")
        commit = self.repository.git("commit-tree", "-m", "hostile", top)
        self.repository.git("update-ref", "refs/heads/main", commit)
        self.assertIn('tree of directory "deep/er" is malformed: ".GIT" looks like .git',
                      self.plan(2).err)

    def tree(self, mode, child, name):
        raw = f"{mode.lstrip('0')} {name}\0".encode() + bytes.fromhex(child)
        self.put_raw("raw", raw)
        made = self.repository.git("hash-object", "--literally", "-w", "-t", "tree", "raw")
        os.remove(os.path.join(self.top, "raw"))
        return made


if __name__ == "__main__":
    main()
