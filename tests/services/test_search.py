"""Search: what is found, in which order, and by whom."""

from datetime import timedelta
from typing import Any

import pytest

from cellkeep.domain.batches import BatchDraft
from cellkeep.domain.browsing import MeasurementBrowse
from cellkeep.domain.errors import BadRequestError, InvalidError
from cellkeep.domain.instances import InstanceDraft
from cellkeep.domain.people import Caller
from cellkeep.domain.projects import ProjectDraft
from cellkeep.domain.records import now
from cellkeep.domain.search import ENTITY_TYPES, SearchQuery, SearchResponse
from cellkeep.domain.specs import SpecDraft
from cellkeep.services.search import search
from cellkeep.storage.repository import stamp
from cellkeep.storage.store import Store, UnitOfWork
from cellkeep.storage.tables import ChannelRow, CyclerRow, RawDataRow, SiteRow, StudyRow
from storage.world import World, add_measurement, person, populate


def ask(store: Store, caller: Caller, q: str, **said: Any) -> SearchResponse:
    with store.reading(caller) as work:
        return search(work, SearchQuery(q=q, **said))


def found(store: Store, caller: Caller, q: str, **said: Any) -> list[str]:
    return [result.name for result in ask(store, caller, q, **said).results]


def add_specs(work: UnitOfWork, caller: Caller, project_id: str, *names: str, **said: Any) -> list[str]:
    drafts = [SpecDraft.model_validate({"name": name, **said}) for name in names]
    return [work.specs.create(project_id, draft, caller).id for draft in drafts]


def one_of_each(work: UnitOfWork, caller: Caller, word: str) -> dict[str, str]:
    """The ids of one record of each kind that is searched, all with the word in their name."""
    draft = SpecDraft.model_validate({"name": f"{word} spec", "anode": {"material": {"name": f"{word} material"}}})
    project = work.projects.create(ProjectDraft(name=f"{word} project"), caller)
    spec = work.specs.create(project.id, draft, caller)
    cell = work.instances.create(work.specs.row(spec.id), InstanceDraft(name=f"{word} cell"), None, caller)
    measurement = add_measurement(work, caller, cell.id, f"{word} test")
    session = work.members._session
    site = SiteRow(name=f"{word} site", **stamp(caller))
    session.add(site)
    session.flush()
    cycler = CyclerRow(name=f"{word} cycler", site_id=site.id, project_id=project.id, **stamp(caller))
    session.add(cycler)
    session.flush()
    channel = ChannelRow(name=f"{word} channel", cycler_id=cycler.id, project_id=project.id, **stamp(caller))
    study = StudyRow(name=f"{word} study", project_id=project.id, **stamp(caller))
    file = {"filename": "a.bin", "content_type": "x", "size_bytes": 1, "sha256": "0", "key": f"raw_data/{word}"}
    raw_data = RawDataRow(name=f"{word} raw data", project_id=project.id, **file, **stamp(caller))
    session.add_all([channel, study, raw_data])
    session.flush()
    assert spec.anode is not None
    return {
        "project": project.id,
        "cell_specification": spec.id,
        "cell_instance": cell.id,
        "cell_measurement": measurement.id,
        "material": str(spec.anode.material_id),
        "study": study.id,
        "cycler": cycler.id,
        "channel": channel.id,
        "site": site.id,
        "raw_data": raw_data.id,
    }


def test_every_kind_of_record_is_found(store: Store, admin: Caller) -> None:
    """A word in the name of one record of each kind finds them all, kind after kind, with where they belong."""
    with store.writing(admin) as work:
        ids = one_of_each(work, admin, "Wolke")
    results = ask(store, admin, "wolke").results
    assert [(result.entity_type, result.id) for result in results] == [(kind, ids[kind]) for kind in ENTITY_TYPES]
    parents = {
        "cell_instance": "cell_specification",
        "cell_measurement": "cell_instance",
        "cycler": "site",
        "channel": "cycler",
    }
    for result in results:
        kind = result.entity_type
        assert result.parent_id == (ids[parents[kind]] if kind in parents else None)
        assert result.project_id == (None if kind == "site" else ids["project"])


def test_a_project_restricts_what_is_in_projects(store: Store, admin: Caller) -> None:
    """With a project, records of others are left out; projects, materials and sites are found all the same."""
    with store.writing(admin) as work:
        here, _ = one_of_each(work, admin, "Wolke A"), one_of_each(work, admin, "Wolke B")
    kinds = [result.entity_type for result in ask(store, admin, "wolke", project_id=here["project"]).results]
    unrestricted = {"project", "material", "site"}
    assert {kind: kinds.count(kind) for kind in ENTITY_TYPES} == {
        kind: 2 if kind in unrestricted else 1 for kind in ENTITY_TYPES
    }
    elsewhere = ask(store, admin, "wolke", project_id="nowhere").results
    assert {result.entity_type for result in elsewhere} == unrestricted


def test_names_come_before_texts(store: Store, admin: Caller) -> None:
    """The name itself goes first, then names that begin with it, that contain it, and texts; the newest first."""
    with store.writing(admin) as work:
        project_id = work.projects.create(ProjectDraft(name="P"), admin).id
        add_specs(work, admin, project_id, "in notes", notes="an NMC cell")
        add_specs(work, admin, project_id, "old nmc", "new NMC", "nmc 622", "NMC", "by maker", manufacturer="x")
        add_specs(work, admin, project_id, "made by", manufacturer="Nmc GmbH")
        add_specs(work, admin, project_id, "shaped", form_factor="nmc-like")
    order = ["NMC", "nmc 622", "new NMC", "old nmc", "shaped", "made by", "in notes"]
    assert found(store, admin, "nmc", per_type=20) == order
    assert found(store, admin, "NMC", per_type=3) == order[:3]


def test_texts_beside_the_name_are_searched(store: Store, admin: Caller) -> None:
    """Notes, descriptions, tags, protocol names, names of lots, makers: each finds its record."""
    with store.writing(admin) as work:
        project = work.projects.create(ProjectDraft(name="P", description="all about alpha"), admin)
        draft = {"name": "S", "anode": {"material": {"name": "M", "manufacturer": "beta", "product_id": "gamma"}}}
        spec = work.specs.create(project.id, SpecDraft.model_validate(draft), admin)
        row = work.specs.row(spec.id)
        batch = work.batches.create(row, BatchDraft(name="delta lot"), admin)
        cell = work.instances.create(row, InstanceDraft(name="C", notes="epsilon"), batch.id, admin)
        said = {"notes": "zeta", "protocol": {"name": "eta"}}
        add_measurement(work, admin, cell.id, "T", tags=["theta"], **said)
        spot = {"location": "iota"}
        work.members._session.add(SiteRow(name="L", **spot, **stamp(admin)))
    for word, name in zip(
        ("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "theta", "iota"), "PMMCCTTL", strict=True
    ):
        assert found(store, admin, word.upper()) == [name], word
    assert found(store, admin, "eta", entity_types=["cell_measurement"]) == ["T"]


def test_several_words_are_each_somewhere(store: Store, admin: Caller) -> None:
    """Words may stand in different places of one record; all of them must be there."""
    with store.writing(admin) as work:
        project_id = work.projects.create(ProjectDraft(name="P"), admin).id
        add_specs(work, admin, project_id, "Pouch large", notes="from the spring")
        add_specs(work, admin, project_id, "Pouch small", notes="from the autumn")
    assert found(store, admin, "spring  pouch") == ["Pouch large"]
    assert found(store, admin, "pouch winter") == []


@pytest.mark.parametrize(
    ("sought", "name"),
    [
        ("50%", "50% SOC"),
        ("5_0", "a 5_0 b"),
        ("\\x", "back\\x"),
        ("%a", "%a"),
        ("größe", "Zellgröße"),
        ("ZELLGRÖSSE ", "zellgrösse"),
        ("ЯЧЕЙКА", "ячейка 1"),
        ("ΔT", "Δt ramp"),
        ("電池", "リチウム電池"),
        ("' or", "' OR 1=1 --"),
    ],
)
def test_what_is_sought_is_meant_as_it_is_written(store: Store, admin: Caller, sought: str, name: str) -> None:
    """Percent signs, underscores and quotes are themselves, and case is that of every script."""
    with store.writing(admin) as work:
        project_id = work.projects.create(ProjectDraft(name="P"), admin).id
        add_specs(work, admin, project_id, name, "50 SOC", "5x0", "aa", "Other")
    assert found(store, admin, sought) == [name]


def test_a_prefix_is_one_whatever_its_first_character(store: Store, admin: Caller) -> None:
    """A name that begins with a percent sign goes before a newer one that only contains it."""
    with store.writing(admin) as work:
        project_id = work.projects.create(ProjectDraft(name="P"), admin).id
        add_specs(work, admin, project_id, "%ab first", "some %ab")
    assert found(store, admin, "%ab") == ["%ab first", "some %ab"]


def test_pages_neither_repeat_nor_drop(store: Store, admin: Caller) -> None:
    """Pages of every size put together are the whole; the total counts it, after the cap on each kind."""
    with store.writing(admin) as work:
        project_id = work.projects.create(ProjectDraft(name="nova"), admin).id
        ids = add_specs(work, admin, project_id, *(f"nova {number}" for number in range(25)))
        moment = now() - timedelta(hours=1)
        for spec_id in ids:
            work.specs.row(spec_id).created_at = moment  # nothing but the id tells them apart
        cell = work.instances.create(work.specs.row(ids[0]), InstanceDraft(name="nova cell"), None, admin)
        for number in range(7):
            add_measurement(work, admin, cell.id, f"nova {number}")
    whole = ask(store, admin, "nova", per_type=20, limit=100)
    assert whole.total == len(whole.results) == 1 + 20 + 1 + 7
    for size in (1, 4, 28, 29):
        pages = [ask(store, admin, "nova", per_type=20, limit=size, offset=at) for at in range(0, 30, size)]
        assert [result for page in pages for result in page.results] == whole.results
        assert {page.total for page in pages} == {29}
    assert ask(store, admin, "nova").total == 1 + 5 + 1 + 5
    past = ask(store, admin, "nova", offset=2**70)
    assert (past.results, past.total) == ([], 12)


def test_kinds_can_be_chosen(store: Store, admin: Caller) -> None:
    """Only those kinds are searched; one that is not kept has no results, and none chosen has none."""
    with store.writing(admin) as work:
        one_of_each(work, admin, "Wolke")
    for kinds in (["material"], ["material", "material"], ["model", "material", "parameterized_model"]):
        assert found(store, admin, "wolke", entity_types=kinds) == ["Wolke material"]
    for kinds in ([], ["model"], [""], ["Project"]):
        answer = ask(store, admin, "wolke", entity_types=kinds)
        assert (answer.results, answer.total) == ([], 0)


def test_numbers_beyond_measure_are_cut(store: Store, admin: Caller) -> None:
    """A page is at most 100 results, and each kind at most 20."""
    with store.writing(admin) as work:
        project_id = work.projects.create(ProjectDraft(name="P"), admin).id
        add_specs(work, admin, project_id, *(f"nova {number}" for number in range(22)))
    answer = ask(store, admin, "nova", limit=5000, per_type=500)
    assert (answer.limit, answer.total) == (100, 20)


def test_what_is_too_short_is_refused(store: Store, admin: Caller) -> None:
    """White space alone is a bad request; a single character is too short, with white space around it too."""
    for blank in ("  ", "\t\n ", "\u00a0\u2003"):
        with pytest.raises(BadRequestError):
            ask(store, admin, blank)
    with pytest.raises(InvalidError):
        ask(store, admin, " x ")


def test_everybody_finds_what_they_see(store: Store) -> None:
    """A search holds nothing of another organization, nor of a project without a role in it, whatever is asked."""
    world: World = populate(store)
    with store.writing(world.stranger) as work:
        one_of_each(work, world.stranger, "Spec of others")
    for caller, seen in (
        (world.admin, {world.first.spec, world.second.spec}),
        (world.contributor, {world.first.spec}),
        (world.viewer, {world.first.spec}),
        (world.outsider, set()),
    ):
        for said in ({}, {"project_id": world.first.project}, {"project_id": world.foreign.project}):
            for word in ("spec", "lot", "hppc", "graphite", "first"):
                for result in ask(store, caller, word, per_type=20, **said).results:
                    assert result.project_id in {world.first.project, world.second.project}, (caller.email, result)
                    if not caller.is_admin:
                        assert result.project_id == world.first.project
        assert {result.id for result in ask(store, caller, "spec").results} == seen


def test_a_site_is_found_by_everybody_in_the_organization(store: Store, admin: Caller) -> None:
    """Sites belong to no project, so whoever is in the organization finds them."""
    with store.writing(admin) as work:
        one_of_each(work, admin, "Wolke")
        jane = person(work, admin.organization, "jane@lab.org")
    assert found(store, jane, "wolke") == ["Wolke site"]


def test_many_words_are_searched_for(store: Store, admin: Caller) -> None:
    """A query of a hundred words is an ordinary one."""
    assert found(store, admin, " ".join("ab" for _ in range(66))) == []


def test_a_record_is_found_by_how_its_id_begins(store: Store, admin: Caller) -> None:
    """By six characters or more of it, as pages show them, in any case; a word of such characters is found, too."""
    with store.writing(admin) as work:
        ids = one_of_each(work, admin, "Wolke")
        (named,) = add_specs(work, admin, ids["project"], f"run {ids['cell_instance'][:8]}")
    for kind, id_ in ids.items():
        for part in (id_[:6], id_[:8].upper(), id_[:11], id_):
            assert id_ in [hit.id for hit in ask(store, admin, part, entity_types=[kind]).results], (kind, part)
    both = ask(store, admin, ids["cell_instance"][:8]).results
    assert {hit.id for hit in both} == {named, ids["cell_instance"]}
    for part in (ids["study"][:5], ids["study"][1:9], f"{ids['study']}0", ids["study"].replace("-", "")):
        assert ids["study"] not in [hit.id for hit in ask(store, admin, part).results]


def test_a_measurement_is_found_by_what_read_it(store: Store, admin: Caller) -> None:
    """By how the name of the reader begins, in search and in the list of measurements, also with a further word.

    What is shorter than five letters has to be the whole name.
    """
    with store.writing(admin) as work:
        cell = work.instances.row(one_of_each(work, admin, "Wolke")["cell_instance"])
        for name, reader in (("Rate test", "neware_nda"), ("Ageing", "arbin"), ("Pulses", "bdf")):
            work.measurements.row(add_measurement(work, admin, cell.id, name).id).provenance = {"reader": reader}
    for text, names in (
        ("Newar", ["Rate test"]),
        ("neware rate", ["Rate test"]),
        ("neware ageing", []),
        ("nda", []),
        ("arb", []),
        ("BDF", ["Pulses"]),
    ):
        assert found(store, admin, text) == names
        with store.reading(admin) as work:
            assert [line.name for line in work.browsing.measurements(MeasurementBrowse(q=text)).items] == names
