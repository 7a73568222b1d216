"""Materials, datasets, analyses and studies: who sees them, and what goes with what."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from cellkeep.domain.analyses import AnalysisDraft, AnalysisQuery
from cellkeep.domain.errors import InvalidError, NotFoundError
from cellkeep.domain.materials import MaterialDraft, MaterialQuery
from cellkeep.domain.measurements import MeasurementQuery
from cellkeep.domain.paging import ListQuery, Page
from cellkeep.domain.people import Caller
from cellkeep.domain.property_datasets import DatasetDraft, DatasetQuery
from cellkeep.domain.studies import StudyDraft
from cellkeep.storage.store import Store, UnitOfWork
from storage.world import Records, World, populate


@dataclass(frozen=True)
class Results:
    """One result of each kind, beside the records of one project."""

    at: Records
    dataset: str
    analysis: str
    study: str


LISTS: dict[str, Callable[[UnitOfWork, Results], Page[object]]] = {
    "materials": lambda work, own: work.materials.list(MaterialQuery(project_id=own.at.project)),  # type: ignore[return-value]
    "datasets": lambda work, own: work.property_datasets.list(DatasetQuery(material_id=own.at.material)),  # type: ignore[return-value]
    "datasets of a project": lambda work, own: work.property_datasets.list(  # type: ignore[return-value]
        DatasetQuery(material_id=own.at.material, project_id=own.at.project)
    ),
    "analyses": lambda work, own: work.analyses.list(AnalysisQuery(measurement_id=own.at.measurement)),  # type: ignore[return-value]
    "analyses of a project": lambda work, own: work.analyses.list(AnalysisQuery(project_id=own.at.project)),  # type: ignore[return-value]
    "studies": lambda work, own: work.studies.list(own.at.project, ListQuery()),  # type: ignore[return-value]
    "measurements of a study": lambda work, own: work.measurements.list_by_study(own.study, MeasurementQuery()),  # type: ignore[return-value]
}
GETS: dict[str, Callable[[UnitOfWork, Results], object]] = {
    "materials": lambda work, own: work.materials.get(own.at.material),
    "datasets": lambda work, own: work.property_datasets.get(own.dataset),
    "datasets.delete": lambda work, own: work.property_datasets.delete(own.dataset),
    "analyses": lambda work, own: work.analyses.get(own.analysis),
    "analyses.delete": lambda work, own: work.analyses.delete(own.analysis),
    "studies": lambda work, own: work.studies.get(own.at.project, own.study),
    "studies.row": lambda work, own: work.studies.row(own.study),
    "studies.delete": lambda work, own: work.studies.delete(own.study),
}


@pytest.fixture
def world(store: Store) -> World:
    return populate(store)


def fill(store: Store, caller: Caller, at: Records) -> Results:
    with store.writing() as work:
        dataset = work.property_datasets.create(
            work.materials.row(at.material),
            DatasetDraft(name="D", material_id=at.material),
            caller,
            key=f"datasets/{at.project}/data",
            original_key=f"datasets/{at.project}/original",
            columns=[{"name": "x", "source_column_index": 0}],
        )
        analysis = work.analyses.create(
            work.measurements.row(at.measurement),
            AnalysisDraft(name="A", analysis_type="t", measurement_id=at.measurement),
            caller,
            key=f"analyses/{at.project}/data",
        )
        study = work.studies.create(at.project, StudyDraft(name="S"), caller)
        work.studies.assign(study.id, at.measurement)
        return Results(at, dataset.id, analysis.id, study.id)


def test_results_are_seen_with_their_project(store: Store, world: World) -> None:
    """Lists hold, and ids find, what lies in the viewer's projects; everything else is not there at all."""
    every = [
        fill(store, caller, at)
        for caller, at in ((world.admin, world.first), (world.admin, world.second), (world.stranger, world.foreign))
    ]
    for caller, seen in [
        (world.admin, {world.first, world.second}),
        (world.viewer, {world.first}),
        (world.outsider, set()),
        (world.stranger, {world.foreign}),
    ]:
        for own in every:
            for what, listed in LISTS.items():
                with store.reading(caller) as work:
                    page = listed(work, own)
                    expected = int(own.at in seen)
                    assert (len(page), page.count, page.total) == (expected,) * 3, (what, caller.email)
            for what, get in GETS.items():
                if own.at not in seen:
                    with pytest.raises(NotFoundError, match="There is no"), store.writing(caller) as work:
                        get(work, own)
                elif "delete" not in what:
                    with store.reading(caller) as work:
                        assert get(work, own) is not None


def test_a_study_is_found_in_its_project_alone(store: Store, world: World) -> None:
    """Another project of the same person does not hold it."""
    own = fill(store, world.admin, world.first)
    with store.reading(world.admin) as work, pytest.raises(NotFoundError, match="no study"):
        work.studies.get(world.second.project, own.study)


@pytest.mark.parametrize("kind", ["measurements", "specs", "projects"])
def test_results_go_with_what_they_are_about(store: Store, world: World, kind: str) -> None:
    """Analyses go with their measurement, and everything with its project; each time their objects are named for it."""
    own, other = fill(store, world.admin, world.first), fill(store, world.admin, world.second)
    parents = {"measurements": own.at.measurement, "specs": own.at.spec, "projects": own.at.project}
    with store.writing(world.admin) as work:
        if kind == "projects":
            going = set(work.objects.of_project(own.at.project))
        else:
            parent = {"measurements": "id", "specs": "specification_id"}[kind]
            going = set(work.objects.of_measurements(**{parent: parents[kind]}))
        used = work.objects.used()
        getattr(work, kind).delete(parents[kind])
    with store.reading() as work:
        assert work.objects.used() == used - going
        with pytest.raises(NotFoundError):
            work.analyses.row(own.analysis)
        for present, row in ((work.property_datasets, own.dataset), (work.studies, own.study)):
            if kind == "projects":
                with pytest.raises(NotFoundError):
                    present.row(row)  # type: ignore[attr-defined]
            else:
                present.row(row)  # type: ignore[attr-defined]
        work.analyses.row(other.analysis)
        assert work.studies.get(other.at.project, other.study).measurement_count == 1
        if kind != "projects":
            assert work.studies.get(own.at.project, own.study).measurement_count == 0


def test_what_lost_its_parent_is_not_written(store: Store, world: World) -> None:
    """A record of a parent that is gone is refused as not found, and nothing breaks."""
    with store.writing(world.admin) as work:
        row = work.measurements.row(world.first.measurement)
        work.measurements.delete(world.first.measurement)
        draft = AnalysisDraft(name="A", analysis_type="t", measurement_id=row.id)
        with pytest.raises(NotFoundError, match="removed meanwhile"):
            work.analyses.create(row, draft, world.admin, key="analyses/k")
        study = work.studies.create(world.first.project, StudyDraft(name="S"), world.admin)
        with pytest.raises(NotFoundError, match="removed meanwhile"):
            work.studies.assign(study.id, row.id)
    with store.reading() as work:
        assert work.analyses.list(AnalysisQuery(project_id=world.first.project)).total == 0


@pytest.fixture
def materials(store: Store, world: World) -> Callable[..., list[str]]:
    """Names of the materials that a list finds."""
    with store.writing() as work:
        for name, maker, product in (
            ("NMC 622", "BASF", "HED"),
            ("nmc_811", "Basf", None),
            ("LFP", None, None),
            ("eq.odd", "eq.maker", "a.b,c/d e"),
        ):
            draft = MaterialDraft(name=name, manufacturer=maker, product_id=product)
            work.materials.named(draft, world.first.project, world.admin)

    def found(**asked: object) -> list[str]:
        with store.reading(world.viewer) as work:
            return [each.name for each in work.materials.list(MaterialQuery(project_id=world.first.project, **asked))]  # type: ignore[arg-type]

    return found


def test_materials_are_filtered_by_operators(materials: Callable[..., list[str]]) -> None:
    """Text means equality, an operator before it something else; a maker that is not known matches no pattern."""
    for asked, expected in (
        ({"name": "LFP"}, {"LFP"}),
        ({"name": "lfp"}, set()),
        ({"name": "eq.LFP"}, {"LFP"}),
        ({"name": "eq.eq.odd"}, {"eq.odd"}),
        ({"name": "ilike.%nmc%"}, {"NMC 622", "nmc_811"}),
        ({"name": "like.nmc%"}, {"nmc_811"}),
        ({"name": "ilike.%c_8%"}, {"nmc_811"}),
        ({"name": "neq.LFP", "manufacturer": "eq."}, set()),
        ({"manufacturer": "BASF"}, {"NMC 622"}),
        ({"manufacturer": "ilike.basf"}, {"NMC 622", "nmc_811"}),
        ({"manufacturer": "eq."}, {"LFP"}),
        ({"manufacturer": ""}, {"LFP"}),
        ({"manufacturer": "neq."}, {"Graphite", "NMC 622", "nmc_811", "eq.odd"}),
        ({"manufacturer": "neq.BASF"}, {"Graphite", "nmc_811", "LFP", "eq.odd"}),
        ({"manufacturer": "lt.C"}, {"NMC 622", "nmc_811"}),
        ({"manufacturer": "ilike.%"}, {"Graphite", "NMC 622", "nmc_811", "eq.odd"}),
        ({"product_id": "a.b,c/d e"}, {"eq.odd"}),
        ({"product_id": "eq."}, {"Graphite", "nmc_811", "LFP"}),
        ({"created_at": "gte.2020-01-01"}, {"Graphite", "NMC 622", "nmc_811", "LFP", "eq.odd"}),
        ({"created_at": "lt.2020-01-01"}, set()),
        ({"updated_at": "2020-01-01T00:00:00.5Z"}, set()),
        ({"updated_at": "neq.2020-01-01"}, {"Graphite", "NMC 622", "nmc_811", "LFP", "eq.odd"}),
        ({"created_at_gt": "2020-01-01", "updated_at_lt": "2020-01-01"}, set()),
    ):
        assert set(materials(**asked)) == expected, asked


@pytest.mark.parametrize("asked", [{"created_at": "ilike.%2026%"}, {"updated_at": "gte.soon"}, {"created_at": ""}])
def test_a_time_is_compared_with_a_time(materials: Callable[..., list[str]], asked: dict[str, str]) -> None:
    """Patterns and words are no times, and are refused by the name of the filter."""
    with pytest.raises(InvalidError, match=next(iter(asked))):
        materials(**asked)


def test_an_exact_time_finds_its_record(store: Store, world: World) -> None:
    """The time a record tells is one that it is found by."""
    with store.reading(world.viewer) as work:
        told = work.materials.get(world.first.material).model_dump(mode="json")["created_at"]
        assert work.materials.list(MaterialQuery(project_id=world.first.project, created_at=told)).total == 1


def test_materials_have_every_key(store: Store, world: World) -> None:
    """A material is a full record; what is not known of it is null, alone and in a component."""
    with store.reading(world.viewer) as work:
        found = work.materials.get(world.first.material).model_dump()
        nested = work.specs.get(world.first.spec).anode
        assert nested is not None
        assert nested.material is not None
        assert nested.material.model_dump() == found
    assert (found["manufacturer"], found["product_id"], found["definition"]) == ("Maker", None, {})
    assert found["project_id"] == world.first.project
