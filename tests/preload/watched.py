# SPDX-License-Identifier: Apache-2.0
"""Whether a contention profile is one of stock's locks, and has waits of these kinds that slept, with both stacks.

watched.py FILE KIND...
"""

import json
import sys


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        profile = json.load(file)
    if profile["locks"] != "stock":
        sys.exit("it says that it is of %s" % profile["locks"])
    libraries = [mapping for mapping in profile["mappings"] if "libparkway_" in mapping["path"]]

    def outside(stack):
        """Frames that are not the preload library's."""
        return [frame for frame in stack
                if not any(int(m["start"], 16) <= int(frame, 16) < int(m["end"], 16) for m in libraries)]

    for kind in sys.argv[2:]:
        waits = [wait for wait in profile["waits"] if wait["kind"] == kind]
        if not any(wait["slept"] and outside(wait["waiter"]) and outside(wait["releaser"]) for wait in waits):
            sys.exit("no wait of kind %r slept and has both stacks: %r" % (kind, waits))
        for wait in waits:
            if not outside(wait["waiter"]) or wait["slept"] > wait["count"] or wait["lock"] == "0x0":
                sys.exit("not a wait: %r" % wait)
    known = {"address", "queue", "worker", "rw_mutex, reader", "rw_mutex, writer", "condition", "condition variable"}
    others = {wait["kind"] for wait in profile["waits"]} - known
    if others:
        sys.exit("waits of other kinds: %s" % others)


main()
