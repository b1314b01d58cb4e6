"""
Runs the functions named case_* of a file, one after another, and says of each how it went, in a line of JSON; then which of the
client's public functions and of the command line's commands were called, and which were not.
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


def commands(group, words=()):
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*words, name))
        else:
            yield " ".join(("$ mlflow", *words, name)), command


def watch_commands(cli):
    """Notes every use of a command of the command line. Answers their names."""
    for said, command in commands(cli):

        def noting(function, said):
            @functools.wraps(function)
            def call(*args, **kwargs):
                called.add(said)
                return function(*args, **kwargs)

            return call

        command.callback = noting(command.callback, said)
    return {said for said, _ in commands(cli)}


def load(path):
    spec = importlib.util.spec_from_file_location("cases", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main(path):
    surface = watch(MlflowClient, "MlflowClient.") | watch(mlflow, "mlflow.")
    cases = vars(load(path)).copy()
    if "mlflow.cli" in sys.modules:
        surface |= watch_commands(sys.modules["mlflow.cli"].cli)
    for name, case in cases.items():
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
