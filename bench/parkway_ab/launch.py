#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Starts parkway-ab, from the sources, from Bazel's runfiles or from the archive."""

import glob
import os
import sys

if sys.version_info < (3, 9):
    sys.exit("parkway-ab: needs Python 3.9 or later, and this is %d.%d" % sys.version_info[:2])

sys.dont_write_bytecode = True
_HERE = os.path.dirname(os.path.realpath(__file__))
# In the archive the package lies beside this file; in the sources this file lies in it.
_ROOT = _HERE if os.path.isdir(os.path.join(_HERE, "parkway_ab")) else os.path.dirname(_HERE)
sys.path[0] = _ROOT

from parkway_ab import main  # noqa: E402

sys.exit(main.main(sys.argv[1:], [_ROOT, os.getcwd()] + glob.glob(os.path.abspath(sys.argv[0]) + ".runfiles/*")))
