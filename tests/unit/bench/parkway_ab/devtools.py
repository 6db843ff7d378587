# SPDX-License-Identifier: Apache-2.0
"""A headless Chromium, asked over its pipe for what a person does and sees."""

import base64
import json
import os
import shutil
import subprocess
import time
from xml.sax import saxutils

_PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_HANG = 60  # seconds
ERRORS = ("Runtime.exceptionThrown", "Log.entryAdded")


def find():
    """The path of a browser, or None."""
    return next(filter(None, map(shutil.which, _PROGRAMS)), None)


def skip(reason):
    """In the place of the tests."""
    print("SKIPPED: " + reason)
    with open(os.environ.get("XML_OUTPUT_FILE", os.devnull), "w", encoding="utf-8") as file:
        file.write('<?xml version="1.0" encoding="UTF-8"?>\n<testsuites><testsuite name="browser" tests="1" '
                   f'skipped="1"><testcase name="browser"><skipped message={saxutils.quoteattr(reason)}/></testcase>'
                   "</testsuite></testsuites>\n")


class Browser:
    """One page of a browser with a profile of its own."""

    def __init__(self, program, folder):
        to_browser, self._out = os.pipe()
        self._in, from_browser = os.pipe()
        shell = f"exec 3<&{to_browser} 4>&{from_browser}; exec \"$@\""
        self._errors = open(os.path.join(folder, "browser.log"), "wb")
        self._process = subprocess.Popen(
            ["/bin/bash", "-c", shell, "x", program, "--headless=new", "--no-sandbox", "--disable-gpu",
             "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking",
             "--remote-debugging-pipe", f"--user-data-dir={folder}/profile", "about:blank"],
            pass_fds=(to_browser, from_browser), stdin=subprocess.DEVNULL, stdout=self._errors, stderr=self._errors,
            env=dict(os.environ, HOME=folder))
        os.close(to_browser)
        os.close(from_browser)
        self._rest, self._number, self._events, self._session = b"", 0, [], None
        targets = self.call("Target.getTargets")["targetInfos"]
        page = next(target for target in targets if target["type"] == "page")
        self._session = self.call("Target.attachToTarget", targetId=page["targetId"], flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(domain + ".enable")

    def close(self):
        self._session = None
        try:
            self.call("Browser.close")
            # Its other processes have the pipe as well: the end of it is theirs.
            while os.read(self._in, 1 << 16):
                pass
        except (OSError, RuntimeError):
            self._process.kill()
        self._process.wait()
        os.close(self._out)
        os.close(self._in)
        self._errors.close()

    def _receive(self):
        while b"\0" not in self._rest:
            block = os.read(self._in, 1 << 16)
            if not block:
                raise RuntimeError("the browser has ended")
            self._rest += block
        message, self._rest = self._rest.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, **parameters):
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._receive()
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]
            self._events.append(answer)

    def events(self, *methods):
        """The parameters of those that have come so far."""
        return [event["params"] for event in self._events if event.get("method") in methods]

    def resize(self, width, height):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def look(self, path, width, dark):
        """Opens a file in a window of that width, in a theme."""
        self._events.clear()
        self.resize(width, 900)
        self.call("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"},
            {"name": "prefers-reduced-motion", "value": "reduce"}])
        self.call("Page.navigate", url="file://" + path)
        while not self.events("Page.loadEventFired"):
            self._events.append(self._receive())
        self.wait_for("document.documentElement.dataset.ready === 'yes'")

    def run(self, expression):
        """The value of JavaScript; a promise is waited for."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(f"{expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def wait_for(self, expression):
        """Until it is true. The limit is one that only a hang can reach."""
        end = time.monotonic() + _HANG
        while not self.run(expression):
            if time.monotonic() > end:
                raise RuntimeError(f"this does not come true: {expression}; {self.events(*ERRORS)}")
            time.sleep(0.02)

    def unreadable(self):
        """Texts that have less than 4.5 to 1 against the page, which WCAG asks for."""
        return self.run("""(() => {
            const light = (text) => {
                const [r, g, b] = text.match(/[\\d.]+/g).map((part) => part / 255)
                    .map((c) => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
                return 0.2126 * r + 0.7152 * g + 0.0722 * b;
            };
            const ground = light(getComputedStyle(document.body).backgroundColor);
            const texts = document.querySelectorAll(
                "p, li, dt, dd, td, th, h1, h2, h3, figcaption, figure svg text, summary, a, span, label, legend");
            return [...texts].filter((element) => {
                const style = getComputedStyle(element);
                const own = light(element instanceof SVGElement ? style.fill : style.color);
                return (Math.max(own, ground) + 0.05) / (Math.min(own, ground) + 0.05) < 4.5;
            }).map((element) => element.outerHTML.slice(0, 80));
        })()""")

    def addresses(self):
        """What the page asked for, besides files."""
        urls = [event["request"]["url"] for event in self.events("Network.requestWillBeSent")]
        return [url for url in urls if not url.startswith("file://")]

    def click(self, selector):
        """With the mouse, in the middle of the element, which has to be what is there."""
        place = self.run(f"""(() => {{
            const element = document.querySelector({json.dumps(selector)});
            element.scrollIntoView({{block: "center"}});
            const box = element.getBoundingClientRect();
            const x = box.x + box.width / 2, y = box.y + Math.min(box.height / 2, 10);
            const top = document.elementFromPoint(x, y);
            return {{x, y, hit: element.contains(top)}};
        }})()""")
        if not place["hit"]:
            raise RuntimeError(f"{selector} is hidden by something else")
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=place["x"], y=place["y"], button="left", clickCount=1)

    def key(self, key, code=0):
        text = {"text": "\r"} if key == "Enter" else {}
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code,
                      **(text if kind == "keyDown" else {}))

    def picture(self, path, ready):
        """Of the whole page, once `ready` is true of it in a window that is as high."""
        width, height = self.run("[innerWidth, document.documentElement.scrollHeight]")
        # What is outside of the window may not be drawn.
        self.resize(width, height)
        self.wait_for(ready)
        found = self.call("Page.captureScreenshot", format="png")
        with open(path, "wb") as file:
            file.write(base64.b64decode(found["data"]))
