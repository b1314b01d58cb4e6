"""Files of logged models and of registered versions: what flavours store, load, register and download."""

import os
import tempfile

import mlflow
import numpy
import requests
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException, RestException
from mlflow.models import ModelSignature, infer_signature
from sklearn.linear_model import LogisticRegression

client = MlflowClient()
URL = os.environ["MLFLOW_TRACKING_URI"]
HEADERS = {"Authorization": "Bearer " + os.environ["MLFLOW_TRACKING_TOKEN"]}
X = numpy.array([[0.0], [1.0], [2.0], [3.0]])
Y = numpy.array([0, 0, 1, 1])


def trained():
    return LogisticRegression().fit(X, Y)


def logged(**more):
    """Requirements are said, so that no environment is inspected for them."""
    with mlflow.start_run() as run:
        info = mlflow.sklearn.log_model(trained(), name="model", pip_requirements=["scikit-learn"], **more)
    return run.info.run_id, info


def get(route, **query):
    return requests.get(URL + route, params=query, headers=HEADERS)


def same(model):
    assert list(model.predict(X)) == list(trained().predict(X))


def case_a_model_is_logged_and_loaded_by_every_name():
    signature = infer_signature(X, Y)
    run, info = logged(signature=signature, input_example=X[:2], registered_model_name="clf")
    client.set_registered_model_alias("clf", "champion", "1")
    model = client.get_logged_model(info.model_id)
    assert (model.status, model.source_run_id) == ("READY", run)
    for uri in (
        info.model_uri,
        f"models:/{info.model_id}",
        "models:/clf/1",
        "models:/clf@champion",
        "models:/clf/latest",
        f"runs:/{run}/model",
    ):
        same(mlflow.sklearn.load_model(uri))
    same(mlflow.pyfunc.load_model("models:/clf/1"))
    read = mlflow.models.get_model_info(info.model_uri)
    assert (read.signature, read.run_id, read.model_id) == (signature, run, info.model_id)
    version = client.get_model_version("clf", "1")
    assert (version.run_id, version.source) == (run, f"models:/{info.model_id}")
    assert client.get_model_version_download_uri("clf", "1") == model.artifact_location
    (output,) = client.get_run(run).outputs.model_outputs
    assert output.model_id == info.model_id


def case_models_of_runs_and_of_models_are_registered():
    run, info = logged()
    assert mlflow.register_model(info.model_uri, "from-model").source == f"models:/{info.model_id}"
    assert mlflow.register_model(f"runs:/{run}/model", "from-run").run_id == run
    copied = client.copy_model_version("models:/from-model/1", "copy-of-model")
    for name in ("from-model", "from-run", copied.name):
        same(mlflow.sklearn.load_model(f"models:/{name}/1"))


def case_signatures_and_requirements_are_changed_in_place():
    _, info = logged()
    mlflow.models.set_signature(info.model_uri, infer_signature(X, Y))
    assert isinstance(mlflow.models.get_model_info(info.model_uri).signature, ModelSignature)
    mlflow.models.update_model_requirements(info.model_uri, "add", ["numpy"])
    with open(mlflow.pyfunc.get_model_dependencies(info.model_uri)) as file:
        assert "numpy" in file.read()
    same(mlflow.sklearn.load_model(info.model_uri))


def case_files_of_a_logged_model_are_listed_and_fetched():
    model = client.create_logged_model("0", name="by hand")
    with tempfile.TemporaryDirectory() as folder:
        os.makedirs(os.path.join(folder, "deep"))
        for name in ("a.txt", "deep/b.txt"):
            with open(os.path.join(folder, name), "w") as file:
                file.write(name)
        client.log_model_artifacts(model.model_id, folder)
        client.log_model_artifact(model.model_id, os.path.join(folder, "a.txt"))
    assert [(one.path, one.is_dir) for one in client.list_logged_model_artifacts(model.model_id)] == [
        ("a.txt", False),
        ("deep", True),
    ]
    (one,) = client.list_logged_model_artifacts(model.model_id, "deep")
    assert (one.path, one.is_dir, one.file_size) == ("deep/b.txt", False, 10)
    files = f"/ajax-api/2.0/mlflow/logged-models/{model.model_id}/artifacts/files"
    answer = get(files, artifact_file_path="deep/b.txt")
    assert (answer.status_code, answer.text) == (200, "deep/b.txt")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert get(files, artifact_file_path="deep").json()["error_code"] == "RESOURCE_DOES_NOT_EXIST"
    assert get(files, artifact_file_path="../x").json()["error_code"] == "INVALID_PARAMETER_VALUE"
    assert get(files).json()["error_code"] == "INVALID_PARAMETER_VALUE"
    elsewhere = get(f"/ajax-api/2.0/mlflow/logged-models/m-{'0' * 32}/artifacts/directories")
    assert (elsewhere.status_code, elsewhere.json()["error_code"]) == (404, "RESOURCE_DOES_NOT_EXIST")
    got = mlflow.artifacts.download_artifacts(f"models:/{model.model_id}")
    with open(os.path.join(got, "deep/b.txt")) as file:
        assert file.read() == "deep/b.txt"


def case_files_of_a_version_are_fetched_by_its_name():
    run, info = logged(registered_model_name="files")
    whole = get("/model-versions/get-artifact", name="files", version="1", path="MLmodel")
    assert (whole.status_code, f"model_id: {info.model_id}" in whole.text) == (200, True)
    assert get("/model-versions/get-artifact", name="files", version="2", path="MLmodel").status_code == 404
    assert get("/model-versions/get-artifact", name="files", version="1", path="nothing").status_code == 404
    assert get("/model-versions/get-artifact", name="files", version="1", path="../MLmodel").status_code == 400
    client.log_text(run, "of the run", "folder/a.txt")
    client.create_registered_model("of-runs")
    for source in (f"runs:/{run}/folder", f"{client.get_run(run).info.artifact_uri}/folder"):
        version = client.create_model_version("of-runs", source, run).version
        assert get("/model-versions/get-artifact", name="of-runs", version=version, path="a.txt").text == "of the run"
    version = client.create_model_version("of-runs", "s3://bucket/model").version
    assert get("/model-versions/get-artifact", name="of-runs", version=version, path="a").status_code == 400


def case_a_deleted_model_takes_no_files():
    model = client.create_logged_model("0", name="gone")
    at = f"{URL}/api/2.0/mlflow-artifacts/artifacts/0/models/{model.model_id}/artifacts/a.txt"
    assert requests.put(at, data=b"kept", headers=HEADERS).status_code == 200
    assert requests.put(at.replace("/0/models", "/1/models"), data=b"x", headers=HEADERS).status_code == 404
    client.delete_logged_model(model.model_id)
    assert requests.put(at, data=b"more", headers=HEADERS).status_code == 404
    assert requests.get(at, headers=HEADERS).text == "kept"


def case_files_of_a_model_are_replaced_and_deleted():
    model = client.create_logged_model("0", name="replaced")
    root = f"{URL}/api/2.0/mlflow-artifacts/artifacts/0/models/{model.model_id}/artifacts"
    for text in (b"first", b"second"):
        assert requests.put(f"{root}/a/b.txt", data=text, headers=HEADERS).status_code == 200
    assert requests.get(f"{root}/a/b.txt", headers=HEADERS).content == b"second"
    assert requests.delete(f"{root}/a", headers=HEADERS).json() == {}
    assert requests.get(f"{root}/a/b.txt", headers=HEADERS).status_code == 404
    assert requests.delete(f"{root}/a", headers=HEADERS).status_code == 404
    assert client.list_logged_model_artifacts(model.model_id) == []
    assert client.get_logged_model(model.model_id).last_updated_timestamp == model.last_updated_timestamp


def case_a_model_that_cannot_be_loaded_says_so():
    for uri, wrong in (
        ("models:/nobody/1", RestException),
        (f"models:/m-{'0' * 32}", RestException),
        ("models:/nobody@alias", RestException),
    ):
        try:
            mlflow.sklearn.load_model(uri)
        except wrong as error:
            assert error.error_code == "RESOURCE_DOES_NOT_EXIST", str(error)
        except MlflowException as error:
            raise AssertionError(f"{uri}: {error}") from error
        else:
            raise AssertionError(f"{uri} was loaded")
