"""The interpreters that are known, each with how it is given its program.

Sources: python(1), the Python library's pages on `timeit`, `pdb`, `profile`, `trace` and `runpy`;
coverage 7 and ipython 8 (`--help`); perlrun(1), ruby(1), rake(1), `rails runner --help`; node(1),
the manuals of bun 1, deno 2 and zx 8; php(1), `artisan help tinker`, `manage.py help shell`;
lua(1), Rscript(1), tclsh(1), gawk(1). Languages that are compiled or rare stand in
`interpreters_foreign.py`.
"""

from __future__ import annotations

from kei_gates.shell.interpreter_words import Interpreter
from kei_gates.shell.interpreters_foreign import FOREIGN

_OCTAL = "01234567"

_PYTHON = Interpreter(
    "python",
    "-c",
    modules="-m",
    values="-X -W --check-hash-based-pycs --cwd",
    typed="-i",
    ends=True,
)
_IPYTHON = Interpreter(
    "ipython",
    "-c",
    modules="-m --module",
    files="--startup",
    values="--profile --ipython-dir --ext --log-level --colors --matplotlib --gui --cache-size",
    typed="-i",
    ends=True,
)
_PROFILED = Interpreter("python", modules="-m --module", values="-o --outfile -s --sort")
_DEBUGGED = Interpreter("python", "-c --command", says="pdb", modules="-m", typed="-i")
_TYPED = Interpreter("python", operand="none", values="-m")

# Programs of Python's library that start what their arguments say; the others start nothing.
LIBRARY: dict[str, Interpreter] = {
    "asyncio": _TYPED,
    "cProfile": _PROFILED,
    "code": _TYPED,
    "idlelib": Interpreter("python", "-c", files="-r", values="-t"),
    "pdb": _DEBUGGED,
    "pickle": Interpreter(None),
    "profile": _PROFILED,
    "runpy": Interpreter("python", operand="module"),
    "timeit": Interpreter(
        "python",
        "-s --setup",
        values="-n --number -r --repeat -u --unit",
        operand="codes",
    ),
    "trace": Interpreter(
        "python",
        modules="--module",
        values="-f --file -C --coverdir --ignore-module --ignore-dir",
    ),
}
"""How modules of Python's own library are given a program."""

_MEASURED = Interpreter(
    "python",
    modules="-m --module",
    values="--rcfile --source --omit --include --context --data-file --concurrency --debug -d "
    "--source-pkgs",
)
_NODE = Interpreter(
    "node",
    "-e -p --eval --print -pe",
    files="-r --require --import --loader --experimental-loader --experimental-default-config-file",
    values="-C --conditions --input-type --env-file --env-file-if-exists --title --watch-path "
    "--redirect-warnings --test-reporter --test-reporter-destination --test-name-pattern "
    "--test-skip-pattern --test-shard --inspect-port --diagnostic-dir --icu-data-dir "
    "--cpu-prof-dir --heap-prof-dir --trace-event-categories --unhandled-rejections "
    "--dns-result-order --disable-warning --openssl-config --secure-heap --localstorage-file "
    "--stack-trace-limit --report-dir --report-filename",
    flags="--watch --test --no-warnings --check --interactive --inspect --inspect-brk "
    "--experimental-strip-types --experimental-transform-types --experimental-vm-modules "
    "--expose-gc --enable-source-maps --preserve-symlinks --trace-warnings --trace-uncaught "
    "--no-deprecation --trace-deprecation --experimental-json-modules --experimental-sqlite "
    "--experimental-specifier-resolution --test-only --test-force-exit --experimental-wasm-modules "
    "--experimental-test-coverage --permission --harmony --cpu-prof --heap-prof --prof "
    "--throw-deprecation --pending-deprecation --use-openssl-ca --report-on-signal --print",
    idle="--test --check -c --run",
    typed="-i --interactive",
)
_TSX = Interpreter(
    "node",
    "-e -p --eval --print -pe",
    files="-r --require --import",
    values="--tsconfig --project -P --cwd -O --compilerOptions --cwd-mode -C --compiler",
)
_BUN = Interpreter(
    "node",
    "-e --eval -p --print",
    files="-r --preload --require --import",
    values="--cwd --config -c --env-file --tsconfig-override --conditions --port --title",
    operand="path",
)
_DENO_VALUES = (
    "-c --config --import-map --lock --cert --location --seed --ext -L --log-level --env-file "
    "--unsafely-ignore-certificate-errors --v8-flags --node-modules-dir --preload"
)
_DENO_RUN = Interpreter("node", values=_DENO_VALUES)
_AWK = Interpreter(
    "awk",
    "-e --source",
    files="-f --file -E --exec",
    loads="-i --include",
    values="-F --field-separator -v --assign -m -W",
    hides="-l --load -D --debug -W",
    operand="code",
)
_LUA = Interpreter("lua", "-e", loads="-l", values="-j -O -b")
_R = Interpreter(
    "r",
    "-e",
    files="-f --file",
    values="-g --gui -d --debugger",
    operand="none",
    commands={
        "CMD": Interpreter(None, operand="other", commands={"BATCH": Interpreter("r")}),
    },
)
_TASKS = Interpreter(
    "ruby",
    "-e --execute -E --execute-continue -p --execute-print",
    files="-f --rakefile -r --require",
    values="-I --libdir -R --rakelibdir -j --jobs -C --directory --trace-rules -m",
    idle="-T --tasks -D --describe -P --prereqs -W --where -H -h --help -V --version -n --dry-run",
    operand="tasks",
)
_RAILS = Interpreter(
    "ruby",
    operand="tasks",
    idle="-T --tasks",
    commands={
        "runner r": Interpreter("ruby", values="-e --environment", operand="either"),
        "console c": Interpreter("ruby", values="-e --environment", operand="none"),
        "server s generate g destroy d new test t test:system dbconsole db plugin about routes "
        "notes stats secret help --help -h --version -v credentials:edit dev:cache": None,
    },
)

INTERPRETERS: dict[str, Interpreter] = FOREIGN | {
    "python": _PYTHON,
    "pypy": _PYTHON,
    "pythonw": _PYTHON,
    "sage": _PYTHON,
    "ipython": _IPYTHON,
    "IPython": _IPYTHON,
    "pdb": _DEBUGGED,
    "ipdb": _DEBUGGED,
    "pudb": _DEBUGGED,
    "coverage": Interpreter(None, operand="other", commands={"run": _MEASURED}),
    "kernprof": Interpreter("python", values="-o --outfile -s --setup -p --prof-mod"),
    "viztracer": Interpreter("python", modules="-m", values="-o --output_file --max_stack_depth"),
    "scalene": Interpreter("python", values="--outfile --profile-only --cpu-percent-threshold"),
    "memory-profiler": Interpreter("python", values="-o --pdb-mmem --precision"),
    "debugpy": Interpreter(
        "python",
        "-c",
        modules="-m",
        values="--listen --connect --pid --log-to --configure-subProcess",
    ),
    "streamlit": Interpreter(None, operand="other", commands={"run": Interpreter("python")}),
    "manage.py": Interpreter(
        None,
        operand="other",
        commands={
            "shell shell_plus": Interpreter(
                "python",
                "-c --command",
                values="-i --interface -v --verbosity --settings --pythonpath",
                operand="none",
            )
        },
    ),
    "modal": Interpreter("modal", operand="reference"),
    "modal.exe": Interpreter("modal", operand="reference"),
    "node": _NODE,
    "nodejs": _NODE,
    "ts-node": _TSX,
    "ts-node-esm": _TSX,
    "tsx": _TSX,
    "vite-node": _TSX,
    "swc-node": _TSX,
    "babel-node": _TSX,
    "zx": Interpreter(
        "node",
        "-e --eval",
        values="--shell --prefix --postfix --cwd --ext --env --registry",
    ),
    "bun": Interpreter(
        _BUN.language,
        _BUN.code,
        files=_BUN.files,
        values=_BUN.values,
        operand="path",
        commands={"run": _BUN, "repl": Interpreter("node", "-e --eval -p --print")},
    ),
    "deno": Interpreter(
        "node",
        operand="path",
        values=_DENO_VALUES,
        commands={
            "run serve": _DENO_RUN,
            "eval": Interpreter("node", values=_DENO_VALUES, operand="code"),
            "repl": Interpreter("node", "--eval", files="--eval-file", operand="none"),
        },
    ),
    "perl": Interpreter(
        "perl",
        "-e -E",
        loads="-M -m",
        values="-I",
        rest="-i -F -V -x -D",
        some={"-0": _OCTAL + "xX", "-l": _OCTAL, "-C": "IOEioADSLa0123456789"},
        hides="-d",
        idle="-c",
        in_place="-i",
    ),
    "ruby": Interpreter(
        "ruby",
        "-e",
        loads="-r",
        values="-I -C -E",
        rest="-i -F -K -x",
        some={"-0": _OCTAL, "-W": "012:abcdefghijklmnopqrstuvwxyz-", "-T": "0123"},
        idle="-c",
        in_place="-i",
    ),
    "jruby": Interpreter("ruby", "-e", loads="-r", values="-I -C -E", rest="-J"),
    "irb": Interpreter("ruby", loads="-r", values="-I -E"),
    "rake": _TASKS,
    "rails": _RAILS,
    "php": Interpreter(
        "php",
        "-r -B -R -E",
        files="-f -F",
        values="-d -c -z -t -S",
        hides="-a",
        idle="-l --syntax-check -i -m -w -s",
    ),
    "artisan": Interpreter(
        None,
        operand="other",
        commands={"tinker": Interpreter("php", "--execute", values="--env", operand="scripts")},
    ),
    "lua": _LUA,
    "luajit": _LUA,
    "Rscript": Interpreter("r", "-e", values="--default-packages"),
    "R": _R,
    "tclsh": Interpreter("tcl"),
    "wish": Interpreter("tcl"),
    "awk": _AWK,
    "gawk": _AWK,
    "mawk": _AWK,
    "nawk": _AWK,
}

# Scripts of projects that are interpreters of their own, by the names that they always have.
SCRIPTS = frozenset(("artisan", "manage.py", "rails", "rake"))
"""Scripts that are known by their names, wherever they lie."""


# Those that do other things beside, by their operands.
_OF_THEIR_OWN = frozenset(("other", "path", "tasks", "reference"))


def row_of(program: str) -> Interpreter | None:
    """Give what is known of a program, by its name with or without a version."""
    return INTERPRETERS.get(program) or INTERPRETERS.get(program.rstrip("0123456789.-"))


def interpreter(program: str) -> Interpreter | None:
    """Give what is known of an interpreter that is nothing else."""
    row = row_of(program)
    return None if row is None or row.operand in _OF_THEIR_OWN else row
