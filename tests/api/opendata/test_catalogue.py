"""The catalogue and what CKAN harvests: read by readers of their own formats."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
from rdflib import DCAT, DCTERMS, FOAF, RDF, Graph, Literal, URIRef

from tests.api.door import Door, open_door
from tests.api.opendata.taking import Site
from tests.support.town import PROGRAMME_ID, TestLedger

BASE = "https://town.example"
ACTION = "/opendata/ckan/api/3/action"
DISTRIBUTIONS = """
    PREFIX dcat: <http://www.w3.org/ns/dcat#> PREFIX dct: <http://purl.org/dc/terms/>
    PREFIX spdx: <http://spdx.org/rdf/terms#>
    SELECT ?dataset ?url ?size ?sum ?licence ?schema WHERE {
        ?catalog a dcat:Catalog ; dcat:dataset ?dataset .
        ?dataset a dcat:Dataset ; dcat:distribution ?one .
        ?one a dcat:Distribution ; dcat:downloadURL ?url ; dcat:accessURL ?access ; dcat:byteSize ?size ;
             dcat:mediaType <https://www.iana.org/assignments/media-types/text/csv> ;
             dct:license ?licence ; dct:conformsTo ?schema ; spdx:checksum/spdx:checksumValue ?sum .
    }
"""


@pytest.fixture(scope="module")
def told(storied_town: TestLedger, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    path = tmp_path_factory.mktemp("catalogue") / "town"
    with open_door(storied_town, path, public_url=BASE) as opened:
        yield opened


@pytest.fixture(scope="module")
def site(told: Door) -> Site:
    return Site(told.client)


@pytest.fixture(scope="module")
def graph(site: Site) -> Graph:
    with warnings.catch_warnings():  # rdflib's reader of JSON-LD uses what rdflib itself deprecates
        warnings.simplefilter("ignore", DeprecationWarning)
        return Graph().parse(data=site.bytes("/opendata/catalog.jsonld"), format="json-ld")


def test_every_distribution_leads_to_the_bytes_that_it_promises(site: Site, graph: Graph) -> None:
    rows: list[Any] = list(graph.query(DISTRIBUTIONS))
    manifest = site.json("/opendata/releases/latest")
    own = manifest["programmes"][PROGRAMME_ID]["tables"]
    assert len(rows) == sum(map(len, manifest["tables"].values())) + 3 + sum(map(len, own.values()))
    for row in rows:
        content = site.bytes(str(row.url).removeprefix(BASE))
        assert len(content) == int(row["size"])
        assert hashlib.sha256(content).hexdigest() == str(row["sum"])
        assert site.json(str(row.schema).removeprefix(BASE))["resources"]


def test_each_data_set_has_what_the_profile_asks_for(graph: Graph) -> None:
    found = list(graph.subjects(RDF.type, DCAT.Dataset))
    assert len(found) == 3
    for one in found:
        languages = {
            title.language for title in graph.objects(one, DCTERMS.title) if isinstance(title, Literal)
        }
        assert languages == {"uk", "en"}
        for wanted in (DCTERMS.description, DCTERMS.publisher, DCTERMS.modified, DCAT.theme, DCAT.keyword):
            assert graph.value(one, wanted, any=True) is not None, (one, wanted)
        assert str(graph.value(one, DCAT.landingPage)).startswith(BASE)
    programme = URIRef(f"{BASE}/opendata/datasets/programme-{PROGRAMME_ID}")
    term = graph.value(programme, DCTERMS.temporal)
    assert str(graph.value(term, DCAT.startDate)) == "2025-01-01"
    assert str(graph.value(term, DCAT.endDate)) == "2027-12-31"


def test_the_catalogue_names_its_publisher_and_the_api(site: Site, graph: Graph) -> None:
    (catalog,) = graph.subjects(RDF.type, DCAT.Catalog)
    publisher = graph.value(catalog, DCTERMS.publisher)
    assert str(graph.value(publisher, FOAF.name)) == body_name(site)
    (service,) = graph.subjects(RDF.type, DCAT.DataService)
    assert str(graph.value(service, DCAT.endpointURL)) == f"{BASE}/v1"
    assert set(graph.objects(service, DCAT.servesDataset)) == set(graph.subjects(RDF.type, DCAT.Dataset))


def body_name(site: Site) -> str:
    (found,) = [one for one in site.json("/v1/bodies")["items"] if one["id"] == "town-council"]
    return str(found["name"])


def action(site: Site, path: str) -> Any:
    answer = site.json(f"{ACTION}/{path}")
    assert answer["success"] is True
    return answer["result"]


def test_a_harvester_finds_the_same_data_sets_in_every_way(site: Site) -> None:
    names = action(site, "package_list")
    assert names == ["pledger-tables", "pledger-835", f"programme-{PROGRAMME_ID}"]
    found = action(site, "package_search?rows=100&start=0&sort=id%20asc")
    assert found["count"] == 3
    assert sorted(one["id"] for one in found["results"]) == [one["id"] for one in found["results"]]
    for one in found["results"]:
        assert action(site, f"package_show?id={one['name']}") == one
        assert action(site, f"package_show?id={one['id']}") == one
    payloads = site.json("/opendata/ckan/package.json")["items"]
    assert [one["name"] for one in payloads] == names


def test_a_harvester_gets_what_changed_since_and_nothing_else(site: Site) -> None:
    (one,) = action(site, f"package_search?q={PROGRAMME_ID}")["results"]
    at = one["metadata_modified"]

    def count(since: str) -> int:
        found: int = action(site, f"package_search?fq=metadata_modified:[{since}Z%20TO%20*]")["count"]
        return found

    assert count(at) >= 1
    assert count("2020-01-01T00:00:00") == 3
    assert count("2030-01-01T00:00:00") == 0


@pytest.mark.parametrize("since", ["2026-13-45T00:00:00Z", "----------", "2026-11-23T03:00:00-02:00"])
def test_a_moment_that_is_none_is_refused_and_not_taken_for_nothing_new(site: Site, since: str) -> None:
    answer = site.client.get(
        f"/opendata/ckan/api/3/action/package_search?fq=metadata_modified:[{since} TO *]"
    )
    assert (answer.status_code, answer.json()["type"]) == (400, "urn:pledger:problem:bad-parameter")


def test_pages_of_a_search_leave_nothing_out(site: Site) -> None:
    pages = [
        action(site, f"package_search?rows=1&start={start}&sort=name%20asc")["results"] for start in range(4)
    ]
    assert [len(page) for page in pages] == [1, 1, 1, 0]
    assert [page[0]["name"] for page in pages[:3]] == sorted(action(site, "package_list"))


def test_resources_of_a_payload_lead_to_files_with_that_hash(site: Site) -> None:
    for one in site.json("/opendata/ckan/package.json")["items"]:
        assert one["license_id"] == "cc-by-4.0"
        for resource in one["resources"]:
            content = site.bytes(resource["url"].removeprefix(BASE))
            assert hashlib.sha256(content).hexdigest() == resource["hash"]
            assert len(content) == resource["size"]


def test_no_two_ids_become_one_name() -> None:
    from api.opendata.datasets import NAME_MAX, slug

    ids = ["a.b", "a_b", "a-b", "a__b", "a_-b", "a..b", "x" * 200, "x" * 199 + "y", "." * 60, "_" * 60]
    names = {slug(one) for one in ids}
    assert len(names) == len(ids)
    assert all(len(name) <= NAME_MAX and name.replace("-", "").replace("_", "a").isalnum() for name in names)
