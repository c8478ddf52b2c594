"""Programs that run another one again and again, measure it, or look into it.

Sources: the manual pages of procps watch(1), moreutils, expect unbuffer(1), faketime(1), entr(1),
watchexec(1), hyperfine(1), strace 6.1, ltrace 0.7, valgrind 3.19, perf(1), rr(1); `--help` of
nodemon, viddy, onchange, chokidar-cli, watchman-make, reflex, watchfiles, watchmedo, pytest-watch,
tsc-watch, tsup.
"""

from __future__ import annotations

from kei_gates.shell.options import Grammar
from kei_gates.shell.wrappers import BARE, Tool, Wrapper

_PERF = Wrapper(
    Grammar(
        "ecFoCpturGjmMDIk",
        "event count freq output cpu pid tid uid repeat cgroup mmap-pages delay "
        "interval-print field-separator clockid call-graph pre post control "
        "user-regs intr-regs max-size proc-map-timeout filter max-events duration",
        flags="aAbdfgilnNqRsSTvVWxz",
        long_flags="all-cpus verbose quiet no-buildid no-inherit no-samples null detailed "
        "no-aggr per-core per-socket per-thread per-node big-num append inherit trace-fork "
        "data timestamp period summary no-syscalls all kernel-callchains user-callchains help",
    ),
    also="pre post",
    output="o output",
)
_VIDDY = Wrapper(
    Grammar("nLs", "interval limit shell shell-options", flags="bcCdegptwxv"),
    "text",
    direct="x exec",
    shells="s shell",
)
_ON_BUILD = Wrapper(
    Grammar(long="onSuccess onFailure onFirstSuccess onCompilationStarted onCompilationComplete"),
    "nothing",
    also="onSuccess onFailure onFirstSuccess onCompilationStarted onCompilationComplete",
)
WATCHING: dict[str, Wrapper | Tool] = {
    # --- watching, repeating, measuring -----------------------------------------------------
    "watch": Wrapper(
        Grammar(
            "nq",
            "interval equexit",
            flags="bcCdeghprtvwx",
            long_flags="beep color no-color differences errexit chgexit exec precise no-rerun "
            "no-title no-wrap help version",
        ),
        "text",
        direct="x exec",
        without="h v help version",
    ),
    "chronic": Wrapper(Grammar(flags="ve")),
    "unbuffer": Wrapper(Grammar(flags="p")),
    "faketime": Wrapper(
        Grammar(
            "p", "exclude-monotonic", flags="fmhv", long_flags="help version disable-monotonic"
        ),
        operands=1,
    ),
    "retry": Wrapper(
        Grammar(
            "tmdnsS",
            "times min max delay until while max-time tries sleep",
            flags="vbhx",
            long_flags="verbose backoff help version",
        ),
        also="until while",
    ),
    "entr": Wrapper(Grammar(flags="acdnprsxz"), joins="s"),
    "watchexec": Wrapper(
        Grammar(
            "weifdsoEF",
            "watch exts ignore filter debounce signal on-busy-update shell workdir project-origin "
            "stop-signal stop-timeout delay-run poll env emit-events-to watch-non-recursive "
            "filter-file ignore-file fs-events socket completions color bell-file map-signal",
            flags="crnpvqN1WIkt",
            long_flags="clear restart no-shell postpone verbose quiet notify no-vcs-ignore "
            "no-project-ignore no-global-ignore no-default-ignore no-discover-ignore once "
            "stdin-quit no-environment no-process-group timings help version print-events",
        ),
        "text",
        direct="n no-shell",
        folder="workdir",
    ),
    "nodemon": Wrapper(
        Grammar("xewidVC", "exec ext watch ignore delay signal config cwd"),
        "nothing",
        also="x exec",
    ),
    "viddy": _VIDDY,
    "hwatch": _VIDDY,
    "onchange": Wrapper(Grammar("dexo", "delay exclude"), behind=True),
    "chokidar": Wrapper(Grammar("cditp", "command ignore"), "nothing", also="c command"),
    "watchman-make": Wrapper(
        Grammar("pt", "run make pattern target root settle"), "nothing", also="run make"
    ),
    "reflex": Wrapper(Grammar("cdeRrgG", "regex glob inverse-regex", flags="sv"), hides="c"),
    "watchfiles": Wrapper(
        Grammar(long="ignore-paths target-type filter args sigint-timeout sigkill-timeout"),
        "first",
    ),
    "watchmedo": Tool(
        Grammar(),
        {
            "shell-command": Wrapper(
                Grammar("cpi", "command patterns ignore-patterns interval"),
                "nothing",
                also="c command",
            ),
            "auto-restart": Wrapper(
                Grammar(
                    "dpi",
                    "directory pattern patterns ignore-pattern ignore-patterns signal "
                    "kill-after debounce-interval",
                    flags="R",
                    long_flags="recursive ignore-directories debug-force-polling",
                )
            ),
        },
    ),
    "ptw": Wrapper(
        Grammar(long="onfail onpass onexit onsuccess runner beforerun afterrun"),
        "nothing",
        also="onfail onpass onexit runner beforerun afterrun",
    ),
    "tsc-watch": _ON_BUILD,
    "tsup": _ON_BUILD,
    "ifne": Wrapper(Grammar(flags="n")),
    "mispipe": Wrapper(Grammar(), "each"),
    "pee": Wrapper(Grammar(), "each"),
    "hyperfine": Wrapper(
        Grammar(
            "wmMrpscnSDLPu",
            "warmup min-runs max-runs runs prepare setup cleanup conclude command-name shell "
            "export-asciidoc export-csv export-json export-markdown export-orgmode style sort "
            "time-unit output input reference parameter-scan parameter-list "
            "parameter-step-size min-benchmarking-time reference-name",
            flags="iNhVv",
            long_flags="show-output no-shell ignore-failure help version",
            many={"L": 2, "parameter-list": 2, "P": 3, "parameter-scan": 3},
        ),
        "each",
        also="p prepare s setup c cleanup conclude reference",
        output="export-asciidoc export-csv export-json export-markdown export-orgmode",
    ),
    # --- observing -----------------------------------------------------------------------------
    "strace": Wrapper(
        Grammar(
            "abeEIoOpPsSuUX",
            "attach trace signal abbrev verbose raw inject fault status env output string-limit "
            "interruptible user detach-on read write kvm trace-path columns const-print-style "
            "summary-sort-by summary-columns summary-syscall-overhead trace-fds syscall-limit",
            flags="cCdDfFhiknNqrtTvVwxyYzZ",
            long_flags="follow-forks output-separately summary summary-only debug help version "
            "instruction-pointer stack-traces stack-trace syscall-number relative-timestamps "
            "absolute-timestamps timestamps syscall-times no-abbrev decode-fds decode-pids "
            "successful-only failed-only tips seccomp-bpf daemonize quiet silent strings-in-hex "
            "argv0",
        ),
        pipes="o output",
        output="o output",
    ),
    "ltrace": Wrapper(
        Grammar(
            "aAeEDFlnopsuwxX",
            "align config debug library output demangle where indent",
            flags="bcCfghiLrStTV",
            long_flags="no-signals demangle help version",
        ),
        output="o output",
    ),
    "valgrind": Wrapper(Grammar(flags="dhqv", attached=True)),
    "perf": Tool(Grammar(flags="vh"), {"record stat trace mem c2c": _PERF}),
    "rr": Tool(
        Grammar(flags="DESNTUKMFACO"),
        {
            "record": Wrapper(
                Grammar(
                    "cnovstipDuW",
                    "num-cpu-ticks output-trace-dir env syscall-buffer-size num-cores bind-to-cpu "
                    "copy-preload-src disable-cpuid-features stap-sdt",
                    flags="hNwx",
                    long_flags="chaos no-syscall-buffer no-file-cloning no-read-cloning wait "
                    "nested print-trace-dir asan help",
                ),
            ),
            "replay ps pack dump help buildid rerun traceinfo ls rm cpufeatures explicit-sources "
            "sources traceinfo gdbinit": Wrapper(Grammar(), "nothing"),
        },
        other=BARE,
    ),
}
