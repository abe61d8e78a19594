/*
 * gitops/value.h - documents and values: YAML and JSON in, YAML and JSON out.
 *
 *     gitops_documents *set;
 *     gitops_documents_parse(&set, context, text, length, "a.yaml", &err);
 *     for (size_t i = 0; i < gitops_documents_count(set); i++) {
 *         const gitops_value *root = gitops_document_root(gitops_documents_get(set, i));
 *         ...
 *     }
 *     gitops_documents_free(set);
 *
 * A document is an immutable tree. Values are borrowed from their document and live as long as a
 * hold on it does. Scalars resolve as in the tools of Kubernetes (sigs.k8s.io/yaml), with three
 * differences: duplicate keys are errors, numbers are exact, unknown tags are warned about.
 *
 * Caveats: map members come sorted by key bytes; numbers are compared by exact value (1 equals
 * 1.0); a map key is always text; text is UTF-8, and a number beyond the range of a double is read
 * as text, with a warning.
 */
#ifndef GITOPS_VALUE_H
#define GITOPS_VALUE_H

#include <gitops/context.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct gitops_value gitops_value;
typedef struct gitops_document gitops_document;
typedef struct gitops_documents gitops_documents;
typedef struct gitops_diagnostics gitops_diagnostics;

enum {
    GITOPS_VALUE_NULL = 0,
    GITOPS_VALUE_BOOL = 1,
    GITOPS_VALUE_NUMBER = 2,
    GITOPS_VALUE_STRING = 3,
    GITOPS_VALUE_LIST = 4,
    GITOPS_VALUE_MAP = 5
};

/*
 * Parses a text of YAML documents, or of JSON values in a row: UTF-8, or UTF-16 with a byte order
 * mark. name is used in messages and kept with the documents (NULL: "").
 * A broken document does not hide the ones after it: every problem becomes a diagnostic, and the
 * set holds the documents that are whole. Empty documents give nothing.
 * Returns 0 when there is no error; the code of the first error, with *out set all the same so
 * that its diagnostics can be read; *out is NULL only for GITOPS_ENOMEM and GITOPS_EINVAL.
 * Ownership: the caller frees *out. Threads: any.
 */
GITOPS_API int gitops_documents_parse(gitops_documents **out, gitops_context *context,
                                      const char *text, size_t length, const char *name,
                                      gitops_error *err);
GITOPS_API void gitops_documents_free(gitops_documents *set);
GITOPS_API size_t gitops_documents_count(const gitops_documents *set);

/* Document i (from 0). Returns a borrowed document; NULL when i is out of range. Threads: any. */
GITOPS_API gitops_document *gitops_documents_get(const gitops_documents *set, size_t i);

/* The problems found. Returns a borrowed list, never NULL. Threads: any. */
GITOPS_API const gitops_diagnostics *gitops_documents_diagnostics(const gitops_documents *set);

/*
 * Parses exactly one document; none or several is GITOPS_EPARSE.
 * Returns 0 or a negative code. Ownership: the caller frees *out. Threads: any.
 */
GITOPS_API int gitops_document_parse(gitops_document **out, gitops_context *context,
                                     const char *text, size_t length, const char *name,
                                     gitops_error *err);

/*
 * The name that the document was parsed with, which for an object of a manifest is its file; ""
 * for documents made by the library. Borrowed, never NULL. Threads: any.
 */
GITOPS_API const char *gitops_document_name(const gitops_document *document);

/*
 * Number of the document in its text, from 1; empty and broken ones count. 0 for documents made
 * by the library. Threads: any.
 */
GITOPS_API uint32_t gitops_document_number(const gitops_document *document);

/* Takes one more hold on a document. Returns it. Threads: any. */
GITOPS_API gitops_document *gitops_document_ref(gitops_document *document);

/* Gives up one hold. NULL is fine. Threads: any. */
GITOPS_API void gitops_document_free(gitops_document *document);

/* The root value; borrowed, never NULL. Threads: any. */
GITOPS_API const gitops_value *gitops_document_root(const gitops_document *document);

/* Kind of a value: GITOPS_VALUE_...; NULL reads as GITOPS_VALUE_NULL. Threads: any (all below). */
GITOPS_API int32_t gitops_value_type(const gitops_value *value);

/* 1 for true, 0 for false and for anything that is no boolean. */
GITOPS_API int32_t gitops_value_bool(const gitops_value *value);

/* The exact value of a number. Returns 0, or GITOPS_EINVAL when it is no number of that range. */
GITOPS_API int gitops_value_int64(const gitops_value *value, int64_t *out);
GITOPS_API int gitops_value_uint64(const gitops_value *value, uint64_t *out);

/* The nearest double of a number; 0.0 for anything else. */
GITOPS_API double gitops_value_double(const gitops_value *value);

/*
 * Bytes of a string, or the JSON spelling of a number. Returns a borrowed pointer (not
 * NUL-terminated) and sets *length; NULL and 0 for other kinds.
 */
GITOPS_API const char *gitops_value_text(const gitops_value *value, size_t *length);

/* Number of items of a list or members of a map; 0 for scalars. */
GITOPS_API size_t gitops_value_count(const gitops_value *value);

/* Item i of a list, or the value of member i of a map in key order; NULL when out of range. */
GITOPS_API const gitops_value *gitops_value_item(const gitops_value *value, size_t i);

/* Key of member i of a map in key order; NULL when out of range. Borrowed. */
GITOPS_API const char *gitops_value_key(const gitops_value *value, size_t i, size_t *length);

/* The value of a member; NULL when value is no map or has no such key. */
GITOPS_API const gitops_value *gitops_value_find(const gitops_value *value, const char *key,
                                                 size_t length);

/* The value at a JSON pointer (RFC 6901); NULL when there is none. pointer is NUL-terminated. */
GITOPS_API const gitops_value *gitops_value_at(const gitops_value *value, const char *pointer);

/* 1 when both are the same value (map order does not matter; numbers by exact value). */
GITOPS_API int32_t gitops_value_equal(const gitops_value *a, const gitops_value *b);

/* Line and column (from 1) where a value starts in its text; 0 for values made by the library. */
GITOPS_API uint32_t gitops_value_line(const gitops_value *value);
GITOPS_API uint32_t gitops_value_column(const gitops_value *value);

/*
 * Algorithms of digests (docs/digest.md). XXH3 is fast and at hand in the tree; it tells changes
 * apart and does not resist an adversary. SHA-256 does, and is made when it is asked for.
 */
enum { GITOPS_DIGEST_XXH3 = 1, GITOPS_DIGEST_SHA256 = 2 };

/* Room for a digest: "sha256:" and 64 hexadecimal digits, or "xxh3:" and 32, and a NUL. */
#define GITOPS_DIGEST_SIZE 72

/*
 * Writes the digest of a value, which is the same for the same data however it is written.
 * algorithm: GITOPS_DIGEST_...; 0: XXH3. value NULL reads as a null.
 * Returns 0, GITOPS_EINVAL, or GITOPS_ENOMEM (SHA-256 only); out is "" then. Threads: any.
 */
GITOPS_API int gitops_value_digest(gitops_context *context, const gitops_value *value,
                                   int32_t algorithm, char out[GITOPS_DIGEST_SIZE],
                                   gitops_error *err);

enum { GITOPS_FORMAT_JSON = 1, GITOPS_FORMAT_YAML = 2 };
enum { GITOPS_ORDER_SORTED = 1, GITOPS_ORDER_SOURCE = 2 };

typedef struct gitops_emit_options {
    size_t struct_size;
    int32_t format; /* GITOPS_FORMAT_...; 0: JSON */
    int32_t order;  /* GITOPS_ORDER_... of keys in YAML: sorted by bytes (0), or as in the text */
} gitops_emit_options;

/*
 * Writes a value as text; options NULL: JSON.
 * JSON is one line without a final newline, with sorted keys and numbers as they were spelled.
 * YAML is in block style with a final newline and reads back as the same value in every YAML 1.1 or
 * 1.2 reader: text is quoted only where one of them could see something else, several lines are a
 * literal block where that is exact. In either order an object begins with apiVersion, kind and
 * metadata, and its metadata with name and namespace; members without a place in a text come before
 * those with one in the order of the source.
 * Returns 0, GITOPS_ENOMEM, GITOPS_EINVAL for bad options, or GITOPS_ELIMIT when the text would be
 * longer than 16 times max_file_bytes. Ownership: the caller frees *out. Threads: any.
 */
GITOPS_API int gitops_value_emit(gitops_buffer **out, gitops_context *context,
                                 const gitops_value *value, const gitops_emit_options *options,
                                 gitops_error *err);

/* Problems found while reading: errors and warnings, in the order of the text. */
enum { GITOPS_SEVERITY_WARNING = 1, GITOPS_SEVERITY_ERROR = 2 };

/* Problems kept in the list; counts of all errors and of all warnings. Threads: any. */
GITOPS_API size_t gitops_diagnostics_count(const gitops_diagnostics *list);
GITOPS_API uint64_t gitops_diagnostics_errors(const gitops_diagnostics *list);
GITOPS_API uint64_t gitops_diagnostics_warnings(const gitops_diagnostics *list);

/*
 * Copies problem i into *problem: where is the file; document, line and column are the place.
 * Returns GITOPS_SEVERITY_..., or GITOPS_ENOTFOUND when i is out of range. Threads: any.
 */
GITOPS_API int gitops_diagnostics_get(const gitops_diagnostics *list, size_t i,
                                      gitops_error *problem);

/*
 * JSON pointer (RFC 6901) of what problem i is about, in the document that the problem names: the
 * value, or for text that cannot be read the innermost list, map or member that was open there. ""
 * is the document itself, or a problem of no document. A pointer of more than 1,000 bytes ends
 * earlier, at a whole segment.
 * Returns a borrowed string; NULL when i is out of range. Threads: any.
 */
GITOPS_API const char *gitops_diagnostics_pointer(const gitops_diagnostics *list, size_t i);

/*
 * Key of the object that problem i is about, as far as it is known: problems of a manifest have
 * one when the object's identity could be read, also if the rest of it could not. Returns a
 * borrowed string or NULL. Threads: any.
 */
GITOPS_API const char *gitops_diagnostics_key(const gitops_diagnostics *list, size_t i);

#ifdef __cplusplus
}
#endif
#endif
