// SPDX-License-Identifier: Apache-2.0

#include "bench/engine/json.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"

namespace parkway_bench {
namespace {

constexpr int kDeepest = 100;
constexpr std::size_t kHexDigits = 4;

void AppendUtf8(std::uint32_t code, std::string* text) {
  const auto add = [text](std::uint32_t byte) {
    text->push_back(static_cast<char>(byte));
  };
  if (code < 0x80) {
    add(code);
  } else if (code < 0x800) {
    add(0xc0 | code >> 6);
    add(0x80 | (code & 0x3f));
  } else {
    add(0xe0 | code >> 12);
    add(0x80 | (code >> 6 & 0x3f));
    add(0x80 | (code & 0x3f));
  }
}

class Parser {
 public:
  explicit Parser(absl::string_view text) : text_(text) {}

  bool ParseAll(JsonValue* value) {
    return Parse(0, value) && (AtEnd() || Fail("more after the end"));
  }

  std::string error() const {
    const auto line = 1 + std::count(text_.begin(), text_.begin() + at_, '\n');
    return absl::StrCat(error_, " in line ", line);
  }

 private:
  bool Fail(const char* error) {
    error_ = error;
    return false;
  }

  void SkipBlanks() {
    at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size());
  }

  bool AtEnd() {
    SkipBlanks();
    return at_ == text_.size();
  }

  // Goes behind `word` if that is next.
  bool Next(absl::string_view word) {
    SkipBlanks();
    if (!absl::StartsWith(text_.substr(at_), word)) {
      return false;
    }
    at_ += word.size();
    return true;
  }

  bool Parse(int depth, JsonValue* value) {
    if (depth > kDeepest) {
      return Fail("too many brackets");
    }
    if (AtEnd()) {
      return Fail("the end comes too early");
    }
    if (Next("{")) {
      value->kind = JsonValue::Kind::kObject;
      return ParseItems(depth, "}", value);
    }
    if (Next("[")) {
      value->kind = JsonValue::Kind::kArray;
      return ParseItems(depth, "]", value);
    }
    if (text_[at_] == '"') {
      value->kind = JsonValue::Kind::kString;
      return ParseString(&value->text);
    }
    return ParseWord(value) || ParseNumber(value);
  }

  bool ParseItems(int depth, absl::string_view end, JsonValue* value) {
    if (Next(end)) {
      return true;
    }
    do {
      if (value->kind == JsonValue::Kind::kObject) {
        value->names.emplace_back();
        SkipBlanks();
        if (!ParseString(&value->names.back())) {
          return false;
        }
        if (!Next(":")) {
          return Fail("no colon after a name");
        }
      }
      value->items.emplace_back();
      if (!Parse(depth + 1, &value->items.back())) {
        return false;
      }
    } while (Next(","));
    return Next(end) || Fail("no comma between two items");
  }

  bool ParseString(std::string* text) {
    if (at_ == text_.size() || text_[at_] != '"') {
      return Fail("no name where one has to be");
    }
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      if (text_[at_] != '\\') {
        text->push_back(text_[at_]);
      } else if (!ParseEscape(text)) {
        return Fail("an unknown escape in a string");
      }
    }
    if (at_ == text_.size()) {
      return Fail("a string without an end");
    }
    ++at_;
    return true;
  }

  // Ends at its last character.
  bool ParseEscape(std::string* text) {
    static constexpr absl::string_view kNames = "\"\\/bfnrt";
    static constexpr absl::string_view kMeanings = "\"\\/\b\f\n\r\t";
    if (++at_ == text_.size()) {
      return false;
    }
    const std::size_t simple = kNames.find(text_[at_]);
    if (simple != absl::string_view::npos) {
      text->push_back(kMeanings[simple]);
      return true;
    }
    const absl::string_view digits = text_.substr(at_ + 1, kHexDigits);
    std::uint32_t code = 0;
    if (text_[at_] != 'u' || digits.size() != kHexDigits ||
        !absl::SimpleHexAtoi(digits, &code)) {
      return false;
    }
    AppendUtf8(code, text);
    at_ += kHexDigits;
    return true;
  }

  bool ParseWord(JsonValue* value) {
    const auto is = [&](const char* word, JsonValue::Kind kind) {
      value->kind = kind;
      return Next(word);
    };
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    if (is("true", JsonValue::Kind::kBool)) {
      value->boolean = true;
      return true;
    }
    if (is("NaN", JsonValue::Kind::kNumber)) {
      value->number = std::numeric_limits<double>::quiet_NaN();
      return true;
    }
    if (is("Infinity", JsonValue::Kind::kNumber)) {
      value->number = kInfinity;
      return true;
    }
    if (is("-Infinity", JsonValue::Kind::kNumber)) {
      value->number = -kInfinity;
      return true;
    }
    return is("false", JsonValue::Kind::kBool) ||
           is("null", JsonValue::Kind::kNull);
  }

  bool ParseNumber(JsonValue* value) {
    value->kind = JsonValue::Kind::kNumber;
    const std::size_t end =
        std::min(text_.find_first_not_of("+-.0123456789eE", at_), text_.size());
    if (!absl::SimpleAtod(text_.substr(at_, end - at_), &value->number)) {
      return Fail("something that is no value");
    }
    at_ = end;
    return true;
  }

  const absl::string_view text_;
  std::size_t at_ = 0;
  std::string error_;
};

}  // namespace

const JsonValue* JsonValue::Find(absl::string_view name) const {
  for (std::size_t i = names.size(); i-- > 0;) {
    if (names[i] == name) {
      return &items[i];
    }
  }
  return nullptr;
}

std::string JsonValue::Text(absl::string_view name) const {
  const JsonValue* const found = Find(name);
  return found != nullptr && found->kind == Kind::kString ? found->text : "";
}

double JsonValue::Number(absl::string_view name, double otherwise) const {
  const JsonValue* const found = Find(name);
  return found != nullptr && found->kind == Kind::kNumber ? found->number
                                                          : otherwise;
}

bool ParseJson(absl::string_view text, JsonValue* value, std::string* error) {
  Parser parser(text);
  *value = JsonValue();
  if (parser.ParseAll(value)) {
    return true;
  }
  *error = parser.error();
  return false;
}

std::string JsonText(absl::string_view text) {
  std::string quoted = "\"";
  for (const char letter : text) {
    const auto code = static_cast<unsigned char>(letter);
    if (letter == '"' || letter == '\\') {
      absl::StrAppend(&quoted, "\\", absl::string_view(&letter, 1));
    } else if (code < ' ' || letter == '<') {
      absl::StrAppendFormat(&quoted, "\\u%04x", code);
    } else {
      quoted.push_back(letter);
    }
  }
  quoted.push_back('"');
  return absl::StrReplaceAll(
      quoted, {{"\xe2\x80\xa8", "\\u2028"}, {"\xe2\x80\xa9", "\\u2029"}});
}

std::string JsonNumber(double value) {
  return std::isfinite(value) ? absl::StrFormat("%.17g", value) : "null";
}

std::string JsonList(const std::vector<std::string>& items) {
  return absl::StrCat("[", absl::StrJoin(items, ","), "]");
}

}  // namespace parkway_bench
