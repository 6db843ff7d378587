#include "parkway/rw_mutex.h"

#include "tests/plugin/rw_mutex_suite.h"

namespace parkway::test {
namespace {

INSTANTIATE_TYPED_TEST_SUITE_P(Production, RwMutexSuite, Platform);

}  // namespace
}  // namespace parkway::test
