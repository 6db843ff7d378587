// SPDX-License-Identifier: Apache-2.0

#include "parkway/absl/lock_graph.h"

#include <algorithm>

PARKWAY_ABSL_NAMESPACE_BEGIN
namespace internal {
namespace {

// The version of the last node made. Of the process and not of a graph: a Ref
// into a graph that was cleared or abandoned must not find a node in its
// successor.
std::uint32_t g_last_version = 0;

constexpr std::uint32_t kFirstTableSize = 256;

}  // namespace

void LockGraph::Occupy(std::uintptr_t hidden, int change) {
  std::atomic<std::uint32_t>& count = occupied_[Bucket(Unhide(hidden))];
  count.store(count.load(std::memory_order_relaxed) + change,
              std::memory_order_relaxed);
}

std::uint32_t LockGraph::FindIndex(std::uintptr_t hidden) const {
  if (node_heads_.size() == 0) return 0;
  std::uint32_t i = node_heads_[HashOf(hidden) & (node_heads_.size() - 1)];
  while (i != 0 && nodes_[i].hidden != hidden) i = nodes_[i].next;
  return i;
}

std::uint32_t LockGraph::FindEdge(std::uint32_t from, std::uint32_t to) const {
  if (edge_heads_.size() == 0) return 0;
  std::uint32_t e = edge_heads_[HashOf(from, to) & (edge_heads_.size() - 1)];
  while (e != 0 && (edges_[e].from != from || edges_[e].to != to)) {
    e = edges_[e].next;
  }
  return e;
}

bool LockGraph::Alive(Ref ref) const {
  return !ref.is_null() && ref.index < nodes_.size() &&
         nodes_[ref.index].version == ref.version;
}

LockGraph::Ref LockGraph::Find(const void* mutex) const {
  const std::uint32_t i = FindIndex(Hide(mutex));
  return i == 0 ? Ref() : Ref{i, nodes_[i].version};
}

// One free node, a hash table of the right size, and scratch memory for a
// search that visits every node.
bool LockGraph::MakeRoomForNode(DebugArena& arena) {
  if (nodes_.size() == 0 && !nodes_.Push(arena, Node())) return false;
  if (node_count_ >= node_heads_.size()) {
    const std::uint32_t size =
        std::max(kFirstTableSize, 2 * node_heads_.size());
    if (!node_heads_.AssignZero(arena, size)) return false;
    for (std::uint32_t i = 1; i < nodes_.size(); ++i) {
      if (nodes_[i].version != 0) LinkNode(i);
    }
  }
  if (free_node_ == 0) {
    const std::uint32_t size = nodes_.size();
    if (!nodes_.Reserve(arena, size + 1) ||
        !before_.Reserve(arena, nodes_.capacity()) ||
        !after_.Reserve(arena, nodes_.capacity()) ||
        !ranks_.Reserve(arena, nodes_.capacity())) {
      return false;
    }
    nodes_.PushReserved(Node());
    free_node_ = size;
  }
  return true;
}

LockGraph::Ref LockGraph::Ensure(DebugArena& arena, const void* mutex) {
  const std::uintptr_t hidden = Hide(mutex);
  std::uint32_t i = FindIndex(hidden);
  if (i != 0) return Ref{i, nodes_[i].version};
  if (!MakeRoomForNode(arena)) return Ref();
  i = free_node_;
  Node& node = nodes_[i];
  free_node_ = node.next;
  node = Node();
  node.hidden = hidden;
  node.rank = ++highest_rank_;
  if (++g_last_version == 0) ++g_last_version;
  Occupy(hidden, 1);
  OrderForFork();
  node.version = g_last_version;
  LinkNode(i);
  ++node_count_;
  return Ref{i, node.version};
}

void LockGraph::LinkNode(std::uint32_t i) {
  std::uint32_t& head =
      node_heads_[HashOf(nodes_[i].hidden) & (node_heads_.size() - 1)];
  nodes_[i].next = head;
  head = i;
}

// It was taken out of all lists before.
void LockGraph::AddToFree(std::uint32_t i) {
  nodes_[i] = Node();
  nodes_[i].next = free_node_;
  free_node_ = i;
}

void LockGraph::Remove(const void* mutex) {
  const std::uintptr_t hidden = Hide(mutex);
  const std::uint32_t i = FindIndex(hidden);
  if (i == 0) return;
  Node& node = nodes_[i];
  while (node.out != 0) UnlinkEdge(node.out);
  while (node.in != 0) UnlinkEdge(node.in);
  node.version = 0;
  OrderForFork();
  std::uint32_t* link = &node_heads_[HashOf(hidden) & (node_heads_.size() - 1)];
  while (*link != i) link = &nodes_[*link].next;
  *link = node.next;
  AddToFree(i);
  --node_count_;
  Occupy(hidden, -1);
}

bool LockGraph::Knows(Ref from, Ref to) const {
  return FindEdge(from.index, to.index) != 0 ||
         (nodes_[from.index].out_degree >= kMaxEdges && from.index != to.index);
}

bool LockGraph::MakeRoomForEdge(DebugArena& arena) {
  if (edges_.size() == 0 && !edges_.Push(arena, Edge())) return false;
  if (edge_count_ >= edge_heads_.size()) {
    const std::uint32_t size =
        std::max(kFirstTableSize, 2 * edge_heads_.size());
    if (!edge_heads_.AssignZero(arena, size)) return false;
    for (std::uint32_t e = 1; e < edges_.size(); ++e) {
      Edge& edge = edges_[e];
      if (edge.from == 0) continue;
      std::uint32_t& head =
          edge_heads_[HashOf(edge.from, edge.to) & (size - 1)];
      edge.next = head;
      head = e;
    }
  }
  if (free_edge_ == 0) {
    if (!edges_.Push(arena, Edge())) return false;
    free_edge_ = edges_.size() - 1;
  }
  return true;
}

// Into the lists of its ends and of its hash.
void LockGraph::LinkEdge(std::uint32_t e) {
  Edge& edge = edges_[e];
  Node& from = nodes_[edge.from];
  Node& to = nodes_[edge.to];
  std::uint32_t& head =
      edge_heads_[HashOf(edge.from, edge.to) & (edge_heads_.size() - 1)];
  edge.next = head;
  edge.next_out = from.out;
  edge.next_in = to.in;
  edge.previous_out = edge.previous_in = 0;
  head = e;
  if (edge.next_out != 0) edges_[edge.next_out].previous_out = e;
  if (edge.next_in != 0) edges_[edge.next_in].previous_in = e;
  from.out = e;
  to.in = e;
  ++from.out_degree;
  ++edge_count_;
}

void LockGraph::UnlinkEdge(std::uint32_t e) {
  Edge& edge = edges_[e];
  const std::uint32_t from = edge.from;
  OrderForFork();
  edge.from = 0;
  OrderForFork();
  std::uint32_t* link =
      &edge_heads_[HashOf(from, edge.to) & (edge_heads_.size() - 1)];
  while (*link != e) link = &edges_[*link].next;
  *link = edge.next;
  (edge.previous_out != 0 ? edges_[edge.previous_out].next_out
                          : nodes_[from].out) = edge.next_out;
  (edge.previous_in != 0 ? edges_[edge.previous_in].next_in
                         : nodes_[edge.to].in) = edge.next_in;
  if (edge.next_out != 0)
    edges_[edge.next_out].previous_out = edge.previous_out;
  if (edge.next_in != 0) edges_[edge.next_in].previous_in = edge.previous_in;
  --nodes_[from].out_degree;
  AddEdgeToFree(e);
  --edge_count_;
}

// It was taken out of all lists before.
void LockGraph::AddEdgeToFree(std::uint32_t e) {
  edges_[e] = Edge();
  edges_[e].next = free_edge_;
  free_edge_ = e;
}

LockGraph::Added LockGraph::AddEdge(DebugArena& arena, Ref from, Ref to,
                                    std::uint32_t stack) {
  if (from.index == to.index) return Added::kCycle;
  if (Knows(from, to)) return Added::kYes;
  // Before the ranks change, and before there is a reference to a node.
  if (!MakeRoomForEdge(arena)) return Added::kNoMemory;
  if (nodes_[from.index].rank > nodes_[to.index].rank &&
      !Reorder(from.index, to.index)) {
    return Added::kCycle;
  }
  const std::uint32_t e = free_edge_;
  Edge& edge = edges_[e];
  free_edge_ = edge.next;
  edge.to = to.index;
  edge.stack = stack;
  OrderForFork();
  edge.from = from.index;
  LinkEdge(e);
  return Added::kYes;
}

void LockGraph::BeginSearch() {
  before_.Clear();
  after_.Clear();
  if (++search_ != 0) return;
  for (Node& node : nodes_) node.mark = 0;
  search_ = 1;
}

// Adds the node to the list unless this search has seen it.
bool LockGraph::Visit(std::uint32_t node, DebugVector<std::uint32_t>& list) {
  if (nodes_[node].mark == search_) return false;
  nodes_[node].mark = search_;
  list.PushReserved(node);
  return true;
}

// Gives `from` a lower rank than `to`, whose ranks are the other way round,
// while every edge keeps its direction. False if that cannot be: there is a
// path from `to` to `from`.
bool LockGraph::Reorder(std::uint32_t from, std::uint32_t to) {
  if (nodes_[to].out == 0) {
    nodes_[to].rank = ++highest_rank_;
    return true;
  }
  if (nodes_[from].in == 0) {
    nodes_[from].rank = --lowest_rank_;
    return true;
  }
  const std::int64_t top = nodes_[from].rank;
  const std::int64_t bottom = nodes_[to].rank;
  BeginSearch();
  // What follows `to` without being above `from`. A list is its own queue.
  Visit(to, after_);
  for (std::uint32_t i = 0; i < after_.size(); ++i) {
    for (std::uint32_t e = nodes_[after_[i]].out; e != 0;
         e = edges_[e].next_out) {
      const std::uint32_t next = edges_[e].to;
      if (next == from) return false;
      if (nodes_[next].rank < top) Visit(next, after_);
    }
  }
  // What precedes `from` without being below `to`.
  Visit(from, before_);
  for (std::uint32_t i = 0; i < before_.size(); ++i) {
    for (std::uint32_t e = nodes_[before_[i]].in; e != 0;
         e = edges_[e].next_in) {
      const std::uint32_t previous = edges_[e].from;
      if (nodes_[previous].rank > bottom) Visit(previous, before_);
    }
  }
  // The same ranks, given out anew: first to all that precede, then to all
  // that follow, each in the order that they had.
  const auto by_rank = [this](std::uint32_t a, std::uint32_t b) {
    return nodes_[a].rank < nodes_[b].rank;
  };
  std::sort(before_.begin(), before_.end(), by_rank);
  std::sort(after_.begin(), after_.end(), by_rank);
  ranks_.Clear();
  for (std::uint32_t node : before_) ranks_.PushReserved(nodes_[node].rank);
  for (std::uint32_t node : after_) ranks_.PushReserved(nodes_[node].rank);
  std::sort(ranks_.begin(), ranks_.end());
  std::uint32_t next = 0;
  for (std::uint32_t node : before_) nodes_[node].rank = ranks_[next++];
  for (std::uint32_t node : after_) nodes_[node].rank = ranks_[next++];
  return true;
}

int LockGraph::FindPath(Ref from, Ref to, Step* steps, int max) {
  if (from.index == to.index) return 0;
  const std::int64_t top = nodes_[to.index].rank;
  BeginSearch();
  Visit(from.index, after_);
  for (std::uint32_t i = 0; i < after_.size(); ++i) {
    for (std::uint32_t e = nodes_[after_[i]].out; e != 0;
         e = edges_[e].next_out) {
      const std::uint32_t next = edges_[e].to;
      if (nodes_[next].rank <= top && Visit(next, after_)) {
        nodes_[next].via = e;
      }
    }
  }
  if (nodes_[to.index].mark != search_) return 0;
  int length = 0;
  for (std::uint32_t n = to.index; n != from.index;
       n = edges_[nodes_[n].via].from) {
    ++length;
  }
  int step = length;
  for (std::uint32_t n = to.index; n != from.index;
       n = edges_[nodes_[n].via].from) {
    const Edge& edge = edges_[nodes_[n].via];
    if (--step < max) {
      steps[step] = Step{Unhide(nodes_[edge.from].hidden),
                         Unhide(nodes_[edge.to].hidden), edge.stack};
    }
  }
  return length;
}

void LockGraph::Clear() {
  // The memory, too, is dropped to size 0: the tables are rebuilt as they grow.
  nodes_.Clear();
  edges_.Clear();
  node_heads_.Clear();
  edge_heads_.Clear();
  free_node_ = free_edge_ = 0;
  node_count_ = edge_count_ = 0;
  highest_rank_ = lowest_rank_ = 0;
  search_ = 0;
  for (std::atomic<std::uint32_t>& count : occupied_) {
    count.store(0, std::memory_order_relaxed);
  }
}

void LockGraph::Repair() {
  RepairNodes();
  RepairEdges();
}

// Without edges. The ranks may have been in the middle of a change, and then
// some are there twice: they are given out anew, in the order that they have.
void LockGraph::RepairNodes() {
  std::fill(node_heads_.begin(), node_heads_.end(), 0);
  free_node_ = node_count_ = search_ = 0;
  before_.Clear();
  for (std::uint32_t i = 1; i < nodes_.size(); ++i) {
    Node& node = nodes_[i];
    if (!IsNode(i)) {
      AddToFree(i);
      continue;
    }
    node.out = node.in = node.out_degree = node.mark = 0;
    LinkNode(i);
    ++node_count_;
    before_.PushReserved(i);
  }
  std::sort(before_.begin(), before_.end(),
            [this](std::uint32_t a, std::uint32_t b) {
              return nodes_[a].rank < nodes_[b].rank ||
                     (nodes_[a].rank == nodes_[b].rank && a < b);
            });
  highest_rank_ = lowest_rank_ = 0;
  for (const std::uint32_t node : before_) nodes_[node].rank = ++highest_rank_;
}

// They are added once more, because they may contradict the ranks.
void LockGraph::RepairEdges() {
  std::fill(edge_heads_.begin(), edge_heads_.end(), 0);
  free_edge_ = edge_count_ = 0;
  for (std::uint32_t e = 1; e < edges_.size(); ++e) {
    const std::uint32_t from = edges_[e].from, to = edges_[e].to;
    if (IsNode(from) && IsNode(to) &&
        (nodes_[from].rank < nodes_[to].rank || Reorder(from, to))) {
      LinkEdge(e);
    } else {
      AddEdgeToFree(e);
    }
  }
}

bool LockGraph::CheckInvariants() const {
  std::size_t nodes = 0, out = 0, in = 0, occupied = 0;
  for (std::uint32_t i = 1; i < nodes_.size(); ++i) {
    const Node& node = nodes_[i];
    if (node.version == 0) continue;
    ++nodes;
    if (FindIndex(node.hidden) != i) return false;
    if (node.rank > highest_rank_ || node.rank < lowest_rank_) return false;
    std::uint32_t degree = 0, previous = 0;
    for (std::uint32_t e = node.out; e != 0; e = edges_[e].next_out) {
      const Edge& edge = edges_[e];
      if (edge.from != i || edge.previous_out != previous) return false;
      if (nodes_[edge.to].rank <= node.rank) return false;
      if (FindEdge(edge.from, edge.to) != e) return false;
      previous = e;
      ++degree;
    }
    if (degree != node.out_degree) return false;
    out += degree;
    previous = 0;
    for (std::uint32_t e = node.in; e != 0; e = edges_[e].next_in) {
      if (edges_[e].to != i || edges_[e].previous_in != previous) return false;
      previous = e;
      ++in;
    }
  }
  for (const std::atomic<std::uint32_t>& count : occupied_) {
    occupied += count.load(std::memory_order_relaxed);
  }
  return nodes == node_count_ && out == edge_count_ && in == edge_count_ &&
         occupied >= nodes;
}

}  // namespace internal
PARKWAY_ABSL_NAMESPACE_END
