#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The archive runs where it is unpacked, without anything else of the tree. $1: parkway-ab.tar
set -u
. tests/suites/expect.sh

tar -C "$scratch" -xf "$1" || fail "cannot be unpacked"
cd "$scratch" || exit
unset LD_PRELOAD PARKWAY BUILD_WORKING_DIRECTORY
for file in README.md LICENSE lib/libparkway_tbb.so web/base.css web/base.js web/frame.html \
  parkway_ab/web/page.css parkway_ab/web/page.js; do
  [ -s "parkway-ab/$file" ] || fail "there is no $file"
done
succeeds "its help" parkway-ab/parkway-ab --help
has out '^exit codes: 0 measured; 1 slower'
printf '%s\n' '#!/bin/bash' 'sleep 0.01' >mill
chmod +x mill
# The libraries are found, and say that there is nothing in it for them.
ends 4 'nothing to take over: neither oneTBB' parkway-ab/parkway-ab -- ./mill
succeeds "stock against stock" parkway-ab/parkway-ab --aa --precision 99% --quiet -- ./mill
has out '^time      '
mv parkway-ab elsewhere
ln -s elsewhere/parkway-ab link
succeeds "by a link, in another folder" ./link --aa --precision 99% --quiet -- ./mill

finish
