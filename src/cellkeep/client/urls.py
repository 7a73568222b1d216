"""Addresses of the server's pages."""

from urllib.parse import urlparse

from cellkeep.client.transport import segment
from cellkeep.domain.errors import CellkeepError


class Urls:
    """`client.urls`: where a person looks at what a program works on."""

    def __init__(self, api_url: str, project_id: str | None) -> None:
        self._api_url = api_url
        self._project_id = project_id

    def measurement(self, measurement_id: str, project_id: str | None = None) -> str:  # noqa: ARG002  as other clients take it
        """The page of a measurement; its project needs not be told."""
        return f"{self._pages()}/measurements/{segment(measurement_id)}"

    def project(self, project_id: str | None = None) -> str:
        """The page of a project, or of the client's own."""
        return f"{self._below(project_id)}/studies"

    def cell_specs(self, project_id: str | None = None) -> str:
        """The specifications of a project."""
        return f"{self._below(project_id)}/data/specs"

    def cell_instances(self, spec_id: str, project_id: str | None = None) -> str:
        """The cells of a specification."""
        return f"{self._below(project_id)}/data/specs/{segment(spec_id)}/instances"

    def material(self, material_id: str, project_id: str | None = None) -> str:
        """A material."""
        return f"{self._below(project_id)}/materials/{segment(material_id)}"

    def study(self, study_id: str, project_id: str | None = None) -> str:
        """A study."""
        return f"{self._below(project_id)}/studies/{segment(study_id)}"

    def _pages(self) -> str:
        if urlparse(self._api_url).scheme not in {"http", "https"}:
            raise CellkeepError("A folder has no pages of its own: `cellkeep serve --data <folder>` shows them.")
        return f"{self._api_url}/ui"

    def _below(self, project_id: str | None) -> str:
        chosen = project_id or self._project_id
        if not chosen:
            raise ValueError("Say which project: pass project_id, give it to the client, or set CELLKEEP_PROJECT_ID.")
        return f"{self._pages()}/projects/{segment(chosen)}"
