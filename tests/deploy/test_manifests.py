"""What is shipped for Docker Compose and Kubernetes: in shape, with settings that there are, and nothing left open."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
from compose_spec import PyCompose
from ruamel.yaml import YAML

from hct_kg.settings import Settings, environment_name, from_environment

DEPLOY = Path(__file__).parents[2] / "deploy"
COMPOSE = DEPLOY / "compose.yaml"
MANIFESTS = sorted((DEPLOY / "kubernetes").glob("*.yaml"))
KUBERNETES = ("1.30", "1.37")  # the oldest that many still run, and the newest that the validator knows
SETTINGS = {environment_name(item.name) for item in fields(Settings)}


def resources() -> Iterator[dict[str, Any]]:
    for path in MANIFESTS:
        yield from YAML(typ="safe").load_all(path)


def named(kind: str, name: str) -> dict[str, Any]:
    (found,) = [item for item in resources() if (item["kind"], item["metadata"]["name"]) == (kind, name)]
    return found


def compose() -> dict[str, Any]:
    found: dict[str, Any] = YAML(typ="safe").load(COMPOSE)
    return found


RESOURCES = [pytest.param(item, id=f"{item['kind']} {item['metadata']['name']}") for item in resources()]
PODS = [item for item in resources() if item["kind"] in ("Deployment", "StatefulSet")]


def test_there_is_one_resource_of_each_kind_and_name() -> None:
    names = [(item["kind"], item["metadata"]["name"]) for item in resources()]
    assert len(set(names)) == len(names) == 8


@pytest.mark.parametrize("version", KUBERNETES)
@pytest.mark.parametrize("resource", RESOURCES)
def test_a_resource_is_in_shape(resource: dict[str, Any], version: str) -> None:
    kubernetes_validate.validate(resource, version, strict=True)


@pytest.mark.parametrize("mistake", [{"replicsa": 2}, {"replicas": "two"}])
def test_a_resource_that_is_not_in_shape_is_found(mistake: dict[str, Any]) -> None:
    wrong = named("Deployment", "hct-kg")
    wrong["spec"] |= mistake
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, KUBERNETES[-1], strict=True)


def test_the_copies_are_two_and_an_update_takes_none_away() -> None:
    spec = named("Deployment", "hct-kg")["spec"]
    assert spec["replicas"] == 2
    assert spec["strategy"]["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": 1}
    assert named("PodDisruptionBudget", "hct-kg")["spec"]["minAvailable"] == 1
    (container,) = spec["template"]["spec"]["containers"]
    asked = {name: container[f"{name}Probe"]["httpGet"]["path"] for name in ("startup", "readiness", "liveness")}
    assert asked == {"startup": "/healthz", "readiness": "/readyz", "liveness": "/healthz"}


@pytest.mark.parametrize("workload", PODS, ids=lambda item: str(item["metadata"]["name"]))
def test_a_pod_is_given_no_more_than_it_needs(workload: dict[str, Any]) -> None:
    pod = workload["spec"]["template"]["spec"]
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    for container in pod["containers"]:
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert "memory" in container["resources"]["limits"]


def test_labels_lead_to_what_they_are_meant_for() -> None:
    """Selectors of services, policies and budgets find the pods of their own workload, and of no other."""
    labels = {item["metadata"]["name"]: item["spec"]["template"]["metadata"]["labels"] for item in PODS}
    assert len({tuple(sorted(found.items())) for found in labels.values()}) == len(labels) == 2
    for item in resources():
        spec = item.get("spec", {})
        selector = spec.get("podSelector") or spec.get("selector")
        if selector is not None:
            assert selector.get("matchLabels", selector) == labels[item["metadata"]["name"]], item["kind"]


def test_the_engine_is_reached_from_the_copies_and_reaches_nothing() -> None:
    copies, engine = (named("NetworkPolicy", name)["spec"] for name in ("hct-kg", "hct-kg-virtuoso"))
    assert copies["policyTypes"] == engine["policyTypes"] == ["Ingress", "Egress"]
    assert [port["port"] for rule in copies["ingress"] for port in rule["ports"]] == [8000]
    assert [[port["port"] for port in rule["ports"]] for rule in copies["egress"]] == [[53, 53], [8890]]
    assert engine["egress"] == []
    (rule,) = engine["ingress"]
    assert rule["from"] == [{"podSelector": copies["podSelector"]}]


def test_the_settings_that_are_given_are_settings_and_agree() -> None:
    given = dict(named("ConfigMap", "hct-kg")["data"])
    (container,) = named("Deployment", "hct-kg")["spec"]["template"]["spec"]["containers"]
    given |= {item["name"]: "a password" for item in container["env"]}
    assert from_environment(given).store_user == "hct-kg"
    copies = [service for name, service in compose()["services"].items() if name.startswith("copy-")]
    assert len(copies) == 2
    for copy in copies:
        assert from_environment(copy["environment"]).store_user == "hct-kg"


def test_no_secret_is_in_a_file() -> None:
    """Passwords come by reference: from a Secret that is not shipped, from a file that is not, from the environment."""
    assert [item for item in resources() if item["kind"] == "Secret"] == []
    for copy in ("copy-1", "copy-2"):
        password = compose()["services"][copy]["environment"]["HCT_KG_STORE_PASSWORD"]
        assert re.fullmatch(r"\$\{STORE_PASSWORD:\?.+\}", password)
    assert not (DEPLOY / compose()["secrets"]["store-password"]["file"]).exists()


def test_compose_is_in_shape() -> None:
    found = PyCompose.from_json(json.dumps(compose()))
    found.validate()
    assert set(found.service_names()) == {"nginx", "copy-1", "copy-2", "virtuoso"}


def test_compose_that_is_not_in_shape_is_found() -> None:
    wrong = json.dumps(compose()).replace("read_only", "read_onyl")
    with pytest.raises(ValueError, match="read_onyl"):
        PyCompose.from_json(wrong)


@pytest.mark.parametrize("name", ["nginx", "copy-1", "copy-2", "virtuoso"])
def test_a_service_of_compose_is_given_no_more_than_it_needs(name: str) -> None:
    service = compose()["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["mem_limit"]
    assert service["pids_limit"]
    assert [port.split(":")[0] for port in service.get("ports", [])] == ["127.0.0.1"] * len(service.get("ports", []))
    assert compose()["networks"]["inside"]["internal"] is True


def test_compose_and_nginx_speak_of_the_same_addresses() -> None:
    services = compose()["services"]
    addresses = {name: service["networks"]["inside"]["ipv4_address"] for name, service in services.items()}
    nginx = re.findall(r"^ *server (\S+):8000 ", (DEPLOY / "nginx.conf").read_text(encoding="utf-8"), re.MULTILINE)
    assert nginx == [addresses["copy-1"], addresses["copy-2"]] * 2
    for copy in ("copy-1", "copy-2"):
        environment = services[copy]["environment"]
        assert environment["HCT_KG_PROXIES"] == addresses["nginx"]
        for setting in ("HCT_KG_STORE", "HCT_KG_STORE_UPDATE", "HCT_KG_STORE_GRAPHS"):
            assert environment[setting].startswith(f"http://{addresses['virtuoso']}:8890/")
