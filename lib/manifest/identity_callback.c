/*
 * identity_callback: the host is shown a document and says its key. What it says is believed as
 * little as the document itself.
 */
#include <string.h>

#include "manifest/identity.h"
#include "manifest/key.h"
#include "value/text.h"

typedef enum answer_state { ANSWER_NONE = 0, ANSWER_KEY, ANSWER_SKIP, ANSWER_FAILED } answer_state;

struct gitops_identity_answer {
    answer_state state;
    char text[GOPS_KEY_MAX + 1]; /* key, or message */
};

static int is_utf8(const char *text, size_t length)
{
    uint32_t character;
    for (size_t at = 0; at < length;) {
        size_t width = gops_utf8_decode(text + at, length - at, &character);
        if (width == 0)
            return 0;
        at += width;
    }
    return 1;
}

static int is_key(const char *key)
{
    gops_key_parts parts;
    return gops_key_split(key, &parts) && is_utf8(key, strlen(key));
}

static void keep_text(gitops_identity_answer *answer, const char *text)
{
    size_t length = strlen(text);
    if (length > sizeof answer->text - 1)
        length = sizeof answer->text - 1;
    memcpy(answer->text, text, length);
    answer->text[length] = '\0';
}

int gitops_identity_answer_key(gitops_identity_answer *answer, const char *key)
{
    if (!answer || !key || answer->state != ANSWER_NONE)
        return GITOPS_EINVAL;
    answer->state = is_key(key) ? ANSWER_KEY : ANSWER_FAILED;
    if (answer->state == ANSWER_KEY)
        keep_text(answer, key);
    else
        keep_text(answer, "the key that the host gives is not of the form NAMESPACE/KIND/NAME, "
                          "with parts of 1 to 253 characters without \"/\", blanks or a leading "
                          "\".\"");
    return answer->state == ANSWER_KEY ? 0 : GITOPS_EINVAL;
}

int gitops_identity_answer_skip(gitops_identity_answer *answer)
{
    if (!answer || answer->state != ANSWER_NONE)
        return GITOPS_EINVAL;
    answer->state = ANSWER_SKIP;
    return 0;
}

int gitops_identity_answer_failed(gitops_identity_answer *answer, const char *message)
{
    if (!answer || answer->state != ANSWER_NONE)
        return GITOPS_EINVAL;
    answer->state = ANSWER_FAILED;
    keep_text(answer, message && *message ? message : "the host finds no identity");
    return 0;
}

int gops_identify_callback(const gitops_identity *identity, const gitops_value *root,
                           const char *file, gops_role *role, gops_buffer *key, gitops_error *err)
{
    gitops_identity_answer answer;
    answer.state = ANSWER_NONE;
    int code = identity->identify(root, file, &answer, identity->user_data);
    *role = answer.state == ANSWER_KEY ? GOPS_ROLE_OBJECT : GOPS_ROLE_NONE;
    if (answer.state == ANSWER_SKIP)
        return 0;
    if (answer.state == ANSWER_KEY) {
        gops_buffer_puts(key, answer.text);
        return gops_buffer_status(key, err);
    }
    gops_fail_at(err, GITOPS_EPARSE, NULL, root->line, root->column, "%s",
                 answer.state == ANSWER_FAILED ? answer.text
                                               : "the host gave no identity for the document");
    gops_error_origin(err, GITOPS_ORIGIN_HOST, code);
    return GITOPS_EPARSE;
}
