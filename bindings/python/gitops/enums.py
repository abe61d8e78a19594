"""The constants of the headers as enumerations; tests compare names and values with C."""

from __future__ import annotations

from enum import IntEnum, IntFlag
from typing import Dict, Type, Union


class Code(IntEnum):
    OK = 0
    ENOMEM = -1
    EINVAL = -2
    ENOTFOUND = -3
    EPARSE = -4
    ELIMIT = -5
    EDUPLICATE = -6
    ECONFLICT = -7
    EIO = -8
    ESOURCE = -9
    ETARGET = -10
    ESTORE = -11
    ECORRUPT = -12
    ELOCKED = -13
    EHELD = -14
    ECANCELLED = -15
    ESTATE = -16
    EUNSUPPORTED = -17
    EFOREIGN = -18
    EPARTIAL = -19
    EREWIND = -20
    EORDER = -21
    ESUSPENDED = -22
    ESCOPE = -23


class Origin(IntEnum):
    """Who reported a failure."""

    LIBRARY = 0
    GIT = 1
    YAML = 2
    OS = 3
    STORE = 4
    HOST = 5


class LogLevel(IntEnum):
    ERROR = 1
    WARNING = 2
    INFO = 3
    DEBUG = 4


class Kind(IntEnum):
    """What a value is."""

    NULL = 0
    BOOL = 1
    NUMBER = 2
    STRING = 3
    LIST = 4
    MAP = 5


class Digest(IntEnum):
    """XXH3 tells changes apart and is at hand; SHA-256 is for what others rely on."""

    XXH3 = 1
    SHA256 = 2


class Format(IntEnum):
    JSON = 1
    YAML = 2


class Order(IntEnum):
    """Of the keys in YAML: sorted by bytes, or as in the text they came from."""

    SORTED = 1
    SOURCE = 2


class Severity(IntEnum):
    WARNING = 1
    ERROR = 2


class SchemaKind(IntEnum):
    NONE = 1
    KUBERNETES = 2


class IdentityRule(IntEnum):
    """What gives objects their keys."""

    KUBERNETES = 0
    POINTERS = 1
    FILE = 2
    CALLBACK = 3


class NullPolicy(IntEnum):
    """What a null in desired means: a value like others, or that the member must not be there."""

    VALUE = 1
    ABSENT = 2


class ListKind(IntEnum):
    """How a list merges."""

    ATOMIC = 1
    MAP = 2
    SET = 3
    SEQUENCE = 4


class MapKind(IntEnum):
    """How a map merges."""

    FREE = 1
    STRUCT = 2
    ATOMIC = 3
    RETAIN_KEYS = 4


class ScalarKind(IntEnum):
    """Which scalars are equal although their text is not."""

    PLAIN = 1
    QUANTITY = 2
    INT_OR_STRING = 3
    TIME = 4
    DURATION = 5
    RESOURCE = 6
    NEWLINE = 7
    CASE = 8
    SEMVER = 9


class Mode(IntEnum):
    """What is done about a place and everything below it."""

    IGNORE = 1
    OBSERVE = 2
    ALERT = 3
    ADOPT = 4
    ENFORCE = 5


class RuleFlag(IntFlag):
    """What else may hold at a path; the last three hold for everything below it."""

    OMIT_EMPTY = 1
    DEFAULTED = 2
    IGNORED = 4
    SENSITIVE = 8
    IMMUTABLE = 16


class Hook(IntFlag):
    """When an object is applied that is a step on the way, not a part of the system."""

    PRE_SYNC = 1
    SYNC = 2
    POST_SYNC = 4
    SYNC_FAIL = 8
    PRE_DELETE = 16
    POST_DELETE = 32
    PRE_ROLLBACK = 64
    POST_ROLLBACK = 128
    TEST = 256


class Tool(IntFlag):
    """A tool whose annotations are understood beside our own."""

    ARGO = 1
    FLUX = 2
    HELM = 4
    CLI_UTILS = 8
    KAPP = 16


class HookDelete(IntFlag):
    """When a hook is deleted again."""

    BEFORE_CREATION = 1
    SUCCEEDED = 2
    FAILED = 4


class Removal(IntEnum):
    """Whether an object may be deleted."""

    DEFAULT = 0
    ALLOWED = 1
    CONFIRM = 2
    KEEP = 3


class Control(IntFlag):
    """How an object is written, checked and compared."""

    NO_APPLY = 1
    CREATE_ONLY = 2
    MERGE = 4
    REPLACE = 8
    FORCE = 16
    SERVER_SIDE = 32
    CLIENT_SIDE = 64
    NO_VALIDATION = 128
    CHECK_KNOWN = 256
    PRUNE_LAST = 512
    DETACH = 1024
    NO_MIGRATION = 2048
    IGNORE_EXTRANEOUS = 4096
    SERVER_DIFF = 8192
    WEBHOOK_DIFF = 16384


class Conflict(IntEnum):
    """When both sides changed one leaf: Git wins, the target's value stays, no result, or as the
    host answers.
    """

    DEFAULT = 0
    DESIRED = 1
    LIVE = 2
    FAIL = 3
    CALLBACK = 4


class Drift(IntEnum):
    """When only the target changed a leaf of ours."""

    DEFAULT = 0
    REVERT = 1
    REPORT = 2
    IGNORE = 3


class PatchType(IntEnum):
    JSON = 1
    MERGE = 2
    STRATEGIC = 3
    APPLY = 4
    DOCUMENT = 5


class Prune(IntEnum):
    """Whether objects that left Git are deleted."""

    DEFAULT = 0
    ON = 1
    OFF = 2
    ADOPTED = 3


class Adopt(IntEnum):
    """What to do with an object that exists in the target and that no run of ours made."""

    DEFAULT = 0
    NEVER = 1
    IF_EQUAL = 2
    ALWAYS = 3


class Failure(IntEnum):
    """What a run does when one of its operations fails."""

    DEFAULT = 0
    STOP = 1
    ISOLATE = 2


class Wait(IntEnum):
    """For whose health a run waits: of what something else comes after, of all, or of nobody."""

    DEFAULT = 0
    NEXT = 1
    ALL = 2
    NONE = 3


class OperationAction(IntEnum):
    """What a plan does to one object."""

    NONE = 0
    CREATE = 1
    UPDATE = 2
    REPLACE = 3
    DELETE = 4
    ADOPT = 5
    FORGET = 6
    TRANSFER = 7


class Health(IntEnum):
    """Is an object at work? From the best to the worst: of many, the largest is that of all."""

    HEALTHY = 1
    SUSPENDED = 2
    PROGRESSING = 3
    MISSING = 4
    DEGRADED = 5
    UNKNOWN = 6


class HealthBasis(IntEnum):
    """What a verdict on health rests on."""

    NOTHING = 0
    OBJECT = 1
    CONDITION = 2
    KIND = 3
    TABLE = 4
    TARGET = 5


class Assess(IntFlag):
    """HOOK: the object is to run to its end."""

    HOOK = 1


class WindowKind(IntEnum):
    """What a window of time does while it is open."""

    ALLOW = 1
    DENY = 2


class ActionType(IntEnum):
    """What the machine asks its host to do."""

    FETCH = 1
    READ = 2
    LEASE = 3
    LOAD = 4
    VERIFY = 5
    OBSERVE = 6
    PLAN = 7
    PREPARE = 8
    CHECK = 9
    RECORD = 10
    APPLY = 11
    DELETE = 12
    COMMIT = 13
    ABORT = 14
    ASSESS = 15
    NOTES = 16


class Outcome(IntEnum):
    """How an operation ended; NONE: its plan was not carried out."""

    NONE = 0
    DONE = 1
    FAILED = 2
    SKIPPED = 3
    UNKNOWN = 4


class EventType(IntEnum):
    PLANNED = 1
    STARTED = 2
    OUTCOME = 3
    FINISHED = 4
    WAITING = 5


class StandingKind(IntEnum):
    """What may be said of a unit."""

    SUSPENDED = 1
    PINNED = 2
    FAILED = 3
    APPROVED = 4


class ReportFormat(IntEnum):
    TEXT = 1
    JSON = 2
    HTML = 3
    MARKDOWN = 4


NO_DELETES = -1
NO_LIMIT = -1
"""As max_deletes or max_delete_percent of a unit: nothing may be deleted."""

# The prefix of each enumeration in C. Result codes are GITOPS_OK and GITOPS_E...
PREFIXES: Dict[str, Union[Type[IntEnum], Type[IntFlag]]] = {
    "GITOPS_": Code,
    "GITOPS_ORIGIN_": Origin,
    "GITOPS_LOG_": LogLevel,
    "GITOPS_VALUE_": Kind,
    "GITOPS_DIGEST_": Digest,
    "GITOPS_FORMAT_": Format,
    "GITOPS_ORDER_": Order,
    "GITOPS_SEVERITY_": Severity,
    "GITOPS_SCHEMA_": SchemaKind,
    "GITOPS_IDENTITY_": IdentityRule,
    "GITOPS_TOOL_": Tool,
    "GITOPS_NULL_": NullPolicy,
    "GITOPS_LIST_": ListKind,
    "GITOPS_MAP_": MapKind,
    "GITOPS_SCALAR_": ScalarKind,
    "GITOPS_RULE_": RuleFlag,
    "GITOPS_MODE_": Mode,
    "GITOPS_HOOK_": Hook,
    "GITOPS_HOOK_DELETE_": HookDelete,
    "GITOPS_REMOVAL_": Removal,
    "GITOPS_CONTROL_": Control,
    "GITOPS_CONFLICT_": Conflict,
    "GITOPS_DRIFT_": Drift,
    "GITOPS_PATCH_": PatchType,
    "GITOPS_PRUNE_": Prune,
    "GITOPS_ADOPT_": Adopt,
    "GITOPS_FAILURE_": Failure,
    "GITOPS_WAIT_": Wait,
    "GITOPS_ACTION_": OperationAction,
    "GITOPS_HEALTH_": Health,
    "GITOPS_HEALTH_BY_": HealthBasis,
    "GITOPS_ASSESS_": Assess,
    "GITOPS_WINDOW_": WindowKind,
    "GITOPS_DO_": ActionType,
    "GITOPS_OUTCOME_": Outcome,
    "GITOPS_EVENT_": EventType,
    "GITOPS_STANDING_": StandingKind,
    "GITOPS_REPORT_": ReportFormat,
}
