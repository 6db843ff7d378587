#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# embed.sh OUT FRAME CHARTS CSS... JS...: the parts of a page as a source of C++, see parts.h. Files are told apart by
# their suffixes; those of one kind follow each other in their order.
set -euo pipefail

out=$1
shift

# literal NAME FILE...
literal() {
  local name=$1 file
  shift
  printf 'constexpr char %s[] =' "$name"
  for file; do
    if grep -q ')parkway"' "$file"; then
      echo "embed.sh: $file has the end of a string in it" >&2
      exit 1
    fi
    printf ' R"parkway('
    cat "$file"
    printf ')parkway"'
  done
  printf ';\n'
}

css=() js=()
for file; do
  case $file in
    *.css) css+=("$file") ;;
    *.html) frame=$file ;;
    *.js) js+=("$file") ;;
    *.json) charts=$file ;;
    *)
      echo "embed.sh: no place for $file" >&2
      exit 1
      ;;
  esac
done
{
  printf '#include "bench/web/parts.h"\n\nnamespace parkway_bench {\nnamespace {\n\n'
  literal kFrame "$frame"
  literal kCss "${css[@]}"
  literal kJs "${js[@]}"
  literal kCharts "$charts"
  printf '\n}  // namespace\n\n'
  printf 'PageParts BuiltInParts() { return {kFrame, kCss, kJs, kCharts}; }\n\n}  // namespace parkway_bench\n'
} >"$out"
