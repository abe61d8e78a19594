/*
 * diff: the result of comparing one object, and what others ask of it. The walk does the work; here
 * the documents are made ready for it and its answers become documents.
 */
#include "diff/diff.h"

#include <string.h>

#include "base/options.h"
#include "diff/changes.h"
#include "diff/holds.h"
#include "diff/kubernetes.h"
#include "diff/patch.h"
#include "diff/secret.h"
#include "diff/triwalk.h"
#include "value/document.h"
#include "value/emit.h"

struct gitops_diff {
    gitops_context *context;
    gitops_schema *schema;
    gitops_document *given[GOPS_SIDES]; /* NULL = absent */
    gitops_document *sides[GOPS_SIDES]; /* as compared: given (borrowed), or a normal form of it */
    gitops_document *normal;            /* what the target made of base; NULL: not known */
    gitops_document *merged, *new_base; /* NULL = absent */
    gitops_changes *changes;
    int has_drift, has_git_change, writes, keeps, tells, replaces;
};

static const gitops_value *root_of(const gitops_document *document)
{
    return document ? gitops_document_root(document) : NULL;
}

/* The document that says what kind of object this is. */
static const gitops_value *leading_root(const gitops_diff *diff)
{
    static const int order[GOPS_SIDES] = {GOPS_DESIRED, GOPS_LIVE, GOPS_BASE};
    for (int i = 0; i < GOPS_SIDES; i++)
        if (diff->sides[order[i]])
            return root_of(diff->sides[order[i]]);
    return NULL;
}

static int choose_schema(gitops_diff *diff, gitops_schema *schema, gitops_error *err)
{
    if (schema) {
        diff->schema = gitops_schema_ref(schema);
        return 0;
    }
    int is_plain = gops_object_kind_of(leading_root(diff)) == GOPS_OBJECT_PLAIN;
    return gitops_schema_new(&diff->schema, diff->context,
                             is_plain ? GITOPS_SCHEMA_NONE : GITOPS_SCHEMA_KUBERNETES, err);
}

static gops_object_kind kind_of(const gitops_diff *diff)
{
    return gops_schema_null_is_absent(diff->schema) ? gops_object_kind_of(leading_root(diff))
                                                    : GOPS_OBJECT_PLAIN;
}

/* Secrets are compared in one form, if what we state can be brought into it. */
static int has_one_form(const gitops_diff *diff)
{
    return kind_of(diff) == GOPS_OBJECT_SECRET &&
           gops_secret_is_readable(diff->given[GOPS_BASE]) &&
           gops_secret_is_readable(diff->given[GOPS_DESIRED]);
}

/* What Kubernetes would do to the documents before keeping them. */
static int normalise(gitops_diff *diff, gitops_error *err)
{
    if (!has_one_form(diff))
        return 0;
    for (int side = 0; side < GOPS_SIDES; side++) {
        if (gops_secret_normalise(&diff->sides[side], diff->context, diff->given[side]) < 0)
            return gops_fail_memory(err);
        if (diff->sides[side] == diff->given[side])
            gitops_document_free(diff->given[side]); /* one more hold, of which there is no need */
    }
    gitops_document *given = diff->normal;
    int status = gops_secret_normalise(&diff->normal, diff->context, given);
    gitops_document_free(given);
    return status < 0 ? gops_fail_memory(err) : 0;
}

static gops_secret_forms forms_of(const gitops_diff *diff, int side)
{
    gops_secret_forms forms = {root_of(diff->given[side]), root_of(diff->sides[side])};
    return forms;
}

/* What was made of normal forms is sent and remembered in the forms that were given. */
static int restore(const gitops_diff *diff, gitops_document *made, int first, int second)
{
    gops_secret_forms one = forms_of(diff, first), other = forms_of(diff, second);
    if (one.given == one.normal && other.given == other.normal)
        return 0;
    return gops_secret_restore(made, &one, &other);
}

static gops_sides roots_of(const gitops_diff *diff)
{
    gops_sides raw;
    for (int side = 0; side < GOPS_SIDES; side++)
        raw.of[side] = root_of(diff->sides[side]);
    return raw;
}

/*
 * The document whose root the walk answered with: a side as it was given, or made, which then holds
 * on to the sides it borrows from. What is on first stands as there. made is used up; NULL with
 * *status set: no memory.
 */
static gitops_document *take_result(const gitops_diff *diff, gitops_document *made,
                                    const gitops_value *root, int first, int *status)
{
    gitops_document *result = NULL;
    for (int side = 0; side < GOPS_SIDES && root && !result; side++)
        if (root == root_of(diff->sides[side]))
            result = gitops_document_ref(diff->given[side]);
    if (!root || result) {
        gitops_document_free(made);
        return result;
    }
    int second = first == GOPS_LIVE ? GOPS_DESIRED : GOPS_BASE;
    made->root = *root;
    gops_document_share(made, diff->sides[first]);
    gops_document_share(made, diff->sides[second]);
    if (restore(diff, made, first, second) == 0)
        return made;
    gitops_document_free(made);
    *status = GITOPS_ENOMEM;
    return NULL;
}

/* 1 when Git may have dropped something, below which others may own fields. */
static int may_remove(const gitops_diff *diff)
{
    const gitops_value *base = root_of(diff->sides[GOPS_BASE]);
    const gitops_value *desired = root_of(diff->sides[GOPS_DESIRED]);
    return base && desired && !gops_value_same(base, desired);
}

/* Who owns what in live. Where rules name field managers, what these own there is ignored. */
static void find_owners(gops_triwalk *walk, gops_schema_place *root)
{
    gops_fields *fields = gops_triwalk_scratch(walk, 1, sizeof *fields);
    if (!fields)
        return;
    if (gops_fields_read(fields, walk->context, &walk->scratch, walk->object) < 0)
        walk->status = GITOPS_ENOMEM;
    for (size_t i = 0; i < fields->manager_count; i++)
        fields->managers[i].ignored = gops_schema_ignores_manager(
            root, fields->managers[i].text, fields->managers[i].length);
    gops_field_ignore(&fields->root);
    root->field = &fields->root;
    walk->fields = fields;
}

static void begin_walk(gops_triwalk *walk, const gitops_diff *diff, gops_schema_place *root)
{
    const gitops_value *leading = leading_root(diff);
    memset(walk, 0, sizeof *walk);
    walk->schema = diff->schema;
    walk->null_is_absent = gops_schema_null_is_absent(diff->schema);
    walk->object = root_of(diff->sides[GOPS_LIVE]);
    walk->kind = (int)kind_of(diff);
    gops_triwalk_begin(walk, diff->context);
    gops_schema_root(diff->schema, leading, root);
    if (walk->object && (gops_schema_has_managers(diff->schema) || may_remove(diff)))
        find_owners(walk, root);
}

static int fail_conflicts(const gops_triwalk *walk, const gitops_changes *changes,
                          gitops_error *err)
{
    const char *path = "";
    for (size_t i = changes->count; i-- > 0;)
        if (changes->list[i].rule->conflict)
            path = changes->list[i].path;
    return gops_fail(err, GITOPS_ECONFLICT,
                     "changed both in git and in the target: %zu fields, the first at \"%s\"",
                     walk->conflict_count, path);
}

/* Turns the answer of the walk into the documents of the diff. */
static int finish(gitops_diff *diff, const gops_triwalk *walk, gops_outcome out,
                  gitops_document *merged, gitops_document *base, gitops_error *err)
{
    diff->has_drift = walk->has_drift;
    diff->has_git_change = walk->has_git_change;
    diff->writes = walk->writes;
    diff->keeps = walk->keeps;
    diff->tells = walk->tells;
    diff->replaces = walk->replaces;
    if (walk->conflict_count) {
        gitops_document_free(merged);
        gitops_document_free(base);
        if (diff->given[GOPS_BASE])
            diff->new_base = gitops_document_ref(diff->given[GOPS_BASE]);
        return fail_conflicts(walk, diff->changes, err);
    }
    const gitops_value *live = root_of(diff->sides[GOPS_LIVE]);
    if (out.merged && live && gops_value_same(out.merged, live))
        out.merged = live;
    int status = 0;
    diff->merged = take_result(diff, merged, out.merged, GOPS_LIVE, &status);
    if (walk->adopts)
        gops_document_share(base, diff->sides[GOPS_LIVE]);
    diff->new_base = take_result(diff, base, diff->given[GOPS_DESIRED] ? out.base : NULL,
                                 GOPS_DESIRED, &status);
    return status < 0 ? gops_fail_memory(err) : 0;
}

static int keep_all(gitops_diff *diff, const char *file, gitops_error *err)
{
    diff->changes = gops_changes_new(diff->context, file);
    if (!diff->changes)
        return gops_fail_memory(err);
    diff->merged = gitops_document_ref(diff->given[GOPS_LIVE]);
    diff->new_base = gitops_document_ref(diff->given[GOPS_DESIRED]);
    return 0;
}

/* The walk, which makes documents of its own. */
static int merge(gitops_diff *diff, gops_triwalk *walk, const gops_schema_place *root,
                 const char *file, gitops_error *err)
{
    gitops_document *merged = gops_document_new(diff->context);
    gitops_document *base = gops_document_new(diff->context);
    diff->changes = gops_changes_new(diff->context, file);
    if (merged && base && diff->changes) {
        gops_sides raw = roots_of(diff);
        walk->merged = &merged->arena;
        walk->base = &base->arena;
        walk->changes = diff->changes;
        gops_outcome out = gops_merge_whole(walk, root, &raw);
        if (walk->status == 0)
            return finish(diff, walk, out, merged, base, err);
    }
    gitops_document_free(merged);
    gitops_document_free(base);
    return gops_fail_memory(err);
}

/* What nearly every walk would find: nothing was changed, but the target added what is its own. */
static int is_in_sync(gops_triwalk *walk, const gops_schema_place *root, const gops_sides *raw)
{
    return raw->of[GOPS_LIVE] && raw->of[GOPS_DESIRED] && walk->status == 0 &&
           gops_value_same(raw->of[GOPS_BASE], raw->of[GOPS_DESIRED]) &&
           gops_holds(walk, root, raw->of[GOPS_DESIRED], raw->of[GOPS_LIVE]);
}

static int compare(gitops_diff *diff, const gitops_diff_options *options, gitops_error *err)
{
    gops_triwalk walk;
    gops_schema_place root;
    begin_walk(&walk, diff, &root);
    walk.policy = (gops_policy){GITOPS_CONFLICT_DESIRED, GITOPS_DRIFT_REVERT, 0};
    gops_policy_set(&walk.policy,
                    (gops_policy){(uint8_t)options->conflict, (uint8_t)options->drift, 0});
    walk.manager = options->manager;
    if (walk.manager && walk.fields)
        walk.own = gops_fields_manager(walk.fields, walk.manager);
    walk.resolve = options->resolve;
    walk.user_data = options->user_data;
    walk.normal = (gops_normal){root_of(diff->normal), diff->normal != NULL};
    gops_sides raw = roots_of(diff);
    int status = is_in_sync(&walk, &root, &raw) ? keep_all(diff, options->file, err)
                                                : merge(diff, &walk, &root, options->file, err);
    gops_triwalk_end(&walk);
    return status;
}

static int check_options(gitops_diff_options *own, const gitops_diff_options *options,
                         gitops_error *err)
{
    int status = gops_options_import(own, sizeof *own, options, "diff options", err);
    if (status < 0)
        return status;
    if (own->conflict < 0 || own->conflict > GITOPS_CONFLICT_CALLBACK)
        return gops_fail(err, GITOPS_EINVAL, "there is no conflict policy %d", (int)own->conflict);
    if (own->conflict == GITOPS_CONFLICT_CALLBACK && !own->resolve)
        return gops_fail(err, GITOPS_EINVAL, "diff options: resolve is NULL, and conflicts are for it");
    if (own->drift < 0 || own->drift > GITOPS_DRIFT_IGNORE)
        return gops_fail(err, GITOPS_EINVAL, "there is no drift policy %d", (int)own->drift);
    return 0;
}

static void hold_side(gitops_diff *diff, int side, gitops_document *document)
{
    if (document)
        diff->given[side] = diff->sides[side] = gitops_document_ref(document);
}

/*
 * What nearly every diff finds. It is asked before documents are held: a count is written with
 * everything before it done, so that the three would be fetched from memory one after the other.
 */
static int is_unchanged(const gitops_document *base, const gitops_document *desired,
                        const gitops_document *live)
{
    return base && desired && live && gops_value_same(root_of(base), root_of(desired)) &&
           gops_value_same(root_of(desired), root_of(live));
}

/* A document without it is its own normal form, and that is sooner seen than of which kind it is. */
static int has_string_data(const gitops_document *document)
{
    return gops_value_member(gitops_document_root(document), "stringData", 10) != NULL;
}

int gitops_diff_new(gitops_diff **out, gitops_context *context, gitops_document *base,
                    gitops_document *desired, gitops_document *live,
                    const gitops_diff_options *options, gitops_error *err)
{
    gitops_diff_options own;
    if (!out)
        return gops_fail(err, GITOPS_EINVAL, "diff: out is NULL");
    *out = NULL;
    if (!context)
        return gops_fail(err, GITOPS_EINVAL, "diff: context is NULL");
    int status = check_options(&own, options, err);
    if (status < 0)
        return status;
    int unchanged = is_unchanged(base, desired, live);
    gitops_diff *diff = gops_calloc(context, 1, sizeof *diff);
    if (!diff)
        return gops_fail_memory(err);
    diff->context = gops_context_ref(context);
    hold_side(diff, GOPS_BASE, base);
    hold_side(diff, GOPS_DESIRED, desired);
    hold_side(diff, GOPS_LIVE, live);
    diff->normal = own.normal ? gitops_document_ref(own.normal) : NULL;
    status = choose_schema(diff, own.schema, err);
    if (status == 0 && (!unchanged || has_string_data(desired)))
        status = normalise(diff, err);
    if (status == 0)
        status = unchanged ? keep_all(diff, own.file, err) : compare(diff, &own, err);
    if (status < 0 && status != GITOPS_ECONFLICT) {
        gitops_diff_free(diff);
        return status;
    }
    *out = diff;
    return status;
}

void gitops_diff_free(gitops_diff *diff)
{
    if (!diff)
        return;
    gitops_context *context = diff->context;
    for (int side = 0; side < GOPS_SIDES; side++) {
        if (diff->sides[side] != diff->given[side])
            gitops_document_free(diff->sides[side]);
        gitops_document_free(diff->given[side]);
    }
    gitops_document_free(diff->normal);
    gitops_document_free(diff->merged);
    gitops_document_free(diff->new_base);
    gitops_changes_free(diff->changes);
    gitops_schema_free(diff->schema);
    gops_free(context, diff);
    gitops_context_free(context);
}

gitops_document *gitops_diff_merged(const gitops_diff *diff)
{
    return diff->merged;
}

int32_t gitops_diff_differs(const gitops_diff *diff)
{
    return !gops_value_same(root_of(diff->merged), root_of(diff->given[GOPS_LIVE]));
}

int32_t gitops_diff_replaces(const gitops_diff *diff)
{
    return diff->replaces;
}

gitops_changes *gitops_diff_changes(const gitops_diff *diff)
{
    return diff->changes;
}

gitops_document *gops_diff_desired(const gitops_diff *diff)
{
    return diff->given[GOPS_DESIRED];
}

gitops_document *gops_diff_live(const gitops_diff *diff)
{
    return diff->given[GOPS_LIVE];
}

const gitops_value *gops_diff_side(const gitops_diff *diff, int side)
{
    return root_of(diff->sides[side]);
}

gitops_context *gops_diff_context(const gitops_diff *diff)
{
    return diff->context;
}

gitops_document *gops_diff_new_base(const gitops_diff *diff)
{
    return diff->new_base;
}

int gops_diff_rebases(const gitops_diff *diff)
{
    return !gops_value_same(root_of(diff->new_base), root_of(diff->given[GOPS_BASE]));
}

int gops_diff_has_drift(const gitops_diff *diff)
{
    return diff->has_drift;
}

int gops_diff_has_git_change(const gitops_diff *diff)
{
    return diff->has_git_change;
}

int gops_diff_writes(const gitops_diff *diff)
{
    return diff->writes;
}

int gops_diff_keeps(const gitops_diff *diff)
{
    return diff->keeps;
}

int gops_diff_is_protected(const gitops_diff *diff)
{
    return kind_of(diff) != GOPS_OBJECT_PLAIN && gops_object_is_protected(leading_root(diff));
}

int gops_diff_tells(const gitops_diff *diff)
{
    return diff->tells;
}

void gops_diff_root_place(const gitops_diff *diff, gops_schema_place *out)
{
    gops_schema_root(diff->schema, leading_root(diff), out);
}

/* What a projection is for. */
typedef enum projection { PROJECT_LIVE = 0, PROJECT_SERVER, PROJECT_NORMAL } projection;

/*
 * What live (a root like that of sides[GOPS_LIVE]) holds of the leaves we own, in the arena of out;
 * NULL: nothing. whole: for a normal form what was sent, for a server the new base; else NULL.
 * Returns 0 or GITOPS_ENOMEM.
 */
static int project(const gitops_diff *diff, const gitops_value *live, projection purpose,
                   const gitops_value *whole, gitops_document *out, const gitops_value **owned)
{
    gops_triwalk walk;
    gops_schema_place root;
    begin_walk(&walk, diff, &root);
    walk.merged = walk.base = &out->arena;
    walk.mode = GOPS_TRIWALK_PROJECT;
    walk.for_server = purpose == PROJECT_SERVER;
    walk.pairs = purpose == PROJECT_NORMAL;
    walk.normal = (gops_normal){whole, whole != NULL};
    gops_sides raw = roots_of(diff);
    raw.of[GOPS_LIVE] = live;
    *owned = gops_merge_whole(&walk, &root, &raw).merged;
    int status = walk.status;
    gops_triwalk_end(&walk);
    return status;
}

void gops_diff_owned_live(const gitops_diff *diff, gops_buffer *out)
{
    const gitops_value *owned;
    gitops_document *scratch = gops_document_new(diff->context);
    if (!scratch ||
        project(diff, root_of(diff->sides[GOPS_LIVE]), PROJECT_LIVE, NULL, scratch, &owned) < 0)
        out->status = GITOPS_ENOMEM;
    else if (owned)
        gops_emit_canonical(out, owned);
    gitops_document_free(scratch);
}

/*
 * A document of what live (as in project) holds of the leaves we own, an empty map when nothing; it
 * holds on to live. NULL: no memory.
 */
static gitops_document *owned_document(const gitops_diff *diff, gitops_document *live,
                                       projection purpose, const gitops_document *whole)
{
    const gitops_value *owned;
    gitops_document *document = gops_document_new(diff->context);
    if (!document || project(diff, root_of(live), purpose, root_of(whole), document, &owned) < 0) {
        gitops_document_free(document);
        return NULL;
    }
    if (owned)
        document->root = *owned;
    else
        gops_value_set_map(&document->root, NULL, 0);
    gops_document_share(document, diff->sides[GOPS_DESIRED]);
    gops_document_share(document, live);
    return document;
}

/* A document of ours as the sides are compared. NULL: no memory. */
static gitops_document *as_compared(const gitops_diff *diff, gitops_document *document)
{
    gitops_document *compared;
    if (!has_one_form(diff))
        return gitops_document_ref(document);
    return gops_secret_normalise(&compared, diff->context, document) < 0 ? NULL : compared;
}

int gops_diff_owned_merged(const gitops_diff *diff, gitops_document **out)
{
    gitops_document *merged = as_compared(diff, diff->merged);
    gitops_document *base = merged && diff->new_base ? as_compared(diff, diff->new_base) : NULL;
    *out = NULL;
    if (merged && (base || !diff->new_base))
        *out = owned_document(diff, merged, PROJECT_SERVER, base);
    gitops_document_free(merged);
    gitops_document_free(base);
    return *out ? 0 : GITOPS_ENOMEM;
}

/* The walk of gops_diff_carried_normal; next is the new base as compared. */
static gitops_document *carry_normal(const gitops_diff *diff, gitops_document *next)
{
    gops_triwalk walk;
    gops_schema_place root;
    gitops_document *document = gops_document_new(diff->context);
    if (!document)
        return NULL;
    begin_walk(&walk, diff, &root);
    walk.merged = walk.base = &document->arena;
    walk.mode = GOPS_TRIWALK_CARRY;
    walk.object = NULL; /* what it says of itself does not count here */
    walk.normal = (gops_normal){root_of(diff->normal), 1};
    gops_sides raw = {{root_of(diff->sides[GOPS_BASE]), root_of(next), root_of(next)}};
    const gitops_value *carried = gops_merge_whole(&walk, &root, &raw).merged;
    int status = walk.status;
    gops_triwalk_end(&walk);
    if (status < 0) {
        gitops_document_free(document);
        return NULL;
    }
    if (carried)
        document->root = *carried;
    else
        gops_value_set_map(&document->root, NULL, 0);
    gops_document_share(document, next);
    gops_document_share(document, diff->normal);
    return document;
}

int gops_diff_carried_normal(const gitops_diff *diff, gitops_document **out)
{
    *out = NULL;
    if (!diff->normal || !diff->new_base)
        return 0;
    gitops_document *next = as_compared(diff, diff->new_base);
    *out = next ? carry_normal(diff, next) : NULL;
    int status = *out ? 0 : GITOPS_ENOMEM;
    if (*out && gops_value_same(root_of(*out), root_of(next))) {
        gitops_document_free(*out);
        *out = NULL;
    }
    gitops_document_free(next);
    return status;
}

/* 1 when a policy kept what makes live an object of another kind, which is read in another way. */
static int is_other_kind(const gitops_diff *diff, const gitops_value *body)
{
    gops_schema_place ours, told;
    gops_schema_root(diff->schema, leading_root(diff), &ours);
    gops_schema_root(diff->schema, body, &told);
    return ours.type != told.type || ours.kind != told.kind || ours.globs != told.globs ||
           gops_object_kind_of(leading_root(diff)) != gops_object_kind_of(body);
}

/*
 * A server does what a merge does that knows no policies: what base said and body does not goes, and
 * what neither says stays.
 */
int gops_diff_reads_back(const gitops_diff *diff, gitops_document *body, gops_buffer *place)
{
    gops_triwalk walk;
    gops_schema_place root;
    gitops_document *scratch = gops_document_new(diff->context);
    gitops_document *merged = as_compared(diff, diff->merged);
    int status = GITOPS_ENOMEM;
    if (scratch && merged) {
        begin_walk(&walk, diff, &root);
        walk.merged = walk.base = &scratch->arena;
        walk.as_server = 1;
        walk.policy = (gops_policy){GITOPS_CONFLICT_DESIRED, GITOPS_DRIFT_REVERT, 0};
        gops_sides raw = roots_of(diff);
        raw.of[GOPS_DESIRED] = root_of(body);
        const gitops_value *applied = gops_merge_whole(&walk, &root, &raw).merged;
        status = walk.status < 0 ? walk.status : gops_value_same(applied, root_of(merged));
        if (status == 0 && applied)
            gops_patch_push_difference(place, applied, root_of(merged));
        if (status == 1 && is_other_kind(diff, root_of(body)))
            status = 0;
        gops_triwalk_end(&walk);
    }
    gitops_document_free(scratch);
    gitops_document_free(merged);
    return status;
}

/* What the target made of what was sent, as normal says it: owned leaves, lists by their members. */
static int make_normal(gitops_diff *diff, gitops_document *merged, gitops_document **out)
{
    gitops_document *whole = merged ? as_compared(diff, merged) : NULL;
    if (merged && !whole)
        return GITOPS_ENOMEM;
    *out = owned_document(diff, diff->sides[GOPS_LIVE], PROJECT_NORMAL, whole);
    gitops_document_free(whole);
    return *out ? 0 : GITOPS_ENOMEM;
}

int gops_diff_normal(gitops_document **out, gitops_context *context, gitops_document *sent,
                     gitops_document *merged, gitops_document *answer, gitops_schema *schema,
                     gitops_error *err)
{
    gitops_diff_options options = {.struct_size = sizeof options, .schema = schema};
    gitops_diff *diff;
    if (!out || !sent || !answer)
        return gops_fail(err, GITOPS_EINVAL, "diff normal: an argument is NULL");
    *out = NULL;
    int status = gitops_diff_new(&diff, context, sent, sent, answer, &options, err);
    if (status < 0)
        return status;
    if (gitops_diff_differs(diff) && make_normal(diff, merged, out) < 0)
        status = gops_fail_memory(err);
    gitops_diff_free(diff);
    return status;
}

int gitops_diff_normal(gitops_document **out, gitops_context *context, gitops_document *sent,
                       gitops_document *answer, gitops_schema *schema, gitops_error *err)
{
    return gops_diff_normal(out, context, sent, NULL, answer, schema, err);
}
