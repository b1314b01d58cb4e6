"""What scripts have around them: autologging, system metrics, tables, streams, DataFrames, credentials."""

import contextlib
import io
import os
import subprocess
import sys
import tempfile
import time

import matplotlib
import mlflow
import numpy
import pandas
import requests
from mlflow import MlflowClient
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import GridSearchCV

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402

client = MlflowClient()
URL = os.environ["MLFLOW_TRACKING_URI"]
TOKEN = os.environ["MLFLOW_TRACKING_TOKEN"]
X = numpy.arange(12, dtype=float).reshape(6, 2)
Y = numpy.array([0, 0, 1, 1, 0, 1])


def case_autolog_of_everything():
    mlflow.autolog(log_models=False, silent=True)
    try:
        with mlflow.start_run() as run:
            LinearRegression().fit(X, Y)
    finally:
        mlflow.autolog(disable=True)
    assert client.get_run(run.info.run_id).data.params["fit_intercept"] == "True"


def case_scikit_learn_logs_by_itself():
    mlflow.sklearn.autolog(log_datasets=True, max_tuning_runs=2)
    try:
        with mlflow.start_run() as run:
            LogisticRegression(max_iter=50).fit(X, Y)
        with mlflow.start_run() as search:
            GridSearchCV(LogisticRegression(), {"C": [0.1, 1.0]}, cv=2).fit(X, Y)
    finally:
        mlflow.sklearn.autolog(disable=True)
    read = client.get_run(run.info.run_id)
    assert (read.data.params["max_iter"], read.data.tags["estimator_name"]) == ("50", "LogisticRegression")
    assert 0 <= read.data.metrics["training_accuracy_score"] <= 1
    assert [one.dataset.source_type for one in read.inputs.dataset_inputs] == ["code"]
    assert "estimator.html" in [one.path for one in client.list_artifacts(run.info.run_id)]
    (output,) = read.outputs.model_outputs
    model = client.get_logged_model(output.model_id)
    assert (model.status, model.source_run_id) == ("READY", run.info.run_id)
    assert list(mlflow.sklearn.load_model(f"models:/{output.model_id}").predict(X).shape) == [6]
    children = client.search_runs(["0"], f"tags.mlflow.parentRunId = '{search.info.run_id}'")
    assert len(children) == 2 and {child.data.params["C"] for child in children} == {"0.1", "1.0"}


def case_system_metrics():
    mlflow.enable_system_metrics_logging()
    mlflow.set_system_metrics_sampling_interval(0.2)
    mlflow.set_system_metrics_samples_before_logging(1)
    mlflow.set_system_metrics_node_id("node-1")
    try:
        with mlflow.start_run() as run:
            time.sleep(2)
    finally:
        mlflow.disable_system_metrics_logging()
        mlflow.set_system_metrics_node_id(None)
        mlflow.set_system_metrics_sampling_interval(None)
        mlflow.set_system_metrics_samples_before_logging(None)
    metrics = client.get_run(run.info.run_id).data.metrics
    assert "system/node-1/cpu_utilization_percentage" in metrics, metrics
    history = client.get_metric_history(run.info.run_id, "system/node-1/cpu_utilization_percentage")
    assert [one.step for one in history] == list(range(len(history))) and len(history) > 1


def case_tables_grow_and_come_back():
    with mlflow.start_run() as run:
        mlflow.log_table({"x": [1, 2], "y": ["a", "b"]}, "table.json")
        mlflow.log_table(pandas.DataFrame({"x": [3], "y": ["c"]}), "table.json")
    client.log_table(run.info.run_id, {"x": [4], "y": ["d"]}, "table.json")
    expected = {"x": [1, 2, 3, 4], "y": ["a", "b", "c", "d"]}
    assert mlflow.load_table("table.json", run_ids=[run.info.run_id])[["x", "y"]].to_dict("list") == expected
    assert client.load_table("0", "table.json", run_ids=[run.info.run_id]).shape[0] == 4


def case_artifacts_by_the_functions_of_the_module():
    with mlflow.start_run() as run, tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "a.txt")
        with open(path, "w") as file:
            file.write("a")
        mlflow.log_artifact(path, "one")
        mlflow.log_artifacts(folder, "all")
        mlflow.log_text("text", "text.txt")
        mlflow.log_dict({"a": 1}, "dict.json")
        mlflow.log_stream(io.BytesIO(b"streamed"), "stream.bin")
        figure, axes = plt.subplots()
        axes.plot([0, 1])
        mlflow.log_figure(figure, "figure.png")
        mlflow.log_image(numpy.zeros((8, 8, 3), dtype=numpy.uint8), key="frames", step=3)
        mlflow.log_image(numpy.zeros((4, 4, 3), dtype=numpy.uint8), "image.png")
        mlflow.flush_artifact_async_logging()
    client.log_stream(run.info.run_id, io.BytesIO(b"more"), "more.bin")
    files = [one.path for one in client.list_artifacts(run.info.run_id)]
    assert sorted(files) == [
        "all",
        "dict.json",
        "figure.png",
        "image.png",
        "images",
        "more.bin",
        "one",
        "stream.bin",
        "text.txt",
    ]
    root = f"runs:/{run.info.run_id}"
    assert mlflow.artifacts.load_text(f"{root}/stream.bin") == "streamed"
    assert mlflow.artifacts.load_dict(f"{root}/dict.json") == {"a": 1}
    assert len(mlflow.artifacts.list_artifacts(f"{root}/images")) == 2


def case_artifacts_are_logged_in_the_background():
    mlflow.config.enable_async_logging()
    try:
        with mlflow.start_run() as run:
            for n in range(5):
                mlflow.log_text(str(n), f"{n}.txt")
                mlflow.log_metric("n", n, step=n)
            mlflow.flush_async_logging()
            mlflow.flush_artifact_async_logging()
    finally:
        mlflow.config.enable_async_logging(False)
    assert len(client.get_metric_history(run.info.run_id, "n")) == 5
    assert len(client.list_artifacts(run.info.run_id)) == 5


def case_external_models_and_checkpoints():
    made = mlflow.create_external_model(name="elsewhere", params={"a": "1"})
    assert (made.status, client.get_logged_model(made.model_id).params) == ("READY", {"a": "1"})
    assert made.tags["mlflow.model.isExternal"] == "true"


def case_runs_of_a_query_are_a_frame():
    experiment = mlflow.set_experiment("frames").experiment_id
    for n in range(3):
        with mlflow.start_run(run_name=f"r{n}"):
            mlflow.log_param("n", n)
            mlflow.log_metric("m", n / 2)
    mlflow.set_experiment("Default")
    frame = mlflow.search_runs([experiment], "metrics.m > 0", order_by=["metrics.m DESC"])
    assert list(frame["params.n"]) == ["2", "1"] and list(frame["metrics.m"]) == [1.0, 0.5]
    assert list(frame["tags.mlflow.runName"]) == ["r2", "r1"]
    assert str(frame["start_time"].dtype).endswith("UTC]")
    assert mlflow.search_runs([experiment], "metrics.m > 9").empty


def with_credentials(**variables):
    """A script of its own: credentials are read when the client is made."""
    script = "import mlflow; mlflow.log_metric('m', 1); mlflow.end_run(); print(mlflow.last_active_run().info.run_id)"
    hidden = ("MLFLOW_TRACKING_TOKEN", "MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD")
    env = {name: value for name, value in os.environ.items() if name not in hidden}
    return subprocess.run([sys.executable, "-c", script], env={**env, **variables}, capture_output=True, text=True)


def case_credentials_are_a_token_or_a_password():
    basic = with_credentials(MLFLOW_TRACKING_USERNAME="anybody", MLFLOW_TRACKING_PASSWORD=TOKEN)
    assert basic.returncode == 0, basic.stderr
    assert client.get_run(basic.stdout.split()[-1]).data.metrics == {"m": 1.0}
    nobody = with_credentials()
    assert nobody.returncode != 0 and "MLFLOW_TRACKING_TOKEN" in nobody.stderr
    for wrong in ({"Authorization": "Bearer nobody's"}, {"Authorization": "Basic bm86bm8="}, {}):
        answer = requests.get(f"{URL}/api/2.0/mlflow/experiments/get?experiment_id=0", headers=wrong)
        assert (answer.status_code, answer.json()["error_code"]) == (401, "UNAUTHENTICATED")


def case_the_doctor_looks_at_this_machine():
    with contextlib.redirect_stdout(io.StringIO()) as said:
        mlflow.doctor()
    assert URL in said.getvalue()
