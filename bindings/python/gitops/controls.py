"""Control annotations: what an object says about its own handling."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Tuple

from ._library import lib
from .enums import Control, Hook, HookDelete, Removal
from .errors import decode


@dataclass(frozen=True)
class Controls:
    """The annotations of ours, Argo CD, Flux, Helm, cli-utils and kapp in one set of fields.

    docs/controls.md lists them. depends_on are keys; change_rules read "upsert after upserting G".
    Plans do not act on any of this yet.
    """

    wave: int = 0
    hooks: Hook = Hook(0)
    hook_deletes: HookDelete = HookDelete(0)
    prune: Removal = Removal.DEFAULT
    teardown: Removal = Removal.DEFAULT
    options: Control = Control(0)
    depends_on: Tuple[str, ...] = ()
    change_groups: Tuple[str, ...] = ()
    change_rules: Tuple[str, ...] = ()


def take_controls(controls: Any) -> Controls:
    """Copies a gitops_controls, which is freed; NULL has nothing to say."""
    try:
        return Controls(
            wave=lib.gitops_controls_wave(controls),
            hooks=Hook(lib.gitops_controls_hooks(controls)),
            hook_deletes=HookDelete(lib.gitops_controls_hook_deletes(controls)),
            prune=Removal(lib.gitops_controls_prune(controls)),
            teardown=Removal(lib.gitops_controls_teardown(controls)),
            options=Control(lib.gitops_controls_options(controls)),
            depends_on=_texts(controls, lib.gitops_controls_dependency_count,
                              lib.gitops_controls_dependency),
            change_groups=_texts(controls, lib.gitops_controls_group_count,
                                 lib.gitops_controls_group),
            change_rules=_texts(controls, lib.gitops_controls_rule_count,
                                lib.gitops_controls_rule))
    finally:
        lib.gitops_controls_free(controls)


def _texts(controls: Any, count: Any, get: Any) -> Tuple[str, ...]:
    return tuple(decode(get(controls, i)) for i in range(count(controls)))
