"""The console's page: what is sent, under which names and rules, and that nothing else is."""

from __future__ import annotations

import base64
import gzip
import re
from typing import Any

import pytest

from operator_api import page
from operator_api.resources.figures import FIGURES

IMPORT = re.compile(
    r"""(?:^|[;}\s])(?:import|export)(?:\s?[^"'`;(]*?from)?\s?["']([^"']+)["']""", re.MULTILINE
)
LATER = re.compile(r"""import\(["']([^"']+)["']\)""")


def asked(path: str, **headers: str) -> dict[str, Any]:
    return page.page_answer({"rawPath": path, "headers": headers})


def asset(name: str, **headers: str) -> dict[str, Any]:
    return asked(f"/console/assets/{page.release()}/{name}", **headers)


def ours() -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in page.FOLDER.glob("*.js")}


def test_the_document_is_asked_for_each_time_and_says_the_rules_it_runs_under() -> None:
    answer = asked("/console")

    assert answer["statusCode"] == 200
    assert answer["headers"]["cache-control"] == "no-store"
    assert answer["headers"]["content-security-policy"] == (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )
    assert answer["headers"]["x-content-type-options"] == "nosniff"
    assert answer["headers"]["referrer-policy"] == "no-referrer"
    assert answer["headers"]["strict-transport-security"].startswith("max-age=31536000")
    assert "microphone=()" in answer["headers"]["permissions-policy"]


def test_the_document_names_this_release_and_holds_no_script_or_style_of_its_own() -> None:
    text = asked("/console")["body"]

    assert "{release}" not in text
    assert f"/console/assets/{page.release()}/boot.js" in text
    assert re.search(r"<script(?![^>]*\ssrc=)", text) is None
    assert "<style" not in text
    assert re.search(r"\s(style|on\w+)=", text) is None


def test_a_telephone_to_try_a_call_with_is_offered_where_there_is_one_and_nowhere_else() -> None:
    there = page.page_answer({"rawPath": "/console", "headers": {}}, "/telephone/")["body"]

    assert '<meta name="telephone" content="/telephone/">' in there
    assert "telephone" not in asked("/console")["body"]


def test_the_tutorials_address_leads_to_the_page() -> None:
    answer = asked("/dashboard")

    assert (answer["statusCode"], answer["headers"]["location"]) == (308, "/console")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("main.js", "text/javascript"),
        ("vendor/preact.mjs", "text/javascript"),
        ("style.css", "text/css"),
    ],
)
def test_a_file_is_sent_as_it_stands_in_the_repository_for_ever(name: str, kind: str) -> None:
    plain, packed = asset(name), asset(name, **{"Accept-Encoding": "br, gzip"})

    assert plain["headers"]["content-type"].startswith(kind)
    assert plain["headers"]["cache-control"] == "max-age=31536000, immutable"
    assert plain["body"].encode() == (page.FOLDER / name).read_bytes()
    assert packed["isBase64Encoded"]
    assert packed["headers"]["content-encoding"] == "gzip"
    assert gzip.decompress(base64.b64decode(packed["body"])) == plain["body"].encode()


@pytest.mark.parametrize(
    "path",
    [
        "/console/assets/0123456789abcdef/main.js",
        "/console/assets/{release}/../app.py",
        "/console/assets/{release}/vendor/lock.toml",
        "/console/assets/{release}/console.html",
        "/console/assets/{release}/",
        "/console/assets/",
    ],
)
def test_nothing_else_is_sent_and_no_refusal_is_kept(path: str) -> None:
    answer = asked(path.replace("{release}", page.release()))

    assert answer["statusCode"] == 404
    assert answer["headers"]["cache-control"] == "no-store"
    assert "main.js" not in answer["body"]


def test_what_is_fetched_first_is_what_the_first_page_imports_and_no_more() -> None:
    first = re.search(r"const FIRST = \[(.*?)\];", ours()["boot.js"], re.DOTALL)
    assert first is not None
    listed = re.findall(r'"([^"]+)"', first[1])

    found, left = set[str](), ["main.js"]
    while left:
        name = left.pop()
        found.add(name)
        text = (page.FOLDER / name).read_text(encoding="utf-8")
        folder = "vendor/" if name.startswith("vendor/") else ""
        imports = [folder + one.removeprefix("./") for one in IMPORT.findall(text)]
        left += [one for one in imports if one not in found]

    assert sorted(listed) == sorted(found)
    # the document, its style, boot.js, and the two first answers of the API besides
    assert len(listed) + 5 <= 12


def test_every_file_that_is_imported_later_is_there() -> None:
    named = {name for text in ours().values() for name in LATER.findall(text)}

    assert named
    for name in named:
        assert (page.FOLDER / name.removeprefix("./")).is_file(), name


ANSWERS = 1_200  # session and live, or the figures of two periods: packed, with their heads


def sent(path: str) -> int:
    """Bytes of an answer as a browser gets it, its head among them."""
    answer = asked(path, **{"accept-encoding": "gzip"})
    assert answer["statusCode"] == 200, path
    head = sum(len(f"{name}: {value}\r\n") for name, value in answer["headers"].items())
    return head + len(base64.b64decode(answer["body"]))


def test_the_first_page_is_small_and_so_is_it_with_figures() -> None:
    first = ["style.css", "boot.js", "api.js", "kit.js", "main.js", "live.js"]
    first += ["vendor/preact.mjs", "vendor/hooks.mjs", "vendor/htm.mjs"]
    sizes = {name: sent(f"/console/assets/{page.release()}/{name}") for name in first}
    sizes["console"] = sent("/console")

    assert sum(sizes.values()) + ANSWERS <= 35_000, sizes

    assert FIGURES.polled  # so its answers are packed
    for name in ("figures.js", "figures.css", "vendor/uplot.mjs"):
        sizes[name] = sent(f"/console/assets/{page.release()}/{name}")
    assert sum(sizes.values()) + 2 * ANSWERS <= 60_000, sizes


def test_every_sheet_of_styles_that_is_fetched_later_is_there() -> None:
    named = set(re.findall(r'"(\w+\.css)"', ours()["main.js"]))

    assert named == {path.name for path in page.FOLDER.glob("*.css")} - {"style.css"}


@pytest.mark.parametrize("name", sorted(ours()))
def test_no_module_of_ours_makes_markup_or_code_of_text(name: str) -> None:
    text = ours()[name]

    for word in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "Function(",
    ):
        assert word not in text, word
    kept = re.findall(r"localStorage\.setItem\(([^,]+),", text)
    assert all(one.startswith("`view.") for one in kept)
    assert "sessionStorage" not in text
    assert "document.cookie" not in text


@pytest.mark.parametrize("name", sorted(ours()))
def test_every_part_of_a_page_is_known_to_the_module_that_draws_it(name: str) -> None:
    text = ours()[name]

    known = set(re.findall(r"(?:function|class|const|let) (\w+)", text))
    for imported in re.findall(r"^import \{([^}]*)\}", text, re.MULTILINE):
        known |= {one.split(" as ")[-1].strip() for one in imported.split(",")}
    drawn = set(re.findall(r"<\$\{([A-Z]\w*)\}", text))
    assert drawn <= known


def test_only_one_module_asks_the_server() -> None:
    asking = {name: text.count("fetch(") for name, text in ours().items() if "fetch(" in text}

    # boot.js its own files, main.js whether there is another release
    assert asking == {"api.js": 1, "boot.js": 1, "main.js": 1}
