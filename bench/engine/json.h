// SPDX-License-Identifier: Apache-2.0

// Reading JSON, as Google Benchmark writes it: NaN and Infinity are numbers.
// And the parts that writing it takes.

#ifndef PARKWAY_BENCH_ENGINE_JSON_H_
#define PARKWAY_BENCH_ENGINE_JSON_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace parkway_bench {

struct JsonValue {
  enum class Kind { kNull, kBool, kNumber, kString, kArray, kObject };

  Kind kind = Kind::kNull;
  bool boolean = false;
  double number = 0;
  std::string text;                // of a string
  std::vector<JsonValue> items;    // of an array or an object
  std::vector<std::string> names;  // of an object's items, as many

  // An object's item, the last of that name; null if there is none, or if this
  // is no object.
  const JsonValue* Find(absl::string_view name) const;

  // The same, if it is a string or a number; otherwise empty, or `otherwise`.
  std::string Text(absl::string_view name) const;
  double Number(absl::string_view name, double otherwise) const;
};

// Reads one value, with nothing but blanks around it. Returns false, and a
// sentence without its end in `*error`, if `text` is anything else.
bool ParseJson(absl::string_view text, JsonValue* value, std::string* error);

// `text` as a string of JSON, which may also stand in a script of a page:
// nothing in it ends an element, starts a comment or ends a line of JavaScript.
std::string JsonText(absl::string_view text);

// `value` with all of its digits, and null for what is no number.
std::string JsonNumber(double value);

// "[a,b]" of `items`, which are JSON.
std::string JsonList(const std::vector<std::string>& items);

}  // namespace parkway_bench

#endif  // PARKWAY_BENCH_ENGINE_JSON_H_
