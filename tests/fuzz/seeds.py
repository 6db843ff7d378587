#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the seeds of the corpora: sequences that somebody thought of, in words here and in bytes there.

  tests/fuzz/seeds.py [--check]   writes corpus/*/seed_*; or complains of those that differ

What libFuzzer and failures have added to a corpus has other names and is left alone. README.md says
what the bytes mean.
"""

import os
import sys

_CORPUS = os.path.join(os.path.dirname(os.path.realpath(__file__)), "corpus")

# The choice of a place by the first byte of a step, divided by the threads: see kPlaceOf in world.cc.
_PLACES = {0: 0, 2: 1, 1: 4, 3: 5}
_THREADS = 4
_AWAIT_LIMITS = 240
_END_THREAD = 250

# Kinds in the target "locks", and at the first two places of "waits".
_MUTEXES = ["futex", "sema", "byte", "rw", "queuing", "queuing_rw"]
_LOCKS = _MUTEXES + ["semaphore", "nothing"]
_SHARED = ["rw", "queuing_rw"]
_TIMED = ["futex", "sema", "byte", "rw"]
# Kinds at the other places of "waits".
_WAITS = ["cond_var", "rw_cond_var", "address_cond_wait", "semaphore", "futex_note", "sema_note", "nothing"]

# Limits: see times.h.
_FOREVER, _NOW, _SHORT, _MIDDLE, _LONG, _LONGEST = 0, 1, 2, 4, 5, 7
_LOOK = 1  # wait until all are asleep


def _step(thread, place, action, argument=0):
    return bytes([thread + _THREADS * _PLACES[place], action, argument])


class Lock:
    """Steps of one thread on a mutex at one place."""

    def __init__(self, place=0):
        self.place = place

    def _do(self, thread, action, argument=0):
        return _step(thread, self.place, action, argument)

    def lock(self, thread, look=_LOOK):
        return self._do(thread, 0, look)

    def shared(self, thread, look=_LOOK):
        return self._do(thread, 3, look)

    def try_lock(self, thread):
        return self._do(thread, 4)

    def try_shared(self, thread):
        return self._do(thread, 5)

    def lock_for(self, thread, time, look=0):
        return self._do(thread, 6, 2 * time + look)

    def shared_for(self, thread, time, look=0):
        return self._do(thread, 7, 2 * time + look)

    def unlock(self, thread, value=0):
        return self._do(thread, 8, value)

    def change(self, thread):
        return self._do(thread, 12)

    def wait_for(self, thread, goal, time=_FOREVER, shared=False):
        return self._do(thread, 13, 2 * goal + 8 * time + (128 if shared else 0))

    def slow(self, thread):
        return self._do(thread, 14)

    def renew(self, thread, kind):
        return self._do(thread, 15, kind)


class Other:
    """The same on a condition variable, a semaphore or a note."""

    def __init__(self, place=2):
        self.place = place

    def _do(self, thread, action, argument=0):
        return _step(thread, self.place, action, argument)

    def wait(self, thread, lock=0, time=_FOREVER):
        return self._do(thread, 0, lock + 4 * time)

    def notify_one(self, thread):
        return self._do(thread, 4)

    def notify_all(self, thread):
        return self._do(thread, 6)

    # Of a semaphore and of a note.
    def take(self, thread, look=_LOOK):
        return self._do(thread, 0, look)

    def try_acquire(self, thread):
        return self._do(thread, 2)

    def acquire_for(self, thread, time):
        return self._do(thread, 3, 2 * time)

    def sleep_for(self, thread, time):
        return self._do(thread, 2, 2 * time)

    def give(self, thread):
        return self._do(thread, 4)

    def give_many(self, thread, count):
        return self._do(thread, 6, count)

    def clear(self, thread):
        return self._do(thread, 6)

    def renew(self, thread, kind):
        return self._do(thread, 7, kind)


def _locks():
    m = Lock()
    for number, kind in enumerate(_MUTEXES):
        start = bytes([number, _LOCKS.index("nothing")] * 2)
        yield "in_turns_" + kind, start + b"".join(
            [m.lock(0), m.lock(1), m.lock(2), m.lock(3), m.unlock(0), m.try_lock(0), m.unlock(1), m.unlock(2),
             m.unlock(3), m.try_lock(1), m.unlock(1)])
        # The unlock that lets somebody in may not have returned when the place is something else.
        for other, name in enumerate(_LOCKS):
            yield "%s_then_%s" % (kind, name), start + b"".join(
                [m.lock(0), m.lock(1), m.unlock(0), m.renew(1, other), m.lock(2), m.lock(3), m.unlock(2),
                 m.renew(3, number), m.lock(1), m.lock(0), m.unlock(1)])
        yield "threads_end_" + kind, start + b"".join(
            [m.lock(0), m.lock(1), m.unlock(0), _step(0, 0, _END_THREAD), m.lock(0), m.unlock(1),
             _step(1, 0, _END_THREAD), m.lock(1), m.unlock(0), m.unlock(1)])
        if kind in _TIMED:
            yield "limits_" + kind, start + b"".join(
                [m.lock(0), m.lock_for(1, _NOW), m.lock_for(1, _MIDDLE), _step(0, 0, _AWAIT_LIMITS), m.lock(2), m.lock_for(3, _LONG), m.unlock(0),
                 m.unlock(2), m.unlock(3), m.lock(1), m.lock_for(0, _SHORT), m.lock_for(2, _FOREVER, _LOOK),
                 m.unlock(1)])
        if kind not in _SHARED:
            continue
        yield "readers_" + kind, start + b"".join(
            [m.shared(0), m.shared(1), m.try_lock(2), m.lock(2), m.shared(3), m.unlock(0), m.try_shared(0),
             m.unlock(1), m.change(2), m.change(2), m.unlock(2), m.change(3), m.unlock(3)])
        yield "downgrade_" + kind, start + b"".join(
            [m.lock(0), m.shared(1), m.shared(2), m.change(0), m.change(0), m.unlock(1), m.unlock(2), m.change(0)])
        yield "upgrade_past_a_writer_" + kind, start + b"".join(
            [m.shared(0), m.lock(1), m.change(0), m.shared(2), m.unlock(0), m.unlock(1)])
    rw = bytes([_LOCKS.index("rw"), _LOCKS.index("nothing")] * 2)
    yield "a_writer_gives_up_rw", rw + b"".join(
        [m.shared(0), m.lock_for(1, _LONGEST, _LOOK), m.shared(2), m.shared_for(3, _FOREVER), _step(0, 0, _AWAIT_LIMITS),
         m.lock_for(1, _MIDDLE), _step(0, 0, _AWAIT_LIMITS), m.unlock(0), m.unlock(2)])
    yield "values_rw", rw + b"".join(
        [m.wait_for(0, 1), m.wait_for(1, 1, shared=True), m.wait_for(2, 2), m.lock(3), m.unlock(3, 1), m.unlock(0, 2),
         m.unlock(1), m.unlock(2, 3)])
    yield "values_with_limits_rw", rw + b"".join(
        [m.wait_for(0, 1, _MIDDLE), m.wait_for(1, 1, _LONG, shared=True), m.wait_for(2, 1), m.lock(3), m.unlock(3, 1),
         m.wait_for(3, 0, _SHORT)])
    yield "slow_beside_an_unlock_rw", rw + b"".join(
        [m.lock(0), m.lock(1), m.unlock(0), m.slow(2), m.renew(1, _LOCKS.index("nothing")), m.renew(1, 3), m.slow(2),
         m.lock(3), m.shared(0), m.unlock(3), m.unlock(0)])
    # What gets the permit destroys the semaphore, and a queue is at its address.
    s = Other(place=0)
    for other in ("queuing_rw", "rw", "byte", "semaphore"):
        yield "semaphore_then_" + other, bytes([_LOCKS.index("semaphore")] * 4) + b"".join(
            [s.take(0), s.give(1), s.renew(0, _LOCKS.index(other)), m.lock(0), m.lock(2), m.shared(3), m.unlock(0),
             m.unlock(2), m.unlock(3)])


def _waits():
    m, c = Lock(), Other()
    for number, mutex in enumerate(_MUTEXES):
        for which, kind in enumerate(_WAITS[:3]):
            if kind == "rw_cond_var" and mutex != "rw":
                continue
            name = "%s_with_%s" % (kind, mutex)
            start = bytes([number, number, which, which])
            yield name, start + b"".join(
                [c.wait(0), c.wait(1), c.wait(2), m.lock(3), c.notify_one(3), c.notify_one(3), m.unlock(3),
                 m.unlock(0), m.unlock(1), c.notify_all(3), m.unlock(2), c.notify_one(0)])
            yield "limits_" + name, start + b"".join(
                [c.wait(0, time=_MIDDLE), c.wait(1, time=_SHORT), c.wait(2), c.notify_one(3), c.notify_one(3),
                 m.unlock(0), m.unlock(1), c.wait(3, time=_NOW), m.unlock(2), c.notify_all(2)])
            # Gone as soon as all are notified, while they wait for the mutex.
            yield "gone_" + name, start + b"".join(
                [c.wait(0), c.wait(1), m.lock(3), c.notify_all(3), c.renew(3, _WAITS.index("nothing")),
                 c.renew(3, which), m.unlock(3), m.unlock(0), c.wait(0), m.unlock(1), c.notify_one(1)])
    rw = _MUTEXES.index("rw")
    yield "readers_with_rw_cond_var", bytes([rw, rw, 1, 1]) + b"".join(
        [m.shared(0), c.wait(0), m.shared(1), c.wait(1), m.shared(2), c.notify_all(2), m.unlock(2), m.unlock(0),
         m.unlock(1)])
    s, n = Other(), Other()
    yield "permits", bytes([0, 0, 3, 3]) + b"".join(
        [s.take(0), s.take(1), s.take(2), s.give_many(3, 2), s.try_acquire(3), s.give_many(3, 3), s.try_acquire(0),
         s.acquire_for(0, _NOW), s.acquire_for(0, _MIDDLE), s.give(1)])
    yield "the_last_permit", bytes([0, 0, 3, 3]) + b"".join(
        [s.take(0), s.give(1), s.renew(0, 3), s.take(2), s.acquire_for(0, _LONG), s.give(1),
         s.renew(2, _WAITS.index("nothing"))])
    for kind in ("futex_note", "sema_note"):
        yield kind, bytes([0, 0] + [_WAITS.index(kind)] * 2) + b"".join(
            [n.take(0), n.give(1), n.take(2), n.clear(0), n.sleep_for(0, _MIDDLE), n.give(1), n.clear(2),
             n.sleep_for(0, _NOW), n.take(3), n.give(2), n.renew(3, _WAITS.index(kind)), n.take(1), n.give(0)])


def _stacks():
    alloc, free, trim, limit, end = 0, 90, 200, 215, 235
    yield "one", bytes([0, alloc, 0, 0, free, 0])
    yield "many_to_another", bytes([0, alloc, 255, 0, alloc, 254, 1, free, 255, 1, free, 3, 2, alloc, 253, 0, free, 255])
    yield "limits", bytes([0, limit, 0, 0, alloc, 255, 1, free, 255, 0, limit, 5, 0, alloc, 255, 1, free, 255, 2, trim, 0])
    yield "threads_end", bytes([0, alloc, 255, 0, free, 255, 0, end, 0, 0, alloc, 255, 1, end, 0, 1, free, 255])
    yield "sizes", b"".join(bytes([i % 3, alloc, 37 * i % 256, (i + 1) % 3, free, 11 * i % 256]) for i in range(24))


def _timer_heap():
    nodes, pop, other = 24, 0, 32
    yield "in_order", b"".join(bytes([i, other + i % 16]) for i in range(nodes))
    yield "in_reverse", b"".join(bytes([i, other + 15 - i % 16]) for i in range(nodes))
    yield "all_equal", b"".join(bytes([i, other]) for i in range(nodes)) + bytes([0, pop] * 6)
    yield "from_the_middle", (b"".join(bytes([i, other + 7 * i % 16]) for i in range(nodes)) + bytes([0, pop]) +
                              b"".join(bytes([5 * i % nodes, other + i % 16]) for i in range(2 * nodes)))


def main():
    wrong = 0
    for target, seeds in (("locks", _locks()), ("waits", _waits()), ("stacks", _stacks()),
                          ("timer_heap", _timer_heap())):
        folder = os.path.join(_CORPUS, target)
        os.makedirs(folder, exist_ok=True)
        seeds = {"seed_" + name: data for name, data in seeds}
        for name in sorted(set(os.listdir(folder)) | set(seeds)):
            path, data = os.path.join(folder, name), None
            if not name.startswith("seed_"):
                continue
            if os.path.exists(path):
                with open(path, "rb") as file:
                    data = file.read()
            if data == seeds.get(name):
                continue
            wrong += 1
            if sys.argv[1:] == ["--check"]:
                print("%s differs" % path)
            elif name not in seeds:
                os.remove(path)
            else:
                with open(path, "wb") as file:
                    file.write(seeds[name])
    sys.exit(1 if wrong and sys.argv[1:] == ["--check"] else 0)


if __name__ == "__main__":
    main()
