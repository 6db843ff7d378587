# SPDX-License-Identifier: Apache-2.0
"""What is in a page of HTML."""

import html.parser

_EMPTY = {"area", "br", "hr", "img", "input", "link", "meta"}


class Reader(html.parser.HTMLParser):
    """Elements that are not closed in their order, the ids, and the texts of scripts."""

    def __init__(self):
        super().__init__()
        self.open, self.wrong, self.ids, self.addresses, self.scripts = [], [], [], [], []

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        self.ids += [values["id"]] if "id" in values else []
        self.addresses += [values[name] for name in ("src", "href") if name in values]
        if tag not in _EMPTY:
            self.open.append(tag)
        if tag == "script":
            self.scripts.append((values, ""))

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data):
        if self.open and self.open[-1] == "script":
            values, text = self.scripts[-1]
            self.scripts[-1] = (values, text + data)
