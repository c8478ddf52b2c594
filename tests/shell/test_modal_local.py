"""Which part of a Modal script runs on this machine; the rest of its text stays as it is."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kei_gates.shell.modal_local import local_part

HEAD = "import modal, functools\napp = modal.App('a')\n"
# Marks `here(...)` for code that runs here, `there(...)` for code that does not.
SCRIPTS = {
    "module": "here(1)\nif x:\n    here(2)\nfor i in y:\n    here(3)\n",
    "function": "@app.function(gpu='H100')\ndef f():\n    there(1)\n",
    "one line": "@app.function()\ndef f(): there(1); there(2)\nhere(1)\n",
    "async": "@app.function()\nasync def f():\n    await there(1)\n",
    "arguments": "@app.function(image=here(1))\ndef f(x=here(2)):\n    there(1)\n",
    "stacked": "@app.function()\n@modal.concurrent(max_inputs=2)\ndef f():\n    there(1)\n",
    "web": "@app.function()\n@modal.fastapi_endpoint()\ndef f():\n    there(1)\n",
    "letters": "@app.function()\ndef f(): there('é𝄞'); s = 'ß'\nhere('é')\n",
    "text": "@app.function()\ndef f():\n    '''there(1)\n    there(2)'''\n    there(3)\nhere(1)\n",
    "decorated first": "@app.function()\ndef f():\n    @there(1)\n    def g(): there(2)\nhere(1)\n",
    "class": "@app.cls()\nclass M:\n    a = here(1)\n    @modal.enter()\n    def e(self):\n"
    "        there(1)\n    @modal.method()\n    def m(self):\n        there(2)\n"
    "    def own(self):\n        there(3)\n",
    "own class": "class C:\n    def m(self):\n        here(1)\n"
    "class D:\n    def m(self):\n"
    "        there(1)\nC().m()\n",
    "entrypoint": "@app.local_entrypoint()\ndef main():\n    here(1)\n    h()\n"
    "def h():\n    here(2)\ndef g():\n    there(1)\n",
    "helpers of what runs elsewhere": "def h():\n    there(1)\n"
    "@app.function()\ndef f():\n    h()\n",
    "plain decorators": "@functools.cache\ndef h():\n    there(1)\n",
    "other decorators": "@register\ndef h():\n    here(1)\n",
    "in an image": "def h():\n    there(1)\nimage = modal.Image.debian_slim().run_function(h)\n",
    "registered by a call": "def h():\n    there(1)\nf = app.function(gpu='T4')(h)\n",
    "main": "if __name__ == '__main__':\n    there(1)\nelse:\n    here(1)\n",
    "local": "@app.function()\ndef f():\n    here(1)\n@app.local_entrypoint()\ndef main():\n"
    "    f.local()\n",
    "raw": "@app.function()\ndef f():\n    here(1)\nf.get_raw_f()()\n",
    "called": "@app.function()\ndef f():\n    here(1)\nf()\n",
    "own registering": "class O:\n    def function(self): return lambda f: f\n"
    "app = O()\napp2 = app\n"
    "@app2.function()\ndef f():\n    here(1)\n",
    "imported app": "from common import shared\n@shared.function()\ndef f():\n    there(1)\n",
    "got by name": "@app.function()\ndef f():\n    here(1)\ngetattr(f, 'local')()\n",
    "an attribute of something else": "@app.function()\ndef f():\n    there(1)\n"
    "x = getattr(args, 'steps')\n",
    "reached by name": "@app.function()\ndef f():\n    here(1)\ngetattr(f, 'lo' + 'cal')()\n",
    "in a block": "try:\n"
    "    @app.function()\n    def f():\n        there(1)\nexcept E:\n    here(1)\n",
    "matched": "match x:\n    case 1:\n        here(1)\n",
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_what_runs_here_is_left(name: str) -> None:
    script = HEAD + SCRIPTS[name]
    left = local_part(script)
    ast.parse(left)
    assert "there(" not in left
    assert left.count("here(") == script.count("here(") - script.count("there(")
    assert left.count("\n") == script.count("\n")


def test_a_program_runs_what_it_does_as_the_main_one() -> None:
    script = (
        f"{HEAD}@app.function()\ndef f():\n    there(1)\nif __name__ == '__main__':\n    here(1)\n"
    )
    assert "here(1)" not in local_part(script).replace("there(1)", "")
    left = local_part(script, is_main=True)
    assert "there(1)" not in left
    assert "here(1)" in left


@pytest.mark.parametrize("code", ["", "modal (", "x = 1\n", "import modal\r\nx = 1\r\n"])
def test_other_text_stays_as_it_is(code: str) -> None:
    assert local_part(code) == code


@given(st.lists(st.sampled_from(sorted(SCRIPTS)), max_size=5))
def test_scripts_of_all_kinds_stay_python(names: list[str]) -> None:
    script = HEAD + "".join(SCRIPTS[name] for name in names)
    left = local_part(script)
    ast.parse(left)
    assert left.count("\n") == script.count("\n")
    assert local_part(left).count("\n") == left.count("\n")
