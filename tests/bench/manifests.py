"""Kubernetes-like objects as text, drawn from a random generator.

13 kinds in the mixture of a real repository: about 1.27 KB and 86 nodes each, with labels and
annotations, comments, quoted, folded and literal scalars, flow lists, and documents of other
formats inside ConfigMaps. An object is a list of lines.
"""
import base64

ENVIRONMENTS = ["dev", "staging", "prod", "prod-eu"]

WORDS = """checkout billing ledger search catalog cart user session gateway edge notify mail audit
    report export import stream queue worker scheduler index cache media image video auth token
    policy quota rate price stock order invoice refund fraud risk geo map route fleet driver rider
    chat feed graph rank train infer feature vector batch etl lake sink source proxy mesh""".split()

PROSE = """connection pool exhausted while waiting for replica retry with exponential backoff until
    deadline the operator must set this when upgrading from v1 see runbook for details default is
    safe for most""".split()

REGISTRIES = ["ghcr.io/acme", "registry.internal:5000/platform", "quay.io/acme",
              "europe-docker.pkg.dev/acme-prod/images"]


def indented(lines, spaces):
    return [" " * spaces + line for line in lines]


class Draw:
    """Random choices; the same seed draws the same objects."""

    def __init__(self, random):
        self.random = random

    def chance(self, probability):
        return self.random.random() < probability

    def number(self, first, last):
        return self.random.randint(first, last)

    def one_of(self, items):
        return items[self.random.randrange(len(items))]

    def word(self):
        return self.one_of(WORDS)

    def hexadecimal(self, digits):
        return "%0*x" % (digits, self.random.getrandbits(4 * digits))

    def sentence(self, words):
        return " ".join(self.one_of(PROSE) for _ in range(words))

    def names(self, least, most):
        """Different names such as QUEUE_TOKEN."""
        pairs = (f"{self.word()}_{self.word()}".upper() for _ in range(self.number(least, most)))
        return list(dict.fromkeys(pairs))


class App:
    """One application in one environment: what its objects have in common."""

    def __init__(self, draw, name, team, environment, namespace):
        self.name, self.team, self.environment, self.namespace = name, team, environment, namespace
        self.version = f"v{draw.number(0, 9)}.{draw.number(0, 40)}.{draw.number(0, 99)}"


def annotations(app, draw):
    lines = ["annotations:",
             f'  acme.io/owner: "{app.team}@acme.example"',
             f"  acme.io/git-sha: {draw.hexadecimal(40)}"]
    if draw.chance(0.4):
        lines += ['  prometheus.io/scrape: "true"',
                  f'  prometheus.io/port: "{draw.number(8000, 9999)}"']
    if draw.chance(0.2):
        lines += ["  acme.io/note: >-", f"    {draw.sentence(12)}", f"    {draw.sentence(9)}"]
    return lines


def head(api_version, kind, app, name, draw):
    lines = [f"apiVersion: {api_version}", f"kind: {kind}", "metadata:",
             f"  name: {name}",
             f"  namespace: {app.namespace}",
             "  labels:",
             f"    app.kubernetes.io/name: {app.name}",
             f"    app.kubernetes.io/instance: {app.name}-{app.environment}",
             f"    app.kubernetes.io/part-of: {app.team}",
             "    app.kubernetes.io/managed-by: libgitops",
             f'    app.kubernetes.io/version: "{app.version}"',
             f"    environment: {app.environment}"]
    if draw.chance(0.6):
        lines += indented(annotations(app, draw), 2)
    return lines


def variable(app, draw, name):
    sort = draw.random.random()
    if sort < 0.55:
        value = draw.one_of([str(draw.number(0, 65000)), "true", draw.hexadecimal(12),
                             f"https://{draw.word()}.{app.namespace}.svc.cluster.local:8443/v1"])
        return [f"- name: {name}", f'  value: "{value}"']
    reference, suffix = ("secretKeyRef", "secret") if sort < 0.8 else ("configMapKeyRef", "config")
    return [f"- name: {name}", "  valueFrom:", f"    {reference}:",
            f"      name: {app.name}-{suffix}", f"      key: {name.lower()}"]


def environment(app, draw, most):
    lines = ["env:"]
    for name in draw.names(1, most):
        lines += variable(app, draw, name)
    return lines


def resources(draw):
    return ["resources:", "  requests:",
            f"    cpu: {draw.one_of([50, 100, 250, 500])}m",
            f"    memory: {draw.one_of([64, 128, 256, 512])}Mi",
            "  limits:",
            f'    cpu: "{draw.number(1, 4)}"',
            f"    memory: {draw.one_of([1, 2, 4])}Gi"]


def probe(draw, name, path):
    return [f"{name}:", "  httpGet:", f"    path: {path}", "    port: http",
            f"  initialDelaySeconds: {draw.number(3, 30)}", "  periodSeconds: 10"]


def restrictions(draw):
    drop = ['  drop: ["ALL"]'] if draw.chance(0.5) else ["  drop:", "  - ALL"]
    return ["securityContext:", "  allowPrivilegeEscalation: false",
            "  readOnlyRootFilesystem: true", "  capabilities:"] + indented(drop, 2)


def image(app, draw, name):
    return [f"- name: {name}",
            f"  image: {draw.one_of(REGISTRIES)}/{name}:{app.version}-{draw.hexadecimal(7)}",
            "  imagePullPolicy: IfNotPresent"]


def main_container(app, draw, name, port):
    inner = []
    if draw.chance(0.5):
        inner += ["args:", f"- --listen=:{port}",
                  f"- --log-level={draw.one_of(['info', 'debug', 'warn'])}",
                  f'- "--config=/etc/{name}/config.yaml"']
    inner += ["ports:", "- name: http", f"  containerPort: {port}", "  protocol: TCP"]
    if draw.chance(0.6):
        inner += ["- name: metrics", f"  containerPort: {port + 1}"]
    inner += environment(app, draw, 5) + resources(draw)
    if draw.chance(0.5):
        inner += probe(draw, "livenessProbe", "/healthz")
    inner += probe(draw, "readinessProbe", "/readyz") + restrictions(draw)
    inner += ["volumeMounts:", "- name: config", f"  mountPath: /etc/{name}", "  readOnly: true"]
    return image(app, draw, name) + indented(inner, 2)


def side_container(app, draw):
    inner = environment(app, draw, 1) + resources(draw) + restrictions(draw)
    return image(app, draw, "envoy") + indented(inner, 2)


def pod(app, draw, name):
    lines = [f"serviceAccountName: {app.name}",
             f"terminationGracePeriodSeconds: {draw.one_of([30, 60, 120])}",
             "securityContext:", "  runAsNonRoot: true",
             f"  runAsUser: {draw.number(1000, 65534)}",
             "containers:"]
    lines += main_container(app, draw, name, draw.number(8000, 9000))
    if draw.chance(0.12):
        lines += side_container(app, draw)
    lines += ["volumes:", "- name: config", "  configMap:", f"    name: {app.name}-config"]
    if draw.chance(0.3):
        lines += ["- name: tmp", "  emptyDir: {}"]
    if draw.chance(0.2):
        lines += ["affinity:", "  podAntiAffinity:",
                  "    preferredDuringSchedulingIgnoredDuringExecution:", "    - weight: 100",
                  "      podAffinityTerm:", "        topologyKey: kubernetes.io/hostname",
                  "        labelSelector:", "          matchLabels:",
                  f"            app.kubernetes.io/name: {name}"]
    return lines


def workload(kind, extra, app, name, draw):
    """A Deployment or StatefulSet; extra follows the selector."""
    comment = []
    if draw.chance(0.3):
        comment = [f"# {kind} for {name}; owned by {app.team}.",
                   "# Do not edit by hand: rendered by the platform pipeline."]
    labels = [f"app.kubernetes.io/name: {name}", f"environment: {app.environment}"]
    lines = ["spec:", f"  replicas: {draw.number(1, 12)}", "  revisionHistoryLimit: 3",
             "  selector:", "    matchLabels:"] + indented(labels, 6)
    lines += extra + ["  template:", "    metadata:", "      labels:"] + indented(labels, 8)
    lines += ["    spec:"] + indented(pod(app, draw, name), 6)
    return comment + head("apps/v1", kind, app, name, draw) + lines


def deployment(app, name, draw):
    strategy = ["  strategy:", "    type: RollingUpdate", "    rollingUpdate:",
                "      maxSurge: 25%", "      maxUnavailable: 0"]
    return workload("Deployment", strategy, app, name, draw)


def stateful_set(app, name, draw):
    lines = workload("StatefulSet", [f"  serviceName: {name}"], app, name, draw)
    return lines + ["  volumeClaimTemplates:", "  - metadata:", "      name: data", "    spec:",
                    '      accessModes: ["ReadWriteOnce"]', "      storageClassName: fast-ssd",
                    "      resources:", "        requests:",
                    f"          storage: {draw.one_of([10, 50, 100])}Gi"]


def cron_job(app, name, draw):
    return head("batch/v1", "CronJob", app, name, draw) + [
        "spec:", f'  schedule: "{draw.number(0, 59)} {draw.number(0, 23)} * * *"',
        "  concurrencyPolicy: Forbid", "  jobTemplate:", "    spec:", "      template:",
        "        spec:", "          restartPolicy: OnFailure"] + indented(pod(app, draw, name), 10)


def service(app, name, draw):
    lines = head("v1", "Service", app, name, draw) + [
        "spec:", f"  type: {'LoadBalancer' if draw.chance(0.25) else 'ClusterIP'}", "  selector:",
        f"    app.kubernetes.io/name: {name}", f"    environment: {app.environment}",
        "  ports:", "  - name: http", "    port: 80", "    targetPort: http", "    protocol: TCP"]
    if draw.chance(0.5):
        lines += ["  - name: metrics", f"    port: {draw.number(9000, 9999)}",
                  "    targetPort: metrics"]
    return lines


def properties_file(draw):
    lines = ["application.properties: |"]
    for _ in range(draw.number(6, 24)):
        value = draw.one_of(["true", "false", str(draw.number(1, 9999)), draw.hexadecimal(10)])
        lines.append(f"  {draw.word()}.{draw.word()}.{draw.word()}={value}")
    return lines


def nginx_file(app, draw):
    upstreams = [f"  upstream {draw.word()}-{i} {{ server {draw.word()}.{app.namespace}.svc:"
                 f"80{i:02d} max_fails=3; }}" for i in range(draw.number(2, 8))]
    return ["nginx.conf: |-", "  worker_processes auto;",
            "  events { worker_connections 1024; }", "  http {"] + indented(upstreams, 2) + [
            "    server {", "      listen 8080;",
            f"      location / {{ proxy_pass http://{draw.word()}-0; }}", "    }", "  }"]


def json_file(draw):
    lines = ["config.json: |", "  {"]
    for i in range(draw.number(3, 10)):
        enabled = "true" if draw.chance(0.5) else "false"
        lines.append(f'    "{draw.word()}{i}": {{"enabled": {enabled}, '
                     f'"weight": {draw.number(0, 100)}, "id": "{draw.hexadecimal(8)}"}},')
    return lines + ['    "end": null', "  }"]


def config_map(app, name, draw):
    data = []
    for key in draw.names(2, 8):
        data.append(f"{key}: " + draw.one_of([f'"{draw.number(0, 99999)}"', "'yes'",
                                              draw.hexadecimal(16) + "z",
                                              f"/var/lib/{draw.word()}"]))
    sort = draw.random.random()
    if sort < 0.4:
        data += properties_file(draw)
    elif sort < 0.6:
        data += nginx_file(app, draw)
    elif sort < 0.75:
        data += json_file(draw)
    return head("v1", "ConfigMap", app, name, draw) + ["data:"] + indented(data, 2)


def sealed_secret(app, name, draw):
    lines = head("bitnami.com/v1alpha1", "SealedSecret", app, name, draw)
    lines += ["spec:", "  encryptedData:"]
    for key in draw.names(1, 4):
        size = draw.number(24, 160)
        sealed = draw.random.getrandbits(8 * size).to_bytes(size, "big")
        lines.append(f"    {key.lower()}: {base64.b64encode(sealed).decode()}")
    return lines + ["  template:", "    type: Opaque", "    metadata:", f"      name: {name}",
                    f"      namespace: {app.namespace}"]


def ingress(app, name, draw):
    host = f"{name}.{app.environment}.acme.example"
    lines = head("networking.k8s.io/v1", "Ingress", app, name, draw) + [
        "spec:", "  ingressClassName: nginx", "  tls:", "  - hosts:", f"    - {host}",
        f"    secretName: {name}-tls", "  rules:", f"  - host: {host}", "    http:", "      paths:"]
    for _ in range(draw.number(1, 3)):
        lines += [f"      - path: /{draw.word()}", "        pathType: Prefix", "        backend:",
                  "          service:", f"            name: {name}", "            port:",
                  "              number: 80"]
    return lines


def autoscaler(app, name, draw):
    return head("autoscaling/v2", "HorizontalPodAutoscaler", app, name, draw) + [
        "spec:", "  scaleTargetRef:", "    apiVersion: apps/v1", "    kind: Deployment",
        f"    name: {name}", f"  minReplicas: {draw.number(1, 3)}",
        f"  maxReplicas: {draw.number(4, 40)}", "  metrics:", "  - type: Resource",
        "    resource:", "      name: cpu", "      target:", "        type: Utilization",
        f"        averageUtilization: {draw.number(50, 90)}"]


def network_policy(app, name, draw):
    lines = head("networking.k8s.io/v1", "NetworkPolicy", app, name, draw) + [
        "spec:", "  podSelector:", "    matchLabels:", f"      app.kubernetes.io/name: {name}",
        "  policyTypes: [Ingress, Egress]", "  ingress:", "  - from:"]
    for _ in range(draw.number(1, 4)):
        lines += ["    - namespaceSelector:", "        matchLabels:",
                  f"          kubernetes.io/metadata.name: {draw.word()}-{app.environment}"]
    return lines + ["    ports:", "    - protocol: TCP", f"      port: {draw.number(8000, 9000)}",
                    "  egress:", "  - to:", "    - ipBlock:",
                    f"        cidr: 10.{draw.number(0, 255)}.0.0/16"]


def service_account(app, name, draw):
    return head("v1", "ServiceAccount", app, name, draw) + ["automountServiceAccountToken: false"]


def disruption_budget(app, name, draw):
    return head("policy/v1", "PodDisruptionBudget", app, name, draw) + [
        "spec:", f"  minAvailable: {draw.one_of(['1', '50%'])}", "  selector:", "    matchLabels:",
        f"      app.kubernetes.io/name: {name}"]


def role(app, name, draw):
    lines = head("rbac.authorization.k8s.io/v1", "Role", app, name, draw) + ["rules:"]
    for _ in range(draw.number(1, 4)):
        lines += [f'- apiGroups: ["{draw.one_of(["", "apps", "batch"])}"]',
                  f'  resources: ["{draw.one_of(["pods", "secrets", "configmaps", "jobs"])}"]',
                  "  verbs: [get, list, watch]"]
    return lines


def service_monitor(app, name, draw):
    return head("monitoring.coreos.com/v1", "ServiceMonitor", app, name, draw) + [
        "spec:", "  selector:", "    matchLabels:", f"      app.kubernetes.io/name: {name}",
        "  endpoints:", "  - port: metrics", f"    interval: {draw.one_of([15, 30, 60])}s",
        "    path: /metrics"]


# Every application has the first five; five more are drawn from the others.
CORE = [("deployment", deployment), ("service", service), ("configmap", config_map),
        ("serviceaccount", service_account), ("sealedsecret", sealed_secret)]
MORE = [("deployment", deployment), ("deployment", deployment), ("service", service),
        ("configmap", config_map), ("configmap", config_map), ("ingress", ingress),
        ("hpa", autoscaler), ("networkpolicy", network_policy), ("pdb", disruption_budget),
        ("role", role), ("cronjob", cron_job), ("servicemonitor", service_monitor),
        ("statefulset", stateful_set)]
NAME_SUFFIXES = {"configmap": "-config", "sealedsecret": "-secret"}
