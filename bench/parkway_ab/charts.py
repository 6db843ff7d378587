# SPDX-License-Identifier: Apache-2.0
"""The libraries that draw the pages of --html: pinned, brought by npm once.

Run as a program it writes them into one file, for the archive and for //bench:ab: charts.py FILE. Where npm cannot
bring them the file says why. Then a build keeps that file until it is removed.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile

if __name__ == "__main__":
    sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

from parkway_ab.problem import Problem  # noqa: E402


class Pin:
    """A library: name, version, licence, the sha256 of npm's archive, the script in it and its sha256."""

    def __init__(self, name, version, licence, archive, script, sha256):
        self.name, self.version, self.licence = name, version, licence
        self.archive, self.script, self.sha256 = archive, script, sha256


_PINS = (
    Pin("d3", "7.9.0", "ISC", "7e36605710a2ba54846797c8c6d888911341b215ae53257dc32a49a0b824355e", "dist/d3.min.js",
        "f2094bbf6141b359722c4fe454eb6c4b0f0e42cc10cc7af921fc158fceb86539"),
    Pin("@observablehq/plot", "0.6.17", "ISC", "4dcc9f7afd10caee8b2283c0075a5765610cfbbf6d7d93cdb153b3b5d3501afc",
        "dist/plot.umd.min.js", "4358086467740777dd788d6b27a95cebdbaefdd50c730a3060117073bd7134cb"),
    Pin("d3-flame-graph", "5.0.0", "Apache-2.0", "f12f7540b6e6e787277908d70b7169da7ced5be8737bcff2bd27f3fe4b9961c9",
        "dist/d3-flamegraph.umd.min.js", "5f8d8bc7bf7f8329248d43c1e215431a88f77e17daa217f3c31b019b8b71b3f7"),
)

_FILE = "charts.json"
_SECONDS = 120  # for npm's command
# Without a network npm's own settings try for more than a minute, and a build waits for it.
_PATIENCE = {"npm_config_fetch_retries": "1", "npm_config_fetch_retry_mintimeout": "1000",
             "npm_config_fetch_retry_maxtimeout": "1000", "npm_config_fetch_timeout": "15000"}


def _sha256(content):
    return hashlib.sha256(content).hexdigest()


def _call_npm(folder):
    """Brings npm's archives of all libraries into a folder."""
    names = [f"{pin.name}@{pin.version}" for pin in _PINS]
    listed = ", ".join(f"{pin.name} {pin.version}" for pin in _PINS)
    npm = shutil.which("npm")
    if not npm:
        raise Problem("--html draws with libraries that npm brings once, and there is no npm (Debian: npm)")
    try:
        done = subprocess.run([npm, "pack", "--ignore-scripts", "--silent", *names], cwd=folder,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=_SECONDS, check=False,
                              env=dict(_PATIENCE, **dict(os.environ, npm_config_cache=folder + "/cache")))
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Problem(f"npm could not bring {listed}, which --html needs: {error}") from error
    if done.returncode != 0:
        raise Problem(f"npm could not bring {listed}, which --html needs (no network?)",
                      details=done.stdout.decode(errors="replace").splitlines()[-4:])


def _check(pin, folder):
    """The path of npm's archive of one library."""
    path = os.path.join(folder, f"{pin.name.lstrip('@').replace('/', '-')}-{pin.version}.tgz")
    try:
        with open(path, "rb") as file:
            digest = _sha256(file.read())
    except OSError as error:
        raise Problem(f"npm did not bring {pin.name} {pin.version}, which --html needs") from error
    if digest != pin.archive:
        raise Problem(f"npm's {pin.name} {pin.version} is not the one that is pinned: its sha256 is {digest}, not "
                      f"{pin.archive}")
    return path


def fetch():
    """All of them, by npm."""
    libraries = []
    with tempfile.TemporaryDirectory() as folder:
        _call_npm(folder)
        for pin in _PINS:
            with tarfile.open(_check(pin, folder)) as archive:
                script, licence = (archive.extractfile("package/" + member).read().decode()
                                   for member in (pin.script, "LICENSE"))
            libraries.append({"name": pin.name, "version": pin.version, "licence": pin.licence, "script": script,
                              "licence_text": licence})
    return {"libraries": libraries}


def _read(path):
    """What is in a file, if these are the pinned ones."""
    try:
        with open(path, encoding="utf-8") as file:
            found = json.load(file)
        digests = [_sha256(library["script"].encode()) for library in found["libraries"]]
        return found if digests == [pin.sha256 for pin in _PINS] else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _cached():
    cache = os.environ.get("PARKWAY_CACHE") or os.path.join(
        os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "parkway")
    return os.path.join(cache, _FILE)


def load(roots):
    """The libraries: of the archive, of the cache, or by npm."""
    places = [os.path.join(root, folder, _FILE) for root in roots for folder in ("parkway_ab", "bench/parkway_ab")]
    for path in places + [_cached()]:
        found = _read(path)
        if found:
            return found["libraries"]
    sys.stderr.write(f"parkway-ab: calling npm: to bring what draws the page into {_cached()}, once\n")
    found = fetch()
    try:
        os.makedirs(os.path.dirname(_cached()), exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=os.path.dirname(_cached()), delete=False) as file:
            json.dump(found, file)
        os.replace(file.name, _cached())
    except OSError:
        pass  # it is brought again the next time
    return found["libraries"]


def _main():
    found = _read(_cached())
    try:
        found = found or fetch()
    except Problem as trouble:
        reason = f"{trouble.message}; remove {sys.argv[1]} to have the next build try again"
        found = {"libraries": [], "reason": reason}
        sys.stderr.write(f"charts.py: {trouble.message}\n")
    with open(sys.argv[1], "w", encoding="utf-8") as file:
        json.dump(found, file)


if __name__ == "__main__":
    _main()
