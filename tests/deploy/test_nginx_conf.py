"""deploy/nginx.conf: nginx itself takes it, and its limits are those of the service."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from balancing import CONFIGURATION, configuration, nginx
from hct_kg.settings import Settings
from serving import free_port


def test_nginx_takes_it(tmp_path: Path) -> None:
    path = configuration(tmp_path, free_port(), [free_port(), free_port()])
    done = subprocess.run([nginx(), "-t", "-c", path, "-p", tmp_path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "warn" not in done.stderr


def test_it_waits_longer_than_the_service_and_takes_larger_bodies() -> None:
    text = CONFIGURATION.read_text(encoding="utf-8")
    reading, changing = map(int, re.findall(r"proxy_read_timeout (\d+)s;", text))
    assert reading > Settings().query_seconds
    assert changing > Settings().write_seconds
    (body,) = map(int, re.findall(r"client_max_body_size (\d+)m;", text))
    assert body > Settings().write_bytes
