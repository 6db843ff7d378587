// SPDX-License-Identifier: Apache-2.0

#include "bench/engine/html.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "bench/engine/json.h"

namespace parkway_bench {
namespace {

// What the figures are drawn with, in the order of their use.
constexpr const char* kLibraries[] = {"d3", "@observablehq/plot"};

constexpr char kSections[] =
    "<noscript><p>This page is drawn by its own scripts, and scripts are "
    "switched off here. What --markdown writes has the same tables.</p>"
    "</noscript>";

std::string Escape(absl::string_view text) {
  return absl::StrReplaceAll(
      text, {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}});
}

// Nothing in it may end the element, or start a comment.
std::string Script(const std::string& text) {
  return absl::StrCat("<script>\n",
                      absl::StrReplaceAll(text, {{"</script", "<\\/script"},
                                                 {"<!--", "<\\!--"}}),
                      "\n</script>\n");
}

const JsonValue* FindLibrary(const JsonValue& charts, const char* name) {
  const JsonValue* const libraries = charts.Find("libraries");
  if (libraries == nullptr) {
    return nullptr;
  }
  const auto found =
      std::find_if(libraries->items.begin(), libraries->items.end(),
                   [name](const JsonValue& library) {
                     return library.Text("name") == name;
                   });
  return found == libraries->items.end() ? nullptr : &*found;
}

// The libraries if all are there; otherwise none, and `*why_not` says why.
std::vector<JsonValue> Libraries(const PageParts& parts, std::string* why_not) {
  JsonValue charts;
  std::string error;
  if (!ParseJson(parts.charts, &charts, &error)) {
    *why_not = absl::StrCat("what draws them is not JSON: ", error);
    return {};
  }
  std::vector<JsonValue> libraries;
  for (const char* const name : kLibraries) {
    const JsonValue* const library = FindLibrary(charts, name);
    if (library == nullptr) {
      const std::string reason = charts.Text("reason");
      *why_not = reason.empty() ? absl::StrCat("there is no ", name) : reason;
      return {};
    }
    libraries.push_back(*library);
  }
  return libraries;
}

std::string Licences(const std::vector<JsonValue>& libraries) {
  if (libraries.empty()) {
    return "<p>Its own scripts alone.</p>";
  }
  std::string text;
  for (const JsonValue& library : libraries) {
    absl::StrAppend(&text, "<h3>", Escape(library.Text("name")), " ",
                    Escape(library.Text("version")), ", ",
                    Escape(library.Text("licence")), "</h3><pre>",
                    Escape(library.Text("licence_text")), "</pre>\n");
  }
  return text;
}

}  // namespace

std::string WhyNoFigures(const PageParts& parts) {
  std::string why_not;
  Libraries(parts, &why_not);
  return why_not;
}

std::string HtmlPage(const Sheet& sheet, const PageParts& parts) {
  std::string why_not;
  const std::vector<JsonValue> libraries = Libraries(parts, &why_not);
  std::string scripts;
  for (const JsonValue& library : libraries) {
    absl::StrAppend(&scripts, Script(library.Text("script")));
  }
  const std::string title = Escape(sheet.title);
  return absl::StrReplaceAll(
      parts.frame,
      {{"@TITLE@", absl::StrCat(Escape(sheet.tool), ": ", title)},
       {"@TOOL@", Escape(sheet.tool)},
       {"@CSS@", parts.css},
       {"@HEAD@", absl::StrCat("<h1><code>", title, "</code></h1>\n",
                               "<div id=\"head\"></div>")},
       {"@SECTIONS@", kSections},
       {"@LICENCES@", Licences(libraries)},
       {"@DATA@", ToJson(sheet, why_not)},
       {"@SCRIPTS@", scripts},
       {"@JS@", parts.js}});
}

}  // namespace parkway_bench
