"""MLflow's command line against the server, and what is read back."""

import csv
import json
import os
import sys
import tempfile

import mlflow
from click.testing import CliRunner
from mlflow import MlflowClient
from mlflow.cli import cli
from sklearn.linear_model import LogisticRegression

client = MlflowClient()
URL = os.environ["MLFLOW_TRACKING_URI"]
PROJECT = f"""
name: tiny
entry_points:
  main:
    parameters:
      n: {{type: float, default: 1}}
    command: "{sys.executable} main.py {{n}}"
"""


def run(*words, code=0):
    result = CliRunner().invoke(cli, words)
    assert result.exit_code == code, f"{words} {result.output[-3000:]} {result.exception!r}"
    return result.output


def ids(text):
    return [word for word in text.replace(",", " ").replace(".", " ").split() if word.isdigit()]


def case_experiments_by_commands():
    made = client.get_experiment(ids(run("experiments", "create", "--experiment-name", "commanded"))[-1])
    assert made.name == "commanded"
    one = made.experiment_id
    run("experiments", "rename", "--experiment-id", one, "--new-name", "commanded 2")
    assert json.loads(run("experiments", "get", "--experiment-id", one, "--output", "json"))["name"] == "commanded 2"
    assert "commanded 2" in run("experiments", "search")
    run("experiments", "delete", "--experiment-id", one)
    assert client.get_experiment(one).lifecycle_stage == "deleted"
    assert "commanded 2" in run("experiments", "search", "--view", "deleted_only")
    run("experiments", "restore", "--experiment-id", one)
    assert client.get_experiment(one).lifecycle_stage == "active"
    run("experiments", "create", "--experiment-name", "commanded 2", code=1)


def case_runs_by_commands():
    experiment = client.create_experiment("runs of commands")
    said = run("runs", "create", "--experiment-id", experiment, "--run-name", "one", "--tags", "a=1", "--status", "FINISHED")
    (made,) = client.search_runs([experiment])
    one = made.info.run_id
    assert one in said and (made.info.run_name, made.info.status, made.data.tags["a"]) == ("one", "FINISHED", "1")
    client.log_metric(one, "m", 0.5)
    client.log_param(one, "p", "x")
    described = json.loads(run("runs", "describe", "--run-id", one))
    assert (described["data"]["metrics"], described["data"]["params"]) == ({"m": 0.5}, {"p": "x"})
    assert one in run("runs", "list", "--experiment-id", experiment)
    run("runs", "delete", "--run-id", one)
    assert client.get_run(one).info.lifecycle_stage == "deleted"
    assert one in run("runs", "list", "--experiment-id", experiment, "--view", "deleted_only")
    run("runs", "restore", "--run-id", one)
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "runs.csv")
        run("experiments", "csv", "--experiment-id", experiment, "--filename", file)
        with open(file) as rows:
            (row,) = csv.DictReader(rows)
    assert (row["run_id"], row["metrics.m"], row["params.p"]) == (one, "0.5", "x")
    run("runs", "describe", "--run-id", "0" * 32, code=1)


def case_artifacts_by_commands():
    one = client.create_run("0").info.run_id
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "a.txt")
        with open(file, "w") as opened:
            opened.write("by command")
        run("artifacts", "log-artifact", "--local-file", file, "--run-id", one)
        run("artifacts", "log-artifacts", "--local-dir", folder, "--run-id", one, "--artifact-path", "all")
        assert [each["path"] for each in json.loads(run("artifacts", "list", "--run-id", one))] == ["a.txt", "all"]
        back = os.path.join(folder, "back")
        os.mkdir(back)
        said = run("artifacts", "download", "--run-id", one, "--artifact-path", "all/a.txt", "--dst-path", back)
        got = said.split()[-1]
        assert got.startswith(back)
        with open(got) as opened:
            assert opened.read() == "by command"


def case_models_by_commands():
    with mlflow.start_run():
        model = LogisticRegression().fit([[0.0], [1.0]], [0, 1])
        info = mlflow.sklearn.log_model(model, name="model", pip_requirements=["scikit-learn"])
    run("models", "update-pip-requirements", "--model-uri", info.model_uri, "add", "numpy")
    with open(mlflow.pyfunc.get_model_dependencies(info.model_uri)) as file:
        assert "numpy" in file.read()
    with tempfile.TemporaryDirectory() as folder:
        asked, said = os.path.join(folder, "in.csv"), os.path.join(folder, "out.json")
        with open(asked, "w") as file:
            file.write("x\n0\n1\n")
        how = ("--content-type", "csv", "--env-manager", "local")
        run("models", "predict", "--model-uri", info.model_uri, "--input-path", asked, "--output-path", said, *how)
        with open(said) as file:
            assert json.load(file) == {"predictions": [0, 1]}
        run("models", "generate-dockerfile", "--model-uri", info.model_uri, "--output-directory", folder)
        assert os.path.exists(os.path.join(folder, "model_dir", "MLmodel"))


def case_a_project_is_run():
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "MLproject"), "w") as file:
            file.write(PROJECT)
        with open(os.path.join(folder, "main.py"), "w") as file:
            file.write("import sys, mlflow\nmlflow.log_metric('n', float(sys.argv[1]))\n")
        experiment = client.create_experiment("projects")
        how = ("--env-manager", "local", "--experiment-id", experiment, "-P", "n=3")
        run("run", folder, *how)
        (found,) = client.search_runs([experiment])
        assert (found.data.metrics, found.data.params, found.info.status) == ({"n": 3.0}, {"n": "3"}, "FINISHED")
        assert found.data.tags["mlflow.source.type"] == "PROJECT"
        again = mlflow.run(folder, parameters={"n": 4}, env_manager="local", experiment_id=experiment)
        assert client.get_run(again.run_id).data.metrics == {"n": 4.0}


def case_the_doctor_by_command():
    assert URL in run("doctor")
