"""What MLflow's client does when it tracks runs, and what it reads back."""

import mlflow
from mlflow import MlflowClient

client = MlflowClient()


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
