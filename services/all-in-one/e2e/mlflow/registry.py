"""What MLflow's client does with registered models and their versions, and what it reads back."""

from concurrent.futures import ThreadPoolExecutor

import mlflow
from mlflow import MlflowClient
from mlflow.exceptions import RestException

client = MlflowClient()
S3 = "s3://bucket/model"


def refused(code, call, *args, **more):
    try:
        call(*args, **more)
    except RestException as error:
        assert error.error_code == code, (error.error_code, str(error))
        return str(error)
    raise AssertionError("it was accepted")


def case_model_created_is_read_at_once():
    made = client.create_registered_model("created", tags={"a": "1"}, description="reads digits")
    read = client.get_registered_model("created")
    for one in (made, read):
        assert (one.name, one.tags, one.description) == ("created", {"a": "1"}, "reads digits")
        assert one.creation_timestamp == one.last_updated_timestamp > 1_600_000_000_000
        assert (one.latest_versions, one.aliases) == ([], {})
    message = refused("RESOURCE_ALREADY_EXISTS", client.create_registered_model, "created")
    assert "Registered Model (name=created) already exists." in message


def case_names_that_no_uri_can_hold_are_refused():
    for name in ("a/b", "a:b", "..", ".", " "):
        refused("INVALID_PARAMETER_VALUE", client.create_registered_model, name)


def case_model_is_updated_renamed_and_deleted():
    client.create_registered_model("renaming")
    client.create_model_version("renaming", S3)
    updated = client.update_registered_model("renaming", "another text")
    assert updated.description == "another text"
    client.create_registered_model("in the way")
    refused("RESOURCE_ALREADY_EXISTS", client.rename_registered_model, "renaming", "in the way")
    client.rename_registered_model("renaming", "renamed")
    renamed = client.get_registered_model("renamed")
    assert (renamed.name, [v.version for v in renamed.latest_versions]) == ("renamed", ["1"])
    assert client.get_model_version("renamed", "1").name == "renamed"
    refused("RESOURCE_DOES_NOT_EXIST", client.get_registered_model, "renaming")
    client.delete_registered_model("renamed")
    refused("RESOURCE_DOES_NOT_EXIST", client.get_registered_model, "renamed")
    refused("RESOURCE_DOES_NOT_EXIST", client.delete_registered_model, "renamed")
    client.create_registered_model("renamed")
    assert client.create_model_version("renamed", S3).version == "1"


def case_tags_of_models_come_and_go():
    client.create_registered_model("tagged")
    client.set_registered_model_tag("tagged", "a", "1")
    client.set_registered_model_tag("tagged", "b", "2")
    client.delete_registered_model_tag("tagged", "a")
    client.delete_registered_model_tag("tagged", "never there")
    assert client.get_registered_model("tagged").tags == {"b": "2"}
    refused("RESOURCE_DOES_NOT_EXIST", client.set_registered_model_tag, "nobody", "a", "1")


def case_versions_are_numbered_without_gaps_by_many_at_once():
    client.create_registered_model("numbered")
    with ThreadPoolExecutor(16) as pool:
        made = list(pool.map(lambda _: client.create_model_version("numbered", S3).version, range(32)))
    assert sorted(int(number) for number in made) == list(range(1, 33))
    client.delete_model_version("numbered", "32")
    refused("RESOURCE_DOES_NOT_EXIST", client.get_model_version, "numbered", "32")
    assert client.create_model_version("numbered", S3).version == "33"


def case_version_says_where_it_comes_from():
    run = client.create_run("0").info.run_id
    client.create_registered_model("sourced")
    made = client.create_model_version(
        "sourced", S3, run_id=run, tags={"x": "y"}, run_link="https://example.org", description="the first"
    )
    read = client.get_model_version("sourced", made.version)
    for one in (made, read):
        assert (one.version, one.source, one.run_id, one.run_link) == ("1", S3, run, "https://example.org")
        assert (one.description, one.tags, one.current_stage, one.status) == ("the first", {"x": "y"}, "None", "READY")
    assert client.get_model_version_download_uri("sourced", "1") == S3
    assert client.update_model_version("sourced", "1", "changed").description == "changed"
    client.set_model_version_tag("sourced", "1", "k", "v")
    client.delete_model_version_tag("sourced", "1", "x")
    assert client.get_model_version("sourced", "1").tags == {"k": "v"}
    within = f"mlflow-artifacts:/0/{run}/artifacts/model"
    assert client.create_model_version("sourced", within, run_id=run).source == within


def case_sources_that_leave_their_place_are_refused():
    run = client.create_run("0").info.run_id
    client.create_registered_model("unsafe")
    for source in (
        "/etc/passwd",
        "file:///etc/passwd",
        "s3://bucket/../other",
        "https://example.org/%2e%2e/other",
        "https://example.org/%252e%252e%252fother",
        f"mlflow-artifacts:/0/{run}/artifacts/../../secret",
        "mlflow-artifacts:/0/somebody/artifacts/model",
        "runs:/somebody/model",
    ):
        refused("INVALID_PARAMETER_VALUE", client.create_model_version, "unsafe", source, run_id=run)
    assert client.search_model_versions("name = 'unsafe'") == []


def case_copy_of_a_version_points_to_the_same_files():
    client.create_registered_model("original")
    original = client.create_model_version("original", S3, description="kept")
    copied = client.copy_model_version("models:/original/1", "copied")
    assert (copied.name, copied.version, copied.source) == ("copied", "1", "models:/original/1")
    assert client.get_model_version_download_uri("copied", "1") == original.source
    assert client.copy_model_version("models:/copied/1", "copied").version == "2"
    assert client.get_model_version_download_uri("copied", "2") == original.source


def case_stages_move_and_archive_the_others():
    client.create_registered_model("staged")
    for _ in range(3):
        client.create_model_version("staged", S3)
    client.transition_model_version_stage("staged", "1", "production")
    moved = client.transition_model_version_stage("staged", "2", "Production", archive_existing_versions=True)
    assert moved.current_stage == "Production"
    assert client.get_model_version("staged", "1").current_stage == "Archived"
    latest = {v.current_stage: v.version for v in client.get_latest_versions("staged")}
    assert latest == {"None": "3", "Production": "2", "Archived": "1"}
    assert [v.version for v in client.get_latest_versions("staged", ["production"])] == ["2"]
    refused("INVALID_PARAMETER_VALUE", client.transition_model_version_stage, "staged", "1", "Nowhere")
    refused("INVALID_PARAMETER_VALUE", client.transition_model_version_stage, "staged", "1", "None", True)


def case_aliases_point_to_versions():
    client.create_registered_model("aliased")
    for _ in range(2):
        client.create_model_version("aliased", S3)
    client.set_registered_model_alias("aliased", "champion", "1")
    client.set_registered_model_alias("aliased", "champion", "2")
    assert client.get_model_version_by_alias("aliased", "champion").version == "2"
    assert client.get_registered_model("aliased").aliases == {"champion": "2"}
    assert client.get_model_version("aliased", "2").aliases == ["champion"]
    refused("RESOURCE_DOES_NOT_EXIST", client.set_registered_model_alias, "aliased", "champion", "9")
    client.delete_registered_model_alias("aliased", "champion")
    refused("INVALID_PARAMETER_VALUE", client.get_model_version_by_alias, "aliased", "champion")
    client.set_registered_model_alias("aliased", "next", "2")
    client.delete_model_version("aliased", "2")
    assert client.get_registered_model("aliased").aliases == {}


def case_search_finds_models_and_versions_page_by_page():
    for n in range(5):
        client.create_registered_model(f"found {n}", tags={"even": str(n % 2 == 0)})
        client.create_model_version(f"found {n}", f"s3://bucket/{n}", tags={"n": str(n)})
    names = []
    token = None
    while True:
        page = client.search_registered_models("name LIKE 'found %'", max_results=2, page_token=token)
        names += [one.name for one in page]
        token = page.token
        if not token:
            break
    assert names == [f"found {n}" for n in range(5)]
    even = client.search_registered_models("tags.even = 'True'", order_by=["name DESC"])
    assert [one.name for one in even] == ["found 4", "found 2", "found 0"]
    assert [v.name for v in client.search_model_versions("tags.n = '3'")] == ["found 3"]
    assert [v.name for v in client.search_model_versions("source_path = 's3://bucket/2'")] == ["found 2"]
    ordered = client.search_model_versions("name LIKE 'found %'", order_by=["name ASC"], max_results=3)
    assert [v.name for v in ordered] == ["found 0", "found 1", "found 2"]
    refused("INVALID_PARAMETER_VALUE", client.search_registered_models, "nonsense = 'x'")


def case_register_model_makes_model_and_version():
    version = mlflow.register_model(S3, "registered")
    again = mlflow.register_model(S3, "registered")
    assert (version.version, again.version) == ("1", "2")
