/* refusal: what a target means by the text with which it refuses. */
#include "target/refusal.h"

#include <string.h>

/* 1 when first, one white space and second stand in text, as in "first second". */
static int has_pair(const char *text, const char *first, const char *second)
{
    size_t length = strlen(first);
    for (const char *hit; (hit = strstr(text, first)) != NULL; text = hit + 1) {
        const char *gap = hit + length;
        if (*gap && strchr(" \t\n\f\r", *gap) && strncmp(gap + 1, second, strlen(second)) == 0)
            return 1;
    }
    return 0;
}

int32_t gitops_refusal_is_immutable(const char *message)
{
    return message && (has_pair(message, "is", "immutable") ||
                       has_pair(message, "immutable", "field"));
}

const char *gops_refusal_advice(const gitops_request *request, const gitops_answer *answer)
{
    if (request->kind != GOPS_REQUEST_APPLY || answer->state != GOPS_ANSWER_FAILED ||
        !answer->text.length || !gitops_refusal_is_immutable(answer->text.data))
        return "";
    return GOPS_REFUSAL_ADVICE ", or where it asks for force";
}
