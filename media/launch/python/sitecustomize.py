"""Run by every Python that finds this folder first on PYTHONPATH, before any other module.

It routes model calls (see countersign.py), then loads the sitecustomize it hides: the interpreter's own, or another tool's.
`python -I`, `-E` and `-S` skip it, as they skip PYTHONPATH; the variables of the environment still hold for `-S`.
"""

import importlib.machinery
import importlib.util
import os
import sys

_HERE = os.path.dirname(os.path.abspath(__file__))


def _load_hidden():
    elsewhere = [path for path in sys.path if os.path.abspath(path or os.curdir) != _HERE]
    spec = importlib.machinery.PathFinder.find_spec("sitecustomize", elsewhere)
    if spec is not None and spec.loader is not None:
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)


def _drop_empty_end():
    # The editor puts this folder and a separator in front of a list it cannot see. Where there is none, Python would take the
    # empty end for the working folder and import from it.
    if os.environ.get("PYTHONPATH") == _HERE + os.pathsep:
        os.environ["PYTHONPATH"] = _HERE
        if os.getcwd() in sys.path:
            sys.path.remove(os.getcwd())


_drop_empty_end()
try:
    import countersign

    countersign.start()
finally:
    _load_hidden()
