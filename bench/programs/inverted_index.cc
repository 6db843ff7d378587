// SPDX-License-Identifier: Apache-2.0

// A positional inverted index over a folder of text, built and queried in
// parallel with oneTBB.
//
// Phase 1, parallel_for over the files: read, cut into words, append (document,
// position) to the word's posting list in a map that all threads share, one
// mutex per shard. Phase 2, parallel_for over the shards: sort the posting
// lists. No locks. Phase 3, parallel_for over queries (pairs of frequent
// words): intersect posting lists and raise the score of every document that
// has both words, one mutex per stripe of documents.
//
// How much the locks matter: phase 1 takes one lock per word and phase 3 one
// per match, with a hash lookup or a few comparisons as the work between. That
// is the style of an indexer whose words are visible to queries at once; one
// that collects a file's words before it merges them takes fewer locks and
// would gain less from faster ones.
//
// Standard output depends on the input only, never on the schedule, the threads
// or the locks.

#include <oneapi/tbb/blocked_range.h>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/partitioner.h>
#include <oneapi/tbb/task_arena.h>
#include <oneapi/tbb/task_scheduler_observer.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "bench/engine/pinning.h"
#include "bench/programs/corpus.h"
#include "bench/programs/digest.h"
#include "bench/programs/program_options.h"
#include "bench/programs/run_report.h"
#include "bench/programs/wait_meter.h"
#include "parkway/tbb/switched.h"

namespace parkway_bench {
namespace {

using Mutex = parkway::switched::tbb::mutex;
using Lock = MeteredScopedLock<Mutex>;

constexpr std::size_t kShards = 16;
constexpr std::size_t kStripes = 64;
constexpr std::size_t kTopTerms = 20;
constexpr std::size_t kQueryTerms = 32;

struct Posting {
  std::uint32_t document = 0;
  std::uint32_t position = 0;

  friend bool operator<(const Posting& a, const Posting& b) {
    return a.document != b.document ? a.document < b.document
                                    : a.position < b.position;
  }
};
using Postings = std::vector<Posting>;

// The index: every word with the places where it stands.
class Index {
 public:
  // One part of the map, on cache lines of its own.
  struct alignas(64) Shard {
    Mutex mutex;
    std::unordered_map<std::string, Postings> terms;
  };

  void Add(const std::string& term, Posting posting) {
    Shard& shard = shards_[Fingerprint(term) % kShards];
    const Lock lock(shard.mutex);
    shard.terms[term].push_back(posting);
  }

  std::array<Shard, kShards>& shards() { return shards_; }

 private:
  std::array<Shard, kShards> shards_;
};

// The scores of all documents; stripes of documents share a mutex.
class Scores {
 public:
  explicit Scores(std::size_t documents) : scores_(documents) {}

  void Raise(std::uint32_t document, std::uint64_t by) {
    const Lock lock(stripes_[document % kStripes].mutex);
    scores_[document] += by;
  }

  const std::vector<std::uint64_t>& values() const { return scores_; }

 private:
  struct alignas(64) Stripe {
    Mutex mutex;
  };
  std::array<Stripe, kStripes> stripes_;
  std::vector<std::uint64_t> scores_;
};

// Pins every thread that enters the arena, by its slot.
class PinningObserver : public tbb::task_scheduler_observer {
 public:
  explicit PinningObserver(tbb::task_arena& arena)
      : task_scheduler_observer(arena) {
    observe(true);
  }
  ~PinningObserver() override { observe(false); }

  void on_scheduler_entry(bool) override {
    PinThisThread(tbb::this_task_arena::current_thread_index());
  }
};

bool IsWordByte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= '0' && c <= '9') || c == '_';
}

// Adds the words of one document, in lower case.
std::uint64_t AddDocument(std::string_view text, std::uint32_t document,
                          Index* index) {
  std::string word;
  std::uint32_t position = 0;
  for (std::size_t at = 0; at < text.size();) {
    if (!IsWordByte(text[at])) {
      ++at;
      continue;
    }
    word.clear();
    for (; at < text.size() && IsWordByte(text[at]); ++at) {
      const char c = text[at];
      word.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a')
                                          : c);
    }
    index->Add(word, Posting{document, position});
    ++position;
  }
  return position;
}

// The documents that have both words, and how often the rarer one stands in
// each.
template <typename Visit>
void ForEachCommonDocument(const Postings& a, const Postings& b, Visit visit) {
  auto left = a.begin();
  auto right = b.begin();
  while (left != a.end() && right != b.end()) {
    if (left->document < right->document) {
      ++left;
    } else if (right->document < left->document) {
      ++right;
    } else {
      const std::uint32_t document = left->document;
      std::uint64_t in_a = 0;
      std::uint64_t in_b = 0;
      for (; left != a.end() && left->document == document; ++left) ++in_a;
      for (; right != b.end() && right->document == document; ++right) ++in_b;
      visit(document, std::min(in_a, in_b));
    }
  }
}

struct Term {
  std::string_view text;
  const Postings* postings = nullptr;
};

// More places first, then by name: one order for every schedule.
bool MoreFrequent(const Term& a, const Term& b) {
  return a.postings->size() != b.postings->size()
             ? a.postings->size() > b.postings->size()
             : a.text < b.text;
}

struct Result {
  std::uint64_t words = 0;
  std::uint64_t terms = 0;
  std::uint64_t digest = 0;
  std::vector<std::pair<std::string, std::size_t>> top;
  std::pair<std::string, std::uint64_t> best_document;
};

Result Run(const std::vector<TextFile>& files, int rounds) {
  Index index;
  Result result;
  const std::size_t documents = files.size() * static_cast<std::size_t>(rounds);

  std::atomic<std::uint64_t> words{0};
  tbb::parallel_for(
      tbb::blocked_range<std::size_t>(0, documents, 1),
      [&](const tbb::blocked_range<std::size_t>& range) {
        std::string text;
        for (std::size_t i = range.begin(); i != range.end(); ++i) {
          // A file that vanished since it was listed is an empty document in
          // every variant.
          if (ReadTextFile(files[i % files.size()].path, &text)) {
            words += AddDocument(text, static_cast<std::uint32_t>(i), &index);
          }
        }
      },
      tbb::simple_partitioner());
  result.words = words;

  std::atomic<std::uint64_t> digest{0};
  tbb::parallel_for(std::size_t{0}, kShards, [&](std::size_t i) {
    for (auto& [term, postings] : index.shards()[i].terms) {
      std::sort(postings.begin(), postings.end());
      std::uint64_t of_term = Fingerprint(term);
      for (const Posting& posting : postings) {
        of_term = Mix(of_term ^ (std::uint64_t{posting.document} << 32 |
                                 posting.position));
      }
      // A sum does not depend on the order in which the map or the threads come
      // by.
      digest += of_term;
    }
  });

  std::vector<Term> terms;
  for (Index::Shard& shard : index.shards()) {
    for (const auto& [term, postings] : shard.terms) {
      terms.push_back(Term{term, &postings});
    }
  }
  result.terms = terms.size();
  const std::size_t frequent =
      std::min(terms.size(), std::max(kTopTerms, kQueryTerms));
  std::partial_sort(terms.begin(),
                    terms.begin() + static_cast<std::ptrdiff_t>(frequent),
                    terms.end(), MoreFrequent);
  for (std::size_t i = 0; i < std::min(frequent, kTopTerms); ++i) {
    result.top.emplace_back(terms[i].text, terms[i].postings->size());
  }

  Scores scores(documents);
  const std::size_t query_terms = std::min(frequent, kQueryTerms);
  tbb::parallel_for(
      tbb::blocked_range<std::size_t>(0, query_terms * query_terms, 1),
      [&](const tbb::blocked_range<std::size_t>& range) {
        for (std::size_t query = range.begin(); query != range.end(); ++query) {
          const std::size_t a = query / query_terms;
          const std::size_t b = query % query_terms;
          if (a < b) {
            ForEachCommonDocument(
                *terms[a].postings, *terms[b].postings,
                [&](std::uint32_t document, std::uint64_t by) {
                  scores.Raise(document, by);
                });
          }
        }
      },
      tbb::simple_partitioner());

  result.digest = digest;
  std::size_t best = 0;
  for (std::size_t i = 0; i < scores.values().size(); ++i) {
    result.digest = Mix(result.digest ^ scores.values()[i]);
    if (scores.values()[i] > scores.values()[best]) {
      best = i;
    }
  }
  result.best_document = {files[best % files.size()].name,
                          scores.values()[best]};
  return result;
}

int Main(int argc, char** argv) {
  ProgramOptions options;
  std::string error;
  std::vector<TextFile> files;
  if (!ParseProgramOptions(argc, argv, &options, &error) ||
      !FindTextFiles(options.input, &files, &error)) {
    std::fprintf(stderr, "inverted_index: %s\n", error.c_str());
    return 2;
  }
  UsableCpus();  // before any thread is pinned

  const tbb::global_control threads(
      tbb::global_control::max_allowed_parallelism,
      static_cast<std::size_t>(options.threads));
  tbb::task_arena arena(options.threads);
  const PinningObserver pinning(arena);
  // The workers start outside the metered phase.
  arena.execute([&] { tbb::parallel_for(0, 4 * options.threads, [](int) {}); });

  Result result;
  const RunMeter meter;
  arena.execute([&] { result = Run(files, options.rounds); });
  const RunReport report = meter.Finish(parkway::switched::tbb::kLocks);

  std::printf("files %zu rounds %d words %llu terms %llu\n", files.size(),
              options.rounds, static_cast<unsigned long long>(result.words),
              static_cast<unsigned long long>(result.terms));
  std::printf("digest %016llx\n",
              static_cast<unsigned long long>(result.digest));
  std::printf("best document %s score %llu\n",
              result.best_document.first.c_str(),
              static_cast<unsigned long long>(result.best_document.second));
  for (const auto& [term, places] : result.top) {
    std::printf("%10zu %s\n", places, term.c_str());
  }
  if (!options.report.empty() && !WriteRunReport(options.report, report)) {
    std::fprintf(stderr, "inverted_index: cannot write %s\n",
                 options.report.c_str());
    return 2;
  }
  return 0;
}

}  // namespace
}  // namespace parkway_bench

int main(int argc, char** argv) { return parkway_bench::Main(argc, argv); }
