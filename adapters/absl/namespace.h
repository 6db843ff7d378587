// The namespace that this folder's sources define their names in: parkway::absl
// here. A build that puts the same sources in the place of absl/synchronization
// has another file of this name, which opens Abseil's own (inline) namespace.
// For that reason the sources spell Abseil's own things ::absl::X and never
// say `parkway` without leading colons.
#ifndef PARKWAY_ABSL_NAMESPACE_H_
#define PARKWAY_ABSL_NAMESPACE_H_

#define PARKWAY_ABSL_NAMESPACE_BEGIN \
  namespace parkway {                \
  namespace absl {
#define PARKWAY_ABSL_NAMESPACE_END \
  }                                \
  }

#endif  // PARKWAY_ABSL_NAMESPACE_H_
