#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The page of ab --html in a headless Chromium: at two widths, in both themes, with the mouse and without.

Skipped where there is no browser. Where npm could not bring the libraries the tables are looked at, without figures.
The argument: ab.
"""

import json
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.getcwd(), "tests/unit/bench/ab"))
import ab_page  # noqa: E402
import devtools  # noqa: E402

_WIDE, _NARROW = 1280, 400
_TAB, _ENTER, _DOWN, _SPACE = ("Tab", 9), ("Enter", 13), ("ArrowDown", 40), (" ", 32)
_LIGHT_GROUND, _DARK_GROUND = "rgb(255, 255, 255)", "rgb(18, 22, 27)"
_LOCKS = ("One::Mutex", "Two::Mutex") + tuple(f"lock {letter}" for letter in "ABCDEFGHIJKL")


def _line(i, name, counts):
    points = [{"x": x, "y": (20 + 5 * i) * x ** 0.7, "low": (19 + 5 * i) * x ** 0.7, "high": (24 + 5 * i) * x ** 0.7}
              for x in counts]
    return {"name": name, "ours": i < 2, "points": points}


def _section(title, series, **others):
    columns = [{"name": name, "number": i > 0} for i, name in enumerate(("whose", "first", "last"))]
    rows = [[{"text": one["name"]}, {"text": "%.1f" % one["points"][0]["y"]},
             {"text": "%.1f" % one["points"][-1]["y"], "tone": "slower"}] for one in series]
    made = {"title": title, "text": [f"What {title} is, <b>with all</b>."], "value": "time per operation", "unit": "ns",
            "x": "CPUs", "rule": None, "note": "", "series": series, "open": False,
            "table": {"columns": columns, "rows": rows}}
    return dict(made, **others)


def _ratios(name, ours, low):
    return {"name": name, "ours": ours, "points": [
        {"x": f"a program with a name, {i} threads", "y": low * i, "low": low * i * 0.9, "high": low * i * 1.3}
        for i in (1, 2, 4)]}


def _made_up():
    """A document with all that a page can have, such as curves of many locks over many CPUs."""
    many = [1, 2, 4, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192]
    curves = [_line(i, name, many) for i, name in enumerate(_LOCKS)]
    curves[3]["points"] = curves[3]["points"][:5]
    curves[4]["points"][2]["y"] = None
    return {"tool": "scale", "title": "scale --html </script><!--", "no_figures": "", "facts": [["cpu", "one"]],
            "short": [{"text": "Lost: some.", "detail": False}, {"text": "These.", "detail": True}],
            "sections": [
                _section("Ratios", [_ratios("time", True, 0.5), _ratios("CPU time", False, 0.6)], unit="", rule=1,
                         note="A note.", open=True),
                _section("Curves", curves),
                _section("Few", [_line(i, name, [1, 2, 3]) for i, name in enumerate(_LOCKS[:3])]),
                _section("One count", [_line(i, name, [8]) for i, name in enumerate(_LOCKS[:3])]),
                _section("Not measured", [], table=None)]}


class InBrowser(ab_page.TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.measure("--threads=1,2", "--html", cls.path("page.html"))
        cls.page = ab_page.Page(cls.path("page.html"))

    def setUp(self):
        folder = self.path(self.name())
        os.mkdir(folder)
        self.browser = devtools.Browser(devtools.find(), folder)
        self.addCleanup(self.browser.close)

    def name(self):
        return self.id().rsplit(".", 1)[1]

    def write(self, data):
        """ab's page with another document."""
        start = self.page.text.index('id="data">') + len('id="data">')
        end = self.page.text.index("</script>", start)
        path = self.path("other.html")
        with open(path, "w", encoding="utf-8") as file:
            file.write(self.page.text[:start] + json.dumps(data).replace("<", "\\u003c") + self.page.text[end:])
        return path

    def count(self, selector):
        return self.browser.run(f"document.querySelectorAll({json.dumps(selector)}).length")

    def text(self, selector):
        return self.browser.run(f"document.querySelector({json.dumps(selector)}).textContent")

    def ground(self):
        return self.browser.run("getComputedStyle(document.body).backgroundColor")

    def check_quiet(self):
        self.assertEqual(self.browser.events(*devtools.ERRORS), [])
        self.assertEqual(self.browser.addresses(), [])

    def check_place(self, width):
        """Nothing sticks out to the right."""
        self.assertLessEqual(self.browser.run("document.documentElement.scrollWidth"), width)
        self.assertEqual(self.browser.run("""[...document.querySelectorAll("figure svg, figure svg text")]
            .filter((part) => part.getBoundingClientRect().right > innerWidth + 1)
            .map((part) => part.outerHTML.slice(0, 80))"""), [])

    def check_all(self, path, check):
        for width in (_WIDE, _NARROW):
            for dark in (False, True):
                with self.subTest(width=width, dark=dark):
                    self.browser.look(path, width, dark)
                    self.assertEqual(self.ground(), _DARK_GROUND if dark else _LIGHT_GROUND)
                    check(width)
                    self.check_place(width)
                    self.assertEqual(self.browser.unreadable(), [])
                    self.check_quiet()
                    self.keep_picture(f"{self.name()}-{width}-{'dark' if dark else 'light'}.png")

    def keep_picture(self, name):
        """Among the test's outputs, for people."""
        folder = os.environ.get("TEST_UNDECLARED_OUTPUTS_DIR")
        if folder:
            self.browser.picture(os.path.join(folder, name), "true")


class Tables(InBrowser):
    def check_tables(self, data):
        self.assertEqual(self.count("main table"), len([one for one in data["sections"] if one["table"]]))
        for i, section in enumerate(data["sections"]):
            place = f"main > section:nth-of-type({i + 1})"
            self.assertEqual(self.text(place + " h2"), section["title"])
            if section["table"]:
                self.assertEqual(self.count(place + " thead th[scope=col]"), len(section["table"]["columns"]))
                self.assertEqual(self.count(place + " tbody th[scope=row]"), len(section["table"]["rows"]))

    def test_the_page_of_a_run(self):
        def check(_width):
            self.check_tables(self.page.data)
            self.assertEqual(self.text("h1"), self.page.data["title"])
            self.assertEqual(self.text(".short > li")[:6], "Lost: ")
            self.assertIn("cpu", self.text("dl"))
            figures = sum(bool(one["series"]) for one in self.page.data["sections"])
            self.assertEqual(self.count("figure > svg"), 0 if self.page.data["no_figures"] else figures)
        self.check_all(self.path("page.html"), check)

    def test_without_figures(self):
        data = dict(_made_up(), no_figures="there is no <npm>")
        path = self.write(data)

        def check(_width):
            self.check_tables(data)
            self.assertIn("This page has all tables and no figures: there is no <npm>.", self.text("#head .slower"))
            self.assertEqual(self.count("figure"), 0)
            self.assertEqual(self.count("details[open] table"), 4)
        self.check_all(path, check)

    def test_the_theme_can_be_changed(self):
        self.browser.look(self.path("page.html"), _WIDE, False)
        self.browser.click("#theme")
        self.assertEqual(self.ground(), _DARK_GROUND)
        self.browser.click("#theme")
        self.assertEqual(self.ground(), _LIGHT_GROUND)


class Figures(InBrowser):
    def setUp(self):
        super().setUp()
        if self.page.data["no_figures"]:
            self.skipTest(self.page.data["no_figures"])
        self.made = self.write(_made_up())

    def test_what_can_be_in_a_page(self):
        def check(width):
            for i in range(4):
                self.assertEqual(self.count(f"#figure-{i} > svg"), 1, i)
            self.assertEqual(self.count("figure"), 4)
            # A mark for each point: as a line for each lock, or in rows.
            marks = "g[aria-label=dot] > *"
            self.assertEqual(self.count(f"#figure-0 > svg {marks}"), 6)
            self.assertEqual(self.count(f"#figure-1 > svg {marks}"), 14 * 13 - 8 - 1)
            self.assertEqual(self.count("#figure-1 > svg g[aria-label=line] path"), 14)
            self.assertEqual(self.count(f"#figure-3 > svg {marks}"), 3)
            self.assertEqual(self.count("#figure-3 > svg g[aria-label=line]"), 0)
            names = self.text("#figure-1 > svg")
            self.assertEqual([name + ", CPUs 1: " in names for name in _LOCKS], [True] * len(_LOCKS))
            texts = self.browser.run("[...document.querySelectorAll('#figure-1 > svg text')].map((t) => t.textContent)")
            self.assertEqual([name in texts for name in _LOCKS], [width == _WIDE] * len(_LOCKS))
            self.check_names_apart()
            self.assertIn("A note.", self.text("#figure-0 figcaption"))
            self.assertIn("CPUs: 8.", self.text("#figure-3 figcaption"))
            self.assertEqual(self.text("h1"), self.page.data["title"])
            self.assertEqual(self.text(".short li li"), "These.")
            self.assertIn("<b>with all</b>", self.text("section p"))
            self.assertEqual(self.count("section b"), 0)
        self.check_all(self.made, check)

    def check_names_apart(self):
        """No two texts of a figure lie on each other."""
        self.assertEqual(self.browser.run("""[...document.querySelectorAll("figure > svg")].flatMap((figure) => {
            const boxes = [...figure.querySelectorAll("text")].map((text) => [text, text.getBoundingClientRect()]);
            return boxes.flatMap(([one, a], i) => boxes.slice(i + 1)
                .filter(([, b]) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
                    && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 5)
                .map(([other]) => `${one.textContent} / ${other.textContent}`));
        })"""), [])

    def test_ours_are_marked(self):
        self.browser.look(self.made, _WIDE, False)
        found = self.browser.run("""[...document.querySelectorAll("#figure-1 > svg g[aria-label=line]")]
            .map((line) => line.getAttribute("stroke-width"))""")
        self.assertEqual(found, ["3", "3"] + ["1.75"] * 12)
        self.assertEqual(self.count("#figure-1 fieldset strong"), 2)
        self.assertEqual(self.count("#figure-1 > svg text[font-weight='700']"), 2)
        # A line of its own for each: no two have the same colour, mark and dashes.
        looks = self.browser.run("""[...document.querySelectorAll("#figure-1 fieldset svg")]
            .map((sample) => sample.innerHTML)""")
        self.assertEqual(len(set(looks)), len(_LOCKS))

    def test_one_can_stand_out(self):
        self.browser.look(self.made, _WIDE, False)
        texts = self.count("#figure-1 > svg text")
        faint = "#figure-1 > svg g[aria-label=line][stroke-opacity='0.2']"
        self.assertEqual(self.count(faint), 0)
        self.browser.click("#figure-1 input[value='Two::Mutex']")
        self.assertEqual(self.count(faint), 13)
        self.assertEqual(self.count("#figure-1 > svg text"), texts + 13)
        self.browser.click("#figure-1 input[value='']")
        self.assertEqual((self.count(faint), self.count("#figure-1 > svg text")), (0, texts))
        self.check_quiet()

    def tab_to(self, condition):
        """By the Tab key alone: until the condition on the focused element is true."""
        for _ in range(40):
            self.browser.key(*_TAB)
            if self.browser.run(f"((focused) => {condition})(document.activeElement)"):
                return
        self.fail(f"Tab does not come to where {condition}")

    def test_without_a_mouse(self):
        self.browser.look(self.made, _WIDE, False)
        self.browser.key(*_TAB)
        self.assertEqual(self.browser.run("document.activeElement.className"), "skip")
        self.tab_to("focused.id === 'theme'")
        self.browser.key(*_SPACE)
        self.browser.wait_for(f"getComputedStyle(document.body).backgroundColor === '{_DARK_GROUND}'")
        self.tab_to("focused.getAttribute('href') === '#section-1'")
        # One stop for all locks of a figure.
        self.tab_to("focused.name === 'figure-1'")
        self.browser.key(*_DOWN)
        self.assertEqual(self.browser.run("document.activeElement.value"), "One::Mutex")
        self.assertEqual(self.count("#figure-1 > svg g[aria-label=line][stroke-opacity='0.2']"), 13)
        self.browser.key(*_TAB)
        self.assertEqual(self.browser.run("document.activeElement.textContent"), "Table of Curves: 14 rows")
        self.browser.key(*_ENTER)
        self.browser.wait_for("document.activeElement.parentElement.open")
        self.assertTrue(self.browser.run("document.activeElement.parentElement.querySelector('td').checkVisibility()"))
        self.check_quiet()

    def test_a_window_that_changes(self):
        self.browser.look(self.made, _WIDE, False)
        self.browser.resize(_NARROW, 900)
        self.browser.wait_for(f"document.querySelector('#figure-1 > svg').clientWidth < {_NARROW}")
        self.check_place(_NARROW)
        self.check_quiet()


del InBrowser  # it has no tests of its own

if __name__ == "__main__":
    if devtools.find():
        unittest.main(argv=sys.argv[:1])
    else:
        devtools.skip("there is no browser (Debian: chromium)")
