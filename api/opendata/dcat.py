"""The catalogue: DCAT-AP 3 as JSON-LD.

Source: W3C DCAT 3, SEMIC DCAT-AP 3.0; themes, frequencies and file types of the EU Publications Office.
"""

from __future__ import annotations

from typing import Any, Final

from api.opendata.datasets import Dataset, File, datasets
from api.opendata.making import Manifest
from api.opendata.packages import LICENCES, version_of

MEDIA_TYPE: Final = "application/ld+json"
_EU: Final = "http://publications.europa.eu/resource/authority/"
_IANA: Final = "https://www.iana.org/assignments/media-types/"
CONTEXT: Final = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "spdx": "http://spdx.org/rdf/terms#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "adms": "http://www.w3.org/ns/adms#",
}
_KEYWORDS: Final = (
    ("цільові програми", "uk"),
    ("бюджет", "uk"),
    ("індикатори", "uk"),
    ("local programmes", "en"),
    ("budget", "en"),
    ("indicators", "en"),
)
Node = dict[str, Any]


def catalogue(manifest: Manifest, base: str) -> Node:
    """Every data set of a release. base: the server's address, without a slash at the end."""
    found = [_dataset(one, manifest, base) for one in datasets(manifest)]
    service = _service(manifest, base)
    return {
        "@context": CONTEXT,
        "@id": f"{base}/opendata/catalog.jsonld",
        "@type": "dcat:Catalog",
        "dct:title": _both("Відкриті дані програм громади", "Open data of the community's programmes"),
        "dct:description": _both(
            "Набори даних реєстру програм: кожен файл незмінний і названий за гешем свого вмісту.",
            "Data sets of the ledger of programmes: every file is immutable and named by its hash.",
        ),
        "dct:publisher": _publishers(manifest["bodies"], manifest, base),
        "dct:language": [_ref(f"{_EU}language/UKR"), _ref(f"{_EU}language/ENG")],
        "dct:license": _ref(LICENCES[manifest["licence"]]["path"]),
        "dct:modified": _typed(manifest["modified"], "dateTime"),
        "foaf:homepage": _ref(f"{base}/opendata"),
        "dcat:themeTaxonomy": _ref(f"{_EU}data-theme"),
        "dcat:dataset": found,
        "dcat:service": service,
    }


def _dataset(one: Dataset, manifest: Manifest, base: str) -> Node:
    about = f"{base}/opendata/datasets/{one.name}"
    dated: Node = {"dct:modified": _typed(one.modified, "dateTime")}
    if one.issued is not None:
        dated["dct:issued"] = _typed(one.issued, "dateTime")
    return {
        "@id": about,
        "@type": "dcat:Dataset",
        "dct:title": _both(one.uk, one.en),
        "dct:description": _both(one.about_uk, one.about_en),
        "dct:identifier": one.uuid,
        "dct:publisher": _publishers(one.publishers, manifest, base),
        "dct:accrualPeriodicity": _ref(f"{_EU}frequency/IRREG"),
        "dct:accessRights": _ref(f"{_EU}access-right/PUBLIC"),
        "dct:language": [_ref(f"{_EU}language/UKR")],
        "dcat:theme": [_ref(f"{_EU}data-theme/GOVE"), _ref(f"{_EU}data-theme/ECON")],
        "dcat:keyword": [{"@value": text, "@language": tongue} for text, tongue in _KEYWORDS],
        "dcat:landingPage": {"@id": base + one.page, "@type": "foaf:Document"},
        "dcat:version": version_of(manifest),
        **dated,
        **_temporal(one),
        "dcat:distribution": [_distribution(file, one, manifest, base) for file in one.files],
    }


def _temporal(one: Dataset) -> Node:
    first, last = one.years
    if first is None or last is None:
        return {}
    return {
        "dct:temporal": {
            "@type": "dct:PeriodOfTime",
            "dcat:startDate": _typed(f"{first}-01-01", "date"),
            "dcat:endDate": _typed(f"{last}-12-31", "date"),
        }
    }


def _distribution(file: File, one: Dataset, manifest: Manifest, base: str) -> Node:
    """accessURL leads to the package that describes the columns, downloadURL to the immutable file."""
    return {
        "@id": base + file.path,
        "@type": "dcat:Distribution",
        "dct:title": _both(file.uk, file.en),
        "dcat:accessURL": _ref(base + one.page),
        "dcat:downloadURL": _ref(base + file.path),
        "dcat:mediaType": _ref(f"{_IANA}text/csv"),
        "dct:format": _ref(f"{_EU}file-type/CSV"),
        "dcat:byteSize": _typed(str(file.said["bytes"]), "nonNegativeInteger"),
        "dct:license": _ref(LICENCES[manifest["licence"]]["path"]),
        "dct:conformsTo": _ref(base + one.package),
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": _ref("http://spdx.org/rdf/terms#checksumAlgorithm_sha256"),
            "spdx:checksumValue": _typed(file.said["sha256"], "hexBinary"),
        },
    }


def _service(manifest: Manifest, base: str) -> Node:
    return {
        "@id": f"{base}/v1",
        "@type": "dcat:DataService",
        "dct:title": _both("Програмний інтерфейс реєстру", "The ledger's API"),
        "dcat:endpointURL": _ref(f"{base}/v1"),
        "dcat:endpointDescription": _ref(f"{base}/openapi.json"),
        "dct:license": _ref(LICENCES[manifest["licence"]]["path"]),
        "dcat:servesDataset": [_ref(f"{base}/opendata/datasets/{one.name}") for one in datasets(manifest)],
    }


def _publishers(bodies: Any, manifest: Manifest, base: str) -> Any:
    """The bodies whose programmes these are; where there are none, the ledger itself by its name."""
    found = [_agent(body, base) for body in bodies]
    if not found:
        return {"@type": "foaf:Agent", "foaf:name": manifest["origin"]}
    return found[0] if len(found) == 1 else found


def _agent(body: Any, base: str) -> Node:
    """With the registry code (ЄДРПОУ), where it is on the record."""
    code = {"dct:identifier": body["edrpou"]} if body["edrpou"] else {}
    return {
        "@id": f"{base}/v1/bodies/{body['id']}",
        "@type": "foaf:Organization",
        "foaf:name": {"@value": body["name"], "@language": "uk"},
        **code,
    }


def _both(uk: str, en: str) -> list[Node]:
    return [{"@value": uk, "@language": "uk"}, {"@value": en, "@language": "en"}]


def _ref(address: str) -> Node:
    return {"@id": address}


def _typed(value: str, kind: str) -> Node:
    return {"@value": value, "@type": f"xsd:{kind}"}
