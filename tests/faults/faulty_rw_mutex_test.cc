#include "tests/faults/fault_platform.h"
#include "tests/plugin/rw_mutex_suite.h"

namespace parkway::test {
namespace {

using Platforms = testing::Types<Barrier, NoBarrier>;
INSTANTIATE_TYPED_TEST_SUITE_P(Faults, RwMutexSuite, Platforms);

}  // namespace
}  // namespace parkway::test
