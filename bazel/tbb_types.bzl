# SPDX-License-Identifier: Apache-2.0
"""The list of oneTBB's types that parkway replaces."""

# oneapi/tbb/NAME.h has tbb::NAME; parkway/tbb/NAME.h has parkway::tbb::NAME, and
# parkway/tbb/overlay/NAME.h puts that in its place.
TBB_TYPES = [
    "mutex",
    "queuing_mutex",
    "queuing_rw_mutex",
    "rw_mutex",
    "spin_mutex",
    "spin_rw_mutex",
]
