"""How the documentation is built."""

project = "Recto"
author = "The Recto authors"
extensions = ["myst_parser", "sphinx.ext.autodoc"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = "Recto"
exclude_patterns = ["_build"]
suppress_warnings = ["myst.xref_missing"]
