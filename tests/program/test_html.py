"""The page of a plan or a run: complete, escaped, masked, and in need of nothing else."""
import base64
import hashlib
import os
import re
from html.parser import HTMLParser

from program import UnitTest, config_map, main

VOID = {"meta", "input", "br"}
CANARY = "canary-%d-of-the-secret"
SECRET = ("apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: shop}\n"
          "stringData: {password: %s}\n")


class Page(HTMLParser):
    """The elements of a page; every tag must be closed where it was opened."""

    def __init__(self, text):
        super().__init__()
        self.text, self.open, self.elements, self.bodies = text, [], [], {}
        self.feed(text)
        assert not self.open, self.open

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, (tag, self.open, self.getpos())
        self.open.pop()

    def handle_data(self, data):
        if self.open:
            self.bodies[self.open[-1]] = self.bodies.get(self.open[-1], "") + data

    def with_class(self, tag, name):
        return [attrs for found, attrs in self.elements
                if found == tag and name in (attrs.get("class") or "").split()]

    def visible(self):
        """What a reader sees, without style and script."""
        return re.sub(r"<(style|script)>.*?</\1>", "", self.text, flags=re.S)


class HtmlTest(UnitTest):
    def page(self, code, *words):
        return Page(self.plan(code, "--format", "html", *words).out)


class Contents(HtmlTest):
    def setUp(self):
        super().setUp()
        for name in "abcd":
            self.put(name, x="1", z="1")
        self.apply(0)
        os.remove(self.path("source/a.yaml"))
        self.put("b", x="2", z="1")
        self.put("new", x="1")

    def test_operations_are_those_of_the_json_form_in_their_order(self):
        plan = self.plan(1, "--format", "json").json
        page = self.page(1)
        articles = [attrs for tag, attrs in page.elements if tag == "article"]
        self.assertEqual([a["class"] for a in articles],
                         [o["action"] for o in plan["operations"]])
        self.assertEqual([a["id"] for a in articles],
                         [f"op-{i}" for i in range(len(articles))])
        names = re.findall(r'<b>([^<]+)</b></span><span class="why">', page.text)
        self.assertEqual(names, [o["key"].split("/")[2] for o in plan["operations"]])
        self.assertIn(plan["digest"], page.text)
        self.assertIn("<b>2</b> in order", page.text)

    def test_fields_stand_side_by_side_with_their_place(self):
        text = self.page(1).text
        self.assertIn('<td class="old"><pre>&quot;1&quot;</pre></td>'
                      '<td class="new"><pre>&quot;2&quot;</pre></td>', text)
        self.assertIn('<span class="place">b.yaml:7</span>', text)
        self.assertNotIn("/data/z", text)

    def test_full_shows_the_fields_of_creates(self):
        self.assertNotIn("/metadata/name", self.page(1).text)
        self.assertIn("/metadata/name", self.page(1, "--full").text)

    def test_phases_and_waves_head_their_operations(self):
        headings = re.findall(r"<h3>(.*?)</h3>", self.page(1).text)
        self.assertEqual(headings, ["sync, wave 0", "prune, wave 0"])

    def test_deletes_are_linked_from_above(self):
        page = self.page(1)
        above = page.text[page.text.index('id="destroyed"'):page.text.index('id="picture"')]
        target = re.search(r'href="#(op-\d+)"', above).group(1)
        self.assertIn(f'<article id="{target}" class="delete">', page.text)

    def test_nothing_to_do_says_so(self):
        self.apply(0)
        page = self.page(0)
        self.assertIn("No changes. The target is as the source says.", page.text)
        self.assertNotIn("<svg", page.text)

    def test_drift_that_is_left_alone_is_told(self):
        self.apply(0)
        self.write("target/default/ConfigMap/c.yaml", config_map("c", x="5", z="1"))
        page = self.page(0, "--drift", "report")
        self.assertEqual([a["id"] for t, a in page.elements if t == "article"], ["drift-0"])
        self.assertIn("drift, left alone", page.text)

    def test_held_plan_shows_the_limits_and_the_command(self):
        for name in "bc":
            os.remove(self.path("source", name + ".yaml"))
        page = self.page(3)
        digest = self.plan(3, "--format", "json").json["digest"]
        self.assertIn("<b>deletes</b>: 3 asked, 1 allowed", page.text)
        self.assertRegex(page.text, f"<pre><code>[^<]* apply [^<]* --approve {digest}</code>")

    def test_run_shows_outcomes(self):
        self.write("target/blocked", "a file in the way")
        self.put("new", namespace="blocked", x="1")
        page = Page(self.apply(4, "--format", "html").out)
        self.assertIn('class="create failed"', page.text)
        self.assertIn("<b>1</b> failed", page.text)
        failed = page.text[page.text.index('id="failed"'):page.text.index('id="picture"')]
        self.assertIn("blocked/ConfigMap/", failed)


class Picture(HtmlTest):
    def test_curve_leads_from_what_is_needed_to_what_needs_it(self):
        self.put("base", x="1")
        self.write("source/needs.yaml", config_map("needs", x="1").replace(
            "\ndata:", "\n  annotations:\n    config.kubernetes.io/depends-on: "
            "/namespaces/default/ConfigMap/base\ndata:"))
        self.assertEqual(len(self.page(1).with_class("path", "edge")), 1)

    def test_namespace_has_no_curves(self):
        self.write("source/ns.yaml", "apiVersion: v1\nkind: Namespace\nmetadata: {name: default}\n")
        self.put("a", x="1")
        page = self.page(1)
        self.assertEqual(page.with_class("path", "edge"), [])
        self.assertEqual(len(page.with_class("path", "flow")), 1)


class Lines(HtmlTest):
    def rows(self, before, after):
        self.put("a", text=before)
        self.apply(0)
        self.put("a", text=after)
        rows = re.findall(r'<tr class="line">(.*?)</tr>', self.page(1).text)
        cells = [re.findall(r'<td(?: class="(\w+)")?><pre>(.*?)</pre></td>', row) for row in rows]
        return [tuple(" ".join(cell).strip() for cell in row) for row in cells]

    def test_lines_that_both_have_face_each_other(self):
        self.assertEqual(self.rows("1\n2\n3\n4\na\nb\nc\n5\n", "1\n2\n3\n4\nA\nmore\nb\n5\n"),
                         [("same 2", "same 2"), ("same 3", "same 3"), ("same 4", "same 4"),
                          ("old a", "new A"), ("", "new more"), ("same b", "same b"),
                          ("old c", ""), ("same 5", "same 5")])

    def test_longer_texts_are_laid_side_by_side(self):
        rows = self.rows("".join(f"a{i}\n" for i in range(70)), "".join(f"b{i}\n"
                                                                         for i in range(60)))
        self.assertEqual((len(rows), rows[0], rows[-1]),
                         (70, ("old a0", "new b0"), ("old a69", "")))

    def test_very_long_texts_say_what_is_left_out(self):
        self.put("a", text="".join(f"a{i}\n" for i in range(300)))
        self.apply(0)
        self.put("a", text="".join(f"b{i}\n" for i in range(250)))
        self.assertIn("... and 100 more before, 50 more after", self.page(1).text)
        self.assertNotIn("more before", self.page(1, "--full").text)


class Safety(HtmlTest):
    def test_page_needs_and_allows_nothing_else(self):
        self.put("a", x="1")
        page = self.page(1)
        for tag, attrs in page.elements:
            self.assertNotIn(tag, {"link", "img", "iframe", "object", "form", "base", "image"})
            for name in ("src", "style", "xlink:href", "action", "data", "srcset"):
                self.assertNotIn(name, attrs)
            self.assertFalse([name for name in attrs if name.startswith("on")])
            self.assertTrue((attrs.get("href") or "#").startswith("#"))
        self.assertNotRegex(page.bodies["style"], r"url\(|@import")
        self.assertNotRegex(page.bodies["script"], r"fetch|XMLHttp|import|eval|innerHTML")

    def test_policy_allows_this_style_and_this_script_only(self):
        self.put("a", x="1")
        page = self.page(1)
        policy = next(attrs["content"] for tag, attrs in page.elements
                      if attrs.get("http-equiv") == "Content-Security-Policy")
        for name in ("style", "script"):
            body = re.search(f"<{name}>(.*?)</{name}>", page.text, re.S).group(1)
            digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
            self.assertIn(f"{name}-src 'sha256-{digest}';", policy,
                          f"html_page.c: the digest of the {name} has to be {digest}")
        self.assertTrue(policy.startswith("default-src 'none';"))

    def test_hostile_names_and_values_are_shown_and_do_nothing(self):
        hostile = "</script><img src=x onerror=alert(1)>\"'&\u202e\u0007\u200f\u2066"
        self.write("source/x'\"<b>&.yaml", config_map(
            "a", **{"x": "1", "y": "1\n2\n"}))
        self.apply(0)
        self.write("source/x'\"<b>&.yaml", config_map("a", **{
            "x": hostile, "y": hostile + "\n2\n", "</td><b>": "1"}).replace(
                "</td><b>:", "\"</td><b>\":"))
        page = self.page(1)
        self.assertFalse([tag for tag, _ in page.elements if tag == "img"])
        self.assertIn("&lt;img src=x onerror=alert(1)&gt;", page.text)
        self.assertIn("/data/&lt;~1td&gt;&lt;b&gt;", page.text)
        self.assertIn("x&#39;&quot;&lt;b&gt;&amp;.yaml:1", page.text)
        self.assertIn("\\u202e\\u0007\\u200f\\u2066", page.text)
        for character in "\u202e\u0007\u200f\u2066":
            self.assertNotIn(character, page.text)

    def test_hostile_command_line_is_escaped(self):
        for name in "abc":
            self.put(name, x="1")
        self.apply(0)
        for name in "ab":
            os.remove(self.path("source", name + ".yaml"))
        page = self.page(3, "--exclude", "</code><script>'\"")
        self.assertEqual(len([tag for tag, _ in page.elements if tag == "script"]), 1)
        self.assertIn("&lt;/code&gt;&lt;script&gt;", page.text)

    def test_secrets_never_show(self):
        self.write("source/s.yaml", SECRET % (CANARY % 1))
        created = self.page(1, "--full")
        self.apply(0)
        self.write("source/s.yaml", SECRET % (CANARY % 2))
        updated = self.page(1, "--full")
        run = Page(self.apply(0, "--full", "--format", "html").out)
        for page in (created, updated, run):
            self.assertNotIn("canary", page.text)
            self.assertNotIn(base64.b64encode(CANARY.encode())[:12].decode(), page.text)
            self.assertIn("<pre>***</pre>", page.text)

    def test_large_plan_caps_the_picture_and_nothing_else(self):
        self.write("source/all.yaml", "---\n".join(config_map(f"c{i}", x="1")
                                                   for i in range(1000)))
        page = self.page(1)
        self.assertEqual(len(page.with_class("article", "create")), 1000)
        self.assertEqual(len(page.with_class("a", "node")), 160)
        self.assertIn("The picture ends after 160 of 1000 operations", page.text)


if __name__ == "__main__":
    main()
