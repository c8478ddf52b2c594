"""Run the installed kei-gates hook for one event: `python -I -S kei_gates_hook.py EVENT`.

All logic is in the package. This file only finds it, beside the interpreter that runs it, and
answers deny by itself when that fails: the client lets a call through on most hook failures.
"""

import sys

try:
    from marshal import loads
    from posix import O_RDONLY, pread
    from posix import open as open_fd

    # -S skips `site`, which costs more than the whole decision; so the folder is named here.
    environment = sys.executable.rpartition("/bin/")[0]
    site = "%s/lib/python%d.%d/site-packages" % (environment, *sys.version_info[:2])
    sys.path.append(site)
    try:
        archive = open_fd("%s/share/kei-gates/%x" % (environment, sys.hexversion), O_RDONLY)
    except OSError:
        pass  # there is none: the modules are found one by one
    else:
        # Whoever can write this file can write the package itself.
        reader, *head = loads(pread(archive, 1 << 14, 0))  # noqa: S302
        exec(reader)  # noqa: S102
        start(archive, site, *head)  # type: ignore[name-defined]  # noqa: F821 -- the reader's
    from kei_gates.hook.main import main

    main(sys.argv[1:])
except BaseException as error:
    sys.stderr.write("kei-gates: the hook could not start (%a); run install.sh again\n" % error)
# `main` ends the process itself; to come here is a fault, and 2 is the one exit code that blocks.
# A person's prompt and session are not blocked: they must be able to go on and mend it.
sys.exit(1 if sys.argv[1:2] in (["UserPromptSubmit"], ["SessionStart"]) else 2)
