# SPDX-License-Identifier: Apache-2.0
"""The result as one page that needs no network: tables in HTML, figures by the libraries of charts.py.

Everything that a figure shows is in a table, so the page can be read without scripts and without a mouse.
"""

import html
import json
import os

from parkway_ab import estimate, problem, report, syscalls

_HERE = os.path.dirname(os.path.abspath(__file__))
# This page's own files, and those that it shares with //bench:ab.
_FOLDERS = (os.path.join(_HERE, "web"), os.path.join(os.path.dirname(_HERE), "web"))
_PAIRS_SHOWN = 5  # of stacks, for each lock
_FRAMES_SHOWN = 40
_WORDS = {estimate.FASTER: "faster", estimate.SLOWER: "slower"}


def _text(value):
    return html.escape(str(value))


def _table(caption, heads, rows):
    """heads: names, with a leading # for numbers; rows: cells as HTML."""
    numbers = [head.startswith("#") for head in heads]

    def cell(tag, i, value):
        scope = ' scope="col"' if tag == "th" else ""
        return f'<{tag}{scope}{" class=number" if numbers[i] else ""}>{value}</{tag}>'

    yield '<div class="scroll"><table>'
    if caption:
        yield f"<caption>{_text(caption)}</caption>"
    yield "<thead><tr>" + "".join(cell("th", i, _text(h.lstrip("#"))) for i, h in enumerate(heads)) + "</tr></thead>"
    yield "<tbody>"
    for row in rows:
        first, rest = row[0], row[1:]
        yield (f'<tr><th scope="row">{first}</th>' + "".join(cell("td", i, v) for i, v in enumerate(rest, 1)) + "</tr>")
    yield "</tbody></table></div>"


def _figure(name, caption):
    return f'<figure id="{name}"><figcaption>{_text(caption)}</figcaption></figure>'


def _interval(found):
    if not found or found["ratio"] is None:
        return ""
    if found["low"] is None:
        return f"{found['ratio']:.3f}"
    return f"{found['ratio']:.3f} ({found['low']:.3f}..{found['high']:.3f})"


def _verdict(name, found):
    word = _WORDS.get(found["verdict"])
    if not word:
        return _text(f"{name}: {found['verdict']}")
    return f'{_text(name)}: <span class="{word}">{word} by {problem.percent(abs(1 - found["ratio"]))}</span>'


def _verdicts(document):
    if "race" not in document:
        share = problem.percent(document["ceiling"]["ratio"] or 0)
        yield f'<p class="verdict">It waits {share} of the time: no lock library can give more.</p>'
        return
    other = document["race"]["sides"][1]
    found = sorted((("time", other["time"]), ("CPU time", other["cpu"])),
                   key=lambda item: item[1]["verdict"] != estimate.SLOWER)
    for name, one in found:
        yield f'<p class="verdict">{_verdict(name, one)}, {_text(_interval(one))}</p>'


def _median(runs, key):
    return estimate.spread([run[key] for run in runs])[2]


def _comparison(document):
    race = document["race"]
    stock, other = race["sides"][:2]
    sides = [stock["runs"], other["runs"]]

    def row(name, key, shown, ratio):
        before, after = (_median(runs, key) for runs in sides)
        plain = f"{after / before:.3f}" if before else ""
        return [name, _text(shown(before)), _text(shown(after)), _text(ratio or plain)]

    rows = [row("time", "seconds", problem.seconds, _interval(other["time"])),
            row("CPU time", "cpu_seconds", problem.seconds, _interval(other["cpu"])),
            row("voluntary switches", "voluntary_switches", "{:.0f}".format, ""),
            row("involuntary switches", "involuntary_switches", "{:.0f}".format, ""),
            row("peak memory", "peak_bytes", lambda value: problem.size(value) if value else "small", "")]
    calls = document["system_calls"]
    if calls and "stock" in calls:
        for call in syscalls.CALLS:
            before, after = calls["stock"].get(call, 0), calls["other"].get(call, 0)
            rows.append([f"{call} calls", str(before), str(after), f"{after / before:.3f}" if before else ""])
    yield "<section><h2>Comparison</h2>"
    yield f"<p>{problem.plural(other['time']['pairs'], 'pair')} of runs; it ended by {_text(race['ended_by'])}.</p>"
    heads = ["", "#" + stock["name"], "#" + other["name"], "#ratio"]
    yield from _table("Medians, and ratios with their 99 % intervals", heads, rows)
    yield _figure("times", "Each dot is one run; the line is the median.")
    yield _figure("cpus", "The same for CPU time.")
    spreads = [[_text(f"{side['name']}, {what}")] + [problem.seconds(value) for value in estimate.spread(
        [run[key] for run in side["runs"]])] for what, key in (("time", "seconds"), ("CPU time", "cpu_seconds"))
               for side in (stock, other)]
    yield "<details><summary>The distributions as a table</summary>"
    yield from _table("", ["", "#least", "#lower quartile", "#median", "#upper quartile", "#greatest"], spreads)
    yield "</details></section>"


def _ratios(document):
    """What the figures of ratios show: everything, then each layer alone, the slowest first."""
    rows = [dict(document["race"]["sides"][1], name="everything")] if "race" in document else []
    alone = document.get("layers", {}).get("sides", [])[1:]
    rows += sorted(alone, key=lambda side: -(side["time"]["ratio"] or 0))
    return rows


def _layers(document):
    rows = _ratios(document)
    if len(rows) < 2:
        return
    yield "<section><h2>Where it comes from</h2>"
    yield "<p>Everything, and each layer alone, against stock; the slowest layer first.</p>"
    cells = []
    for side in rows:
        if "failed" in side:
            cells.append([_text(side["name"]), _text(side.get("serves", "")), "", "", _text(side["failed"])])
            continue
        word = _WORDS.get(side["time"]["verdict"])
        verdict = f'<span class="{word}">{word}</span>' if word else _text(side["time"]["verdict"])
        cells.append([_text(side["name"]), _text(side.get("serves", "")), _interval(side["time"]),
                      _interval(side["cpu"]), verdict])
    yield from _table("", ["", "what it serves", "#time", "#CPU time", "time is"], cells)
    yield _figure("time-ratios", "The bar is the 99 % interval.")
    yield _figure("cpu-ratios", "The same for CPU time.")
    yield "</section>"


def _sides(document):
    """(name, waits) of each side that has a profile."""
    sides = (("With its own locks", document["stock_waits"]), ("Preloaded", document["waits"]))
    return [(name, waits) for name, waits in sides if waits is not None]


def _locks(document):
    """(side, process, lock) for all that are shown, the most time first within a process."""
    return [(name, process, lock) for name, waits in _sides(document) for process in waits["processes"]
            for lock in process["locks"] if "stacks" in lock]


def _title(lock):
    return f"{lock['kind']} {lock['name'] or lock['lock']}"


def _waits(document):
    sides = _sides(document)
    if not sides:
        return
    ceiling = document["ceiling"]
    yield "<section><h2>What it waits for</h2>"
    whole = "more than the whole time, which sets no limit to what there is to gain" if ceiling["ratio"] >= 1 else \
        f"{problem.percent(ceiling['ratio'])} of the time: no lock library can give more"
    yield (f"<p>One after the other the waits are {whole}. "
           f"{_text(report.bound_text(ceiling['of'] == 'stock', ceiling['stock_unseen']))} {report.NOT_IN_IT}</p>")
    for name, waits in sides:
        yield from _groups(name, waits)
    if _flame(document):
        yield "<h3 id=flame-title>Flame graph of waits</h3>"
        yield ("<p class=faint>As wide as the time that was waited; what waits is at the top. A click or Enter shows a "
               "frame in full width, and opens what was waited for. Arrow keys go from frame to frame.</p>")
        yield '<button type="button" id="whole">All frames</button>'
        yield '<p id="where" aria-live="polite"></p><div id="flame" role="group" aria-labelledby="flame-title"></div>'
    several = len({process["pid"] for _, process, _ in _locks(document)}) > len(sides)
    before = None
    for number, (name, process, lock) in enumerate(_locks(document)):
        if name != before:
            yield f"<h3>{name}: the hottest, with who waited and who let go</h3>"
        before = name
        yield from _lock(number, process["program"] if several else "", lock)
    yield "</section>"


def _groups(name, waits):
    """What one side waits for."""
    caption = (f"{name}: {problem.seconds(waits['waited_seconds'])} of waits in a run of "
               f"{problem.seconds(waits['seconds'])}, {problem.percent(waits['average'])} of the time of "
               f"{problem.plural(waits['threads'], 'thread')}")
    rows = [[_text(group), problem.seconds(spent), problem.percent(spent / max(1e-9, waits["waited_seconds"]))]
            for group, spent in waits["groups"].items()]
    yield from _table(caption, ["", "#time of all threads", "#of the waits"], rows)


def _lock(number, program, lock):
    of = f", in {_text(program)}" if program else ""
    yield f'<details class="lock" id="lock-{number}" data-lock="{number}">'
    yield (f"<summary><strong>{_text(_title(lock))}</strong>{of} ({_text(lock['group'])}): "
           f"{problem.seconds(lock['nanoseconds'] / 1e9)} in "
           f"{problem.plural(lock['count'], 'wait')}, longest {problem.seconds(lock['longest_nanoseconds'] / 1e9)}, "
           f"slept {lock['slept']}</summary><div>")
    if any(lock["histogram"]):
        yield _figure(f"lock-{number}-histogram", "How many waits took how long.")
        rows = [[f"{problem.seconds(2 ** i / 1e9)} to {problem.seconds(2 ** (i + 1) / 1e9)}", str(waits)]
                for i, waits in enumerate(lock["histogram"]) if waits]
        yield "<details><summary>As a table</summary>"
        yield from _table("", ["a wait took", "#waits"], rows)
        yield "</details>"
    for stacks in lock["stacks"][:_PAIRS_SHOWN]:
        share = stacks["nanoseconds"] / lock["nanoseconds"] if lock["nanoseconds"] else 0
        role = f", as {_text(stacks['role'])}" if stacks["role"] else ""
        yield f"<h3>{problem.percent(share)} of it, {problem.plural(stacks['count'], 'wait')}{role}</h3>"
        yield '<div class="stacks">'
        for what, frames in (("Waited in", stacks["waiter"]), ("Let go in", stacks["releaser"])):
            yield f"<div><h4>{what}</h4>" + _stack(frames) + "</div>"
        yield "</div>"
    if len(lock["stacks"]) > _PAIRS_SHOWN:
        yield f"<p class=faint>{len(lock['stacks']) - _PAIRS_SHOWN} more pairs of stacks are in the JSON file.</p>"
    yield "</div></details>"


def _stack(frames):
    if not frames:
        return "<p class=faint>Not known: a lock that nobody waits for is let go without a word.</p>"
    items = "".join(f"<li><code>{_text(frame['function'])}</code>"
                    + (f"<span class=place>{_text(frame['place'])}</span>" if frame["place"] else "") + "</li>"
                    for frame in frames[:_FRAMES_SHOWN])
    return f"<ol>{items}</ol>"


def _flame(document):
    """Stacks of waiters as a tree: from the thread's start to what was waited for; None without waits."""
    root = {"name": "all waits", "value": 0, "children": []}
    several = len(_sides(document)) > 1
    for number, (side, process, lock) in enumerate(_locks(document)):
        for stacks in lock["stacks"]:
            if stacks["nanoseconds"] <= 0:
                continue
            names = [frame["function"] for frame in reversed(stacks["waiter"])]
            node = root
            node["value"] += stacks["nanoseconds"]
            for name in ([side] if several else []) + [process["program"]] + names:
                node = _child(node, name, stacks["nanoseconds"])
            _child(node, _title(lock), stacks["nanoseconds"])["lock"] = number
    return root if root["value"] else None


def _child(node, name, value):
    found = next((child for child in node["children"] if child["name"] == name), None)
    if found is None:
        found = {"name": name, "value": 0, "children": []}
        node["children"].append(found)
    found["value"] += value
    return found


def _noises(document):
    rows = []
    for one in document["noise"]:
        rows.append([_text(one["when"]), problem.percent(one["other_programs"]), problem.percent(one["steal"])])
    yield "<section><h2>How far to trust it</h2>"
    yield from _table("What else the machine did", ["", "#other programs, of all CPUs", "#taken by the host"], rows)
    for text in document["notes"]:
        yield f"<p>{_text(text)}</p>"
    yield "</section>"


def _found(document):
    program = document["program"]
    yield "<section><h2>What was found</h2>"
    yield f"<p><code>{_text(program['path'])}</code>, {_text(program['linkage'] or program['kind'])}</p>"
    rows = [[_text(copy["name"]), _text(copy["version"]), f"<code>{_text(copy['path'])}</code>",
             _text(copy["obstacle"] or "can be served")] for copy in program["copies"]]
    if rows:
        yield from _table("", ["", "version", "file", ""], rows)
    if document["libraries_said"]:
        yield "<details><summary>What the libraries said</summary><pre class=scroll>"
        yield "\n".join(map(_text, document["libraries_said"])) + "</pre></details>"
    yield "</section>"


def _where(document):
    machine, options = document["machine"], document["options"]
    pinned = f", pinned to {','.join(map(str, options['pin']))}" if options["pin"] else ""
    return (f"{document['date']}, {machine['processor']}, {problem.plural(machine['cpus'], 'CPU')}{pinned}, "
            f"Linux {machine['kernel']}")


def _data(document):
    sides = document["race"]["sides"] if "race" in document else []
    rows = [{"name": row["name"], "time": row["time"], "cpu": row["cpu"]} for row in _ratios(document)
            if "failed" not in row]
    found = {"sides": [{"name": side["name"], "runs": side["runs"]} for side in sides], "ratios": rows,
             "locks": [{"histogram": lock["histogram"]} for _, _, lock in _locks(document)], "flame": _flame(document)}
    return json.dumps(found).replace("<", "\\u003c")


def _script(text):
    # Nothing in it may end the element.
    return "<script>\n" + text.replace("</script", "<\\/script") + "\n</script>"


def _read(name):
    path = next(filter(os.path.exists, (os.path.join(folder, name) for folder in _FOLDERS)))
    with open(path, encoding="utf-8") as file:
        return file.read()


def make(document, libraries):
    """The page. document: of document.make(); libraries: of charts.load()."""
    sections = []
    if "race" in document:
        sections += _comparison(document)
    for part in (_layers, _waits, _noises, _found):
        sections += part(document)
    licences = "".join(f"<h3>{_text(one['name'])} {_text(one['version'])}, {_text(one['licence'])}</h3>"
                       f"<pre>{_text(one['licence_text'])}</pre>" for one in libraries)
    command = _text(" ".join(document["command"]))
    head = [f"<h1><code>{command}</code></h1>", *_verdicts(document), f'<p class="where">{_text(_where(document))}</p>']
    values = {"TITLE": "parkway-ab: " + command, "TOOL": "parkway-ab", "CSS": _read("base.css") + _read("page.css"),
              "HEAD": "\n".join(head), "SECTIONS": "\n".join(sections), "LICENCES": licences, "DATA": _data(document),
              "SCRIPTS": "\n".join(_script(one["script"]) for one in libraries),
              "JS": _read("base.js") + _read("page.js")}
    parts = _read("frame.html").split("@")
    # Between two @ stands a name of a value, or plain text of the page.
    return "".join(values.get(part, part) if i % 2 else part for i, part in enumerate(parts))
