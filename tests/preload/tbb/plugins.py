# SPDX-License-Identifier: Apache-2.0
"""Opens libraries as Python opens its extensions, and has all of them work at once."""

import ctypes
import sys
import threading

ROUNDS = 5

plugins = [ctypes.CDLL(path, mode=ctypes.RTLD_LOCAL) for path in sys.argv[1:]]
results = {}


def work(number):
    results[number] = {plugins[number].parkway_test_work() for _ in range(ROUNDS)}


threads = [threading.Thread(target=work, args=[number]) for number in range(len(plugins))]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(sorted(results.items()))
