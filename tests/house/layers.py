#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Who includes whom below plugin/ and adapters/.

A layer uses only itself and those before it, units form no cycle, and a path that is included is
the path on disk. A unit is X.h with X_slow.h and X.cc.
"""

import collections
import os
import re

import tree

LAYERS = ["os", "base", "profile", "wait", "lock", "stack", "task", "adapters"]
# base and os may include each other's headers.
_RANK = dict({layer: rank for rank, layer in enumerate(LAYERS)}, base=0)
# Headers that lie beside the layers.
_LAYER_OF = {"plugin/parkway/mutex.h": "lock", "plugin/parkway/note.h": "lock",
             "plugin/parkway/profile.h": "profile"}

# Which folders of adapters/parkway a folder there may include, and up to which layer.
_ADAPTERS = {
    "absl": (("absl", "preload"), "task"),
    "boost": (("boost",), "stack"),
    "preload": (("preload",), "task"),
    "std": (("std",), "stack"),
    "tbb": (("tbb", "preload"), "task"),
}
# The libraries that are adapted, by the first part of what is included: only their own adapter may.
_HOSTS = {"absl": "absl", "boost": "boost", "oneapi": "tbb", "tbb": "tbb"}

_SOURCE = (".h", ".cc", ".S", ".inc")
_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include(?:_next)?[ \t]*(.*?)[ \t]*(?://.*|/\*.*)?$', re.M)
# Parts of rw_mutex_slow.h, if nobody else includes them.
_PARTS_OF = ("plugin/parkway/lock/rw_mutex", re.compile(r"plugin/parkway/lock/rw_mutex_\w+\.h"))

# One unit in two files: a server and its workers know each other's insides.
_WORKERS = "adapters/parkway/tbb/preload/workers/"
_ONE_UNIT = {_WORKERS + "server_worker": _WORKERS + "server"}

Include = collections.namedtuple("Include", "source line target exports")


def layer_of(path):
    parts = path.split("/")
    if parts[0] == "adapters":
        return "adapters"
    return _LAYER_OF.get(path) or (parts[2] if parts[2] in LAYERS and len(parts) > 3 else None)


def whole_unit(path):
    if path.startswith("plugin/parkway/os/"):
        return "plugin/parkway/os"
    stem = os.path.splitext(path)[0]
    stem = stem[:-len("_slow")] if stem.endswith("_slow") else stem
    return _ONE_UNIT.get(stem, stem)


def units_of(paths, includes):
    """path -> unit. The parts of rw_mutex_slow.h are those that only other parts of the unit include."""
    unit = {path: whole_unit(path) for path in paths}
    whole, pattern = _PARTS_OF
    parts = {p for p in paths if pattern.fullmatch(p) and whole_unit(p) != whole}
    parts &= {i.target for i in includes}
    while True:
        others = {i.target for i in includes if i.source not in parts and unit[i.source] != whole}
        if not parts & others:
            break
        parts -= others
    unit.update((p, whole) for p in parts)
    return unit


def cycles_of(edges):
    """Strongly connected components of more than one node, of each the shortest cycle."""
    index, low, stack, components = {}, {}, [], []

    def visit(node):
        index[node] = low[node] = len(index)
        stack.append(node)
        for other in sorted(edges[node]):
            if other not in index:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in stack:
                low[node] = min(low[node], index[other])
        if low[node] == index[node]:
            at = stack.index(node)
            components.append(set(stack[at:]))
            del stack[at:]

    for node in sorted(edges):
        if node not in index:
            visit(node)
    found = []
    for component in components:
        if len(component) > 1:
            found.append(min((_shortest(edges, node, component) for node in sorted(component)), key=len))
    return found


def _shortest(edges, start, component):
    before, queue = {}, collections.deque([start])
    while queue:
        node = queue.popleft()
        for other in sorted(edges[node] & component):
            if other == start:
                path = [node]
                while path[-1] != start:
                    path.append(before[path[-1]])
                return path[::-1]
            if other not in before:
                before[other] = node
                queue.append(other)
    raise AssertionError("not a cycle")


def check(root):
    paths = [
        p for p in tree.files(root, "plugin/parkway", "adapters/parkway") if p.endswith(_SOURCE)
    ]
    known = set(paths)
    complaints, includes, backward = [], [], 0
    for path in paths:
        own = layer_of(path)
        host = path.split("/")[2] if own == "adapters" else None
        if own is None or (host and host not in _ADAPTERS):
            complaints.append("%s: belongs to no layer: a new one is a line in layers.py" % path)
            continue
        text = tree.read(root, path)
        for match in _INCLUDE.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            where = "%s:%d" % (path, line)
            named = re.fullmatch(r'["<]([^">]+)[">]', match.group(1))
            if not named:
                complaints.append("%s: #include %s is no path" % (where, match.group(1)))
                continue
            name = named.group(1)
            first = name.split("/")[0]
            if first in _HOSTS and "/" in name and host != _HOSTS[first]:
                complaints.append("%s: %s: only adapters/parkway/%s may" % (where, name, _HOSTS[first]))
                backward += 1
            if first != "parkway":
                if os.path.exists(os.path.join(root, os.path.dirname(path), name)):
                    complaints.append('%s: %s: write it as "parkway/..."' % (where, name))
                continue
            target = next((f + "/" + name for f in ("plugin", "adapters") if f + "/" + name in known), None)
            if not target:
                complaints.append("%s: there is no plugin/%s nor adapters/%s" % (where, name, name))
                continue
            exports = "IWYU pragma: export" in text[match.start():match.end()]
            includes.append(Include(path, line, target, exports))
            other = layer_of(target)
            if other is None:
                continue
            highest, whose = own, own
            if host and other == "adapters":
                allowed = target.split("/")[2] in _ADAPTERS[host][0]
                whose = "adapters/parkway/" + host
            else:
                if host:
                    highest, whose = _ADAPTERS[host][1], "adapters/parkway/" + host
                allowed = _RANK[other] <= _RANK[highest]
            if not allowed:
                complaints.append("%s: %s may not include %s" % (where, whose, name))
                backward += 1

    unit = units_of(paths, includes)
    edges = {u: set() for u in unit.values()}
    witness = {}
    for include in includes:
        # A header that only hands another one on, as upstream's header of its name does, does not
        # use it.
        if include.exports:
            continue
        source, target = unit[include.source], unit[include.target]
        if source != target:
            edges[source].add(target)
            witness.setdefault((source, target), "%s:%d" % (include.source, include.line))
    cycles = cycles_of(edges)
    for cycle in cycles:
        steps = zip(cycle, cycle[1:] + cycle[:1])
        complaints.append("cycle: " + "; ".join(
            "%s -> %s (%s)" % (_short(a), _short(b), witness[a, b]) for a, b in steps))
    print("%d units, %d edges, %d cycles, %d back edges" %
          (len(edges), sum(map(len, edges.values())), len(cycles), backward))
    return complaints


def _short(unit):
    return unit.split("/", 2)[2]


def _including(*names):
    return "".join('#include "%s"\n' % name for name in names)


_GOOD = {
    "plugin/parkway/os/os.h": "#include <cstdint>\n",
    "plugin/parkway/os/linux/futex.cc": _including("parkway/os/os.h", "parkway/base/checks.h"),
    "plugin/parkway/base/checks.h": "",
    "plugin/parkway/base/spin.cc": _including("parkway/os/os.h"),
    "plugin/parkway/lock/rw_mutex.h": _including("parkway/base/checks.h"),
    "plugin/parkway/lock/rw_mutex_slow.h": _including(
        "parkway/lock/rw_mutex.h", "parkway/lock/rw_mutex_acquire.h"),
    "plugin/parkway/lock/rw_mutex_acquire.h": _including("parkway/lock/rw_mutex.h"),
    "plugin/parkway/lock/rw_mutex.cc": _including("parkway/lock/rw_mutex_slow.h"),
    "plugin/parkway/mutex.h": _including("parkway/lock/rw_mutex.h"),
    "plugin/parkway/stack/list.h": _including("parkway/mutex.h"),
    "plugin/parkway/task/park.h": "",
    "adapters/parkway/absl/mutex.h": _including("absl/base/config.h", "parkway/mutex.h"),
    "adapters/parkway/preload/message.h": "",
    "adapters/parkway/std/memory.h": _including("parkway/stack/list.h"),
    "adapters/parkway/tbb/mutex.h": _including(
        "oneapi/tbb/task.h", "parkway/preload/message.h", "parkway/task/park.h"),
}
_BAD = [
    ("a lock that uses a task", {"plugin/parkway/mutex.h": _including("parkway/task/park.h")},
     "plugin/parkway/mutex.h:1: lock may not include parkway/task/park.h"),
    ("a source file that uses an adapter", {"plugin/parkway/task/park.cc": _including("parkway/absl/mutex.h")},
     "task may not include"),
    ("absl that uses tbb", {"adapters/parkway/absl/mutex.h": _including("parkway/tbb/mutex.h")},
     "absl may not include"),
    ("tbb that uses Abseil", {"adapters/parkway/tbb/mutex.h": "#include <absl/base/config.h>\n"},
     "only adapters/parkway/absl"),
    ("a core that uses oneTBB", {"plugin/parkway/mutex.h": _including("oneapi/tbb/task.h")},
     "only adapters/parkway/tbb"),
    ("std that uses tasks", {"adapters/parkway/std/memory.h": _including("parkway/task/park.h")},
     "std may not include"),
    ("a path that does not exist", {"plugin/parkway/mutex.h": _including("parkway/rw_mutex.h")}, "there is no"),
    ("a path beside the file", {"plugin/parkway/note.h": _including("mutex.h")}, "write it as"),
    ("a macro", {"plugin/parkway/note.h": "# include PARKWAY_NOTE\n"}, "is no path"),
    ("a new folder", {"plugin/parkway/fiber/fiber.h": ""}, "belongs to no layer"),
    ("a cycle through a source file", {
        "plugin/parkway/task/park.cc": _including("parkway/task/timer.h"),
        "plugin/parkway/task/timer.h": _including("parkway/task/park.h"),
    }, "cycle: task/park -> task/timer (plugin/parkway/task/park.cc:1); task/timer -> task/park"),
    ("a part of rw_mutex that others use", {
        "plugin/parkway/note.h": _including("parkway/lock/rw_mutex_acquire.h"),
    }, "cycle: lock/rw_mutex -> lock/rw_mutex_acquire"),
]

if __name__ == "__main__":
    tree.main(__doc__, check, _GOOD, _BAD)
