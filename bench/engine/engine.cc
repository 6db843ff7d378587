// SPDX-License-Identifier: Apache-2.0

#include "bench/engine/engine.h"

#include <fstream>

#include "absl/strings/str_cat.h"
#include "bench/engine/stats.h"

namespace parkway_bench {
namespace {

// Takes the one run of the one registered benchmark and prints nothing.
class Collector : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context&) override { return true; }
  void ReportRuns(const std::vector<Run>& runs) override {
    runs_.insert(runs_.end(), runs.begin(), runs.end());
  }
  const std::vector<Run>& runs() const { return runs_; }

 private:
  std::vector<Run> runs_;
};

}  // namespace

Engine::Engine(
    const std::string& executable,
    const std::vector<std::pair<std::string, std::string>>& context) {
  // Google Benchmark keeps the pointer: never destroyed.
  auto* const name = new std::string(executable);
  char* argv[] = {name->data(), nullptr};
  int argc = 1;
  benchmark::Initialize(&argc, argv);
  AddContext(context);
}

void Engine::AddContext(
    const std::vector<std::pair<std::string, std::string>>& context) {
  for (const auto& [key, value] : context) {
    if (key != "date") {  // Google Benchmark writes its own
      benchmark::AddCustomContext(key, value);
    }
  }
}

Engine::Run Engine::MeasureOnce(const Cell& cell, Sample* sample) {
  benchmark::ClearRegisteredBenchmarks();
  benchmark::RegisterBenchmark(
      cell.Name().c_str(),
      [&](benchmark::State& state) {
        for (auto _ : state) {
          *sample = cell.measure();
          if (!sample->lost.empty()) {
            state.SkipWithError(sample->lost.c_str());
            break;
          }
          state.SetIterationTime(sample->seconds_per_op * sample->operations);
        }
        for (const auto& [name, value] : sample->counters) {
          state.counters[name] = value;
        }
      })
      ->UseManualTime()
      ->Iterations(1)
      ->Unit(IsProgram(cell) ? benchmark::kMillisecond
                             : benchmark::kNanosecond);
  Collector collector;
  benchmark::RunSpecifiedBenchmarks(&collector, ".");
  benchmark::ClearRegisteredBenchmarks();

  Run run = collector.runs().at(0);
  // To the engine, a window is one iteration; to the reader, an operation is.
  run.iterations = static_cast<benchmark::IterationCount>(sample->operations);
  run.cpu_accumulated_time = sample->cpu_seconds_per_op * sample->operations;
  run.threads = cell.threads;
  // The suffixes "/iterations:1/manual_time" say how we use the engine, not
  // what was measured.
  run.run_name.iterations.clear();
  run.run_name.time_type.clear();
  return run;
}

bool Engine::MeasureTogether(const std::vector<const Cell*>& cells,
                             int repetitions, std::vector<Measured>* measured,
                             std::string* error) {
  const std::size_t count = cells.size();
  std::vector<Measured> results(count);
  std::vector<std::vector<Run>> runs(count);
  for (int repetition = 0; repetition < repetitions; ++repetition) {
    for (std::size_t turn = 0; turn < count; ++turn) {
      // Another one goes first each time, and neighbours stay neighbours.
      const std::size_t i =
          (turn + static_cast<std::size_t>(repetition)) % count;
      Sample sample;
      Run run = MeasureOnce(*cells[i], &sample);
      if (!sample.error.empty()) {
        *error = absl::StrCat(cells[i]->Name(), ": ", sample.error);
        return false;
      }
      run.repetitions = repetitions;
      run.repetition_index = repetition;
      results[i].cell = cells[i];
      results[i].samples.push_back(std::move(sample));
      runs[i].push_back(std::move(run));
    }
  }
  for (std::size_t i = 0; i < count; ++i) {
    Keep(results[i], std::move(runs[i]));
    measured->push_back(std::move(results[i]));
  }
  return true;
}

void Engine::Keep(const Measured& measured, std::vector<Run> runs) {
  for (Run& run : runs) {
    run.family_index = families_;
    run.per_family_instance_index = 0;
  }
  ++families_;
  // One that has all fields, as the aggregates' model.
  std::size_t first = runs_.size();
  runs_.insert(runs_.end(), runs.begin(), runs.end());
  for (const Sample& sample : measured.samples) {
    if (sample.lost.empty()) {
      break;
    }
    ++first;
  }
  const std::vector<Sample> samples = NotLost(measured.samples);
  if (samples.size() < 2) {
    return;
  }
  using Statistic = double (*)(const std::vector<double>&);
  const std::vector<std::pair<const char*, Statistic>> statistics = {
      {"mean", Mean},
      {"median",
       [](const std::vector<double>& values) {
         return SpreadOf(values).median;
       }},
      {"stddev", StandardDeviation},
  };
  for (const auto& [name, statistic] : statistics) {
    const auto of = [&, compute = statistic](auto field) {
      std::vector<double> values;
      for (const Sample& sample : samples) {
        values.push_back(field(sample));
      }
      return compute(values);
    };
    Run aggregate = runs_.at(first);
    aggregate.run_type = Run::RT_Aggregate;
    aggregate.aggregate_name = name;
    aggregate.aggregate_unit = benchmark::kTime;
    // Times are divided by this.
    aggregate.iterations =
        static_cast<benchmark::IterationCount>(samples.size());
    const double iterations = static_cast<double>(samples.size());
    aggregate.real_accumulated_time = iterations * of([](const Sample& sample) {
                                        return sample.seconds_per_op;
                                      });
    aggregate.cpu_accumulated_time = iterations * of([](const Sample& sample) {
                                       return sample.cpu_seconds_per_op;
                                     });
    for (auto& [counter, value] : aggregate.counters) {
      value = of([key = counter](const Sample& sample) {
        return sample.counters.at(key);
      });
    }
    runs_.push_back(std::move(aggregate));
  }
}

bool Engine::WriteJson(const std::string& path) const {
  std::ofstream out(path);
  benchmark::JSONReporter reporter;
  reporter.SetOutputStream(&out);
  reporter.SetErrorStream(&out);
  reporter.ReportContext(benchmark::BenchmarkReporter::Context());
  reporter.ReportRuns(runs_);
  reporter.Finalize();
  out.close();
  return !out.fail();
}

}  // namespace parkway_bench
