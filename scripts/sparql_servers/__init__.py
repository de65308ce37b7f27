"""SPARQL servers of others, started on loopback for tests, for benchmarks, and by hand.

The one place that knows how Virtuoso and the Oxigraph server are configured, started and ended. Three use it:
`scripts/engines` (by hand), `tests/engines.py` (fixtures) and `benchmarks/peer_servers.py` (measuring). It is
neither in the service's package, which knows engines by their URLs alone, nor in tests or benchmarks, which must not
import each other; all three have the top of the repository on their path.
"""

from __future__ import annotations

from scripts.sparql_servers import kept as kept
from scripts.sparql_servers.endpoint import Endpoint as Endpoint
from scripts.sparql_servers.oxigraph import OxigraphServer as OxigraphServer
from scripts.sparql_servers.process import EngineFault as EngineFault
from scripts.sparql_servers.process import free_port as free_port
from scripts.sparql_servers.virtuoso import Virtuoso as Virtuoso
