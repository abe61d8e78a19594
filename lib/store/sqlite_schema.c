/*
 * sqlite_schema: tables and statements.
 *
 * A document stands in a table of its own, which is only appended to, and belongs to exactly one
 * row of inventory or intent: those stay small, so that a load reads little, and an outcome takes
 * over the document of its intent instead of writing it again. Keys are BLOBs because they may be
 * any bytes.
 */
#include "store/sqlite_schema.h"

const char *const gops_schema_tables[GOPS_SCHEMA_TABLES] = {
    "CREATE TABLE store(id INTEGER PRIMARY KEY CHECK(id = 1), lineage BLOB NOT NULL, "
    "serial INTEGER NOT NULL, checksum BLOB NOT NULL)",

    "CREATE TABLE unit(unit TEXT NOT NULL PRIMARY KEY, last_run INTEGER NOT NULL, "
    "owned_count INTEGER NOT NULL, owned_sum BLOB NOT NULL, "
    "history_count INTEGER NOT NULL, history_sum BLOB NOT NULL, "
    "note_count INTEGER NOT NULL, note_sum BLOB NOT NULL, "
    "fingerprint BLOB NOT NULL, checksum BLOB NOT NULL) WITHOUT ROWID",

    "CREATE TABLE document(id INTEGER PRIMARY KEY, data BLOB NOT NULL)",

    "CREATE TABLE inventory(unit TEXT NOT NULL REFERENCES unit, key BLOB NOT NULL, "
    "document INTEGER NOT NULL, digest BLOB NOT NULL, content BLOB NOT NULL, "
    "checksum BLOB NOT NULL, adopted INTEGER NOT NULL, PRIMARY KEY(unit, key)) WITHOUT ROWID",

    "CREATE TABLE intent(unit TEXT NOT NULL REFERENCES unit, key BLOB NOT NULL, "
    "document INTEGER NOT NULL, digest BLOB NOT NULL, content BLOB NOT NULL, "
    "checksum BLOB NOT NULL, adopted INTEGER NOT NULL, run INTEGER NOT NULL, "
    "action INTEGER NOT NULL, exempt INTEGER NOT NULL, PRIMARY KEY(unit, key)) WITHOUT ROWID",

    "CREATE TABLE run(unit TEXT NOT NULL REFERENCES unit, number INTEGER NOT NULL, "
    "started INTEGER NOT NULL, finished INTEGER NOT NULL, result INTEGER NOT NULL, "
    "operation_count INTEGER NOT NULL, operation_sum BLOB NOT NULL, checksum BLOB NOT NULL, "
    "revision BLOB NOT NULL, digest BLOB NOT NULL, approved INTEGER NOT NULL, "
    "approver BLOB NOT NULL, reason BLOB NOT NULL, "
    "deletes INTEGER NOT NULL, replaces INTEGER NOT NULL, changed INTEGER NOT NULL, "
    "PRIMARY KEY(unit, number)) WITHOUT ROWID",

    "CREATE TABLE operation(unit TEXT NOT NULL, number INTEGER NOT NULL, "
    "place INTEGER NOT NULL, key BLOB NOT NULL, action INTEGER NOT NULL, "
    "outcome INTEGER NOT NULL, error BLOB, checksum BLOB NOT NULL, "
    "PRIMARY KEY(unit, number, place), FOREIGN KEY(unit, number) REFERENCES run) "
    "WITHOUT ROWID",

    "CREATE TABLE note(unit TEXT NOT NULL REFERENCES unit, name BLOB NOT NULL, "
    "written INTEGER NOT NULL, checksum BLOB NOT NULL, value BLOB NOT NULL, "
    "PRIMARY KEY(unit, name)) WITHOUT ROWID",
};

#define ROW_COLUMNS "key, document, digest, content, checksum, adopted"
#define INTENT_COLUMNS ROW_COLUMNS ", run, action, exempt"
#define RUN_COLUMNS                                                                               \
    "number, started, finished, result, operation_count, operation_sum, checksum, revision, "      \
    "digest, approved, approver, reason, deletes, replaces, changed"
#define OF_UNIT " WHERE unit = ?1"
#define OF_KEY " WHERE unit = ?1 AND key = ?2"
#define OF_RUN " WHERE unit = ?1 AND number = ?2"
#define OF_NAME " WHERE unit = ?1 AND name = ?2"

const char *const gops_schema_statements[GOPS_SQL_COUNT] = {
    [GOPS_SQL_BEGIN_READ] = "BEGIN",
    [GOPS_SQL_BEGIN_WRITE] = "BEGIN IMMEDIATE",
    [GOPS_SQL_COMMIT] = "COMMIT",
    [GOPS_SQL_ROLLBACK] = "ROLLBACK",

    [GOPS_SQL_STORE_READ] = "SELECT lineage, serial, checksum FROM store WHERE id = 1",
    [GOPS_SQL_STORE_WRITE] = "INSERT INTO store(id, lineage, serial, checksum) "
                             "VALUES(1, ?1, ?2, ?3) ON CONFLICT(id) DO UPDATE "
                             "SET serial = ?2, checksum = ?3",

    [GOPS_SQL_UNITS] = "SELECT unit FROM unit ORDER BY unit",
    [GOPS_SQL_UNIT_READ] = "SELECT last_run, owned_count, owned_sum, history_count, history_sum, "
                           "checksum, fingerprint, note_count, note_sum FROM unit" OF_UNIT,
    [GOPS_SQL_UNIT_STRAY] = "SELECT EXISTS(SELECT 1 FROM inventory" OF_UNIT ") "
                            "OR EXISTS(SELECT 1 FROM intent" OF_UNIT ") "
                            "OR EXISTS(SELECT 1 FROM run" OF_UNIT ") "
                            "OR EXISTS(SELECT 1 FROM note" OF_UNIT ")",
    [GOPS_SQL_UNIT_ADD] = "INSERT INTO unit(unit, last_run, owned_count, owned_sum, "
                          "history_count, history_sum, note_count, note_sum, checksum, "
                          "fingerprint) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, x'')",
    [GOPS_SQL_UNIT_WRITE] = "UPDATE unit SET last_run = ?2, owned_count = ?3, owned_sum = ?4, "
                            "history_count = ?5, history_sum = ?6, note_count = ?7, "
                            "note_sum = ?8, checksum = ?9" OF_UNIT,
    [GOPS_SQL_UNIT_BIND] = "UPDATE unit SET fingerprint = ?2" OF_UNIT,

    [GOPS_SQL_DOCUMENT_READ] = "SELECT data FROM document WHERE id = ?1",
    [GOPS_SQL_DOCUMENT_ADD] = "INSERT INTO document(data) VALUES(?1)",
    [GOPS_SQL_DOCUMENT_DROP] = "DELETE FROM document WHERE id = ?1",

    [GOPS_SQL_ROWS] = "SELECT " ROW_COLUMNS " FROM inventory" OF_UNIT " ORDER BY key",
    [GOPS_SQL_ROW_READ] = "SELECT " ROW_COLUMNS " FROM inventory" OF_KEY,
    [GOPS_SQL_ROW_PUT] = "INSERT INTO inventory(unit, key, document, digest, content, checksum, "
                         "adopted) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7) "
                         "ON CONFLICT(unit, key) DO UPDATE SET document = ?3, digest = ?4, "
                         "content = ?5, checksum = ?6, adopted = ?7",
    [GOPS_SQL_ROW_DROP] = "DELETE FROM inventory" OF_KEY,

    [GOPS_SQL_INTENTS] = "SELECT " INTENT_COLUMNS " FROM intent" OF_UNIT " ORDER BY key",
    [GOPS_SQL_INTENT_READ] = "SELECT " INTENT_COLUMNS " FROM intent" OF_KEY,
    [GOPS_SQL_INTENT_PUT] = "INSERT INTO intent(unit, key, document, digest, content, checksum, "
                            "adopted, run, action, exempt) "
                            "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) "
                            "ON CONFLICT(unit, key) DO UPDATE SET document = ?3, digest = ?4, "
                            "content = ?5, checksum = ?6, adopted = ?7, run = ?8, action = ?9, "
                            "exempt = ?10",
    [GOPS_SQL_INTENT_DROP] = "DELETE FROM intent" OF_KEY,

    [GOPS_SQL_RUNS] = "SELECT " RUN_COLUMNS " FROM run" OF_UNIT " ORDER BY number DESC",
    [GOPS_SQL_RUN_READ] = "SELECT " RUN_COLUMNS " FROM run" OF_RUN,
    [GOPS_SQL_RUN_OLD] = "SELECT " RUN_COLUMNS " FROM run" OF_UNIT
                         " ORDER BY number LIMIT 1",
    [GOPS_SQL_RUN_ADD] = "INSERT INTO run(unit, number, started, finished, result, "
                         "operation_count, operation_sum, checksum, deletes, replaces, changed, "
                         "revision, digest, approved, approver, reason) VALUES(?1, ?2, ?3, ?4, "
                         "?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
    [GOPS_SQL_RUN_WRITE] = "UPDATE run SET started = ?3, finished = ?4, result = ?5, "
                           "operation_count = ?6, operation_sum = ?7, checksum = ?8, "
                           "deletes = ?9, replaces = ?10, changed = ?11" OF_RUN,
    [GOPS_SQL_RUN_DROP] = "DELETE FROM run" OF_RUN,

    [GOPS_SQL_OPERATIONS] = "SELECT place, key, action, outcome, error, checksum "
                            "FROM operation" OF_RUN " ORDER BY place",
    [GOPS_SQL_OPERATION_ADD] = "INSERT INTO operation(unit, number, place, key, action, "
                               "outcome, error, checksum) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    [GOPS_SQL_OPERATIONS_DROP] = "DELETE FROM operation" OF_RUN,

    [GOPS_SQL_NOTES] = "SELECT name, written, checksum, value FROM note" OF_UNIT " ORDER BY name",
    [GOPS_SQL_NOTE_READ] = "SELECT name, written, checksum, value FROM note" OF_NAME,
    [GOPS_SQL_NOTE_PUT] = "INSERT INTO note(unit, name, written, checksum, value) "
                          "VALUES(?1, ?2, ?3, ?4, ?5) ON CONFLICT(unit, name) DO UPDATE "
                          "SET written = ?3, checksum = ?4, value = ?5",
    [GOPS_SQL_NOTE_DROP] = "DELETE FROM note" OF_NAME,
};
