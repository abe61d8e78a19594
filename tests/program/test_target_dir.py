"""The directory target: its files, its identity, and what it refuses to touch."""
import os
import shutil
import signal
import subprocess
import time

from program import PROGRAM, UnitTest, config_map, main


class Files(UnitTest):
    def test_keys_are_paths(self):
        self.write("source/all.yaml",
                   config_map("a", x="1") + "---\n" +
                   "apiVersion: apps/v1\nkind: Deployment\n"
                   "metadata: {name: web, namespace: shop}\n---\n"
                   "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n---\n"
                   "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\n"
                   "metadata: {name: 'system:web.a'}\n")
        self.apply(0)
        self.assertEqual(self.keys(), ["_/ClusterRole.rbac.authorization.k8s.io/system:web.a",
                                       "_/Namespace/shop", "default/ConfigMap/a",
                                       "shop/Deployment.apps/web"])
        self.plan(0)

    def test_files_are_readable_yaml_that_reads_back(self):
        self.write("source/a.yaml", config_map("a", x="yes", n="010", e="", m="a\nb\n", u="\u00e9"))
        self.apply(0)
        text = self.read("target/default/ConfigMap/a.yaml")
        self.assertEqual(text, "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n"
                               "  namespace: default\ndata:\n  e: \"\"\n  \"false\": \"010\"\n"
                               "  m: |\n    a\n    b\n  u: \u00e9\n  x: \"yes\"\n")
        self.assertEqual(self.live("default/ConfigMap/a"),
                         self.expect(0, "parse", "source/a.yaml").json)

    def test_mode_of_a_file_is_kept(self):
        self.put("a", x="1")
        self.apply(0)
        path = self.path("target/default/ConfigMap/a.yaml")
        os.chmod(path, 0o640)
        self.put("a", x="2")
        self.apply(0)
        self.assertEqual(os.stat(path).st_mode & 0o7777, 0o640)

    def test_leftovers_are_ignored_and_cleared_away(self):
        self.put("a", x="1")
        self.apply(0)
        leftover = self.write("target/default/ConfigMap/.a.yaml.tmp-1-2", "half a fi")
        self.plan(0)
        self.assertTrue(os.path.exists(leftover))
        self.apply(0)
        self.assertFalse(os.path.exists(leftover))
        self.assertEqual(sorted(os.listdir(self.path("target/default/ConfigMap"))), ["a.yaml"])

    def test_other_files_are_none_of_our_business(self):
        self.put("a", x="1")
        others = ["target/README.yaml", "target/.git/HEAD", "target/default/notes.txt",
                  "target/default/ConfigMap/notes.txt", "target/default/ConfigMap/.hidden.yaml"]
        for name in others:
            self.write(name, "{ not yaml")
        self.apply(0)
        self.plan(0)
        for name in others:
            self.assertEqual(self.read(name), "{ not yaml")

    def test_many_namespaces_take_several_pages(self):
        objects = [config_map("a", namespace=f"n{i:04}", x="1") for i in range(600)]
        self.write("source/all.yaml", "---\n".join(objects))
        self.apply(0)
        self.assertEqual(len(self.keys()), 600)
        os.remove(self.path("target/n0300/ConfigMap/a.yaml"))
        os.remove(self.path("target/n0599/ConfigMap/a.yaml"))
        plan = self.plan(1, "--format", "json").json
        self.assertEqual((plan["summary"]["create"], plan["summary"]["none"]), (2, 598))

    def test_nested_target_is_made(self):
        self.target = "dir:" + self.path("one/two/three")
        self.put("a", x="1")
        self.apply(0)
        self.assertTrue(os.path.exists(self.path("one/two/three/default/ConfigMap/a.yaml")))


class Links(UnitTest):
    def setUp(self):
        super().setUp()
        self.put("a", x="1")
        self.apply(0)
        os.mkdir(self.path("outside"))

    def assert_refused(self):
        self.put("a", x="2")
        self.put("b", x="1")
        result = self.apply(2)
        self.assertIn("symbolic link", result.err)
        self.assertEqual(os.listdir(self.path("outside")), [])

    def test_linked_object(self):
        os.rename(self.path("target/default/ConfigMap/a.yaml"), self.path("elsewhere"))
        os.symlink(self.path("elsewhere"), self.path("target/default/ConfigMap/a.yaml"))
        self.assert_refused()
        self.assertIn('x: "1"', self.read("elsewhere"))

    def test_linked_kind_and_namespace(self):
        shutil.rmtree(self.path("target/default/ConfigMap"))
        os.symlink(self.path("outside"), self.path("target/default/ConfigMap"))
        self.assert_refused()
        shutil.rmtree(self.path("target/default"))
        os.symlink(self.path("outside"), self.path("target/default"))
        self.assert_refused()


class Identity(UnitTest):
    def setUp(self):
        super().setUp()
        self.put("a", x="1")

    def assert_refused(self, message):
        for command in (self.plan, self.apply):
            result = command(2)
            self.assertEqual(result.out, "")
            self.assertIn(message, result.err)

    def test_missing_target_is_refused_and_not_made(self):
        self.apply(0)
        os.rename(self.path("target"), self.path("away"))
        self.assert_refused("the target does not exist")
        self.assertFalse(os.path.exists(self.path("target")))
        os.rename(self.path("away"), self.path("target"))
        self.plan(0)

    def test_empty_directory_in_its_place_is_refused(self):
        self.apply(0)
        shutil.rmtree(self.path("target"))
        os.mkdir(self.path("target"))
        self.assert_refused("state of unit default")
        self.assertEqual(os.listdir(self.path("target")), [])

    def test_other_target_is_refused(self):
        self.apply(0)
        self.write("source2/b.yaml", config_map("b", x="1"))
        self.expect(0, "apply", "--source", "dir:source2", "--target", "dir:other",
                    "--state", "state2")
        self.target = "dir:" + self.path("other")
        self.assert_refused("another target")

    def test_moved_target_is_the_same_target(self):
        self.apply(0)
        os.rename(self.path("target"), self.path("moved"))
        self.target = "dir:" + self.path("moved")
        self.plan(0)

    def test_damaged_id_is_an_error(self):
        self.apply(0)
        self.write("target/.gitops-target", "hello\n")
        self.assert_refused("does not hold the id of a target")

    def test_held_or_failed_first_run_makes_nothing(self):
        self.write("target/default/ConfigMap/a.yaml", config_map("a", x="2"))
        self.apply(3)
        self.assertEqual(os.listdir(self.path("target")), ["default"])
        self.apply(0, "--adopt", "always")
        self.assertIn(".gitops-target", os.listdir(self.path("target")))

    def test_new_state_of_an_old_target_adopts(self):
        self.apply(0)
        os.remove(self.path("state"))
        self.assertEqual(self.apply(0, "--format", "json").json["summary"]["adopt"], 1)


class Failures(UnitTest):
    def test_unreadable_live_object_stops_everything(self):
        self.put("a", x="1")
        self.apply(0)
        self.write("target/default/ConfigMap/a.yaml", "a: [")
        self.put("b", x="1")
        self.apply(2)
        self.assertEqual(self.keys(), ["default/ConfigMap/a"])

    def test_broken_foreign_object_is_not_looked_at(self):
        self.put("a", x="1")
        self.write("target/default/ConfigMap/foreign.yaml", "a: [")
        self.apply(0)
        self.assertEqual(self.read("target/default/ConfigMap/foreign.yaml"), "a: [")

    def test_name_too_long_for_a_file_fails_that_object(self):
        self.put("a", x="1")
        self.write("source/long.yaml", config_map("n" * 252, x="1"))
        result = self.apply(4)
        self.assertIn("1 created", result.lines[-1])
        self.assertIn("File name too long", result.out)

    def test_errors_name_the_whole_path(self):
        self.put("a", x="1")
        self.apply(0)
        file = self.path("target/default/ConfigMap/a.yaml")
        self.write(file, "{{ broken")
        self.assertIn("default/ConfigMap/a:1:2: in the target: ", self.plan(2).err)
        os.remove(file)
        os.mkdir(file)
        self.assertIn(f"{file} is no regular file", self.plan(2).err)
        os.rmdir(file)
        os.symlink("x", file)
        self.assertIn(f"{file} is a symbolic link", self.plan(2).err)
        shutil.rmtree(self.path("target/default"))
        os.symlink("x", self.path("target/default"))
        self.assertIn(self.path("target", "default") + " is a symbolic link", self.plan(2).err)
        os.remove(self.path("target/default"))
        self.write("target/default", "in the way")
        self.assertIn("cannot open " + self.path("target", "default") + ": ",
                      self.apply(4).out)

    def test_killed_at_any_moment_the_next_run_completes_it(self):
        self.write("source/all.yaml", "---\n".join(config_map(f"m{i:03}", x="1")
                                                   for i in range(300)))
        for delay in (0.005, 0.02, 0.05, 0.1, 0.2):
            process = subprocess.Popen([PROGRAM, "apply", *self.unit()],
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(delay)
            process.send_signal(signal.SIGKILL)
            process.wait()
        self.apply(0)
        self.assertEqual(len(self.keys()), 300)
        self.plan(0)
        leftovers = [name for _, _, files in os.walk(self.path("target")) for name in files
                     if ".tmp-" in name]
        self.assertEqual(leftovers, [])


if __name__ == "__main__":
    main()
