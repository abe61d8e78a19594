// The same in C++11: handles in smart pointers, options zero-initialised, a lambda as callback.
#include <gitops.h>

#include <iostream>
#include <memory>
#include <string>

template <typename T, void (*release)(T *)> struct Release {
    void operator()(T *handle) const { release(handle); }
};
using Context = std::unique_ptr<gitops_context, Release<gitops_context, gitops_context_free>>;
using Document = std::unique_ptr<gitops_document, Release<gitops_document, gitops_document_free>>;
using Buffer = std::unique_ptr<gitops_buffer, Release<gitops_buffer, gitops_buffer_free>>;

int main()
{
    const std::string text = "kind: ConfigMap\nanswer: 42\n";
    gitops_error err{};
    gitops_context_options options{};
    options.struct_size = sizeof options;
    options.log_level = GITOPS_LOG_WARNING;
    options.log = [](int32_t, const char *message, void *) { std::cerr << message << "\n"; };

    gitops_context *context = nullptr;
    gitops_document *document = nullptr;
    gitops_buffer *json = nullptr;
    if (gitops_context_new(&context, &options, &err) < 0)
        return 1;
    Context owned_context(context);
    if (gitops_document_parse(&document, context, text.data(), text.size(), "text", &err) < 0) {
        std::cerr << err.message << "\n";
        return 1;
    }
    Document owned_document(document);
    if (gitops_value_emit(&json, context, gitops_document_root(document), nullptr, &err) < 0)
        return 1;
    Buffer owned_json(json);
    std::cout << gitops_version() << " " << gitops_buffer_data(json) << "\n";
}
