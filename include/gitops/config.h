/*
 * gitops/config.h - the two files that say what is kept equal to what (docs/configuration.md).
 *
 *     gitops_config_new(&config, context, &err);
 *     gitops_config_read_host(config, text, length, "gitops-host.yaml", &err);
 *     // ... open gitops_config_source(config), fetch it, read its file gitops.yaml
 *     gitops_config_read_units(config, text, length, "gitops.yaml", &err);
 *     for (size_t i = 0; i < gitops_config_unit_count(config); i++) {
 *         gitops_config_unit_options(config, i, &options);
 *         options.source = source;
 *         options.target = open(gitops_config_unit_target(config, i));
 *         gitops_unit_new(&unit, context, &options, &err);
 *     }
 *
 * The host's file says where and how far: source, state, targets, environment, limits. The file in
 * the repository says what: units with their paths, and wishes that may only tighten the limits. It
 * names no command, no place outside of the repository, and targets only by the names that the host
 * gave them: who writes to the repository cannot reach beyond.
 *
 * Caveats: this only reads text. A host that likes another form of configuration fills
 * gitops_unit_options itself.
 */
#ifndef GITOPS_CONFIG_H
#define GITOPS_CONFIG_H

#include <gitops/plan.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct gitops_config gitops_config;

/*
 * An empty configuration. Returns 0, GITOPS_EINVAL or GITOPS_ENOMEM. Ownership: the caller frees
 * *out, which owns all texts that the functions below give. Threads: one at a time while it is
 * read, then any.
 */
GITOPS_API int gitops_config_new(gitops_config **out, gitops_context *context, gitops_error *err);
GITOPS_API void gitops_config_free(gitops_config *config);

/*
 * Reads the host's file; once, and before the units. name is used in messages. Unknown members are
 * errors. Returns 0; GITOPS_EPARSE with the place of the first problem, all of them being in
 * gitops_config_diagnostics; GITOPS_EUNSUPPORTED (of a newer version), GITOPS_ESTATE (it was read
 * before) or GITOPS_ENOMEM. After a failure the configuration can only be asked for its problems.
 */
GITOPS_API int gitops_config_read_host(gitops_config *config, const char *text, size_t length,
                                       const char *name, gitops_error *err);

/*
 * Reads the repository's file; once. Without a host's file all units are there, of whatever
 * environment, and targets may have any name. Returns as gitops_config_read_host.
 */
GITOPS_API int gitops_config_read_units(gitops_config *config, const char *text, size_t length,
                                        const char *name, gitops_error *err);

/* The problems of both files; borrowed, never NULL. */
GITOPS_API const gitops_diagnostics *gitops_config_diagnostics(const gitops_config *config);

/* Of the host's file: NULL where nothing is said. interval 0: the default. */
GITOPS_API const char *gitops_config_source(const gitops_config *config);
GITOPS_API const char *gitops_config_ref(const gitops_config *config);
GITOPS_API const char *gitops_config_state(const gitops_config *config);
GITOPS_API const char *gitops_config_environment(const gitops_config *config);
GITOPS_API int64_t gitops_config_interval_ms(const gitops_config *config);

/* Where the target of a name is, in the words of the host; NULL: there is none of that name. */
GITOPS_API const char *gitops_config_target(const gitops_config *config, const char *name);

/* The units of the environment, in the order of the file's names; NULL when out of range. */
GITOPS_API size_t gitops_config_unit_count(const gitops_config *config);
GITOPS_API const char *gitops_config_unit_name(const gitops_config *config, size_t i);

/* The name of its target; the path of its schema in the repository (NULL: none). */
GITOPS_API const char *gitops_config_unit_target(const gitops_config *config, size_t i);
GITOPS_API const char *gitops_config_unit_schema(const gitops_config *config, size_t i);

/* A label of a unit; NULL: it has none of that name. */
GITOPS_API const char *gitops_config_unit_label(const gitops_config *config, size_t i,
                                                const char *label);

/*
 * 1 when a selector names unit i: a name, a glob ("shop-*"), or "LABEL=VALUE".
 */
GITOPS_API int32_t gitops_config_selects(const gitops_config *config, size_t i,
                                         const char *selector);

/*
 * The options of unit i: name, path, excludes, order between units, and the tighter of what host and
 * repository say of each limit. Source, target and schema are left to the host. Everything else is
 * 0. Returns 0 or GITOPS_EINVAL (out of range). Ownership: what the options refer to lives as long
 * as the configuration.
 */
GITOPS_API int gitops_config_unit_options(const gitops_config *config, size_t i,
                                          gitops_unit_options *options, gitops_error *err);

#ifdef __cplusplus
}
#endif
#endif
