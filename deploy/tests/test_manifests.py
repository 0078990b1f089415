"""What Kubernetes is asked for is confined, watched, and open to those alone who ask. That it is valid is `deploy/k8s/check`'s to say."""

import pytest
from containers import workloads

from deployment.processes import PROCESSES, SERVICES


@pytest.fixture(params=["practice", "hospital"])
def manifests(request, rendered):
    made = rendered(request.param)
    assert {*PROCESSES, "provision", "bucket"} <= {workload["metadata"]["name"] for workload in workloads(made)}
    return made


def of_kind(manifests, kind):
    return {manifest["metadata"]["name"]: manifest for manifest in manifests if manifest["kind"] == kind}


def test_pods_are_not_root_write_nowhere_and_hold_no_privilege(manifests):
    for workload in workloads(manifests):
        pod = workload["spec"]["template"]["spec"]
        (container,) = pod["containers"]
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert pod["automountServiceAccountToken"] is False
        assert pod["serviceAccountName"] in of_kind(manifests, "ServiceAccount")
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "readOnlyRootFilesystem": True,
        }
        assert set(container["resources"]["requests"]) == {"cpu", "memory"}
        assert "memory" in container["resources"]["limits"]
        assert not any("hostPath" in volume for volume in pod["volumes"])


def test_every_deployment_is_watched_and_every_task_ends(manifests):
    for workload in workloads(manifests):
        (container,) = workload["spec"]["template"]["spec"]["containers"]
        if workload["kind"] == "Job":
            assert workload["spec"]["template"]["spec"]["restartPolicy"] == "OnFailure"
            continue
        ports = {port["name"] for port in container["ports"]}
        for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
            assert container[probe]["httpGet"]["port"] in ports
        assert container["livenessProbe"]["httpGet"]["path"] == "/health/live"
        assert container["readinessProbe"]["httpGet"]["path"] == "/health/ready"


def test_everything_is_in_the_one_namespace_and_nothing_is_a_secret(manifests):
    assert {manifest["metadata"].get("namespace", "caseload") for manifest in manifests} == {"caseload"}
    assert not of_kind(manifests, "Secret")
    named = {
        volume["secret"]["secretName"]
        for w in workloads(manifests)
        for volume in w["spec"]["template"]["spec"]["volumes"]
        if "secret" in volume
    }
    assert named == {"caseload"}


def test_services_lead_to_the_pods_that_answer(manifests):
    deployments = of_kind(manifests, "Deployment")
    services = of_kind(manifests, "Service")
    assert set(services) == {*PROCESSES, "ledger", "valkey"}
    for name in PROCESSES:
        service = services[name]
        led_to = [
            other
            for other, deployment in deployments.items()
            if service["spec"]["selector"].items() <= deployment["spec"]["template"]["metadata"]["labels"].items()
        ]
        assert led_to == [name]
        (container,) = deployments[name]["spec"]["template"]["spec"]["containers"]
        assert {port["targetPort"] for port in service["spec"]["ports"]} <= {port["name"] for port in container["ports"]}


def test_policies_let_those_ask_who_ask_in_the_code_and_nobody_else(manifests, questions):
    policies = of_kind(manifests, "NetworkPolicy")
    assert policies["nothing-else"]["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    let_in, let_out = set(), set()
    for policy in policies.values():
        spec = policy["spec"]
        for side, pairs in (("ingress", let_in), ("egress", let_out)):
            for rule in spec.get(side, ()):
                if rule["ports"] == [{"port": "grpc"}]:
                    own = spec["podSelector"]["matchLabels"]["app.kubernetes.io/name"]
                    others = rule["from" if side == "ingress" else "to"][0]["podSelector"]["matchExpressions"][0]["values"]
                    pairs |= {(other, own) if side == "ingress" else (own, other) for other in others}

    truth = {(caller, callee) for caller, callees in questions.items() for callee in callees}
    assert ("clinical", "scheduling") in truth
    assert let_in == truth
    assert let_out == truth


def test_only_who_keeps_data_there_reaches_a_store(manifests):
    policies = of_kind(manifests, "NetworkPolicy")
    reach = {name: names(policies[name], manifests) for name in ("database", "broker", "files", "mail")}
    everybody = {w["spec"]["template"]["metadata"]["labels"]["app.kubernetes.io/name"] for w in workloads(manifests)}
    assert reach["database"] == everybody - {"gateway", "bucket"}
    assert reach["broker"] == {*SERVICES, "gateway"}
    assert reach["files"] == {"clients", "clinical", "audit", "ledger", "bucket"}
    assert reach["mail"] == {"notifications"}


def names(policy, manifests):
    """The workloads a policy is about."""
    selector = policy["spec"]["podSelector"]
    found = set()
    for workload in workloads(manifests):
        labels = workload["spec"]["template"]["metadata"]["labels"]
        expressions = selector.get("matchExpressions", ())
        if selector.get("matchLabels", {}).items() <= labels.items() and all(
            (labels[e["key"]] in e["values"]) == (e["operator"] == "In") for e in expressions
        ):
            found.add(labels["app.kubernetes.io/name"])
    return found


def test_in_the_large_overlay_whatever_serves_is_there_more_than_once(rendered):
    manifests = rendered("hospital")
    deployments, budgets = of_kind(manifests, "Deployment"), of_kind(manifests, "PodDisruptionBudget")
    # What it misses while it is away, it writes at its start.
    assert deployments.pop("ledger")["spec"]["replicas"] == 1
    scaled = {s["spec"]["scaleTargetRef"]["name"]: s["spec"] for s in of_kind(manifests, "HorizontalPodAutoscaler").values()}
    assert set(scaled) == set(PROCESSES)
    assert set(budgets) == set(deployments)
    for name, deployment in deployments.items():
        labels = deployment["spec"]["template"]["metadata"]["labels"]
        if name in scaled:
            assert "replicas" not in deployment["spec"], "two would decide"
            assert scaled[name]["minReplicas"] >= 2
        else:
            assert deployment["spec"]["replicas"] >= 2
        assert budgets[name]["spec"]["selector"]["matchLabels"].items() <= labels.items()
        spread = deployment["spec"]["template"]["spec"]["topologySpreadConstraints"]
        assert {constraint["topologyKey"] for constraint in spread} == {"topology.kubernetes.io/zone", "kubernetes.io/hostname"}
        assert spread[0]["labelSelector"]["matchLabels"].items() <= labels.items()


def test_the_store_of_the_rate_limits_is_confined_and_reached_by_gateways_alone(manifests):
    policies = of_kind(manifests, "NetworkPolicy")
    store = of_kind(manifests, "StatefulSet")["valkey"]["spec"]["template"]
    (container,) = store["spec"]["containers"]
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert store["spec"]["securityContext"]["runAsNonRoot"] is True
    assert of_kind(manifests, "Service")["valkey"]["spec"]["selector"].items() <= store["metadata"]["labels"].items()
    (let_in,) = policies["gateways-count"]["spec"]["ingress"]
    assert let_in["from"] == [{"podSelector": {"matchLabels": {"app.kubernetes.io/name": "gateway"}}}]
    assert policies["gateway-counts"]["spec"]["podSelector"] == {"matchLabels": {"app.kubernetes.io/name": "gateway"}}
