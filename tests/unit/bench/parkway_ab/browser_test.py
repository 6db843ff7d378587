#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The page in a headless Chromium: at two widths, in both themes, with the mouse and without.

Skipped where there is no browser, or where npm could not bring the libraries. The argument: charts.json.
"""

import json
import os
import sys

sys.path.insert(0, os.path.join(os.getcwd(), "tests/unit/bench/parkway_ab"))
import unit  # noqa: E402
import devtools  # noqa: E402
import made  # noqa: E402
from parkway_ab import document, page  # noqa: E402

with open(sys.argv[1], encoding="utf-8") as _file:
    _CHARTS = json.load(_file)

_WIDE, _NARROW = 1280, 400
_TAB, _ENTER, _ESCAPE, _UP, _RIGHT, _SPACE = (("Tab", 9), ("Enter", 13), ("Escape", 27), ("ArrowUp", 38),
                                              ("ArrowRight", 39), (" ", 32))
_LIGHT_GROUND, _DARK_GROUND = "rgb(255, 255, 255)", "rgb(18, 22, 27)"
# They are drawn: all waits are as wide as the graph.
_FLAMES = """document.querySelector("#flame g[name='all waits'] rect").getBoundingClientRect().width
    > 0.9 * document.querySelector("#flame").clientWidth"""


class Rendered(unit.TestCase):
    def setUp(self):
        super().setUp()
        self.page = self.write("page.html", page.make(json.loads(json.dumps(document.make(
            made.findings(self.options("mill", "--grind"))))), _CHARTS["libraries"]))
        self.browser = devtools.Browser(devtools.find(), self.folder)
        self.addCleanup(self.browser.close)

    def look(self, width=_WIDE, dark=False):
        self.browser.look(self.page, width, dark)

    def count(self, selector):
        return self.browser.run(f"document.querySelectorAll({json.dumps(selector)}).length")

    def ground(self):
        return self.browser.run("getComputedStyle(document.body).backgroundColor")

    def keep_picture(self, name):
        """Among the test's outputs, for people."""
        folder = os.environ.get("TEST_UNDECLARED_OUTPUTS_DIR")
        if folder:
            self.browser.picture(os.path.join(folder, name), _FLAMES)

    def check_figures(self, width):
        for figure in ("times", "cpus", "time-ratios", "cpu-ratios"):
            self.assertEqual(self.count(f"#{figure} > svg"), 1, figure)
        self.assertGreaterEqual(self.count("#times circle"), 40)
        self.assertGreaterEqual(self.count("#time-ratios circle"), 3)
        self.assertGreaterEqual(self.count("#flame g.frame"), 8)
        self.wait_for_flames()
        # Nothing sticks out to the right.
        self.assertLessEqual(self.browser.run("document.documentElement.scrollWidth"), width)
        wide = self.browser.run("""[...document.querySelectorAll("figure svg, #flame svg")]
            .filter((svg) => svg.getBoundingClientRect().right > innerWidth + 1).length""")
        self.assertEqual(wide, 0)

    def wait_for_flames(self):
        self.browser.wait_for(_FLAMES)

    def check_quiet(self):
        self.assertEqual(self.browser.events(*devtools.ERRORS), [])
        self.assertEqual(self.browser.addresses(), [])

    def test_two_widths_and_both_themes(self):
        for width in (_WIDE, _NARROW):
            for dark in (False, True):
                with self.subTest(width=width, dark=dark):
                    self.look(width, dark)
                    self.check_figures(width)
                    self.assertEqual(self.ground(), _DARK_GROUND if dark else _LIGHT_GROUND)
                    self.assertEqual(self.browser.unreadable(), [])
                    self.check_quiet()
                    self.keep_picture(f"page-{width}-{'dark' if dark else 'light'}.png")

    def test_the_theme_can_be_changed(self):
        self.look()
        self.browser.click("#theme")
        self.assertEqual(self.ground(), _DARK_GROUND)
        self.assertEqual(self.browser.run("document.querySelector('#theme').textContent"), "Light page")
        self.browser.click("#theme")
        self.assertEqual(self.ground(), _LIGHT_GROUND)
        self.look(dark=True)
        self.browser.click("#theme")
        self.assertEqual(self.ground(), _LIGHT_GROUND)

    def visible(self, selector):
        return self.browser.run(f"document.querySelector({json.dumps(selector)}).checkVisibility()")

    def test_a_click_on_a_lock_shows_its_stacks(self):
        self.look()
        self.assertFalse(self.visible("#lock-0 .stacks"))
        self.browser.click("#lock-0 > summary")
        self.browser.wait_for("document.querySelector('#lock-0-histogram svg') !== null")
        self.assertTrue(self.visible("#lock-0 .stacks"))
        text = self.browser.run("document.querySelector('#lock-0').innerText")
        for words in ("mutex <table>", "Waited in", "mill+0x10", "Let go in", "mill+0x30"):
            self.assertIn(words, text)
        self.assertEqual(self.count("#lock-0-histogram svg rect[x]"), 3)
        self.check_quiet()

    def test_a_click_on_a_frame_shows_it_in_full_width(self):
        self.look()
        self.wait_for_flames()
        frame = '#flame g.frame[name="mutex <table>"]'
        before = self.browser.run(f"document.querySelector({json.dumps(frame)}).getBoundingClientRect().width")
        self.browser.click(frame)
        self.browser.wait_for(f"document.querySelector({json.dumps(frame)}).getBoundingClientRect().width > {before}")
        self.assertTrue(self.visible("#lock-0 .stacks"))
        self.assertIn("mutex <table>: 1.5 s of waits", self.browser.run("document.querySelector('#where').textContent"))
        self.browser.click("#whole")
        self.browser.wait_for(f"document.querySelector({json.dumps(frame)}).getBoundingClientRect().width <= {before}")
        self.check_quiet()

    def focused(self):
        return self.browser.run("document.activeElement.closest('[id]').id || document.activeElement.tagName")

    def tab_to(self, identifier):
        """By the Tab key alone."""
        for _ in range(60):
            self.browser.key(*_TAB)
            if self.focused() == identifier:
                return
        self.fail(f"Tab does not come to {identifier}")

    def test_without_a_mouse(self):
        self.look()
        self.browser.key(*_TAB)
        self.assertEqual(self.browser.run("document.activeElement.className"), "skip")
        self.tab_to("theme")
        self.browser.key(*_SPACE)
        self.browser.wait_for(f"getComputedStyle(document.body).backgroundColor === '{_DARK_GROUND}'")
        self.tab_to("flame")
        where = "document.querySelector('#where').textContent"
        self.assertIn("all waits", self.browser.run(where))
        self.browser.key(*_UP)
        self.browser.key(*_UP)
        self.assertIn("mill+0xf00: 2.1 s of waits", self.browser.run(where))
        self.browser.key(*_RIGHT)
        self.assertIn("mill+0x70: 900 ms of waits", self.browser.run(where))
        self.assertEqual(self.browser.run("document.activeElement.getAttribute('name')"), "mill+0x70")
        self.browser.key(*_ENTER)
        self.browser.wait_for("""document.activeElement.getBoundingClientRect().width >
            0.9 * document.querySelector('#flame').clientWidth""")
        self.browser.key(*_ESCAPE)
        self.assertIn("all waits", self.browser.run(where))
        # One stop for all frames.
        self.assertEqual(self.count("#flame [tabindex='0']"), 1)
        self.tab_to("lock-0")
        self.browser.key(*_ENTER)
        self.browser.wait_for("document.querySelector('#lock-0').open")
        self.assertTrue(self.visible("#lock-0 .stacks"))
        self.check_quiet()

    def test_a_window_that_changes(self):
        self.look(_WIDE)
        self.browser.resize(_NARROW, 900)
        self.browser.wait_for(f"document.querySelector('#flame svg').clientWidth < {_NARROW}")
        self.check_figures(_NARROW)
        self.check_quiet()


if __name__ == "__main__":
    if not devtools.find():
        devtools.skip("there is no browser (Debian: chromium)")
    elif "reason" in _CHARTS:
        devtools.skip(_CHARTS["reason"])
    else:
        unit.main()
