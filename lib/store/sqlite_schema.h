/* The tables of a state file and every statement that is run on them. */
#ifndef GOPS_STORE_SQLITE_SCHEMA_H
#define GOPS_STORE_SQLITE_SCHEMA_H

enum {
    GOPS_SCHEMA_APPLICATION = 0x676F7073, /* "gops" */
    GOPS_SCHEMA_VERSION = 2,
    GOPS_SCHEMA_TABLES = 7
};

/* In the order in which they are created. */
extern const char *const gops_schema_tables[GOPS_SCHEMA_TABLES];

typedef enum gops_sql {
    GOPS_SQL_BEGIN_READ,
    GOPS_SQL_BEGIN_WRITE,
    GOPS_SQL_COMMIT,
    GOPS_SQL_ROLLBACK,
    GOPS_SQL_STORE_READ,
    GOPS_SQL_STORE_WRITE,
    GOPS_SQL_UNIT_READ,
    GOPS_SQL_UNIT_STRAY,
    GOPS_SQL_UNIT_ADD,
    GOPS_SQL_UNIT_WRITE,
    GOPS_SQL_UNIT_BIND,
    GOPS_SQL_DOCUMENT_READ,
    GOPS_SQL_DOCUMENT_ADD,
    GOPS_SQL_DOCUMENT_DROP,
    GOPS_SQL_ROWS,
    GOPS_SQL_ROW_READ,
    GOPS_SQL_ROW_PUT,
    GOPS_SQL_ROW_DROP,
    GOPS_SQL_INTENTS,
    GOPS_SQL_INTENT_READ,
    GOPS_SQL_INTENT_PUT,
    GOPS_SQL_INTENT_DROP,
    GOPS_SQL_RUNS,
    GOPS_SQL_RUN_READ,
    GOPS_SQL_RUN_OLD,
    GOPS_SQL_RUN_ADD,
    GOPS_SQL_RUN_WRITE,
    GOPS_SQL_RUN_DROP,
    GOPS_SQL_OPERATIONS,
    GOPS_SQL_OPERATION_ADD,
    GOPS_SQL_OPERATIONS_DROP,
    GOPS_SQL_COUNT
} gops_sql;

extern const char *const gops_schema_statements[GOPS_SQL_COUNT];

#endif
