/*
 * control_claim: the value of one annotation. What does not parse is reported, and claims nothing.
 */
#include "manifest/control_claim.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "manifest/key.h"
#include "value/pointer.h"

enum {
    LIST_MAX = 256, /* words of an annotation; texts of one kind on an object */
    SHOWN_MAX = 60  /* bytes of a value in a message */
};

typedef struct slice {
    const char *text;
    size_t length;
} slice;

int gops_control_complain(gops_control_reading *reading, int32_t severity,
                          const gitops_value *value, const char *format, ...)
{
    gitops_error problem;
    char text[500];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    gops_fail_at(&problem, GITOPS_EPARSE, NULL, value->line, value->column, "%s %.*s %s",
                 reading->map, (int)(value->key_length < 100 ? value->key_length : 100),
                 value->key, text);
    gops_buffer_clear(&reading->pointer);
    gops_buffer_printf(&reading->pointer, "/metadata/%ss", reading->map);
    gops_pointer_append(&reading->pointer, value->key, value->key_length);
    if (reading->pointer.status < 0)
        return GITOPS_ENOMEM;
    return reading->report(severity, &problem, reading->pointer.data, reading->user_data);
}

static int shown(size_t length)
{
    return (int)(length < SHOWN_MAX ? length : SHOWN_MAX);
}

static int complain_of(gops_control_reading *reading, int32_t severity, const gitops_value *value,
                       slice word, const char *expected)
{
    return gops_control_complain(reading, severity, value, "has \"%.*s\": %s", shown(word.length),
                                 word.text, expected);
}

static int is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static slice trim(slice s)
{
    while (s.length && is_blank(s.text[0])) {
        s.text++;
        s.length--;
    }
    while (s.length && is_blank(s.text[s.length - 1]))
        s.length--;
    return s;
}

/* The next part of a text with commas (or, if blanks is set, blanks) between; empty ones are
   passed over. Returns 0 at the end. */
static int next_part(slice *rest, int blanks, slice *out)
{
    while (rest->length) {
        size_t length = 0;
        while (length < rest->length && rest->text[length] != ',' &&
               !(blanks && is_blank(rest->text[length])))
            length++;
        *out = trim((slice){rest->text, length});
        length += length < rest->length;
        rest->text += length;
        rest->length -= length;
        if (out->length)
            return 1;
    }
    return 0;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* 1 when a begins with length bytes of b. */
static int same_text(const char *a, const char *b, size_t length, int any_case)
{
    for (size_t i = 0; i < length; i++)
        if (any_case ? lower(a[i]) != lower(b[i]) : a[i] != b[i])
            return 0;
    return 1;
}

/* "CreateNamespace=" stands for all its values. */
static int is_word(const gops_control_word *word, slice text, int any_case)
{
    size_t length = strlen(word->text);
    return (word->of_application ? text.length >= length : text.length == length) &&
           same_text(text.text, word->text, length, any_case);
}

static const gops_control_word *find_word(const gops_control_rule *rule, slice text)
{
    for (const gops_control_word *word = rule->words; word->text; word++)
        if (is_word(word, text, rule->any_case))
            return word;
    return NULL;
}

/* 1 when the text names this option, whatever it says of it and however it is written. */
static int is_about(const gops_control_word *word, slice text)
{
    size_t length = strcspn(word->text, "=");
    return text.length >= length && same_text(text.text, word->text, length, 1) &&
           (text.length == length || text.text[length] == '=');
}

/* "expected A, B or C": all words, or those of one option. */
static int complain_of_word(gops_control_reading *reading, const gops_control_rule *rule,
                            const gitops_value *value, slice text)
{
    char expected[400] = "expected";
    size_t used = strlen(expected);
    int about = 0, any = 0;
    for (const gops_control_word *word = rule->words; word->text; word++)
        about |= rule->form == GOPS_FORM_OPTIONS && is_about(word, text);
    if (rule->form == GOPS_FORM_OPTIONS && !about)
        return complain_of(reading, GITOPS_SEVERITY_WARNING, value, text,
                           "no option that is known; it is ignored");
    for (const gops_control_word *word = rule->words; word->text && used < sizeof expected; word++)
        if (!word->of_application && (!about || is_about(word, text)))
            used += (size_t)snprintf(expected + used, sizeof expected - used, "%s %s",
                                     any++ ? " or" : "", word->text);
    return complain_of(reading, rule->minor ? GITOPS_SEVERITY_WARNING : GITOPS_SEVERITY_ERROR,
                       value, text, expected);
}

static void claim_word(gops_claim *claim, const gops_control_word *word)
{
    claim->options = (claim->options & ~word->decided) | word->options;
    claim->decided |= word->decided;
    claim->hooks |= word->hooks;
    claim->hook_deletes |= word->hook_deletes;
    if (word->prune > claim->prune)
        claim->prune = word->prune;
    if (word->teardown > claim->teardown)
        claim->teardown = word->teardown;
}

static int take_words(gops_control_reading *reading, const gops_control_rule *rule,
                      const gitops_value *value, slice text)
{
    slice rest = text, part;
    size_t count = 0;
    int rc = 0;
    while (next_part(&rest, 0, &part))
        count++;
    if (count > LIST_MAX)
        return gops_control_complain(reading, GITOPS_SEVERITY_ERROR, value,
                                     "has more than %d words", LIST_MAX);
    while (rc == 0 && next_part(&text, 0, &part)) {
        const gops_control_word *word = find_word(rule, part);
        if (!word)
            rc = complain_of_word(reading, rule, value, part);
        else if (word->of_application)
            rc = complain_of(reading, GITOPS_SEVERITY_WARNING, value, part,
                             "an option of whole applications; it is ignored");
        else if (word->only_alone && count > 1)
            rc = complain_of(reading, GITOPS_SEVERITY_WARNING, value, part,
                             "it counts only when it stands alone; it is ignored");
        else
            claim_word(&reading->claims[rule->tool], word);
    }
    return rc;
}

static int take_word(gops_control_reading *reading, const gops_control_rule *rule,
                     const gitops_value *value, slice text)
{
    slice word = trim(text);
    const gops_control_word *found = find_word(rule, word);
    if (!found)
        return complain_of_word(reading, rule, value, word);
    claim_word(&reading->claims[rule->tool], found);
    return 0;
}

/* As Go's strconv.Atoi reads it, but of 32 bits. */
static int parse_number(slice text, int32_t *out)
{
    size_t i = text.length && (text.text[0] == '-' || text.text[0] == '+');
    int64_t number = 0;
    if (i == text.length)
        return 0;
    for (; i < text.length; i++) {
        if (text.text[i] < '0' || text.text[i] > '9' || number > INT32_MAX)
            return 0;
        number = number * 10 + (text.text[i] - '0');
    }
    if (text.text[0] == '-')
        number = -number;
    *out = (int32_t)number;
    return number >= INT32_MIN && number <= INT32_MAX;
}

static int take_number(gops_control_reading *reading, const gops_control_rule *rule,
                       const gitops_value *value, slice text)
{
    gops_claim *claim = &reading->claims[rule->tool];
    int32_t number;
    if (!parse_number(text, &number))
        return complain_of(reading, GITOPS_SEVERITY_ERROR, value, text,
                           "expected a whole number of 32 bits");
    claim->has_wave = 1;
    claim->wave = number;
    return 0;
}

/* Adds a text and its NUL. Returns 0 or GITOPS_ENOMEM. */
static int add_text(gops_buffer *list, uint32_t *count, const char *text, size_t length)
{
    gops_buffer_put(list, text, length);
    gops_buffer_putc(list, '\0');
    ++*count;
    return list->status;
}

static int has_text(const gops_buffer *list, const char *text, size_t length)
{
    for (size_t at = 0; at < list->length;) {
        size_t own = strlen(list->data + at);
        if (own == length && memcmp(list->data + at, text, length) == 0)
            return 1;
        at += own + 1;
    }
    return 0;
}

/* Why a key cannot be one that the object depends on; NULL when it can. */
static const char *dependency_fault(const gops_control_reading *reading, slice key)
{
    if (strlen(reading->key) == key.length && memcmp(reading->key, key.text, key.length) == 0)
        return "it is the object itself";
    if (has_text(&reading->dependencies, key.text, key.length))
        return "it is named twice";
    return reading->dependency_count == LIST_MAX ? "there are more than 256 objects" : NULL;
}

/* group/kind/name or group/namespaces/namespace/kind/name as a key. Returns 1 when it is one. */
static int key_of_reference(slice text, char key[GOPS_KEY_MAX + 1])
{
    slice parts[6];
    size_t count = 0;
    if (text.length > GOPS_KEY_MAX || memchr(text.text, '\0', text.length))
        return 0;
    for (const char *at = text.text, *end = at + text.length, *next; at && count < 6; at = next) {
        const char *slash = memchr(at, '/', (size_t)(end - at));
        parts[count++] = (slice){at, (size_t)((slash ? slash : end) - at)};
        next = slash ? slash + 1 : NULL;
    }
    int namespaced = count == 5 && parts[1].length == 10 &&
                     memcmp(parts[1].text, "namespaces", 10) == 0;
    if (count != 3 && !namespaced)
        return 0;
    slice space = namespaced && parts[2].length ? parts[2] : (slice){"_", 1};
    slice group = parts[0], kind = parts[count - 2], name = parts[count - 1];
    gops_key_parts check;
    snprintf(key, GOPS_KEY_MAX + 1, "%.*s/%.*s%s%.*s/%.*s", (int)space.length, space.text,
             (int)kind.length, kind.text, group.length ? "." : "", (int)group.length, group.text,
             (int)name.length, name.text);
    return gops_key_is_kind(kind.text, kind.length) && gops_key_split(key, &check);
}

/* A key as we write it, NUL-terminated. Returns 1 when it is one. */
static int key_of_text(slice text, char key[GOPS_KEY_MAX + 1])
{
    gops_key_parts check;
    if (text.length > GOPS_KEY_MAX || memchr(text.text, '\0', text.length))
        return 0;
    memcpy(key, text.text, text.length);
    key[text.length] = '\0';
    return gops_key_split(key, &check);
}

static int take_dependencies(gops_control_reading *reading, const gops_control_rule *rule,
                             const gitops_value *value, slice text)
{
    int ours = rule->form == GOPS_FORM_KEYS;
    char key[GOPS_KEY_MAX + 1];
    slice part;
    int rc = 0;
    while (rc == 0 && next_part(&text, ours, &part)) {
        if (!(ours ? key_of_text(part, key) : key_of_reference(part, key))) {
            rc = complain_of(reading, GITOPS_SEVERITY_ERROR, value, part,
                             ours ? "expected a key such as shop/Deployment.apps/web"
                                  : "expected GROUP/KIND/NAME or "
                                    "GROUP/namespaces/NAMESPACE/KIND/NAME");
            continue;
        }
        const char *fault = dependency_fault(reading, (slice){key, strlen(key)});
        if (fault)
            return complain_of(reading, GITOPS_SEVERITY_ERROR, value, part, fault);
        rc = add_text(&reading->dependencies, &reading->dependency_count, key, strlen(key));
    }
    return rc;
}

/* A name without blanks; "{...}" in it stands for a property of the object. */
static int is_group(slice text)
{
    for (size_t i = 0; i < text.length; i++)
        if ((unsigned char)text.text[i] <= ' ' || text.text[i] == 0x7F)
            return 0;
    return text.length > 0 && text.length <= GOPS_KEY_MAX;
}

static int take_group(gops_control_reading *reading, const gitops_value *value, slice text)
{
    if (!is_group(text) || reading->group_count == LIST_MAX)
        return complain_of(reading, GITOPS_SEVERITY_ERROR, value, text,
                           "expected the name of a group, at most 256 of them");
    return add_text(&reading->groups, &reading->group_count, text.text, text.length);
}

/* "upsert after upserting GROUP" */
static int is_rule(slice text)
{
    static const char *const words[3][2] = {
        {"upsert ", "delete "}, {"before ", "after "}, {"upserting ", "deleting "}};
    for (size_t i = 0; i < 3; i++) {
        size_t a = strlen(words[i][0]), b = strlen(words[i][1]), length = 0;
        if (text.length > a && memcmp(text.text, words[i][0], a) == 0)
            length = a;
        else if (text.length > b && memcmp(text.text, words[i][1], b) == 0)
            length = b;
        else
            return 0;
        text.text += length;
        text.length -= length;
    }
    return is_group(text);
}

static int take_rule(gops_control_reading *reading, const gitops_value *value, slice text)
{
    if (!is_rule(text) || reading->rule_count == LIST_MAX)
        return complain_of(reading, GITOPS_SEVERITY_ERROR, value, text,
                           "expected upsert or delete, before or after, upserting or deleting, "
                           "and a group");
    return add_text(&reading->rules, &reading->rule_count, text.text, text.length);
}

int gops_control_claim(gops_control_reading *reading, const gops_control_rule *rule,
                       const gitops_value *value)
{
    size_t length;
    const char *text = gitops_value_text(value, &length);
    if (value->type == GITOPS_VALUE_BOOL) {
        text = value->boolean ? "true" : "false";
        length = strlen(text);
    }
    if (!text)
        return gops_control_complain(reading, GITOPS_SEVERITY_ERROR, value, "has no text");
    slice all = {text, length};
    switch (rule->form) {
    case GOPS_FORM_NUMBER:
        return take_number(reading, rule, value, all);
    case GOPS_FORM_WORD:
        return take_word(reading, rule, value, all);
    case GOPS_FORM_WORDS:
    case GOPS_FORM_OPTIONS:
        return take_words(reading, rule, value, all);
    case GOPS_FORM_GROUP:
        return take_group(reading, value, all);
    case GOPS_FORM_RULE:
        return take_rule(reading, value, all);
    default:
        return take_dependencies(reading, rule, value, all);
    }
}
