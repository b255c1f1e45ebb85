// A form in parts: the content type on the first line, then the body.
#include "gateway/carriers/multipart.hpp"

#include "tests/fuzz/target.hpp"

namespace harborline::fuzz {

void try_input(std::string_view input) {
    Draw draw{input};
    const std::string_view type = draw.until('\n');
    const std::string_view body = draw.rest();
    const auto form = gateway::read_multipart(type, body);
    if (!form) return require(!form.error().message.empty(), "an error says something");
    require(gateway::is_multipart(type), "only a form in parts is read as one");
    require(form->has_file || form->file.empty(), "without a file there are no bytes of one");
    if (form->has_file)
        require(form->file.data() >= body.data() && form->file.data() + form->file.size() <= body.data() + body.size(),
                "the file lies within the body");
    require(form->texts.size() <= gateway::WebhookQuery::kPairsMax, "texts are bounded");
    const auto none = gateway::read_multipart(type, body, [](std::string_view) { return false; });
    require(none.has_value() && none->texts.size() == 0 && none->file == form->file,
            "what nobody reads changes nothing");
}

}  // namespace harborline::fuzz
