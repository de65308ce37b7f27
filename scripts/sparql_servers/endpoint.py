"""Where a SPARQL server takes queries, updates and graphs, and whom it lets in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The three URLs of SPARQL 1.1; name and password (HTTP Digest) where the server wants them."""

    query_url: str
    update_url: str
    graph_store_url: str
    user: str | None = None
    password: str | None = None

    @property
    def credentials(self) -> tuple[str, str] | None:
        """Name and password, if there are any."""
        return None if self.user is None or self.password is None else (self.user, self.password)

    def environment(self) -> dict[str, str]:
        """Return what to set in the environment so that hct-kg keeps its data there."""
        given = {
            "HCT_KG_STORE": self.query_url,
            "HCT_KG_STORE_UPDATE": self.update_url,
            "HCT_KG_STORE_GRAPHS": self.graph_store_url,
            "HCT_KG_STORE_USER": self.user,
            "HCT_KG_STORE_PASSWORD": self.password,
        }
        return {name: value for name, value in given.items() if value is not None}
