# SPDX-License-Identifier: Apache-2.0
"""A preload library over hosts of our own, so that it is tested everywhere."""

load("@rules_cc//cc:defs.bzl", "cc_binary")
load("//bazel:native_sh_test.bzl", "sh_test")

def fake_test(name, preload, hosts, deps, headers = [], programs = []):
    """Hosts that are none, what uses them, and a script that runs that under a preload library.

    The script NAME.sh gets the library. Beside it are libfake_HOST.so from fake_host.cc; a user of
    the hosts known and other from fake_user.cc, libfake_user.so and libfake_user_other.so; programs
    that are linked to these, program and program_other; and late_program and closing_program, which
    bring their argument by dlopen. libfake_thread_user.so, from fake_thread_user.cc, and
    libno_host_user.so make their first calls in a thread that their constructor waits for.

    Args:
      name: of the test.
      preload: the library.
      hosts: name -> the SONAME, and what fake_host.cc finds defined, and its user as well.
      deps: of fake_host.cc and fake_user.cc.
      headers: of fake_host.cc.
      programs: more that the script runs.
    """
    for host, what in hosts.items():
        cc_binary(
            name = "libfake_%s.so" % host,
            srcs = ["fake_host.cc"] + headers,
            linkopts = ["-Wl,-soname," + what[0]],
            linkshared = True,
            local_defines = what[1:],
            deps = deps,
        )
    for suffix, host in {"": "known", "_other": "other"}.items():
        cc_binary(
            name = "libfake_user%s.so" % suffix,
            srcs = ["fake_user.cc", ":libfake_%s.so" % host],
            linkshared = True,
            local_defines = hosts[host][1:],
            deps = deps,
        )
        cc_binary(
            name = "program" + suffix,
            srcs = ["//tests/preload:program.cc", ":libfake_user%s.so" % suffix],
            # The host comes at run time, from the folder that the test names: it has another name
            # here than its SONAME, and a linker that wants to look into it finds none.
            linkopts = ["-Wl,--allow-shlib-undefined"],
        )
    cc_binary(
        name = "libfake_thread_user.so",
        srcs = [
            "fake_thread_user.cc",
            "//tests/preload:constructor_thread.h",
            ":libfake_known.so",
        ],
        linkopts = ["-pthread"],
        linkshared = True,
        deps = deps,
    )
    cc_binary(
        name = "libno_host_user.so",
        srcs = [
            "//tests/preload:constructor_thread.h",
            "//tests/preload:no_host_user.cc",
        ],
        linkopts = ["-pthread"],
        linkshared = True,
    )
    for late in ["closing_program", "late_program"]:
        cc_binary(
            name = late,
            srcs = ["//tests/preload:%s.cc" % late],
            linkopts = ["-ldl", "-pthread"],
        )
    sh_test(
        name = name,
        size = "medium",
        srcs = [name + ".sh"],
        args = ["$(rootpath %s)" % preload],
        data = [
            preload,
            ":closing_program",
            ":late_program",
            ":libfake_thread_user.so",
            ":libfake_user.so",
            ":libfake_user_other.so",
            ":libno_host_user.so",
            ":program",
            ":program_other",
            "//tests/suites:expect.sh",
        ] + [":libfake_%s.so" % host for host in hosts] + programs,
        tags = ["no-sanitizer"],
    )

def copies_test(name, preload, copies, within, deps):
    """Several copies of a host, plug-ins that use them, and a script that loads these.

    The script NAME.sh gets the library. Beside it are several_copies; for each copy libcopy_COPY.so
    from fake_host.cc and a plug-in over it from fake_user.cc, libcopy_user_COPY.so; and plug-ins
    that have a copy within them, libwithin_PLUGIN.so.

    Args:
      name: of the test.
      preload: the library.
      copies: name -> the SONAME, and what fake_host.cc finds defined.
      within: name of a plug-in -> what fake_host.cc finds defined. With the name hidden it shows
        nothing of its copy to others.
      deps: of fake_host.cc and fake_user.cc.
    """
    data = [preload, ":several_copies", "//tests/suites:expect.sh"]
    for copy, what in copies.items():
        cc_binary(
            name = "libcopy_%s.so" % copy,
            srcs = ["fake_host.cc"],
            linkopts = ["-Wl,-soname," + what[0]],
            linkshared = True,
            local_defines = what[1:] + ['PARKWAY_FAKE_NAME=\\"%s\\"' % copy],
            tags = ["no-sanitizer"],
            deps = deps,
        )
        cc_binary(
            name = "libcopy_user_%s.so" % copy,
            srcs = ["fake_user.cc", ":libcopy_%s.so" % copy],
            # What the dynamic linker writes is read-only afterwards in one of them.
            linkopts = ["-Wl,-z,relro,-z,now"] if copy == "b" else ["-Wl,-z,lazy"],
            linkshared = True,
            tags = ["no-sanitizer"],
            deps = deps,
        )
        data += [":libcopy_%s.so" % copy, ":libcopy_user_%s.so" % copy]
    for plugin, what in within.items():
        hidden = plugin == "hidden"
        cc_binary(
            name = "libwithin_%s.so" % plugin,
            srcs = ["fake_host.cc", "fake_user.cc"],
            additional_linker_inputs = ["//tests/preload:hidden.map"] if hidden else [],
            linkopts = [
                "-Wl,--version-script=$(location //tests/preload:hidden.map)",
            ] if hidden else [],
            linkshared = True,
            local_defines = what + ['PARKWAY_FAKE_NAME=\\"%s\\"' % plugin],
            tags = ["no-sanitizer"],
            deps = deps,
        )
        data.append(":libwithin_%s.so" % plugin)
    cc_binary(
        name = "several_copies",
        srcs = ["//tests/preload:several_copies.cc"],
        linkopts = ["-ldl"],
        tags = ["no-sanitizer"],
    )
    sh_test(
        name = name,
        size = "small",
        srcs = [name + ".sh"],
        args = ["$(rootpath %s)" % preload],
        data = data,
        tags = ["no-sanitizer"],
    )
