"""What MLflow's client does with large files where the store is S3: in parts, past the server."""

import os
import tempfile
from unittest import mock

os.environ["MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE"] = str(6 * 1024**2)
os.environ["MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE"] = str(5 * 1024**2)
os.environ["MLFLOW_MULTIPART_DOWNLOAD_CHUNK_SIZE"] = str(5 * 1024**2)

import mlflow  # noqa: E402
import requests  # noqa: E402
from mlflow import MlflowClient  # noqa: E402
from mlflow.store.artifact.http_artifact_repo import HttpArtifactRepository  # noqa: E402

client = MlflowClient()
URL = os.environ["MLFLOW_TRACKING_URI"]
HEADERS = {"Authorization": "Bearer " + os.environ["MLFLOW_TRACKING_TOKEN"]}
ARTIFACTS = f"{URL}/api/2.0/mlflow-artifacts"
LARGE = 12_345_678


def large_file(folder):
    path = os.path.join(folder, "weights.bin")
    content = os.urandom(LARGE)
    with open(path, "wb") as file:
        file.write(content)
    return path, content


def read(path):
    with open(path, "rb") as file:
        return file.read()


def post(route, **body):
    return requests.post(f"{ARTIFACTS}/mpu/{route}", json=body, headers=HEADERS)


def refused(answer, code="INVALID_PARAMETER_VALUE", status=400):
    assert (answer.status_code, answer.json()["error_code"]) == (status, code), (answer.status_code, answer.text)


def case_large_files_of_runs_and_models_go_past_the_server():
    info = requests.get(f"{URL}/api/3.0/mlflow/server-info").json()
    assert info["multipart_uploads_enabled"] is info["multipart_downloads_enabled"] is True
    run = client.create_run("0").info.run_id
    model = client.create_logged_model("0").model_id
    with tempfile.TemporaryDirectory() as folder:
        path, content = large_file(folder)
        with (
            mock.patch.object(requests, "put", wraps=requests.put) as put,
            mock.patch.object(
                HttpArtifactRepository, "_multipart_download", autospec=True, side_effect=HttpArtifactRepository._multipart_download
            ) as down,
        ):
            client.log_artifact(run, path, "deep/er")
            client.log_model_artifact(model, path)
            assert len(put.call_args_list) == 6
            assert not any(call.args[0].startswith(URL) for call in put.call_args_list)
            assert [(one.path, one.file_size) for one in client.list_artifacts(run, "deep/er")] == [
                ("deep/er/weights.bin", LARGE)
            ]
            assert read(client.download_artifacts(run, "deep/er/weights.bin")) == content
            assert read(os.path.join(mlflow.artifacts.download_artifacts(f"models:/{model}"), "weights.bin")) == content
            assert down.call_count == 2


def case_small_files_go_through_and_are_fetched_from_the_store():
    run = client.create_run("0").info.run_id
    client.log_text(run, "small", "notes/a.txt")
    client.log_text(run, "", "empty.txt")
    assert mlflow.artifacts.load_text(f"runs:/{run}/notes/a.txt") == "small"
    assert mlflow.artifacts.load_text(f"runs:/{run}/empty.txt") == ""
    signed = requests.get(f"{ARTIFACTS}/presigned/0/{run}/artifacts/notes/a.txt", headers=HEADERS).json()
    assert signed["file_size"] == 5
    got = requests.get(signed["url"], headers={"Range": "bytes=1-3"})
    assert (got.status_code, got.text) == (206, "mal")
    assert got.headers["content-disposition"].startswith("attachment")
    for nothing in ("nothing", "notes"):
        answer = requests.get(f"{ARTIFACTS}/presigned/0/{run}/artifacts/{nothing}", headers=HEADERS)
        refused(answer, "RESOURCE_DOES_NOT_EXIST", 404)


def case_uploads_that_are_not_whole_leave_nothing():
    run = client.create_run("0").info.run_id
    at = f"0/{run}/artifacts"
    begun = post(f"create/{at}", path="/tmp/a.bin", num_parts=2).json()
    upload = begun["upload_id"]
    tags = [requests.put(one["url"], data=b"x" * 5 * 1024**2).headers["ETag"] for one in begun["credentials"]]
    parts = [{"part_number": i + 1, "etag": tag} for i, tag in enumerate(tags)]
    for wrong in (
        {"parts": []},
        {"parts": parts[1:]},
        {"parts": [parts[0], parts[0]]},
        {"parts": [{"part_number": 1, "etag": '"' + "0" * 32 + '"'}, parts[1]]},
        {"parts": parts, "upload_id": "nobody's"},
        {"parts": parts, "path": ""},
        {"parts": parts, "path": "/tmp/.."},
    ):
        refused(post(f"complete/{at}", **{"path": "a.bin", "upload_id": upload, **wrong}))
        assert client.list_artifacts(run) == []
    for folder in (f"{at}/%2e%2e/x", "0", f"0/{run}/elsewhere"):
        refused(post(f"complete/{folder}", path="a.bin", upload_id=upload, parts=parts))
    refused(post(f"complete/1/{run}/artifacts", path="a.bin", upload_id=upload, parts=parts), "RESOURCE_DOES_NOT_EXIST", 404)
    assert post(f"abort/{at}", path="a.bin", upload_id=upload).json() == {}
    assert post(f"abort/{at}", path="a.bin", upload_id=upload).json() == {}
    refused(post(f"complete/{at}", path="a.bin", upload_id=upload, parts=parts))
    assert client.list_artifacts(run) == []


def case_an_upload_that_is_finished_twice_is_one_file():
    run = client.create_run("0").info.run_id
    at = f"0/{run}/artifacts"
    begun = post(f"create/{at}", path="/tmp/a.bin", num_parts=1).json()
    tag = requests.put(begun["credentials"][0]["url"], data=b"whole").headers["ETag"]
    done = {"path": "/tmp/a.bin", "upload_id": begun["upload_id"], "parts": [{"part_number": 1, "etag": tag}]}
    for _ in range(2):  # as a client does that has lost the answer
        answer = post(f"complete/{at}", **done)
        assert (answer.status_code, answer.json()) == (200, {}), answer.text
    assert [(one.path, one.file_size) for one in client.list_artifacts(run)] == [("a.bin", 5)]
    refused(post(f"complete/{at}", **{**done, "parts": [{"part_number": 1, "etag": "other"}]}))
    assert mlflow.artifacts.load_text(f"runs:/{run}/a.bin") == "whole"


def case_uploads_are_begun_where_they_are_taken():
    run = client.create_run("0").info.run_id
    for parts in (0, 10_001, "x", 1.5):
        refused(post(f"create/0/{run}/artifacts", path="a", num_parts=parts))
    refused(post(f"create/0/{run}/artifacts", num_parts=1))
    refused(post(f"create/0/{'0' * 32}/artifacts", path="a", num_parts=1), "RESOURCE_DOES_NOT_EXIST", 404)
    client.delete_run(run)
    refused(post(f"create/0/{run}/artifacts", path="a", num_parts=1))
