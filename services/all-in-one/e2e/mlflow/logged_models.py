"""What MLflow's client does with logged models, and what it reads back."""

import mlflow
from mlflow import MlflowClient
from mlflow.entities import LoggedModelOutput, LoggedModelStatus, Metric
from mlflow.exceptions import RestException

client = MlflowClient()


def refused(code, call, *args, **more):
    try:
        call(*args, **more)
    except RestException as error:
        assert error.error_code == code, (error.error_code, str(error))
        return
    raise AssertionError("it was accepted")


def case_logged_model_is_read_at_once():
    run = client.create_run("0").info.run_id
    made = client.create_logged_model(
        "0", name="reader", source_run_id=run, tags={"a": "1"}, params={"depth": "3"}, model_type="classifier"
    )
    for one in (made, client.get_logged_model(made.model_id)):
        assert one.model_id.startswith("m-") and len(one.model_id) == 34
        assert (one.name, one.experiment_id, one.source_run_id) == ("reader", "0", run)
        assert (one.tags, one.params, one.model_type) == ({"a": "1"}, {"depth": "3"}, "classifier")
        assert one.status == LoggedModelStatus.PENDING
        assert one.artifact_location == f"mlflow-artifacts:/0/models/{one.model_id}/artifacts"


def case_logged_model_is_finalized_tagged_and_deleted():
    made = client.create_logged_model("0", name="changing")
    ready = client.finalize_logged_model(made.model_id, LoggedModelStatus.READY)
    assert ready.status == client.get_logged_model(made.model_id).status == LoggedModelStatus.READY
    client.set_logged_model_tags(made.model_id, {"x": "1", "y": "2"})
    client.delete_logged_model_tag(made.model_id, "x")
    refused("RESOURCE_DOES_NOT_EXIST", client.delete_logged_model_tag, made.model_id, "x")
    assert client.get_logged_model(made.model_id).tags == {"y": "2"}
    client.log_model_params(made.model_id, {"width": "64"})
    assert client.get_logged_model(made.model_id).params == {"width": "64"}
    refused("BAD_REQUEST", client.log_model_params, made.model_id, {"width": "65"})
    client.delete_logged_model(made.model_id)
    refused("RESOURCE_DOES_NOT_EXIST", client.get_logged_model, made.model_id)


def case_name_is_invented_and_the_experiment_must_be_there():
    assert client.create_logged_model("0").name
    refused("RESOURCE_DOES_NOT_EXIST", client.create_logged_model, "no experiment", name="x")
    refused("INVALID_PARAMETER_VALUE", client.create_logged_model, "0", name="a/b")


def case_search_finds_logged_models_page_by_page():
    experiment = client.create_experiment("logged models")
    made = []
    for n in range(5):
        tags = {"parity": "even" if n % 2 == 0 else "odd"}
        made.append(client.create_logged_model(experiment, name=f"n{n}", tags=tags, params={"n": str(n)}).model_id)
    found = []
    token = None
    while True:
        page = client.search_logged_models([experiment], max_results=2, page_token=token)
        found += [one.model_id for one in page]
        token = page.token
        if not token:
            break
    assert found == made[::-1]
    even = client.search_logged_models(
        [experiment],
        filter_string="tags.parity = 'even' AND params.n != '2'",
        order_by=[{"field_name": "name", "ascending": True}],
    )
    assert [one.name for one in even] == ["n0", "n4"]
    assert client.search_logged_models(["0"], filter_string="name = 'n0'") == []


def case_version_of_a_logged_model_says_so_on_both_sides():
    run = client.create_run("0").info.run_id
    model = client.create_logged_model("0", name="registered", source_run_id=run)
    client.finalize_logged_model(model.model_id, LoggedModelStatus.READY)
    client.create_registered_model("of a logged model")
    made = client.create_model_version(
        "of a logged model", f"models:/{model.model_id}", run_id=run, model_id=model.model_id
    )
    assert client.get_model_version_download_uri("of a logged model", "1") == model.artifact_location
    assert (made.run_id, made.source) == (run, f"models:/{model.model_id}")
    assert '"of a logged model"' in client.get_logged_model(model.model_id).tags["mlflow.modelVersions"]
    refused(
        "RESOURCE_DOES_NOT_EXIST",
        client.create_model_version,
        "of a logged model",
        "models:/m-00000000000000000000000000000000",
        model_id="m-00000000000000000000000000000000",
    )


def case_metrics_of_a_model_show_on_the_run_and_on_the_model():
    run = client.create_run("0").info.run_id
    model = client.create_logged_model("0", name="measured", source_run_id=run)
    client.log_metric(run, "acc", 0.5, step=1, model_id=model.model_id, dataset_name="digits", dataset_digest="d1")
    batch = [Metric("loss", 0.25, 7, 2, model_id=model.model_id), Metric("plain", 1.0, 7, 2)]
    client.log_batch(run, metrics=batch)
    assert client.get_run(run).data.metrics == {"acc": 0.5, "loss": 0.25, "plain": 1.0}
    read = {one.key: one for one in client.get_logged_model(model.model_id).metrics}
    assert set(read) == {"acc", "loss"}
    assert (read["acc"].value, read["acc"].step, read["acc"].run_id) == (0.5, 1, run)
    assert (read["acc"].dataset_name, read["acc"].dataset_digest) == ("digits", "d1")
    assert (read["loss"].value, read["loss"].timestamp, read["loss"].dataset_name) == (0.25, 7, None)
    found = client.search_logged_models(["0"], filter_string="metrics.acc = 0.5")
    assert [one.model_id for one in found] == [model.model_id]


def case_run_says_which_models_it_made():
    run = client.create_run("0").info.run_id
    made = [client.create_logged_model("0", name=f"made {n}", source_run_id=run).model_id for n in range(2)]
    client.log_outputs(run, [LoggedModelOutput(made[0], 3), LoggedModelOutput(made[1], 0)])
    client.log_outputs(run, [LoggedModelOutput(made[0], 3)])
    outputs = sorted((one.step, one.model_id) for one in client.get_run(run).outputs.model_outputs)
    assert outputs == [(0, made[1]), (3, made[0])]
    searched = client.search_runs(["0"], filter_string=f"attributes.run_id = '{run}'")[0]
    assert len(searched.outputs.model_outputs) == 2
