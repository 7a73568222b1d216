"""The page about the official client names every method of it, and says of each what is true."""

import inspect
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ionworks
import pytest
from stands import Stand

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "official_client.md").read_text(encoding="utf-8")
ROWS = dict(re.findall(r"^\| `((?:client|Navigator)\.[\w.]+)` \| (.+) \|$", PAGE, re.MULTILINE))
"""What the page says, by call."""


def _spelled_out(source: str) -> str:
    """The source with short names of resources, as in `datasets = client.material_property_dataset`, written out."""
    for short, resource in re.findall(r"^ +(\w+) = client\.(\w+)$", source, re.MULTILINE):
        source = re.sub(rf"\b{short}\.", f"client.{resource}.", source)
    return source


SOURCES = "\n".join(_spelled_out(path.read_text(encoding="utf-8")) for path in sorted(ROOT.glob("compat/**/*.py")))
CALLERS = r"(?:client|through|reader|bearer)"
"""What tests name a client, where they call a method of its own."""


def _methods(owner: Any) -> list[str]:
    return [
        name
        for name in dir(owner)
        if not name.startswith("_") and inspect.isroutine(inspect.getattr_static(owner, name))
    ]


def _public() -> set[str]:
    """Every public method: of the client, of each of its resources, and of the Navigator."""
    client = ionworks.Ionworks(api_key="none", api_url="http://127.0.0.1:1")
    found = {f"client.{name}" for name in _methods(client)}
    found |= {f"Navigator.{name}" for name in _methods(ionworks.Navigator)}
    for name, resource in vars(client).items():
        if type(resource).__module__.startswith("ionworks.") and name != "measurement":
            found |= {f"client.{name}.{method}" for method in _methods(resource)}
    return found


def _called(call: str) -> re.Pattern[str]:
    """How a test says the call: `anything.resource.method`, `client.method` or `navigator.method`."""
    owner, _, method = call.rpartition(".")
    if owner == "Navigator":
        return re.compile(rf"\bnavigator\.{method}\b")
    if owner == "client":
        return re.compile(rf"\b{CALLERS}\.{method}\b(?!\.)")
    names = {"cell_measurement": "(?:cell_measurement|measurement)"}
    resource = owner.removeprefix("client.")
    return re.compile(rf"\.{names.get(resource, resource)}\.{method}\b")


def test_the_page_names_every_method_once() -> None:
    """No method is missing from the tables, none stands there twice, and none that does not exist."""
    listed = re.findall(r"^\| `((?:client|Navigator)\.[\w.]+)` \|", PAGE, re.MULTILINE)
    assert sorted(listed) == sorted(_public())


def test_every_row_says_yes_or_why_not() -> None:
    """A row is a plain yes, or a no with its reason."""
    wrong = {call: said for call, said in ROWS.items() if said != "yes" and not re.fullmatch(r"no: .{10,}", said)}
    assert wrong == {}


def test_every_yes_is_called_by_a_test() -> None:
    """Whatever works is called by name in a test of this folder."""
    untested = [call for call, said in ROWS.items() if said == "yes" and not _called(call).search(SOURCES)]
    assert untested == []


def test_measurement_is_another_name() -> None:
    """The page says that two resources are one."""
    client = ionworks.Ionworks(api_key="none", api_url="http://127.0.0.1:1")
    assert client.measurement is client.cell_measurement
    assert "`client.measurement` is `client.cell_measurement`" in PAGE


NOT_OFFERED: dict[str, Callable[[Any], Any]] = {
    "ecm.list_examples": lambda client: client.ecm.list_examples(),
    "ecm.get_example_data": lambda client: client.ecm.get_example_data("e"),
    "job.list": lambda client: client.job.list(),
    "job.get": lambda client: client.job.get("j"),
    "job.cancel": lambda client: client.job.cancel("j"),
    "model.get": lambda client: client.model.get("m"),
    "model.delete": lambda client: client.model.delete("m"),
    "model_builder.get": lambda client: client.model_builder.get("b"),
    "model_builder.readiness": lambda client: client.model_builder.readiness("s"),
    "optimization.get": lambda client: client.optimization.get("o"),
    "parameterized_model.get": lambda client: client.parameterized_model.get("p"),
    "parameterized_model.list_by_cell_specification": lambda client: (
        client.parameterized_model.list_by_cell_specification("s")
    ),
    "pipeline.get": lambda client: client.pipeline.get("p"),
    "pipeline.list": lambda client: client.pipeline.list(project_id="p"),
    "protocol.get": lambda client: client.protocol.get("p"),
    "protocol.validate": lambda client: client.protocol.validate("x"),
    "simple_pipeline.get": lambda client: client.simple_pipeline.get("p"),
    "simulation.get": lambda client: client.simulation.get("s"),
    "simulation.get_statuses": lambda client: client.simulation.get_statuses(["s"]),
    "study.assign_simulation": lambda client: client.study.assign_simulation("s", "x", "p"),
    "study.remove_simulation": lambda client: client.study.remove_simulation("s", "x", "p"),
    "pybamm_models": lambda client: client.pybamm_models(),
    "validate_pybamm_model_config": lambda client: client.validate_pybamm_model_config("SPM"),
    "post_multipart": lambda client: client.post_multipart("/protocols/parse", {"file": ("p", b"x")}),
}


@pytest.mark.parametrize("call", NOT_OFFERED)
def test_a_no_is_said_at_once(client: Any, call: str) -> None:
    """What the page says no to answers 501, with a sentence on what to do instead."""
    assert ROWS[f"client.{call}"].startswith("no: ")
    with pytest.raises(ionworks.IonworksError) as refused:
        NOT_OFFERED[call](client)
    assert (refused.value.status_code, refused.value.error_code) == (501, "NOT_IMPLEMENTED")
    assert refused.value.message


def test_every_resource_with_a_no_is_asked() -> None:
    """At least one method of each resource that is not offered is among those asked above."""
    without = {call.split(".")[1] for call, said in ROWS.items() if said != "yes" and call.count(".") == 2}
    assert without - {call.split(".")[0] for call in NOT_OFFERED} == {"urls"}


def test_the_example_runs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], installation: Stand, tmp_path: Path
) -> None:
    """The block of the page runs with two variables set, and prints what stands beside the calls."""
    monkeypatch.setenv("IONWORKS_API_URL", installation.api_url)
    monkeypatch.setenv("IONWORKS_API_KEY", installation.api_key)
    monkeypatch.chdir(tmp_path)
    (block,) = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    exec(compile(block, "docs/official_client.md", "exec"), {})  # noqa: S102  our own page
    printed = re.findall(r"^print\(.*\)  # (.*)$", block, re.MULTILINE)
    assert capsys.readouterr().out.splitlines() == printed
