# SPDX-License-Identifier: Apache-2.0
"""How parkway-ab ends, and how it writes numbers."""

import math

MEASURED = 0
SLOWER = 1
WRONG_USE = 2
OUTPUTS_DIFFER = 3
NOTHING_TO_TAKE_OVER = 4


class Problem(Exception):
    """What stops parkway-ab: a sentence for people, more lines to show, and the exit code."""

    def __init__(self, message, code=WRONG_USE, details=()):
        super().__init__(message)
        self.message = message
        self.code = code
        self.details = list(details)


def figure(value, digits=3):
    """That many digits, and no exponent."""
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    rounded = float(f"{value:.{digits - 1}e}")
    places = max(0, digits - 1 - math.floor(math.log10(abs(rounded))))
    return f"{value:.{places}f}"


def seconds(value):
    for unit, scale in (("s", 1), ("ms", 1e-3), ("us", 1e-6)):
        if value >= scale:
            return f"{figure(value / scale)} {unit}"
    return f"{value / 1e-9:.0f} ns"


def minutes(value):
    """A time that somebody has to wait."""
    if value < 90:
        return f"{math.ceil(value)} s"
    return f"{math.ceil(value / 60)} min" if value < 5400 else f"{figure(value / 3600, 2)} h"


def size(value):
    for unit, scale in (("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)):
        if value >= scale:
            return f"{figure(value / scale)} {unit}"
    return f"{value} bytes"


def percent(share, digits=2):
    value = 100 * share
    if value and abs(value) < 0.01:
        return "under 0.01 %"
    return f"{value:.0f} %" if abs(value) >= 99.5 else f"{figure(value, digits)} %"


def plural(count, noun):
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
