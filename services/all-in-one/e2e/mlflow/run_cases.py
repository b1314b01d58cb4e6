"""
Runs the functions named case_* of a file, one after another, and says of each how it went, in a line of JSON; then which of the
client's public functions were called, and which were not.
"""

import functools
import importlib.util
import inspect
import json
import sys
import traceback

import mlflow
from mlflow import MlflowClient

called = set()


def public(owner):
    names = mlflow.__all__ if owner is mlflow else dir(owner)
    return [name for name in names if not name.startswith("_") and inspect.isfunction(getattr(owner, name, None))]


def watch(owner, prefix):
    """Notes every call of a public function of the owner. Answers their names."""
    for name in public(owner):

        def noting(function, said):
            @functools.wraps(function)
            def call(*args, **kwargs):
                called.add(said)
                return function(*args, **kwargs)

            return call

        # A static function stays one.
        static = isinstance(inspect.getattr_static(owner, name), staticmethod)
        watched = noting(getattr(owner, name), prefix + name)
        setattr(owner, name, staticmethod(watched) if static and inspect.isclass(owner) else watched)
    return {prefix + name for name in public(owner)}


def load(path):
    spec = importlib.util.spec_from_file_location("cases", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main(path):
    surface = watch(MlflowClient, "MlflowClient.") | watch(mlflow, "mlflow.")
    for name, case in vars(load(path)).copy().items():
        if not name.startswith("case_"):
            continue
        try:
            case()
            said = None
        except BaseException:
            said = traceback.format_exc()
        print("CASE " + json.dumps({"name": name, "failed": said}), flush=True)
    print("SURFACE " + json.dumps({"called": sorted(called), "public": sorted(surface)}), flush=True)


main(sys.argv[1])
