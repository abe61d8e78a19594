"""The page in a real browser: it says the right things, filters, folds, fetches nothing, complains
about nothing, and is not blank, light and dark."""
import os
import sys

import chromium
from program import UnitTest, config_map, main

if not chromium.find():
    print("skipped: there is no Chromium (Debian: chromium; or set GITOPS_CHROMIUM)")
    sys.exit(77)

HOSTILE = "</script><script>window.hostile = 1</script><img src=http://127.0.0.1:1/x>"


class InBrowser(UnitTest):
    @classmethod
    def setUpClass(cls):
        cls.browser = chromium.Chromium()

    @classmethod
    def tearDownClass(cls):
        cls.browser.close()

    def setUp(self):
        super().setUp()
        for name in "abcdef":
            self.put(name, x="1", z="1")
        self.apply(0)
        os.remove(self.path("source/a.yaml"))
        self.put("b", x="2", z=HOSTILE)
        self.put("c", x="needle-in-a-value", z="1")
        self.put("fresh", x="1")
        self.write("target/default/ConfigMap/d.yaml", config_map("d", x="5", z="1"))
        page = self.plan(1, "--format", "html", "--drift", "report").out
        self.browser.open(self.write("page.html", page))

    def tearDown(self):
        self.assertEqual(self.browser.complaints(), [])
        self.assertEqual([url.split(":")[0] for url in self.browser.requests()], ["file"])

    def shown(self):
        return self.browser.run("Array.from(document.querySelectorAll('article'))"
                                ".filter(a => a.checkVisibility())"
                                ".map(a => a.querySelector('.key').textContent.split('/')[2])")

    def search(self, text):
        self.browser.run("(find => { find.value = " + repr(text) + "; find.dispatchEvent("
                         "new Event('input')); })(document.getElementById('find'))")
        return sorted(self.shown())

    def test_sections_exist_and_hostile_values_are_text(self):
        self.assertEqual(self.browser.run("document.title"), "Plan of default")
        for name in ("summary", "destroyed", "picture", "tools", "operations", "drift"):
            self.assertTrue(self.browser.run(f"document.getElementById('{name}')"
                                             ".checkVisibility()"), name)
        self.assertTrue(self.browser.run("window.hostile === undefined"))
        self.assertEqual(self.browser.run("document.images.length"), 0)
        self.assertIn(HOSTILE, self.browser.run("document.body.innerText"))

    def test_search_filters_by_key_field_and_value(self):
        self.assertEqual(sorted(self.shown()), ["a", "b", "c", "d", "fresh"])
        self.assertEqual(self.search("FRESH"), ["fresh"])
        self.assertEqual(self.browser.run("found.value"), "1 of 5")
        self.assertEqual(self.search("needle"), ["c"])
        self.assertEqual(self.search("configmap /data/x"), ["b", "c", "d"])
        self.assertEqual(self.search("nothing like it"), [])
        self.assertFalse(self.browser.run("drift.checkVisibility()"))
        self.assertEqual(self.browser.run("document.querySelectorAll('.node.dim').length"), 4)
        self.browser.press("Escape")
        self.assertEqual(len(self.shown()), 5)
        self.assertEqual(self.browser.run("document.getElementById('find').value + found.value"), "")

    def test_totals_filter_by_action(self):
        press = "document.querySelector('button[data-only={}]').click()".format
        self.browser.run(press("delete"))
        self.assertEqual(self.shown(), ["a"])
        self.browser.run(press("create"))
        self.assertEqual(sorted(self.shown()), ["a", "fresh"])
        self.assertEqual(self.search("fresh"), ["fresh"])

    def test_keys_search_and_walk(self):
        focus = "document.activeElement.closest('article')?.id ?? document.activeElement.id"
        self.browser.press("/")
        self.assertEqual(self.browser.run(focus), "find")
        self.browser.press("Escape")
        seen = []
        for key in "jjjk":
            self.browser.press(key)
            seen.append(self.browser.run(focus))
        self.assertEqual(seen, ["op-0", "op-1", "op-2", "op-1"])

    def test_fields_fold(self):
        count = "document.querySelectorAll('details[open]').length"
        self.assertEqual(self.browser.run(count), 3)
        self.browser.run("fold.click()")
        self.assertEqual(self.browser.run(count), 0)
        self.browser.run("fold.click()")
        self.assertEqual(self.browser.run(count), 3)

    def test_link_to_a_hidden_operation_shows_it(self):
        self.search("fresh")
        self.browser.run("document.querySelector('#destroyed a').click();"
                         "new Promise(done => setTimeout(done, 100))")
        self.assertEqual(len(self.shown()), 5)

    def test_picture_has_a_node_for_each_operation(self):
        self.assertEqual(self.browser.run(
            "Array.from(document.querySelectorAll('.node .name')).map(n => n.textContent)"),
            self.browser.run("Array.from(document.querySelectorAll('#operations .key b'))"
                             ".map(n => n.textContent)"))
        self.assertTrue(self.browser.run(
            "Array.from(document.querySelectorAll('.node rect'))"
            ".every(r => r.getBoundingClientRect().width > 100)"))

    def test_nothing_is_wider_than_the_window(self):
        for width in (1280, 400):
            self.browser.open(self.path("page.html"), width=width)
            self.assertLessEqual(self.browser.run("document.documentElement.scrollWidth"), width)

    def test_screenshots_are_not_blank_and_follow_the_scheme(self):
        kept = os.environ.get("GITOPS_SCREENSHOTS")
        backgrounds = []
        self.browser.open(self.path("page.html"), width=900, height=700)
        for dark in (False, True):
            png = self.browser.screenshot(dark)
            if kept:
                with open(os.path.join(kept, "dark.png" if dark else "light.png"), "wb") as file:
                    file.write(png)
            width, height, rows = chromium.pixels(png)
            self.assertEqual((width, height), (900, 700))
            colors = {}
            for row in rows[::4]:
                for color in row[::4]:
                    colors[color] = colors.get(color, 0) + 1
            self.assertGreater(len(colors), 50)
            common = max(colors, key=colors.get)
            self.assertLess(colors[common], 0.97 * sum(colors.values()))
            backgrounds.append(sum(common))
        self.assertGreater(backgrounds[0], 600)
        self.assertLess(backgrounds[1], 150)


class WithoutScript(UnitTest):
    def test_everything_can_be_read(self):
        self.put("a", x="1")
        self.apply(0)
        self.put("a", x="2")
        page = self.write("page.html", self.plan(1, "--format", "html").out)
        browser = chromium.Chromium()
        try:
            browser.call("Emulation.setScriptExecutionDisabled", value=True)
            browser.open(page)
            text = browser.run("document.body.innerText")
            self.assertFalse(browser.run("document.getElementById('tools').checkVisibility()"))
        finally:
            browser.close()
        for part in ("default/ConfigMap/a", "/data/x", '"1"', '"2"', "a.yaml:7"):
            self.assertIn(part, text)


if __name__ == "__main__":
    main()
