// SPDX-License-Identifier: Apache-2.0

// The order in which locks were taken: the graph behind deadlock.h.
//
// A node is a mutex, an edge a->b says that b was taken while a was held. An
// edge that would close a cycle is refused, so the graph never has one.
//
// Algorithm: D. Pearce and P. Kelly, "A dynamic topological sort algorithm for
// directed acyclic graphs", 2006. Every node has a rank; every edge goes from a
// lower to a higher one. A new edge that agrees with the ranks costs nothing
// more. One that does not costs a search among the nodes whose rank lies
// between those of its ends, which finds the cycle or the nodes to re-rank.
// Two cases need no search: an end without edges that go on is simply moved to
// the top or to the bottom, as ranks need not be contiguous. New mutexes are of
// that kind.
#ifndef PARKWAY_ABSL_LOCK_GRAPH_H_
#define PARKWAY_ABSL_LOCK_GRAPH_H_

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "parkway/absl/debug_memory.h"
#include "parkway/absl/namespace.h"

PARKWAY_ABSL_NAMESPACE_BEGIN
namespace internal {

// Not synchronised, except for MayHave(). Memory: one record per node and per
// edge and at most kMaxEdges edges that leave a node, all from the arena, which
// must be the same in every call. Where memory runs out, nothing is recorded.
// There is no destructor: an abandoned graph's memory is the arena's.
//
// A fork may catch another thread in the middle of a change. Its child calls
// Repair() before it uses the graph.
class LockGraph {
 public:
  // Names a node, for longer than the node lives: no later node, in this graph
  // or another one, gets the same name (before 2^32 nodes were made).
  struct Ref {
    std::uint32_t index = 0;
    std::uint32_t version = 0;
    bool is_null() const { return version == 0; }
  };

  // An edge as the paths of FindPath() show it.
  struct Step {
    const void* from;
    const void* to;
    std::uint32_t stack;
  };

  enum class Added { kYes, kCycle, kNoMemory };

  static constexpr std::uint32_t kMaxEdges = 1 << 16;

  constexpr LockGraph() = default;
  LockGraph(const LockGraph&) = delete;
  LockGraph& operator=(const LockGraph&) = delete;

  // The node of the mutex at this address, made if there is none. Null if
  // there is no memory.
  Ref Ensure(DebugArena& arena, const void* mutex);

  // The same, null if there is none.
  Ref Find(const void* mutex) const;

  // Whether the named node is still there.
  bool Alive(Ref ref) const;

  // Removes the node of this mutex with all of its edges, if there is one, in
  // time proportional to the number of these edges.
  void Remove(const void* mutex);

  // Whether Find(mutex) would find something, or something else is in the same
  // place. For the thread that knows that nobody uses this mutex any more: it
  // needs no other synchronisation to ask, and "no" means no.
  bool MayHave(const void* mutex) const {
    return occupied_[Bucket(mutex)].load(std::memory_order_relaxed) != 0;
  }

  // Whether AddEdge() has nothing to do: the edge is there, or `from` has as
  // many as it may have. Both must be alive.
  bool Knows(Ref from, Ref to) const;

  // Records that `to` was taken while `from` was held, and where (a number of
  // the caller's, kept with the edge; that of the first time stays). kCycle:
  // there is a path from `to` to `from`; nothing was changed. Both must be
  // alive.
  Added AddEdge(DebugArena& arena, Ref from, Ref to, std::uint32_t stack);

  // A shortest path: writes its first `max` steps and returns its length, 0 if
  // there is none (or if the two are the same). Linear in the size of the
  // graph.
  int FindPath(Ref from, Ref to, Step* steps, int max);

  // Removes everything, keeping the memory.
  void Clear();

  // Makes a whole graph of one that a thread has left at any point of any
  // function here: of all nodes and edges, less those that it was adding or
  // removing. Names of nodes stay. Linear in the size of the graph.
  void Repair();

  std::size_t node_count() const { return node_count_; }
  std::size_t edge_count() const { return edge_count_; }

  // Whether the ranks agree with the edges and all lists with each other;
  // MayHave() may say "yes" too often. For tests: it visits everything.
  bool CheckInvariants() const;

 private:
  // Index 0 is no node and no edge: the end of every list. Of a node in use the
  // address and the version are the truth, of an edge its ends and the stack;
  // everything else can be made of that. What says that it is in use is written
  // last when it is made, and first when it goes.
  struct Node {
    std::uintptr_t hidden;  // ~address: leak checkers see no pointer
    std::int64_t rank;
    std::uint32_t version;  // 0: not in use
    std::uint32_t next;     // in the hash chain, or in the list of free ones
    std::uint32_t out;
    std::uint32_t in;
    std::uint32_t out_degree;
    std::uint32_t mark;  // the last search that came by
    std::uint32_t via;   // the edge by which FindPath() came
  };
  struct Edge {
    std::uint32_t from;  // 0: not in use
    std::uint32_t to;
    std::uint32_t stack;
    std::uint32_t next;  // in the hash chain, or in the list of free ones
    std::uint32_t next_out, previous_out;
    std::uint32_t next_in, previous_in;
  };

  static constexpr int kBucketBits = 12;

  static std::uintptr_t Hide(const void* mutex) {
    return ~reinterpret_cast<std::uintptr_t>(mutex);
  }
  static const void* Unhide(std::uintptr_t hidden) {
    return reinterpret_cast<const void*>(~hidden);
  }
  static std::uint32_t HashOf(std::uintptr_t hidden) {
    return DebugHash(hidden);
  }
  static std::uint32_t Bucket(const void* mutex) {
    return HashOf(Hide(mutex)) >> (32 - kBucketBits);
  }
  static std::uint32_t HashOf(std::uint32_t from, std::uint32_t to) {
    return DebugHash(std::uint64_t{from} << 32 | to);
  }
  void Occupy(std::uintptr_t hidden, int change);

  std::uint32_t FindIndex(std::uintptr_t hidden) const;
  std::uint32_t FindEdge(std::uint32_t from, std::uint32_t to) const;
  bool MakeRoomForNode(DebugArena& arena);
  bool MakeRoomForEdge(DebugArena& arena);
  void AddToFree(std::uint32_t node);
  void AddEdgeToFree(std::uint32_t edge);
  void LinkNode(std::uint32_t node);
  void LinkEdge(std::uint32_t edge);
  void UnlinkEdge(std::uint32_t edge);
  bool IsNode(std::uint32_t i) const {
    return i != 0 && i < nodes_.size() && nodes_[i].version != 0;
  }
  void RepairNodes();
  void RepairEdges();

  bool Reorder(std::uint32_t from, std::uint32_t to);
  void BeginSearch();
  bool Visit(std::uint32_t node, DebugVector<std::uint32_t>& list);

  DebugVector<Node> nodes_;
  DebugVector<Edge> edges_;
  DebugVector<std::uint32_t> node_heads_;  // hash tables; sizes 2^n
  DebugVector<std::uint32_t> edge_heads_;
  std::uint32_t free_node_ = 0;
  std::uint32_t free_edge_ = 0;
  std::uint32_t node_count_ = 0;
  std::uint32_t edge_count_ = 0;
  std::int64_t highest_rank_ = 0;
  std::int64_t lowest_rank_ = 0;

  // Of one search; with room for every node.
  DebugVector<std::uint32_t> before_;
  DebugVector<std::uint32_t> after_;
  DebugVector<std::int64_t> ranks_;
  std::uint32_t search_ = 0;

  // Nodes per hash of their address, for MayHave(); never too few. Written by
  // relaxed stores of whoever changes the graph.
  std::atomic<std::uint32_t> occupied_[1 << kBucketBits] = {};
};

}  // namespace internal
PARKWAY_ABSL_NAMESPACE_END

#endif  // PARKWAY_ABSL_LOCK_GRAPH_H_
