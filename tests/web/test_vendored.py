"""Others' code is kept as it was published: each file has the digest of the lock, and every package its licence."""

from __future__ import annotations

import hashlib
import re

from hct_kg.web.pages import HEADERS, HERE
from hct_kg.web.vendored import FOLDER, read_lock

PACKAGES = read_lock()


def test_each_file_is_the_one_that_the_lock_names_and_there_is_no_other() -> None:
    expected = {item.name: item.sha256 for package in PACKAGES for item in package.files}
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in FOLDER.iterdir()}
    assert found == expected
    assert {"yasqe.min.js", "swagger-ui-bundle.js"} <= found.keys()


def test_each_package_has_a_version_a_licence_and_the_integrity_of_what_was_published() -> None:
    for package in PACKAGES:
        assert re.fullmatch(r"\d+\.\d+\.\d+", package.version)
        assert package.license in ("MIT", "Apache-2.0", "MPL-2.0 OR Apache-2.0", "Bitstream-Vera")
        assert re.fullmatch(r"sha512-[A-Za-z0-9+/]{86}==", package.integrity)
        # YASQE's own licence is in the package that it was made from.
        assert list(package.licences) or package.name == "@zazuko/yasqe"


def test_what_our_pages_load_is_ours_and_they_may_load_nothing_else() -> None:
    loading = re.compile(r"""(?:src|href)="([^"]*)"|url\(\s*["']?([^"')]*)|import\s[^"']*["']([^"']+)|fetch\(["'](.)""")
    for path in sorted((HERE / "static").glob("*.*")):
        text = path.read_text(encoding="utf-8")
        found = [part for parts in loading.findall(text) for part in parts if part]
        assert [part for part in found if part.startswith(("http", "//", "data:"))] == [], path.name
    policy = HEADERS["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert set(re.findall(r"-src ([^;]+)", policy)) == {"'none'", "'self'"}
