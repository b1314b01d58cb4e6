"""What a client is told who may not delete in a project: its policy lets only admins, and this one is an editor."""

import mlflow
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException


def refused(call, *args):
    try:
        call(*args)
    except MlflowException as error:
        assert (error.error_code, error.get_http_status_code()) == ("PERMISSION_DENIED", 403), str(error)
        assert "its admins alone delete" in str(error)
        return
    raise AssertionError(f"{call} was expected to be refused")


def case_deletions_are_refused_with_the_reason():
    client = MlflowClient()
    experiment = client.create_experiment("kept")
    with mlflow.start_run(experiment_id=experiment) as run:
        mlflow.log_metric("loss", 1)
        mlflow.log_text("bytes", "file.txt")
    model = client.create_logged_model(experiment, name="kept")
    refused(client.delete_run, run.info.run_id)
    refused(client.delete_experiment, experiment)
    refused(client.delete_logged_model, model.model_id)
    assert client.get_run(run.info.run_id).info.lifecycle_stage == "active"
    assert client.get_experiment(experiment).lifecycle_stage == "active"
    assert client.get_logged_model(model.model_id).name == "kept"
    # Everything else is as ever.
    client.set_tag(run.info.run_id, "seen", "yes")
    client.delete_tag(run.info.run_id, "seen")
