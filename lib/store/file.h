/*
 * The state file as the operating system sees it: its names, the one writer's lock, and a register
 * beside it that remembers the last write.
 */
#ifndef GOPS_STORE_FILE_H
#define GOPS_STORE_FILE_H

#include "base/context.h"

typedef struct gops_file {
    gitops_context *context; /* borrowed */
    char *name;              /* as the caller gave it, for messages */
    char *path;              /* absolute and without links, where that can be found out */
    char *wal, *lock;        /* PATH-wal, PATH-lock */
    int lock_fd;             /* -1: not locked by us */
} gops_file;

/* Finds the names. Returns 0, GITOPS_ENOMEM or GITOPS_ESTORE; release also after a failure. */
int gops_file_init(gops_file *file, gitops_context *context, const char *name, gitops_error *err);
void gops_file_release(gops_file *file);

/* What tells one state of a file from another. size -1: there is no file. */
typedef struct gops_file_stamp {
    int64_t size, wal_size;
    uint64_t device, inode;
    int64_t seconds, nanoseconds;
} gops_file_stamp;

/* Returns 0 or GITOPS_ESTORE: it cannot be looked at, or is no regular file. */
int gops_file_look(const gops_file *file, gops_file_stamp *out, gitops_error *err);

/* Makes an empty file that only its owner can read; a file that is there already is left alone. */
int gops_file_create(const gops_file *file, gitops_error *err);

/*
 * Takes the lock, which ends with the process at the latest. GITOPS_ELOCKED: another store, of
 * this or another process, has it; also when this one has it already.
 */
int gops_file_lock(gops_file *file, gitops_error *err);
void gops_file_unlock(gops_file *file);

/* 0 while our lock is in force: it is lost when somebody removes the lock file. GITOPS_ELOCKED. */
int gops_file_check_lock(const gops_file *file, gitops_error *err);

/* 1 when somebody holds the lock. */
int gops_file_is_locked(const gops_file *file);

/*
 * The register, kept in the lock file: which store was written last, and how often. It is written
 * after each commit and so is never ahead of the state, unless the state was put back.
 */
typedef struct gops_register {
    uint8_t lineage[16];
    uint64_t serial;
} gops_register;

/* Returns 1, or 0 when there is none or it is damaged. */
int gops_register_read(const gops_file *file, gops_register *out);

/* Needs the lock. A failure leaves the register behind the state, which is harmless. */
void gops_register_write(const gops_file *file, const gops_register *value);

#endif
