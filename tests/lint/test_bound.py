"""The most that a launch costs: each case is a script, the function, and what is found."""

from __future__ import annotations

from typing import Any

import pytest

from kei_gates.lint.bound import Bound, app_names, bound, bounds, fan_out, gpu_functions
from kei_gates.lint.script import read

HEAD = "import modal\napp = modal.App('x')\n"
TRAIN = HEAD + "@app.function(gpu='H100:2', timeout=3600, retries=2)\ndef train(i):\n    pass\n"
MAIN = "@app.local_entrypoint()\ndef main(n: int = 4):\n"


def train(body: str) -> str:
    return TRAIN + MAIN + "".join(f"    {line}\n" for line in body.splitlines())


def of(text: str, function: str | None = None, **more: Any) -> dict[str, object]:
    found = bound(read(text), function, **more)
    return {name: getattr(found, name) for name in Bound.__slots__}


NUMBERS: list[tuple[str, str, int | None]] = [
    ("once", "train.remote(1)", 1),
    ("twice", "train.remote(1)\ntrain.spawn(2)", 2),
    ("as coroutines", "await train.remote.aio(1)", 1),
    ("a loop over a range", "for i in range(5): train.spawn(i)", 5),
    ("a range with steps", "for i in range(10, 0, -3): train.spawn(i)", 4),
    ("loops in loops", "for a in range(2):\n  for b in (1, 2, 3): train.spawn(b)", 6),
    ("a list of calls", "[train.spawn(i) for i in range(7)]", 7),
    ("a product", "import itertools\nfor x in itertools.product([1, 2], 'abc'): train.spawn(x)", 6),
    ("a map of a list", "list(train.map([1, 2, 3]))", 3),
    ("a map of a range in steps", "list(train.map(range(3), range(9)))", 3),
    ("starmap", "list(train.starmap([(1, 2), (3, 4)]))", 2),
    ("for_each", "train.for_each([1, 2])", 2),
    ("spawn_map", "train.spawn_map(range(8))", 8),
    ("a list that is filled", "xs = []\nxs.append(1)\nxs.append(2)\ntrain.spawn_map(xs)", 2),
    ("a loop fills", "xs = []\nfor i in range(n): xs.append(i)\ntrain.spawn_map(xs)", None),
    ("either way", "if n: train.remote(1)\nelse: train.remote(2)", 2),
    ("a parameter", "for i in range(n): train.spawn(i)", None),
    ("until something", "while True: train.spawn(1)", None),
    ("handed on", "pool.submit(train.remote, 1)", None),
    ("a dict", "for k, v in {'a': 1, 'b': 2}.items(): train.spawn(k)", 2),
    ("enumerate", "for i, x in enumerate(['a', 'b']): train.spawn(x)", 2),
    ("nothing", "pass", 0),
    ("a data set is mapped", "ds = load()\nds = ds.map(lambda x: x, batched=True)", 0),
    ("python's own map", "list(map(str, range(100)))", 0),
    ("within a helper", "def go():\n  train.spawn(1)\nfor i in range(3): go()", 3),
    ("within the same container", "train.local(1)", 0),
]  # fmt: skip


@pytest.mark.parametrize(("what", "body", "inputs"), NUMBERS, ids=[case[0] for case in NUMBERS])
def test_how_many_inputs_are_started(what: str, body: str, inputs: int | None) -> None:
    text = train(body).replace("def main", "async def main" if "await" in body else "def main")
    script = read(text)
    found = bound(script)
    assert (found.inputs, fan_out(script)) == (inputs, inputs), what
    if inputs is None:
        assert found.unknown == (
            "how many inputs `train` gets from line " + found.unknown[0].split()[-1],
        )
    elif inputs:
        assert (found.gpus, found.count, found.seconds, found.attempts) == (("H100",), 2, 3600, 3)
        assert found.unknown == ()


SETTINGS: list[tuple[str, dict[str, object]]] = [
    ("", {"gpus": (), "count": 0, "seconds": 300, "attempts": 1, "unknown": ()}),
    ("gpu=None", {"gpus": ()}),
    ("gpu='a10g'", {"gpus": ("A10G",), "count": 1}),
    ("gpu=['H100', 'A100:4', 'any']", {"gpus": ("H100", "A100", "ANY"), "count": 4}),
    ("gpu='H100!:8'", {"gpus": ("H100!",), "count": 8}),
    ("gpu=f'H100:{N * 2}'", {"gpus": ("H100",), "count": 4}),
    ("gpu='T4' if N > x else 'B200:2'", {"gpus": ("T4", "B200"), "count": 2}),
    ("gpu=modal.gpu.A100(size='80GB', count=2)", {"gpus": ("A100-80GB",), "count": 2}),
    ("gpu=pick()", {"gpus": None, "count": None, "unknown": ("the GPU of `f` (line 5)",)}),
    (
        "gpu=os.environ.get('GPU', 'L4')",
        {
            "gpus": ("L4",),
            "unknown": ("the GPU of `f` (line 5), which `GPU` in the environment may change",),
        },
    ),
    (
        "gpu=modal.gpu.T4(count=int(os.getenv('N', '2')))",
        {
            "count": 2,
            "unknown": ("the GPU of `f` (line 5), which `N` in the environment may change",),
        },
    ),
    ("gpu=os.environ['GPU']", {"gpus": None}),
    ("**options", {"gpus": None, "seconds": None, "attempts": None}),
    ("**common", {"gpus": ("L40S",), "seconds": 7200, "attempts": 2}),
    ("timeout=24 * HOUR", {"seconds": 86400}),
    ("timeout=HOUR if x else 60", {"seconds": 3600}),
    ("timeout=x", {"seconds": None, "unknown": ("the timeout of `f` (line 5)",)}),
    ("retries=modal.Retries(max_retries=4, initial_delay=1.0)", {"attempts": 5}),
    ("retries=modal.Retries(initial_delay=1.0)", {"attempts": None}),
    ("retries=0", {"attempts": 1}),
    (
        "min_containers=2",
        {
            "warm": 2,
            "seconds": 300,
            "unknown": ("how long `min_containers` keeps containers of `f` (line 5) running",),
        },
    ),
    ("min_containers=x", {"warm": None}),
    ("min_containers=0", {"warm": 0, "seconds": 300, "unknown": ()}),
    ("buffer_containers=3", {"inputs": 4}),
    ("buffer_containers=None", {"inputs": 1}),
    ("timeout=60, startup_timeout=3600", {"seconds": 3660}),
    ("timeout=60, startup_timeout=x", {"seconds": None}),
]


@pytest.mark.parametrize(("setting", "expected"), SETTINGS, ids=[case[0] for case in SETTINGS])
def test_settings(setting: str, expected: dict[str, object]) -> None:
    names = "N = 2; HOUR = 60 * 60; common = dict(gpu='L40S', timeout=2 * HOUR, retries=1)\n"
    text = "import os, modal; app = modal.App()\n" + names
    found = of(f"{text}\n@app.function({setting})\ndef f(): pass\n")
    assert {name: found[name] for name in expected} == expected


def test_a_cluster_counts() -> None:
    head = HEAD + "@app.function(gpu='H100:8')\n"
    for decorator in ("modal.experimental.clustered(size=4, rdma=True)", "modal.clustered(4)"):
        assert of(f"{head}@{decorator}\ndef f(): pass\n")["cluster"] == 4
    assert of(f"{head}@modal.clustered(size=n)\ndef f(): pass\n")["cluster"] is None


CLASS = HEAD + (
    "@app.cls(gpu='A100', timeout=60)\nclass Model:\n    size = 3\n"
    "    @modal.enter()\n    def load(self):\n        self.n = 2\n"
    "    @modal.method()\n    def run(self, x): pass\n"
)


def test_classes() -> None:
    assert of(CLASS)["gpus"] == ("A100",)
    assert of(CLASS, "Model.run")["inputs"] == 1
    both = CLASS + MAIN + "    m = Model()\n    m.run.remote(1)\n    m.run.spawn(2)\n"
    assert of(both)["inputs"] == 2
    text = (
        CLASS
        + MAIN
        + "    Big = Model.with_options(gpu='H200:8', timeout=9)\n    Big().run.remote(1)\n"
    )
    found = of(text)
    assert (found["gpus"], found["count"], found["seconds"]) == (("H200",), 8, 9)


def test_what_a_method_starts_itself() -> None:
    text = CLASS + (
        "    @modal.method()\n    def all(self):\n"
        "        for i in range(self.n * self.size): self.run.spawn(i)\n"
    )
    assert of(text, "Model.all")["inputs"] == 7
    assert of(text, "Model")["inputs"] == 8  # either may be meant
    assert of(text)["gpus"] is None


def test_what_starts_itself_has_no_bound() -> None:
    text = HEAD + "@app.function(gpu='T4')\ndef f(n):\n    f.spawn(n - 1)\n"
    assert of(text)["inputs"] is None


def test_which_function_is_started() -> None:
    two = TRAIN + "@app.function()\ndef cpu(): pass\n"
    assert of(two, "cpu")["gpus"] == ()
    assert of(two, "app.train")["gpus"] == ("H100",)
    assert of(two)["gpus"] is None
    assert of(two)["unknown"] == ("it has 2 functions to start, and none is named",)
    assert of(two, "trian")["unknown"] == (
        "there is no function `trian` in it, only `train`, `cpu`",
    )
    assert of(two + MAIN + "    cpu.remote()\n")["gpus"] == ()
    assert of("print(1)")["unknown"] == ("no function of Modal is to be seen in it",)
    assert of("print(1)")["gpus"] is None


def test_functions_of_elsewhere_are_not_known() -> None:
    for body in (
        "modal.Function.from_name('app', 'f').remote(1)",
        "modal.Cls.from_name('app', 'C')().run.spawn(1)",
        "from jobs.train import other\nother.remote(1)",
        "fn.spawn(1)",
    ):
        found = of(HEAD + MAIN + "".join(f"    {line}\n" for line in body.splitlines()))
        assert found["gpus"] is None, body
        assert "does not define" in str(found["unknown"]), body
    for body in ("import ray\n    ray.remote(f)", "import pexpect\n    pexpect.spawn('ls')"):
        assert of(HEAD + MAIN + f"    {body}\n")["unknown"] == (), body


def test_aliases_and_other_spellings() -> None:
    for text in (
        "import modal as m\napp = m.App('a')\n@app.function(gpu='L4')\ndef f(): pass\n",
        "from modal import App\nstub = App()\n@stub.function(gpu='L4')\ndef f(): pass\n",
        "from modal import Stub as S\ns = S()\n@s.function(gpu='L4')\nasync def f(): pass\n",
        "from .common import app\n@app.function(gpu='L4')\ndef f(): pass\n",
        "import modal\napp = modal.App()\ndef g(): pass\nf = app.function(gpu='L4')(g)\n",
    ):
        assert of(text)["gpus"] == ("L4",), text


def test_what_is_deployed_runs_whenever_it_is_asked_for() -> None:
    found = of(TRAIN, deployed=True)
    assert (found["inputs"], found["gpus"], found["seconds"]) == (None, ("H100",), 3600)
    assert of(HEAD + "@app.function()\ndef f(): pass\n", deployed=True)["gpus"] == ()


def test_each_function_alone() -> None:
    text = (
        TRAIN
        + "@app.function(timeout=9)\ndef cpu(): pass\n"
        + MAIN
        + ("    cpu.remote()\n    train.map(range(3))\n")
    )
    found = [(name, one.gpus, one.seconds, one.inputs) for name, one in bounds(read(text))]
    assert found == [("cpu", (), 9, 1), ("train", ("H100",), 3600, 3)]
    assert [one.name for one in gpu_functions(read(text))] == ["train"]
    assert fan_out(read(text)) == 3
    assert of(text)["seconds"] == 3600


def test_names_of_apps() -> None:
    assert app_names(read(TRAIN)) == ("x",)
    assert app_names(read("import modal\nN = 3\napp = modal.App(name=f'run-{N}')")) == ("run-3",)
    assert app_names(read("import modal\napp = modal.App()")) == ()
    assert app_names(read("import modal\napp = modal.App(f'run-{now()}')")) is None
    either = "import modal, os\napp = modal.App('a' if os.getpid() else 'b')"
    assert app_names(read(either)) == ("a", "b")


# --- ways to start a function without saying so plainly ----------------------------------------

RUN_ALL = "def run_all(fn, xs):\n    return list(fn.map(xs))\n"
HIDDEN = [
    RUN_ALL + MAIN + "    run_all(train, range(100))\n",
    RUN_ALL + MAIN + "    run_all(fn=train, xs=range(100))\n",
    RUN_ALL + MAIN + "    run_all([train, train], 2)\n",
    MAIN + "    getattr(train, 'spawn')(1)\n",
    MAIN + "    import threading\n    threading.Thread(target=train.remote).start()\n",
    MAIN + "    from functools import partial\n    go = partial(train.remote, 1)\n    go()\n",
    MAIN + "    list(map(train.remote, range(9)))\n",
    MAIN + "    go = lambda x: train.spawn(x)\n    go(1)\n",
]


@pytest.mark.parametrize("text", HIDDEN)
def test_what_is_handed_on_may_be_started_any_number_of_times(text: str) -> None:
    script = read(TRAIN + text)
    assert fan_out(script) is None
    assert bound(script).inputs is None or bound(script).gpus is None


def test_what_a_function_gives_is_not_known() -> None:
    script = read(TRAIN + "def pick(): return train\n" + MAIN + "    pick().spawn(1)\n")
    assert (fan_out(script), bound(script).gpus) == (1, None)


PLAIN = [
    ("fn = train\n    fn.spawn(1)", 1),
    ("fn = train if n else train\n    fn.spawn(1)", 1),
    ("for fn in [train, train]: fn.spawn(1)", 2),
    ("fns = {'a': train}\n    fns['a'].spawn(1)", 1),
    ("fns = {'a': train}\n    fns[n].spawn(1)", 1),
    ("import asyncio\n    asyncio.gather(*[train.remote.aio(i) for i in range(4)])", 4),
    ("xs = list(range(3))\n    train.spawn_map(xs)", 3),
    ("xs = [(a, b) for a in range(2) for b in 'xy']\n    list(train.starmap(xs))", 4),
    ("from itertools import product\n    list(train.starmap(list(product([1, 2], [3]))))", 2),
]


@pytest.mark.parametrize(("body", "number"), PLAIN, ids=[case[0] for case in PLAIN])
def test_what_is_named_otherwise_is_still_counted(body: str, number: int) -> None:
    assert fan_out(read(TRAIN + MAIN + f"    {body}\n")) == number


def test_an_object_that_is_handed_on() -> None:
    text = CLASS + "def use(m): m.run.map([1])\n" + MAIN
    assert fan_out(read(text + "    use(Model())\n")) is None
    assert fan_out(read(text + "    m = Model()\n    use(m)\n")) is None
    assert fan_out(read(text + "    m = Model()\n    m.run.remote(1)\n")) == 1


def test_methods_of_bases() -> None:
    text = HEAD + (
        "class Base:\n    @modal.method()\n    def run(self, x): pass\n"
        "@app.cls(gpu='H100', timeout=60)\nclass Big(Base): pass\n"
        "@app.cls(gpu='T4', timeout=60)\nclass Small(Base): pass\n"
    )
    assert of(text, "Big.run")["gpus"] == ("H100",)
    assert of(text, "Small.run")["gpus"] == ("T4",)
    assert of(text + MAIN + "    Big().run.map([1, 2])\n")["inputs"] == 2


def test_helpers_that_are_classes() -> None:
    text = TRAIN + (
        "class Runner:\n    def __init__(self): train.spawn(0)\n"
        "    def go(self):\n        for i in range(3): train.spawn(i)\n"
    )
    assert fan_out(read(text + MAIN + "    Runner()\n")) == 1
    assert fan_out(read(text + MAIN + "    runner = Runner()\n    runner.go()\n")) == 4


def test_what_has_nothing_to_do_with_modal() -> None:
    for body in (
        "import ray\n@ray.remote\nclass Actor:\n    def f(self): pass\n" + MAIN
        + "    actor = Actor.remote()\n    actor.f.remote()\n",
        "import torch.multiprocessing as mp\n" + MAIN + "    mp.spawn(print, nprocs=2)\n",
        MAIN + "    import multiprocessing\n    multiprocessing.Pool(2).starmap(print, [1])\n",
        MAIN + "    import pandas as pd\n    pd.Series([1]).map({1: 2})\n",
        MAIN + "    from utils.data import rows\n    rows.map(lambda row: row)\n",
        "def go(rows, function): return rows.map(function)\n" + MAIN + "    go([], print)\n",
    ):  # fmt: skip
        assert of(HEAD + body)["unknown"] == (), body
        assert fan_out(read(HEAD + body)) == 0, body


def test_apps_and_settings_of_either_kind() -> None:
    text = "import modal\napp = modal.App('a') if x else modal.App('b')\n"
    assert of(text + "@app.function(gpu='L4')\ndef f(): pass\n")["gpus"] == ("L4",)
    text = HEAD + "class Config:\n    GPU = 'H200'\n    hours: int = 2\n"
    settings = "gpu=Config.GPU, timeout=Config().hours * 3600"
    found = of(text + f"@app.function({settings})\ndef f(): pass\n")
    assert (found["gpus"], found["seconds"]) == (("H200",), 7200)
    found = of(text + "@app.function(timeout=Config(hours=1).hours)\ndef f(): pass\n")
    assert found["seconds"] == 1


def test_sandboxes_are_paid_for_too() -> None:
    body = (
        "    for i in range(3):\n        modal.Sandbox.create(app=app, gpu='A100', timeout=600)\n"
    )
    found = of(HEAD + MAIN + body)
    assert (found["gpus"], found["inputs"], found["seconds"]) == (("A100",), 3, 600)
    assert fan_out(read(HEAD + MAIN + body)) == 3
    cpu = HEAD + MAIN + "    modal.Sandbox.create(app=app)\n"
    assert (of(cpu)["gpus"], fan_out(read(cpu))) == ((), 0)
    asked = of(HEAD + MAIN + "    modal.Sandbox.create(**options)\n")
    assert asked["gpus"] is None


LOOPS = [
    "n = 1\n    for x in 'ab':\n        for y in range(n): train.spawn(y)\n        n = 9",
    "n = 1\n    while x:\n        train.spawn_map(range(n))\n        n += 1",
]


@pytest.mark.parametrize("body", LOOPS)
def test_what_a_loop_changes_is_not_known_in_it(body: str) -> None:
    assert fan_out(read(TRAIN + MAIN + f"    {body}\n")) is None


@pytest.mark.parametrize(
    "text",
    [
        "XS = [1]\ndef fill(): XS.append(2)\n",
        "XS = [1]\ndef fill():\n    global XS\n    XS = list(range(99))\n",
        "XS = {'a': 1}\ndef fill(): XS['b'] = 2\n",
    ],
)
def test_what_functions_change_is_not_known(text: str) -> None:
    assert fan_out(read(TRAIN + text + MAIN + "    train.spawn_map(XS)\n")) is None
    text = text.partition("def")[0]
    assert fan_out(read(TRAIN + text + MAIN + "    train.spawn_map(XS)\n")) == 1
