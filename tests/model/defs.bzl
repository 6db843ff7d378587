"""Rules for the models: the production headers, as they are or with one line changed."""

load("//bazel:copts.bzl", "PARKWAY_TEST_COPTS")

# Relacy's threads jump between stacks, which fortified longjmp takes for an attack. The locks
# of a model are its subject.
_COPTS = PARKWAY_TEST_COPTS + ["-U_FORTIFY_SOURCE"]

_HEADERS = [
    "address_cond_wait.h",
    "address_cond_wait_slow.h",
    "address_futex.h",
    "address_wait.h",
    "address_wait_slow.h",
    "asymmetric_fence.h",
    "blocking_pool.h",
    "blocking_pool_slow.h",
    "byte_futex.h",
    "byte_mutex.h",
    "checks.h",
    "cond_var.h",
    "cond_var_slow.h",
    "cpu.h",
    "deadline.h",
    "futex_mutex.h",
    "futex_mutex_slow.h",
    "futex_note.h",
    "futex_note_slow.h",
    "held_locks.h",
    "idle_pool.h",
    "os/os.h",
    "park.h",
    "park_slow.h",
    "platform.h",
    "queuing_mutex.h",
    "queuing_mutex_slow.h",
    "queuing_rw_mutex.h",
    "queuing_rw_mutex_slow.h",
    "rw_cond_var.h",
    "rw_cond_var_slow.h",
    "rw_mutex.h",
    "rw_mutex_slow.h",
    "scheduler.h",
    "sema_mutex.h",
    "sema_mutex_slow.h",
    "sema_note.h",
    "sema_note_slow.h",
    "semaphore.h",
    "semaphore_slow.h",
    "sleepers.h",
    "spin.h",
    "stack_depot.h",
    "stack_magazines.h",
    "task_timer.h",
    "thread_annotations.h",
    "timer_heap.h",
    "wait_in_line.h",
    "wait_pace.h",
    "wait_table.h",
    "rw_waiter.h",
    "worker.h",
    "worker_semaphore.h",
]

def plugin_headers(name, header = "", sed = ""):
    """The headers of //plugin as "parkway/<name>.h", without its .cc files.

    The library itself is not linked, because the model has an operating system of its own.

    Args:
      name: the cc_library.
      header: one of them, to be changed.
      sed: the change. A sed program that changes nothing is an error.
    """
    cmd = """
for from in $(SRCS); do
  to=$(RULEDIR)/{name}/parkway/$${{from##*plugin/}}
  mkdir -p $$(dirname $$to)
  cp $$from $$to
done
"""
    if header:
        cmd += """
to=$(RULEDIR)/{name}/parkway/{header}
from=$$to.original
mv $$to $$from
sed -e '{sed}' $$from > $$to
if cmp -s $$from $$to; then
  echo "mutant {name}: its pattern is not in {header} any more" >&2
  exit 1
fi
"""
    native.genrule(
        name = name + "_headers",
        testonly = True,
        srcs = ["//plugin:" + h for h in _HEADERS],
        outs = [name + "/parkway/" + h for h in _HEADERS],
        cmd = cmd.format(name = name, header = header, sed = sed.replace("$", "$$")),
    )
    native.cc_library(
        name = name,
        testonly = True,
        hdrs = [":" + name + "_headers"],
        includes = [name],
    )

def model_test(name, srcs = None, headers = ":plugin", optimize = "-O1", tags = [], **kwargs):
    """A program over Relacy. It replaces operator new: no sanitizers.

    Args:
      name: the cc_test, and its one source if srcs is not given.
      srcs: the one source.
      headers: a plugin_headers().
      optimize: half of the time of a whole test goes into compiling, with this.
      tags: more of them.
      **kwargs: as for cc_test.
    """
    native.cc_test(
        name = name,
        srcs = (srcs or [name + ".cc"]) + native.glob(["*.h"]),
        copts = _COPTS + [optimize],
        tags = ["no-sanitizer"] + tags,
        deps = [
            headers,
            "//tests/plugin:address_cond_var",
            "@relacy",
        ],
        **kwargs
    )

def mutant_test(name, of, header, sed, only = "", optimize = "-O0"):
    """Passes only if Relacy reports the test `of` when something in `header` is changed.

    Not part of `//...`, for want of time: `.ci/run` runs those of the tag "mutant" last.

    Args:
      name: the test.
      of: the test of the right source.
      header: what is changed, see plugin_headers().
      sed: the change.
      only: the part of `of` that is run, to save time: its --filter.
      optimize: most are found soon, and nearly all the time goes into compiling.
    """
    plugin_headers(
        name = name + "_mutant",
        header = header,
        sed = sed,
    )
    model_test(
        name = name,
        size = "small",
        srcs = [of + ".cc"],
        args = [
            "--expect-failure",
            "--schedules=5000000",  # at most: the first report ends it
        ] + (["'--filter=%s'" % only] if only else []),
        headers = ":" + name + "_mutant",
        optimize = optimize,
        tags = [
            "manual",
            "mutant",
        ],
    )
