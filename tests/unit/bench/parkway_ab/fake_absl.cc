// SPDX-License-Identifier: Apache-2.0

// An Abseil that has no more of it than what tells it from other libraries.
namespace absl {
inline namespace lts_20220623 {

class Mutex {
 public:
  void Lock();
};

void Mutex::Lock() {}

}  // namespace lts_20220623
}  // namespace absl
