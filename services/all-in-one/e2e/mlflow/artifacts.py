"""What MLflow's client does with artifacts of runs, and what it reads back."""

import hashlib
import os
import tempfile
from unittest import mock

import matplotlib
import mlflow
import numpy
import requests
from mlflow import MlflowClient

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402

client = MlflowClient()
URL = os.environ["MLFLOW_TRACKING_URI"]
HEADERS = {"Authorization": "Bearer " + os.environ["MLFLOW_TRACKING_TOKEN"]}


def new_run():
    return client.create_run("0").info.run_id


def listed(run, path=None):
    return [(one.path, one.is_dir, one.file_size) for one in client.list_artifacts(run, path)]


def proxy(run, path, method="GET", **more):
    at = f"{URL}/api/2.0/mlflow-artifacts/artifacts/0/{run}/artifacts/{path}"
    return requests.request(method, at, headers={**HEADERS, **more.pop("headers", {})}, **more)


def case_a_file_is_logged_listed_and_downloaded():
    run = new_run()
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "weights é.bin")
        content = os.urandom(3_000_000)
        with open(path, "wb") as file:
            file.write(content)
        client.log_artifact(run, path)
        client.log_artifact(run, path, "deep/er")
        assert listed(run) == [("deep", True, None), ("weights é.bin", False, 3_000_000)]
        assert listed(run, "deep") == [("deep/er", True, None)]
        assert listed(run, "deep/er") == [("deep/er/weights é.bin", False, 3_000_000)]
        assert listed(run, "deep/er/weights é.bin") == []
        assert listed(run, "nothing") == []
        got = client.download_artifacts(run, "deep/er/weights é.bin", folder)
        with open(got, "rb") as file:
            assert file.read() == content


def case_a_folder_is_logged_and_downloaded_whole():
    run = new_run()
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as back:
        for name in ("a.txt", "b/c.txt", "b/d/e.txt"):
            os.makedirs(os.path.dirname(os.path.join(folder, name)), exist_ok=True)
            with open(os.path.join(folder, name), "w") as file:
                file.write(name)
        client.log_artifacts(run, folder, "all")
        got = mlflow.artifacts.download_artifacts(run_id=run, artifact_path="all", dst_path=back)
        for name in ("a.txt", "b/c.txt", "b/d/e.txt"):
            with open(os.path.join(got, name)) as file:
                assert file.read() == name


def case_text_dict_figure_and_image():
    run = new_run()
    client.log_text(run, "hello é", "notes/hello.txt")
    client.log_dict(run, {"a": [1, None]}, "dict.json")
    figure, axes = plt.subplots()
    axes.plot([0, 1], [1, 0])
    client.log_figure(run, figure, "figure.png")
    client.log_image(run, numpy.zeros((8, 8, 3), dtype=numpy.uint8), "image.png")
    root = f"runs:/{run}"
    assert mlflow.artifacts.load_text(f"{root}/notes/hello.txt") == "hello é"
    assert mlflow.artifacts.load_dict(f"{root}/dict.json") == {"a": [1, None]}
    assert mlflow.artifacts.load_image(f"{root}/image.png").size == (8, 8)
    assert mlflow.artifacts.load_image(f"{root}/figure.png").size[0] > 100


def case_the_same_name_again_is_the_new_version():
    run = new_run()
    for text in ("one", "two, which is longer"):
        client.log_text(run, text, "same.txt")
    assert listed(run) == [("same.txt", False, 20)]
    assert proxy(run, "same.txt").text == "two, which is longer"


def case_what_is_deleted_is_gone_and_may_come_again():
    run = new_run()
    for path in ("keep.txt", "dir/a.txt", "dir/b/c.txt", "directory.txt"):
        client.log_text(run, path, path)
    repository = mlflow.store.artifact.artifact_repository_registry.get_artifact_repository(
        client.get_run(run).info.artifact_uri
    )
    repository.delete_artifacts("dir")
    assert [path for path, _, _ in listed(run)] == ["directory.txt", "keep.txt"]
    assert proxy(run, "dir/a.txt").status_code == 404
    assert proxy(run, "dir", "DELETE").status_code == 404
    client.log_text(run, "again", "dir/a.txt")
    assert listed(run, "dir") == [("dir/a.txt", False, 5)]


def case_a_large_file_goes_through_in_parts_and_resumes():
    run = new_run()
    chunk = os.urandom(1_000_000)
    sent = hashlib.sha256()

    def chunks():
        for _ in range(60):
            sent.update(chunk)
            yield chunk

    assert proxy(run, "large.bin", "PUT", data=chunks()).status_code == 200
    whole = proxy(run, "large.bin", stream=True)
    etag = whole.headers["etag"]
    assert etag == f'"sha256:{sent.hexdigest()}"'
    whole.close()
    rest = proxy(run, "large.bin", headers={"Range": "bytes=59999990-", "If-Range": etag})
    assert (rest.status_code, rest.content) == (206, chunk[-10:])
    changed = proxy(run, "large.bin", headers={"Range": "bytes=0-9", "If-Range": '"another"'}, stream=True)
    assert (changed.status_code, changed.headers["content-length"]) == (200, "60000000")
    changed.close()


def case_no_browser_runs_what_it_gets():
    run = new_run()
    client.log_text(run, "<script>alert(1)</script>", "page.html")
    got = proxy(run, "page.html").headers
    assert got["content-disposition"].startswith("attachment")
    assert got["x-content-type-options"] == "nosniff"
    assert got["content-security-policy"].startswith("sandbox")


def case_routes_of_the_pages():
    run = new_run()
    posted = requests.post(
        f"{URL}/ajax-api/2.0/mlflow/upload-artifact",
        params={"run_uuid": run, "path": "up/loaded.txt"},
        headers=HEADERS,
        data=b"by a page",
    )
    assert (posted.status_code, posted.json()) == (200, {})
    got = requests.get(f"{URL}/get-artifact", params={"run_id": run, "path": "up/loaded.txt"}, headers=HEADERS)
    assert (got.status_code, got.text) == (200, "by a page")
    of_run = requests.get(
        f"{URL}/api/2.0/mlflow/artifacts/list", params={"run_id": run, "path": "up"}, headers=HEADERS
    ).json()
    assert of_run == {
        "root_uri": f"mlflow-artifacts:/0/{run}/artifacts",
        "files": [{"path": "up/loaded.txt", "is_dir": False, "file_size": 9}],
    }


def case_no_spelling_of_a_path_leaves_the_run():
    run = new_run()
    connection = requests.Session()
    for path in (
        "..%2f..%2fetc%2fpasswd",
        "%2e%2e/secret",
        "%252e%252e/secret",
        "%25252e%25252e/secret",
        "a/%2e/b",
        "a//b",
        "a%5c..%5cb",
        "a%255c..",
        "a%00b",
        "a%0d%0ab",
        "x" * 1001,
    ):
        for method in ("PUT", "GET", "DELETE"):
            request = requests.Request(method, URL, headers=HEADERS, data=b"x" if method == "PUT" else None).prepare()
            request.url = f"{URL}/api/2.0/mlflow-artifacts/artifacts/0/{run}/artifacts/{path}"
            answer = connection.send(request)
            assert (answer.status_code, answer.json()["error_code"]) == (400, "INVALID_PARAMETER_VALUE"), (path, answer.text)
    assert listed(run) == []
    for place in ("0", f"0/{run}", f"0/{run}/elsewhere/a", "a b/c/artifacts/d", ""):
        answer = requests.put(f"{URL}/api/2.0/mlflow-artifacts/artifacts/{place}", headers=HEADERS, data=b"x")
        assert answer.status_code in (400, 404), (place, answer.text)


def case_nobody_writes_to_a_run_that_is_not_there():
    run = new_run()
    for place in (f"0/{'0' * 32}", f"999/{run}"):
        for method in ("PUT", "GET"):
            answer = requests.request(
                method,
                f"{URL}/api/2.0/mlflow-artifacts/artifacts/{place}/artifacts/a.txt",
                headers=HEADERS,
                data=b"x" if method == "PUT" else None,
            )
            assert (answer.status_code, answer.json()["error_code"]) == (404, "RESOURCE_DOES_NOT_EXIST")


def case_without_s3_everything_goes_through_the_server():
    run = new_run()
    uploads = requests.get(f"{URL}/api/3.0/mlflow/server-info").json()["multipart_uploads_enabled"]
    begun = requests.post(
        f"{URL}/api/2.0/mlflow-artifacts/mpu/create/0/{run}/artifacts", json={"path": "a.bin"}, headers=HEADERS
    )
    signed = requests.get(f"{URL}/api/2.0/mlflow-artifacts/presigned/0/{run}/artifacts/forced.txt", headers=HEADERS)
    if not uploads:
        for answer in (begun, signed):
            assert (answer.status_code, answer.json()["error_code"]) == (501, "NOT_IMPLEMENTED")
    forced = {
        "MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD": "true",
        "MLFLOW_ENABLE_PROXY_MULTIPART_DOWNLOAD": "true",
        "MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE": "1",
    }
    with mock.patch.dict(os.environ, forced):
        client.log_text(run, "through", "forced.txt")
        assert mlflow.artifacts.load_text(f"runs:/{run}/forced.txt") == "through"
