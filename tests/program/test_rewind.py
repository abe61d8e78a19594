"""A branch that was reset, amended or replaced: nothing happens until that commit is allowed."""
from program import UnitTest, config_map, main
from repository import Repository


class Rewind(UnitTest):
    def setUp(self):
        super().setUp()
        self.repository = Repository(self.path("repository"))
        self.write_object("a", "1")
        self.write_object("b", "1")
        self.first = self.repository.commit("first")
        self.write_object("a", "2")
        self.write_object("c", "1")
        self.second = self.repository.commit("second")
        self.apply(0)

    def unit(self):
        return ["--source", self.repository.path, "--target", self.target,
                "--state", self.path("state")]

    def write_object(self, name, value):
        self.repository.write(name + ".yaml", config_map(name, x=value))

    def history(self):
        return self.expect(0, "history", "--state", self.path("state"), "--format",
                           "json").json["runs"]

    def assert_refused(self, tip):
        """Plan and apply stop before any change and name both commits and the way out."""
        before = self.keys(), self.live("default/ConfigMap/a"), self.history()
        for command in self.plan, self.apply:
            result = command(2)
            self.assertEqual(result.out, "")
            self.assertIn(f"commit {tip} does not descend from {self.second}, which was applied "
                          "last", result.err)
            self.assertIn(f"--allow-rewind {tip}", result.err)
        self.assertEqual((self.keys(), self.live("default/ConfigMap/a"), self.history()), before)

    def test_reset_branch_is_refused_until_allowed(self):
        self.repository.git("reset", "-q", "--hard", self.first)
        self.assert_refused(self.first)
        summary = self.plan(1, "--format", "json", "--allow-rewind", self.first).json["summary"]
        self.assertEqual((summary["update"], summary["delete"]), (1, 1))
        self.apply(0, "--allow-rewind", self.first)
        self.assertEqual(self.live("default/ConfigMap/a")["data"], {"x": "1"})
        self.assertEqual(self.keys(), ["default/ConfigMap/a", "default/ConfigMap/b"])
        self.assertEqual(self.history()[0]["revision"], self.first)
        self.apply(0)  # it is the one applied last now

    def test_amended_commit_of_the_same_files_is_recorded_once_allowed(self):
        self.repository.git("commit", "-q", "--amend", "-m", "other words")
        tip = self.repository.git("rev-parse", "HEAD")
        self.assert_refused(tip)
        self.apply(0, "--allow-rewind", tip)
        run = self.history()[0]
        self.assertEqual((run["revision"], run["operations"], run["result"]), (tip, [], "done"))
        self.plan(0)
        self.apply(0)
        self.assertEqual(len(self.history()), 2)
        self.write_object("a", "3")
        self.repository.commit()
        self.apply(0)

    def test_unrelated_history_is_refused(self):
        self.repository.git("checkout", "-q", "--orphan", "new")
        self.write_object("a", "777")
        tip = self.repository.commit("unrelated")
        self.assert_refused(tip)
        self.apply(2, "--allow-rewind", self.first)  # an allowance is for one commit
        self.apply(0, "--allow-rewind", tip)

    def test_allowance_is_used_up(self):
        self.repository.git("reset", "-q", "--hard", self.first)
        self.apply(0, "--allow-rewind", self.first)
        self.repository.git("reset", "-q", "--hard", self.second)
        self.apply(0)  # forward again
        self.repository.git("reset", "-q", "--hard", self.first)
        self.assert_refused(self.first)

    def test_held_rewind_is_not_taken_for_applied(self):
        self.repository.git("reset", "-q", "--hard", self.first)
        held = self.apply(3, "--allow-rewind", self.first, "--max-deletes", "0")
        self.assertIn(f"--allow-rewind {self.first} --max-deletes 0 --approve ", held.out)
        self.assert_refused(self.first)

    def test_shallow_clone_cannot_tell(self):
        for value in "3", "4":
            self.write_object("a", value)
            tip = self.repository.commit()
        self.repository.git("clone", "-q", "--depth", "1", "file://" + self.repository.path,
                            self.path("shallow"))
        words = self.unit()
        words[1] = self.path("shallow")
        result = self.expect(2, "apply", *words)
        self.assertIn(f"cannot tell whether commit {tip} descends from {self.second}", result.err)
        self.expect(0, "apply", *words, "--allow-rewind", tip)

    def test_only_a_whole_commit_id_can_be_allowed(self):
        for text in "main", self.first[:12], self.first.upper(), "":
            self.assertIn("expected the 40 hexadecimal digits of a commit",
                          self.apply(2, "--allow-rewind", text).err)

    def test_plain_directory_has_no_ancestry(self):
        words = self.unit()
        words[1] = "dir:" + self.repository.path
        self.write_object("a", "5")
        self.expect(0, "apply", *words)
        self.apply(0)


if __name__ == "__main__":
    main()
