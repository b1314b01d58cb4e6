"""Runs the functions named case_* of a file, one after another, and says of each how it went, in a line of JSON."""

import importlib.util
import json
import sys
import traceback


def load(path):
    spec = importlib.util.spec_from_file_location("cases", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main(path):
    for name, case in vars(load(path)).copy().items():
        if not name.startswith("case_"):
            continue
        try:
            case()
            said = None
        except BaseException:
            said = traceback.format_exc()
        print("CASE " + json.dumps({"name": name, "failed": said}), flush=True)


main(sys.argv[1])
