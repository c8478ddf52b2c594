"""Load the compiled policy of a project, or compile it when it is missing or stale."""

from __future__ import annotations

from kei_gates.hook import own_folders
from kei_gates.hook.places import POLICY_FILE
from kei_gates.model import Fault
from kei_gates.observe.files import read_file, write_file
from kei_gates.observe.installation import data, environment
from kei_gates.observe.paths import exists
from kei_gates.policy import compiled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.model import Places
    from kei_gates.policy.build import Builder
    from kei_gates.policy.compiled import Policy

_RATES = "policies/rates/modal.toml"
_LARGEST_SOURCE = 1 << 20
_LARGEST_COMPILED = 1 << 26


def read_source(path: str) -> bytes | None:
    """Read a policy source; none when there is no such file. Raises `OSError`."""
    try:
        return read_file(path, _LARGEST_SOURCE)
    except (FileNotFoundError, NotADirectoryError):
        return None


def policy_file(project: str) -> str:
    """Give the path of a project's policy."""
    return f"{project}/{POLICY_FILE}"


def load(places: Places) -> Policy:
    """Load the policy of a project and of the layers above. Raises `Fault`: missing or broken.

    A project without a policy of its own is held to those of the user and the machine, if there
    are any.
    """
    file = policy_file(places.project)
    own_folders.check_outside(own_folders.user_policy(places.home), places.project)
    if not exists(file) and any(map(exists, above(places.home).values())):
        return load_above(places.home)
    return _load(f"compiled{places.project}", file, places.home)


def load_above(home: str) -> Policy:
    """Load the policy of the layers above any project. Raises `Fault`."""
    return _load(f"above{home}", None, home)


def _load(name: str, project_file: str | None, home: str) -> Policy:
    stored = f"{environment()}/var/kei-gates/{name}/policy"
    needed = (*above(home).values(), *((project_file,) if project_file else ()))
    try:
        policy = compiled.load(read_file(stored, _LARGEST_COMPILED), read_source, needed, name)
    except OSError:
        policy = None
    if policy is not None:
        return policy
    policy = build(project_file, home)[0]
    try:
        write_file(stored, policy.dump(name))
    except OSError:
        pass  # an environment of another user: right, only slow (docs/adr/0002)
    return policy


def above(home: str) -> dict[str, str]:
    """Give the files of the layers between the built-in roles and a project."""
    return {
        "machine": own_folders.MACHINE_POLICY,
        "user": own_folders.user_policy(home),
    }


def build(project_file: str | None, home: str) -> tuple[Policy, Builder]:
    """Compile the policy of all layers, and give what compiled it too. Raises `Fault`."""
    try:
        from os import listdir

        from kei_gates.engine import catalogue
        from kei_gates.policy.build import Builder
    except ImportError as error:
        raise Fault(
            f"the policy cannot be compiled: {error}", "run install.sh again to mend it"
        ) from None
    folder = data("policies/roles")
    builtin = [f"{folder}/{name}" for name in sorted(listdir(folder)) if name.endswith(".toml")]
    builder = Builder(catalogue.whole(), read_source)
    return builder.build([*builtin, data(_RATES)], project_file, above(home)), builder
