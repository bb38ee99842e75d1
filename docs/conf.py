"""The documentation: Sphinx with MyST, offline; reference pages are written from the code at each build."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

from jiqun import __version__

project = "Jiqun 集群"
author = "the Jiqun authors"
copyright = "the Jiqun authors, Apache-2.0"  # noqa: A001
version = release = __version__
extensions = ["myst_parser", "sphinx.ext.autodoc", "numpydoc", "jiqun_docs"]
exclude_patterns = ["_build", "_ext"]
suppress_warnings = ["config.cache"]

html_theme = "furo"
html_title = f"Jiqun 集群 {release}"
html_static_path = ["_static"]
html_css_files = ["jiqun.css"]
html_copy_source = False
html_show_sourcelink = False
html_math_renderer = "mathml"
html_theme_options = {
    # Teal is physical space, violet is digital space: the two colours of the whole product.
    "light_css_variables": {"color-brand-primary": "#0f766e", "color-brand-content": "#6d28d9"},
    "dark_css_variables": {"color-brand-primary": "#2dd4bf", "color-brand-content": "#a78bfa"},
}

myst_enable_extensions = ["colon_fence", "deflist", "dollarmath", "fieldlist"]
myst_heading_anchors = 3
autodoc_typehints = "none"
autodoc_member_order = "bysource"
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False
python_use_unqualified_type_names = True
maximum_signature_line_length = 88
