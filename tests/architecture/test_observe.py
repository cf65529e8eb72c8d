"""What operators watch exists: metrics, fields of log lines, paragraphs of the runbook."""

import ast
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import prometheus_client
import pytest
import yaml
from prometheus_client import Counter, Gauge, Histogram

from chassis import telemetry

ROOT = Path(__file__).parents[2]
OBSERVE = ROOT / "deploy/observe"
PROMTOOL = shutil.which("promtool", path=f"/usr/bin:/usr/local/bin:{ROOT / '.local'}")
NAMED = re.compile(r"portail_[a-z_]+")


def samples() -> set[str]:
    """Names under which our metrics are scraped."""
    ours = [one for one in vars(telemetry).values() if isinstance(one, Counter | Gauge | Histogram)]
    registry = prometheus_client.REGISTRY
    assert len(ours) > 10
    return {name for one in ours for name in registry._collector_to_names[one]}


def expressions() -> Iterator[str]:
    for group in yaml.safe_load((OBSERVE / "rules.yaml").read_text())["groups"]:
        yield from (rule["expr"] for rule in group["rules"])
    yield from drawn_expressions()


def drawn_expressions() -> Iterator[str]:
    dashboard = json.loads((OBSERVE / "grafana/portail.json").read_text())
    for panel in dashboard["panels"]:
        yield from (target["expr"] for target in panel.get("targets", ()))


def test_every_metric_that_is_watched_exists_and_every_one_that_exists_is_watched() -> None:
    named = {name for expression in expressions() for name in NAMED.findall(expression)}
    assert named - samples() == set()
    families = {re.sub(r"_(total|bucket|count|sum|created)$", "", name) for name in samples()}
    watched = {re.sub(r"_(total|bucket|count|sum|created)$", "", name) for name in named}
    assert families - watched == set()


def test_every_alert_leads_to_a_paragraph_of_the_runbook() -> None:
    anchors = set(re.findall(r'<a id="([a-z-]+)">', (ROOT / "deploy/runbook.md").read_text()))
    rules = (OBSERVE / "rules.yaml").read_text()
    led = set(re.findall(r"runbook\.md#([a-z-]+)", rules))
    assert led - anchors == set()
    assert len(led) > 4


@pytest.mark.skipif(PROMTOOL is None, reason="promtool (Debian package prometheus) is not here")
def test_rules_fire_on_their_faults_and_on_nothing_else() -> None:
    for check in (["check", "config", "prometheus.yaml"], ["test", "rules", "rules.test.yaml"]):
        done = subprocess.run(
            [PROMTOOL, *check], cwd=OBSERVE, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
    alerts = set(re.findall(r"alert: (\w+)", (OBSERVE / "rules.yaml").read_text()))
    fired = set(
        re.findall(r"alertname: (\w+)\n\s+exp_alerts", (OBSERVE / "rules.test.yaml").read_text())
    )
    assert alerts == fired, "an alert that no test makes fire"


@pytest.mark.skipif(PROMTOOL is None, reason="promtool (Debian package prometheus) is not here")
def test_every_expression_of_the_dashboard_is_one_that_prometheus_understands(
    tmp_path: Path,
) -> None:
    drawn = [expression.replace("$service", ".*") for expression in drawn_expressions()]
    assert len(drawn) > 20
    assert not any("$" in expression for expression in drawn), "a variable that is filled nowhere"
    rules = [{"record": f"drawn_{n}", "expr": one} for n, one in enumerate(drawn)]
    file = tmp_path / "drawn.json"
    file.write_text(json.dumps({"groups": [{"name": "dashboard", "rules": rules}]}))
    done = subprocess.run(
        [PROMTOOL, "check", "rules", str(file)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def logged(source: str) -> set[str]:
    """Names of the fields that a module's own log lines carry."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "log"
        ):
            found |= {keyword.arg for keyword in node.keywords if keyword.arg}
    return found


def test_every_field_of_a_log_line_is_in_its_schema() -> None:
    known = set(json.loads((OBSERVE / "log.schema.json").read_text())["properties"]) | {"exc_info"}
    sources = [*ROOT.glob("services/*/src/**/*.py"), *ROOT.glob("gateway/src/**/*.py")]
    assert {path: new for path in sources if (new := logged(path.read_text()) - known)} == {}
    assert logged('log.info("a.done", family_name=name)') - known == {"family_name"}
