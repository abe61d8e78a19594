"""The command line: help, hints, and errors that change nothing."""
from program import ProgramTest, main

COMMANDS = ["plan", "apply", "approve", "watch", "status", "history", "parse", "build", "diff", "patch"]


class Help(ProgramTest):
    def test_program_help_lists_every_command(self):
        for word in ("--help", "-h", "help"):
            result = self.expect(0, word)
            self.assertEqual(result.err, "")
            for command in COMMANDS:
                self.assertRegex(result.out, rf"(?m)^  {command} ")

    def test_help_of_each_command_is_on_standard_output(self):
        for command in COMMANDS:
            result = self.expect(0, command, "--help")
            self.assertTrue(result.out.startswith(f"gitops {command}: "), result)
            self.assertIn("\nOptions:\n  --", result.out)
            self.assertEqual(result.err, "")
            self.assertEqual(self.expect(0, "help", command).out, result.out)

    def test_version_is_three_numbers(self):
        self.assertRegex(self.expect(0, "--version").out, r"^gitops \d+\.\d+\.\d+\n$")

    def test_no_command_is_an_error_with_the_usage(self):
        result = self.expect(2)
        self.assertEqual(result.out, "")
        self.assertIn("Usage: gitops COMMAND", result.err)


class Mistakes(ProgramTest):
    def assert_refused(self, message, *words):
        result = self.expect(2, *words)
        self.assertEqual(result.out, "")
        self.assertIn(message, result.err)

    def test_unknown_command(self):
        self.assert_refused("there is no command deploy; see 'gitops --help'", "deploy")

    def test_unknown_option_names_the_nearest(self):
        self.assert_refused("parse has no option --formt; did you mean --format?",
                            "parse", "--formt", "json", "f")
        self.assert_refused("see 'gitops parse --help'", "parse", "--nothing-like-it", "f")

    def test_single_dash(self):
        self.assert_refused("options start with two dashes", "parse", "-format", "f")

    def test_missing_value(self):
        self.assert_refused("--format needs a value: json|yaml|keys|digest", "parse", "--format")

    def test_value_of_a_switch(self):
        self.assert_refused("--prune takes no value", "plan", "--prune=yes")

    def test_option_given_twice(self):
        self.assert_refused("--state is given twice", "plan", "--state", "a", "--state=b")

    def test_word_that_is_no_choice(self):
        self.assert_refused("--format xml: expected json, yaml, keys or digest",
                            "parse", "--format", "xml", "f")

    def test_missing_and_surplus_operands(self):
        self.assert_refused("parse needs a file", "parse")
        self.assert_refused("patch needs a document to patch", "patch", "--type", "json")
        self.assert_refused("one operand too many: b", "build", "a", "b")

    def test_unit_options_are_checked_before_anything_is_opened(self):
        unit = ["--source", "dir:nowhere", "--target", "dir:t", "--state", "s"]
        self.assert_refused("--max-deletes x: expected a whole number", "plan", *unit,
                            "--max-deletes", "x")
        self.assert_refused("--max-delete-percent 101: expected a whole number from 0 to 100",
                            "plan", *unit, "--max-delete-percent", "101")
        self.assert_refused("--prune and --no-prune exclude each other", "plan", *unit,
                            "--prune", "--no-prune")
        self.assert_refused("--adopt maybe: expected never, if-equal or always", "plan", *unit,
                            "--adopt", "maybe")
        self.assert_refused("there is no unit shop", "plan", *unit, "shop")
        self.assert_refused("--interval 5x: expected a duration", "watch", *unit,
                            "--interval", "5x", "--once")
        self.assert_refused("--approve abc: expected the 64 hexadecimal digits", "apply",
                            "--source", "dir:.", "--target", "dir:t", "--state", "s",
                            "--approve", "abc")

    def test_unit_needs_source_target_and_state(self):
        self.assert_refused("--target is needed", "plan", "--source", "dir:.", "--state", "s")
        self.assert_refused("--state FILE is needed", "plan", "--source", "dir:.",
                            "--target", "dir:t")
        self.assert_refused("--source is needed", "plan", "--target", "dir:t", "--state", "s")
        self.assert_refused("--state FILE is needed", "status")

    def test_target_of_an_unknown_kind(self):
        self.assert_refused("expected dir:DIR or exec:COMMAND", "plan", "--source", "dir:.",
                            "--target", "cluster:x", "--state", "s")

    def test_equals_sign_and_double_dash(self):
        self.write("--odd.yaml", "a: 1\n")
        result = self.expect(0, "parse", "--format=json", "--", "--odd.yaml")
        self.assertEqual(result.out, '{"a":1}\n')

    def test_lost_standard_output_is_an_error(self):
        import os
        import subprocess
        from program import PROGRAM
        if not os.path.exists("/dev/full"):
            self.skipTest("no /dev/full")
        self.write("a.yaml", "a: 1\n")
        for words in (["parse", self.path("a.yaml")], ["--help"], ["help", "plan"],
                      ["apply", "--help"], ["--version"]):
            with open("/dev/full", "w") as full:
                process = subprocess.run([PROGRAM, *words], stdout=full, stderr=subprocess.PIPE,
                                         text=True)
            self.assertEqual(process.returncode, 2, words)
            self.assertIn("standard output could not be written", process.stderr)


if __name__ == "__main__":
    main()
