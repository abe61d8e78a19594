"""
Breaks the engine on purpose, one place at a time, and shows that the simulation notices.

    python3 tests/sim/mutate.py BUILD [--seeds N] [NUMBER...]

Each mutation replaces a text of one source file in a copy, compiles that file alone and links it
before the library. What survives is printed with its number, and makes the exit code 1; so does a
text that is no longer there, for then the list has to be brought up to date.
"""
import os
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

MUTATIONS = [
    ("an object is given up to a unit that does not own it yet", "lib/reconcile/judge.c",
     "    if (!gops_neighbour_has(look->state, t->key))\n        return 0;\n", ""),
    ("deletes do not wait for a unit that has not read the revision", "lib/reconcile/judge.c",
     "= gops_neighbour_behind(look->state);", "= NULL;"),
    ("what was adopted is deleted", "lib/reconcile/judge.c",
     "if (t->known->adopted &&", "if (0 &&"),
    ("two units may make one object", "lib/reconcile/judge.c",
     "if (item && !(known && known->owned) && gops_neighbour_wants(", "if (0 && gops_neighbour_wants("),
    ("what moved to another unit is deleted", "lib/reconcile/judge.c",
     "    if (gops_neighbour_wants(look->state, t->key))\n        return hand_over", "    if (0)\n        return hand_over"),
    ("the limit of deletes allows one more", "lib/plan/safety.c",
     "if (deletes > allowed)", "if (deletes > allowed + 1)"),
    ("the day has no limit", "lib/plan/safety.c",
     "if (deletes && input->changed_in_day &&", "if (0 &&"),
    ("protected kinds do not hold a plan", "lib/plan/safety.c",
     "uint64_t guarded = count_protected(plan);", "uint64_t guarded = 0 * count_protected(plan);"),
    ("adoptions do not hold a plan", "lib/plan/safety.c",
     "uint64_t refused = refused_adoptions(", "uint64_t refused = 0 * refused_adoptions("),
    ("held plans are carried out", "lib/reconcile/machine.c",
     "state->plan->held_count || nothing", "nothing"),
    ("every plan counts as approved", "lib/reconcile/planning.c", "if (rc > 0)", "if (rc >= 0)"),
    ("only the first page of a listing is read", "lib/reconcile/machine.c",
     "state->listed = !state->has_page;", "state->listed = 1;"),
    ("a listing that broke off counts", "lib/reconcile/action.c",
     "        rc = gops_answer_error(&action->answer, &action->request, err);\n    return rc;",
     "        rc = 0;\n    return rc;"),
    ("another target is not noticed", "lib/reconcile/action.c",
     "                 : gops_answer_error(&answer, &request, err);\n    gops_answer_release(&answer);",
     "                 : gops_answer_error(&answer, &request, err);\n    rc = 0;\n"
     "    gops_answer_release(&answer);"),
    ("what was looked at last is wanted, not what was read", "lib/reconcile/machine.c",
     "state->wanted = gitops_manifest_ref(state->read);",
     "state->wanted = gitops_manifest_ref(state->manifest ? state->manifest : state->read);"),
    ("what comes next does not wait for health", "lib/plan/schedule.c",
     "let_go_on(schedule, (uint32_t)i, TIER);", "let_go_on(schedule, (uint32_t)i, TIER | WAVE | NEED);"),
    ("a failure does not stop what needs it", "lib/plan/schedule.c",
     "    size_t depth = doom_dependents(schedule, (uint32_t)i, (uint32_t)i, 0);",
     "    size_t depth = 0;\n    let_go_on(schedule, (uint32_t)i, NEED);"),
    ("calls are made before their intents", "lib/reconcile/apply.c",
     "    return apply->intended < apply->gated ? apply->intended : apply->gated;",
     "    return apply->gated;"),
    ("a call without an answer is repeated", "lib/reconcile/call.c",
     "return action->rc == 0 && action->answer.state == GOPS_ANSWER_RETRY &&",
     "return action->rc == 0 && (action->answer.state == GOPS_ANSWER_RETRY ||\n"
     "            action->answer.state == GOPS_ANSWER_UNKNOWN) &&"),
    ("calls name no version", "lib/reconcile/call.c",
     "operation->detail ? operation->detail->version : NULL;", "NULL;"),
    ("what was adopted counts as made", "lib/reconcile/record.c",
     "    case GITOPS_ACTION_ADOPT:\n        return 1;", "    case GITOPS_ACTION_ADOPT:\n        return 0;"),
    ("suspended units go on", "lib/reconcile/machine.c",
     "    if (!suspend || reconciler->options.plan_only ||", "    if (1 || !suspend || reconciler->options.plan_only ||"),
    ("waves have no effect", "lib/plan/order.c", "s->wave = control.wave;", "s->wave = 0;"),
    ("namespaces are made whenever", "lib/plan/implied.c",
     "    if (!space)\n        return 0;\n    uint32_t node", "    if (space || !space)\n        return 0;\n    uint32_t node"),
    ("what is deleted need not be gone", "lib/reconcile/wait.c",
     "if (!still_there || !goes_on(", "if (1 || !still_there || !goes_on("),
    ("an outcome that is not known counts as done", "lib/reconcile/call.c",
     "known ? GITOPS_OUTCOME_FAILED : GITOPS_OUTCOME_UNKNOWN,", "GITOPS_OUTCOME_DONE,"),
    ("what is gone is not forgotten", "lib/reconcile/judge.c",
     "        return find(look, GITOPS_ACTION_FORGET, GOPS_REASON_GONE, NULL, key, NULL, err);",
     "        return 0;"),
    ("drift is not seen after the first look", "lib/reconcile/known.c",
     "    return known->settled && (", "    return known->settled || ("),
]


def run(*words):
    return subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def libraries():
    names = ("libgit2", "yaml-0.1", "libxxhash", "sqlite3", "libcrypto", "zlib")
    return run("pkg-config", "--cflags", "--libs", *names).stdout.split() + ["-lpthread", "-lm"]


def make(build, work, path, old, new):
    """Builds a broken simulation; returns what is wrong with the mutation, or None."""
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        text = file.read()
    if text.count(old) != 1:
        return f"the text is in {path} {text.count(old)} times"
    source = os.path.join(work, os.path.basename(path))
    with open(source, "w", encoding="utf-8") as file:
        file.write(text.replace(old, new))
    tests = [os.path.join(ROOT, "tests/sim", name + ".c")
             for name in ("main", "drive", "play", "world", "device", "watch")]
    include = ["-I" + os.path.join(ROOT, "include"), "-I" + os.path.join(ROOT, "lib")]
    done = run("cc", "-std=c11", "-D_POSIX_C_SOURCE=200809L", "-O1", "-w", *include, source, *tests,
               os.path.join(build, "libgitops.a"), *libraries(), "-o", os.path.join(work, "sim"))
    return done.stdout if done.returncode else None


def judge(work, seeds):
    """Returns what caught it, or None."""
    try:
        done = subprocess.run([os.path.join(work, "sim"), "--seeds", str(seeds)], text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300)
    except subprocess.TimeoutExpired:
        return "it does not end"
    if done.returncode == 0:
        return None
    caught = [line for line in done.stdout.splitlines() if line.startswith("seed ")]
    return caught[0] if caught else f"it ends with {done.returncode}"


def main(arguments):
    seeds = 400
    if "--seeds" in arguments:
        at = arguments.index("--seeds")
        seeds = int(arguments[at + 1])
        del arguments[at:at + 2]
    build, chosen = arguments[0], {int(word) for word in arguments[1:]}
    survived = 0
    for number, (title, path, old, new) in enumerate(MUTATIONS, 1):
        if chosen and number not in chosen:
            continue
        with tempfile.TemporaryDirectory() as work:
            wrong = make(build, work, path, old, new)
            caught = None if wrong else judge(work, seeds)
        survived += caught is None
        print(f"{number:2} {title}: {'NOT MADE: ' + wrong if wrong else caught or 'SURVIVED'}",
              flush=True)
    print(f"{survived} of {len(chosen) or len(MUTATIONS)} survived")
    return 1 if survived else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
