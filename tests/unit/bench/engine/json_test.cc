// SPDX-License-Identifier: Apache-2.0

#include "bench/engine/json.h"

#include <gtest/gtest.h>

#include <cmath>

namespace parkway_bench {
namespace {

JsonValue Parsed(const std::string& text) {
  JsonValue value;
  std::string error;
  EXPECT_TRUE(ParseJson(text, &value, &error)) << text << ": " << error;
  return value;
}

constexpr char kAll[] =
    R"( {"a": [1, -2.5e3, true, false, null], "b": {"c": "d"}, "e": [], "f": {}} )";

TEST(Json, ReadsAllKinds) {
  const JsonValue value = Parsed(kAll);
  ASSERT_EQ(value.kind, JsonValue::Kind::kObject);
  const JsonValue* const list = value.Find("a");
  ASSERT_NE(list, nullptr);
  ASSERT_EQ(list->kind, JsonValue::Kind::kArray);
  ASSERT_EQ(list->items.size(), 5u);
  EXPECT_EQ(list->items[0].number, 1);
  EXPECT_EQ(list->items[1].number, -2500);
  EXPECT_TRUE(list->items[2].boolean);
  EXPECT_EQ(list->items[3].kind, JsonValue::Kind::kBool);
  EXPECT_FALSE(list->items[3].boolean);
  EXPECT_EQ(list->items[4].kind, JsonValue::Kind::kNull);
  EXPECT_EQ(value.Find("b")->Text("c"), "d");
  EXPECT_TRUE(value.Find("e")->items.empty());
  EXPECT_TRUE(value.Find("f")->items.empty());
}

TEST(Json, FindsWhatIsThere) {
  const JsonValue value = Parsed(R"({"a": 1, "b": "x", "a": 2})");
  EXPECT_EQ(value.Number("a", 7), 2);
  EXPECT_EQ(value.Number("b", 7), 7);
  EXPECT_EQ(value.Number("c", 7), 7);
  EXPECT_EQ(value.Text("a"), "");
  EXPECT_EQ(value.Text("b"), "x");
  EXPECT_EQ(value.Find("c"), nullptr);
  EXPECT_EQ(Parsed("[1]").Find("a"), nullptr);
}

TEST(Json, Escapes) {
  EXPECT_EQ(Parsed(R"(["\"\\\/\b\f\n\r\tA"])").items[0].text,
            "\"\\/\b\f\n\r\tA");
  EXPECT_EQ(Parsed("\"\\u0041\\u00e9\\u20ac\"").text, "A\xc3\xa9\xe2\x82\xac");
}

TEST(Json, NumbersThatGoogleBenchmarkWrites) {
  EXPECT_TRUE(std::isnan(Parsed("NaN").number));
  EXPECT_TRUE(std::isinf(Parsed("Infinity").number));
  EXPECT_LT(Parsed("-Infinity").number, 0);
  EXPECT_EQ(Parsed("9.4700000000000003e+00").number, 9.47);
}

TEST(Json, NothingElseIsRead) {
  for (const std::string text : {"",
                                 " ",
                                 "{",
                                 "[",
                                 "\"",
                                 "[1",
                                 "[1,",
                                 "[1,]",
                                 "[1 2]",
                                 "{1: 2}",
                                 "{\"a\" 1}",
                                 "{\"a\": }",
                                 "{\"a\": 1,}",
                                 "tru",
                                 "nil",
                                 "1 2",
                                 "[] []",
                                 "1e",
                                 "--1",
                                 "\"\\x\"",
                                 "\"\\u12\"",
                                 "\"\\uzzzz\"",
                                 "\"\\",
                                 "| a |",
                                 "# Locks",
                                 "]",
                                 "}"}) {
    JsonValue value;
    std::string error;
    EXPECT_FALSE(ParseJson(text, &value, &error)) << text;
    EXPECT_NE(error.find(" in line 1"), std::string::npos) << error;
  }
}

TEST(Json, NoBeginningOfATextIsOne) {
  const std::string text = "{\"a\": [1, \"b\\n\", {\"c\": null}]}";
  Parsed(text);
  for (std::size_t size = 0; size < text.size(); ++size) {
    JsonValue value;
    std::string error;
    EXPECT_FALSE(ParseJson(text.substr(0, size), &value, &error)) << size;
  }
}

TEST(Json, SaysWhere) {
  JsonValue value;
  std::string error;
  EXPECT_FALSE(ParseJson("{\n\"a\": 1,\n\"b\": ?\n}", &value, &error));
  EXPECT_EQ(error, "something that is no value in line 3");
}

TEST(Json, DepthHasAnEnd) {
  JsonValue value;
  std::string error;
  EXPECT_FALSE(ParseJson(std::string(100000, '['), &value, &error));
  EXPECT_EQ(error, "too many brackets in line 1");
  EXPECT_TRUE(
      ParseJson(std::string(50, '[') + std::string(50, ']'), &value, &error));
}

TEST(Json, WrittenTextIsReadAgain) {
  for (const std::string text :
       {"", "plain", "\"\\/", "\b\f\n\r\t\x01\x1f", "\xc3\xa9\xe2\x82\xac",
        "</script><!-- \xe2\x80\xa8\xe2\x80\xa9"}) {
    EXPECT_EQ(Parsed(JsonText(text)).text, text);
  }
}

TEST(Json, WrittenTextEndsNoElementOfAPage) {
  EXPECT_EQ(JsonText("</script><!--"), "\"\\u003c/script>\\u003c!--\"");
  EXPECT_EQ(JsonText("a\xe2\x80\xa8z\xe2\x80\xa9\n"),
            "\"a\\u2028z\\u2029\\u000a\"");
}

TEST(Json, WrittenNumbersAreReadAgain) {
  for (const double value : {0.0, 1.0, -2.5, 0.1, 1e-9, 123456789.25, 1e300}) {
    EXPECT_EQ(Parsed(JsonNumber(value)).number, value);
  }
  EXPECT_EQ(JsonNumber(std::nan("")), "null");
  EXPECT_EQ(JsonNumber(HUGE_VAL), "null");
  EXPECT_EQ(JsonList({}), "[]");
  EXPECT_EQ(JsonList({"1", "2"}), "[1,2]");
}

}  // namespace
}  // namespace parkway_bench
