#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes a page of docs/results from what //bench:ab --markdown has written.

The page begins with the cells that parkway loses, the largest loss first. Prints it.
"""

import argparse
import re
import sys

_LOSS = re.compile(r"LOSES(?: to (?P<whom>.+?) \((?P<ratio>[\d.]+)(?P<within>, within the spread)?\))?")


def fail(message):
    sys.exit("results_page: " + message)


def cells(line):
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def rows(lines):
    """(heading, column names, cells) for every row of every table."""
    heading, names = "", None
    for i, line in enumerate(lines):
        if line.startswith("### "):
            heading = line[4:].strip()
        if not line.startswith("|"):
            names = None
        elif names is None:
            names = cells(line)
        elif not set(line) <= set("|-: "):
            yield heading, names, cells(line)


def losses(lines):
    """(benchmark, whose, against) -> [(ratio, threads, within the spread)], as the tables have them."""
    found = {}
    for heading, names, values in rows(lines):
        row = dict(zip(names, values))
        loss = _LOSS.search(values[-1])
        if not loss:
            continue
        if "program" in row:
            key = (row["program"], "program", "stock")
            ratio, within = row["time ratio"], "within the spread" in values[-1]
        else:
            key = (heading, values[1], loss.group("whom"))
            ratio, within = loss.group("ratio"), bool(loss.group("within"))
        found.setdefault(key, []).append((float(ratio), row["threads"], within))
    return found


def lost(lines):
    yield "## Lost"
    yield ""
    yield "Time of parkway over that of the best other lock, or of stock; the largest loss first. `~`: within the spread."
    yield ""
    yield "| benchmark | whose | threads | against | ratio |"
    yield "|---|---|---|---|---|"
    for (benchmark, whose, against), all_of in sorted(losses(lines).items(), key=lambda item: -max(item[1])[0]):
        yield "| %s | %s | %s | %s | %s |" % (
            benchmark, whose, ", ".join(threads for _, threads, _ in all_of), against,
            ", ".join(("~" if within else "") + "%.2f" % ratio for ratio, _, within in all_of))


def page(title, lines):
    tables = next((i for i, line in enumerate(lines) if line.startswith("### ")), None)
    if tables is None:
        fail("no table in it; it has to be a file that //bench:ab --markdown wrote")
    yield "# " + title
    yield ""
    # A blank line around headings alone.
    for line in lines[:tables]:
        if line.startswith("## "):
            yield from ("", line, "")
        elif line.strip():
            yield line
    yield ""
    yield ("How to read the columns is in [README.md](README.md), how it was measured in "
           "[bench/README.md](../../bench/README.md).")
    yield ""
    yield from lost(lines)
    yield ""
    yield from (re.sub("^###", "##", line) for line in lines[tables:])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--title", default="Locks, notes and programs")
    parser.add_argument("file", metavar="FILE", help="that ab has written")
    options = parser.parse_args()
    try:
        with open(options.file) as file:
            lines = file.read().splitlines()
    except OSError as error:
        fail("%s: %s" % (options.file, error.strerror))
    print("\n".join(page(options.title, lines)))


if __name__ == "__main__":
    main()
