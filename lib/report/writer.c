/*
 * writer: bytes collected in a fixed buffer and handed to the caller's write function when it is
 * full, and JSON written straight into it. Reports allocate nothing, so that a report about a
 * hundred thousand objects costs what one about ten does.
 *
 * Text for people is one more danger than JSON for programs: names and values come from a
 * repository, a terminal obeys what it is shown, and a page takes marks for its own. The audience
 * says which of them is written for.
 */
#include "report/writer.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"

typedef enum audience { PROGRAMS, TERMINALS, PAGES } audience;

/* What is left of the room for one shown value. */
typedef struct sink {
    gops_writer *writer;
    audience audience;
    int limited;
    size_t room;
} sink;

void gops_writer_init(gops_writer *writer, gitops_write_fn write, void *user_data)
{
    writer->write = write;
    writer->user_data = user_data;
    writer->refused = 0;
    writer->total = 0;
    writer->length = 0;
}

static void hand_on(gops_writer *writer, const char *data, size_t length)
{
    if (length && !writer->refused)
        writer->refused = writer->write(data, length, writer->user_data) != 0;
}

static void flush(gops_writer *writer)
{
    hand_on(writer, writer->data, writer->length);
    writer->length = 0;
}

void gops_writer_put(gops_writer *writer, const char *data, size_t length)
{
    writer->total += length;
    if (length > sizeof writer->data - writer->length)
        flush(writer);
    if (length > sizeof writer->data) {
        hand_on(writer, data, length);
        return;
    }
    memcpy(writer->data + writer->length, data, length);
    writer->length += length;
}

void gops_writer_puts(gops_writer *writer, const char *text)
{
    gops_writer_put(writer, text, strlen(text));
}

void gops_writer_int(gops_writer *writer, int64_t number)
{
    char text[32];
    snprintf(text, sizeof text, "%lld", (long long)number);
    gops_writer_puts(writer, text);
}

void gops_writer_uint(gops_writer *writer, uint64_t number)
{
    char text[32];
    snprintf(text, sizeof text, "%llu", (unsigned long long)number);
    gops_writer_puts(writer, text);
}

int gops_writer_finish(gops_writer *writer, gitops_error *err)
{
    flush(writer);
    return writer->refused ? gops_fail(err, GITOPS_EIO, "the report could not be written") : 0;
}

/* Bytes as text of HTML, also inside of a quoted attribute. */
static void put_escaped(gops_writer *writer, const char *data, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        const char *entity = data[i] == '&'    ? "&amp;"
                             : data[i] == '<'  ? "&lt;"
                             : data[i] == '>'  ? "&gt;"
                             : data[i] == '"'  ? "&quot;"
                             : data[i] == '\'' ? "&#39;"
                                               : NULL;
        if (entity)
            gops_writer_puts(writer, entity);
        else
            gops_writer_put(writer, data + i, 1);
    }
}

/* Writes a unit that must not be torn, as long as there is room. */
static void sink_put(sink *out, const char *data, size_t length)
{
    if (out->limited && length > out->room) {
        out->room = 0;
        return;
    }
    out->room -= out->limited ? length : 0;
    if (out->audience == PAGES)
        put_escaped(out->writer, data, length);
    else
        gops_writer_put(out->writer, data, length);
}

static int sink_is_full(const sink *out)
{
    return out->limited && out->room == 0;
}

/* Decodes one character. Returns its length and sets *code; 0 when the bytes are no UTF-8. */
static size_t decode(const unsigned char *text, size_t length, uint32_t *code)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned char lead = text[0];
    size_t need = lead < 0x80   ? 1
                  : lead < 0xC2 ? 0
                  : lead < 0xE0 ? 2
                  : lead < 0xF0 ? 3
                  : lead < 0xF5 ? 4
                                : 0;
    if (need == 0 || need > length)
        return 0;
    uint32_t value = need == 1 ? lead : lead & (0x7Fu >> need);
    for (size_t i = 1; i < need; i++) {
        if ((text[i] & 0xC0) != 0x80)
            return 0;
        value = value << 6 | (text[i] & 0x3Fu);
    }
    if (value < least[need] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF))
        return 0;
    *code = value;
    return need;
}

/* Controls that JSON lets through but that move, colour or turn around what a terminal shows. */
static int is_dangerous(uint32_t code)
{
    return (code >= 0x7F && code <= 0x9F) || code == 0x061C || code == 0x200E || code == 0x200F ||
           (code >= 0x2028 && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069) ||
           code == 0xFEFF;
}

static void put_escape(sink *out, uint32_t code)
{
    static const char names[] = "btn.fr"; /* U+0008 to U+000D; "." has no short form */
    char text[16];
    if (code >= 8 && code <= 13 && code != 11)
        snprintf(text, sizeof text, "\\%c", names[code - 8]);
    else
        snprintf(text, sizeof text, "\\u%04x", (unsigned)code);
    sink_put(out, text, strlen(text));
}

/* One character of a text; *text moves on. quoted: inside of a JSON string. */
static void put_character(sink *out, const char **text, const char *end, int quoted)
{
    uint32_t code = 0;
    size_t length = decode((const unsigned char *)*text, (size_t)(end - *text), &code);
    if (length == 0) {
        sink_put(out, "\\ufffd", 6);
        length = 1;
    } else if (code < 0x20 || (out->audience != PROGRAMS && is_dangerous(code))) {
        put_escape(out, code);
    } else if (quoted && (code == '"' || code == '\\')) {
        char pair[2] = {'\\', (char)code};
        sink_put(out, pair, 2);
    } else {
        sink_put(out, *text, length);
    }
    *text += length;
}

static void put_string(sink *out, const char *text, size_t length)
{
    const char *end = text + length;
    sink_put(out, "\"", 1);
    while (text < end && !sink_is_full(out))
        put_character(out, &text, end, 1);
    sink_put(out, "\"", 1);
}

static void put_value(sink *out, const gitops_value *value);

static void put_children(sink *out, const gitops_value *value, int is_map)
{
    size_t count = gitops_value_count(value);
    sink_put(out, is_map ? "{" : "[", 1);
    for (size_t i = 0; i < count && !sink_is_full(out); i++) {
        size_t length;
        if (i > 0)
            sink_put(out, ",", 1);
        if (is_map) {
            const char *key = gitops_value_key(value, i, &length);
            put_string(out, key, length);
            sink_put(out, ":", 1);
        }
        put_value(out, gitops_value_item(value, i));
    }
    sink_put(out, is_map ? "}" : "]", 1);
}

static void put_value(sink *out, const gitops_value *value)
{
    size_t length;
    const char *text = gitops_value_text(value, &length);
    switch (gitops_value_type(value)) {
    case GITOPS_VALUE_BOOL:
        text = gitops_value_bool(value) ? "true" : "false";
        sink_put(out, text, strlen(text));
        break;
    case GITOPS_VALUE_NUMBER:
        sink_put(out, text, length);
        break;
    case GITOPS_VALUE_STRING:
        put_string(out, text, length);
        break;
    case GITOPS_VALUE_LIST:
    case GITOPS_VALUE_MAP:
        put_children(out, value, gitops_value_type(value) == GITOPS_VALUE_MAP);
        break;
    default:
        sink_put(out, "null", 4);
    }
}

static void put_shown_value(gops_writer *writer, audience audience, const gitops_value *value,
                            size_t limit)
{
    sink out = {writer, audience, limit != 0, limit};
    put_value(&out, value);
    if (sink_is_full(&out))
        gops_writer_puts(writer, "...");
}

static void put_shown_bytes(gops_writer *writer, audience audience, const char *text, size_t length)
{
    sink out = {writer, audience, 0, 0};
    const char *end = text + length;
    while (text < end)
        put_character(&out, &text, end, 0);
}

void gops_writer_json_string(gops_writer *writer, const char *text)
{
    sink out = {writer, PROGRAMS, 0, 0};
    put_string(&out, text, strlen(text));
}

void gops_writer_json_value(gops_writer *writer, const gitops_value *value)
{
    put_shown_value(writer, PROGRAMS, value, 0);
}

void gops_writer_shown_value(gops_writer *writer, const gitops_value *value, size_t limit)
{
    put_shown_value(writer, TERMINALS, value, limit);
}

void gops_writer_shown_bytes(gops_writer *writer, const char *text, size_t length)
{
    put_shown_bytes(writer, TERMINALS, text, length);
}

void gops_writer_shown(gops_writer *writer, const char *text)
{
    put_shown_bytes(writer, TERMINALS, text, strlen(text));
}

void gops_writer_html_value(gops_writer *writer, const gitops_value *value, size_t limit)
{
    put_shown_value(writer, PAGES, value, limit);
}

void gops_writer_html_bytes(gops_writer *writer, const char *text, size_t length)
{
    put_shown_bytes(writer, PAGES, text, length);
}

void gops_writer_html(gops_writer *writer, const char *text)
{
    put_shown_bytes(writer, PAGES, text, strlen(text));
}
