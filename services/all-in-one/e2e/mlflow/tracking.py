"""What MLflow's client does when it tracks runs, and what it reads back."""

import json
import math
import os
from concurrent.futures import ThreadPoolExecutor

import mlflow
import requests
from mlflow import MlflowClient
from mlflow.entities import LoggedModelInput, LoggedModelOutput, Metric, Param, RunTag, ViewType
from mlflow.exceptions import MlflowException

client = MlflowClient()
URL = os.environ["MLFLOW_TRACKING_URI"] + "/api/2.0/mlflow/"
LOGIN = {"Authorization": "Bearer " + os.environ["MLFLOW_TRACKING_TOKEN"]}


def post(path, body):
    return requests.post(URL + path, json=body, headers=LOGIN)


def get(path, query):
    return requests.get(URL + path, params=query, headers=LOGIN)


def refused(code, act):
    try:
        act()
    except MlflowException as error:
        assert error.error_code == code, (error.error_code, str(error))
        return error
    raise AssertionError(f"{code} was expected")


def case_default_experiment_exists():
    default = client.get_experiment("0")
    assert (default.name, default.lifecycle_stage) == ("Default", "active")
    assert default.artifact_location == "mlflow-artifacts:/0"


def case_experiment_created_is_read_at_once():
    made = client.create_experiment("made", tags={"team": "vision"})
    assert made.isdigit()
    for one in (client.get_experiment(made), client.get_experiment_by_name("made")):
        assert (one.experiment_id, one.name, one.tags) == (made, "made", {"team": "vision"})
    assert client.get_experiment_by_name("nobody made this") is None
    assert made in [one.experiment_id for one in client.search_experiments(filter_string="name LIKE 'ma%'")]


def case_run_created_is_read_at_once():
    run = client.create_run("0", tags={"x": "y"})
    assert len(run.info.run_id) == 32
    read = client.get_run(run.info.run_id)
    assert read.info.run_name == run.info.run_name == read.data.tags["mlflow.runName"] != ""
    assert (read.info.status, read.data.tags["x"]) == ("RUNNING", "y")
    assert read.info.artifact_uri == f"mlflow-artifacts:/0/{run.info.run_id}/artifacts"


def case_params_metrics_and_tags_come_back():
    run = client.create_run("0").info.run_id
    client.log_param(run, "lr", 0.1)
    client.log_param(run, "lr", 0.1)
    client.log_metric(run, "loss", 0.5, timestamp=17, step=3)
    client.set_tag(run, "stage", "first")
    client.set_tag(run, "stage", "second")
    read = client.get_run(run)
    assert read.data.params == {"lr": "0.1"}
    assert read.data.metrics == {"loss": 0.5}
    assert read.data.tags["stage"] == "second"
    client.delete_tag(run, "stage")
    assert "stage" not in client.get_run(run).data.tags
    refused("RESOURCE_DOES_NOT_EXIST", lambda: client.delete_tag(run, "stage"))


def case_numbers_are_exact():
    run = client.create_run("0").info.run_id
    far = 2**63 - 1
    points = [(float("nan"), 1, -far - 1), (float("inf"), 2, 0), (float("-inf"), far, 5), (1e-320, 3, far)]
    client.log_batch(run, metrics=[Metric("odd", value, time, step) for value, time, step in points])
    read = {(m.timestamp, m.step): m.value for m in client.get_metric_history(run, "odd")}
    assert math.isnan(read.pop((1, -far - 1)))
    assert read == {(2, 0): float("inf"), (far, 5): float("-inf"), (3, far): 1e-320}


def case_a_changed_param_is_refused_and_nothing_of_its_batch_is_stored():
    run = client.create_run("0").info.run_id
    client.log_param(run, "depth", 3)
    error = refused(
        "INVALID_PARAMETER_VALUE",
        lambda: client.log_batch(
            run,
            metrics=[Metric("m", 1.0, 1, 1)],
            params=[Param("other", "1"), Param("depth", "4")],
            tags=[RunTag("t", "1")],
        ),
    )
    assert "Changing param values is not allowed" in str(error)
    read = client.get_run(run)
    assert (read.data.params, read.data.metrics) == ({"depth": "3"}, {})
    assert "t" not in read.data.tags
    refused("INVALID_PARAMETER_VALUE", lambda: client.log_param(run, "depth", 5))


def case_a_bad_item_refuses_the_batch():
    run = client.create_run("0").info.run_id
    good = {"key": "m", "value": 1, "timestamp": 1, "step": 0}
    for bad in (
        {**good, "step": 0.5},
        {**good, "step": 2**63},
        {**good, "value": "1"},
        {**good, "key": ""},
        {**good, "timestamp": None},
    ):
        answer = post("runs/log-batch", {"run_id": run, "metrics": [good, bad], "tags": [{"key": "t", "value": "1"}]})
        assert (answer.status_code, answer.json()["error_code"]) == (400, "INVALID_PARAMETER_VALUE"), answer.text
    read = client.get_run(run)
    assert read.data.metrics == {} and "t" not in read.data.tags


def case_batches_are_bounded():
    run = client.create_run("0").info.run_id
    metric = {"key": "m", "value": 1, "timestamp": 1, "step": 0}
    params = [{"key": f"p{i}", "value": "1"} for i in range(101)]
    tags = [{"key": f"t{i}", "value": "1"} for i in range(101)]
    for body in (
        {"metrics": [metric] * 1001},
        {"params": params},
        {"tags": tags},
        {"metrics": [metric] * 950, "params": params[:51]},
        {"params": [params[0], params[0]]},
        {"params": [{"key": "long", "value": "x" * 65_537}]},
    ):
        assert post("runs/log-batch", {"run_id": run, **body}).status_code == 400
    assert post("runs/log-batch", {"run_id": run, "metrics": [metric] * 1000}).json() == {}
    client.log_param(run, "long", "x" * 65_536)
    read = client.get_run(run)
    assert len(read.data.params["long"]) == 65_536
    assert len(client.get_metric_history(run, "m")) == 1


def case_int64_is_taken_as_text_and_unknown_fields_are_ignored():
    run = client.create_run("0").info.run_id
    body = {"run_uuid": run, "key": "m", "value": "Infinity", "timestamp": "12", "step": "7", "new_field": {"a": 1}}
    answer = post("runs/log-metric", body)
    assert (answer.status_code, answer.json()) == (200, {})
    (point,) = client.get_metric_history(run, "m")
    assert (point.value, point.timestamp, point.step) == (float("inf"), 12, 7)


def case_history_is_whole_or_in_pages():
    run = client.create_run("0").info.run_id
    for start in range(0, 12_000, 1_000):
        client.log_batch(run, metrics=[Metric("loss", 1 / (step + 1), step, step) for step in range(start, start + 1_000)])
    assert [m.step for m in client.get_metric_history(run, "loss")] == list(range(12_000))
    steps, token = [], None
    while True:
        page = client._tracking_client.store.get_metric_history(run, "loss", max_results=5_000, page_token=token)
        steps += [m.step for m in page]
        token = page.token
        if not token:
            break
    assert steps == list(range(12_000))
    assert client.get_metric_history(run, "never logged") == []
    sampled = get("metrics/get-history-bulk-interval", {"run_ids": [run], "metric_key": "loss", "max_results": 100}).json()
    chosen = [point["step"] for point in sampled["metrics"]]
    assert 100 <= len(chosen) <= 102 and (chosen[0], chosen[-1]) == (0, 11_999)
    zoomed = get(
        "metrics/get-history-bulk-interval",
        {"run_ids": [run], "metric_key": "loss", "start_step": 10, "end_step": 12},
    ).json()
    assert [point["step"] for point in zoomed["metrics"]] == [10, 11, 12]
    bad = get("metrics/get-history-bulk-interval", {"run_ids": [run], "metric_key": "loss", "start_step": 10})
    assert bad.status_code == 400
    both = get("metrics/get-history-bulk", {"run_id": [run, client.create_run("0").info.run_id], "metric_key": "loss"})
    assert len(both.json()["metrics"]) == 12_000


def case_a_run_ends_goes_on_and_is_renamed():
    run = client.create_run("0", start_time=5).info.run_id
    client.set_terminated(run, "FAILED", end_time=77)
    read = client.get_run(run).info
    assert (read.status, read.start_time, read.end_time) == ("FAILED", 5, 77)
    client.log_metric(run, "late", 1)
    assert client.get_run(run).data.metrics == {"late": 1}
    client.update_run(run, status="RUNNING", name="renamed")
    read = client.get_run(run)
    assert (read.info.status, read.info.end_time, read.info.run_name) == ("RUNNING", None, "renamed")
    assert read.data.tags["mlflow.runName"] == "renamed"
    client.set_tag(run, "mlflow.runName", "by tag")
    assert client.get_run(run).info.run_name == "by tag"


def case_a_run_waits_for_its_turn():
    run = client.create_run("0").info.run_id
    client.update_run(run, status="SCHEDULED")
    assert client.get_run(run).info.status == "SCHEDULED"
    assert [one.info.run_id for one in client.search_runs(["0"], f"status = 'SCHEDULED' and run_id = '{run}'")] == [run]
    client.update_run(run, status="RUNNING")
    assert client.get_run(run).info.status == "RUNNING"
    client.set_terminated(run)
    client.update_run(run, status="SCHEDULED")
    assert client.get_run(run).info.status == "SCHEDULED"


def case_deleted_runs_are_read_and_take_nothing():
    run = client.create_run("0").info.run_id
    client.delete_run(run)
    assert client.get_run(run).info.lifecycle_stage == "deleted"
    refused("INVALID_PARAMETER_VALUE", lambda: client.log_metric(run, "m", 1))
    client.delete_run(run)
    client.restore_run(run)
    client.restore_run(run)
    client.log_metric(run, "m", 1)
    refused("RESOURCE_DOES_NOT_EXIST", lambda: client.get_run("0" * 32))
    refused("RESOURCE_DOES_NOT_EXIST", lambda: client.log_metric("0" * 32, "m", 1))


def case_a_deleted_experiment_takes_its_runs_along():
    experiment = client.create_experiment("short-lived")
    run = client.create_run(experiment).info.run_id
    client.delete_experiment(experiment)
    assert client.get_experiment(experiment).lifecycle_stage == "deleted"
    assert client.get_run(run).info.lifecycle_stage == "deleted"
    assert client.search_runs([experiment]) == []
    (found,) = client.search_runs([experiment, "0"], "attributes.run_id = '%s'" % run, ViewType.DELETED_ONLY)
    assert found.info.lifecycle_stage == "deleted"
    refused("INVALID_PARAMETER_VALUE", lambda: client.create_run(experiment))
    again = client.create_experiment("short-lived")
    assert client.get_experiment_by_name("short-lived").experiment_id == again
    refused("RESOURCE_ALREADY_EXISTS", lambda: client.restore_experiment(experiment))
    client.rename_experiment(again, "short-lived, the second")
    client.restore_experiment(experiment)
    assert client.get_run(run).info.lifecycle_stage == "active"
    refused("RESOURCE_ALREADY_EXISTS", lambda: client.create_experiment("short-lived"))


def case_experiment_tags():
    experiment = client.create_experiment("tagged")
    client.set_experiment_tag(experiment, "a", "1")
    assert client.get_experiment(experiment).tags == {"a": "1"}
    client.delete_experiment_tag(experiment, "a")
    assert client.get_experiment(experiment).tags == {}


def case_runs_are_searched_in_pages():
    experiment = client.create_experiment("searched")
    for i in range(5):
        run = client.create_run(experiment, start_time=i + 1).info.run_id
        client.log_batch(run, metrics=[Metric("loss", i / 10, 1, 0)], params=[Param("lr", str(i))])
    found = client.search_runs([experiment], "metrics.loss < 0.35 and params.lr != '0'", order_by=["metrics.loss DESC"])
    assert [run.data.params["lr"] for run in found] == ["3", "2", "1"]
    first = client.search_runs([experiment], max_results=2)
    rest = client.search_runs([experiment], max_results=10, page_token=first.token)
    assert [run.info.start_time for run in first + rest] == [5, 4, 3, 2, 1] and rest.token is None
    frame = mlflow.search_runs([experiment], order_by=["params.lr ASC"])
    assert list(frame["metrics.loss"]) == [0.0, 0.1, 0.2, 0.3, 0.4]
    refused("INVALID_PARAMETER_VALUE", lambda: client.search_runs([experiment], "nonsense ="))
    refused("INVALID_PARAMETER_VALUE", lambda: client.search_runs([experiment], max_results=50_001))


def case_datasets_of_pandas_are_inputs():
    import pandas

    experiment = client.create_experiment("datasets")
    with mlflow.start_run(experiment_id=experiment) as run:
        data = mlflow.data.from_pandas(pandas.DataFrame({"x": [1, 2]}), name="small")
        mlflow.log_input(data, context="training")
    (used,) = client.get_run(run.info.run_id).inputs.dataset_inputs
    assert (used.dataset.name, used.dataset.digest, used.dataset.schema) == ("small", data.digest, json.dumps({"mlflow_colspec": data.schema.to_dict()}))
    assert [(tag.key, tag.value) for tag in used.tags] == [("mlflow.data.context", "training")]
    body = {"experiment_ids": [experiment]}
    (summary,) = requests.post(URL.replace("2.0/mlflow/", "2.0mlflow/experiments/search-datasets"), json=body, headers=LOGIN).json()["dataset_summaries"]
    assert summary == {"experiment_id": experiment, "name": "small", "digest": data.digest, "context": "training"}


def case_nested_and_resumed_runs():
    with mlflow.start_run() as parent:
        with mlflow.start_run(nested=True) as child:
            mlflow.log_param("inner", 1)
    assert client.get_run(child.info.run_id).data.tags["mlflow.parentRunId"] == parent.info.run_id
    assert client.get_parent_run(child.info.run_id).info.run_id == parent.info.run_id
    assert client.get_run(parent.info.run_id).info.status == "FINISHED"
    with mlflow.start_run(run_id=parent.info.run_id):
        assert client.get_run(parent.info.run_id).info.status == "RUNNING"
        mlflow.log_metric("more", 2)
    read = client.get_run(parent.info.run_id)
    assert (read.info.status, read.data.metrics) == ("FINISHED", {"more": 2})


def case_asynchronous_logging():
    with mlflow.start_run() as run:
        for step in range(300):
            mlflow.log_metric("loss", step, step=step, synchronous=False)
        mlflow.log_params({"a": 1, "b": 2}, synchronous=False)
    mlflow.flush_async_logging()
    assert len(client.get_metric_history(run.info.run_id, "loss")) == 300
    assert client.get_run(run.info.run_id).data.params == {"a": "1", "b": "2"}


def case_64_clients_on_one_run():
    run = client.create_run("0").info.run_id

    def log(worker):
        for start in range(4):
            points = [Metric("m", worker, worker, start * 25 + i) for i in range(25)]
            MlflowClient().log_batch(run, metrics=points, tags=[RunTag(f"w{worker}", str(start))])

    with ThreadPoolExecutor(64) as pool:
        list(pool.map(log, range(64)))
    read = client.get_metric_history(run, "m")
    assert len({(m.timestamp, m.step) for m in read}) == len(read) == 6_400
    tags = client.get_run(run).data.tags
    assert all(tags[f"w{worker}"] == "3" for worker in range(64))


def case_old_model_history_grows():
    run = client.create_run("0").info.run_id
    for name in ("first", "second"):
        post("runs/log-model", {"run_id": run, "model_json": json.dumps({"artifact_path": name})})
    history = json.loads(client.get_run(run).data.tags["mlflow.log-model.history"])
    assert [one["artifact_path"] for one in history] == ["first", "second"]


def case_models_are_inputs_and_outputs():
    run = client.create_run("0").info.run_id
    client.log_outputs(run, [LoggedModelOutput("m-1", 4)])
    client.log_inputs(run, models=[LoggedModelInput("m-2")])
    read = client.get_run(run)
    assert [(one.model_id, one.step) for one in read.outputs.model_outputs] == [("m-1", 4)]
    assert [one.model_id for one in read.inputs.model_inputs] == ["m-2"]
    assert set(read.data.tags) == {"mlflow.runName", "mlflow.user"}


def case_errors_have_mlflows_shape():
    unknown = get("nothing/here", {})
    assert (unknown.status_code, unknown.json()["error_code"]) == (404, "ENDPOINT_NOT_FOUND")
    stranger = requests.get(URL + "runs/get", params={"run_id": "x"})
    assert stranger.status_code == 401 and "MLFLOW_TRACKING_TOKEN" in stranger.json()["message"]
    traces = requests.post(URL.replace("2.0", "3.0") + "traces/search", json={}, headers=LOGIN)
    assert (traces.status_code, traces.json()["error_code"]) == (501, "NOT_IMPLEMENTED")
    foreign = requests.get(URL + "runs/get", headers={**LOGIN, "X-MLFLOW-WORKSPACE": "other"})
    assert (foreign.status_code, foreign.json()["error_code"]) == (404, "RESOURCE_DOES_NOT_EXIST")
    assert requests.get(URL.split("/api")[0] + "/health").text == "OK"
    assert requests.get(URL.split("/api")[0] + "/version").text == mlflow.__version__
    basic = requests.get(URL + "experiments/get", params={"experiment_id": "0"}, auth=("anybody", LOGIN["Authorization"][7:]))
    assert basic.json()["experiment"]["name"] == "Default"
    assert requests.get(URL.replace("/api/", "/ajax-api/") + "experiments/get?experiment_id=0", headers=LOGIN).status_code == 200
