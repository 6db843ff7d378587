#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the pages (*.md) name exists, and the guide can be read.

Links inside the tree, with their anchors; labels of targets, also those in the comments of .bazelrc;
paths in backquotes; headers of parkway by their include path. A paragraph of docs/guide has six
lines at most. CHANGELOG.md also names what was: only its links are looked at.
"""

import glob
import os
import re

import tree

# Paths in backquotes that begin so are paths into the tree.
_FOLDERS = ("adapters/", "bazel/", "bench/", "docs/", "examples/", "plugin/", "tests/")
_GUIDE = "docs/guide/"
_HISTORY = "CHANGELOG.md"
_LINES, _CHARACTERS = 6, 720
# Words of measured results and of plans.
_NOT_IN_GUIDE = re.compile(r"\bMISSED\b|\b[Gg]oals?\b")

_SPAN = re.compile(r"(?<!`)(`+)(?!`)((?:(?!\n[ \t]*\n).)+?)(?<!`)\1(?!`)", re.S)
_LINK = re.compile(r"\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
_DEFINITION = re.compile(r"^ {0,3}\[[^\]]+\]:\s*<?(\S+?)>?\s*$", re.M)
_ATTRIBUTE = re.compile(r"<[a-zA-Z][^>]*?\s(?:href|src)=\"([^\"]+)\"")
_NAMED_ANCHOR = re.compile(r"<[a-zA-Z][^>]*?\s(?:name|id)=\"([^\"]+)\"")
_HEADING = re.compile(r"^ {0,3}#{1,6}\s+(.*?)\s*#*\s*$")
_ITEM = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s+")
_FENCE = re.compile(r"^\s*(`{3,}|~{3,})")

_NAME = r"(?:[\w./+~@-]|\{[^}\s]*\})"
_LABEL = re.compile(r"(?<![\w:/.@])(@@?[\w.~+-]*)?//(%s*)(?::(%s+|\*))?(?=(.?))" % (_NAME, _NAME), re.S)
_HEADER = re.compile(r"(?<![\w/.])parkway/[\w/]+\.h\b")
# A name that stands for any: NAME_test, <name>, $name.
_ANY = re.compile(r"(?<![A-Za-z])NAME(?![A-Za-z])|<[^>]*>|\$\{?\w+\}?")


def blank(text):
    """As many lines and characters, and nothing in them."""
    return re.sub(r"[^\n]", " ", text)


def line_at(text, offset):
    return text.count("\n", 0, offset) + 1


def expand(pattern):
    """a{b,c} -> ab, ac."""
    match = re.search(r"\{([^{}]*)\}", pattern)
    if not match:
        return [pattern]
    return [e for part in match.group(1).split(",")
            for e in expand(pattern[:match.start()] + part + pattern[match.end():])]


class Page:
    """A page: `text`, `prose` without its code blocks, `plain` without inline code as well."""

    def __init__(self, text):
        self.text = text
        self.prose = self._without_blocks(text)
        self.plain = _SPAN.sub(lambda m: blank(m.group(0)), self.prose)
        self.spans = [(line_at(self.prose, m.start()), m.group(2)) for m in _SPAN.finditer(self.prose)]

    @staticmethod
    def _without_blocks(text):
        lines, fence, in_list, after_blank, in_code = [], None, False, True, False
        for line in text.split("\n"):
            match = _FENCE.match(line)
            if fence:
                if match and match.group(1).startswith(fence) and not line.strip(" `~"):
                    fence = None
                line = blank(line)
            elif match:
                fence = match.group(1)
                line = blank(line)
            elif line.strip():
                indented = line.startswith("      " if in_list else "    ")
                in_code = indented and (after_blank or in_code)
                if _ITEM.match(line) and not in_code:
                    in_list = True
                elif not line.startswith(" ") and after_blank:
                    in_list = False
                if in_code:
                    line = blank(line)
                after_blank = False
            if not line.strip():
                after_blank = True
            lines.append(line)
        return "\n".join(lines)

    def anchors(self):
        found = set(_NAMED_ANCHOR.findall(self.plain))
        counts = {}
        for line in self.prose.split("\n"):
            match = _HEADING.match(line)
            if match:
                text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", match.group(1))
                text = re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")
                count = counts.get(text, 0)
                counts[text] = count + 1
                found.add(text if count == 0 else "%s-%d" % (text, count))
        return found

    def paragraphs(self):
        """(line, lines) of each; an item of a list is one."""
        start, lines = 0, []
        for number, line in enumerate(self.prose.split("\n") + [""], 1):
            ends = not line.strip() or _HEADING.match(line) or line.lstrip().startswith(("|", "<!--"))
            if ends or _ITEM.match(line):
                if lines:
                    yield start, lines
                lines = []
            if not ends:
                start = start if lines else number
                lines = lines + [line]


class Tree:
    """What there is in a tree."""

    def __init__(self, root):
        self.root = root
        self.pages = {p: Page(tree.read(root, p)) for p in tree.files(root) if p.endswith(".md")}
        self._words = {}

    def exists(self, path):
        return os.path.exists(os.path.join(self.root, path))

    def matches(self, path):
        """Whether there is a file or folder; `path` may be a pattern."""
        return all(glob.glob(os.path.join(self.root, _ANY.sub("*", p).replace("...", "**")), recursive=True)
                   for p in expand(path))

    def workspace_of(self, page):
        """The innermost workspace, where a label without a repository is looked up first."""
        folder = os.path.dirname(page)
        while folder and not any(self.exists(folder + "/" + n) for n in ("MODULE.bazel", "WORKSPACE")):
            folder = os.path.dirname(folder)
        return folder

    def words(self, package):
        """Everything quoted in the package's BUILD.bazel and .bzl files; None if it is no package."""
        if package not in self._words:
            folder = os.path.join(self.root, package)
            names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
            words = None
            if "BUILD.bazel" in names or "BUILD" in names:
                words = set()
                for name in names:
                    if name in ("BUILD.bazel", "BUILD") or name.endswith(".bzl"):
                        words |= set(re.findall(r'"([^"\n]+)"', tree.read(folder, name)))
            self._words[package] = words
        return self._words[package]

    def has_target(self, package, target):
        words = self.words(package)
        if words is None:
            return False
        if target in words or self.exists(os.path.join(package, target)):
            return True
        # Made by a macro or in a comprehension: "%s_test", name + "_stock".
        if _ANY.search(target):
            target = _ANY.sub("", target)
            return any(target in w for w in words)
        for word in words:
            if "%s" in word and re.fullmatch(re.escape(word).replace("%s", r"[\w.-]+"), target):
                return True
            if word.startswith("_") and target.endswith(word) and target[:-len(word)] in words:
                return True
        # NAME + "_" + SUFFIX, "NAME_" + SUFFIX.
        for match in re.finditer("_", target):
            first, last = target[:match.start()], target[match.end():]
            if last in words and (first + "_" in words or {first, "_"} <= words):
                return True
        return False

    def complaint_of_label(self, workspace, package, target):
        """What is wrong with a label; "" if nothing is."""
        if package == "..." or package.endswith("/..."):
            folder = package[:-len("...")].rstrip("/")
            return "" if self.exists(os.path.join(workspace, folder)) else "there is no such folder"
        folder = os.path.join(workspace, package)
        if self.words(folder) is None:
            return "%s is no package" % (package or "the root")
        if target in ("all", "*", "all-targets"):
            return ""
        target = target or os.path.basename(package)
        return "" if self.has_target(folder, target) else "no target %s there" % target

    def labels(self, text, workspace):
        """(offset, label, complaint) of the labels that are wrong."""
        for match in _LABEL.finditer(text):
            repository, package, target, following = match.groups()
            if repository not in (None, "@", "@@", "@parkway") or not (package or target):
                continue
            if target is None and following and following in "<*$%":
                # //bench/<which>: as much as is said.
                folder = package.rstrip("/")
                if not any(self.exists(os.path.join(w, folder)) for w in {workspace, ""}):
                    yield match.start(), match.group(0), "there is no such folder"
                continue
            if target is None:
                package = re.sub(r"(?<!\.)\.$|(?<=\.\.\.)\.$", "", package).rstrip("-/")
            for package_ in expand(package):
                for target_ in expand(target.rstrip(".-/") if target and target != "*" else target or ""):
                    workspaces = [""] if repository == "@parkway" else [workspace, ""]
                    said = [self.complaint_of_label(w, package_, target_) for w in workspaces]
                    if all(said):
                        yield match.start(), match.group(0).rstrip("."), said[0]


def links(page):
    for pattern in (_LINK, _DEFINITION, _ATTRIBUTE):
        for match in pattern.finditer(page.plain):
            yield line_at(page.plain, match.start()), match.group(1)


def complaint_of_link(pages, path, link):
    if re.match(r"[a-z][a-z0-9+.-]*:", link):
        return ""
    if link.startswith("/"):
        return "is not relative"
    target, _, anchor = link.partition("#")
    full = os.path.normpath(os.path.join(os.path.dirname(path), target)) if target else path
    if full.startswith("..") or not pages.exists(full):
        return "does not exist"
    if anchor and full in pages.pages and anchor not in pages.pages[full].anchors():
        return "%s has no such heading" % full
    return ""


def check(root):
    pages = Tree(root)
    complaints, counts = [], {"pages": len(pages.pages), "links": 0, "paths": 0}

    def complain(path, line, what):
        complaints.append("%s:%d: %s" % (path, line, what))

    for path, page in sorted(pages.pages.items()):
        for line, link in links(page):
            counts["links"] += 1
            said = complaint_of_link(pages, path, link)
            if said:
                complain(path, line, "link %s: %s" % (link, said))
        if path == _HISTORY:
            continue
        workspace = pages.workspace_of(path)
        for offset, label, said in pages.labels(page.text, workspace):
            complain(path, line_at(page.text, offset), "label %s: %s" % (label, said))
        for line, span in page.spans:
            for word in span.split():
                word = re.sub(r":\d+(-\d+)?$|#.*$", "", word.strip("\"'(),;").rstrip("."))
                if word.startswith(_FOLDERS) and ":" not in word:
                    counts["paths"] += 1
                    if not pages.matches(word) and not pages.matches(os.path.join(workspace, word)):
                        complain(path, line, "path `%s` does not exist" % word)
        for match in _HEADER.finditer(page.text):
            if not any(pages.exists(f + match.group(0)) for f in ("plugin/", "adapters/")):
                complain(path, line_at(page.text, match.start()), "header %s does not exist" % match.group(0))
        if not path.startswith(_GUIDE):
            continue
        for line, lines in page.paragraphs():
            size = len(" ".join(l.strip() for l in lines))
            if len(lines) > _LINES or size > _CHARACTERS:
                complain(path, line, "a paragraph of %d lines, %d characters" % (len(lines), size))
        for match in _NOT_IN_GUIDE.finditer(page.text):
            complain(path, line_at(page.text, match.start()), "the word %s" % match.group(0))
    for path in tree.files(root):
        if os.path.basename(path) == ".bazelrc":
            for number, line in enumerate(tree.read(root, path).split("\n"), 1):
                if line.lstrip().startswith("#"):
                    for _, label, said in pages.labels(line, os.path.dirname(path)):
                        complain(path, number, "label %s: %s" % (label, said))
    print("%(pages)d pages, %(links)d links, %(paths)d paths" % counts)
    return complaints


_GOOD = {
    "MODULE.bazel": "",
    ".bazelrc": "# Not for //plugin:task.\nbuild --x=//gone\n",
    "README.md": """# The `name` of it
See [the guide](docs/guide/tbb.md#what-x_y-is-done), [this](#the-name-of-it), [web](https://x/y#z).
`[not](a_link)` and `plugin/BUILD.bazel`, `plugin/parkway/{mutex,note}.h`, `tests/`, `docs/guide/*.md`.
<!-- --> https://host//path, //..., //plugin/..., `--@parkway//plugin:lock=x`, @other//x:y, //plugin. // no label

    [not](code) `plugin/not`

- an item

      [not](code)

~~~
[not](code)
// a comment
bazel test //plugin:plugin_test -//plugin:NAME_stock //plugin:{lock,task}
~~~
""",
    "docs/guide/tbb.md": "## What: `x_y` is *done*!\n" + "a line\n" * 6 + "- an item\n" * 9 + "| a row |\n" * 9 +
                         "\n```\n" + "code\n" * 9 + "```\n\n[up](../../README.md)\n",
    "examples/m/WORKSPACE": "",
    "examples/m/README.md": "`bazel test //app` and //plugin:lock, `parkway/mutex.h`\n",
    "examples/m/app/BUILD.bazel": 'x(name = "app")\n',
    "plugin/BUILD.bazel": '[x(name = n + "_stock") for n in ["lock", "task"]]\n'
                          'y(name = "%s_test" % "plugin", z = "plugin")\n',
    "plugin/parkway/mutex.h": "",
    "plugin/parkway/note.h": "",
    "tests/x.sh": "",
}


def _page(text):
    return {"docs/page.md": text}


_BAD = [
    ("a missing page", _page("x\n\n[a](gone.md)\n"), "docs/page.md:3: link gone.md: does not exist"),
    ("a missing page in a definition", _page("[a][b]\n\n[b]: gone.md\n"), "link gone.md"),
    ("a missing picture", _page('<img src="gone.png">\n'), "link gone.png"),
    ("a link over two lines", _page("[a\nb](gone.md)\n"), "link gone.md"),
    ("a link out of the tree", _page("[a](../../gone.md)\n"), "does not exist"),
    ("a link from the root", _page("[a](/README.md)\n"), "is not relative"),
    ("a missing heading", _page("[a](../README.md#gone)\n"), "README.md has no such heading"),
    ("a missing heading here", _page("# Here\n[a](#there)\n"), "docs/page.md has no such heading"),
    ("a missing package", _page("`//gone:x`\n"), "label //gone:x: gone is no package"),
    ("a missing target", _page("```\nbazel run //plugin:gone\n```\n"),
     "docs/page.md:2: label //plugin:gone: no target"),
    ("a missing target of a package's name", {"tests/BUILD.bazel": ""}, None),
    ("a package without its target", dict(_page("//tests\n"), **{"tests/BUILD.bazel": ""}), "no target tests"),
    ("a missing folder", _page("bazel test //gone/...\n"), "no such folder"),
    ("joined names", dict(_page("//tests:a_b_new\n"), **{"tests/BUILD.bazel": 'x("a_b" + "_" + "new")\n'}), None),
    ("half of them", dict(_page("//tests:a_b_old\n"), **{"tests/BUILD.bazel": 'x("a_b" + "_" + "new")\n'}),
     "no target a_b_old"),
    ("one of several", _page("//plugin:{lock,gone}\n"), "no target gone"),
    ("a consumer's label", _page('deps = ["@parkway//plugin:gone"]\n'), "label @parkway//plugin:gone"),
    ("another workspace's label", _page("//app\n"), "app is no package"),
    ("a label of parkway in another workspace", {"examples/m/README.md": "@parkway//app\n"}, "app is no package"),
    ("a comment of .bazelrc", {".bazelrc": "build\n# As //gone.\n"}, ".bazelrc:2: label //gone"),
    ("a missing path", _page("`x plugin/gone.h`\n"), "path `plugin/gone.h`"),
    ("a missing README", dict(_page("`docs/README.md`\n"), **{"docs/b.md": ""}), "path `docs/README.md`"),
    ("a pattern of nothing", _page("`plugin/parkway/*.cc`\n"), "path `plugin/parkway/*.cc`"),
    ("a missing header", _page('    #include "parkway/gone.h"\n'), "header parkway/gone.h"),
    ("what was", {"CHANGELOG.md": "`plugin/gone.h`, `parkway/gone.h`, `//gone`\n"}, None),
    ("a link from what was", {"CHANGELOG.md": "[a](gone.md)\n"}, "CHANGELOG.md:1: link gone.md"),
    ("a long paragraph", {"docs/guide/x.md": "# X\n\n" + "word\n" * 7}, "docs/guide/x.md:3: a paragraph of 7 lines"),
    ("a paragraph of long lines", {"docs/guide/x.md": ("word " * 48 + "\n") * 4}, "a paragraph of 4 lines, 959"),
    ("a long item", {"docs/guide/x.md": "- x\n" + "  word\n" * 6}, "a paragraph of 7 lines"),
    ("a long paragraph elsewhere", _page("word\n" * 7), None),
    ("a plan in the guide", {"docs/guide/x.md": "Our goal.\n"}, "the word goal"),
    ("a result in the guide", {"docs/guide/x.md": "| MISSED |\n"}, "the word MISSED"),
]

if __name__ == "__main__":
    tree.main(__doc__, check, _GOOD, _BAD)
