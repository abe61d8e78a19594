/*
 * git_mirror: the only place that talks to the network. No configuration is consulted (no rewritten
 * URLs, no proxies), no redirect is followed, certificates and host keys fail closed, and what a
 * server may send is limited.
 */
#include "source/git_mirror.h"

#include <errno.h>
#include <fcntl.h>
#include <git2.h>
#include <git2/sys/repository.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "source/git_error.h"
#include "source/git_files.h"
#include "source/location.h"

#define MAX_RECEIVED_BYTES (UINT64_C(8) << 30)
#define MAX_OBJECTS        50000000u

static int write_file(const char *directory, const char *name, const char *text, gitops_error *err)
{
    char path[GOPS_GIT_PATH_SIZE];
    size_t length = strlen(text);
    if (gops_git_join(path, directory, name) < 0)
        return gops_fail(err, GITOPS_ESOURCE, "path of the mirror is too long");
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return gops_git_fail_file(err, errno, path);
    ssize_t written = write(fd, text, length);
    int rc = written < 0 ? errno : (size_t)written < length ? ENOSPC : 0;
    if (close(fd) < 0 && rc == 0)
        rc = errno;
    return rc ? gops_git_fail_file(err, rc, path) : 0;
}

static int make_directory(const char *base, const char *name, gitops_error *err)
{
    char path[GOPS_GIT_PATH_SIZE];
    if (gops_git_join(path, base, name) < 0)
        return gops_fail(err, GITOPS_ESOURCE, "path of the mirror is too long");
    return mkdir(path, 0700) < 0 && errno != EEXIST ? gops_git_fail_file(err, errno, path) : 0;
}

/* An empty bare repository. HEAD comes last: a mirror without it is made again. */
static int make_mirror(const char *path, gitops_error *err)
{
    static const char *const directories[] = {"",     "objects",    "objects/info", "objects/pack",
                                              "refs", "refs/heads", "refs/tags"};
    char head[GOPS_GIT_PATH_SIZE];
    if (gops_git_join(head, path, "HEAD") == 0 && access(head, F_OK) == 0)
        return 0;
    int rc = 0;
    for (size_t i = 0; i < sizeof directories / sizeof directories[0] && rc == 0; i++)
        rc = make_directory(path, directories[i], err);
    if (rc == 0)
        rc = write_file(path, "config", "[core]\n\trepositoryformatversion = 0\n\tbare = true\n",
                        err);
    return rc < 0 ? rc : write_file(path, "HEAD", "ref: refs/heads/main\n", err);
}

static int check_certificate(git_cert *certificate, int valid, const char *host, void *payload)
{
    (void)certificate;
    (void)host;
    (void)payload;
    if (valid)
        return 0;
    git_error_set_str(GIT_ERROR_NET, "the certificate or host key of the server is not trusted");
    return GIT_ECERTIFICATE;
}

/* Keys of the agent for ssh, once; everything else must stand in the URL. */
static int give_credential(git_credential **out, const char *url, const char *user,
                           unsigned allowed, void *payload)
{
    int *asked = payload;
    (void)url;
    if ((allowed & GIT_CREDENTIAL_SSH_KEY) && user && !(*asked)++)
        return git_credential_ssh_key_from_agent(out, user);
    git_error_set_str(GIT_ERROR_NET, "the server does not accept the credentials that there are");
    return GIT_EAUTH;
}

static int check_progress(const git_indexer_progress *progress, void *payload)
{
    (void)payload;
    if (progress->received_bytes <= MAX_RECEIVED_BYTES && progress->total_objects <= MAX_OBJECTS)
        return 0;
    git_error_set_str(GIT_ERROR_NET, "the server sends more than is taken");
    return GIT_EUSER;
}

/* Opens the mirror with an empty configuration in place of the host's. */
static int open_mirror(git_repository **out, const char *path)
{
    git_config *config = NULL;
    int rc = git_repository_open_bare(out, path);
    if (rc == 0)
        rc = git_config_new(&config);
    if (rc == 0)
        rc = git_repository_set_config(*out, config);
    git_config_free(config);
    return rc;
}

static int make_remote(git_remote **out, git_repository *repository, const char *url)
{
    git_remote_create_options options;
    int rc = git_remote_create_options_init(&options, GIT_REMOTE_CREATE_OPTIONS_VERSION);
    if (rc < 0)
        return rc;
    options.repository = repository;
    options.flags = GIT_REMOTE_CREATE_SKIP_INSTEADOF | GIT_REMOTE_CREATE_SKIP_DEFAULT_FETCHSPEC;
    return git_remote_create_with_opts(out, url, &options);
}

static int fetch(git_remote *remote)
{
    char heads[] = "+refs/heads/*:refs/heads/*", tags[] = "+refs/tags/*:refs/tags/*";
    char *specs[] = {heads, tags};
    git_strarray list = {specs, 2};
    git_fetch_options options;
    int asked = 0;
    int rc = git_fetch_options_init(&options, GIT_FETCH_OPTIONS_VERSION);
    if (rc < 0)
        return rc;
    options.callbacks.certificate_check = check_certificate;
    options.callbacks.credentials = give_credential;
    options.callbacks.transfer_progress = check_progress;
    options.callbacks.payload = &asked;
    options.prune = GIT_FETCH_PRUNE;
    options.update_fetchhead = 0;
    options.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE; /* the second spec has them all */
    options.follow_redirects = GIT_REMOTE_REDIRECT_NONE;
    return git_remote_fetch(remote, &list, &options, NULL);
}

/* Lets HEAD stand for the branch that the remote's HEAD stands for. */
static int follow_head(git_repository *repository, git_remote *remote, int *has_head)
{
    git_buf name = {NULL, 0, 0};
    git_reference *head = NULL;
    int rc = git_remote_default_branch(&name, remote);
    *has_head = rc == 0;
    if (rc == 0)
        rc = git_reference_symbolic_create(&head, repository, "HEAD", name.ptr, 1, NULL);
    else if (rc == GIT_ENOTFOUND)
        rc = 0;
    git_reference_free(head);
    git_buf_dispose(&name);
    return rc;
}

int gops_mirror_update(const char *path, const char *url, int *has_head, gitops_error *err)
{
    git_repository *repository = NULL;
    git_remote *remote = NULL;
    char shown[256];
    gops_url_public(url, shown, sizeof shown);
    int rc = make_mirror(path, err);
    if (rc < 0)
        return rc;
    rc = open_mirror(&repository, path);
    if (rc == 0)
        rc = make_remote(&remote, repository, url);
    if (rc == 0)
        rc = fetch(remote);
    if (rc == 0)
        rc = follow_head(repository, remote, has_head);
    if (rc < 0)
        rc = gops_fail_git(err, rc, url, "fetch", shown);
    git_remote_free(remote);
    git_repository_free(repository);
    return rc;
}
