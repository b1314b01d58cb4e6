"""What training scripts do with the functions of the mlflow module, and what they read back."""

import mlflow
from mlflow import MlflowClient
from mlflow.entities import LoggedModelOutput

client = MlflowClient()


def case_a_script_that_logs():
    mlflow.set_experiment("fluent")
    mlflow.set_experiment_tag("team", "a")
    mlflow.set_experiment_tags({"kind": "b"})
    experiment = mlflow.get_experiment_by_name("fluent")
    assert (experiment.tags, mlflow.get_experiment(experiment.experiment_id).name) == ({"team": "a", "kind": "b"}, "fluent")
    mlflow.delete_experiment_tag("kind")
    run = mlflow.start_run(run_name="named", description="a note", tags={"t": "1"})
    assert mlflow.active_run().info.run_id == run.info.run_id
    mlflow.log_param("a", 1)
    mlflow.log_params({"b": True, "c": None})
    mlflow.log_metric("loss", 1.5, step=2)
    mlflow.log_metrics({"acc": 0.5, "f1": 0.25}, step=3)
    mlflow.set_tag("u", "2")
    mlflow.set_tags({"v": 3, "w": 4})
    mlflow.delete_tag("w")
    assert mlflow.get_artifact_uri() == f"mlflow-artifacts:/{experiment.experiment_id}/{run.info.run_id}/artifacts"
    mlflow.end_run("KILLED")
    read = mlflow.get_run(run.info.run_id)
    assert (read.info.run_name, read.info.status) == ("named", "KILLED")
    assert read.data.params == {"a": "1", "b": "True", "c": "None"}
    assert read.data.metrics == {"loss": 1.5, "acc": 0.5, "f1": 0.25}
    own = {key: value for key, value in read.data.tags.items() if not key.startswith("mlflow.")}
    assert own == {"t": "1", "u": "2", "v": "3"}
    assert read.data.tags["mlflow.note.content"] == "a note"
    assert mlflow.last_active_run().info.run_id == run.info.run_id
    mlflow.delete_run(run.info.run_id)
    assert len(mlflow.search_runs(search_all_experiments=False)) == 0
    mlflow.restore_run(run.info.run_id)
    assert list(mlflow.search_runs()["run_id"]) == [run.info.run_id]


def case_experiments_of_the_module():
    made = mlflow.create_experiment("of the module")
    assert [one.experiment_id for one in mlflow.search_experiments(filter_string="name = 'of the module'")] == [made]
    mlflow.delete_experiment(made)
    assert mlflow.search_experiments(filter_string="name = 'of the module'") == []
    mlflow.restore_experiment(made)
    assert mlflow.get_experiment(made).lifecycle_stage == "active"


def case_parents_and_inputs():
    import pandas

    with mlflow.start_run() as parent, mlflow.start_run(nested=True) as child:
        one = mlflow.data.from_pandas(pandas.DataFrame({"x": [1]}), name="one")
        two = mlflow.data.from_pandas(pandas.DataFrame({"x": [2]}), name="two")
        mlflow.log_inputs([one, two], ["train", "test"], [None, None])
    assert mlflow.get_parent_run(child.info.run_id).info.run_id == parent.info.run_id
    used = mlflow.get_run(child.info.run_id).inputs.dataset_inputs
    assert [(each.dataset.name, each.tags[0].value) for each in used] == [("one", "train"), ("two", "test")]


def case_failed_runs():
    try:
        with mlflow.start_run() as run:
            raise KeyError("on purpose")
    except KeyError:
        pass
    assert client.get_run(run.info.run_id).info.status == "FAILED"


def case_models_of_the_module():
    made = mlflow.initialize_logged_model("net", params={"depth": "3"})
    mlflow.log_model_params({"width": "8"}, made.model_id)
    mlflow.set_logged_model_tags(made.model_id, {"a": "1", "b": "2"})
    mlflow.delete_logged_model_tag(made.model_id, "b")
    mlflow.finalize_logged_model(made.model_id, "READY")
    read = mlflow.get_logged_model(made.model_id)
    assert (read.name, read.status, read.params) == ("net", "READY", {"depth": "3", "width": "8"})
    assert {key: value for key, value in read.tags.items() if not key.startswith("mlflow.")} == {"a": "1"}
    with mlflow.start_run() as run:
        mlflow.log_outputs([LoggedModelOutput(made.model_id, 1)])
    assert client.get_run(run.info.run_id).outputs.model_outputs[0].model_id == made.model_id
    assert mlflow.last_logged_model().model_id == made.model_id
    found = mlflow.search_logged_models(filter_string="name = 'net'", output_format="list")
    assert [one.model_id for one in found] == [made.model_id]
    mlflow.set_active_model(model_id=made.model_id)
    assert mlflow.get_active_model_id() == made.model_id
    mlflow.clear_active_model()
    assert mlflow.get_active_model_id() is None
    client.create_registered_model("of-the-module")
    version = client.create_model_version("of-the-module", f"models:/{made.model_id}").version
    mlflow.set_model_version_tag("of-the-module", version, "checked", "yes")
    (one,) = mlflow.search_model_versions(filter_string="name = 'of-the-module'")
    assert (one.version, one.tags) == (version, {"checked": "yes"})
    assert [each.name for each in mlflow.search_registered_models(filter_string="name = 'of-the-module'")] == ["of-the-module"]
    assert client.get_model_version_stages("of-the-module", version) == ["None", "Staging", "Production", "Archived"]
