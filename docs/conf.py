"""How the documentation is built: make docs. Nothing is fetched, neither while it is built nor while it is read."""

import hashlib
import os
import sys
from importlib.metadata import version as installed
from pathlib import Path
from typing import Any

import myst_nb.core.render
from myst_nb.core.utils import coalesce_streams
from sphinx.application import Sphinx

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

import make_biology  # noqa: E402

from insulattice.agents.cache import cache_folder  # noqa: E402

ROOT = HERE.parent


def code_digest() -> str:
    """Return a hash of all code and tables, on which tutorials depend."""
    found = hashlib.sha256()
    for folder in ("agents", "environment", "runs", "analysis"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in {".py", ".csv", ".toml"}:
                found.update(path.read_bytes())
    return found.hexdigest()[:20]


project = "Insulattice"
author = "The Insulattice developers"
copyright = author
release = version = installed("insulattice")

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.autosummary", "sphinx.ext.napoleon"]
exclude_patterns = ["build", "writing", "static", "templates"]
nitpicky = False

html_theme = "furo"
html_title = f"Insulattice {release}"
html_static_path = ["static", "templates"]
html_css_files = ["insulattice.css"]
html_copy_source = html_show_sourcelink = False
# Without an extension that draws equations, Sphinx would ask a server for MathJax where a page has `math`.
html_math_renderer = "none"

myst_enable_extensions = ["colon_fence", "deflist", "fieldlist"]
myst_heading_anchors = 3
myst_links_external_new_tab = False

templates_path = ["templates"]
autosummary_generate = True
autosummary_imported_members = True
autodoc_typehints = "signature"
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
napoleon_google_docstring = False
napoleon_use_ivar = True
python_maximum_signature_line_length = 88

# Commands of tutorials are those of this environment, on a screen of this width.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
os.environ["COLUMNS"] = "110"
os.environ["TTY_COMPATIBLE"] = "0"  # a notebook is no terminal: no colours and no bars of progress

# Tutorials are executed. What they gave is kept as long as neither they nor the code changes.
nb_execution_mode = os.environ.get("INSULATTICE_DOCS_EXECUTION", "cache")
nb_execution_cache_path = str(cache_folder() / "docs" / code_digest())
nb_execution_timeout = 3600
nb_execution_in_temp = True
nb_execution_raise_on_error = True
nb_execution_show_tb = True
nb_merge_streams = True
nb_ipywidgets_js = {}
nb_kernel_rgx_aliases = {".*": "python3"}


def setup(app: Sphinx) -> None:
    """Write the pages about biology before pages are looked for."""
    app.add_html_math_renderer("none", (_refuse, None), (_refuse, None))
    app.connect("builder-inited", lambda _: make_biology.write())
    forget_pages_of_names_that_have_gone()


def forget_pages_of_names_that_have_gone() -> None:
    """Take away pages of the reference whose name it lists no more; they would be pages without a place."""
    listed = (HERE / "reference.md").read_text(encoding="utf-8").split()
    for path in (HERE / "api").glob("*.rst"):
        if path.stem.rpartition(".")[2] not in listed:
            path.unlink()


def in_one_piece(outputs: list[Any]) -> list[Any]:
    """Join the pieces in which a stream came: myst-nb ends each with a line break, which tears tables apart."""
    joined: list[Any] = []
    streams: dict[str, Any] = {}
    for output in outputs:
        if output["output_type"] == "stream" and output["name"] in streams:
            streams[output["name"]]["text"] += output["text"]
            continue
        joined.append(output)
        if output["output_type"] == "stream":
            streams[output["name"]] = output
    return coalesce_streams(joined)


myst_nb.core.render.coalesce_streams = in_one_piece


def _refuse(translator: object, node: object) -> None:
    raise NotImplementedError("equations in a page: write MathML, as docs/writing/equations.py does")
