#include "handlers/render/sms.hpp"

#include <gtest/gtest.h>

namespace harborline::render {
namespace {

constexpr std::string_view kSignature = "【姐妹港湾】";

flow::Catalogue catalogue() {
    flow::Catalogue texts;
    texts.set("zh-CN", "got", {.words = "收到。"});
    texts.set("zh-CN", "more", {.words = "请再说一遍。"});
    texts.set("zh-CN", "nothing", {.words = ""});
    return texts;
}

flow::Say say(std::string key) {
    flow::Say said;
    said.key = std::move(key);
    return said;
}

TEST(RenderSms, PutsTheSignatureFirstAndEachSayOnALine) {
    EXPECT_EQ(render_sms(catalogue(), "zh-CN", kSignature, {say("got"), say("more")}),
              "【姐妹港湾】收到。\n请再说一遍。");
}

TEST(RenderSms, WritesNothingWhereNothingIsSaid) {
    EXPECT_EQ(render_sms(catalogue(), "zh-CN", kSignature, {}), "");
    EXPECT_EQ(render_sms(catalogue(), "zh-CN", kSignature, {say("nothing")}), "");
    EXPECT_EQ(render_sms(catalogue(), "zh-CN", kSignature, {say("nothing"), say("got")}), "【姐妹港湾】收到。");
}

}  // namespace
}  // namespace harborline::render
