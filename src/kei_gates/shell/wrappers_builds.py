"""Builds, compilers and profilers that run another program, or one that an option names.

Sources: the cargo book; `cargo watch --help` 8; rustc's book (codegen options); `go help build`,
`go help run`, `go help testflag`; cmake(1) 3.27; gcc(1); scan-build(1), intercept-build(1); ccache,
icecc, distcc; mpirun(1), srun(1), sbatch(1); torchrun; memray, py-spy, samply, heaptrack,
`accelerate --help`; gdbserver(1); qemu's documentation of user mode emulation.
"""

from __future__ import annotations

from kei_gates.shell.options import Grammar
from kei_gates.shell.wrappers import BARE, Tool, Wrapper


def _of_module(name: str) -> str | None:
    """Give the program of a Go module's package, `host/path/program/v2@v2.1`.

    It is empty for a folder or a file of the project: that is no other program.
    """
    path, version, _ = name.partition("@")
    parts = path.rstrip("/").split("/")
    if name.startswith((".", "/")) or ("." not in parts[0] and not version) or len(parts) == 1:
        return ""
    if len(parts) > 2 and parts[-1][:1] == "v" and parts[-1][1:].isdecimal():  # noqa: PLR2004 -- host and name
        parts.pop()
    return parts[-1]


_GO = Grammar(
    long="exec toolexec vettool o p C asmflags buildmode buildvcs compiler gccgoflags gcflags "
    "installsuffix ldflags mod modfile overlay pgo pkgdir tags coverpkg covermode coverprofile "
    "run bench benchtime count cpu parallel timeout outputdir skip list fuzz fuzztime cpuprofile "
    "memprofile blockprofile mutexprofile trace vet shuffle",
    either=True,
    single_dash=True,
)
_GO_BUILD = Wrapper(_GO, "nothing", also="exec toolexec vettool", without="")
_GO_RUN = Wrapper(_GO, also="exec toolexec", rename=_of_module, folder="C", without="")
_RUSTC = Grammar("CLlAWDFo", "codegen crate-name crate-type edition emit target cfg out-dir extern")
_COMPILER = Wrapper(
    Grammar(long="wrapper o", single_dash=True), "nothing", hides="wrapper", without=""
)
_SCAN = Grammar(
    "o",
    "use-cc use-c++ use-analyzer analyzer-target html-title enable-checker disable-checker "
    "load-plugin maxloop constraints store analyzer-config exclude cdb",
    either=True,
)
_MPI = Wrapper(
    Grammar(
        "nHxc",
        "np n host hostfile machinefile x mca map-by bind-to rank-by report-bindings wdir wd path "
        "ppn hosts env genv f app oversubscribe-limit output-filename prefix",
        many={"mca": 2, "env": 2, "genv": 2},
        either=True,
    ),
    hides="app",
    folder="wdir wd",
)
_SRUN = Grammar(
    "nNcpAJtoeiwxGCDdmKLMqu",
    "ntasks nodes cpus-per-task partition account job-name time output error input nodelist "
    "exclude gres gpus mem chdir dependency export constraint qos mpi cpu-bind wrap array "
    "mail-type mail-user begin ntasks-per-node gpus-per-node mem-per-cpu reservation jobid comment",
)
_EMULATOR = Wrapper(
    Grammar(
        long="L g E U s cpu B R d D p strace-file seed plugin trace dfilter",
        single_dash=True,
    ),
)
_PYTHON_TOOL = Grammar(
    "orfptsiw",
    "output rcfile source include omit context data-file concurrency pid rate format duration "
    "outfile renderer target interval port tracer_entries",
)

BUILDS: dict[str, Wrapper | Tool] = {
    "cargo": Tool(
        Grammar("CZ", "config color manifest-path"),
        {
            "watch": Wrapper(
                Grammar(
                    "sxwidECBLNF",
                    "shell exec watch ignore delay env workdir notify-command features use-shell "
                    "debug-file rust-backtrace",
                    flags="cqaWkh",
                    long_flags="clear quiet why all poll postpone no-gitignore no-dot-ignores "
                    "no-vcs-ignores no-process-group no-restart skip-local-deps watch-when-idle "
                    "ignore-nothing help version",
                ),
                also="s shell",
                prefixed="x exec:cargo",
                folder="C workdir",
            ),
            "with": Wrapper(Grammar(), "first"),
            "flamegraph": Wrapper(Grammar("c", "cmd"), "nothing", hides="c cmd"),
        },
        skips="+",
        folder="C",
    ),
    "rustc": Wrapper(_RUSTC, "nothing", keyed="C codegen:linker", without=""),
    "rustup": Tool(
        Grammar(flags="vq"),
        {"run": Wrapper(Grammar(flags="", long_flags="install"), operands=1)},
        skips="+",
    ),
    "go": Tool(
        Grammar("C"),
        {"build test vet install list get": _GO_BUILD, "run": _GO_RUN, "tool": _GO_RUN},
        folder="C",
    ),
    "cmake": Tool(
        Grammar("SBGDCUAT"),
        {
            "env": Wrapper(Grammar(long="unset modify", attached=True), assignments=True),
            "time": BARE,
            "chdir": Wrapper(Grammar(), operands=1, elsewhere=True),
        },
    ),
    "gcc": _COMPILER,
    "g++": _COMPILER,
    "cc": _COMPILER,
    "c++": _COMPILER,
    "gfortran": _COMPILER,
    "scan-build": Wrapper(_SCAN, also="use-cc use-c++ use-analyzer"),
    "intercept-build": Wrapper(_SCAN, also="use-cc use-c++"),
    "compiledb": Wrapper(Grammar("pobdm", "parse output build-dir exclude macros", flags="nfSv")),
    "icecc": BARE,
    "buildcache": BARE,
    # --- many at once ---------------------------------------------------------------------------
    "mpirun": _MPI,
    "mpiexec": _MPI,
    "srun": Wrapper(_SRUN, folder="D chdir"),
    "sbatch": Wrapper(_SRUN, "nothing", also="wrap"),
    "torchrun": Wrapper(
        Grammar(
            "mtr",
            "nnodes nproc-per-node nproc_per_node rdzv-backend rdzv_backend rdzv-endpoint "
            "rdzv_endpoint rdzv-id rdzv_id max-restarts max_restarts master-addr master_addr "
            "master-port master_port node-rank node_rank log-dir role",
        ),
        scripts=True,
    ),
    "accelerate": Tool(
        Grammar(),
        {
            "launch": Wrapper(
                Grammar(
                    "m",
                    "config_file num_processes num_machines mixed_precision main_process_port "
                    "main_process_ip machine_rank gpu_ids dynamo_backend use_deepspeed_config "
                    "deepspeed_config_file",
                ),
                scripts=True,
            ),
        },
    ),
    # --- measuring and looking inside -----------------------------------------------------------
    "memray": Tool(Grammar(), {"run": Wrapper(_PYTHON_TOOL, scripts=True)}),
    "py-spy": Tool(Grammar(), {"record top": Wrapper(_PYTHON_TOOL, behind=True)}),
    "pyinstrument": Wrapper(_PYTHON_TOOL, scripts=True),
    "samply": Tool(Grammar(), {"record": Wrapper(Grammar("oprdn", "output pid rate duration"))}),
    "heaptrack": Wrapper(
        Grammar("op", "output pid", flags="rdi"), without="p pid d i help version"
    ),
    "flamegraph": Wrapper(
        Grammar("ocpFi", "output cmd pid freq image-width notes", flags="v"), hides="c cmd"
    ),
    "gdbserver": Wrapper(Grammar(long="selftest", flags=""), operands=1, without="help version"),
    "qemu": _EMULATOR,
    "box64": BARE,
}
