"""
Asks the same questions of whichever server MLFLOW_TRACKING_URI names, in the protocol's own words, and prints the answers with ids,
times and invented names taken out. Errors count by status and code.
"""

import json
import os
import re

import requests

URL = os.environ["MLFLOW_TRACKING_URI"]
HEADERS = {"Authorization": "Bearer " + os.environ.get("MLFLOW_TRACKING_TOKEN", "")}
TIMES = re.compile(r"(^|_)(time|timestamp|timestamp_ms|creation_time|last_update_time)$")
INVENTED = {"user_id", "next_page_token"}

answers = []
known = {}


def know(kind, value):
    """Names an id by the order in which it came up."""
    if value and value not in known:
        known[value] = f"<{kind} {sum(1 for one in known.values() if one.startswith('<' + kind)) + 1}>"


def named(text, key):
    """Ids of experiments are numbers, and count only where one is meant."""
    for value, name in known.items():
        if not value.isdigit():
            text = text.replace(value, name)
        elif key == "experiment_id" and text == value:
            text = name
        else:
            text = text.replace(f"mlflow-artifacts:/{value}", f"mlflow-artifacts:/{name}")
    return text


def plain(value, key=""):
    """What is empty is as good as absent: protobuf knows no difference. Who made a version, and of which model, MLflow keeps to itself."""
    if isinstance(value, dict):
        hidden = {"user_id", "model_id"} if "current_stage" in value else set()
        pair = value.get("key")
        shown = {k: plain(v, pair if k == "value" and pair in INVENTED else k) for k, v in sorted(value.items()) if k not in hidden}
        return {k: v for k, v in shown.items() if v not in ("", [], {})}
    if isinstance(value, list):
        return [plain(one, key) for one in value]
    if TIMES.search(key) and str(value).isdigit() and int(value) > 10**12:
        return "<time>"
    if key in INVENTED and value:
        return f"<{key}>"
    if isinstance(value, str):
        return named(value, key) if len(value) <= 200 else f"<{len(value)} characters>"
    return value


def ask(name, method, path, /, **message):
    at = f"{URL}/api/2.0/mlflow/{path}"
    how = {"params": message} if method == "GET" else {"json": message}
    answer = requests.request(method, at, headers=HEADERS, **how)
    return note(name, answer)


def learn(body):
    """Ids that the server made."""
    run = body.get("run", {}).get("info", {}).get("run_id")
    model = body.get("model", {}).get("info", {}).get("model_id")
    for kind, value in (("experiment", body.get("experiment_id")), ("run", run), ("model", model)):
        know(kind, value)


def note(name, answer):
    try:
        body = answer.json()
    except ValueError:
        body = {"text": answer.text}
    learn(body)
    shown = {"error_code": body.get("error_code")} if answer.status_code != 200 else plain(body)
    answers.append({"name": name, "status": answer.status_code, "answer": shown})
    return body


def in_order(tags):
    """Orders of tags and params are nobody's promise."""
    return sorted(tags, key=lambda one: json.dumps(one, sort_keys=True))


def settle_orders(value):
    if isinstance(value, dict):
        return {k: in_order(settle_orders(v)) if k in ("tags", "params", "aliases", "metrics", "datasets", "latest_versions") and isinstance(v, list) else settle_orders(v) for k, v in value.items()}
    if isinstance(value, list):
        return [settle_orders(one) for one in value]
    return value


def experiments():
    made = ask("experiment: create", "POST", "experiments/create", name="answers", tags=[{"key": "a", "value": "1"}])
    one = made.get("experiment_id")
    ask("experiment: get", "GET", "experiments/get", experiment_id=one)
    ask("experiment: get by name", "GET", "experiments/get-by-name", experiment_name="answers")
    ask("experiment: create again", "POST", "experiments/create", name="answers")
    ask("experiment: create without a name", "POST", "experiments/create", name="")
    ask("experiment: get nothing", "GET", "experiments/get", experiment_id="987654321")
    ask("experiment: get without an id", "GET", "experiments/get")
    ask("experiment: get nothing by name", "GET", "experiments/get-by-name", experiment_name="nobody's")
    ask("experiment: rename", "POST", "experiments/update", experiment_id=one, new_name="answers 2")
    ask("experiment: rename onto a taken name", "POST", "experiments/update", experiment_id=one, new_name="Default")
    ask("experiment: tag", "POST", "experiments/set-experiment-tag", experiment_id=one, key="b", value="2")
    ask("experiment: tag without a key", "POST", "experiments/set-experiment-tag", experiment_id=one, value="2")
    ask("experiment: untag", "POST", "experiments/delete-experiment-tag", experiment_id=one, key="a")
    ask("experiment: untag nothing", "POST", "experiments/delete-experiment-tag", experiment_id=one, key="a")
    ask("experiment: search by name", "POST", "experiments/search", max_results=10, filter="name LIKE 'answers%'")
    ask("experiment: search by tag", "POST", "experiments/search", max_results=10, filter="tags.b = '2'")
    ask("experiment: search with a bad filter", "POST", "experiments/search", max_results=10, filter="nonsense > 1")
    ask("experiment: search with a bad order", "POST", "experiments/search", max_results=10, order_by=["nonsense"])
    ask("experiment: search for nothing", "POST", "experiments/search", max_results=0)
    ask("experiment: search by a get", "GET", "experiments/search", max_results=10, filter="name = 'answers 2'")
    gone = ask("experiment: create another", "POST", "experiments/create", name="gone").get("experiment_id")
    ask("experiment: delete", "POST", "experiments/delete", experiment_id=gone)
    ask("experiment: get a deleted one", "GET", "experiments/get", experiment_id=gone)
    ask("experiment: delete a deleted one", "POST", "experiments/delete", experiment_id=gone)
    ask("experiment: search deleted ones", "POST", "experiments/search", max_results=10, view_type="DELETED_ONLY", filter="name LIKE 'gone%'")
    ask("experiment: run in a deleted one", "POST", "runs/create", experiment_id=gone, run_name="x")
    ask("experiment: restore", "POST", "experiments/restore", experiment_id=gone)
    ask("experiment: restore an active one", "POST", "experiments/restore", experiment_id=gone)
    ask("experiment: delete for the name", "POST", "experiments/delete", experiment_id=gone)
    ask("experiment: create under the name of a deleted one", "POST", "experiments/create", name="gone")
    ask("experiment: with an artifact location", "POST", "experiments/create", name="located", artifact_location="s3://b/p")
    return one


def runs(experiment):
    made = ask("run: create", "POST", "runs/create", experiment_id=experiment, start_time=1700000000000, run_name="first", tags=[{"key": "t", "value": "1"}])
    run = made.get("run", {}).get("info", {}).get("run_id")
    ask("run: get", "GET", "runs/get", run_id=run)
    ask("run: get by its old name", "GET", "runs/get", run_uuid=run)
    ask("run: get nothing", "GET", "runs/get", run_id="0" * 32)
    ask("run: get without an id", "GET", "runs/get")
    ask("run: create in no experiment", "POST", "runs/create", experiment_id="987654321", run_name="x")
    ask("run: log a param", "POST", "runs/log-parameter", run_id=run, key="p", value="1")
    ask("run: log the param again", "POST", "runs/log-parameter", run_id=run, key="p", value="1")
    ask("run: log another value", "POST", "runs/log-parameter", run_id=run, key="p", value="2")
    ask("run: log a param without a key", "POST", "runs/log-parameter", run_id=run, value="2")
    ask("run: log a param to nothing", "POST", "runs/log-parameter", run_id="0" * 32, key="p", value="1")
    ask("run: log a metric", "POST", "runs/log-metric", run_id=run, key="m", value=0.5, timestamp=1700000000001, step=0)
    ask("run: log a later metric", "POST", "runs/log-metric", run_id=run, key="m", value=1.5, timestamp=1700000000002, step=5)
    ask("run: log NaN", "POST", "runs/log-metric", run_id=run, key="nan", value="NaN", timestamp=1700000000001, step=0)
    ask("run: log a metric without a time", "POST", "runs/log-metric", run_id=run, key="m", value=1)
    ask("run: log a metric that is no number", "POST", "runs/log-metric", run_id=run, key="m", value="x", timestamp=1)
    batch = {
        "metrics": [{"key": "b", "value": n, "timestamp": 1700000000000 + n, "step": n} for n in range(3)],
        "params": [{"key": "q", "value": "x"}],
        "tags": [{"key": "u", "value": "y"}],
    }
    ask("batch: all kinds", "POST", "runs/log-batch", run_id=run, **batch)
    ask("batch: nothing", "POST", "runs/log-batch", run_id=run)
    ask("batch: a param twice", "POST", "runs/log-batch", run_id=run, params=[{"key": "d", "value": "1"}, {"key": "d", "value": "2"}])
    ask("batch: a param that changes", "POST", "runs/log-batch", run_id=run, metrics=[{"key": "not", "value": 1, "timestamp": 1, "step": 0}], params=[{"key": "p", "value": "9"}])
    ask("batch: 1,001 metrics", "POST", "runs/log-batch", run_id=run, metrics=[{"key": "many", "value": 1, "timestamp": 1, "step": n} for n in range(1001)])
    ask("batch: 101 params", "POST", "runs/log-batch", run_id=run, params=[{"key": f"k{n}", "value": "1"} for n in range(101)])
    ask("run: set a tag", "POST", "runs/set-tag", run_id=run, key="t", value="2")
    ask("run: delete a tag", "POST", "runs/delete-tag", run_id=run, key="t")
    ask("run: delete the tag again", "POST", "runs/delete-tag", run_id=run, key="t")
    ask("run: rename by tag", "POST", "runs/set-tag", run_id=run, key="mlflow.runName", value="second")
    ask("run: as it is now", "GET", "runs/get", run_id=run)
    ask("run: end", "POST", "runs/update", run_id=run, status="FINISHED", end_time=1700000001000)
    ask("run: log after its end", "POST", "runs/log-parameter", run_id=run, key="late", value="1")
    ask("run: log a dataset", "POST", "runs/log-inputs", run_id=run, datasets=[{"dataset": {"name": "d", "digest": "1", "source_type": "local", "source": "x"}, "tags": [{"key": "mlflow.data.context", "value": "train"}]}])
    ask("run: with its inputs", "GET", "runs/get", run_id=run)
    ask("history: whole", "GET", "metrics/get-history", run_id=run, metric_key="m")
    ask("history: a page", "GET", "metrics/get-history", run_id=run, metric_key="b", max_results=2)
    ask("history: of nothing", "GET", "metrics/get-history", run_id=run, metric_key="nothing")
    ask("history: of no run", "GET", "metrics/get-history", run_id="0" * 32, metric_key="m")
    ask("history: without a key", "GET", "metrics/get-history", run_id=run)
    ask("run: delete", "POST", "runs/delete", run_id=run)
    ask("run: get a deleted one", "GET", "runs/get", run_id=run)
    ask("run: log to a deleted one", "POST", "runs/log-parameter", run_id=run, key="x", value="1")
    ask("run: delete a deleted one", "POST", "runs/delete", run_id=run)
    ask("run: restore", "POST", "runs/restore", run_id=run)
    ask("run: restore an active one", "POST", "runs/restore", run_id=run)
    return run


def searches(experiment, run):
    ask("search: another run", "POST", "runs/create", experiment_id=experiment, start_time=1700000000500, run_name="other")
    names = {
        "everything": {},
        "by a metric": {"filter": "metrics.m > 1"},
        "by a param": {"filter": "params.p = '1'"},
        "by a tag": {"filter": "tags.u = 'y'"},
        "by a missing tag": {"filter": "tags.nothing = 'y'"},
        "by two things": {"filter": "metrics.m > 1 and params.p = '1'"},
        "LIKE": {"filter": "params.q LIKE 'X%'"},
        "ILIKE": {"filter": "params.q ILIKE 'X%'"},
        "by a name": {"filter": "attributes.run_name = 'other'"},
        "by a status": {"filter": "attributes.status = 'FINISHED'"},
        "by a start": {"filter": "attributes.start_time > 1700000000100"},
        "by ids": {"filter": f"attributes.run_id IN ('{run}')"},
        "by a dataset": {"filter": "datasets.name = 'd'"},
        "in an order": {"order_by": ["attributes.start_time ASC"]},
        "ordered by a metric": {"order_by": ["metrics.m DESC"]},
        "ordered twice by one thing": {"order_by": ["metrics.m DESC", "metrics.m ASC"]},
        "with OR": {"filter": "params.p = '1' or params.p = '2'"},
        "with parentheses": {"filter": "(params.p = '1')"},
        "with a bad filter": {"filter": "params.p ="},
        "with a string for a metric": {"filter": "metrics.m = 'x'"},
        "with a number for a param": {"filter": "params.p = 1"},
        "with an unknown attribute": {"filter": "attributes.nonsense = 'x'"},
        "with IN for a param": {"filter": "params.p IN ('1')"},
        "with IS NULL": {"filter": "params.nothing IS NULL"},
        "a page": {"max_results": 1},
        "too much": {"max_results": 50001},
        "with a bad token": {"page_token": "nonsense"},
        "with an unquoted name of a summary": {"filter": "metrics.m.min < 1"},
    }
    for name, how in names.items():
        ask(f"search: {name}", "POST", "runs/search", experiment_ids=[experiment], **how)
    ask("search: without experiments", "POST", "runs/search", filter="")
    ask("search: in no experiment", "POST", "runs/search", experiment_ids=["987654321"])


def registry(experiment, run):
    ask("model: create", "POST", "registered-models/create", name="net", description="d", tags=[{"key": "a", "value": "1"}])
    ask("model: create again", "POST", "registered-models/create", name="net")
    ask("model: create without a name", "POST", "registered-models/create", name="")
    ask("model: create with a bad name", "POST", "registered-models/create", name="a/b")
    ask("model: get", "GET", "registered-models/get", name="net")
    ask("model: get nothing", "GET", "registered-models/get", name="nobody's")
    ask("model: describe", "PATCH", "registered-models/update", name="net", description="e")
    ask("model: tag", "POST", "registered-models/set-tag", name="net", key="b", value="2")
    ask("model: untag", "DELETE", "registered-models/delete-tag", name="net", key="a")
    ask("model: untag nothing", "DELETE", "registered-models/delete-tag", name="net", key="a")
    source = f"mlflow-artifacts:/{experiment}/{run}/artifacts/model"
    ask("version: create", "POST", "model-versions/create", name="net", source=source, run_id=run, description="v")
    ask("version: create another", "POST", "model-versions/create", name="net", source=source, run_id=run)
    ask("version: of no model", "POST", "model-versions/create", name="nobody's", source=source, run_id=run)
    ask("version: outside of its run", "POST", "model-versions/create", name="net", source=source)
    ask("version: from a path on a disk", "POST", "model-versions/create", name="net", source="/etc")
    ask("version: with ..", "POST", "model-versions/create", name="net", source=f"{source}/../../x", run_id=run)
    ask("version: get", "GET", "model-versions/get", name="net", version="1")
    ask("version: get nothing", "GET", "model-versions/get", name="net", version="9")
    ask("version: get with a bad number", "GET", "model-versions/get", name="net", version="x")
    ask("version: where its files are", "GET", "model-versions/get-download-uri", name="net", version="1")
    ask("version: describe", "PATCH", "model-versions/update", name="net", version="1", description="w")
    ask("version: tag", "POST", "model-versions/set-tag", name="net", version="1", key="c", value="3")
    ask("version: untag", "DELETE", "model-versions/delete-tag", name="net", version="1", key="c")
    ask("version: stage", "POST", "model-versions/transition-stage", name="net", version="1", stage="Staging", archive_existing_versions=False)
    ask("version: stage and archive", "POST", "model-versions/transition-stage", name="net", version="2", stage="staging", archive_existing_versions=True)
    ask("version: unknown stage", "POST", "model-versions/transition-stage", name="net", version="2", stage="Nowhere", archive_existing_versions=False)
    ask("version: archive in an inactive stage", "POST", "model-versions/transition-stage", name="net", version="2", stage="None", archive_existing_versions=True)
    ask("model: latest versions", "POST", "registered-models/get-latest-versions", name="net")
    ask("model: latest versions of a stage", "POST", "registered-models/get-latest-versions", name="net", stages=["Archived"])
    ask("alias: set", "POST", "registered-models/alias", name="net", alias="champion", version="1")
    ask("alias: to no version", "POST", "registered-models/alias", name="net", alias="x", version="9")
    ask("alias: latest", "POST", "registered-models/alias", name="net", alias="latest", version="1")
    ask("alias: v1", "POST", "registered-models/alias", name="net", alias="v1", version="1")
    ask("alias: get", "GET", "registered-models/alias", name="net", alias="champion")
    ask("alias: get nothing", "GET", "registered-models/alias", name="net", alias="nobody's")
    ask("model: with all that", "GET", "registered-models/get", name="net")
    ask("alias: delete", "DELETE", "registered-models/alias", name="net", alias="champion")
    ask("alias: delete again", "DELETE", "registered-models/alias", name="net", alias="champion")
    ask("model: search", "GET", "registered-models/search", filter="name = 'net'")
    ask("model: search with a bad filter", "GET", "registered-models/search", filter="nonsense = 'x'")
    ask("version: search", "GET", "model-versions/search", filter="name = 'net'", order_by="version_number ASC")
    ask("version: search by run", "GET", "model-versions/search", filter=f"run_id = '{run}'", order_by="version_number ASC")
    ask("version: delete", "DELETE", "model-versions/delete", name="net", version="2")
    ask("version: delete again", "DELETE", "model-versions/delete", name="net", version="2")
    ask("version: the next number", "POST", "model-versions/create", name="net", source=source, run_id=run)
    ask("model: rename", "POST", "registered-models/rename", name="net", new_name="net 2")
    ask("model: get by its old name", "GET", "registered-models/get", name="net")
    ask("version: get by the new name", "GET", "model-versions/get", name="net 2", version="1")
    ask("model: delete", "DELETE", "registered-models/delete", name="net 2")
    ask("model: delete again", "DELETE", "registered-models/delete", name="net 2")
    prompt = [{"key": "mlflow.prompt.is_prompt", "value": "true"}]
    ask("prompt: create", "POST", "registered-models/create", name="asking", tags=prompt)
    ask("prompt: in a search of models", "GET", "registered-models/search", filter="name = 'asking'")
    ask("prompt: in a search for prompts", "GET", "registered-models/search", filter="name = 'asking' AND tags.`mlflow.prompt.is_prompt` = 'true'")


def logged_models(experiment, run):
    made = ask("logged model: create", "POST", "logged-models", experiment_id=experiment, name="net", source_run_id=run, model_type="t", params=[{"key": "d", "value": "3"}], tags=[{"key": "a", "value": "1"}])
    model = made.get("model", {}).get("info", {}).get("model_id")
    ask("logged model: create in no experiment", "POST", "logged-models", experiment_id="987654321", name="x")
    ask("logged model: create with a bad name", "POST", "logged-models", experiment_id=experiment, name="a/b")
    ask("logged model: get", "GET", f"logged-models/{model}")
    ask("logged model: get nothing", "GET", f"logged-models/m-{'0' * 32}")
    ask("logged model: params", "POST", f"logged-models/{model}/params", model_id=model, params=[{"key": "w", "value": "8"}])
    ask("logged model: a param that changes", "POST", f"logged-models/{model}/params", model_id=model, params=[{"key": "w", "value": "9"}])
    ask("logged model: tag", "PATCH", f"logged-models/{model}/tags", model_id=model, tags=[{"key": "b", "value": "2"}])
    ask("logged model: untag", "DELETE", f"logged-models/{model}/tags/a")
    ask("logged model: untag nothing", "DELETE", f"logged-models/{model}/tags/a")
    ask("logged model: a metric of it", "POST", "runs/log-metric", run_id=run, key="acc", value=0.5, timestamp=1700000000000, step=1, model_id=model, dataset_name="d", dataset_digest="1")
    ask("logged model: is an output", "POST", "runs/outputs", run_id=run, models=[{"model_id": model, "step": 1}])
    ask("logged model: is an input", "POST", "runs/log-inputs", run_id=run, models=[{"model_id": model}])
    ask("logged model: ready", "PATCH", f"logged-models/{model}", model_id=model, status="LOGGED_MODEL_READY")
    ask("logged model: as it is now", "GET", f"logged-models/{model}")
    ask("logged model: its run", "GET", "runs/get", run_id=run)
    ask("logged model: search", "POST", "logged-models/search", experiment_ids=[experiment], filter="metrics.acc > 0.1 AND params.d = '3'")
    ask("logged model: search with a bad filter", "POST", "logged-models/search", experiment_ids=[experiment], filter="nonsense > 1")
    ask("logged model: search without experiments", "POST", "logged-models/search")
    ask("logged model: its files", "GET", f"logged-models/{model}/artifacts/directories")
    ask("logged model: version of it", "POST", "registered-models/create", name="answers of a logged model")
    ask("logged model: version that names it", "POST", "model-versions/create", name="answers of a logged model", source=f"models:/{model}", model_id=model)
    ask("logged model: version that does not", "POST", "model-versions/create", name="answers of a logged model", source=f"models:/{model}")
    ask("logged model: delete", "DELETE", f"logged-models/{model}")
    ask("logged model: get a deleted one", "GET", f"logged-models/{model}")
    ask("logged model: delete again", "DELETE", f"logged-models/{model}")


def artifacts(experiment, run):
    root = f"{URL}/api/2.0/mlflow-artifacts/artifacts"
    at = f"{experiment}/{run}/artifacts"

    def call(name, method, path, **more):
        return note(name, requests.request(method, path, headers=HEADERS, **more))

    call("artifact: store", "PUT", f"{root}/{at}/deep/a.txt", data=b"hello")
    call("artifact: list", "GET", root, params={"path": at})
    call("artifact: list a folder", "GET", root, params={"path": f"{at}/deep"})
    call("artifact: list a file", "GET", root, params={"path": f"{at}/deep/a.txt"})
    call("artifact: list nothing", "GET", root, params={"path": f"{at}/nothing"})
    call("artifact: list with ..", "GET", root, params={"path": f"{at}/../.."})
    call("artifact: fetch", "GET", f"{root}/{at}/deep/a.txt")
    call("artifact: fetch nothing", "GET", f"{root}/{at}/nothing")
    call("artifact: store with ..", "PUT", f"{root}/{at}/%2e%2e/%2e%2e/x", data=b"x")
    ask("artifact: list of the run", "GET", "artifacts/list", run_id=run)
    ask("artifact: list of a folder of the run", "GET", "artifacts/list", run_id=run, path="deep")
    call("artifact: fetch for the pages", "GET", f"{URL}/get-artifact", params={"run_id": run, "path": "deep/a.txt"})
    where = {"path": "deep/a.txt"}
    ask("artifact: a URL to upload to", "POST", "artifacts/presigned-upload-url", run_id=run, **where)
    ask("artifact: a URL to upload to, of a run and a model", "POST", "artifacts/presigned-upload-url", run_id=run, model_id="m-1", **where)
    ask("artifact: a URL to upload to, of nothing", "POST", "artifacts/presigned-upload-url", **where)
    ask("artifact: a URL to upload to, of no run", "POST", "artifacts/presigned-upload-url", run_id="0" * 32, **where)
    ask("artifact: a URL to download from", "POST", "artifacts/presigned-download-url", run_id=run, **where)
    ask("artifact: a URL to download from, with ..", "POST", "artifacts/presigned-download-url", run_id=run, path="../a")
    ask("artifact: a URL to download from, for 8 days", "POST", "artifacts/presigned-download-url", run_id=run, expiration=691_200, **where)
    call("artifact: begin parts", "POST", f"{URL}/api/2.0/mlflow-artifacts/mpu/create/{at}", json={"path": "a.bin", "num_parts": 2})
    call("artifact: a signed URL", "GET", f"{URL}/api/2.0/mlflow-artifacts/presigned/{at}/deep/a.txt")
    call("artifact: delete", "DELETE", f"{root}/{at}/deep/a.txt")
    call("artifact: fetch a deleted one", "GET", f"{root}/{at}/deep/a.txt")


def sloppy():
    """What MLflow takes, and changes. A run of its own, since what it holds afterwards differs."""
    experiment = ask("sloppy: an experiment", "POST", "experiments/create", name="sloppy").get("experiment_id")
    made = ask("sloppy: a run", "POST", "runs/create", experiment_id=experiment, start_time=1700000000000, run_name="sloppy")
    run = made.get("run", {}).get("info", {}).get("run_id")
    ask("sloppy: log infinity", "POST", "runs/log-metric", run_id=run, key="inf", value="Infinity", timestamp=1700000000001, step=0)
    ask("sloppy: log a metric at half a step", "POST", "runs/log-metric", run_id=run, key="half", value=1, timestamp=1, step=1.5)
    ask("sloppy: log a metric beyond int64", "POST", "runs/log-metric", run_id=run, key="far", value=1, timestamp=1, step=2**63)
    ask("sloppy: a bad metric", "POST", "runs/log-batch", run_id=run, metrics=[{"key": "ok", "value": 1, "timestamp": 1, "step": 0}, {"key": "bad", "value": "x", "timestamp": 1, "step": 0}])
    ask("sloppy: a long param", "POST", "runs/log-batch", run_id=run, params=[{"key": "long", "value": "x" * 6001}])
    ask("sloppy: with a bad status", "POST", "runs/update", run_id=run, status="DONE")
    ask("sloppy: log a dataset without a digest", "POST", "runs/log-inputs", run_id=run, datasets=[{"dataset": {"name": "d", "source_type": "local", "source": "x"}}])
    ask("sloppy: what is there now", "GET", "runs/get", run_id=run)


def others(experiment):
    ask("no such route", "GET", "nonsense")
    ask("no such route, posted", "POST", "runs/nonsense", a=1)
    note("a body that is no JSON", requests.post(f"{URL}/api/2.0/mlflow/runs/create", data=b"{", headers={**HEADERS, "Content-Type": "application/json"}))
    note("a body that is a list", requests.post(f"{URL}/api/2.0/mlflow/runs/create", json=[], headers=HEADERS))
    ask("a field of another type", "POST", "runs/create", experiment_id={"a": 1})
    ask("an unknown field", "GET", "experiments/get", experiment_id=experiment, nonsense="1")


def main():
    experiment = experiments()
    run = runs(experiment)
    searches(experiment, run)
    registry(experiment, run)
    logged_models(experiment, run)
    artifacts(experiment, run)
    sloppy()
    others(experiment)
    print("ANSWERS " + json.dumps(settle_orders(answers)))


main()
