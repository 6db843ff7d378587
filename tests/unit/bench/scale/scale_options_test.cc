// SPDX-License-Identifier: Apache-2.0

#include "bench/scale/scale_options.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace parkway_bench::scale {
namespace {

Options Parsed(const std::vector<std::string>& args) {
  Options options;
  std::string error;
  EXPECT_TRUE(ParseOptions(args, &options, &error)) << error;
  return options;
}

std::string Refused(const std::vector<std::string>& args) {
  Options options;
  std::string error;
  EXPECT_FALSE(ParseOptions(args, &options, &error));
  return error;
}

TEST(ScaleOptions, ByThemselves) {
  const Options options = Parsed({});
  EXPECT_EQ(options.cpus, (std::vector<int>{8, 64, 192, 384}));
  EXPECT_EQ(options.threads, (std::vector<double>{1}));
  EXPECT_NE(FindCosts(options.costs), nullptr);
}

TEST(ScaleOptions, AreRead) {
  const Options options = Parsed(
      {"--cpus", "2,16", "--threads=.5,4", "--sockets", "4", "--cluster=2",
       "--costs", "virtual-xeon", "--duration-ms=7", "--seed", "9", "--filter",
       "Mutex", "--html=/a", "--markdown=/b", "--json=/c", "--list", "--help"});
  EXPECT_EQ(options.cpus, (std::vector<int>{2, 16}));
  EXPECT_EQ(options.threads, (std::vector<double>{.5, 4}));
  EXPECT_EQ(options.sockets, 4);
  EXPECT_EQ(options.cluster, 2);
  EXPECT_EQ(options.costs, "virtual-xeon");
  EXPECT_EQ(options.duration_ms, 7);
  EXPECT_EQ(options.seed, 9u);
  EXPECT_EQ(options.filter, "Mutex");
  EXPECT_EQ(options.html, "/a");
  EXPECT_EQ(options.markdown, "/b");
  EXPECT_EQ(options.json, "/c");
  EXPECT_TRUE(options.list);
  EXPECT_TRUE(options.help);
}

TEST(ScaleOptions, WrongOnesAreNamed) {
  EXPECT_EQ(Refused({"--cpus=0"}),
            "--cpus=0 is not a list of numbers from 1 to 1024");
  EXPECT_EQ(Refused({"--cpus", "8,x"}),
            "--cpus 8,x is not a list of numbers from 1 to 1024");
  EXPECT_EQ(Refused({"--threads=0"}),
            "--threads=0 is not a list of numbers from 0.1 to 8");
  EXPECT_EQ(Refused({"--threads=nan"}),
            "--threads=nan is not a list of numbers from 0.1 to 8");
  EXPECT_EQ(Refused({"--seed=x"}), "--seed=x is not a number");
  EXPECT_EQ(Refused({"--filter=("}), "--filter=( is not a regular expression");
  EXPECT_EQ(Refused({"--costs=free"}),
            "--costs=free are not costs that there are: " + NamesOfCosts());
  EXPECT_EQ(Refused({"--html"}), "--html needs a value");
  EXPECT_EQ(Refused({"--costs"}), "--costs needs a value");
  EXPECT_EQ(Refused({"--html="}), "--html= needs a path");
  EXPECT_EQ(Refused({"--list=yes"}), "--list=yes takes no value");
  EXPECT_EQ(Refused({"--colour"}),
            "--colour is not an option of scale; --help lists them");
}

TEST(ScaleOptions, MachinesHaveSockets) {
  const Options options;
  EXPECT_EQ(TopologyOf(2, options).cpus_per_cluster, 2);
  EXPECT_EQ(TopologyOf(8, options).cpus_per_cluster, 8);
  EXPECT_EQ(TopologyOf(64, options).sockets, 1);
  EXPECT_EQ(TopologyOf(64, options).cpus_per_cluster, 8);
  EXPECT_EQ(TopologyOf(192, options).sockets, 2);
  EXPECT_EQ(TopologyOf(384, options).socket_of(191), 0);
  EXPECT_EQ(TopologyOf(384, options).socket_of(192), 1);
  const Options eight = Parsed({"--sockets=8", "--cluster=4"});
  EXPECT_EQ(TopologyOf(384, eight).socket_of(383), 7);
  EXPECT_EQ(TopologyOf(384, eight).cluster_of(383), 95);
  EXPECT_EQ(TopologyOf(2, eight).sockets, 2);
}

TEST(ScaleOptions, ThreadsAreTimesTheCpus) {
  EXPECT_EQ(ThreadsFor(64, .5), 32);
  EXPECT_EQ(ThreadsFor(64, 4), 256);
  EXPECT_EQ(ThreadsFor(1, 1), 2);
}

}  // namespace
}  // namespace parkway_bench::scale
